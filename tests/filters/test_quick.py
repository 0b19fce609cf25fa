"""Fields that are read without trees: messages over several segments, names, and what is left to the trees."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scapy.layers.inet import IP, TCP
from scapy.layers.l2 import Ether
from scapy.utils import wrpcap

from pcaptui.capture import Capture
from pcaptui.filters import compile
from pcaptui.filters.block import Block
from pcaptui.filters.joined import Joined, Runs, payloads
from pcaptui.filters.packets import NoFields, Occurrences
from pcaptui.filters.quick import server_name


def _stream(path: Path, segments: Sequence[tuple[bool, bytes]], port: int = 80, lost: Collection[int] = ()) -> Capture:
    """A connection after its handshake: (from the client, payload). Of the segments `lost` nothing was captured but
    that they were sent."""
    at = {True: 101, False: 901}
    packets = [
        Ether() / IP(src="10.0.0.1", dst="10.0.0.2") / TCP(sport=5000, dport=port, flags="S", seq=100),
        Ether() / IP(src="10.0.0.2", dst="10.0.0.1") / TCP(sport=port, dport=5000, flags="SA", seq=900, ack=101),
        Ether() / IP(src="10.0.0.1", dst="10.0.0.2") / TCP(sport=5000, dport=port, flags="A", seq=101, ack=901),
    ]
    for number, (forward, payload) in enumerate(segments):
        if number in lost:
            at[forward] += len(payload) or 5
            continue
        ip = IP(src="10.0.0.1", dst="10.0.0.2") if forward else IP(src="10.0.0.2", dst="10.0.0.1")
        ports = {"sport": 5000, "dport": port} if forward else {"sport": port, "dport": 5000}
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


def _dns(name: bytes, identifier: int = 7) -> bytes:
    labels = b"".join(bytes([len(label)]) + label for label in name.split(b"."))
    message = identifier.to_bytes(2, "big") + bytes.fromhex("01000001000000000000") + labels + b"\0\0\1\0\1"
    return len(message).to_bytes(2, "big") + message


def test_dns_over_tcp_counts_where_a_message_ends(tmp_path: Path) -> None:
    one, two = _dns(b"nate.com", 7), _dns(b"example.org", 8)
    segments = [(True, one[:2]), (True, one[2:20]), (True, one[20:] + two), (True, two[:9])]
    capture = _stream(tmp_path / "e.pcap", segments, port=53)
    assert _numbers(capture, 'dns.qry.name == "nate.com"') == [6]
    assert _numbers(capture, "dns.id == 8 and dns.flags.response == 0") == [6]
    assert _numbers(capture, "dns.qry.name") == [6]


class Asked(NoFields):
    """Remembers the packets whose trees were asked for."""

    def __init__(self) -> None:
        self.packets: set[int] = set()

    def fields(self, index: int, names: frozenset[str]) -> Occurrences:
        self.packets.add(index + 1)
        return {}


@pytest.mark.parametrize(
    "segments",
    [
        [(True, b"\0\3abc")],
        [(True, _dns(b"nate.com")[:10]), (True, b""), (True, _dns(b"nate.com")[10:])],
    ],
)
def test_what_is_no_dns_in_a_row_is_left_to_the_trees(tmp_path: Path, segments: list[tuple[bool, bytes]]) -> None:
    capture = _stream(tmp_path / "f.pcap", segments, port=53, lost={1})
    asked = Asked()
    compile("dns.qry.name").run(capture, source=asked)
    assert asked.packets == set(range(4, len(capture) + 1))


@pytest.mark.parametrize("lost", [set(), {1}])
def test_a_long_body_ends_where_its_last_byte_comes(tmp_path: Path, lost: set[int]) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 3000\r\n\r\n"
    segments = [(False, head), *[(False, bytes(1000))] * 3, (False, head), (False, bytes(10))]
    capture = _stream(tmp_path / "g.pcap", segments, lost=lost)
    assert _numbers(capture, "http.response.code == 200") == ([] if lost else [7])


@settings(deadline=None, max_examples=30)
@given(
    st.lists(st.tuples(st.booleans(), st.integers(1, 40), st.booleans()), min_size=1, max_size=12),
    st.integers(1, 200),
)
def test_runs_agree_with_walking_the_stream(pieces: list[tuple[bool, int, bool]], size: int) -> None:
    with TemporaryDirectory() as folder:
        lost = {number for number, (_, _, gone) in enumerate(pieces) if gone and number}
        capture = _stream(Path(folder) / "h.pcap", [(forward, bytes(n)) for forward, n, _ in pieces], lost=lost)
        known = Runs(capture)
        walked = Joined(capture, 3, capture.payload(3), known)
        expected = walked.packet(size) if walked.reach(size) else None
        assert known.reaching(3, size) == expected
        assert Joined(capture, 3, capture.payload(3), known).reaching(size) == expected
        assert [data for _, data in payloads(Block(capture, slice(0, len(capture))))] == [
            capture.payload(index) for index in range(len(capture))
        ]
