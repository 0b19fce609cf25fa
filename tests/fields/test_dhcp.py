"""DHCP and DHCPv6 trees: fixed fields, options with their parts and bytes, nested options, hostile messages."""

from __future__ import annotations

import struct
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scapy.layers.dhcp import BOOTP, DHCP
from scapy.layers.dhcp6 import (
    DUID_LLT,
    DHCP6_RelayForward,
    DHCP6_Solicit,
    DHCP6OptClientId,
    DHCP6OptIA_NA,
    DHCP6OptIAAddress,
    DHCP6OptOptReq,
    DHCP6OptRelayMsg,
)
from scapy.layers.inet import IP, UDP
from scapy.layers.inet6 import IPv6
from scapy.layers.l2 import Ether

from pcaptui.fields.context import Context
from pcaptui.fields.node import Dissection, Node, tree_lines
from pcaptui.fields.tree import dissect

OPTIONS = 42 + 240
Line = tuple[str, str, int | None, int | None]


def tree(payload: Any, name: str = "dhcp") -> Dissection:
    network = IPv6() if name == "dhcpv6" else IP()
    frame = bytes(Ether(src="02:00:00:00:00:01", dst="02:00:00:00:00:02") / network / UDP(sport=68, dport=67) / payload)
    layers = ("eth", "ipv6" if name == "dhcpv6" else "ip", "udp", name)
    return dissect(Context(1, frame, len(frame), 1, layers=layers, with_scapy=False))


def message(*options: bytes, **facts: Any) -> Any:
    fixed = {"op": 1, "xid": 0x3903F326, "chaddr": b"\2\0\0\0\0\1", **facts}
    return bytes(BOOTP(**fixed)) + b"\x63\x82\x53\x63" + b"\x35\1\1" + b"".join(options) + b"\xff"


def option(code: int, value: bytes) -> bytes:
    return bytes([code, len(value)]) + value


def lines(found: Dissection, name: str = "dhcp") -> list[Line]:
    top = next(node for node in found.nodes if node.field == name)
    return [(node.label, node.field, node.start, node.length) for _, node in tree_lines([top])]


def value_lines(code: int, value: bytes) -> list[Line]:
    """The lines of one option below its length, counted from where the value begins."""
    top = next(node for node in tree(message(option(code, value))).nodes if node.field == "dhcp")
    place = OPTIONS + 3
    one = next(node for node in top.children if node.start == place and node.field == "dhcp.option.type")
    below = tree_lines(one.children[1:])
    return [(n.label, n.field, None if n.start is None else n.start - place - 2, n.length) for _, n in below]


def test_fixed_fields() -> None:
    found = lines(tree(message(ciaddr="1.2.3.4", flags=0x8000, secs=5, hops=1)))
    assert found[:15] == [
        ("Dynamic Host Configuration Protocol (Discover)", "dhcp", 42, 244),
        ("Message type: Boot Request (1)", "dhcp.type", 42, 1),
        ("Hardware type: Ethernet (0x01)", "dhcp.hw.type", 43, 1),
        ("Hardware address length: 6", "dhcp.hw.len", 44, 1),
        ("Hops: 1", "dhcp.hops", 45, 1),
        ("Transaction ID: 0x3903f326", "dhcp.id", 46, 4),
        ("Seconds elapsed: 5", "dhcp.secs", 50, 2),
        ("Bootp flags: 0x8000, Broadcast flag (Broadcast)", "dhcp.flags", 52, 2),
        ("1... .... .... .... = Broadcast flag: Broadcast", "dhcp.flags.bc", 52, 2),
        (".000 0000 0000 0000 = Reserved flags: 0x0000", "dhcp.flags.reserved", 52, 2),
        ("Client IP address: 1.2.3.4", "dhcp.ip.client", 54, 4),
        ("Your (client) IP address: 0.0.0.0", "dhcp.ip.your", 58, 4),
        ("Next server IP address: 0.0.0.0", "dhcp.ip.server", 62, 4),
        ("Relay agent IP address: 0.0.0.0", "dhcp.ip.relay", 66, 4),
        ("Client MAC address: 02:00:00:00:00:01", "dhcp.hw.mac_addr", 70, 6),
    ]
    assert found[15:] == [
        ("Client hardware address padding: 00000000000000000000", "dhcp.hw.addr_padding", 76, 10),
        ("Server host name not given", "dhcp.server", 86, 64),
        ("Boot file name not given", "dhcp.file", 150, 128),
        ("Magic cookie: DHCP", "dhcp.cookie", 278, 4),
        ("Option: (53) DHCP Message Type (Discover)", "dhcp.option.type", 282, 3),
        ("Length: 1", "dhcp.option.length", 283, 1),
        ("DHCP: Discover (1)", "dhcp.option.dhcp", 284, 1),
        ("Option: (255) End", "dhcp.option.type", 285, 1),
        ("Option End: 255", "dhcp.option.end", 285, 1),
    ]


