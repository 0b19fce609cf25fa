"""Trees of ICMP, ICMPv6 and IGMP."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from scapy.layers.dns import DNS, DNSQR
from scapy.layers.inet import ICMP, IP, UDP
from scapy.layers.inet6 import (
    ICMPv6EchoReply,
    ICMPv6EchoRequest,
    ICMPv6MLDMultAddrRec,
    ICMPv6MLReport2,
    ICMPv6ND_NA,
    ICMPv6ND_RA,
    ICMPv6NDOptDstLLAddr,
    ICMPv6NDOptMTU,
    ICMPv6NDOptPrefixInfo,
    ICMPv6NDOptRDNSS,
    ICMPv6TimeExceeded,
    IPv6,
)
from scapy.layers.l2 import Ether
from scapy.packet import Raw
from scapy.utils import wrpcap

from pcaptui.capture import Capture
from pcaptui.fields.context import Context, Link
from pcaptui.fields.node import Node, tree_lines
from pcaptui.fields.tree import dissect
from pcaptui.surroundings import Surroundings

E = Ether(src="02:00:00:00:00:01", dst="02:00:00:00:00:02")
FOUR = {"src": "10.0.0.1", "dst": "10.0.0.2"}
BACK = {"src": "10.0.0.2", "dst": "10.0.0.1"}
SIX = {"src": "fe80::1", "dst": "fe80::2"}


def nodes(frame: bytes, **more: object) -> list[Node]:
    known = Context(1, frame, len(frame), 1, with_scapy=False)
    return [node for _, node in tree_lines(dissect(replace(known, **more)).nodes)]  # type: ignore[arg-type]


def lines(frame: bytes, start: str, **more: object) -> list[tuple[str, object, object, object]]:
    return [(node.label, node.value, node.start, node.length) for node in nodes(frame, **more)
            if node.field.startswith(start)]  # fmt: skip


def labels(frame: bytes, start: str, **more: object) -> list[str]:
    return [line[0] for line in lines(frame, start, **more)]


def test_an_echo_tells_its_numbers_in_either_byte_order() -> None:
    frame = bytes(E / IP(**FOUR) / ICMP(id=0x0102, seq=3) / Raw(b"hello"))
    found = lines(frame, "icmp")
    assert found[:2] == [("Internet Control Message Protocol", None, 34, 13),
                         ("Type: 8 (Echo (ping) request)", 8, 34, 1)]  # fmt: skip
    assert [line[0] for line in found[3:5]] == [
        f"Checksum: 0x{frame[36:38].hex()} [correct]",
        "[Checksum Status: Good]",
    ]
    assert found[5:] == [
        ("Identifier (BE): 258 (0x0102)", 258, 38, 2), ("Identifier (LE): 513 (0x0201)", 513, 38, 2),
        ("Sequence Number (BE): 3 (0x0003)", 3, 40, 2), ("Sequence Number (LE): 768 (0x0300)", 768, 40, 2),
    ]  # fmt: skip
    assert labels(frame, "data.data") == ["Data: 68656c6c6f"]


def test_a_wrong_checksum_is_told_with_the_right_one() -> None:
    frame = bytearray(bytes(E / IP(**FOUR) / ICMP(id=1, seq=3)))
    right = int.from_bytes(frame[36:38], "big")
    frame[36:38] = b"\x12\x34"
    assert labels(bytes(frame), "icmp.checksum")[0] == f"Checksum: 0x1234 incorrect, should be 0x{right:04x}"


def test_requests_and_replies_lead_to_each_other(tmp_path: Path) -> None:
    request, reply = E / IP(**FOUR) / ICMP(id=1, seq=2), E / IP(**BACK) / ICMP(type=0, id=1, seq=2)
    six, answer = (
        E / IPv6(**SIX) / ICMPv6EchoRequest(id=5),
        E / IPv6(src="fe80::2", dst="fe80::1") / ICMPv6EchoReply(id=5),
    )
    for number, packet in enumerate((request, reply, six, answer)):
        packet.time = 1000 + number / 100
    wrpcap(str(tmp_path / "echo.pcap"), [request, reply, six, answer])
    capture = Capture([str(tmp_path / "echo.pcap")])
    capture.load_all()
    around = Surroundings(capture)
    told = [[(node.label, node.link) for node in tree_of(around.context(index)) if "resp" in node.field]
            for index in range(4)]  # fmt: skip
    capture.close()
    assert told == [
        [("[Response frame: 2]", 2)], [("[Request frame: 1]", 1), ("[Response time: 10.000 ms]", None)],
        [("[Response In: 4]", 4)], [("[Response To: 3]", 3), ("[Response Time: 10.000 ms]", None)],
    ]  # fmt: skip


def tree_of(context: Context) -> list[Node]:
    return [node for _, node in tree_lines(dissect(context).nodes)]


def test_a_time_in_an_echo_is_told_where_it_is_near_the_packets_own() -> None:
    stamp = (1_600_000_000).to_bytes(4, "big") + (250_000).to_bytes(4, "big")
    frame = bytes(E / IP(**FOUR) / ICMP(id=1) / Raw(stamp + b"abc"))
    assert lines(frame, "icmp.data_time_relative", time=1_600_000_001_000_000_000) == [
        ("[Timestamp from icmp data (relative): 0.750000000 seconds]", 0.75, 42, 8)]  # fmt: skip
    assert not lines(frame, "icmp.data_time", time=1_700_000_000_000_000_000)


def test_an_error_shows_the_datagram_it_is_about_inside_itself() -> None:
    quoted = IP(**BACK) / UDP(sport=4000, dport=53)
    tree = dissect(Context(1, frame := bytes(E / IP(**FOUR) / ICMP(type=3, code=4, nexthopmtu=1400) / quoted),
                           len(frame), 1, with_scapy=False)).nodes  # fmt: skip
    message = tree[-1]
    assert message.label == "Internet Control Message Protocol"
    assert [node.label for node in message.children if node.field in ("icmp.code", "icmp.mtu", "ip", "udp")] == [
        "Code: 4 (Fragmentation needed)", "MTU of next hop: 1400",
        "Internet Protocol Version 4, Src: 10.0.0.2, Dst: 10.0.0.1",
        "User Datagram Protocol, Src Port: 4000, Dst Port: 53",
    ]  # fmt: skip


@pytest.mark.parametrize("kept", [1000, 40])
def test_a_quoted_question_is_shown_as_dns_and_may_end_early(kept: int) -> None:
    quoted = bytes(IP(**BACK) / UDP(sport=4000, dport=53) / DNS(id=7, qd=DNSQR(qname="example.org")))[:kept]
    told = labels(bytes(E / IP(**FOUR) / ICMP(type=3, code=3) / Raw(quoted)), "")
    assert "Transaction ID: 0x0007" in told
    assert ("example.org: type A, class IN" in told) == (kept == 1000)
    assert not any("Malformed" in label for label in told)


@pytest.mark.parametrize(
    ("message", "told"),
    [
        (ICMP(type=5, code=1, gw="10.0.0.9"), "Gateway Address: 10.0.0.9"),
        (ICMP(type=12, code=0, ptr=8), "Pointer: 8"),
        (ICMP(type=17, addr_mask="255.255.255.0"), "Address Mask: 255.255.255.0"),
        (ICMP(type=11), "Code: 0 (Time to live exceeded in transit)"),
        (ICMP(type=99), "Type: 99 (Unknown ICMP (obsolete or malformed?))"),
    ],
)
def test_every_kind_of_message_tells_its_own(message: ICMP, told: str) -> None:
    assert told in labels(bytes(E / IP(**FOUR) / message), "icmp")


def test_extensions_name_the_labels_a_packet_had() -> None:
    quoted = bytes(IP(**BACK) / UDP()).ljust(128, b"\0")
    extension = bytes.fromhex("2000 0000 0008 0101 18961101")
    frame = bytes(E / IP(**FOUR) / ICMP(type=11) / Raw(quoted + extension))
    assert labels(frame, "icmp.mpls") == [
        "0001 1000 1001 0110 0001 .... = Label: 100705", ".... .... .... .... .... 000. = Experimental: 0",
        ".... .... .... .... .... ...1 = Stack bit: Set", "Time to live: 1",
    ]  # fmt: skip


def test_neighbours_tell_flags_and_addresses() -> None:
    frame = bytes(E / IPv6(**SIX) / ICMPv6ND_NA(R=0, S=1, O=1, tgt="fe80::3")
                  / ICMPv6NDOptDstLLAddr(lladdr="02:00:00:00:00:07"))  # fmt: skip
    assert labels(frame, "icmpv6.nd.na") == [
        "Flags: 0x60000000, Solicited, Override", "0... .... .... .... .... .... .... .... = Router: Not set",
        ".1.. .... .... .... .... .... .... .... = Solicited: Set",
        "..1. .... .... .... .... .... .... .... = Override: Set",
        "...0 0000 0000 0000 0000 0000 0000 0000 = Reserved: 0", "Target Address: fe80::3",
    ]  # fmt: skip
    assert lines(frame, "icmpv6.opt")[0] == (
        "ICMPv6 Option (Target link-layer address : 02:00:00:00:00:07)", None, 78, 8)  # fmt: skip
    assert labels(frame, "icmpv6.checksum")[1] == "[Checksum Status: Good]"


def test_routers_tell_prefixes_and_name_servers() -> None:
    frame = bytes(E / IPv6(**SIX) / ICMPv6ND_RA(M=1, prf=1) / ICMPv6NDOptMTU(mtu=1400)
                  / ICMPv6NDOptPrefixInfo(prefix="2001:db8::", prefixlen=64, validlifetime=0xFFFFFFFF)
                  / ICMPv6NDOptRDNSS(dns=["2001:db8::53"], lifetime=60))  # fmt: skip
    assert labels(frame, "icmpv6.nd.ra.flag")[0] == (
        "Flags: 0x88, Managed address configuration, Prf (Default Router Preference): High")  # fmt: skip
    options = [label for label in labels(frame, "icmpv6.opt") if label.startswith("ICMPv6 Option")]
    assert options == ["ICMPv6 Option (MTU : 1400)", "ICMPv6 Option (Prefix information : 2001:db8::/64)",
                       "ICMPv6 Option (Recursive DNS Server 2001:db8::53)"]  # fmt: skip


def test_listeners_tell_their_records() -> None:
    record = ICMPv6MLDMultAddrRec(rtype=4, dst="ff02::5", sources=["fe80::9"])
    frame = bytes(E / IPv6(**SIX) / ICMPv6MLReport2(records=[record]))
    assert lines(frame, "icmpv6.mldr.mar")[0] == (
        "Multicast Address Record Changed to exclude: ff02::5", None, 62, 36)  # fmt: skip
    assert labels(frame, "icmpv6.mldr.mar.source") == ["Source Address: fe80::9"]


def test_an_icmpv6_error_shows_the_packet_it_is_about() -> None:
    frame = bytes(E / IPv6(**SIX) / ICMPv6TimeExceeded() / IPv6(src="::7", dst="::8") / UDP(sport=1, dport=2))
    assert labels(frame, "ipv6.src") == ["Source Address: fe80::1", "Source Address: ::7"]
    assert labels(frame, "udp.srcport") == ["Source Port: 1"]


def test_group_reports_tell_groups_and_sources() -> None:
    report = bytes.fromhex("2200 0000 0000 0001 0200 0001 ef000001 0a000005")
    frame = bytes(E / IP(src="10.0.0.1", dst="224.0.0.22", proto=2) / Raw(report))
    assert labels(frame, "igmp")[1:3] == ["[IGMP Version: 3]", "Type: Membership Report (0x22)"]
    assert [node.label for node in nodes(frame) if node.label.startswith("Group Record")] == [
        "Group Record : 239.0.0.1  Mode Is Exclude"]  # fmt: skip
    assert labels(frame, "igmp.saddr") == ["Source Address: 10.0.0.5"]


def test_links_need_no_capture() -> None:
    frame = bytes(E / IP(**FOUR) / ICMP(type=0, id=1))
    told = labels(frame, "icmp.resp", links=[Link("icmp", "request", 4, 1_500_000)])
    assert told == ["[Request frame: 4]", "[Response time: 1.500 ms]"]
