"""Header columns of ordinary packets, odd lengths, and every encapsulation, from frames that scapy builds."""

from __future__ import annotations

import struct
from typing import Any

import numpy as np
import pytest
from scapy.all import (
    AH,
    ARP,
    GRE,
    ICMP,
    IP,
    LLC,
    PPP,
    SNAP,
    STP,
    TCP,
    UDP,
    CookedLinux,
    CookedLinuxV2,
    Dot1AD,
    Dot1Q,
    Dot3,
    Dot11,
    Dot11QoS,
    Ether,
    ICMPv6DestUnreach,
    ICMPv6EchoRequest,
    ICMPv6ND_Redirect,
    ICMPv6NDOptDstLLAddr,
    ICMPv6NDOptRedirectedHdr,
    IPOption_RR,
    IPv6,
    IPv6ExtHdrDestOpt,
    IPv6ExtHdrFragment,
    IPv6ExtHdrHopByHop,
    IPv6ExtHdrRouting,
    Loopback,
    PPPoE,
    RadioTap,
    Raw,
)
from scapy.contrib.geneve import GENEVE
from scapy.contrib.gtp import GTP_U_Header
from scapy.contrib.mpls import MPLS
from scapy.layers.sctp import SCTP
from scapy.layers.vxlan import VXLAN

from pcaptui.loader.addresses import AddressTable
from pcaptui.loader.headers import decode
from pcaptui.loader.records import Interface, RecordBlock
from pcaptui.loader.table import Layer, PacketTable

ETHER = Ether(src="02:00:00:00:00:01", dst="02:00:00:00:00:02")
OLD_QINQ = Ether(src=ETHER.src, dst=ETHER.dst, type=0x9100)
DOT3 = Dot3(src=ETHER.src, dst=ETHER.dst)
OUTER = IP(src="10.0.0.1", dst="10.0.0.2")
INNER = IP(src="192.0.2.1", dst="192.0.2.2")
INNER6 = IPv6(src="2001:db8::1", dst="2001:db8::2")
UDP_DATA = UDP(sport=1111, dport=2222) / Raw(b"some data")
TCP_DATA = TCP(sport=50000, dport=80, seq=7, ack=9, flags="PA", window=501) / Raw(b"x" * 50)
ERSPAN2 = GRE(proto=0x88BE, seqnum_present=1) / Raw(bytes(8))
ERSPAN3 = GRE(proto=0x22EB, seqnum_present=1) / Raw(bytes(12))
ETHERIP = IP(src="10.0.0.1", dst="10.0.0.2", proto=97) / Raw(b"\x30\0")
GTP_EXTENDED = bytes.fromhex("34ff0031000000010000008501000000")
AYIYA_HEADER = bytes.fromhex("41521129") + bytes(4 + 16 + 20)
CAPWAP_HEADER = bytes.fromhex("0010032000000000" + "0008") + bytes(22)
NFLOG_HEADER = bytes([2, 0, 0, 0, 8, 0, 1, 0, 0, 0, 0, 0])
PKTAP_HEADER = struct.pack("<3I", 108, 1, 1).ljust(108, b"\0")
SERVICE_TAGS = bytes(12) + b"\x88\xe7" + 48 * (bytes.fromhex("00000001") + bytes(12) + b"\x88\xe7")
IN_SERVICE = bytes.fromhex("00000001") + bytes(12) + b"\x08\0"
AGGREGATE = Dot11(type=2, subtype=8) / Dot11QoS(A_MSDU_Present=1) / Raw(bytes(14))
INNER_ETHER = Ether(src="02:00:00:00:00:03", dst="02:00:00:00:00:04")


def over_udp(port: int, header: bytes = b"") -> Any:
    packet = OUTER / UDP(sport=40000, dport=port)
    return packet / Raw(header) if header else packet


def test_tcp_columns_of_a_plain_packet(decode_frames: Any) -> None:
    row = decode_frames([ETHER / INNER / TCP_DATA]).row()
    assert row == {
        "network": 14, "transport": 34, "payload": 54, "payload_length": 50, "ethertype": 0x800, "ip_protocol": 6,
        "source": "192.0.2.1", "destination": "192.0.2.2", "addresses": ("192.0.2.1", "192.0.2.2"),
        "source_port": 50000, "destination_port": 80, "ports": (50000, 80), "sequence": 7, "acknowledgment": 9,
        "window": 501, "tcp_flags": 0x18, "layers": Layer(0),
    }  # fmt: skip


