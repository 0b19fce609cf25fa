"""-Y on the command line."""

from __future__ import annotations

import base64
import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

from scapy.layers.inet import IP, TCP
from scapy.layers.l2 import Ether
from scapy.utils import wrpcap

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


def _objects(done: subprocess.CompletedProcess[bytes]) -> list[dict[str, Any]]:
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_follow_with_a_filter_prints_what_passing_packets_brought(pcaptui: Run, sample: Path) -> None:
    stream = (str(sample), "--print", "follow", "--stream", "tcp:4")
    whole = _objects(pcaptui(*stream, "--format", "jsonl"))
    some = _objects(pcaptui(*stream, "--format", "jsonl", "-Y", "http.request"))
    assert some == [piece for piece in whole if piece["packet"] == 254] != []
    raw = pcaptui(*stream, "--format", "raw", "-Y", "http.request").stdout
    assert raw == base64.b64decode(some[0]["data"])
    assert pcaptui(*stream, "-Y", "http.request").stdout.decode() == raw.decode().replace("\r\n", "\n")


def test_what_a_retransmission_brings_again_is_not_followed_twice(pcaptui: Run, tmp_path: Path) -> None:
    path = tmp_path / "again.pcap"
    segment = Ether() / IP(src="1.1.1.1", dst="2.2.2.2") / TCP(sport=4000, dport=80, seq=1, flags="A")
    wrpcap(str(path), [segment / b"ab", segment / b"abcd"])
    done = pcaptui(path, "--print", "follow", "--stream", "tcp:0", "--format", "raw", "-Y", "frame.number == 2")
    assert done.stdout == b"cd"


def test_the_summary_is_that_of_a_filter_and_a_stream(pcaptui: Run, sample: Path) -> None:
    summary = (str(sample), "--print", "summary", "--format", "jsonl", "--stream", "tcp:4")
    (whole,) = _objects(pcaptui(*summary))
    assert (whole["packets"], whole["streams"]) == (10, {"tcp": 1, "udp": 0})
    (some,) = _objects(pcaptui(*summary, "-Y", "http"))
    assert (some["packets"], some["streams"]) == (2, {"tcp": 1, "udp": 0})


def test_findings_are_those_that_name_a_passing_packet(pcaptui: Run, sample: Path) -> None:
    findings = (str(sample), "--print", "findings", "--format", "jsonl")
    every = _objects(pcaptui(*findings))
    some = _objects(pcaptui(*findings, "-Y", "dns"))
    names = _objects(pcaptui(str(sample), "--print", "packets", "--format", "jsonl", "-Y", "dns"))
    passing = {packet["number"] for packet in names}
    assert some == [one for one in every if passing & set(one["packets"])] != []
    text = pcaptui(str(sample), "--print", "findings", "-Y", "frame.number > 1000").stdout.decode()
    assert text == "Nothing found that is wrong or odd in what was asked for\n"


def test_trees_and_bytes_are_those_of_passing_packets(pcaptui: Run, sample: Path) -> None:
    for what in ("tree", "hex"):
        done = pcaptui(str(sample), "--print", what, "--format", "jsonl", "-Y", "http", "--stream", "tcp:4")
        assert [one["number"] for one in _objects(done)] == [254, 258]
