"""BOOTP, DHCP and DHCPv6 rows."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scapy.layers.dhcp import BOOTP, DHCP
from scapy.layers.dhcp6 import (
    DUID_LL,
    DHCP6_RelayForward,
    DHCP6_Reply,
    DHCP6_Solicit,
    DHCP6OptClientId,
    DHCP6OptIA_NA,
    DHCP6OptIAAddress,
    DHCP6OptRelayMsg,
)

from pcaptui.protocols.dhcp import dhcp
from pcaptui.protocols.dhcpv6 import dhcpv6
from pcaptui.protocols.packet import Packet, Short

MAC = bytes.fromhex("001122334455")


def row(dissector, data: bytes, port: int = 67) -> tuple[str, str]:
    packet = Packet(1, b"", 0, 1, source_port=68, destination_port=port)
    dissector(packet, data)
    return packet.protocol, packet.info


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("discover", "Discover"),
        ("offer", "Offer   "),
        ("request", "Request "),
        ("ack", "ACK     "),
        ("nak", "NAK     "),
    ],
)
def test_message_type_and_transaction(kind, words):
    data = bytes(BOOTP(chaddr=MAC, xid=0xB6332E0E) / DHCP(options=[("message-type", kind), "end"]))
    assert row(dhcp, data) == ("DHCP", f"DHCP {words} - Transaction ID 0xb6332e0e")


def test_unknown_message_type_shows_its_number():
    data = bytes(BOOTP(chaddr=MAC, xid=1) / DHCP(options=[("message-type", 0x6A), "end"]))
    assert row(dhcp, data)[1] == "DHCP Unknown Message Type (0x6a) - Transaction ID 0x1"


def test_without_a_message_type_it_is_bootp():
    assert row(dhcp, bytes(BOOTP(chaddr=MAC)) + b"\x63\x82\x53\x63\xff") == (
        "BOOTP",
        "Boot Request from 00:11:22:33:44:55 (00:11:22:33:44:55)",
    )
    assert row(dhcp, bytes(BOOTP(op=2)) + b"\x63\x82\x53\x63\xff") == ("BOOTP", "Boot Reply")


def test_proxy_port_is_told():
    data = bytes(BOOTP(chaddr=MAC, xid=1) / DHCP(options=[("message-type", "discover"), "end"]))
    assert row(dhcp, data, 4011)[1] == "proxyDHCP Discover - Transaction ID 0x1"


def test_an_option_cut_short_leaves_the_type_found_before():
    data = bytes(BOOTP(chaddr=MAC, xid=1)) + b"\x63\x82\x53\x63\x35\x01\x01\x0c\x09ab"
    packet = Packet(1, b"", 0, 1)
    with pytest.raises(Short):
        dhcp(packet, data)
    assert packet.info == "DHCP Discover - Transaction ID 0x1"


def test_dhcpv6_shows_client_and_addresses_in_order():
    client = DHCP6OptClientId(duid=DUID_LL(lladdr="00:0c:29:5e:77:44"))
    leased = DHCP6OptIA_NA(ianaopts=[DHCP6OptIAAddress(addr="2001:db8:1:2::1002")])
    data = bytes(DHCP6_Reply(trid=0x9DE03F) / client / leased)
    assert row(dhcpv6, data) == ("DHCPv6", "Reply XID: 0x9de03f CID: 00030001000c295e7744 IAA: 2001:db8:1:2::1002 ")


def test_relayed_message_follows_the_relay():
    inner = DHCP6_Solicit(trid=1) / DHCP6OptClientId(duid=DUID_LL(lladdr="00:00:00:00:00:01"))
    relay = DHCP6_RelayForward(linkaddr="2001:db8::1", peeraddr="fe80::1")
    data = bytes(relay / DHCP6OptRelayMsg(message=inner))
    assert row(dhcpv6, data)[1] == "Relay-forw L: 2001:db8::1 Solicit XID: 0x000001 CID: 00030001000000000001 "


def test_option_longer_than_its_message_ends_the_row_quietly():
    assert row(dhcpv6, b"\1\0\0\1\0\1\0\x20ab")[1] == "Solicit XID: 0x000001 "


def test_nested_relays_are_bounded():
    data = b"\1\0\0\1"
    for _ in range(200):
        data = b"\x0c\0" + bytes(32) + b"\0\x09" + len(data).to_bytes(2, "big") + data
    assert row(dhcpv6, data)[1].count("Relay-forw") < 50


@given(st.binary(min_size=1, max_size=300))
def test_any_bytes_only_end_early(data):
    for dissector in (dhcp, dhcpv6):
        packet = Packet(1, b"", 0, 1)
        with contextlib.suppress(Short):
            dissector(packet, data)
        assert packet.protocol in ("BOOTP", "DHCP", "DHCPv6")