def test_record_columns_are_copied(decode_frames: Any) -> None:
    table = decode_frames([bytes(10), bytes(20), bytes(30)], lengths=[10, 200, 30]).table
    assert table["offset"].tolist() == [0, 10, 30]
    assert table["captured"].tolist() == [10, 20, 30]
    assert table["length"].tolist() == [10, 200, 30]
    assert table["time"].tolist() == [0, 10_000, 30_000]


def test_an_empty_block_adds_nothing(decode_frames: Any) -> None:
    assert decode_frames([]).table.count == 0


@pytest.mark.parametrize(
    ("packet", "transport"),
    [
        pytest.param(ETHER / INNER / UDP_DATA, 34, id="ipv4"),
        pytest.param(ETHER / IP(src=INNER.src, dst=INNER.dst, options=IPOption_RR()) / UDP_DATA, 38, id="ipv4-options"),
        pytest.param(ETHER / Dot1Q(vlan=5) / INNER / UDP_DATA, 38, id="vlan"),
        pytest.param(ETHER / Dot1AD(vlan=5) / Dot1Q(vlan=6) / INNER / UDP_DATA, 42, id="qinq"),
        pytest.param(OLD_QINQ / Dot1Q(vlan=5) / INNER / UDP_DATA, 38, id="old-qinq"),
        pytest.param(ETHER / MPLS(label=20, s=0) / MPLS(label=21, s=1) / INNER / UDP_DATA, 42, id="mpls"),
        pytest.param(SERVICE_TAGS + IN_SERVICE + bytes(INNER / UDP_DATA), 916, id="802.1ah"),
        pytest.param(ETHER / PPPoE(sessionid=1) / PPP(proto=0x21) / INNER / UDP_DATA, 42, id="pppoe"),
        pytest.param(DOT3 / LLC(dsap=0xAA, ssap=0xAA, ctrl=3) / SNAP(code=0x800) / INNER / UDP_DATA, 42, id="snap"),
        pytest.param(ETHER / INNER.copy() / AH(nh=17, payloadlen=1, icv=b"") / UDP_DATA, 46, id="ah"),
    ],
)  # fmt: skip
def test_udp_behind_link_layers_and_tags(decode_frames: Any, packet: Any, transport: int) -> None:
    row = decode_frames([packet]).row()
    assert row["transport"] == transport
    assert row["addresses"] == ("192.0.2.1", "192.0.2.2")
    assert row["ports"] == (1111, 2222)
    assert (row["ip_protocol"], row["ethertype"]) == (17, 0x800)
    assert (row["payload"], row["payload_length"]) == (transport + 8, 9)
    assert not row["layers"] & (Layer.CUT | Layer.TUNNEL)


