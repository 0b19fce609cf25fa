"""DNS, multicast DNS and LLMNR rows."""

import contextlib
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scapy.layers.dns import DNS, DNSQR, DNSRR, DNSRRMX, DNSRROPT, DNSRRSOA, DNSRRSRV

from pcaptui.protocols.dns import dns, dns_anywhere, dns_over_tcp, mdns
from pcaptui.protocols.dns_names import read_name
from pcaptui.protocols.packet import Malformed, Packet, Short


def packet() -> Packet:
    return Packet(1, b"", 0, 1)


def row(dissector, data: bytes) -> tuple[str, str]:
    one = packet()
    dissector(one, data)
    return one.protocol, one.info


def name(text: str) -> bytes:
    return b"".join(bytes([len(label)]) + label.encode() for label in text.split(".") if label) + b"\0"


def record(kind: int, data: bytes, group: int = 1) -> bytes:
    return name("a.b") + struct.pack(">HHIH", kind, group, 60, len(data)) + data


def response(*records: bytes, flags: int = 0x8180) -> bytes:
    return struct.pack(">HHHHHH", 7, flags, 0, len(records), 0, 0) + b"".join(records)


def test_query_shows_number_type_and_name():
    data = bytes(DNS(id=0x2B06, rd=1, qd=DNSQR(qname="nate.com")))
    assert row(dns, data) == ("DNS", "Standard query 0x2b06 A nate.com")


def test_response_repeats_the_question_and_lists_answers_in_order():
    answers = [DNSRR(rrname="nate.com", rdata="1.2.3.4"), DNSRR(rrname="nate.com", type="AAAA", rdata="2001:db8::1")]
    data = bytes(DNS(id=0x2B06, qr=1, qd=DNSQR(qname="nate.com"), an=answers))
    assert row(dns, data)[1] == "Standard query response 0x2b06 A nate.com A 1.2.3.4 AAAA 2001:db8::1"


@pytest.mark.parametrize(
    ("code", "words"),
    [(1, "Format error"), (2, "Server failure"), (3, "No such name"), (5, "Refused"), (14, "Unknown error (14)")],
)
def test_response_code_stands_before_the_question(code, words):
    data = bytes(DNS(id=1, qr=1, rcode=code, qd=DNSQR(qname="x.y")))
    assert row(dns, data)[1] == f"Standard query response 0x0001 {words} A x.y"


@pytest.mark.parametrize(
    ("opcode", "words"), [(1, "Inverse query"), (4, "Zone change notification"), (9, "Unknown operation (9)")]
)
def test_opcode_has_its_own_words(opcode, words):
    data = bytes(DNS(id=1, opcode=opcode, qd=DNSQR(qname="x.y")))
    assert row(dns, data)[1] == f"{words} 0x0001 A x.y"


def test_record_types_add_their_own_words():
    records = [
        DNSRR(rrname="a", type="CNAME", rdata="c.d"),
        DNSRRMX(rrname="a", preference=10, exchange="m.x"),
        DNSRRSRV(rrname="a", priority=1, weight=2, port=88, target="s.t"),
        DNSRRSOA(rrname="a", mname="ns.a", rname="root.a"),
        DNSRR(rrname="a", type="TXT", rdata=["text"]),
    ]
    data = bytes(DNS(id=7, qr=1, rd=0, qd=[], an=records, ar=DNSRROPT()))
    assert row(dns, data)[1] == "Standard query response 0x0007 CNAME c.d MX 10 m.x SRV 1 2 88 s.t SOA ns.a TXT OPT"


def test_types_without_data_of_interest_show_the_owner_or_nothing_more():
    assert row(dns, response(record(52, b"\0\0\0"), record(46, bytes(20)), record(1000, b"x")))[1] == (
        "Standard query response 0x0007 TLSA a.b RRSIG Unknown (1000)"
    )


def test_record_without_data_shows_its_type_only():
    assert row(dns, response(record(1, b""), flags=0x2800))[1] == "Dynamic update 0x0007 A"


def test_multicast_questions_and_flushed_records_are_marked():
    question = struct.pack(">HHHHHH", 0, 0, 1, 0, 0, 0) + name("_ipp._tcp.local") + struct.pack(">HH", 12, 0x8001)
    assert row(mdns, question) == ("MDNS", 'Standard query 0x0000 PTR _ipp._tcp.local, "QU" question')
    answer = response(record(1, bytes([1, 2, 3, 4]), 0x8001), flags=0x8400)
    assert row(mdns, answer)[1] == "Standard query response 0x0007 A, cache flush 1.2.3.4"


def test_a_cut_record_leaves_what_stood_before_it():
    one = packet()
    with pytest.raises(Short):
        dns(one, response(record(1, b"\1\2\3\4"), record(1, b"\1\2\3\4"))[:-3])
    assert one.info == "Standard query response 0x0007 A 1.2.3.4 A"


def test_counts_of_the_header_are_not_trusted():
    data = struct.pack(">HHHHHH", 1, 0x8000, 0xFFFF, 0xFFFF, 0xFFFF, 0xFFFF) + (b"\0" + bytes(4)) * 2000
    one = packet()
    dns(one, data)
    assert 4000 < len(one.info) < 5000


def test_messages_over_tcp_have_a_length_and_wait_for_it():
    message = bytes(DNS(id=1, qd=DNSQR(qname="x.y")))
    framed = struct.pack(">H", len(message)) + message
    one = packet()
    assert dns_over_tcp(one, framed[:10], None, 0) == 0
    assert dns_over_tcp(one, framed + framed[:5], None, 0) == len(framed)
    assert one.info == "Standard query 0x0001 A x.y"


def test_other_ports_need_a_plausible_question():
    assert dns_anywhere(packet(), bytes(DNS(id=1, qd=DNSQR(qname="x.y"))))
    assert not dns_anywhere(packet(), b"\0" * 40)


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"\0", "<Root>"),
        (b"\1a\1b\0", "a.b"),
        (b"\5a\tb\0c\0", "a\\tb\\000c"),
        (b"\xc0\x00", "<Name contains a pointer that loops>"),
        (b"\1a\xc0\x00", "<Name contains a pointer that loops>"),
        ((b"\x3f" + b"x" * 63) * 4 + b"\0", "<Name too long>"),
    ],
)
def test_odd_names_have_texts(raw, text):
    assert read_name(raw, 0)[0] == text


@given(st.binary(max_size=300), st.integers(0, 40))
def test_names_from_any_bytes_end(data, at):
    try:
        text, after = read_name(data, at)
    except (Short, Malformed):
        return
    assert at < after <= len(data)
    assert text


@given(st.binary(max_size=400))
def test_any_bytes_break_off_in_order(data):
    for dissector in (dns, mdns):
        one = packet()
        with contextlib.suppress(Short, Malformed):
            dissector(one, data)
        assert one.protocol in ("DNS", "MDNS")


@given(st.integers(0, 90))
def test_truncated_messages_never_gain_words(cut):
    data = bytes(DNS(id=5, qr=1, qd=DNSQR(qname="nate.com"), an=[DNSRR(rrname="nate.com", rdata="1.2.3.4")]))
    whole = row(dns, data)[1]
    one = packet()
    try:
        dns(one, data[:cut])
    except Short:
        assert whole.startswith(one.info)
