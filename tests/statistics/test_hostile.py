"""Statistics of captures whose bytes are nonsense: no number of theirs may be believed, and nothing may raise."""

from __future__ import annotations

import random
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scapy.all import DNS, DNSQR, ICMP, IP, TCP, UDP, Ether, IPv6

from pcaptui.capture import Capture
from pcaptui.statistics import NAMES as STATISTICS
from pcaptui.statistics import View, find

NAMES = [name for name in STATISTICS if name not in ("expert",)]
QUERY = IP(src="10.0.0.1", dst="10.0.0.2") / UDP(sport=5000, dport=53) / DNS(rd=1, qd=DNSQR(qname="a.example"))
HELLO = bytes.fromhex("16030100310100002d0303") + bytes(32) + bytes.fromhex("000004130113020100")
REQUEST = b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999\r\n\r\n"
RESPONSE = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Type: text/html\r\n\r\nffffffff\r\nx"


def segment(payload: bytes, port: int, back: bool = False) -> Any:
    ports = {"sport": port, "dport": 4000} if back else {"sport": 4000, "dport": port}
    ends = {"src": "10.0.0.2", "dst": "10.0.0.1"} if back else {"src": "10.0.0.1", "dst": "10.0.0.2"}
    return Ether() / IP(**ends) / TCP(seq=1, ack=1, flags="PA", **ports) / payload


FRAMES = [
    bytes(frame)
    for frame in (
        Ether() / QUERY,
        Ether() / IP(src="10.0.0.2", dst="10.0.0.1") / ICMP(type=3) / QUERY,
        Ether() / IPv6() / UDP(sport=53, dport=9) / DNS(qr=1),
        segment(REQUEST, 80),
        segment(RESPONSE, 80, back=True),
        segment(HELLO, 443),
    )
]


def viewed(path: Path, frames: list[bytes], link_type: int = 1) -> View:
    records = (struct.pack("<IIII", 5, place, len(frame), len(frame) + place) + frame
               for place, frame in enumerate(frames))  # fmt: skip
    path.write_bytes(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, link_type) + b"".join(records))
    capture = Capture.open([str(path)])
    capture.load_all()
    return View(capture)


def cells(view: View, names: list[str]) -> Iterator[object]:
    """Every value and filter of every table."""
    for name in names:
        for table in find(name)[1](view):
            for row in range(len(table)):
                yield table.filter(row)
                yield from (table.value(row, place) for place in range(len(table.columns)))


@pytest.mark.parametrize("name", sorted(STATISTICS))
def test_frames_cut_anywhere(tmp_path: Path, name: str) -> None:
    cut = [frame[:size] for frame in FRAMES for size in range(0, len(frame), 7)]
    view = viewed(tmp_path / "cut.pcap", cut)
    assert len(list(cells(view, [name]))) > 0 or name in ("http", "tls", "dns")


@pytest.mark.parametrize("seed", range(3))
def test_bits_that_are_flipped(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    frames = []
    for frame in FRAMES * 6:
        broken = bytearray(frame)
        for _ in range(chance.randrange(1, 6)):
            broken[chance.randrange(12, len(broken))] = chance.randrange(256)
        frames.append(bytes(broken))
    assert len(list(cells(viewed(tmp_path / "flipped.pcap", frames), NAMES))) > 0


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.binary(max_size=120), min_size=1, max_size=6), st.sampled_from((0, 1, 101, 105, 113, 127, 9999)))
def test_random_bytes(tmp_path: Path, frames: list[bytes], link_type: int) -> None:
    view = viewed(tmp_path / "random.pcap", frames, link_type)
    assert len(list(cells(view, NAMES))) > 0