@pytest.mark.parametrize(
    ("link_type", "packet"),
    [
        pytest.param(0, struct.pack("<I", 2) + bytes(INNER / UDP_DATA), id="null-little"),
        pytest.param(0, struct.pack(">I", 2) + bytes(INNER / UDP_DATA), id="null-big"),
        pytest.param(108, Loopback(type=2) / INNER / UDP_DATA, id="loop"),
        pytest.param(0, struct.pack("<I", 0x800) + bytes(INNER / UDP_DATA), id="null-ethertype"),
        pytest.param(9, PPP(proto=0x21) / INNER / UDP_DATA, id="ppp-without-address"),
        pytest.param(9, b"\xff\x03\x00\x21" + bytes(INNER / UDP_DATA), id="ppp"),
        pytest.param(50, b"\xff\x03\x21" + bytes(INNER / UDP_DATA), id="ppp-short-protocol"),
        pytest.param(51, PPPoE(sessionid=1) / PPP(proto=0x21) / INNER / UDP_DATA, id="pppoe"),
        pytest.param(12, INNER / UDP_DATA, id="raw-12"),
        pytest.param(14, INNER / UDP_DATA, id="raw-14"),
        pytest.param(101, INNER / UDP_DATA, id="raw-101"),
        pytest.param(228, INNER / UDP_DATA, id="ipv4"),
        pytest.param(104, b"\x0f\x00\x08\x00" + bytes(INNER / UDP_DATA), id="cisco-hdlc"),
        pytest.param(107, b"\x18\x41\x03\xcc" + bytes(INNER / UDP_DATA), id="frame-relay-nlpid"),
        pytest.param(107, b"\x18\x41\x08\x00" + bytes(INNER / UDP_DATA), id="frame-relay-cisco"),
        pytest.param(107, b"\x80\xea\x9d\x08\x00" + bytes(INNER / UDP_DATA), id="frame-relay-three"),
        pytest.param(107, b"\x18\x41\x03\0\x80\0\0\0\x08\0" + bytes(INNER / UDP_DATA), id="frame-relay-snap"),
        pytest.param(7, b"\1\2\xf0" + bytes(INNER / UDP_DATA), id="arcnet"),
        pytest.param(129, b"\1\2\0\0\xd4\0\0\0" + bytes(INNER / UDP_DATA), id="arcnet-linux"),
        pytest.param(204, b"\0\xff\x03\x00\x21" + bytes(INNER / UDP_DATA), id="ppp-direction"),
        pytest.param(8, bytes(16) + bytes(INNER / UDP_DATA), id="slip"),
        pytest.param(113, CookedLinux(proto=0x800) / INNER / UDP_DATA, id="cooked"),
        pytest.param(276, CookedLinuxV2(proto=0x800) / INNER / UDP_DATA, id="cooked-2"),
        pytest.param(105, Dot11(type=2, FCfield=1) / LLC() / SNAP(code=0x800) / INNER / UDP_DATA, id="802.11"),
        pytest.param(105, Dot11(type=2, subtype=8) / Dot11QoS() / LLC() / SNAP() / INNER / UDP_DATA, id="802.11-qos"),
        pytest.param(127, RadioTap() / Dot11(type=2) / LLC() / SNAP() / INNER / UDP_DATA, id="radiotap"),
        pytest.param(239, NFLOG_HEADER + struct.pack("<HH", 41, 9) + bytes(INNER / UDP_DATA), id="nflog"),
        pytest.param(258, PKTAP_HEADER + bytes(ETHER / INNER / UDP_DATA), id="pktap"),
        pytest.param(149, PKTAP_HEADER + bytes(ETHER / INNER / UDP_DATA), id="pktap-user2"),
        pytest.param(105, AGGREGATE / LLC() / SNAP() / INNER / UDP_DATA, id="802.11-aggregate"),
        pytest.param(6, bytes(1) + b"\x40" + bytes(12) + bytes(LLC() / SNAP() / INNER / UDP_DATA), id="token-ring"),
    ],
)  # fmt: skip
def test_udp_behind_other_link_types(decode_frames: Any, link_type: int, packet: Any) -> None:
    row = decode_frames([packet], link_type).row()
    assert row["addresses"] == ("192.0.2.1", "192.0.2.2")
    assert row["ports"] == (1111, 2222)
    assert row["payload_length"] == 9
    assert row["transport"] == len(packet) - 17


@pytest.mark.parametrize("family", [10, 24, 28, 30])
@pytest.mark.parametrize("order", "<>")
def test_ipv6_families_of_loopback_captures(decode_frames: Any, family: int, order: str) -> None:
    row = decode_frames([struct.pack(order + "I", family) + bytes(INNER6 / UDP_DATA)], 0).row()
    assert row["addresses"] == ("2001:db8::1", "2001:db8::2")


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param([], id="none"),
        pytest.param([IPv6ExtHdrHopByHop()], id="hop-by-hop"),
        pytest.param([IPv6ExtHdrHopByHop(), IPv6ExtHdrDestOpt(), IPv6ExtHdrRouting(addresses=["::1"])], id="three"),
        pytest.param([IPv6ExtHdrFragment()], id="atomic-fragment"),
        pytest.param([IPv6ExtHdrDestOpt()] * 9, id="nine"),
    ],
)
def test_ipv6_extension_headers_lead_to_the_transport(decode_frames: Any, headers: list[Any]) -> None:
    packet = ETHER / INNER6
    for header in headers:
        packet = packet / header.copy()
    packet = packet / TCP_DATA
    row = decode_frames([packet]).row()
    assert row["addresses"] == ("2001:db8::1", "2001:db8::2")
    assert (row["ip_protocol"], row["ports"]) == (6, (50000, 80))
    assert row["transport"] == len(packet) - 70
    assert row["payload_length"] == 50


