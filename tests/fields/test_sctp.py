"""SCTP trees."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scapy.layers.inet import IP
from scapy.layers.l2 import Ether
from scapy.packet import Raw

from pcaptui.fields.context import Context
from pcaptui.fields.node import Node, tree_lines
from pcaptui.fields.tree import dissect

HEADER = struct.pack("!HHII", 1000, 2905, 7, 0x01020304)


def nodes(chunks: bytes) -> list[Node]:
    ends = Ether(src="02:00:00:00:00:01", dst="02:00:00:00:00:02") / IP(src="10.0.0.1", dst="10.0.0.2", proto=132)
    frame = bytes(ends / Raw(HEADER + chunks))
    return [node for _, node in tree_lines(dissect(Context(1, frame, len(frame), 1)).nodes)]


def chunk(kind: int, body: bytes = b"", flags: int = 0) -> bytes:
    return struct.pack("!BBH", kind, flags, 4 + len(body)) + body + bytes(-len(body) % 4)


@pytest.mark.parametrize(
    ("raw", "label"),
    [
        (b"", "Stream Control Transmission Protocol, Src Port: 1000 (1000), Dst Port: 2905 (2905)"),
        (b"", "Checksum: 0x01020304 [unverified]"),
        (chunk(1, struct.pack("!IIHHI", 7, 1500, 3, 4, 100)), "INIT chunk (Outbound streams: 3, inbound streams: 4)"),
        (chunk(1, struct.pack("!IIHHI", 7, 1500, 3, 4, 100) + b"\0\x0c\0\x08\0\5\0\6"),
         "Supported address types parameter (Supported types: IPv4, IPv6)"),
        (chunk(2, struct.pack("!IIHHI", 7, 1500, 3, 4, 100) + b"\0\5\0\x08\1\2\3\4"),
         "IPv4 address parameter (Address: 1.2.3.4)"),
        (chunk(0, struct.pack("!IHHI", 9, 1, 0, 3) + b"abcde", 3),
         "DATA chunk (ordered, complete segment, TSN: 9, SID: 1, SSN: 0, PPID: 3, payload length: 5 bytes)"),
        (chunk(3, struct.pack("!IIHHHHI", 100, 9, 1, 1, 2, 3, 99)),
         "SACK chunk (Cumulative TSN: 100, a_rwnd: 9, gaps: 1, duplicate TSNs: 1)"),
        (chunk(3, struct.pack("!IIHHHHI", 100, 9, 1, 1, 2, 3, 99)), "Gap Acknowledgement for TSN 102 to 103"),
        (chunk(7, b"\0\0\0\x64"), "SHUTDOWN chunk (Cumulative TSN ack: 100)"),
        (chunk(9, struct.pack("!HHHH", 1, 8, 5, 0)), "Invalid stream identifier cause (SID: 5)"),
        (chunk(10, b"abcdef"), "COOKIE_ECHO chunk (Cookie length: 6 bytes)"),
        (chunk(10, b"abcdef"), "Chunk padding: 0000"),
        (chunk(77, b"\0\0\0\1"), "RESERVED chunk (Type: 77, value length: 4 bytes)"),
    ],
)  # fmt: skip
def test_chunks_are_told(raw: bytes, label: str) -> None:
    assert label in [node.label for node in nodes(raw)]


def test_the_header_ends_where_the_first_payload_begins() -> None:
    found = {node.field: node for node in nodes(chunk(0, bytes(12) + b"abcde", 3))}
    assert (found["sctp"].start, found["sctp"].length) == (34, 28)
    assert (found["data.data"].start, found["data.data"].length) == (62, 5)


@given(st.binary(max_size=80))
@settings(max_examples=100, deadline=None)
def test_any_bytes_make_a_tree(raw: bytes) -> None:
    assert not any("Dissector stopped" in node.label for node in nodes(raw))
