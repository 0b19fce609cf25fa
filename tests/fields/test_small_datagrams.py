"""Trees of syslog, TFTP and SSDP."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scapy.layers.inet import IP, UDP
from scapy.layers.l2 import Ether

from pcaptui.fields.context import Context
from pcaptui.fields.node import Dissection, tree_lines
from pcaptui.fields.tree import dissect

Line = tuple[str, str, int | None, int | None]


def tree(payload: bytes, name: str) -> Dissection:
    frame = bytes(Ether(src="02:00:00:00:00:01", dst="02:00:00:00:00:02") / IP() / UDP(sport=9, dport=9) / payload)
    return dissect(Context(1, frame, len(frame), 1, layers=("eth", "ip", "udp", name), with_scapy=False))


def lines(payload: bytes, name: str) -> list[Line]:
    top = next(node for node in tree(payload, name).nodes if node.field == name)
    return [(node.label, node.field, node.start, node.length) for _, node in tree_lines([top])]


def test_an_old_syslog_message() -> None:
    text = "Oct 11 22:14:15 mymachine su: 'su root' failed"
    assert lines(b"<34>" + text.encode(), "syslog") == [
        (f"Syslog message: AUTH.CRIT: {text}", "syslog", 42, 50),
        ("0010 0... = Facility: AUTH - security/authorization messages (4)", "syslog.facility", 42, 4),
        (".... .010 = Level: CRIT - critical conditions (2)", "syslog.level", 42, 4),
        (f"Message: {text}", "syslog.msg", 46, 46),
        ("Syslog timestamp (RFC3164): Oct 11 22:14:15", "syslog.timestamp_rfc3164", 46, 15),
        ("Syslog hostname: mymachine", "syslog.hostname", 62, 9),
        ("Syslog process id: su", "syslog.procid", 72, 2),
        ("Syslog message id: : 'su root' failed", "syslog.msgid", 74, 18),
    ]


def test_a_new_syslog_message_has_its_time() -> None:
    found = lines(b"<165>1 2003-10-11T22:14:15.003Z host app 1234 ID47 - m", "syslog")
    assert ("Syslog timestamp: Oct 11, 2003 22:14:15.003000000 UTC", "syslog.timestamp", 49, 24) in found
    assert ("Syslog app name: app", "syslog.appname", 79, 3) in found


def test_a_tftp_request_with_options() -> None:
    assert lines(b"\0\2f\0netascii\0blksize\x001428\0", "tftp") == [
        ("Trivial File Transfer Protocol", "tftp", 42, 26),
        ("Opcode: Write Request (2)", "tftp.opcode", 42, 2),
        ("Destination File: f", "tftp.destination_file", 44, 2),
        ("Type: netascii", "tftp.type", 46, 9),
        ("Option: blksize = 1428", "", 55, 13),
        ("Option name: blksize", "tftp.option.name", 55, 8),
        ("Option value: 1428", "tftp.option.value", 63, 5),
    ]


def test_a_search_for_devices() -> None:
    found = lines(b"M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nMX: 1\r\n\r\n", "ssdp")
    assert found[0] == ("Simple Service Discovery Protocol", "ssdp", 42, 58)
    assert ("Request Method: M-SEARCH", "http.request.method", 42, 8) in found
    assert ("HOST: 239.255.255.250:1900\\r\\n", "http.host", 63, 28) in found
    assert found[-1][0] == "[Full request URI: http://239.255.255.250:1900*]"


@given(st.binary(min_size=1, max_size=80), st.sampled_from(["syslog", "tftp", "ssdp"]))
@settings(max_examples=300, deadline=None)
def test_any_bytes(raw: bytes, name: str) -> None:
    assert not any("Dissector stopped" in node.label for _, node in tree_lines(tree(raw, name).nodes))


@pytest.mark.parametrize(
    "raw", [b"<34", b"<>", b"<999>x", b"\0\5\0\1", b"HTTP/1.1 200\r\n", b"<1>9999999999 - - - - -"]
)
def test_half_messages(raw: bytes) -> None:
    for name in ("syslog", "tftp", "ssdp"):
        assert not any("Dissector stopped" in node.label for _, node in tree_lines(tree(raw, name).nodes))
