"""IMAP (RFC 9051): lines and the literals in them."""

from __future__ import annotations

import re

from .imf import imf
from .messages import NOTICE, REQUEST, RESPONSE, say
from .packet import Conversation, Packet
from .registry import tcp_port
from .tcpstream import from_server, need, start_tls
from .text import decode

LINES = 2000
_LITERAL = re.compile(rb"\{(\d{1,9})\+?\}\r?$")
_TAGGED = re.compile(rb"([A-Za-z0-9.$_-]{1,32}) ([A-Za-z]{2,}.*)")
_BODY = re.compile(rb"BODY\[\]|RFC822(?!\.)", re.I)


@tcp_port(143)
def imap(packet: Packet, data: bytes, conversation: Conversation, direction: int) -> int:
    response = from_server(packet, 143)
    lines: list[bytes] = []
    message = b""
    at = 0
    for _ in range(LINES):
        end = data.find(b"\n", at)
        if at >= len(data):
            break
        if end < 0:
            if packet.reassemble:
                return need(packet, 0)
            end = len(data)
        line = data[at:end].rstrip(b"\r")
        lines.append(line)
        at = end + 1
        literal = _LITERAL.search(line) if response else None
        if literal is not None:
            size = int(literal[1])
            if at + size > len(data) and packet.reassemble:
                return need(packet, 0, at + size - len(data))
            if not message and _BODY.search(line):
                message = data[at : at + size]
            at += size
            end = data.find(b"\n", at)
            if end < 0 and packet.reassemble:
                return need(packet, 0)
            at = end + 1 if end >= 0 else len(data)
    _show(packet, lines, message, response, conversation)
    return len(data)


def _show(packet: Packet, lines: list[bytes], message: bytes, response: bool, conversation: Conversation) -> None:
    packet.layers.append("imap")
    line = (lines[-1] if response else lines[0]) if lines else b""
    packet.set("IMAP", ("Response: " if response else "Request: ") + decode(line))
    if packet.messages is not None:
        _say(packet, lines, response)
    words = line.upper().split(b" ", 3)
    if not response:
        conversation.state["imap.starttls"] = words[1:2] == [b"STARTTLS"]
    elif conversation.state.get("imap.starttls") and words[1:2] == [b"OK"]:
        start_tls(conversation)
    if message:
        imf(packet, message)


def _say(packet: Packet, lines: list[bytes], response: bool) -> None:
    """Report tagged lines (RFC 9051 section 2.2.1), and the server's goodbye."""
    for line in lines:
        tagged = _TAGGED.fullmatch(line)
        if tagged is not None:
            say(packet, "IMAP", RESPONSE if response else REQUEST, decode(tagged[2]), decode(tagged[1]))
        elif line[:5].upper() == b"* BYE":
            say(packet, "IMAP", NOTICE, decode(line[2:]))
