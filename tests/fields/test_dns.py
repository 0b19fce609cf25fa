"""DNS trees: header bits, sections, records with their parts and bytes, compressed names, hostile messages."""

from __future__ import annotations

import struct
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scapy.layers.dns import DNS, DNSQR, DNSRR, DNSRRMX, DNSRRNSEC, DNSRROPT, DNSRRSOA, DNSRRSRV, EDNS0TLV
from scapy.layers.inet import IP, UDP
from scapy.layers.l2 import Ether

from pcaptui.fields.branch import View, Walk
from pcaptui.fields.context import Context, Link
from pcaptui.fields.context import Message as Segment
from pcaptui.fields.dns import dns_over_tcp
from pcaptui.fields.dns_message import Message
from pcaptui.fields.node import Dissection, Node, tree_lines
from pcaptui.fields.tree import dissect
from pcaptui.protocols.dns_names import read_name
from pcaptui.protocols.packet import Malformed, Short

PAYLOAD = 42
Line = tuple[str, str, int | None, int | None]


def tree(payload: Any, name: str = "dns", **facts: Any) -> Dissection:
    frame = bytes(Ether(src="02:00:00:00:00:01", dst="02:00:00:00:00:02") / IP() / UDP(sport=53, dport=4000) / payload)
    layers = ("eth", "ip", "udp", name)
    return dissect(Context(1, frame, len(frame), 1, layers=layers, with_scapy=False, **facts))


def top(found: Dissection, name: str = "dns") -> Node:
    return next(node for node in found.nodes if node.field == name)


def lines(found: Dissection, name: str = "dns") -> list[Line]:
    return [(node.label, node.field, node.start, node.length) for _, node in tree_lines([top(found, name)])]


def answer(kind: int, data: bytes) -> bytes:
    """A response for x.y with one record, whose data begins at byte 79 of the frame."""
    question = b"\x01x\x01y\0" + struct.pack(">HH", 1, 1)
    record = b"\xc0\x0c" + struct.pack(">HHIH", kind, 1, 600, len(data)) + data
    return struct.pack(">6H", 0x1234, 0x8180, 1, 1, 0, 0) + question + record


DATA = PAYLOAD + 12 + 9 + 12


def test_header_bits_have_a_line_each() -> None:
    found = lines(tree(DNS(id=0x2B06, rd=1, qd=DNSQR(qname="nate.com"))))
    assert found[:14] == [
        ("Domain Name System (query)", "dns", 42, 26),
        ("Transaction ID: 0x2b06", "dns.id", 42, 2),
        ("Flags: 0x0100 Standard query", "dns.flags", 44, 2),
        ("0... .... .... .... = Response: Message is a query", "dns.flags.response", 44, 2),
        (".000 0... .... .... = Opcode: Standard query (0)", "dns.flags.opcode", 44, 2),
        (".... ..0. .... .... = Truncated: Message is not truncated", "dns.flags.truncated", 44, 2),
        (".... ...1 .... .... = Recursion desired: Do query recursively", "dns.flags.recdesired", 44, 2),
        (".... .... .0.. .... = Z: reserved (0)", "dns.flags.z", 44, 2),
        (".... .... ...0 .... = Non-authenticated data: Unacceptable", "dns.flags.checkdisable", 44, 2),
        ("Questions: 1", "dns.count.queries", 46, 2),
        ("Answer RRs: 0", "dns.count.answers", 48, 2),
        ("Authority RRs: 0", "dns.count.auth_rr", 50, 2),
        ("Additional RRs: 0", "dns.count.add_rr", 52, 2),
        ("Queries", "", 54, 14),
    ]
    assert found[14:] == [
        ("nate.com: type A, class IN", "", 54, 14),
        ("Name: nate.com", "dns.qry.name", 54, 10),
        ("[Name Length: 8]", "dns.qry.name.len", 54, 10),
        ("[Label Count: 2]", "dns.count.labels", 54, 10),
        ("Type: A (Host Address) (1)", "dns.qry.type", 64, 2),
        ("Class: IN (0x0001)", "dns.qry.class", 66, 2),
    ]


