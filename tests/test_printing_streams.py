"""--print streams and the phases of --print packets, as scripts see them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest


def objects(output: bytes) -> list[dict[str, Any]]:
    return [json.loads(line) for line in output.decode().splitlines()]


def test_the_conversation_of_the_case_book(pcaptui, sample: Path) -> None:
    done = pcaptui(sample, "--print", "streams", "--format", "jsonl", "--stream", "tcp:4")
    (stream,) = objects(done.stdout)
    expected = {
        "stream": "tcp:4",
        "protocol": "HTTP",
        "client": "115.140.24.224:50825",
        "server": "120.50.132.112:80",
        "packets": 10,
        "bytes": 1211,
        "state": "closed",
        "closed_by": "server",
        "rtt": 0.00379,
        "anomalies": {},
    }
    assert {key: stream[key] for key in expected} == expected
    phases = [(phase["phase"], phase["packets"]) for phase in stream["phases"]]
    assert phases == [("handshake", [251, 252, 253]), ("exchange", [254, 257, 258]), ("teardown", [259, 260, 261, 262])]
    assert stream["phases"][1]["duration"] == pytest.approx(0.007612)


def test_every_conversation_has_a_row(pcaptui, sample: Path) -> None:
    streams = objects(pcaptui(sample, "--print", "streams", "--format", "jsonl").stdout)
    names = [f"tcp:{n}" for n in range(5)] + [f"udp:{n}" for n in range(13)]
    assert [stream["stream"] for stream in streams] == names
    text = pcaptui(sample, "--print", "streams").stdout.decode().splitlines()
    assert len(text) == 18 and "opened in 4.9 ms, never used" in text[3]


def test_tsv_has_a_cell_for_each_field(pcaptui, sample: Path) -> None:
    lines = pcaptui(sample, "--print", "streams", "--format", "tsv").stdout.decode().splitlines()
    assert {line.count("\t") for line in lines} == {16}


def test_packets_know_their_phase(pcaptui, sample: Path) -> None:
    done = pcaptui(sample, "--print", "packets", "--format", "jsonl", "--packet", "1,248-262")
    phases = [packet["phase"] for packet in objects(done.stdout)]
    assert phases == [
        None, "exchange", "exchange", "handshake", "handshake", "handshake", "handshake", "exchange", "handshake",
        "handshake",
        "exchange", "exchange", "teardown", "teardown", "teardown", "teardown",
    ]  # fmt: skip


@pytest.mark.parametrize(("name", "version"), [("tls-kept-open", "TLSv1.3"), ("tls-then-http", "TLSv1.2")])
def test_a_tls_conversation_is_called_after_the_version_agreed_on(pcaptui, name: str, version: str) -> None:
    """The client's hello alone is a row of TLSv1."""
    capture = Path(__file__).parent.parent / "sample_pcaps" / f"{name}.pcapng"
    streams = objects(pcaptui(capture, "--print", "streams", "--format", "jsonl").stdout)
    assert streams[0]["protocol"] == version
