"""NTP trees: time messages, extension fields, control and private messages, hostile ones."""

from __future__ import annotations

import struct
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scapy.layers.inet import IP, UDP
from scapy.layers.l2 import Ether
from scapy.layers.ntp import NTPControl, NTPHeader

from pcaptui.fields.context import Context, Link
from pcaptui.fields.node import Dissection, tree_lines
from pcaptui.fields.ntp_words import timestamp
from pcaptui.fields.tree import dissect

Line = tuple[str, str, int | None, int | None]


def tree(payload: Any, **facts: Any) -> Dissection:
    frame = bytes(Ether(src="02:00:00:00:00:01", dst="02:00:00:00:00:02") / IP() / UDP(sport=123, dport=123) / payload)
    layers = ("eth", "ip", "udp", "ntp")
    return dissect(Context(1, frame, len(frame), 1, layers=layers, with_scapy=False, **facts))


def lines(found: Dissection) -> list[Line]:
    top = next(node for node in found.nodes if node.field == "ntp")
    return [(node.label, node.field, node.start, node.length) for _, node in tree_lines([top])]


def message(stratum: int = 2, reference: bytes = b"\1\2\3\4", more: bytes = b"") -> bytes:
    times = struct.pack(">8I", 0xD0000000, 0x12345678, 0x80000000, 0, 0, 0, 0xE0000001, 0)
    return bytes([0x23, stratum, 6, 0xEC]) + struct.pack(">II", 0x1234, 0x5678) + reference + times + more


def test_every_field_of_a_time_message() -> None:
    assert lines(tree(message())) == [
        ("Network Time Protocol (NTP Version 4, client)", "ntp", 42, 48),
        ("Flags: 0x23, Leap Indicator: no warning, Version number: NTP Version 4, Mode: client", "ntp.flags", 42, 1),
        ("00.. .... = Leap Indicator: no warning (0)", "ntp.flags.li", 42, 1),
        ("..10 0... = Version number: NTP Version 4 (4)", "ntp.flags.vn", 42, 1),
        (".... .011 = Mode: client (3)", "ntp.flags.mode", 42, 1),
        ("Peer Clock Stratum: secondary reference (2)", "ntp.stratum", 43, 1),
        ("Peer Polling Interval: 6 (64 seconds)", "ntp.ppoll", 44, 1),
        ("Peer Clock Precision: 0.000001 seconds", "ntp.precision", 45, 1),
        ("Root Delay: 0.071106 seconds", "ntp.rootdelay", 46, 4),
        ("Root Dispersion: 0.337769 seconds", "ntp.rootdispersion", 50, 4),
        ("Reference ID: 1.2.3.4", "ntp.refid", 54, 4),
        ("Reference Timestamp: Aug  1, 2010 14:15:28.071111110 UTC", "ntp.reftime", 58, 8),
        ("Origin Timestamp: Jan 20, 1968 03:14:08.000000000 UTC", "ntp.org", 66, 8),
        ("Receive Timestamp: NULL", "ntp.rec", 74, 8),
        ("Transmit Timestamp: Feb  2, 2019 11:39:45.000000000 UTC", "ntp.xmt", 82, 8),
    ]


@pytest.mark.parametrize(
    ("stratum", "reference", "text"),
    [
        (1, b"GPS\0", "Global Position System"),
        (1, b"XYZ\0", "Unidentified reference source 'XYZ'"),
        (0, b"RATE", "Unidentified reference source 'RATE'"),
        (16, b"LOCL", "76.79.67.76"),
        (2, bytes(4), "NULL"),
    ],
)
def test_what_a_server_follows(stratum: int, reference: bytes, text: str) -> None:
    assert (f"Reference ID: {text}", "ntp.refid", 54, 4) in lines(tree(message(stratum, reference)))


def test_times_after_2036() -> None:
    assert timestamp(0x10 << 32) == "Feb  7, 2036 06:28:32.000000000 UTC"
    assert timestamp(0x7FFFFFFF << 32) == "Feb 26, 2104 09:42:23.000000000 UTC"


