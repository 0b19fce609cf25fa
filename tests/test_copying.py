"""A packet as text: every form can be read back."""

from __future__ import annotations

import ast
import base64
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scapy.layers.inet import IP, UDP
from scapy.layers.l2 import Ether

from pcaptui import copying
from pcaptui.fields.node import Node

data = st.binary(max_size=200)


@given(data)
def test_every_form_of_bytes_reads_back_as_the_same_bytes(raw):
    assert bytes.fromhex(copying.hex_stream(raw)) == raw
    assert ast.literal_eval(copying.python_bytes(raw)) == raw
    assert base64.b64decode(copying.base64_text(raw)) == raw
    numbers = re.findall(r"0x([0-9a-f]{2})", copying.c_array(raw))
    assert bytes(int(number, 16) for number in numbers) == raw
    assert f"[{len(raw)}]" in copying.c_array(raw)


@given(data)
def test_a_hex_dump_has_offsets_bytes_and_text(raw):
    lines = copying.hex_dump(raw).splitlines()
    assert b"".join(bytes.fromhex(line[6:53].replace(" ", "")) for line in lines) == raw
    assert [int(line[:4], 16) for line in lines] == list(range(0, len(raw), 16))
    assert all(line.isprintable() for line in lines)


@given(data)
def test_printable_text_has_no_control_characters(raw):
    assert all(c.isprintable() or c in "\n\t" for c in copying.printable(raw))


def test_printable_text_keeps_lines():
    assert copying.printable(b"GET / HTTP/1.1\r\nHost: a\r\n\x00\x1b[31m") == "GET / HTTP/1.1\nHost: a\n[31m"


def test_a_tree_is_copied_with_its_indentation():
    tree = [Node("IP", "ip", None, 0, 20, [Node("Flags", "", None, 6, 1, [Node("Don't fragment: Set")])]), Node("TCP")]
    assert copying.tree_text(tree) == "IP\n    Flags\n        Don't fragment: Set\nTCP"


@pytest.mark.parametrize(
    ("node", "text"),
    [(Node("Port: 80", "tcp.port", 80), "80"), (Node("SYN: Set", "tcp.flags.syn", True), "1"),
     (Node("Host: a", "http.host", "a"), "a"), (Node("Timestamps"), "Timestamps")],
)  # fmt: skip
def test_the_value_of_a_field(node, text):
    assert copying.value_text(node) == text


def test_scapys_code_makes_the_same_packet():
    frame = bytes(Ether(src="02:00:00:00:00:01", dst="02:00:00:00:00:02") / IP(dst="192.0.2.1") / UDP(dport=9) / b"hi")
    code = copying.scapy_code(frame, 1)
    from scapy.all import Raw

    made = eval(code.split("\n")[0], {"Ether": Ether, "IP": IP, "UDP": UDP, "Raw": Raw})
    assert bytes(made) == frame


def test_bytes_that_scapy_would_make_otherwise_are_in_the_code():
    frame = bytes(Ether() / IP() / UDP(chksum=1)) + b"\xff" * 5
    assert repr(frame) in copying.scapy_code(frame, 1) or "Padding" in copying.scapy_code(frame, 1)
