"""Rows of applications over UDP that have no test module of their own."""

import struct
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scapy.layers.radius import Radius
from scapy.layers.snmp import SNMP, SNMPbulk, SNMPget, SNMPtrapv1, SNMPvarbind
from scapy.layers.tftp import TFTP, TFTP_DATA, TFTP_RRQ

from pcaptui.protocols import registry
from pcaptui.protocols.bacnet import bacnet
from pcaptui.protocols.bittorrent import distributed_hash_table
from pcaptui.protocols.coap import coap
from pcaptui.protocols.driver import guarded
from pcaptui.protocols.dtls import dtls
from pcaptui.protocols.gquic import gquic
from pcaptui.protocols.isakmp import isakmp
from pcaptui.protocols.nbns import datagrams, nbns
from pcaptui.protocols.netflow import netflow
from pcaptui.protocols.packet import Packet
from pcaptui.protocols.radius import radius
from pcaptui.protocols.rip import rip
from pcaptui.protocols.rtcp import rtcp
from pcaptui.protocols.snmp import snmp
from pcaptui.protocols.stun import stun
from pcaptui.protocols.syslog import syslog
from pcaptui.protocols.tftp import tftp
from pcaptui.protocols.wireguard import wireguard


@dataclass
class Conversation:
    number: int = 0
    state: dict[str, Any] = field(default_factory=dict)
    client_port: int = 0
    server_port: int = 0


class Services:
    """One conversation for every packet."""

    def __init__(self) -> None:
        self.conversation = Conversation()

    def udp_conversation(self, packet: Packet) -> Conversation:
        return self.conversation


def row(dissector, data: bytes, services: Services | None = None, number: int = 1) -> tuple[str, str]:
    packet = Packet(number, b"", 0, 1, services=services, source_port=4000, ip_source=b"\1\1\1\1")
    dissector(packet, data)
    return packet.protocol, packet.info


def stun_message(kind: int, *attributes: tuple[int, bytes]) -> bytes:
    body = b"".join(struct.pack(">HH", k, len(v)) + v + bytes(-len(v) % 4) for k, v in attributes)
    return struct.pack(">HH", kind, len(body)) + b"\x21\x12\xa4\x42" + bytes(12) + body


def test_stun_shows_method_class_and_attributes():
    host = bytes(a ^ b for a, b in zip(b"\n\0\x14\x08", b"\x21\x12\xa4\x42", strict=True))
    address = b"\0\1" + struct.pack(">H", 51651 ^ 0x2112) + host
    assert row(stun, stun_message(0x101, (0x20, address))) == (
        "STUN",
        "Binding Success Response XOR-MAPPED-ADDRESS: 10.0.20.8:51651",
    )
    assert row(stun, stun_message(3, (0x19, b"\x11\0\0\0")))[1] == "Allocate Request UDP"
    words = row(stun, stun_message(0x113, (9, b"\0\0\4\1"), (0x14, b"realm"), (0x15, b"x")))[1]
    assert words == "Allocate Error Response error-code: 401 (Unauthenticated) realm: realm with nonce"


def test_stun_needs_its_cookie_and_length():
    assert stun(Packet(1, b"", 0, 1), stun_message(1)[:-1]) is False
    assert stun(Packet(1, b"", 0, 1), b"\0" * 20) is False


def test_radius_marks_a_repeated_request():
    services = Services()
    data = bytes(Radius(code=1, id=240))
    assert row(radius, data, services) == ("RADIUS", "Access-Request id=240")
    assert row(radius, data, services, 2)[1] == "Access-Request id=240, Duplicate Request"
    assert row(radius, data, services, 1)[1] == "Access-Request id=240"
    assert row(radius, bytes(Radius(code=2, id=240)), services, 3)[1] == "Access-Accept id=240"