def test_extension_fields_and_what_signs_them() -> None:
    more = b"\1\4\0\x1c" + b"u" * 24 + b"\0\0\0\1" + b"m" * 16
    assert lines(tree(message(more=more)))[-6:] == [
        ("Extension", "ntp.ext", 90, 28),
        ("Field Type: Unique Identifier (0x0104)", "ntp.ext.type", 90, 2),
        ("Length: 28", "ntp.ext.length", 92, 2),
        ("Value: " + "75" * 24, "ntp.ext.value", 94, 24),
        ("Key ID: 00000001", "ntp.keyid", 118, 4),
        ("Message Authentication Code: " + "6d" * 16, "ntp.mac", 122, 16),
    ]


def test_a_control_message_lists_associations() -> None:
    data = struct.pack(">HH", 100, 0x961A)
    payload = bytes([0x16, 0x81]) + struct.pack(">5H", 1, 0x0618, 0, 0, len(data)) + data
    found = lines(tree(payload))
    assert found[0][0] == "Network Time Protocol (NTP Version 2, control)"
    assert ("Flags 2: 0x81, Response bit: Response, Opcode: read status", "ntp.ctrl.flags2", 43, 1) in found
    status = "Leap Indicator: no warning, Clock Source: UDP/NTP, System Event Code: no system peer"
    assert (f"Status: 0x0618, {status}", "ntp.ctrl.status", 46, 2) in found
    assert ("AssociationID: 100", "ntp.ctrl.associd", 54, 2) in found
    assert (
        ".... .... .... 1010 = Peer Event Code: become system peer (10)",
        "ntp.ctrl.peer_status.code",
        56,
        2,
    ) in found


def test_variables_have_a_line_each() -> None:
    data = b'version="a, b",\r\nleap=0'
    payload = bytes([0x16, 0x82]) + struct.pack(">5H", 1, 0, 0, 0, len(data)) + data
    assert lines(tree(payload))[-2:] == [('version="a, b"', "", 54, 14), ("leap=0", "", 71, 6)]


def test_who_asked_a_server() -> None:
    item = struct.pack(">IIII4s4sIHBBII", 10, 20, 0, 5, b"\1\2\3\4", b"\5\6\7\x08", 0, 123, 3, 2, 0, 0) + bytes(32)
    payload = bytes([0x97, 3, 3, 42]) + struct.pack(">HH", 1, len(item)) + item
    found = lines(tree(payload))
    assert ("Request code: MON_GETLIST_1 (42)", "ntp.priv.reqcode", 45, 1) in found
    assert (".... 0000  0000 0001 = Number of data items: 1", "ntp.priv.numitems", 46, 2) in found
    assert ("Monlist item: address: 1.2.3.4:123", "ntp.priv.mode7.item", 50, 72) in found
    assert ("count: 5", "ntp.priv.monlist.count", 62, 4) in found


def test_links() -> None:
    found = lines(tree(message(), links=[Link("ntp", "request", 3, 1_000_000)]))
    assert [line[0] for line in found[-2:]] == ["[Request In: 3]", "[Delta Time: 0.001000000 seconds]"]


def test_built_by_scapy() -> None:
    assert lines(tree(NTPHeader(mode=4, stratum=1, ref_id=b"PPS\0")))[0][0].endswith("(NTP Version 4, server)")
    assert lines(tree(NTPControl(op_code=2)))[0][0].endswith("control)")


def test_messages_cut_anywhere() -> None:
    whole = message(more=b"\1\4\0\x1c" + b"u" * 24 + b"\0\0\0\1" + b"m" * 16)
    for size in range(len(whole)):
        assert not any("Dissector stopped" in node.label for _, node in tree_lines(tree(whole[:size]).nodes))


@given(st.binary(min_size=1, max_size=120))
@settings(max_examples=400, deadline=None)
def test_any_bytes(raw: bytes) -> None:
    assert not any("Dissector stopped" in node.label for _, node in tree_lines(tree(raw).nodes))
