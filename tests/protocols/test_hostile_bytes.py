"""No bytes get out of the driver: neither as an exception nor as a control character, and not in long time."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scapy.layers.inet import ICMP, IP, TCP, UDP
from scapy.layers.inet6 import ICMPv6ND_NS, ICMPv6NDOptSrcLLAddr, IPv6, IPv6ExtHdrHopByHop
from scapy.layers.l2 import ARP, GRE, Dot1Q, Ether
from scapy.packet import Raw

from pcaptui.protocols import registry
from pcaptui.protocols.driver import run
from pcaptui.protocols.packet import Packet
from pcaptui.protocols.text import escape

registry.load()
LINK_TYPES = sorted(registry.link_types)
ETHERTYPES = sorted(number for number in registry.ethertypes if number >= 1536)
IP_PROTOCOLS = sorted(registry.ip_protocols)

E = Ether(src="02:00:00:00:00:01", dst="02:00:00:00:00:02")
WHOLE = [
    bytes(E / Dot1Q(vlan=3) / IP(src="192.0.2.1") / TCP(options=[("MSS", 1460), ("Timestamp", (1, 2))]) / Raw(b"abc")),
    bytes(E / IPv6(src="::1", dst="::2") / IPv6ExtHdrHopByHop() / UDP(sport=1, dport=2) / Raw(b"abcdefgh")),
    bytes(E / IPv6(src="::1", dst="::2") / ICMPv6ND_NS(tgt="::3") / ICMPv6NDOptSrcLLAddr()),
    bytes(E / IP(src="192.0.2.1") / ICMP(type=3, code=1) / IP(src="192.0.2.1") / UDP()),
    bytes(E / IP(src="192.0.2.1") / GRE() / IP(src="192.0.2.1") / UDP()),
    bytes(E / ARP()),
]


def safe(data: bytes, length: int, link_type: int) -> None:
    made = run(Packet(1, data, length, link_type))
    for text in (made.source, made.destination, made.protocol, made.info):
        assert text == escape(text)
        assert not any(ord(letter) < 32 or 0x7F <= ord(letter) < 0xA0 for letter in text)
        text.encode()


@given(st.sampled_from(LINK_TYPES), st.binary(max_size=120), st.integers(0, 300))
def test_any_bytes_on_any_link(link_type: int, data: bytes, more: int) -> None:
    safe(data, len(data) + more, link_type)


@given(st.sampled_from(ETHERTYPES), st.binary(max_size=120))
def test_any_bytes_behind_any_ethertype(number: int, data: bytes) -> None:
    safe(bytes(12) + number.to_bytes(2) + data, len(data) + 14, 1)


@given(st.sampled_from(IP_PROTOCOLS), st.binary(max_size=120), st.booleans())
def test_any_bytes_behind_any_ip_protocol(number: int, data: bytes, six: bool) -> None:
    header = IPv6(src="::1", dst="::2", nh=number) if six else IP(src="192.0.2.1", dst="192.0.2.2", proto=number)
    frame = bytes(E / header / Raw(data))
    safe(frame, len(frame), 1)


@pytest.mark.parametrize("number", range(len(WHOLE)))
def test_every_truncation(number: int) -> None:
    whole = WHOLE[number]
    for size in range(len(whole)):
        safe(whole[:size], len(whole), 1)
        safe(whole[:size], size, 1)


@settings(max_examples=60)
@given(st.sampled_from(WHOLE), st.lists(st.tuples(st.integers(0, 120), st.integers(0, 255)), max_size=6))
def test_valid_packets_with_changed_bytes(whole: bytes, changes: list[tuple[int, int]]) -> None:
    data = bytearray(whole)
    for place, value in changes:
        data[place % len(data)] = value
    safe(bytes(data), len(data), 1)


def test_tunnels_in_tunnels_end() -> None:
    inner: IP = IP(src="192.0.2.1", dst="192.0.2.2") / UDP()
    for _ in range(200):
        inner = IP(src="192.0.2.1", dst="192.0.2.2") / inner
    frame = bytes(E / inner)
    safe(frame, len(frame), 1)


def test_control_characters_are_written_out() -> None:
    assert escape("a\n\x01\x1b[31m\x7f\x85é\u202e") == "a\\n\\001\\033[31m\\177\\u0085é\\u202e"
