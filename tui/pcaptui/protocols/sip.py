"""SIP (RFC 3261), over UDP and TCP: the first line, a registration's bindings, the body's type."""

from __future__ import annotations

import re

from .packet import Conversation, Packet
from .registry import tcp_port, udp_heuristic, udp_port
from .tcpstream import need
from .text import decode

METHODS = frozenset(
    {b"INVITE", b"ACK", b"BYE", b"CANCEL", b"OPTIONS", b"REGISTER", b"PRACK", b"SUBSCRIBE", b"NOTIFY", b"PUBLISH",
     b"INFO", b"REFER", b"MESSAGE", b"UPDATE"}
)  # fmt: skip
VERSION = b"SIP/2.0"
MAX_HEADER = 16384
_LENGTH = re.compile(rb"\r?\n(?:content-length|l)[ \t]*:[ \t]*(\d{1,9})", re.IGNORECASE)
_COMPACT = {b"f": b"from", b"t": b"to", b"m": b"contact", b"c": b"content-type", b"l": b"content-length"}


@udp_port(5060)
def sip(packet: Packet, data: bytes) -> bool:
    line, _, rest = data.partition(b"\n")
    words = line.rstrip(b"\r").split(b" ", 2)
    if len(words) < 3 or (words[0] != VERSION and words[2] != VERSION):
        return False
    packet.layers.append("sip")
    packet.set("SIP", "")
    head, body = _split(rest)
    fields = _fields(head)
    if words[0] == VERSION:
        _response(packet, words, fields)
    else:
        _request(packet, words, fields)
    packet.info += " | "
    _body(packet, fields, body)
    return True


@udp_heuristic
def sip_anywhere(packet: Packet, data: bytes) -> bool:
    return (data.startswith(VERSION) or data.split(b" ", 1)[0] in METHODS) and sip(packet, data)


@tcp_port(5060)
def sip_stream(packet: Packet, data: bytes, conversation: Conversation, direction: int) -> int:
    at = 0
    while at < len(data):
        end = data.find(b"\r\n\r\n", at)
        if end < 0:
            if packet.reassemble and (data[at:].startswith(VERSION) or data[at:].split(b" ", 1)[0] in METHODS):
                return need(packet, at)
            end = len(data) - 4
        match = _LENGTH.search(data, at, end)
        size = int(match[1]) if match else 0
        end += 4
        if end + size > len(data) and packet.reassemble:
            return need(packet, at, end + size - len(data))
        if not sip(packet, data[at : end + size]):
            packet.layers.append("sip")
            packet.set("SIP", "Continuation")
            return len(data)
        at = end + size
    return len(data)


def _split(rest: bytes) -> tuple[bytes, bytes]:
    for mark in (b"\r\n\r\n", b"\n\n"):
        end = rest.find(mark)
        if end >= 0:
            return rest[:end], rest[end + len(mark) :]
    return rest, b""


def _fields(head: bytes) -> dict[bytes, list[bytes]]:
    fields: dict[bytes, list[bytes]] = {}
    for line in head[:MAX_HEADER].splitlines():
        name, _, value = line.partition(b":")
        name = name.strip().lower()
        fields.setdefault(_COMPACT.get(name, name), []).append(value.strip())
    return fields


def _request(packet: Packet, words: list[bytes], fields: dict[bytes, list[bytes]]) -> None:
    method = words[0]
    kind = "Request" if method in METHODS else "Unknown request"
    packet.info += f"{kind}: {decode(method)} {decode(words[1])}"
    if method == b"REGISTER":
        packet.info += f"  ({_bindings(fields)})"
    elif method == b"INVITE" and any(b";tag=" in value for value in fields.get(b"to", [])):
        packet.info += ", in-dialog"


def _response(packet: Packet, words: list[bytes], fields: dict[bytes, list[bytes]]) -> None:
    packet.info += f"Status: {decode(words[1])} {decode(words[2])}"
    sequence = fields.get(b"cseq", [b""])[0].split()
    if words[1].startswith(b"2") and len(sequence) > 1:
        packet.info += f" ({decode(sequence[1])})"
        if sequence[1] == b"REGISTER":
            count = len(_contacts(fields))
            packet.info += f"  ({count} binding{'' if count == 1 else 's'})"


def _contacts(fields: dict[bytes, list[bytes]]) -> list[bytes]:
    return [one for value in fields.get(b"contact", []) for one in value.split(b",") if one.strip()]


def _bindings(fields: dict[bytes, list[bytes]]) -> str:
    contacts = _contacts(fields)
    if not contacts:
        return "fetch bindings"
    if contacts[0].strip() == b"*":
        return "remove all bindings"
    default = fields.get(b"expires", [b""])[0]
    gone = sum(_expires(one, default) == b"0" for one in contacts)
    count = len(contacts)
    verb = "remove " if gone == count else ""
    return f"{verb}{count} binding{'' if count == 1 else 's'}"


def _expires(contact: bytes, default: bytes) -> bytes:
    match = re.search(rb";\s*expires\s*=\s*(\d+)", contact, re.IGNORECASE)
    return match[1] if match else default


def _body(packet: Packet, fields: dict[bytes, list[bytes]], body: bytes) -> None:
    kind = fields.get(b"content-type", [b""])[0].split(b";")[0].strip().lower()
    if not body or not kind:
        return
    if kind == b"application/sdp":
        packet.protocol = "SIP/SDP"
    elif kind.endswith((b"/xml", b"+xml")):
        packet.protocol = "SIP/XML"
    elif kind.startswith(b"text/"):
        packet.info += f" ({decode(kind)})"
