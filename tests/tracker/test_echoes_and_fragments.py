"""Echo replies find their requests, fragments their datagram."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scapy.layers.inet import ICMP, IP, UDP, fragment
from scapy.layers.inet6 import ICMPv6EchoReply, ICMPv6EchoRequest, IPv6, IPv6ExtHdrFragment, fragment6
from scapy.layers.l2 import Ether
from scapy.packet import Packet, Raw
from scapy.utils import wrpcap

from pcaptui.capture import Capture
from pcaptui.tracker.echoes import ECHOING, echo_requests
from pcaptui.tracker.fragments import _HEAD, Fragments, _usual, parse_ipv4, parse_ipv6


def capture_of(folder: Path, packets: list[Packet]) -> Capture:
    path = folder / "x.pcap"
    wrpcap(str(path), [Ether(src="02:00:00:00:00:01", dst="02:00:00:00:00:02") / p for p in packets])
    capture = Capture([str(path)])
    capture.load_all()
    return capture


def test_a_reply_finds_the_latest_request_with_its_numbers(tmp_path: Path) -> None:
    ask, answer = IP(src="10.0.0.1", dst="10.0.0.2"), IP(src="10.0.0.2", dst="10.0.0.1")
    packets = [
        ask / ICMP(type=8, id=1, seq=1), ask / ICMP(type=8, id=1, seq=2), ask / ICMP(type=8, id=1, seq=1),
        answer / ICMP(type=0, id=1, seq=2), answer / ICMP(type=0, id=1, seq=1), answer / ICMP(type=0, id=9, seq=1),
        ask / ICMP(type=0, id=1, seq=1),
    ]  # fmt: skip
    capture = capture_of(tmp_path, packets)
    assert echo_requests(capture.table, capture.gather) == {3: 1, 4: 2}


def test_one_reply_answers_a_request_and_only_with_its_data(tmp_path: Path) -> None:
    ask, answer = IP(src="10.0.0.1", dst="10.0.0.2"), IP(src="10.0.0.2", dst="10.0.0.1")
    packets = [
        ask / ICMP(type=8, id=1, seq=1) / Raw(b"abc"), answer / ICMP(type=0, id=1, seq=1) / Raw(b"xyz"),
        answer / ICMP(type=0, id=1, seq=1) / Raw(b"abc"), answer / ICMP(type=0, id=1, seq=1) / Raw(b"abc"),
        ask / ICMP(type=8, code=9, id=2, seq=1), answer / ICMP(type=0, id=2, seq=1),
    ]  # fmt: skip
    capture = capture_of(tmp_path, packets)
    assert echo_requests(capture.table, capture.gather) == {2: 0}


def test_fragmented_echoes_are_tied_by_their_last_fragments(tmp_path: Path) -> None:
    request = IP(src="10.0.0.1", dst="10.0.0.2", id=5) / ICMP(type=8, id=1, seq=1) / Raw(bytes(100))
    reply = IP(src="10.0.0.2", dst="10.0.0.1", id=6) / ICMP(type=0, id=1, seq=1) / Raw(bytes(100))
    capture = capture_of(tmp_path, [*fragment(request, fragsize=64), *fragment(reply, fragsize=64)])
    datagrams = Fragments(capture.table, capture.frame).completed(ECHOING)
    assert echo_requests(capture.table, capture.gather, datagrams=datagrams) == {3: 1}


def test_icmpv6_echoes_are_tied_too(tmp_path: Path) -> None:
    packets = [
        IPv6(src="fe80::1", dst="fe80::2") / ICMPv6EchoRequest(id=7, seq=3),
        IPv6(src="fe80::2", dst="fe80::1") / ICMPv6EchoReply(id=7, seq=3),
    ]
    capture = capture_of(tmp_path, packets)
    assert echo_requests(capture.table, capture.gather) == {1: 0}


@settings(max_examples=25, deadline=None)
@given(st.binary(min_size=100, max_size=400), st.randoms(use_true_random=False))
def test_fragments_in_any_order_give_the_datagram(tmp_path_factory, payload: bytes, shuffler) -> None:
    datagram = IP(src="10.0.0.1", dst="10.0.0.2", id=77) / UDP(sport=1, dport=2) / Raw(payload)
    pieces = list(fragment(datagram, fragsize=64))
    shuffler.shuffle(pieces)
    capture = capture_of(tmp_path_factory.mktemp("f"), pieces)
    fragments = Fragments(capture.table, capture.frame, shuffler.choice([None, capture.gather]))
    found = fragments.datagram(0)
    assert (found is not None and found.completed_by == -1) or len(pieces) == 1
    last = fragments.datagram(len(pieces) - 1)
    assert last is found and last is not None
    assert last.completed_by == len(pieces) - 1
    assert last.payload() == bytes(datagram)[20:]


def test_an_incomplete_datagram_stays_open(tmp_path: Path) -> None:
    pieces = list(fragment(IP(src="10.0.0.1", dst="10.0.0.2", id=78) / UDP() / Raw(bytes(300)), fragsize=64))
    del pieces[2]
    capture = capture_of(tmp_path, pieces)
    found = Fragments(capture.table, capture.frame).datagram(len(pieces) - 1)
    assert found is not None and found.completed_by == -1


def test_ipv6_fragments(tmp_path: Path) -> None:
    whole = (
        IPv6(src="fe80::1", dst="fe80::2") / IPv6ExtHdrFragment(id=5) / UDP(sport=1, dport=2) / Raw(bytes(range(200)))
    )
    pieces = fragment6(whole, 150)
    assert len(pieces) > 1
    capture = capture_of(tmp_path, pieces)
    found = Fragments(capture.table, capture.frame).datagram(0)
    Fragments(capture.table, capture.frame).datagram(len(pieces) - 1)
    assert found is not None
    later = Fragments(capture.table, capture.frame)
    last = later.datagram(len(pieces) - 1)
    assert last is not None and last.completed_by == len(pieces) - 1
    assert last.payload()[8:] == bytes(range(200))


@given(st.binary(max_size=120))
def test_any_bytes_are_no_fragment_or_one_inside_them(data: bytes) -> None:
    for piece in (parse_ipv4(0, data), parse_ipv6(0, data)):
        assert piece is None or 20 <= piece.at <= piece.at + piece.size <= max(len(data), 48)


@given(st.binary(min_size=48, max_size=120), st.sampled_from([0x45, 0x46, 0x4F, 0x60]), st.integers(0, 90))
def test_headers_read_at_once_give_what_one_by_one_gives(data: bytes, first: int, size: int) -> None:
    six = first == 0x60
    header = bytes([first, data[1], *((0, 0, 0, size, 44) if six else (0, size))])
    data = header + data[len(header) :]
    found = _usual(np.frombuffer(data[:_HEAD], np.uint8).reshape(1, -1), np.array([len(data)]))[0]
    piece = parse_ipv6(0, data) if six else parse_ipv4(0, data)
    if found is None:
        assert piece is None or (six and piece.size == 0)
    else:
        assert piece is not None
        assert found == (piece.start, piece.at, piece.size, piece.more, piece.key)