def test_endless_extension_headers_end(decode_frames: Any) -> None:
    packet = bytes(ETHER / IPv6(nh=0, plen=1600)) + bytes(8) * 200
    row = decode_frames([packet]).row()
    assert row["transport"] is None


@pytest.mark.parametrize(
    "packet",
    [
        pytest.param(OUTER / INNER / UDP_DATA, id="ip-in-ip"),
        pytest.param(OUTER / INNER6 / UDP_DATA, id="6in4"),
        pytest.param(IPv6(src="::1", dst="::2") / INNER / UDP_DATA, id="4in6"),
        pytest.param(OUTER / GRE() / INNER / UDP_DATA, id="gre"),
        pytest.param(OUTER / GRE(key_present=1, seqnum_present=1, chksum_present=1) / INNER / UDP_DATA, id="gre-all"),
        pytest.param(OUTER / GRE(proto=0x8240) / Dot11(type=2) / LLC() / SNAP() / INNER / UDP_DATA, id="gre-aruba"),
        pytest.param(OUTER / GRE(proto=0x6558) / INNER_ETHER / INNER / UDP_DATA, id="gre-ethernet"),
        pytest.param(OUTER / GRE(proto=0x88BE) / INNER_ETHER / INNER / UDP_DATA, id="erspan-1"),
        pytest.param(OUTER / ERSPAN2 / INNER_ETHER / INNER / UDP_DATA, id="erspan-2"),
        pytest.param(OUTER / ERSPAN3 / INNER_ETHER / INNER / UDP_DATA, id="erspan-3"),
        pytest.param(over_udp(4789) / VXLAN() / INNER_ETHER / INNER / UDP_DATA, id="vxlan"),
        pytest.param(over_udp(6081) / GENEVE() / INNER_ETHER / INNER / UDP_DATA, id="geneve"),
        pytest.param(over_udp(2152) / GTP_U_Header(gtp_type=255) / INNER / UDP_DATA, id="gtp"),
        pytest.param(over_udp(2152, GTP_EXTENDED) / INNER / UDP_DATA, id="gtp-extension"),
        pytest.param(over_udp(3544) / INNER6 / UDP_DATA, id="teredo"),
        pytest.param(over_udp(3544, bytes(8)) / INNER6 / UDP_DATA, id="teredo-origin"),
        pytest.param(over_udp(3544, b"\0\1\0\0" + bytes(9)) / INNER6 / UDP_DATA, id="teredo-authentication"),
        pytest.param(over_udp(1701, b"\0\2\0\1\0\1\xff\3\0\x21") / INNER / UDP_DATA, id="l2tp"),
        pytest.param(over_udp(37008, b"\1\0\0\1\x0a\1\5\1") / INNER_ETHER / INNER / UDP_DATA, id="tzsp"),
        pytest.param(over_udp(4341, bytes(8)) / INNER / UDP_DATA, id="lisp"),
        pytest.param(over_udp(4754) / GRE() / INNER / UDP_DATA, id="gre-over-udp"),
        pytest.param(over_udp(3386, b"\x1e\xff" + bytes(18)) / INNER / UDP_DATA, id="gtp-0"),
        pytest.param(over_udp(5072, AYIYA_HEADER) / INNER6 / UDP_DATA, id="ayiya"),
        pytest.param(over_udp(5247, CAPWAP_HEADER) / LLC() / SNAP() / INNER / UDP_DATA, id="capwap"),
        pytest.param(over_udp(6635) / MPLS(s=1) / INNER / UDP_DATA, id="mpls-over-udp"),
        pytest.param(ETHERIP / INNER_ETHER / INNER / UDP_DATA, id="etherip"),
    ],
)  # fmt: skip
def test_tunnels_show_the_innermost_headers(decode_frames: Any, packet: Any) -> None:
    frame = bytes(ETHER / packet)
    row = decode_frames([frame]).row()
    assert row["addresses"] in [("192.0.2.1", "192.0.2.2"), ("2001:db8::1", "2001:db8::2")]
    assert row["ports"] == (1111, 2222)
    assert row["transport"] == len(frame) - 17
    assert row["payload_length"] == 9
    assert row["layers"] & ~Layer.MPLS == Layer.TUNNEL


def test_a_well_known_port_on_the_other_side_is_no_tunnel(decode_frames: Any) -> None:
    row = decode_frames([ETHER / OUTER / UDP(sport=53, dport=4789) / Raw(bytes(8)) / INNER_ETHER / INNER]).row()
    assert row["ports"] == (53, 4789)


