"""Rows from Ethernet up to TCP and UDP: packets built here, texts as tshark 4.0 prints them."""

# ruff: noqa: E501
from __future__ import annotations

import pytest
from scapy.layers.inet import ICMP, IP, TCP, UDP
from scapy.layers.inet6 import (
    ICMPv6ND_NA,
    ICMPv6ND_NS,
    ICMPv6ND_RA,
    ICMPv6NDOptDstLLAddr,
    ICMPv6NDOptSrcLLAddr,
    IPv6,
    IPv6ExtHdrFragment,
    IPv6ExtHdrHopByHop,
)  # fmt: skip
from scapy.layers.l2 import ARP, GRE, Dot1Q, Ether
from scapy.packet import Packet as Built
from scapy.packet import Raw

from pcaptui.protocols.driver import run
from pcaptui.protocols.packet import Packet

E = Ether(src="02:00:00:00:00:01", dst="02:00:00:00:00:02")
I = IP(src="192.0.2.1", dst="192.0.2.2")
S = IPv6(src="2001:db8::1", dst="2001:db8::2")

ROWS: dict[str, tuple[Built, str, str, str, str]] = {
    "tcp syn": (E / I / TCP(sport=1025, dport=80, flags="S", seq=7, window=1000, options=[("MSS", 1460), ("SAckOK", b""), ("WScale", 7)]),
        "192.0.2.1", "192.0.2.2", "TCP", "1025 → 80 [SYN] Seq=0 Win=1000 Len=0 MSS=1460 SACK_PERM WS=128"),
    "tcp short header": (E / I / TCP(sport=1029, dport=80, dataofs=4),
        "192.0.2.1", "192.0.2.2", "TCP", "1029 → 80 [SYN] Seq=0 Win=8192, bogus TCP header length (16, must be at least 20)"),
    "udp": (E / I / UDP(sport=40000, dport=40001) / Raw(b"abcdef"),
        "192.0.2.1", "192.0.2.2", "UDP", "40000 → 40001 Len=6"),
    "udp length too big": (E / I / UDP(sport=40000, dport=40001, len=50) / Raw(b"abcdef"),
        "192.0.2.1", "192.0.2.2", "UDP", "40000 → 40001 [BAD UDP LENGTH 50 > IP PAYLOAD LENGTH] Len=42"),
    "udp length too small": (E / I / UDP(sport=40000, dport=40001, len=3) / Raw(b"abcdef"),
        "192.0.2.1", "192.0.2.2", "UDP", "40000 → 40001 [BAD UDP LENGTH 3 < 8]"),
    "udp over ipv6 without checksum": (E / S / UDP(sport=40000, dport=40001, chksum=0) / Raw(b"abcdef"),
        "2001:db8::1", "2001:db8::2", "UDP", "40000 → 40001 Len=6 [ILLEGAL CHECKSUM (0)]"),
    "echo request": (E / I / ICMP(id=5, seq=2) / Raw(b"abcdefgh"),
        "192.0.2.1", "192.0.2.2", "ICMP", "Echo (ping) request  id=0x0005, seq=2/512, ttl=64"),
    "port unreachable": (E / I / ICMP(type=3, code=3) / IP(src="192.0.2.2", dst="192.0.2.1") / UDP(sport=1, dport=2),
        "192.0.2.1", "192.0.2.2", "ICMP", "Destination unreachable (Port unreachable)"),
    "unknown icmp code": (E / I / ICMP(type=11, code=9) / IP(src="192.0.2.2", dst="192.0.2.1") / UDP(sport=1, dport=2),
        "192.0.2.1", "192.0.2.2", "ICMP", "Time-to-live exceeded (Unknown code: 9)"),
    "neighbor solicitation": (E / S / ICMPv6ND_NS(tgt="2001:db8::2") / ICMPv6NDOptSrcLLAddr(lladdr="02:00:00:00:00:01"),
        "2001:db8::1", "2001:db8::2", "ICMPv6", "Neighbor Solicitation for 2001:db8::2 from 02:00:00:00:00:01"),
    "neighbor advertisement": (E / S / ICMPv6ND_NA(tgt="2001:db8::2", R=1, S=1, O=0) / ICMPv6NDOptDstLLAddr(lladdr="02:00:00:00:00:01"),
        "2001:db8::1", "2001:db8::2", "ICMPv6", "Neighbor Advertisement 2001:db8::2 (rtr, sol) is at 02:00:00:00:00:01"),
    "router advertisement": (E / S / ICMPv6ND_RA(),
        "2001:db8::1", "2001:db8::2", "ICMPv6", "Router Advertisement"),
    "hop by hop before udp": (E / S / IPv6ExtHdrHopByHop() / UDP(sport=40000, dport=40001),
        "2001:db8::1", "2001:db8::2", "UDP", "40000 → 40001 Len=0"),
    "no next header": (E / IPv6(src="2001:db8::1", dst="2001:db8::2", nh=59),
        "2001:db8::1", "2001:db8::2", "IPv6", "IPv6 no next header"),
    "unknown protocol over ipv6": (E / IPv6(src="2001:db8::1", dst="2001:db8::2", nh=253) / Raw(b"abcd"),
        "2001:db8::1", "2001:db8::2", "IPv6", "Unknown IP Protocol: Unknown (253)"),
    "unknown protocol over ipv4": (E / IP(src="192.0.2.1", dst="192.0.2.2", proto=253) / Raw(b"abcd"),
        "192.0.2.1", "192.0.2.2", "IPv4", "Unknown (253)"),
    "first fragment": (E / IP(src="192.0.2.1", dst="192.0.2.2", proto=17, flags="MF", id=0x1234) / Raw(bytes(16)),
        "192.0.2.1", "192.0.2.2", "IPv4", "Fragmented IP protocol (proto=UDP 17, off=0, ID=1234)"),
    "ipv6 fragment": (E / S / IPv6ExtHdrFragment(nh=17, offset=2, m=1, id=0x1234) / Raw(bytes(16)),
        "2001:db8::1", "2001:db8::2", "IPv6", "IPv6 fragment (off=16 more=y ident=0x00001234 nxt=17)"),
    "ipv4 wrong version": (Ether(src="02:00:00:00:00:01", dst="02:00:00:00:00:02", type=0x800) / Raw(b"\x55" + bytes(40)),
        "02:00:00:00:00:01", "02:00:00:00:00:02", "IPv4", "Bogus IPv4 version (5, must be 4)"),
    "who has": (Ether(src="02:00:00:00:00:01", dst="ff:ff:ff:ff:ff:ff") / ARP(hwsrc="02:00:00:00:00:01", psrc="192.0.2.1", pdst="192.0.2.2"),
        "02:00:00:00:00:01", "ff:ff:ff:ff:ff:ff", "ARP", "Who has 192.0.2.2? Tell 192.0.2.1"),
    "is at": (E / ARP(op=2, hwsrc="02:00:00:00:00:01", psrc="192.0.2.1", hwdst="02:00:00:00:00:02", pdst="192.0.2.2"),
        "02:00:00:00:00:01", "02:00:00:00:00:02", "ARP", "192.0.2.1 is at 02:00:00:00:00:01"),
    "arp probe": (E / ARP(hwsrc="02:00:00:00:00:01", psrc="0.0.0.0", pdst="192.0.2.2"),
        "02:00:00:00:00:01", "02:00:00:00:00:02", "ARP", "Who has 192.0.2.2? (ARP Probe)"),
    "arp announcement": (E / ARP(hwsrc="02:00:00:00:00:01", psrc="192.0.2.1", pdst="192.0.2.1"),
        "02:00:00:00:00:01", "02:00:00:00:00:02", "ARP", "ARP Announcement for 192.0.2.1"),
    "gratuitous arp": (E / ARP(hwsrc="02:00:00:00:00:01", psrc="192.0.2.1", hwdst="ff:ff:ff:ff:ff:ff", pdst="192.0.2.1"),
        "02:00:00:00:00:01", "02:00:00:00:00:02", "ARP", "Gratuitous ARP for 192.0.2.1 (Request)"),
    "vlan in vlan": (E / Dot1Q(vlan=5) / Dot1Q(vlan=6) / I / UDP(sport=40000, dport=40001),
        "192.0.2.1", "192.0.2.2", "UDP", "40000 → 40001 Len=0"),
    "unknown ethertype": (Ether(src="02:00:00:00:00:01", dst="02:00:00:00:00:02", type=0x3030) / Raw(bytes(46)),
        "02:00:00:00:00:01", "02:00:00:00:00:02", "0x3030", "Ethernet II"),
    "invalid length or type": (Ether(src="02:00:00:00:00:01", dst="02:00:00:00:00:02", type=1501) / Raw(bytes(46)),
        "02:00:00:00:00:01", "02:00:00:00:00:02", "Ethernet", "Ethernet Unknown: Invalid length/type: 0x05dd (1501)"),
    "ip in ip": (E / I / IP(src="198.51.100.1", dst="198.51.100.2") / UDP(sport=40000, dport=40001),
        "198.51.100.1", "198.51.100.2", "UDP", "40000 → 40001 Len=0"),
    "ipv6 in ip": (E / I / S / UDP(sport=40000, dport=40001) / Raw(b"x"),
        "2001:db8::1", "2001:db8::2", "UDP", "40000 → 40001 Len=1"),
    "gre": (E / I / GRE() / IP(src="198.51.100.1", dst="198.51.100.2") / UDP(sport=40000, dport=40001),
        "198.51.100.1", "198.51.100.2", "UDP", "40000 → 40001 Len=0"),
    "esp": (E / IP(src="192.0.2.1", dst="192.0.2.2", proto=50) / Raw(bytes.fromhex("0000010200000003") + bytes(20)),
        "192.0.2.1", "192.0.2.2", "ESP", "ESP (SPI=0x00000102)"),
    "vxlan": (E / I / UDP(sport=40000, dport=4789) / Raw(bytes.fromhex("0800000000000100")) / E / ARP(op=2, hwsrc="02:00:00:00:00:01", psrc="192.0.2.1", pdst="192.0.2.2"),
        "02:00:00:00:00:01", "02:00:00:00:00:02", "ARP", "192.0.2.1 is at 02:00:00:00:00:01"),
    "igmp report": (E / IP(src="192.0.2.1", dst="224.0.0.22", proto=2) / Raw(bytes.fromhex("2200000000000001") + bytes.fromhex("04000000e00000fb")),
        "192.0.2.1", "224.0.0.22", "IGMPv3", "Membership Report / Join group 224.0.0.251 for any sources"),
    "igmp leave": (E / IP(src="192.0.2.1", dst="224.0.0.2", proto=2) / Raw(bytes.fromhex("17000000e00000fb")),
        "192.0.2.1", "224.0.0.2", "IGMPv2", "Leave Group 224.0.0.251"),
    "ospf hello": (E / IP(src="192.0.2.1", dst="224.0.0.5", proto=89) / Raw(bytes.fromhex("0201002c01010101") + bytes(36)),
        "192.0.2.1", "224.0.0.5", "OSPF", "Hello Packet"),
    "pim join": (E / IP(src="192.0.2.1", dst="224.0.0.13", proto=103) / Raw(bytes.fromhex("23000000") + bytes(30)),
        "192.0.2.1", "224.0.0.13", "PIMv2", "Join/Prune"),
    "hsrp": (E / IP(src="192.0.2.1", dst="224.0.0.2") / UDP(sport=1985, dport=1985) / Raw(bytes.fromhex("000010030a780000") + b"cisco" + bytes(3) + bytes([192, 0, 2, 9])),
        "192.0.2.1", "224.0.0.2", "HSRP", "Hello (state Active)"),
    "bfd": (E / I / UDP(sport=49152, dport=3784) / Raw(bytes.fromhex("21c00318") + bytes(20)),
        "192.0.2.1", "192.0.2.2", "BFD Control", "Diag: Control Detection Time Expired, State: Up, Flags: 0x00"),
    "vrrp": (E / IP(src="192.0.2.1", dst="224.0.0.18", proto=112) / Raw(bytes.fromhex("21016401000100000a000001") + bytes(8)),
        "192.0.2.1", "224.0.0.18", "VRRP", "Announcement (v2)"),
    "mpls": (Ether(src="02:00:00:00:00:01", dst="02:00:00:00:00:02", type=0x8847) / Raw(bytes.fromhex("000101ff")) / I / UDP(sport=40000, dport=40001),
        "192.0.2.1", "192.0.2.2", "UDP", "40000 → 40001 Len=0"),
    "mobility": (E / IPv6(src="2001:db8::1", dst="2001:db8::2", nh=135) / Raw(bytes.fromhex("3b02070000000100") + bytes(16)),
        "2001:db8::1", "2001:db8::2", "MIPv6", "Binding Error"),
    "pppoe offer": (Ether(src="02:00:00:00:00:01", dst="02:00:00:00:00:02", type=0x8863) / Raw(bytes.fromhex("11070000000801020004") + b"acnm"),
        "02:00:00:00:00:01", "02:00:00:00:00:02", "PPPoED", "Active Discovery Offer (PADO) AC-Name='acnm'"),
    "lcp over pppoe": (Ether(src="02:00:00:00:00:01", dst="02:00:00:00:00:02", type=0x8864) / Raw(bytes.fromhex("110000010006c02101010004")),
        "02:00:00:00:00:01", "02:00:00:00:00:02", "PPP LCP", "Configuration Request"),
}  # fmt: skip


