"""Trees of frames and link layers."""

from __future__ import annotations

from dataclasses import replace

import pytest
from scapy.layers.inet import IP, UDP
from scapy.layers.l2 import ARP, LLC, SNAP, Dot1Q, Dot3, Ether
from scapy.layers.ppp import PPP, PPPoE
from scapy.packet import Raw

from pcaptui.fields.context import Context
from pcaptui.fields.node import Node, tree_lines
from pcaptui.fields.tree import dissect

E = Ether(src="02:00:00:00:00:01", dst="01:00:00:00:00:02")
U = IP(src="10.0.0.1", dst="10.0.0.2") / UDP(sport=1000, dport=2000)


def context(frame: bytes, link_type: int = 1, **more: object) -> Context:
    known = Context(7, frame, len(frame), link_type, time=1_600_000_000_123_456_789, with_scapy=False)
    return replace(known, **more)  # type: ignore[arg-type]


def nodes(frame: bytes, link_type: int = 1, **more: object) -> list[Node]:
    return [node for _, node in tree_lines(dissect(context(frame, link_type, **more)).nodes)]


def lines(frame: bytes, start: str, link_type: int = 1, **more: object) -> list[tuple[str, object, object, object]]:
    """Label, value, first byte and length of each field whose name begins with `start`."""
    return [(node.label, node.value, node.start, node.length) for node in nodes(frame, link_type, **more)
            if node.field.startswith(start)]  # fmt: skip


def labels(frame: bytes, start: str, link_type: int = 1, **more: object) -> list[str]:
    return [line[0] for line in lines(frame, start, link_type, **more)]


def test_the_frame_tells_its_interface_times_lengths_and_protocols(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "UTC")
    frame = bytes(E / U)
    told = labels(frame, "frame", section=1, interface=2, interface_name="en0", interface_description="Wi-Fi",
                  length=100, since_previous=1_000, since_first=2_000_000_000, facts={"packet_flags": 1})  # fmt: skip
    assert (
        told[0]
        == "Frame 7: 100 bytes on wire (800 bits), 42 bytes captured (336 bits) on interface en0, id 2 (inbound)"
    )
    assert told[1:5] == ["Section number: 1", "Interface id: 2 (en0)", "Interface name: en0",
                         "Interface description: Wi-Fi"]  # fmt: skip
    assert "Encapsulation type: Ethernet (1)" in told
    assert "Epoch Time: 1600000000.123456789 seconds" in told
    assert "[Time delta from previous captured frame: 0.000001000 seconds]" in told
    assert "[Time since reference or first frame: 2.000000000 seconds]" in told
    assert "Point-to-Point Direction: Received (1)" in told
    assert "[Protocols in frame: eth:ethertype:ip:udp]" in told


def test_a_frame_without_time_stamp_tells_no_times() -> None:
    assert not labels(bytes(E / U), "frame.time", timed=False)


def test_comments_stand_before_the_frame() -> None:
    tree = dissect(context(bytes(E / U), comments=["look here"])).nodes
    assert [node.field for node in tree[:2]] == ["pkt_comment", "frame"]
    assert tree[0].children[0].value == "look here"


def test_an_ethernet_address_tells_its_bits() -> None:
    found = lines(bytes(E / U), "eth.dst")
    assert found[0] == ("Destination: 01:00:00:00:00:02", "01:00:00:00:00:02", 0, 6)
    assert found[1] == (
        ".... ..0. .... .... .... .... = LG bit: Globally unique address (factory default)",
        False,
        0,
        3,
    )
    assert found[2] == (".... ...1 .... .... .... .... = IG bit: Group address (multicast/broadcast)", True, 0, 3)
    assert labels(bytes(E / U), "eth")[0] == "Ethernet II, Src: 02:00:00:00:00:01, Dst: 01:00:00:00:00:02"


def test_zeros_up_to_the_shortest_frame_are_padding_and_four_bytes_more_a_checksum() -> None:
    frame = bytes(E / U).ljust(60, b"\0") + b"abcd"
    assert lines(frame, "eth.padding") == [("Padding: " + "00" * 18, ":".join(["00"] * 18), 42, 18)]
    assert lines(frame, "eth.fcs") == [("Frame check sequence: 0x61626364 [unverified]", 0x61626364, 60, 4),
                                       ("[FCS Status: Unverified]", 2, None, None)]  # fmt: skip


def test_other_bytes_behind_the_datagram_are_a_trailer() -> None:
    assert lines(bytes(E / U) + b"abc", "eth.trailer") == [("Trailer: 616263", "61:62:63", 42, 3)]


def test_a_checksum_that_the_file_announces_is_told_even_where_frames_are_short() -> None:
    frame = bytes(E / U) + b"abcd"
    assert not lines(frame, "eth.fcs")
    assert labels(frame, "eth.fcs", facts={"fcs_length": 4})[0] == "Frame check sequence: 0x61626364 [unverified]"


def test_tags_tell_priority_and_number_and_their_own_trailer() -> None:
    frame = bytes(E / Dot1Q(vlan=123, prio=5) / ARP()).ljust(64, b"\0")
    assert labels(frame, "vlan") == [
        "802.1Q Virtual LAN, PRI: 5, DEI: 0, ID: 123",
        "101. .... .... .... = Priority: Voice, < 10ms latency and jitter (5)",
        "...0 .... .... .... = DEI: Ineligible", ".... 0000 0111 1011 = ID: 123", "Type: ARP (0x0806)",
        "Trailer: 00000000",
    ]  # fmt: skip
    assert lines(frame, "eth.padding")[0][2:] == (46, 14)