@pytest.mark.parametrize(
    ("code", "value", "wanted"),
    [
        (1, bytes([255, 255, 0, 0]), [("Subnet Mask: 255.255.0.0", "dhcp.option.subnet_mask", 0, 4)]),
        (51, struct.pack(">I", 691200), [("IP Address Lease Time: (691200s) 8 days",
                                          "dhcp.option.ip_address_lease_time", 0, 4)]),
        (2, struct.pack(">i", -3600), [("Time Offset: (-3600s) -1 hour", "dhcp.option.time_offset", 0, 4)]),
        (6, bytes([1, 1, 1, 1, 2, 2, 2, 2]), [("Domain Name Server: 1.1.1.1", "dhcp.option.domain_name_server", 0, 4),
                                              ("Domain Name Server: 2.2.2.2", "dhcp.option.domain_name_server", 4, 4)]),
        (55, bytes([1, 252]), [
            ("Parameter Request List Item: (1) Subnet Mask", "dhcp.option.request_list_item", 0, 1),
            ("Parameter Request List Item: (252) Private/Proxy autodiscovery", "dhcp.option.request_list_item", 1, 1)]),
        (61, b"\1\2\0\0\0\0\1", [("Hardware type: Ethernet (0x01)", "dhcp.hw.type", 0, 1),
                                 ("Client MAC address: 02:00:00:00:00:01", "dhcp.hw.mac_addr", 1, 6)]),
        (61, b"\xff\0\0\0\1\0\3\0\x06abcd", [
            ("IAID: 00000001", "dhcp.client_id.iaid", 1, 4),
            ("DUID Type: link-layer address (3)", "dhcp.client_id.duid_type", 5, 2),
            ("Hardware type: IEEE 802 (6)", "dhcp.client_id.duid_ll_hw_type", 7, 2),
            ("Link layer address: 61626364", "dhcp.client_id.link_layer_address", 9, 4)]),
        (119, b"\3eng\1x\0\1a\xc0\4", [("FQDN: eng.x", "dhcp.option.dhcp_dns_domain_search_list_fqdn", 0, 7),
                                      ("FQDN: a.x", "dhcp.option.dhcp_dns_domain_search_list_fqdn", 7, 4)]),
        (121, b"\x18\x0a\0\1\1\2\3\4\0\5\6\7\x08", [
            (" 10.0.1.0/24-1.2.3.4", "dhcp.option.classless_static_route", 0, 8),
            (" default-5.6.7.8", "dhcp.option.classless_static_route", 8, 5)]),
        (147, b"\1\2", [("Value: 0102", "dhcp.option.value", 0, 2)]),
    ],
)  # fmt: skip
def test_option_values(code: int, value: bytes, wanted: list[Line]) -> None:
    assert value_lines(code, value) == wanted