def test_answers_point_back_to_the_name_they_share() -> None:
    found = lines(tree(answer(1, bytes([120, 50, 132, 112]))))
    assert found[-7:] == [
        ("x.y: type A, class IN, addr 120.50.132.112", "", 63, 16),
        ("Name: x.y", "dns.resp.name", 63, 2),
        ("Type: A (Host Address) (1)", "dns.resp.type", 65, 2),
        ("Class: IN (0x0001)", "dns.resp.class", 67, 2),
        ("Time to live: 600 (10 minutes)", "dns.resp.ttl", 69, 4),
        ("Data length: 4", "dns.resp.len", 73, 2),
        ("Address: 120.50.132.112", "dns.a", 75, 4),
    ]


@pytest.mark.parametrize(
    ("kind", "data", "line", "parts"),
    [
        (28, bytes([0x20, 1]) + bytes(13) + b"\1", "addr 2001::1", [("AAAA Address: 2001::1", "dns.aaaa", 0, 16)]),
        (5, b"\3www\xc0\x0c", "cname www.x.y", [("CNAME: www.x.y", "dns.cname", 0, 6)]),
        (15, b"\0\x0a\2mx\xc0\x0c", "preference 10, mx mx.x.y",
         [("Preference: 10", "dns.mx.preference", 0, 2), ("Mail Exchange: mx.x.y", "dns.mx.mail_exchange", 2, 5)]),
        (16, b"\2ab\1c", "", [("TXT Length: 2", "dns.txt.length", 0, 1), ("TXT: ab", "dns.txt", 1, 2),
                              ("TXT Length: 1", "dns.txt.length", 3, 1), ("TXT: c", "dns.txt", 4, 1)]),
        (257, b"\x80\5issueca.x", "", [
            ("CAA Flags: 0x80", "dns.caa.flags", 0, 1),
            ("1... .... = Issuer Critical: Critical", "dns.caa.flags.issuer_critical", 0, 1),
            ("Issue: ca.x", "dns.caa.issue", 1, 10), ("Tag length: 5", "dns.caa.tag_length", 1, 1),
            ("Tag: issue", "dns.caa.tag", 2, 5), ("Value: ca.x", "dns.caa.value", 7, 4)]),
        (65, b"\0\1\0" + b"\0\1\0\3\2h2" + b"\0\4\0\4\1\1\1\1", "", [
            ("SvcPriority: 1", "dns.svcb.svcpriority", 0, 2), ("TargetName: <Root>", "dns.svcb.targetname", 2, 1),
            ("SvcParam: alpn=h2", "dns.svcb.svcparam", 3, 7), ("SvcParamKey: alpn (1)", "dns.svcb.svcparam.key", 3, 2),
            ("SvcParamValue length: 3", "dns.svcb.svcparam.value.length", 5, 2),
            ("ALPN length: 2", "dns.svcb.svcparam.alpn.length", 7, 1), ("ALPN: h2", "dns.svcb.svcparam.alpn", 8, 2),
            ("SvcParam: ipv4hint=1.1.1.1", "dns.svcb.svcparam", 10, 8),
            ("SvcParamKey: ipv4hint (4)", "dns.svcb.svcparam.key", 10, 2),
            ("SvcParamValue length: 4", "dns.svcb.svcparam.value.length", 12, 2),
            ("IP: 1.1.1.1", "dns.svcb.svcparam.ipv4hint.ip", 14, 4)]),
        (43, b"\x12\x34\x08\x02" + b"d" * 4, "", [
            ("Key id: 0x1234", "dns.ds.key_id", 0, 2), ("Algorithm: RSA/SHA-256 (8)", "dns.ds.algorithm", 2, 1),
            ("Digest Type: SHA-256 (2)", "dns.ds.digest_type", 3, 1), ("Digest: 64646464", "dns.ds.digest", 4, 4)]),
        (50, b"\1\1\0\x0a\0\x05" + b"h" * 5 + b"\0\1\x40", "", [
            ("Hash algorithm: SHA-1 (1)", "dns.nsec3.algo", 0, 1), ("NSEC3 flags: 1", "dns.nsec3.flags", 1, 1),
            (".... ...1 = NSEC3 Opt-out flag: Additional insecure delegations allowed", "dns.nsec3.flags.opt_out",
             1, 1),
            ("NSEC3 iterations: 10", "dns.nsec3.iterations", 2, 2), ("Salt length: 0", "dns.nsec3.salt_length", 4, 1),
            ("Salt value: <MISSING>", "dns.nsec3.salt_value", 5, 0), ("Hash length: 5", "dns.nsec3.hash_length", 5, 1),
            ("Next hashed owner: d1k6gq38", "dns.nsec3.hash_value", 6, 5),
            ("RR type in bit map: A (Host Address)", "dns.resp.type", 13, 1)]),
        (4000, b"abc", "", [("Data: 616263", "dns.data", 0, 3)]),
    ],
)  # fmt: skip
def test_parts_of_a_record(kind: int, data: bytes, line: str, parts: list[tuple[str, str, int, int]]) -> None:
    record = top(tree(answer(kind, data))).children[-1].children[0]
    assert record.label.endswith(f", class IN{', ' + line if line else ''}")
    found = [(node.label, node.field, node.start, node.length) for _, node in tree_lines(record.children[5:])]
    assert found == [(label, field, DATA + start, size) for label, field, start, size in parts]


