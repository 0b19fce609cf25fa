"""Trees of IPv4, IPv6 and their fragments."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from scapy.layers.inet import IP, UDP, IPOption_Router_Alert, fragment
from scapy.layers.inet6 import (
    IPv6,
    IPv6ExtHdrDestOpt,
    IPv6ExtHdrFragment,
    IPv6ExtHdrHopByHop,
    IPv6ExtHdrRouting,
    Jumbo,
    PadN,
    RouterAlert,
    fragment6,
)
from scapy.layers.l2 import GRE, Ether
from scapy.packet import Raw
from scapy.utils import wrpcap

from pcaptui.capture import Capture
from pcaptui.fields.context import Context
from pcaptui.fields.node import Node, tree_lines
from pcaptui.fields.tree import dissect
from pcaptui.surroundings import Surroundings

E = Ether(src="02:00:00:00:00:01", dst="02:00:00:00:00:02")
FOUR = {"src": "10.0.0.1", "dst": "10.0.0.2"}
SIX = {"src": "fe80::1", "dst": "fe80::2"}


def nodes(frame: bytes, **more: object) -> list[Node]:
    known = Context(1, frame, len(frame), 1, with_scapy=False)
    return [node for _, node in tree_lines(dissect(replace(known, **more)).nodes)]  # type: ignore[arg-type]


def lines(frame: bytes, start: str, **more: object) -> list[tuple[str, object, object, object]]:
    return [(node.label, node.value, node.start, node.length) for node in nodes(frame, **more)
            if node.field.startswith(start)]  # fmt: skip


def labels(frame: bytes, start: str, **more: object) -> list[str]:
    return [line[0] for line in lines(frame, start, **more)]


def trees(path: Path, packets: list[object]) -> list[list[Node]]:
    wrpcap(str(path), packets)
    capture = Capture([str(path)])
    capture.load_all()
    around = Surroundings(capture)
    found = [[node for _, node in tree_lines(dissect(around.context(index)).nodes)] for index in range(len(capture))]
    capture.close()
    return found


def test_every_field_of_an_ipv4_header_stands_where_it_is() -> None:
    frame = bytes(E / IP(**FOUR, tos=0xB8, id=258, flags="DF", ttl=64, proto=253) / Raw(b"ab"))
    assert lines(frame, "ip")[:12] == [
        ("Internet Protocol Version 4, Src: 10.0.0.1, Dst: 10.0.0.2", None, 14, 20),
        ("0100 .... = Version: 4", 4, 14, 1), (".... 0101 = Header Length: 20 bytes (5)", 20, 14, 1),
        ("Differentiated Services Field: 0xb8 (DSCP: EF PHB, ECN: Not-ECT)", 0xB8, 15, 1),
        ("1011 10.. = Differentiated Services Codepoint: Expedited Forwarding (46)", 46, 15, 1),
        (".... ..00 = Explicit Congestion Notification: Not ECN-Capable Transport (0)", 0, 15, 1),
        ("Total Length: 22", 22, 16, 2), ("Identification: 0x0102 (258)", 258, 18, 2),
        ("010. .... = Flags: 0x2, Don't fragment", 2, 20, 1), ("0... .... = Reserved bit: Not set", False, 20, 1),
        (".1.. .... = Don't fragment: Set", True, 20, 1), ("..0. .... = More fragments: Not set", False, 20, 1),
    ]  # fmt: skip
    assert lines(frame, "ip.frag_offset") == [("...0 0000 0000 0000 = Fragment Offset: 0", 0, 20, 2)]
    assert labels(frame, "ip.proto") == ["Protocol: Unassigned (253)"] or labels(frame, "ip.proto")[0].endswith("(253)")
    assert labels(frame, "ip.checksum")[1] == "[Header checksum status: Unverified]"


def test_lengths_that_lie_are_told() -> None:
    short = bytearray(bytes(E / IP(**FOUR) / UDP()))
    short[16:18] = b"\0\x13"
    assert labels(bytes(short), "ip.len") == ["Total Length: 19 bytes (bogus, less than header length 20)"]
    short[16:18] = b"\0\0"
    assert "reported as 0" in labels(bytes(short), "ip.len")[0] and labels(bytes(short), "udp.length")
    short[14] = 0x44
    assert "Bogus IP header length (16, must be at least 20)" in labels(bytes(short), "_ws.expert")[0]
    short[16:18], short[14] = b"\1\0", 0x45
    assert "IPv4 total length exceeds packet length (28 bytes)" in labels(bytes(short), "_ws.expert")[0]


def test_options_are_told_one_by_one() -> None:
    frame = bytes(E / IP(**FOUR, options=[IPOption_Router_Alert()], proto=253))
    assert [node.label for node in nodes(frame) if node.label.startswith("Options")] == [
        "Options: (4 bytes), Router Alert"
    ]
    assert lines(frame, "ip.options") == [
        ("IP Option - Router Alert (4 bytes): Router shall examine packet (0)", "94:04:00:00", 34, 4)]  # fmt: skip
    assert labels(frame, "ip.opt.type") == ["Type: 148", "1... .... = Copy on fragmentation: Yes",
                                            ".00. .... = Class: Control (0)",
                                            "...1 0100 = Number: Router Alert (20)"]  # fmt: skip


def test_a_source_route_under_way_ends_at_its_last_address() -> None:
    route = bytes.fromhex("830b04 01020304 05060708 00")
    frame = bytes(E) + b"\x48\0\0\x20" + bytes(4) + b"\x40\xfd\0\0\x0a\0\0\1\x0a\0\0\2" + route
    frame = frame[:12] + b"\x08\0" + frame[14:]
    assert labels(frame, "ip")[0] == "Internet Protocol Version 4, Src: 10.0.0.1, Dst: 5.6.7.8, Via: 10.0.0.2"
    assert labels(frame, "ip.cur_rt") == ["Current Route: 10.0.0.2"]
    assert labels(frame, "ip.src_rt") == ["Source Route: 1.2.3.4 <- (next)"]


def test_fragments_are_put_together_where_the_last_one_comes(tmp_path: Path) -> None:
    packets = [E / part for part in fragment(IP(**FOUR) / UDP(sport=5000, dport=6000) / Raw(bytes(range(200))), 96)]
    first, _, third = trees(tmp_path / "four.pcap", packets)
    (link,) = [node for node in first if node.field == "ip.reassembled_in"]
    assert (link.label, link.link) == ("[Reassembled IPv4 in frame: 3]", 3)
    assert [node.label for node in first if node.field == "data"] == ["Data (96 bytes)"]
    told = [node for node in third if node.field.startswith(("ip.fragment", "ip.reassembled"))]
    assert [node.label for node in told[:4]] == [
        "[3 IPv4 Fragments (208 bytes): #1(96), #2(96), #3(16)]", "[Frame: 1, payload: 0-95 (96 bytes)]",
        "[Frame: 2, payload: 96-191 (96 bytes)]", "[Frame: 3, payload: 192-207 (16 bytes)]",
    ]  # fmt: skip
    assert [(node.start, node.length, node.source, node.link) for node in told[2:3]] == [
        (96, 96, "Reassembled IPv4", 2)
    ]
    assert [node.label for node in told[4:6]] == ["[Fragment count: 3]", "[Reassembled IPv4 length: 208]"]
    (port,) = [node for node in third if node.field == "udp.srcport"]
    assert (port.value, port.start, port.source) == (5000, 0, "Reassembled IPv4")


def test_ipv6_fragments_too(tmp_path: Path) -> None:
    whole = IPv6(**SIX) / IPv6ExtHdrFragment(id=7) / UDP(sport=5000, dport=6000) / Raw(bytes(2000))
    first, second = trees(tmp_path / "six.pcap", [E / part for part in fragment6(whole, 1280)])
    assert [node.label for node in first if node.field == "ipv6.reassembled_in"] == ["[Reassembled IPv6 in frame: 2]"]
    assert [node.value for node in second if node.field == "udp.srcport"] == [5000]
    assert [node.label for node in first if node.field == "ipv6.fraghdr.more"] == [
        ".... .... .... ...1 = More Fragments: Yes"
    ]


def test_every_field_of_an_ipv6_header_stands_where_it_is() -> None:
    frame = bytes(E / IPv6(**SIX, tc=0x02, fl=0x12345, hlim=3, nh=59))
    assert lines(frame, "ipv6")[:9] == [
        ("Internet Protocol Version 6, Src: fe80::1, Dst: fe80::2", None, 14, 40),
        ("0110 .... = Version: 6", 6, 14, 1),
        (".... 0000 0010 .... .... .... .... .... = Traffic Class: 0x02 (DSCP: CS0, ECN: ECT(0))", 2, 14, 4),
        (".... 0000 00.. .... .... .... .... .... = Differentiated Services Codepoint: Default (0)", 0, 14, 4),
        (".... .... ..10 .... .... .... .... .... = Explicit Congestion Notification: ECN-Capable Transport codepoint"
         " '10' (2)", 2, 14, 4),
        (".... 0001 0010 0011 0100 0101 = Flow Label: 0x12345", 0x12345, 15, 3), ("Payload Length: 0", 0, 18, 2),
        ("Next Header: No Next Header for IPv6 (59)", 59, 20, 1), ("Hop Limit: 3", 3, 21, 1),
    ]  # fmt: skip


def test_addresses_tell_what_they_are_made_of() -> None:
    frame = bytes(E / IPv6(src="fe80::2e0:81ff:fe52:9a6b", dst="2002:c000:201:5::1", nh=59))
    assert lines(frame, "ipv6.src_slaac") == [("[Source SLAAC MAC: 00:e0:81:52:9a:6b]", "00:e0:81:52:9a:6b", 30, 8)]
    assert labels(frame, "ipv6.dst_6to4") == [
        "[Destination 6to4 Gateway IPv4: 192.0.2.1]",
        "[Destination 6to4 SLA ID: 5]",
    ]


def test_extension_headers_are_walked_and_count_to_the_header() -> None:
    options = IPv6ExtHdrHopByHop(options=[RouterAlert(value=0), PadN(optdata=b"")])
    route = IPv6ExtHdrRouting(addresses=["2001:db8::1"], segleft=1)
    frame = bytes(E / IPv6(**SIX) / options / route / IPv6ExtHdrDestOpt(options=[PadN(optdata=bytes(4))])
                  / UDP(sport=1, dport=2))  # fmt: skip
    assert lines(frame, "ipv6")[0][2:] == (14, 40 + 8 + 24 + 8)
    assert "Router Alert: MLD (0)" in labels(frame, "ipv6.opt.router_alert")
    assert labels(frame, "ipv6.routing")[0] == "Routing Header for IPv6 (Source Route)"
    assert lines(frame, "ipv6.routing.src.addr") == [("Address[1]: 2001:db8::1", "2001:db8::1", 70, 16)]
    assert labels(frame, "ipv6.dstopts")[1] == "Next Header: UDP (17)"
    assert labels(frame, "frame.protocols") == [
        "[Protocols in frame: eth:ethertype:ipv6:ipv6.hopopts:ipv6.routing:ipv6.dstopts:udp]"]  # fmt: skip


def test_a_jumbo_payload_is_as_long_as_its_option_says() -> None:
    frame = bytes(E / IPv6(**SIX, plen=0) / IPv6ExtHdrHopByHop(options=[Jumbo(jumboplen=66)]) / UDP(sport=1, dport=2)
                  / Raw(bytes(50)))  # fmt: skip
    assert labels(frame, "ipv6.plen") == ["Payload Length: 0 (Jumbogram)"]
    assert labels(frame, "ipv6.opt.jumbo") == ["Payload Length: 66"]


def test_tunnels_show_every_header() -> None:
    frame = bytes(E / IP(**FOUR) / GRE(key_present=1, key=5) / IPv6(**SIX) / IP(src="1.1.1.1", dst="2.2.2.2") / UDP())
    assert [node.label for node in nodes(frame) if node.field in ("ip", "ipv6", "gre")] == [
        "Internet Protocol Version 4, Src: 10.0.0.1, Dst: 10.0.0.2", "Generic Routing Encapsulation (IPv6)",
        "Internet Protocol Version 6, Src: fe80::1, Dst: fe80::2",
        "Internet Protocol Version 4, Src: 1.1.1.1, Dst: 2.2.2.2",
    ]  # fmt: skip
    assert labels(frame, "gre.key") == ["Key: 0x00000005"]


@pytest.mark.parametrize("size", [15, 33, 53])
def test_a_frame_that_was_cut_says_so(size: int) -> None:
    frame = bytes(E / IPv6(**SIX) / UDP())
    broken = [node.label for node in nodes(frame[:size], length=len(frame)) if node.field == "_ws.short"]
    assert broken == ["[Packet size limited during capture: IPV6]"]
