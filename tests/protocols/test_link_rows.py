"""Rows of link protocols: LLC and its users, LLDP, slow protocols, 802.1X, 802.11; texts as tshark 4.0 prints them."""

# ruff: noqa: E501
from __future__ import annotations

import pytest
from scapy.layers.l2 import ARP, LLC, SNAP, Dot3, Ether
from scapy.packet import Packet as Built
from scapy.packet import Raw

from pcaptui.protocols.driver import run
from pcaptui.protocols.packet import Packet

MACS = bytes.fromhex("020000000001020000000002020000000003")

ETHERNET: dict[str, tuple[Built, str, str, str, str]] = {
    "spanning tree": (Dot3(src="02:00:00:00:00:01", dst="01:80:c2:00:00:00") / LLC(dsap=0x42, ssap=0x42, ctrl=3) / Raw(bytes.fromhex("0000000001") + bytes.fromhex("8001") + bytes([2]) * 6 + bytes.fromhex("0000000a8002") + bytes([3]) * 6 + bytes.fromhex("80050001140002000f00")),
        "02:00:00:00:00:01", "01:80:c2:00:00:00", "STP", "Conf. TC + Root = 32768/1/02:02:02:02:02:02  Cost = 10  Port = 0x8005"),
    "topology change": (Dot3(src="02:00:00:00:00:01", dst="01:80:c2:00:00:00") / LLC(dsap=0x42, ssap=0x42, ctrl=3) / Raw(bytes.fromhex("00000080")),
        "02:00:00:00:00:01", "01:80:c2:00:00:00", "STP", "Topology Change Notification"),
    "cdp": (Dot3(src="02:00:00:00:00:01", dst="01:00:0c:cc:cc:cc") / LLC(dsap=0xAA, ssap=0xAA, ctrl=3) / SNAP(OUI=0xC, code=0x2000) / Raw(bytes.fromhex("02b40000") + bytes.fromhex("00010006") + b"R1" + bytes.fromhex("00030009") + b"Fa0/1"),
        "02:00:00:00:00:01", "01:00:0c:cc:cc:cc", "CDP", "Device ID: R1  Port ID: Fa0/1  "),
    "llc receiver ready": (Dot3(src="02:00:00:00:00:01", dst="02:00:00:00:00:02") / LLC(dsap=0xF0, ssap=0xF1, ctrl=1) / Raw(bytes([5])),
        "02:00:00:00:00:01", "02:00:00:00:00:02", "LLC", "S F, func=RR, N(R)=2; DSAP NetBIOS Individual, SSAP NetBIOS Response"),
    "unknown snap": (Dot3(src="02:00:00:00:00:01", dst="02:00:00:00:00:02") / LLC(dsap=0xAA, ssap=0xAA, ctrl=3) / SNAP(OUI=0x123456, code=7) / Raw(bytes(20)),
        "02:00:00:00:00:01", "02:00:00:00:00:02", "LLC", "U, func=UI; SNAP, OUI 0x123456 (Unknown), PID 0x0007"),
    "lldp": (Ether(src="02:00:00:00:00:01", dst="01:80:c2:00:00:0e", type=0x88CC) / Raw(bytes.fromhex("020704020000000001" + "04040546613006020078" + "0a0273770000")),
        "02:00:00:00:00:01", "01:80:c2:00:00:0e", "LLDP", "MA/02:00:00:00:00:01 IN/Fa0 120 SysN=sw "),
    "lldp without port": (Ether(src="02:00:00:00:00:01", dst="01:80:c2:00:00:0e", type=0x88CC) / Raw(bytes.fromhex("020704020000000001060200780000")),
        "02:00:00:00:00:01", "01:80:c2:00:00:0e", "LLDP", "Invalid Port ID TLV"),
    "lacp": (Ether(src="02:00:00:00:00:01", dst="01:80:c2:00:00:02", type=0x8809) / Raw(bytes.fromhex("01010114") + bytes.fromhex("8000") + bytes([2]) * 6 + bytes.fromhex("000d80000016c5000000") + bytes.fromhex("0214") + bytes(18) + bytes(70)),
        "02:00:00:00:00:01", "01:80:c2:00:00:02", "LACP", "v1 ACTOR 02:02:02:02:02:02 P: 22 K: 13 EF***G*A PARTNER 00:00:00:00:00:00 P: 0 K: 0 ********"),
    "eapol start": (Ether(src="02:00:00:00:00:01", dst="02:00:00:00:00:02", type=0x888E) / Raw(bytes.fromhex("01010000")),
        "02:00:00:00:00:01", "02:00:00:00:00:02", "EAPOL", "Start"),
    "eap identity": (Ether(src="02:00:00:00:00:01", dst="02:00:00:00:00:02", type=0x888E) / Raw(bytes.fromhex("0100000a0207000a016d61726b75")),
        "02:00:00:00:00:01", "02:00:00:00:00:02", "EAP", "Response, Identity"),
    "key message two": (Ether(src="02:00:00:00:00:01", dst="02:00:00:00:00:02", type=0x888E) / Raw(bytes.fromhex("0103005f02010a0000") + bytes(90)),
        "02:00:00:00:00:01", "02:00:00:00:00:02", "EAPOL", "Key (Message 4 of 4)"),
    "isis hello": (Dot3(src="02:00:00:00:00:01", dst="01:80:c2:00:00:15") / LLC(dsap=0xFE, ssap=0xFE, ctrl=3) / Raw(bytes.fromhex("831b01001001000001") + bytes.fromhex("111111111111") + bytes.fromhex("001e001b40") + bytes(7)),
        "02:00:00:00:00:01", "01:80:c2:00:00:15", "ISIS HELLO", "L2 HELLO, System-ID: 1111.1111.1111"),
}  # fmt: skip
WIRELESS: dict[str, tuple[bytes, str, str, str, str]] = {
    "beacon": (bytes.fromhex("80000000") + MACS + bytes.fromhex("3012") + bytes(8) + bytes.fromhex("64000104") + bytes([0, 4]) + b"home",
        "02:00:00:00:00:02", "02:00:00:00:00:01", "802.11", "Beacon frame, SN=291, FN=0, Flags=........, BI=100, SSID=\"home\""),
    "beacon with a hidden name": (bytes.fromhex("80000000") + MACS + bytes.fromhex("3012") + bytes(8) + bytes.fromhex("64000104") + bytes([0, 0]),
        "02:00:00:00:00:02", "02:00:00:00:00:01", "802.11", "Beacon frame, SN=291, FN=0, Flags=........, BI=100, SSID=Wildcard (Broadcast)"),
    "name that is no text": (bytes.fromhex("40000000") + MACS + bytes.fromhex("3012") + bytes([0, 3, 0, 1, 255]),
        "02:00:00:00:00:02", "02:00:00:00:00:01", "802.11", "Probe Request, SN=291, FN=0, Flags=........, SSID=0001ff"),
    "element longer than the frame": (bytes.fromhex("40000000") + MACS + bytes.fromhex("3012") + bytes([0, 9]) + b"ab",
        "02:00:00:00:00:02", "02:00:00:00:00:01", "802.11", "Probe Request, SN=291, FN=0, Flags=........[Malformed Packet: length of contained item exceeds length of containing item]"),
    "deauthentication": (bytes.fromhex("c0083a01") + MACS + bytes.fromhex("3012") + bytes.fromhex("0700"),
        "02:00:00:00:00:02", "02:00:00:00:00:01", "802.11", "Deauthentication, SN=291, FN=0, Flags=....R..."),
    "acknowledgement": (bytes.fromhex("d4000000") + MACS[:6],
        "", "02:00:00:00:00:01 (RA)", "802.11", "Acknowledgement, Flags=........"),
    "request to send": (bytes.fromhex("b4000000") + MACS[:12],
        "02:00:00:00:00:02 (TA)", "02:00:00:00:00:01 (RA)", "802.11", "Request-to-send, Flags=........"),
    "null function to the access point": (bytes.fromhex("48110000") + MACS + bytes.fromhex("3012"),
        "02:00:00:00:00:02", "02:00:00:00:00:03", "802.11", "Null function (No data), SN=291, FN=0, Flags=...P...T"),
    "protected qos data": (bytes.fromhex("88420000") + MACS + bytes.fromhex("3012") + bytes(30),
        "02:00:00:00:00:03", "02:00:00:00:00:01", "802.11", "QoS Data, SN=291, FN=0, Flags=.p....F."),
    "arp in data": (bytes.fromhex("08020000") + MACS + bytes.fromhex("3012") + bytes.fromhex("aaaa030000000806") + bytes(ARP(op=2, hwsrc="02:00:00:00:00:01", psrc="192.0.2.1", pdst="192.0.2.2")),
        "02:00:00:00:00:03", "02:00:00:00:00:01", "ARP", "192.0.2.1 is at 02:00:00:00:00:01"),
    "reserved": (bytes.fromhex("70000000") + MACS + bytes.fromhex("3012"),
        "02:00:00:00:00:02", "02:00:00:00:00:01", "802.11", "Unrecognized (Reserved frame), SN=291, FN=0, Flags=........"),
}  # fmt: skip


def row(data: bytes, link_type: int) -> tuple[str, str, str, str]:
    made = run(Packet(1, data, len(data), link_type))
    return made.source, made.destination, made.protocol, made.info


@pytest.mark.parametrize("name", ETHERNET)
def test_row_on_ethernet(name: str) -> None:
    built, *expected = ETHERNET[name]
    assert row(bytes(built), 1) == tuple(expected)


@pytest.mark.parametrize("name", WIRELESS)
def test_row_on_wireless(name: str) -> None:
    data, *expected = WIRELESS[name]
    assert row(data, 105) == tuple(expected)


def test_radiotap_says_that_a_checksum_follows() -> None:
    frame = WIRELESS["deauthentication"][0] + bytes(4)
    header = bytes.fromhex("0000090002000000") + bytes([0x10])
    assert row(header + frame, 127)[3] == "Deauthentication, SN=291, FN=0, Flags=....R...C"


def test_link_type_that_nobody_dissects() -> None:
    assert row(bytes(20), 8) == ("", "", "UNKNOWN", "WTAP_ENCAP = 3")
    assert row(bytes(20), 9999)[2] == "UNKNOWN"