def test_keys_and_signatures_of_dnssec() -> None:
    key = {node.field: node.label for _, node in tree_lines(tree(answer(48, b"\1\1\3\x08" + b"K" * 64)).nodes)}
    assert key["dns.dnskey.key_id"] == "[Key id: 28018]"
    assert key["dns.dnskey.flags.secure_entry_point"] == ".... .... .... ...1 = Key Signing Key: Yes"
    data = struct.pack(">HBBIIIH", 1, 8, 2, 3600, 0x5F000000, 0x5E000000, 1234) + b"\1s\0" + b"S" * 8
    made = {node.field: node.label for _, node in tree_lines(tree(answer(46, data)).nodes)}
    assert made["dns.rrsig.signature_expiration"] == "Signature Expiration: Jul  4, 2020 04:05:20.000000000 UTC"
    assert made["dns.rrsig.original_ttl"] == "Original TTL: 3600 (1 hour)"
    assert made["dns.rrsig.type_covered"] == "Type Covered: A (Host Address) (1)"


def test_records_that_scapy_builds() -> None:
    built = DNS(qr=1, qd=[], an=[
        DNSRRSOA(rrname="a.b", mname="ns.a.b", rname="me.a.b", serial=7, refresh=60, retry=61, expire=3600, minimum=1),
        DNSRRSRV(rrname="_sip._udp.a.b", priority=1, weight=2, port=5060, target="t.a.b"),
        DNSRRMX(rrname="a.b", preference=5, exchange="m.a.b"),
        DNSRRNSEC(rrname="a.b", nextname="c.b", typebitmaps=[1, 28]),
        DNSRR(rrname="4.3.2.1.in-addr.arpa", type="PTR", rdata="h.a.b"),
    ])  # fmt: skip
    section = top(tree(built)).children[-1]
    assert [record.label for record in section.children] == [
        "a.b: type SOA, class IN, mname ns.a.b",
        "_sip._udp.a.b: type SRV, class IN, priority 1, weight 2, port 5060, target t.a.b",
        "a.b: type MX, class IN, preference 5, mx m.a.b",
        "a.b: type NSEC, class IN, next domain name c.b",
        "4.3.2.1.in-addr.arpa: type PTR, class IN, h.a.b",
    ]
    found = {node.field: node.value for _, node in tree_lines([section])}
    assert (found["dns.srv.service"], found["dns.srv.proto"], found["dns.srv.name"]) == ("_sip", "_udp", "a.b")
    assert (found["dns.soa.serial_number"], found["dns.srv.port"]) == (7, 5060)


def test_edns_options() -> None:
    options = [EDNS0TLV(optcode=10, optdata=b"12345678"), EDNS0TLV(optcode=8, optdata=b"\0\1\x18\0\1\2\3")]
    found = lines(tree(DNS(qd=[], ar=[DNSRROPT(rclass=4096, z=0x8000, rdata=options)])))
    labels = [line[0] for line in found]
    assert "<Root>: type OPT" in labels and "UDP payload size: 4096" in labels
    assert "1... .... .... .... = DO bit: Accepts DNSSEC security RRs" in labels
    assert ("Option: COOKIE", "dns.opt", 65, 12) in found
    assert ("Client Cookie: 3132333435363738", "dns.opt.cookie.client", 69, 8) in found
    assert ("Client Subnet: 1.2.3.0", "dns.opt.client.addr4", 85, 3) in found


