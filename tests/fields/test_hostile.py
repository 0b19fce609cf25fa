"""Packets made to break dissectors: cut short everywhere, spoilt, nested a thousand times, pointing at themselves."""

from __future__ import annotations

import importlib.util
import json
import random
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest
from scapy.layers.dhcp import BOOTP, DHCP
from scapy.layers.dns import DNS, DNSQR, DNSRR
from scapy.layers.dot11 import Dot11, Dot11Beacon, Dot11Elt, RadioTap
from scapy.layers.inet import GRE, ICMP, IP, TCP, UDP
from scapy.layers.inet6 import ICMPv6ND_NS, IPv6, IPv6ExtHdrHopByHop
from scapy.layers.l2 import ARP, LLC, SNAP, STP, Dot1Q, Dot3, Ether
from scapy.layers.ntp import NTPHeader
from scapy.layers.ppp import PPP, PPPoE
from scapy.layers.rip import RIP, RIPEntry
from scapy.layers.sctp import SCTP, SCTPChunkData
from scapy.layers.snmp import SNMP, SNMPnext, SNMPvarbind
from scapy.packet import Packet

from pcaptui.dissect import wire
from pcaptui.dissect.tree_client import TreeClient
from pcaptui.fields import registry
from pcaptui.fields.branch import View, Walk
from pcaptui.fields.context import Context, Message, TcpContext
from pcaptui.fields.tree import dissect
from pcaptui.fields.x509 import certificate

ROOT = Path(__file__).resolve().parents[2]


