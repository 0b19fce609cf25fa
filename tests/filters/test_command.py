"""-Y on the command line."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

Run = Callable[..., "subprocess.CompletedProcess[bytes]"]


def test_only_passing_packets_are_printed(pcaptui: Run, sample: Path) -> None:
    done = pcaptui(str(sample), "--print", "packets", "--format", "jsonl", "-Y", "tcp.stream eq 4 and http")
    assert [json.loads(line)["number"] for line in done.stdout.splitlines()] == [254, 258]
    assert done.returncode == 0


def test_filter_stream_and_numbers_go_together(pcaptui: Run, sample: Path) -> None:
    done = pcaptui(
        str(sample),
        "--print",
        "hex",
        "--format",
        "jsonl",
        "-Y",
        "tcp.len == 0",
        "--stream",
        "tcp:4",
        "--packet",
        "250-257",
    )
    assert [json.loads(line)["number"] for line in done.stdout.splitlines()] == [251, 252, 253, 257]


def test_streams_with_a_passing_packet_are_printed(pcaptui: Run, sample: Path) -> None:
    done = pcaptui(str(sample), "--print", "streams", "--format", "jsonl", "--filter", "http.response.code == 200")
    assert [json.loads(line)["stream"] for line in done.stdout.splitlines()] == ["tcp:0", "tcp:4"]


def test_the_summary_counts_passing_packets(pcaptui: Run, sample: Path) -> None:
    done = pcaptui(str(sample), "--print", "summary", "--format", "jsonl", "-Y", "tcp.stream == 4")
    told = json.loads(done.stdout)
    assert (told["packets"], told["streams"]) == (10, {"tcp": 1, "udp": 0})


def test_a_wrong_filter_ends_with_2_and_marks_the_place(pcaptui: Run, sample: Path) -> None:
    done = pcaptui(str(sample), "--print", "packets", "-Y", "udp or tcp.prot == 80")
    assert done.returncode == 2
    assert done.stdout == b""
    words, line, marks = done.stderr.decode().splitlines()
    assert "tcp.prot is neither a field nor a protocol" in words and "tcp.port" in words
    assert line[marks.index("^") : marks.rindex("^") + 1] == "tcp.prot"