def test_snmp_shows_operation_and_names():
    one = SNMPvarbind(oid="1.3.6.1.2.1.1.5.0")
    two = SNMPvarbind(oid="1.3.6.1.4.1.253.8")
    assert row(snmp, bytes(SNMP(PDU=SNMPget(varbindlist=[one, two])))) == (
        "SNMP",
        "get-request 1.3.6.1.2.1.1.5.0 1.3.6.1.4.1.253.8",
    )
    assert row(snmp, bytes(SNMP(PDU=SNMPbulk(varbindlist=[one]))))[1] == "getBulkRequest 1.3.6.1.2.1.1.5.0"
    trap = SNMPtrapv1(enterprise="1.3.6.1.4.1.5", time_stamp=3, varbindlist=[one])
    assert row(snmp, bytes(SNMP(version=0, PDU=trap)))[1] == "trap iso.3.6.1.4.1.5 1.3.6.1.2.1.1.5.0"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"<13>hello", "USER.NOTICE: hello"),
        (b"<191>x", "LOCAL7.DEBUG: x"),
        (b"<192>x", "UNKNOWN.EMERG: x"),
        (b"hello", "hello"),
        (b"<1234>x", "CRON.ERR: 4>x"),
    ],
)
def test_syslog_shows_facility_severity_and_message(data, words):
    assert row(syslog, data) == ("Syslog", words)


def test_isakmp_both_versions():
    head = bytes(16)
    assert row(isakmp, head + b"\0\x20\x22\x08\0\0\0\0\0\0\0\x1c")[1] == "IKE_SA_INIT MID=00 Initiator Request"
    assert row(isakmp, head + b"\0\x20\x25\x20\0\0\0\x0c\0\0\0\x1c")[1] == "INFORMATIONAL MID=12 Responder Response"
    assert row(isakmp, head + b"\0\x10\x02\0\0\0\0\0\0\0\0\x1c")[1] == "Identity Protection (Main Mode)"


def test_tftp():
    assert row(tftp, bytes(TFTP() / TFTP_RRQ(filename="a.txt", mode="octet")))[1] == (
        "Read Request, File: a.txt, Transfer type: octet"
    )
    assert row(tftp, bytes(TFTP() / TFTP_DATA(block=2)) + b"x" * 10)[1] == "Data Packet, Block: 2 (last)"
    assert row(tftp, bytes(TFTP() / TFTP_DATA(block=1)) + b"x" * 512)[1] == "Data Packet, Block: 1"


def netbios(name: str, suffix: int) -> bytes:
    raw = name.ljust(15).encode() + bytes([suffix])
    return b"\x20" + b"".join(bytes([0x41 + (c >> 4), 0x41 + (c & 15)]) for c in raw) + b"\0"


def test_netbios_names_show_their_suffix():
    query = struct.pack(">HHHHHH", 1, 0x110, 1, 0, 0, 0) + netbios("OZI", 0x1C) + b"\0\x20\0\1"
    assert row(nbns, query) == ("NBNS", "Name query NB OZI<1c>")
    answer = struct.pack(">HHHHHH", 1, 0x8500, 0, 1, 0, 0) + netbios("OZI", 0) + b"\0\x20\0\1\0\0\0\5\0\6\0\0\1\2\3\4"
    assert row(nbns, answer)[1] == "Name query response NB 1.2.3.4"
    datagram = b"\x11\x1a" + bytes(12) + netbios("A", 0) + netbios("B", 0x1D)
    assert row(datagrams, datagram) == ("NBDS", "Direct_group datagram")


def test_wireguard_tells_data_from_keepalive():
    head = b"\4\0\0\0\xbe\xc0\x69\x8d" + (107).to_bytes(8, "little")
    assert row(wireguard, head + bytes(16 + 768)) == (
        "WireGuard",
        "Transport Data, receiver=0x8D69C0BE, counter=107, datalen=768",
    )
    assert row(wireguard, head + bytes(16))[1] == "Keepalive, receiver=0x8D69C0BE, counter=107"


def test_rip_wants_whole_entries():
    assert row(rip, b"\2\2\0\0" + bytes(40)) == ("RIPv2", "Response")
    packet = Packet(1, b"", 0, 1)
    guarded(rip, packet, b"\2\2\0\0" + bytes(30))
    assert packet.info == "Response[Malformed Packet]"


def dtls_record(kind: int, body: bytes, version: int = 0xFEFF, epoch: int = 0) -> bytes:
    return struct.pack(">BHH", kind, version, epoch) + bytes(6) + struct.pack(">H", len(body)) + body


def dtls_message(kind: int, body: bytes, offset: int = 0, total: int = -1) -> bytes:
    total = len(body) if total < 0 else total
    return (
        bytes([kind])
        + total.to_bytes(3, "big")
        + bytes(2)
        + offset.to_bytes(3, "big")
        + len(body).to_bytes(3, "big")
        + body
    )


