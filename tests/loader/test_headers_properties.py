"""Whatever the bytes: decoding does not raise, offsets stay within the frame, and neighbours do not matter."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scapy.all import GRE, ICMP, IP, PPP, TCP, UDP, Dot1Q, Ether, IPv6, IPv6ExtHdrDestOpt, PPPoE, Raw
from scapy.contrib.mpls import MPLS
from scapy.layers.vxlan import VXLAN

from pcaptui.loader.decoders import LINK_TYPES
from pcaptui.loader.table import COLUMNS, NONE16

KINDS = st.sampled_from([*LINK_TYPES, 147, 187, 230])

ETHER = Ether(src="02:00:00:00:00:01", dst="02:00:00:00:00:02")
_LAYERS = (Dot1Q, MPLS, IP, IPv6, GRE, UDP, TCP, ICMP, IPv6ExtHdrDestOpt, VXLAN, Ether, PPPoE, PPP)
_ADDRESSES = {
    IP: {"src": "192.0.2.1", "dst": "192.0.2.2"},
    IPv6: {"src": "2001:db8::1", "dst": "2001:db8::2"},
}


@st.composite
def stacks(draw: Callable[..., Any]) -> bytes:
    """Headers piled up at random, some bytes of them changed, the end cut off."""
    packet = ETHER.copy()
    for layer in draw(st.lists(st.sampled_from(_LAYERS), max_size=6)):
        packet = packet / (ETHER.copy() if layer is Ether else layer(**_ADDRESSES.get(layer, {})))
    frame = bytearray(bytes(packet / Raw(b"payload")))
    for at, value in draw(st.lists(st.tuples(st.integers(0, 150), st.integers(0, 255)), max_size=3)):
        if at < len(frame):
            frame[at] = value
    return bytes(frame[: draw(st.integers(0, len(frame)))])


FRAMES = st.one_of(st.binary(max_size=120), stacks())


def check_offsets(decoded: Any, sizes: list[int], lengths: list[int]) -> None:
    table = decoded.table
    for index, (size, length) in enumerate(zip(sizes, lengths, strict=True)):
        for name in ("network", "transport", "payload"):
            offset = int(table[name][index])
            assert offset == NONE16 or offset <= size
        assert int(table["payload_length"][index]) <= max(length, size)
        for name in ("source", "destination"):
            assert -1 <= int(table[name][index]) < len(decoded.addresses)


@given(st.lists(st.tuples(KINDS, FRAMES, st.integers(0, 100_000)), min_size=1, max_size=8), st.binary(max_size=300))
@settings(max_examples=200, deadline=None)
def test_any_bytes_of_any_link_type(decode_frames: Any, packets: list[tuple[int, bytes, int]], behind: bytes) -> None:
    kinds = [kind for kind, _, _ in packets]
    frames = [frame for _, frame, _ in packets]
    lengths = [max(extra, len(frame)) for _, frame, extra in packets]
    decoded = decode_frames(frames, kinds, lengths=lengths, behind=behind)
    check_offsets(decoded, [len(frame) for frame in frames], lengths)


@given(st.lists(st.tuples(KINDS, FRAMES), min_size=2, max_size=8), st.integers(1, 3), st.binary(max_size=300))
@settings(max_examples=100, deadline=None)
def test_neighbours_and_block_sizes_change_nothing(
    decode_frames: Any, packets: list[tuple[int, bytes]], block_size: int, behind: bytes
) -> None:
    kinds = [kind for kind, _ in packets]
    frames = [frame for _, frame in packets]
    together = decode_frames(frames, kinds, behind=behind)
    in_blocks = decode_frames(frames, kinds, block_size=block_size)
    for name in COLUMNS:
        assert together.table[name].tolist() == in_blocks.table[name].tolist()
    for index, (kind, frame) in enumerate(packets):
        assert decode_frames([frame], kind).row() == together.row(index)


@pytest.mark.parametrize("size", [0, 1, 13, 14, 15, 33])
def test_the_last_frame_of_a_source_may_end_anywhere(decode_frames: Any, size: int) -> None:
    frame = bytes(ETHER / IP(src="192.0.2.1") / TCP())[:size]
    decoded = decode_frames([bytes(ETHER / IP() / TCP()), frame])
    assert decoded.row(0)["transport"] == 34
    assert decoded.row(1)["transport"] is None