def test_a_length_in_place_of_a_type_leads_to_llc_and_snap() -> None:
    frame = bytes(Dot3(src="02:00:00:00:00:01", dst="02:00:00:00:00:02") / LLC() / SNAP(code=0x0800) / U)
    assert labels(frame, "eth")[0] == "IEEE 802.3 Ethernet "
    told = labels(frame, "llc")
    assert told[0] == "Logical-Link Control"
    assert "DSAP: SNAP (0xaa)" in told and "Control field: U, func=UI (0x03)" in told and "Type: IPv4 (0x0800)" in told
    assert labels(frame, "frame.protocols") == ["[Protocols in frame: eth:llc:ip:udp]"]


@pytest.mark.parametrize(
    ("fields", "title"),
    [
        ({"op": 1, "pdst": "10.0.0.9"}, "request"), ({"op": 2}, "reply"),
        ({"op": 1, "pdst": "10.0.0.1"}, "ARP Announcement"), ({"op": 2, "pdst": "10.0.0.1"}, "reply/gratuitous ARP"),
        ({"op": 1, "psrc": "0.0.0.0", "pdst": "10.0.0.9"}, "ARP Probe"),
    ],
)  # fmt: skip
def test_arp_names_what_it_is_about(fields: dict[str, object], title: str) -> None:
    about = {"psrc": "10.0.0.1", "hwsrc": "02:00:00:00:00:01", "pdst": "10.0.0.2", **fields}
    told = lines(bytes(E / ARP(**about)), "arp")
    assert told[0][0] == f"Address Resolution Protocol ({title})"
    assert (f"Sender IP address: {about['psrc']}", about["psrc"], 28, 4) in told


def test_cooked_captures_tell_direction_and_address() -> None:
    head = bytes.fromhex("0004 0001 0006 020000000001 0000 0800")
    assert labels(head + bytes(U), "sll", 113) == [
        "Linux cooked capture v1", "Packet type: Sent by us (4)", "Link-layer address type: Ethernet (1)",
        "Link-layer address length: 6", "Source: 02:00:00:00:00:01", "Unused: 0000", "Protocol: IPv4 (0x0800)",
    ]  # fmt: skip
    head = bytes.fromhex("0800 0000 00000003 0304 00 06 0000000000000000")
    assert "Interface index: 3" in labels(head + bytes(U), "sll", 276)


@pytest.mark.parametrize(("head", "family"), [("02000000", "IP (2)"), ("00000002", "IP (2)")])
def test_loopback_captures_have_the_family_in_either_byte_order(head: str, family: str) -> None:
    frame = bytes.fromhex(head) + bytes(U)
    assert labels(frame, "null", 0) == ["Null/Loopback", f"Family: {family}"]
    assert labels(frame, "frame.protocols", 0) == ["[Protocols in frame: null:ip:udp]"]


def test_a_session_over_ethernet_leads_through_ppp() -> None:
    frame = bytes(Ether(src="02:00:00:00:00:01", dst="02:00:00:00:00:02") / PPPoE(sessionid=17) / PPP(proto=0x21) / U)
    assert "Session ID: 0x0011" in labels(frame, "pppoe")
    assert labels(frame, "ppp.") == ["Protocol: Internet Protocol version 4 (0x0021)"]
    assert labels(frame, "udp.srcport") == ["Source Port: 1000"]


def test_ppp_negotiates_options() -> None:
    frame = bytes.fromhex("ff03 c021 01 07 000e 0104 05d4 0506 01020304")
    assert labels(frame, "ppp.code", 9) == ["Code: Configuration Request (1)"]
    assert [node.label for node in nodes(frame, 9) if node.label.startswith("Options")] == [
        "Options: (10 bytes), Maximum Receive Unit, Magic Number"]  # fmt: skip


def test_label_stacks_end_at_the_bottom() -> None:
    stack = bytes.fromhex("000100ff 00011102")
    frame = bytes(Ether(src="02:00:00:00:00:01", dst="02:00:00:00:00:02", type=0x8847) / Raw(stack + bytes(U)))
    titles = [label for label in labels(frame, "mpls") if label.startswith("Multi")]
    assert titles == ["MultiProtocol Label Switching Header, Label: 16, Exp: 0, S: 0, TTL: 255",
                      "MultiProtocol Label Switching Header, Label: 17, Exp: 0, S: 1, TTL: 2"]  # fmt: skip
    assert lines(frame, "mpls.label")[1] == (
        "0000 0000 0000 0001 0001 .... .... .... = MPLS Label: 17 (0x00011)",
        17,
        18,
        4,
    )


def test_an_unnamed_protocol_is_data() -> None:
    frame = bytes(Ether(src="02:00:00:00:00:01", dst="02:00:00:00:00:02", type=0x9999) / Raw(b"ab"))
    assert labels(frame, "eth.type") == ["Type: Unknown (0x9999)"]
    assert labels(frame, "data") == ["Data (2 bytes)", "Data: 6162", "[Length: 2]"]