def test_dtls_settles_its_version_and_reassembles():
    services = Services()
    hello = bytes(60)
    assert row(dtls, dtls_record(22, dtls_message(1, hello)), services) == ("DTLS", "Client Hello")
    assert row(dtls, dtls_record(22, dtls_message(3, hello)), services) == ("DTLSv1.0", "Hello Verify Request")
    server = b"\xfe\xfd" + bytes(40)
    flight = dtls_record(22, dtls_message(2, server), 0xFEFD) + dtls_record(
        22, dtls_message(11, bytes(20), 0, 50), 0xFEFD
    )
    assert row(dtls, flight, services) == ("DTLSv1.2", "Server Hello, Certificate (Fragment)")
    rest = dtls_record(22, dtls_message(11, bytes(30), 20, 50), 0xFEFD)
    assert row(dtls, rest, services)[1] == "Certificate (Reassembled)"


def test_dtls_wants_a_datagram_of_nothing_but_records():
    assert dtls(Packet(1, b"", 0, 1), dtls_record(23, b"abc") + b"z") is False


@given(st.binary(min_size=1, max_size=200), st.data())
def test_any_bytes_to_any_port_give_a_row(payload, data):
    registry.load()
    port = data.draw(st.sampled_from(sorted(registry.udp_ports)))
    packet = Packet(1, b"", 0, 1, services=Services(), destination_port=port)
    packet.protocol = "UDP"
    guarded(registry.udp_ports[port], packet, payload)
    assert packet.protocol


@given(st.binary(min_size=1, max_size=200), st.data())
def test_any_bytes_to_any_heuristic_give_an_answer(payload, data):
    registry.load()
    heuristic = data.draw(st.sampled_from(registry.udp_heuristics))
    packet = Packet(1, b"", 0, 1, services=Services())
    packet.protocol = "UDP"
    guarded(heuristic, packet, payload)
    assert packet.protocol


def test_early_google_quic_shows_number_and_connection():
    services = Services()
    hello = bytes.fromhex("0d49bee2d3f0edccd65130323501") + bytes(20) + b"CHLO" + bytes(20)
    assert row(gquic, hello, services) == ("GQUIC", "Client Hello, PKN: 1, CID: 15478007637968338505")
    later = bytes.fromhex("0c49bee2d3f0edccd602") + bytes(range(40))
    assert row(gquic, later, services)[1] == "Payload (Encrypted), PKN: 2, CID: 15478007637968338505"
    assert gquic(Packet(1, b"", 0, 1), later) is False


def test_bacnet_names_service_object_and_property():
    assert row(bacnet, bytes.fromhex("810a001101040005010c0c023fffff194b")) == (
        "BACnet-APDU",
        "Confirmed-REQ   readProperty[  1] device,4194303 object-identifier ",
    )
    assert row(bacnet, bytes.fromhex("810b00120120ffff00ff10080a1b591a1b59"))[1] == "Unconfirmed-REQ who-Is 7001 7001 "


def test_coap_joins_the_path():
    assert row(coap, b"\x41\1\0\7\xaa\xb1a\x01b")[1] == "CON, MID:7, GET, TKN:aa, /a/b"
    assert row(coap, b"\x60\x45\0\7")[1] == "ACK, MID:7, 2.05 Content"


def test_rtcp_lists_the_packets_of_a_compound():
    report = b"\x80\xc9\0\1abcd" + b"\x81\xcb\0\1abcd"
    assert row(rtcp, report) == ("RTCP", "Receiver Report   Goodbye   ")
    assert rtcp(Packet(1, b"", 0, 1), b"\x80\xc9\0\x09abcd") is False


def test_bittorrent_counts_what_a_reply_brings():
    reply = b"d1:rd2:id20:" + b"a" * 20 + b"5:nodes52:" + b"n" * 52 + b"e1:t2:aa1:y1:re"
    assert row(distributed_hash_table, reply) == ("BT-DHT", "BitTorrent DHT Protocol reply=2 nodes")


def test_netflow_tells_the_templates():
    template = struct.pack(">HHHHHH", 2, 12, 461, 1, 8, 4)
    data = struct.pack(">HHIII", 10, 16 + len(template), 1, 2, 262400) + template
    assert row(netflow, data)[1] == "IPFIX flow (  28 bytes) Obs-Domain-ID=262400 [Data-Template:461]"