def test_port_zero_on_the_other_side_is_a_tunnel_still(decode_frames: Any) -> None:
    row = decode_frames([ETHER / OUTER / UDP(sport=0, dport=4789) / VXLAN() / INNER_ETHER / INNER / UDP_DATA]).row()
    assert row["ports"] == (1111, 2222)


def test_gre_over_udp_without_ip_keeps_the_udp_header(decode_frames: Any) -> None:
    row = decode_frames([ETHER / over_udp(4754) / Raw(bytes(30))]).row()
    assert (row["ip_protocol"], row["transport"], row["ports"]) == (17, 34, (40000, 4754))


def test_a_tunnel_of_something_else_keeps_the_outer_addresses(decode_frames: Any) -> None:
    row = decode_frames([ETHER / OUTER / UDP(sport=5, dport=4789) / VXLAN() / INNER_ETHER / ARP()]).row()
    assert row["addresses"] == ("10.0.0.1", "10.0.0.2")


def test_icmp_errors_show_the_quoted_header(decode_frames: Any) -> None:
    packet = ETHER / OUTER / ICMP(type=3, code=3) / INNER / UDP(sport=1111, dport=2222)
    packet6 = ETHER / IPv6() / ICMPv6DestUnreach() / INNER6 / TCP_DATA
    decoded = decode_frames([packet, packet6])
    row, row6 = decoded.row(0), decoded.row(1)
    assert row["layers"] == row6["layers"] == Layer.QUOTED
    assert row["addresses"] == ("192.0.2.1", "192.0.2.2")
    assert (row["ip_protocol"], row["ports"], row["transport"]) == (17, (1111, 2222), 62)
    assert row6["addresses"] == ("2001:db8::1", "2001:db8::2")
    assert (row6["ip_protocol"], row6["ports"], row6["sequence"]) == (6, (50000, 80), 7)


def test_a_redirect_quotes_in_an_option(decode_frames: Any) -> None:
    options = ICMPv6NDOptDstLLAddr() / ICMPv6NDOptRedirectedHdr(pkt=INNER6 / UDP_DATA)
    row = decode_frames([ETHER / IPv6(src="::1", dst="::2") / ICMPv6ND_Redirect() / options]).row()
    assert row["layers"] == Layer.QUOTED
    assert (row["ip_protocol"], row["ports"]) == (17, (1111, 2222))


def test_eight_quoted_bytes_of_tcp_give_ports_but_no_header(decode_frames: Any) -> None:
    quote = bytes(INNER / TCP_DATA)[:28]
    row = decode_frames([ETHER / OUTER / ICMP(type=11) / Raw(quote)]).row()
    assert row["ports"] == (50000, 80)
    assert row["transport"] is None
    assert row["layers"] & Layer.TCP_CUT


def test_icmp_queries_keep_their_own_addresses(decode_frames: Any) -> None:
    decoded = decode_frames(
        [ETHER / INNER / ICMP() / Raw(bytes(40)), ETHER / INNER6 / ICMPv6EchoRequest(data=b"x" * 60)]
    )
    for index, (protocol, transport) in enumerate([(1, 34), (58, 54)]):
        row = decoded.row(index)
        assert (row["ip_protocol"], row["transport"], row["layers"]) == (protocol, transport, Layer(0))


@pytest.mark.parametrize(
    "packet",
    [
        ETHER / IP(flags="MF") / UDP_DATA,
        ETHER / IP(frag=2) / UDP_DATA,
        ETHER / INNER6 / IPv6ExtHdrFragment(m=1) / UDP_DATA,
        ETHER / INNER6 / IPv6ExtHdrFragment(offset=3) / UDP_DATA,
    ],
)
def test_fragments_have_no_transport(decode_frames: Any, packet: Any) -> None:
    row = decode_frames([packet]).row()
    assert row["layers"] == Layer.FRAGMENT
    assert (row["transport"], row["ip_protocol"], row["ports"]) == (None, 255, (0, 0))


def test_a_cut_first_fragment_is_decoded(decode_frames: Any) -> None:
    frame = bytes(ETHER / IP(flags="MF") / UDP_DATA)
    row = decode_frames([frame[:-3]], lengths=[len(frame)]).row()
    assert (row["transport"], row["ports"]) == (34, (1111, 2222))