def script() -> ModuleType:
    """bench/hostile.py, which does the same to many more packets."""
    spec = importlib.util.spec_from_file_location("hostile", ROOT / "bench" / "hostile.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["hostile"] = module
    spec.loader.exec_module(module)
    return module


hostile = script()
NESTED = list(hostile.nested())

LAYERS: dict[str, tuple[tuple[str, ...], Packet]] = {
    "arp": (("eth", "arp"), Ether() / ARP()),
    "dns": (
        ("eth", "ip", "udp", "dns"),
        Ether() / IP() / UDP(sport=53) / DNS(qr=1, qd=DNSQR(qname="a.bc"), an=DNSRR(rrname="a.bc", rdata="1.2.3.4")),
    ),
    "dhcp": (
        ("eth", "ip", "udp", "dhcp"),
        Ether() / IP() / UDP(sport=68, dport=67) / BOOTP() / DHCP(options=[("message-type", 1), "end"]),
    ),
    "ntp": (("eth", "ip", "udp", "ntp"), Ether() / IP() / UDP(sport=123, dport=123) / NTPHeader()),
    "snmp": (
        ("eth", "ip", "udp", "snmp"),
        Ether() / IP() / UDP(dport=161) / SNMP(PDU=SNMPnext(varbindlist=[SNMPvarbind()])),
    ),
    "rip": (("eth", "ip", "udp", "rip"), Ether() / IP() / UDP(sport=520, dport=520) / RIP() / RIPEntry()),
    "tcp": (("eth", "ip", "tcp"), Ether() / IP() / TCP(options=[("MSS", 1460), ("Timestamp", (1, 2))])),
    "icmp": (("eth", "ip", "icmp"), Ether() / IP() / ICMP(type=3) / IP() / UDP()),
    "icmpv6": (("eth", "ipv6", "icmpv6"), Ether() / IPv6() / IPv6ExtHdrHopByHop() / ICMPv6ND_NS()),
    "gre": (("eth", "vlan", "ip", "gre", "ip", "udp"), Ether() / Dot1Q() / IP() / GRE() / IP() / UDP()),
    "sctp": (("eth", "ip", "sctp"), Ether() / IP() / SCTP() / SCTPChunkData(data=b"abc")),
    "stp": (("eth", "llc", "stp"), Dot3() / LLC() / STP()),
    "snap": (("eth", "llc", "snap"), Dot3() / LLC() / SNAP() / IP()),
    "pppoe": (("eth", "pppoes", "ppp", "ip"), Ether() / PPPoE() / PPP() / IP()),
    "beacon": (
        ("radiotap", "wlan_radio", "wlan"),
        RadioTap() / Dot11(type=0, subtype=8) / Dot11Beacon() / Dot11Elt(ID=0, info=b"net"),
    ),
}  # fmt: skip
REQUEST = b"POST /a?b=c HTTP/1.1\r\nHost: a.example\r\nContent-Length: 3\r\nCookie: a=b\r\n\r\nx=y"
HELLO = bytes.fromhex(
    "160301004b01000047030311223344556677889900112233445566778899001122334455667788990011000004c02fc030010000"
    "1a0000000e000c000009612e6578616d706c65000a00040002001d"
)
STREAMS = {
    "http": (80, REQUEST), "tls": (443, HELLO), "ftp": (21, b"220 ready\r\n"), "smtp": (25, b"MAIL FROM:<a@b.c>\r\n"),
    "pop": (110, b"+OK hello\r\n"), "imap": (143, b"a1 LOGIN x y\r\n"), "ssh": (22, b"SSH-2.0-x\r\n"),
    "telnet": (23, b"\xff\xfd\x18\xff\xfa\x18\x01\xff\xf0login: "),
}  # fmt: skip


def contexts() -> Iterator[tuple[str, Context]]:
    for name, (layers, packet) in LAYERS.items():
        data = bytes(packet)
        yield name, Context(7, data, len(data), 127 if name == "beacon" else 1, layers=layers)
    for name, (port, payload) in STREAMS.items():
        data = bytes(Ether() / IP() / TCP(dport=port, flags="PA") / payload)
        tcp = TcpContext(0, 1, 1, messages=[Message(0, len(payload), name)])
        yield name, Context(7, data, len(data), 1, layers=("eth", "ip", "tcp", name), tcp=tcp)


CONTEXTS = dict(contexts())


def check(context: Context) -> None:
    tree = dissect(context)
    assert list(hostile.complaints(context, tree)) == []
    assert wire.decode(*wire.encode(tree)).nodes == tree.nodes
    json.dumps([node.as_object() for node in tree.nodes])


@pytest.mark.parametrize("name", CONTEXTS)
def test_packets_cut_short_anywhere_have_trees(name: str) -> None:
    context = CONTEXTS[name]
    for size in range(len(context.frame)):
        check(replace(context, frame=context.frame[:size]))
        check(replace(context, frame=context.frame[:size], length=size))


@pytest.mark.parametrize("name", CONTEXTS)
def test_spoilt_packets_have_trees(name: str) -> None:
    context, rng = CONTEXTS[name], random.Random(name)
    for _ in range(40):
        check(replace(context, frame=hostile.spoil(context.frame, rng)))


@pytest.mark.parametrize("name", list(STREAMS))
def test_messages_whose_facts_lie_have_trees(name: str) -> None:
    context, rng = CONTEXTS[name], random.Random(name)
    payload = STREAMS[name][1]
    for _ in range(40):
        message = Message(
            rng.choice((0, 3, 10_000)), rng.choice((0, 1, len(payload), 1 << 20)), name,
            rng.choice((None, payload * 3)), completed_by=rng.choice((0, 7, 9)), direction=rng.randrange(2),
        )  # fmt: skip
        check(replace(context, tcp=replace(context.tcp or TcpContext(0, 1, 1), messages=[message, message])))


@pytest.mark.parametrize(("name", "link_type", "data"), NESTED, ids=[name for name, _, _ in NESTED])
def test_packets_nested_a_thousand_times_have_trees(name: str, link_type: int, data: bytes) -> None:
    check(Context(1, data, len(data), link_type))


def test_all_builders_can_be_loaded() -> None:
    registry.load()
    assert registry.broken == {}


@pytest.mark.parametrize("der", ["30020500", "300a30030201013000030100", "300830043002300003000500", "3080", "30"])
def test_certificates_with_too_few_parts_say_so(der: str) -> None:
    data = bytes.fromhex(der)
    walk = Walk(Context(1, data, len(data), 1))
    branch = walk.layer(View(data, 0, len(data), len(data)), "tls", "TLS")
    certificate(branch, 0, len(data), "tls.handshake.certificate", "Certificate")
    assert branch.node.children[0].children[-1].label == "[Malformed certificate]"


def test_lines_behind_the_end_of_the_bytes_are_empty() -> None:
    walk = Walk(Context(1, b"abc", 3, 1))
    branch = walk.layer(View(b"abc", 0, 3, 3), "x", "X")
    for at, size in ((2, 9), (7, 2)):
        branch.add("line", "x.line", None, at, size)
    assert [(node.start, node.length) for node in branch.node.children] == [(2, 1), (3, 0)]


def test_the_worker_answers_all_of_them() -> None:
    client = TreeClient(warm=False)
    try:
        asked = [Context(i + 1, data, len(data), link_type) for i, (_, link_type, data) in enumerate(NESTED)]
        for context, tree in zip(asked, client.ask_many(asked), strict=True):
            assert tree.nodes[0].field == "frame", tree.nodes[0].label
            if list(hostile.complaints(context, tree)):  # a busy machine may have used up the time of one packet
                (tree,) = client.ask_many([context])
            assert list(hostile.complaints(context, tree)) == []
    finally:
        client.close()