def row(data: bytes, **facts: object) -> Packet:
    return run(Packet(1, data, len(data), 1, **facts))  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ROWS)
def test_row_says_what_tshark_says(name: str) -> None:
    built, source, destination, protocol, info = ROWS[name]
    made = row(bytes(built))
    if built.haslayer(TCP):  # without a stream the numbers are raw
        info = info.replace("Seq=0", f"Seq={built[TCP].seq}")
    assert (made.source, made.destination, made.protocol, made.info) == (source, destination, protocol, info)


def test_layers_are_named_from_the_outside_in() -> None:
    assert row(bytes(E / Dot1Q(vlan=5) / I / UDP(sport=40000, dport=40001))).layers == ["eth", "vlan", "ip", "udp"]


def test_columns_of_a_cut_frame_say_so() -> None:
    whole = bytes(E / I / UDP(sport=40000, dport=40001) / Raw(b"abcdef"))
    cut = run(Packet(1, whole[:38], len(whole), 1))
    assert (cut.protocol, cut.info) == ("UDP", "40000 → 40001[Packet size limited during capture]")
    short = run(Packet(1, whole[:10], 10, 1))
    assert (short.destination, short.protocol, short.info) == ("02:00:00:00:00:02", "Ethernet", "[Malformed Packet]")


def test_bytes_behind_the_ip_packet_of_a_cut_frame_are_missed() -> None:
    frame = bytes(E / I / UDP(sport=40000, dport=40001) / Raw(b"abcdef")) + bytes(20)
    assert run(Packet(1, frame, 200, 1)).info == "40000 → 40001 Len=6[Packet size limited during capture]"
