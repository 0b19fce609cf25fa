"""Bytes of many frames at once: the same as one by one, and nothing from outside of them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pcaptui.capture import Capture
from pcaptui.gathering import gather, pieces

SAMPLES = Path(__file__).resolve().parents[1] / "sample_pcaps"
RAW = bytes(range(1, 61))


@given(
    st.lists(st.tuples(st.integers(-20, 80), st.integers(-10, 40)), max_size=20),
    st.integers(0, 70),
    st.integers(0, len(RAW)),
)
def test_gather_takes_what_is_there_and_zeros_else(rows: list[tuple[int, int]], width: int, there: int) -> None:
    raw = np.frombuffer(RAW, np.uint8)[:there]
    places, room = (np.array([row[i] for row in rows], np.int64) for i in (0, 1))
    found = gather(raw, places, room, width)
    assert found.shape == (len(rows), width)
    for (place, most), got in zip(rows, found.tolist(), strict=True):
        expected = [
            RAW[place + column] if column < most and 0 <= place + column < there else 0 for column in range(width)
        ]
        assert got == expected


def test_pieces_end_where_the_file_does() -> None:
    raw = np.frombuffer(RAW, np.uint8)
    assert pieces(raw, np.array([0, 58, 70]), np.array([2, 9, 3])) == [b"\x01\x02", b"\x3b\x3c", b""]


def test_payloads_of_many_packets_are_those_of_each() -> None:
    for paths in (["web-visit.pcapng"], ["web-visit.pcapng", "arp-poison.pcapng"]):
        capture = Capture([str(SAMPLES / path) for path in paths])
        capture.load_all()
        packets = np.arange(len(capture))[::-1]
        assert capture.payloads(packets) == [capture.payload(index) for index in packets.tolist()]