def test_other_transports(decode_frames: Any) -> None:
    dccp = struct.pack(">HHBB", 1111, 2222, 4, 0) + bytes(10)
    frames = [
        ETHER / INNER / SCTP(sport=1111, dport=2222) / Raw(bytes(16)),
        ETHER / IP(proto=33) / Raw(dccp),
        ETHER / IP(proto=136) / UDP(sport=1111, dport=2222, len=3) / Raw(bytes(4)),
        ETHER / IP(proto=89) / Raw(bytes(44)),
    ]
    decoded = decode_frames(frames)
    assert [decoded.row(index)["ip_protocol"] for index in range(4)] == [132, 33, 136, 89]
    assert [decoded.row(index)["ports"] for index in range(4)] == [(1111, 2222)] * 3 + [(0, 0)]
    assert decoded.row(2)["payload_length"] == 4
    assert decoded.row(3)["transport"] == 34


@pytest.mark.parametrize(
    ("packet", "addresses", "ethertype"),
    [
        (ETHER / ARP(), ("02:00:00:00:00:01", "02:00:00:00:00:02"), 0x806),
        (Dot3(src="02:00:00:00:00:01", dst="01:80:c2:00:00:00") / LLC(dsap=0x42, ssap=0x42, ctrl=3) / STP(),
         ("02:00:00:00:00:01", "01:80:c2:00:00:00"), 0),
        (Ether(src="02:00:00:00:00:01", dst="02:00:00:00:00:02", type=0x88CC) / Raw(bytes(20)),
         ("02:00:00:00:00:01", "02:00:00:00:00:02"), 0x88CC),
    ],
)  # fmt: skip
def test_without_ip_the_hardware_addresses_stand(
    decode_frames: Any, packet: Any, addresses: Any, ethertype: int
) -> None:
    row = decode_frames([packet]).row()
    assert row["addresses"] == addresses
    assert row["ethertype"] == ethertype
    assert row["transport"] is None


@pytest.mark.parametrize(
    ("bits", "addresses"),
    [
        (0, ("02:00:00:00:00:02", "02:00:00:00:00:01")),
        (1, ("02:00:00:00:00:02", "02:00:00:00:00:03")),
        (2, ("02:00:00:00:00:03", "02:00:00:00:00:01")),
        (3, ("02:00:00:00:00:04", "02:00:00:00:00:03")),
    ],
)
def test_wireless_addresses_follow_the_ds_bits(decode_frames: Any, bits: int, addresses: Any) -> None:
    octets = {f"addr{index}": f"02:00:00:00:00:0{index}" for index in range(1, 5)}
    row = decode_frames([Dot11(type=2, FCfield=bits, **octets) / Raw(bytes(20))], 105).row()
    assert row["addresses"] == addresses


def test_an_acknowledgment_on_air_has_only_a_receiver(decode_frames: Any) -> None:
    row = decode_frames([bytes.fromhex("d4000000020000000001")], 105).row()
    assert row["addresses"] == (None, "02:00:00:00:00:01")


def test_ipv6_over_802_15_4_is_decoded_by_scapy(decode_frames: Any) -> None:
    frame = bytes.fromhex(
        "418801cdab010002007a001120010db800000000000000000000000120010db8000000000000000000000002045708ae000c000061626364"
    )
    decoded = decode_frames([frame, frame[:30], b"", ETHER / INNER / UDP_DATA], [230, 230, 230, 1])
    row = decoded.row(0)
    assert row["addresses"] == ("2001:db8::1", "2001:db8::2")
    assert (row["ip_protocol"], row["ports"], row["transport"]) == (17, (1111, 2222), None)
    assert [decoded.row(index)["layers"] for index in range(4)] == [Layer.SCAPY] * 3 + [Layer(0)]
    assert decoded.row(3)["addresses"] == ("192.0.2.1", "192.0.2.2")


def test_link_types_that_only_scapy_shows(decode_frames: Any) -> None:
    row = decode_frames([bytes(60)], 227).row()
    assert row["layers"] == Layer.SCAPY
    assert row["addresses"] == (None, None)


def test_unknown_link_types_say_so(decode_frames: Any) -> None:
    row = decode_frames([bytes(60)], 147).row()
    assert row["layers"] == Layer.UNKNOWN
    assert row["addresses"] == (None, None)


