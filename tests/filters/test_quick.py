"""Fields that are read without trees: messages over several segments, names, and what is left to the trees."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scapy.layers.inet import IP, TCP
from scapy.layers.l2 import Ether
from scapy.utils import wrpcap

from pcaptui.capture import Capture
from pcaptui.filters import compile
from pcaptui.filters.packets import NoFields
from pcaptui.filters.quick import server_name


def _stream(path: Path, segments: Sequence[tuple[bool, bytes]]) -> Capture:
    """A connection to port 80 after its handshake: (from the client, payload)."""
    at = {True: 101, False: 901}
    packets = [
        Ether() / IP(src="10.0.0.1", dst="10.0.0.2") / TCP(sport=5000, dport=80, flags="S", seq=100),
        Ether() / IP(src="10.0.0.2", dst="10.0.0.1") / TCP(sport=80, dport=5000, flags="SA", seq=900, ack=101),
        Ether() / IP(src="10.0.0.1", dst="10.0.0.2") / TCP(sport=5000, dport=80, flags="A", seq=101, ack=901),
    ]
    for forward, payload in segments:
        ip = IP(src="10.0.0.1", dst="10.0.0.2") if forward else IP(src="10.0.0.2", dst="10.0.0.1")
        ports = {"sport": 5000, "dport": 80} if forward else {"sport": 80, "dport": 5000}
        tcp = TCP(**ports, flags="PA", seq=at[forward], ack=at[not forward])
        packets.append(Ether() / ip / tcp / payload)
        at[forward] += len(payload)
    wrpcap(str(path), packets)
    capture = Capture([str(path)])
    capture.load_all()
    return capture


def _numbers(capture: Capture, text: str) -> list[int]:
    return (np.flatnonzero(compile(text).run(capture, source=NoFields())) + 1).tolist()


def test_a_head_in_two_segments_counts_where_it_ends(tmp_path: Path) -> None:
    capture = _stream(tmp_path / "a.pcap", [(True, b"GET /x HTTP/1.1\r\nHo"), (True, b"st: nate.com\r\n\r\n")])
    assert _numbers(capture, 'http.host == "nate.com"') == [5]
    assert _numbers(capture, 'http.request.uri == "/x" and http.request.method == GET') == [5]


@pytest.mark.parametrize(
    ("told", "body"),
    [
        (b"Content-Length: 10", [b"01234", b"56789"]),
        (b"Transfer-Encoding: chunked", [b"5\r\n01234", b"\r\n0\r\n\r\n"]),
    ],
)
def test_a_response_counts_where_its_body_ends(tmp_path: Path, told: bytes, body: list[bytes]) -> None:
    head = b"HTTP/1.1 200 OK\r\n" + told + b"\r\n\r\n"
    capture = _stream(tmp_path / "b.pcap", [(False, head + body[0]), (False, body[1])])
    assert _numbers(capture, "http.response.code == 200") == [5]


def test_segments_that_are_no_heads_have_no_fields(tmp_path: Path) -> None:
    capture = _stream(tmp_path / "c.pcap", [(True, b"hello"), (False, b"HTTP"), (True, b"GET ")])
    assert _numbers(capture, "http.request.method or http.host or http.response.code") == []


def test_a_tls_record_in_two_segments_counts_where_it_ends(tmp_path: Path) -> None:
    hello = _hello(b"nate.com")
    record = b"\x16\x03\x01" + len(hello).to_bytes(2, "big") + hello
    capture = _stream(tmp_path / "d.pcap", [(True, record[:40]), (True, record[40:])])
    assert _numbers(capture, "tls.handshake.type == 1") == [5]
    assert _numbers(capture, 'tls.handshake.extensions_server_name == "nate.com"') == [5]


def _hello(name: bytes) -> bytes:
    entry = b"\0" + len(name).to_bytes(2, "big") + name
    names = len(entry).to_bytes(2, "big") + entry
    extensions = b"\0\x17\0\0" + b"\0\0" + len(names).to_bytes(2, "big") + names
    body = b"\x03\x03" + bytes(32) + b"\0" + b"\0\2\x13\x01" + b"\1\0" + len(extensions).to_bytes(2, "big") + extensions
    return b"\1" + len(body).to_bytes(3, "big") + body


@given(st.binary(max_size=80) | st.integers(0, 60).map(lambda size: _hello(b"nate.com")[4 : 4 + size]))
def test_any_hello_has_a_name_or_none(data: bytes) -> None:
    assert isinstance(server_name(data), str)