def test_an_update_names_its_sections() -> None:
    message = struct.pack(">6H", 1, 0x2800, 1, 0, 1, 0) + b"\1z\0\0\6\0\1" + b"\xc0\x0c\0\1\0\xff\0\0\0\0\0\0"
    labels = [line[0] for line in lines(tree(message))]
    assert "Zones: 1" in labels and "Updates: 1" in labels
    assert labels[labels.index("Updates") + 1] == "z: type A, class ANY"


def test_multicast_and_local_names_have_flags_of_their_own() -> None:
    message = (
        struct.pack(">6H", 0, 0x8400, 1, 1, 0, 0) + b"\1h\0\0\1\x80\1" + b"\xc0\x0c\0\1\x80\1\0\0\0\x0a\0\4\1\2\3\4"
    )
    labels = [line[0] for line in lines(tree(message, "mdns"), "mdns")]
    assert labels[0] == "Multicast Domain Name System (response)"
    assert 'h: type A, class IN, "QU" question' in labels
    assert "h: type A, class IN, cache flush, addr 1.2.3.4" in labels
    assert ".000 0000 0000 0001 = Class: IN (0x0001)" in labels
    labels = [line[0] for line in lines(tree(message, "llmnr"), "llmnr")]
    assert ".... .1.. .... .... = Conflict: The name is not considered unique" in labels
    assert not any("Recursion" in label for label in labels)


def test_links_to_the_other_half() -> None:
    query = tree(DNS(qd=DNSQR(qname="a.b")), links=[Link("dns", "response", 9)])
    assert (top(query).children[-1].label, top(query).children[-1].link) == ("[Response In: 9]", 9)
    response = tree(answer(1, b"\1\2\3\4"), links=[Link("dns", "request", 7, 7_426_000)])
    assert [node.label for node in top(response).children[-2:]] == ["[Request In: 7]", "[Time: 0.007426000 seconds]"]
    again = tree(DNS(qd=DNSQR(qname="a.b")), links=[Link("dns", "original_request", 3)])
    assert top(again).children[-1].label == "[Retransmission: True]"
    alone = tree(answer(1, b"\1\2\3\4"), facts={"unsolicited": True})
    assert top(alone).children[-1].label == "[Unsolicited: True]"


def test_every_message_of_a_tcp_segment_is_a_layer() -> None:
    one = bytes(DNS(id=1, qd=DNSQR(qname="a.b")))
    two = answer(5, b"\1w\xc0\x0c")
    data = b"".join(struct.pack(">H", len(part)) + part for part in (one, two))
    walk = Walk(Context(1, data, len(data), 1))
    dns_over_tcp(walk, View(data, 0, len(data), len(data)), Segment(0, len(data), "dns"))
    assert [node.field for node in walk.nodes] == ["dns", "dns"]
    assert [node.start for node in walk.nodes] == [0, 2 + len(one)]
    found = {node.field: node for _, node in tree_lines([walk.nodes[1]])}
    assert found["dns.length"].value == len(two)
    assert found["dns.cname"].value == "w.x.y"


LOOP = "<Name contains a pointer that loops>"


@pytest.mark.parametrize(
    ("name", "text"),
    [(b"\xc0\x0c", LOOP), (b"\1a\xc0\x0c", LOOP), (b"\0", "<Root>"), (b"\x3f" + b"a" * 63, "<Name too long>")],
)
def test_odd_names(name: bytes, text: str) -> None:
    raw = name * 5 + b"\0" if len(name) > 60 else name
    message = struct.pack(">6H", 1, 0x0100, 1, 0, 0, 0) + raw + b"\0\1\0\1"
    assert f"Name: {text}" in [line[0] for line in lines(tree(message))]


def test_what_follows_a_message_is_extraneous() -> None:
    found = lines(tree(bytes(DNS(qd=DNSQR(qname="a.b"))) + b"more"))
    assert ("Extraneous Data (4 bytes)", "", 63, 4) in found
    assert ("Extraneous Data Bytes: 6d6f7265", "dns.extraneous.data", 63, 4) in found


def test_ten_thousand_names_that_point_into_one() -> None:
    questions = b"\xff\x00\0\1\0\1" * 10_000
    name = b"\3abc" * 60 + b"\0"
    message = struct.pack(">6H", 1, 0, 10_000, 0, 0, 0) + questions
    message = message[:0x3F00] + name + message[0x3F00 + len(name) :]
    made = Message(None, 0, message, False)  # type: ignore[arg-type]
    assert {made.name(12 + 6 * i)[0] for i in range(1000)} == {".".join(["abc"] * 60)}
    assert len(made.rests) == 1


