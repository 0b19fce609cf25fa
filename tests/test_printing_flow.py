"""--print flow and --graph flow: the real command, over the visit to a web site and captures of the case book."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest


def text_of(pcaptui: Any, *arguments: str | Path, columns: str = "120") -> list[str]:
    done = pcaptui(*arguments, "--print", "flow", env={**os.environ, "COLUMNS": columns})
    assert done.returncode == 0, done.stderr
    lines: list[str] = done.stdout.decode().splitlines()
    return lines


def test_the_visit_as_a_ladder(pcaptui: Any, sample: Path) -> None:
    lines = text_of(pcaptui, sample, "--stream", "tcp:4")
    assert len(lines) == 11
    assert lines[0].split() == ["No.", "Time", "115.140.24.224", "120.50.132.112"]
    signs = [line[:11].split() for line in lines[1:]]
    assert signs == [["┌", "handshake"], ["│"], ["└"], ["►", "request"], ["·"], ["◄", "response"], ["╓", "teardown"],
                     ["║"], ["║"], ["╙"]]  # fmt: skip
    assert all("50825 │" in line and line.endswith("│ 80") for line in lines[1:])
    assert [">" if "►│" in line else "<" for line in lines[1:]] == list("><>><<<>><")
    words = "".join(lines)
    for said in ("[SYN] Seq=0 Win=65535 Len=0 MSS=1460 SACK_PERM", " GET / HTTP/1.1 ", " HTTP/1.1 200 OK  (text/html) ",
                 "[FIN, ACK] Seq=379 Ack=262 Win=30016 Len=0"):  # fmt: skip
        assert said in words
    assert max(map(len, lines)) <= 120


def test_several_conversations_side_by_side(pcaptui: Any, sample: Path) -> None:
    lines = text_of(pcaptui, sample, "-Y", "frame.number >= 248", columns="150")
    assert lines[0].split()[2:] == ["115.140.24.224", "1.214.68.2", "120.50.132.112"]
    assert [line[:1] for line in lines[3:9]] == ["┌", "┌", "│", "└", "►", "│"]  # of two conversations
    assert ["50824" in line for line in lines[3:9]] == [True, False, False, False, False, True]


def test_the_paper_is_neither_narrow_nor_too_wide(pcaptui: Any, sample: Path) -> None:
    for columns, most in (("20", 100), ("400", 160)):
        lines = text_of(pcaptui, sample, "-Y", "frame.number < 60", columns=columns)
        assert most - 20 <= max(map(len, lines)) <= most


def test_one_object_an_arrow(pcaptui: Any, sample: Path) -> None:
    done = pcaptui(sample, "--stream", "tcp:4", "--print", "flow", "--format", "jsonl")
    arrows = [json.loads(line) for line in done.stdout.splitlines()]
    assert arrows[3] == {
        "packet": 254, "time": 3.871417, "from": "115.140.24.224", "to": "120.50.132.112", "from_port": 50825,
        "to_port": 80, "protocol": "HTTP", "text": "GET / HTTP/1.1 ", "stream": "tcp:4", "phase": "exchange",
        "part": "request", "analysis": [], "unanswered": False, "sent_again_in": None,
    }  # fmt: skip


def test_json_and_tsv(pcaptui: Any, sample: Path) -> None:
    whole = json.loads(pcaptui(sample, "--stream", "tcp:4", "--print", "flow", "--format", "json").stdout)
    assert whole["hosts"] == ["115.140.24.224", "120.50.132.112"]
    assert [arrow["packet"] for arrow in whole["arrows"]] == [251, 252, 253, 254, 257, 258, 259, 260, 261, 262]
    table = pcaptui(sample, "--stream", "tcp:4", "--print", "flow", "--format", "tsv").stdout.decode().splitlines()
    assert len(table) == 11
    assert dict(zip(table[0].split("\t"), table[4].split("\t"), strict=True))["part"] == "request"


def test_nothing_chosen_prints_nothing(pcaptui: Any, sample: Path) -> None:
    assert pcaptui(sample, "-Y", "tcp.port == 1", "--print", "flow").stdout == b""
    done = pcaptui(sample, "-Y", "tcp.port == 1", "--print", "flow", "--format", "json")
    assert json.loads(done.stdout) == {"hosts": [], "arrows": []}


def test_segments_sent_again_do_not_arrive(pcaptui: Any, shared_captures: Path) -> None:
    lines = text_of(pcaptui, shared_captures / "ppa" / "tcp_retransmissions.pcapng")
    assert [line.count("✗") for line in lines] == [0, 1, 1, 1, 0, 1, 0, 1, 0, 1]
    assert "sent again in #2 " in lines[1] and ", unanswered " in lines[-1]
    assert [line.strip(" ┊") for line in lines if "…" in line] == ["… 1.20 s …", "… 2.40 s …", "… 4.80 s …"]


@pytest.mark.parametrize("name", ["icmp_traceroute", "80211beacon", "dhcp_nolease_initialization", "ipv6_fragments"])
def test_other_captures_of_the_course(pcaptui: Any, shared_captures: Path, name: str) -> None:
    lines = text_of(pcaptui, shared_captures / "ppa" / f"{name}.pcapng")
    assert len(lines) > 1 and all(len(line) <= 120 for line in lines)


@pytest.mark.parametrize(("name", "front"), [("flow.svg", b"<svg"), ("flow.png", b"\x89PNG")])
def test_a_drawing(pcaptui: Any, sample: Path, tmp_path: Path, name: str, front: bytes) -> None:
    if name.endswith("png"):
        pytest.importorskip("PIL")
    done = pcaptui(sample, "--stream", "tcp:4", "--graph", "flow", "--output", tmp_path / name)
    assert done.returncode == 0 and b"10 packets" in done.stderr
    data = (tmp_path / name).read_bytes()
    assert front in data[:200]
    if name.endswith("svg"):
        assert b"GET / HTTP/1.1" in data and b"handshake" in data


def test_a_drawing_of_nothing_is_wrong_usage(pcaptui: Any, sample: Path, tmp_path: Path) -> None:
    done = pcaptui(sample, "-Y", "tcp.port == 1", "--graph", "flow", "--output", tmp_path / "x.svg")
    assert done.returncode == 2 and b"no packet is chosen" in done.stderr
    assert not (tmp_path / "x.svg").exists()