def test_relay_agents_put_options_into_one() -> None:
    found = value_lines(82, b"\1\4port\5\4\1\2\3\4")
    root = "dhcp.option.agent_information_option"
    assert found == [
        ("Option 82 Suboption: (1) Agent Circuit ID", f"{root}.suboption", 0, 6),
        ("Length: 4", "dhcp.option.suboption_length", 1, 1),
        ("Agent Circuit ID: 706f7274", f"{root}.agent_circuit_id", 2, 4),
        ("Option 82 Suboption: (5) Link selection (1.2.3.4)", f"{root}.suboption", 6, 6),
        ("Length: 4", "dhcp.option.suboption_length", 7, 1),
        ("Link selection: 1.2.3.4", f"{root}.link_selection", 8, 4),
    ]


def test_a_search_list_split_in_two_is_put_together() -> None:
    found = lines(tree(message(option(119, b"\2aa\2b"), option(119, b"b\0"))))
    assert "FQDN: aa.bb" in [line[0] for line in found]


def test_names_that_hold_options() -> None:
    found = lines(tree(message(option(52, b"\3"), sname=b"\x0c\3srv\xff", file=b"\x43\4boot\xff")))
    assert ("Host Name: srv", "dhcp.option.hostname", 88, 3) in found
    assert ("Bootfile name: boot", "dhcp.option.bootfile_name", 152, 4) in found


def test_what_pxe_clients_are_told() -> None:
    found = [line[0] for line in lines(tree(message(option(60, b"PXEClient:Arch"), option(43, b"\6\1\x08\xff"))))]
    assert "Option: (43) Vendor-Specific Information (PXEClient)" in found
    assert "discovery control: 0x08, Bootstrap override" in found


def test_wrong_lengths_are_told() -> None:
    labels = [line[0] for line in lines(tree(message(option(51, b"\1"), option(12, b"host"))))]
    assert "[Expert Info (Error/Protocol): length isn't 4]" in labels
    assert "Host Name: host" in labels
    missing = lines(tree(message()[:-1]))
    assert missing[-4][0] == "[Expert Info (Error/Protocol): End option missing]"


def test_dhcpv6_options_in_options() -> None:
    address = DHCP6OptIAAddress(addr="2001:db8::5", preflft=3600, validlft=7200)
    request = DHCP6_Solicit(trid=0x123456)
    request /= DHCP6OptClientId(duid=DUID_LLT(hwtype=1, timeval=0x1B020304, lladdr="02:00:00:00:00:01"))
    request /= DHCP6OptIA_NA(iaid=1, T1=1800, T2=0xFFFFFFFF, ianaopts=[address]) / DHCP6OptOptReq(reqopts=[23])
    found = lines(tree(request, "dhcpv6"), "dhcpv6")
    assert found[:11] == [
        ("DHCPv6", "dhcpv6", 62, 72),
        ("Message type: Solicit (1)", "dhcpv6.msgtype", 62, 1),
        ("Transaction ID: 0x123456", "dhcpv6.xid", 63, 3),
        ("Client Identifier", "dhcpv6.option.type_str", 66, 18),
        ("Option: Client Identifier (1)", "dhcpv6.option.type", 66, 2),
        ("Length: 14", "dhcpv6.option.length", 68, 2),
        ("DUID: 000100011b020304020000000001", "dhcpv6.duid.bytes", 70, 14),
        ("DUID Type: link-layer address plus time (1)", "dhcpv6.duid.type", 70, 2),
        ("Hardware type: Ethernet (1)", "dhcpv6.duidllt.hwtype", 72, 2),
        ("DUID Time: May 11, 2014 09:44:36.000000000 UTC", "dhcpv6.duidllt.time", 74, 4),
        ("Link-layer address: 02:00:00:00:00:01", "dhcpv6.duidllt.link_layer_addr", 78, 6),
    ]
    assert ("T2: infinity", "dhcpv6.iaid.t2", 96, 4) in found
    assert ("IPv6 address: 2001:db8::5", "dhcpv6.iaaddr.ip", 104, 16) in found
    assert found[-1] == (
        "Requested Option code: DNS recursive name server (23)", "dhcpv6.requested_option_code", 132, 2
    )  # fmt: skip