@given(st.binary(min_size=1, max_size=120), st.integers(0, 100))
@settings(max_examples=300)
def test_names_read_as_the_rows_read_them(raw: bytes, at: int) -> None:
    def read(how: Any) -> Any:
        try:
            return how()
        except (Short, Malformed) as error:
            return type(error)

    message = Message(None, 0, raw, False)  # type: ignore[arg-type]
    wanted = read(lambda: read_name(raw, at))
    found = read(lambda: message.name(at))
    assert found == (wanted if isinstance(wanted, type) else (wanted[0], wanted[1] - at))


@pytest.mark.parametrize("protocol", ["dns", "mdns", "llmnr"])
def test_a_message_cut_anywhere_keeps_what_it_had(protocol: str) -> None:
    whole = bytes(answer(46, struct.pack(">HBBIIIH", 1, 8, 2, 3600, 1, 2, 3) + b"\1s\0" + b"S" * 8))
    for size in range(len(whole)):
        found = tree(whole[:size], protocol)
        assert not any("Dissector stopped" in node.label for _, node in tree_lines(found.nodes))


@given(st.binary(max_size=80), st.integers(0, 65535), st.lists(st.integers(0, 65535), min_size=4, max_size=4))
@settings(max_examples=200, deadline=None)
def test_lying_counts_and_random_bytes(raw: bytes, flags: int, counts: list[int]) -> None:
    found = tree(struct.pack(">6H", 1, flags, *counts) + raw)
    assert not any("Dissector stopped" in node.label for _, node in tree_lines(found.nodes))


KINDS = [*range(1, 66), 99, *range(104, 110), 249, 250, 256, 257, 32769, 65281, 65282, 65422]


@given(st.sampled_from(KINDS), st.binary(max_size=60))
@settings(max_examples=400, deadline=None)
def test_any_data_in_any_record(kind: int, data: bytes) -> None:
    found = tree(answer(kind, data))
    size = PAYLOAD + len(answer(kind, data))
    for _, node in tree_lines(found.nodes):
        assert "Dissector stopped" not in node.label
        assert node.start is None or (node.length is not None and node.start + node.length <= size)


def netbios(name: str, suffix: int) -> bytes:
    raw = name.encode().ljust(15) + bytes([suffix])
    return b"\x20" + bytes(letter for byte in raw for letter in (0x41 + (byte >> 4), 0x41 + (byte & 15))) + b"\0"


def test_netbios_names_and_what_a_node_says_of_itself() -> None:
    question = struct.pack(">6H", 0x8001, 0x0110, 1, 0, 0, 0) + netbios("FRED", 0) + struct.pack(">HH", 0x20, 1)
    found = lines(tree(question, "nbns"), "nbns")
    assert ("Flags: 0x0110, Opcode: Name query, Recursion desired, Broadcast", "nbns.flags", 44, 2) in found
    assert ("FRED<00>: type NB, class IN", "", 54, 38) in found
    assert ("Name: FRED<00> (Workstation/Redirector)", "nbns.name", 54, 34) in found
    status = b"\1" + b"HOST".ljust(15) + b"\x20\x04\0" + bytes(range(6))
    answered = netbios("*", 0) + struct.pack(">HHIH", 0x21, 1, 0, len(status)) + status
    found = lines(tree(struct.pack(">6H", 1, 0x8400, 0, 1, 0, 0) + answered, "nbns"), "nbns")
    assert ("Name: HOST<20> (Server service)", "nbns.netbios_name", 99, 16) in found
    assert ("Name flags: 0x0400, ONT: B-node, Name is active", "nbns.name_flags", 115, 2) in found
    assert ("Unit ID: 00:01:02:03:04:05", "nbns.unit_id", 117, 6) in found


@given(st.binary(max_size=100), st.sampled_from([0x20, 0x21, 0x99]))
@settings(max_examples=100, deadline=None)
def test_any_netbios_record(raw: bytes, kind: int) -> None:
    record = netbios("A", 0) + struct.pack(">HHIH", kind, 1, 0, len(raw)) + raw
    found = tree(struct.pack(">6H", 1, 0x8400, 0, 1, 0, 9) + record, "nbns")
    assert not any("Dissector stopped" in node.label for _, node in tree_lines(found.nodes))
