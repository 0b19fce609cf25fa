"""Link and network layers made to break their builders: cut at every byte, spoilt, nonsense behind every number."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scapy.layers.inet import ICMP, IP, UDP, IPOption_Router_Alert
from scapy.layers.inet6 import (
    ICMPv6MLDMultAddrRec,
    ICMPv6MLReport2,
    ICMPv6ND_RA,
    ICMPv6NDOptPrefixInfo,
    ICMPv6NDOptRDNSS,
    ICMPv6TimeExceeded,
    IPv6,
    IPv6ExtHdrDestOpt,
    IPv6ExtHdrFragment,
    IPv6ExtHdrHopByHop,
    IPv6ExtHdrRouting,
    PadN,
    RouterAlert,
)
from scapy.layers.l2 import ARP, GRE, LLC, SNAP, Dot1Q, Dot3, Ether
from scapy.layers.ppp import PPP, PPP_LCP, PPPoE
from scapy.packet import Raw

from pcaptui.fields import registry
from pcaptui.fields.context import Context, Datagram, Interval
from pcaptui.fields.node import tree_lines
from pcaptui.fields.tree import dissect

registry.load()
E = Ether(src="02:00:00:00:00:01", dst="02:00:00:00:00:02")
FOUR = IP(src="10.0.0.1", dst="10.0.0.2")
SIX = IPv6(src="fe80::1", dst="fe80::2")
U = UDP(sport=4000, dport=5000) / Raw(b"abcd")
FRAMES = {
    "padded": bytes(E / Dot1Q(vlan=3) / ARP()).ljust(64, b"\0"),
    "llc": bytes(Dot3(src="02:00:00:00:00:01") / LLC() / SNAP() / FOUR / U),
    "options": bytes(E / IP(src="10.0.0.1", options=[IPOption_Router_Alert()]) / U),
    "routes": bytes(E / IP(src="10.0.0.1", ihl=8, options=[], proto=17)
                    / Raw(bytes.fromhex("830b04 01020304 05060708 00") + bytes(U))),
    "icmp error": bytes(E / FOUR / ICMP(type=11) / Raw(bytes(FOUR / U).ljust(128, b"\0")
                                                       + bytes.fromhex("2000 0000 0008 0101 18961101"))),
    "extensions": bytes(E / SIX / IPv6ExtHdrHopByHop(options=[RouterAlert(), PadN(optdata=b"ab")])
                        / IPv6ExtHdrRouting(addresses=["::1"]) / IPv6ExtHdrFragment() / IPv6ExtHdrDestOpt() / U),
    "router": bytes(E / SIX / ICMPv6ND_RA() / ICMPv6NDOptPrefixInfo() / ICMPv6NDOptRDNSS(dns=["::1"])),
    "listener": bytes(E / SIX / ICMPv6MLReport2(records=[ICMPv6MLDMultAddrRec(sources=["::1"])])),
    "icmpv6 error": bytes(E / SIX / ICMPv6TimeExceeded() / SIX / U),
    "gre": bytes(E / FOUR / GRE(key_present=1, seqnum_present=1, chksum_present=1) / E / SIX / U),
    "session": bytes(E / PPPoE() / PPP() / PPP_LCP(data=bytes.fromhex("010405d4"))),
    "labels": bytes(Ether(src="02:00:00:00:00:01", type=0x8847)
                    / Raw(bytes.fromhex("0001000100011101") + bytes(FOUR / U))),
    "igmp": bytes(E / IP(src="10.0.0.1", proto=2) / Raw(bytes.fromhex("220000000000000102000001ef0000010a000005"))),
}  # fmt: skip


def whole(frame: bytes, length: int = 0, link_type: int = 1, **more: object) -> None:
    """The tree is made, stays within its bytes, and says of no layer that its builder failed."""
    context = Context(1, frame, max(length, len(frame)), link_type, with_scapy=False)
    for name, value in more.items():
        setattr(context, name, value)
    made = dissect(context)
    for _, node in tree_lines(made.nodes):
        assert not node.label.startswith("[Dissector stopped"), node.label
        if node.start is not None and node.length is not None:
            size = len(frame if node.source is None else made.sources[node.source])
            assert 0 <= node.start <= size and 0 <= node.length <= size - node.start, node.label


@pytest.mark.parametrize("name", FRAMES)
def test_cut_at_every_byte(name: str) -> None:
    frame = FRAMES[name]
    for size in range(len(frame) + 1):
        whole(frame[:size])
        whole(frame[:size], len(frame))


@pytest.mark.parametrize("name", FRAMES)
def test_spoilt_bytes(name: str) -> None:
    chance = random.Random(name)
    for _ in range(150):
        frame = bytearray(FRAMES[name])
        for _ in range(chance.randint(1, 4)):
            frame[chance.randrange(len(frame))] = chance.choice((0, 1, 4, 0x7F, 0x80, 0xFF, chance.randrange(256)))
        whole(bytes(frame), len(frame) + chance.choice((0, 0, 9)))


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(sorted(registry.link_types)), st.binary(max_size=120), st.integers(0, 300))
def test_any_bytes_on_any_link(link_type: int, data: bytes, more: int) -> None:
    whole(data, len(data) + more, link_type)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(sorted(registry.ethertypes)), st.binary(max_size=120))
def test_any_bytes_behind_any_ethertype(number: int, data: bytes) -> None:
    whole(bytes(12) + number.to_bytes(2, "big") + data)


@settings(max_examples=250, deadline=None)
@given(st.sampled_from([1, 2, 4, 41, 43, 44, 47, 50, 51, 58, 60, 137]), st.binary(max_size=160), st.booleans())
def test_any_bytes_behind_any_ip_protocol(number: int, data: bytes, six: bool) -> None:
    header = IPv6(src="::1", dst="::2", nh=number) if six else IP(src="10.0.0.1", dst="10.0.0.2", proto=number)
    whole(bytes(E / header / Raw(data)))


def test_nonsense_about_fragments_is_only_shown() -> None:
    frame = bytes(E / IP(src="10.0.0.1", dst="10.0.0.2", flags="MF", proto=17) / Raw(b"abcdefgh"))
    told = Datagram([Interval(9, 70_000, 5), Interval(0, -3, 2)], 1, b"abc", True)
    whole(frame, datagram=told, facts={"network": 14})
    whole(frame, datagram=Datagram([], 4, None), facts={"network": 14})