@pytest.mark.parametrize(
    ("kept", "ports", "whole", "layers"),
    [
        (0, (0, 0), False, Layer.TCP_CUT | Layer.CUT),
        (3, (0, 0), False, Layer.TCP_CUT | Layer.CUT),
        (4, (50000, 80), False, Layer.TCP_CUT | Layer.CUT),
        (15, (50000, 80), False, Layer.TCP_CUT | Layer.CUT),
        (16, (50000, 80), True, Layer(0)),
        (20, (50000, 80), True, Layer(0)),
    ],
)
@pytest.mark.parametrize("behind", [b"", b"\xff" * 300])
def test_tcp_headers_cut_by_the_capture(
    decode_frames: Any, kept: int, ports: Any, whole: bool, layers: Layer, behind: bytes
) -> None:
    frame = bytes(ETHER / INNER / TCP_DATA)
    row = decode_frames([frame[: 34 + kept]], lengths=[len(frame)], behind=behind).row()
    assert row["ports"] == ports
    assert (row["transport"] is not None) is whole
    assert row["layers"] == layers
    assert row["payload_length"] == (50 if whole else 0)


def test_a_tcp_header_longer_than_its_packet_is_not_analysed(decode_frames: Any) -> None:
    row = decode_frames([ETHER / INNER / TCP(sport=1, dport=2, dataofs=15)]).row()
    assert row["transport"] == 34
    assert row["layers"] == Layer.TCP_CUT


@pytest.mark.parametrize(("total", "payload_length"), [(0, 50), (40, 0), (60, 20), (90, 50), (91, 50), (65535, 50)])
def test_the_total_length_of_ipv4_bounds_the_payload(decode_frames: Any, total: int, payload_length: int) -> None:
    row = decode_frames([ETHER / IP(src="192.0.2.1", dst="192.0.2.2", len=total) / TCP_DATA]).row()
    assert row["payload_length"] == payload_length


@pytest.mark.parametrize("header", [IP(len=19), IP(ihl=4), IP(version=5)])
def test_a_bogus_ipv4_header_leaves_the_hardware_addresses(decode_frames: Any, header: Any) -> None:
    row = decode_frames([ETHER / header / TCP_DATA]).row()
    assert row["addresses"] == ("02:00:00:00:00:01", "02:00:00:00:00:02")
    assert row["layers"] & Layer.CUT


@pytest.mark.parametrize(
    ("length", "whole", "payload_length"), [(0, False, 0), (7, False, 0), (8, True, 0), (11, True, 3), (99, True, 9)]
)
def test_udp_length(decode_frames: Any, length: int, whole: bool, payload_length: int) -> None:
    packet = ETHER / INNER / UDP(sport=1111, dport=2222, len=length) / Raw(b"some data")
    row = decode_frames([packet]).row()
    assert row["ports"] == (1111, 2222)
    assert (row["transport"] is not None) is whole
    assert row["payload_length"] == payload_length


def test_frames_longer_than_offsets_reach(decode_frames: Any) -> None:
    packet = bytes(ETHER / IP(len=0, src="192.0.2.1", dst="192.0.2.2") / TCP_DATA) + bytes(70_000)
    row = decode_frames([packet]).row()
    assert row["payload_length"] == 70_050


def test_records_beyond_the_source_are_survived() -> None:
    raw = np.frombuffer(bytes(ETHER / INNER / TCP_DATA), np.uint8)
    offset = np.array([0, 90, 5000], np.int64)
    size = np.array([2000, 2000, 2000], np.uint32)
    block = RecordBlock(offset, size, size, offset, np.array([0, 0, 7], np.uint16))
    table = PacketTable()
    assert decode(block, raw, [Interface(0, 1)], table, AddressTable()) == slice(0, 3)
    assert table["source_port"].tolist() == [50000, 0, 0]


@pytest.mark.parametrize("header", [(8, 1, 1), (1000, 1, 1), (108, 1, 258), (108, 1, 147), (0xFFFFFFFF, 1, 0xFFFFFFFF)])
def test_a_bogus_pktap_header_leads_nowhere(decode_frames: Any, header: tuple[int, int, int]) -> None:
    frame = struct.pack("<3I", *header).ljust(108, b"\0") + bytes(ETHER / INNER / UDP_DATA)
    assert decode_frames([frame], 258).row()["addresses"] == (None, None)