def test_dhcpv6_messages_within_relayed_ones() -> None:
    relayed = DHCP6_RelayForward(hopcount=1, linkaddr="fe80::1", peeraddr="fe80::2")
    found = lines(tree(relayed / DHCP6OptRelayMsg(message=DHCP6_Solicit(trid=7)), "dhcpv6"), "dhcpv6")
    assert ("Peer address: fe80::2", "dhcpv6.peeraddr", 80, 16) in found
    assert found[-3:] == [
        ("DHCPv6", "dhcpv6", 100, 4),
        ("Message type: Solicit (1)", "dhcpv6.msgtype", 100, 1),
        ("Transaction ID: 0x000007", "dhcpv6.xid", 101, 3),
    ]


def test_names_in_dhcpv6() -> None:
    def option6(code: int, value: bytes) -> bytes:
        return b"\1\0\0\1" + struct.pack(">HH", code, len(value)) + value

    found = lines(tree(option6(24, b"\1a\1b\0\3com\0"), "dhcpv6"), "dhcpv6")
    assert ("List entry: a.b.", "dhcpv6.search_list_entry", 70, 5) in found
    assert ("Top Level Domain name (TLD): com.", "dhcpv6.tld", 75, 5) in found
    found = lines(tree(option6(39, b"\1\4host"), "dhcpv6"), "dhcpv6")
    assert found[-1] == ("Partial domain name: host", "dhcpv6.client_domain", 71, 5)
    assert found[-4][0] == "Flags: 0x01  [CLIENT wants SERVER to update both its AAAA and PTR RRs]"


def sound(found: Dissection) -> None:
    assert not any("Dissector stopped" in node.label for _, node in tree_lines(found.nodes))


def all_nodes(nodes: list[Node]) -> list[Node]:
    return [node for _, node in tree_lines(nodes)]


def test_relayed_messages_a_thousand_deep() -> None:
    inner = b"\1\0\0\1"
    for _ in range(1000):
        inner = b"\x0c\0" + bytes(32) + struct.pack(">HH", 9, len(inner) & 0xFFFF) + inner
    found = tree(inner[:60_000], "dhcpv6")
    sound(found)
    assert len(all_nodes(found.nodes)) < 1000


@pytest.mark.parametrize("name", ["dhcp", "dhcpv6"])
def test_messages_cut_anywhere(name: str) -> None:
    six = b"\1\0\0\1" + bytes.fromhex("0003002800000001000007080000 0b40 00050018".replace(" ", "")) + bytes(24)
    whole = message(option(61, b"\xff\0\0\0\1\0\1\0\1abcdefgh"), option(82, b"\1\4port")) if name == "dhcp" else six
    for size in range(len(whole)):
        sound(tree(whole[:size], name))


def test_built_by_scapy() -> None:
    made = BOOTP(op=2) / DHCP(options=[("message-type", "ack"), ("lease_time", 60), ("router", "10.0.0.1"), "end"])
    labels = [line[0] for line in lines(tree(made))]
    assert labels[0] == "Dynamic Host Configuration Protocol (ACK)"
    assert "IP Address Lease Time: (60s) 1 minute" in labels and "Router: 10.0.0.1" in labels


@given(st.integers(0, 255), st.binary(max_size=80))
@settings(max_examples=400, deadline=None)
def test_any_value_of_any_option(code: int, value: bytes) -> None:
    sound(tree(message(option(60, b"PXEClient"), option(code, value))))


@given(st.integers(0, 170), st.binary(max_size=80), st.integers(0, 255))
@settings(max_examples=400, deadline=None)
def test_any_value_of_any_dhcpv6_option(code: int, value: bytes, kind: int) -> None:
    sound(tree(bytes([kind]) + b"\0\0\1" + struct.pack(">HH", code, len(value)) + value, "dhcpv6"))
