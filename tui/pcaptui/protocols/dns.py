"""DNS, and its relatives multicast DNS and LLMNR (RFC 1035, 6762, 4795)."""

from __future__ import annotations

from .apptext import take, u16
from .dns_names import read_name
from .dns_records import CHECKS, RECORDS
from .dns_types import OPCODES, RCODES, TYPES, type_name
from .messages import REQUEST, RESPONSE, say
from .packet import Conversation, Malformed, Packet, Short
from .registry import tcp_port, udp_heuristic, udp_port

PLAIN = ("A ", "AAAA ")
"""Records whose type goes without saying in a list of answers."""
START = 12 + 255 + 4
"""Bytes that hold a message's header and first question (RFC 1035 sections 2.3.4 and 4.1)."""


@udp_port(53)
def dns(packet: Packet, data: bytes) -> None:
    _dissect(packet, data, "DNS")


@udp_port(5353)
def mdns(packet: Packet, data: bytes) -> None:
    _dissect(packet, data, "MDNS")


@udp_port(5355)
def llmnr(packet: Packet, data: bytes) -> None:
    _dissect(packet, data, "LLMNR")


@tcp_port(53, 5353)
def dns_over_tcp(packet: Packet, data: bytes, conversation: Conversation, direction: int) -> int:
    """Messages with a length of two bytes in front (RFC 1035 section 4.2.2)."""
    at = 0
    while at + 2 <= len(data):
        size = u16(data, at)
        if at + 2 + size > len(data):
            break
        packet.cuts.append(2 + size)
        _dissect(packet, data[at + 2 : at + 2 + size], "DNS")
        at += 2 + size
    return at


class Words(list[str]):
    """The pieces of a row's Info. No more than a column holds are collected, whatever counts a message claims."""

    def __init__(self) -> None:
        super().__init__()
        self.room = 4096
        self.records: list[int] = []  # where each resource record's words begin

    def append(self, text: str) -> None:
        if self.room < 0:
            raise Full
        super().append(text)
        self.room -= len(text)


class Full(Exception):
    """Info holds no more."""


def _dissect(packet: Packet, data: bytes, protocol: str) -> None:
    words = Words()
    packet.layers.append(protocol.lower())
    packet.set(protocol, "")
    if len(data) < 4:
        raise Short
    try:
        _message(data, words, protocol == "MDNS")
    except Full:
        pass
    finally:
        packet.set(protocol, "".join(words))
    if packet.messages is not None and len(data) >= 12:
        _say(packet, data, words, protocol)


def _say(packet: Packet, data: bytes, words: Words, protocol: str) -> None:
    """Report the message: a question as 'A example.com', an answer as its answer section's data or its error."""
    flags, answers = u16(data, 2), u16(data, 6)
    response, rcode = bool(flags & 0x8000), flags & 15
    at = 3 if response and rcode else 2
    first = words.records[0] if words.records else len(words)
    question = words[at].strip() if at < first else ""
    if not response:
        text = question if not flags >> 11 & 15 else f"{words[0]} {question}".strip()
        say(packet, protocol, REQUEST, text, f"{u16(data, 0):04x} {question.lower()}", question=question,
            start=data[:START], size=len(data))  # fmt: skip
        return
    ends = [*words.records[1:], len(words)]
    shown = ["".join(words[i:j]).strip() for i, j in zip(words.records, ends, strict=False)][:answers]
    plain = [record.split(" ", 1)[1] if record.startswith(PLAIN) else record for record in shown]
    text = ", ".join(plain) or (words[2].strip() if rcode else "no such data")
    key = f"{u16(data, 0):04x} {question.lower()}"
    say(packet, protocol, RESPONSE, text, key, rcode=rcode, question=question, answers=answers, start=data[:START],
        size=len(data))  # fmt: skip


def _message(data: bytes, words: Words, multicast: bool) -> None:
    flags = u16(data, 2)
    opcode = flags >> 11 & 15
    words.append(OPCODES.get(opcode) or f"Unknown operation ({opcode})")
    words.append(f"{' response' if flags & 0x8000 else ''} 0x{u16(data, 0):04x}")
    rcode = flags & 15
    if flags & 0x8000 and rcode:
        words.append(" " + (RCODES.get(rcode) or f"Unknown error ({rcode})"))
    if opcode == 6:
        take(data, 0, 12)
        return
    counts = [u16(data, at) for at in (4, 6, 8, 10)]
    at = 12
    for _ in range(counts[0]):  # ends with the bytes: every question takes five at least
        at = _question(data, at, words, multicast)
    for _ in range(sum(counts[1:])):
        at = _record(data, at, words, multicast)


def _question(data: bytes, at: int, words: Words, multicast: bool) -> int:
    name, at = read_name(data, at)
    kind, group = u16(data, at), u16(data, at + 2)
    words.append(f" {type_name(kind)} {name}")
    if multicast:
        words.append(', "QU" question' if group & 0x8000 else ', "QM" question')
    return at + 4


def _record(data: bytes, at: int, words: Words, multicast: bool) -> int:
    owner, at = read_name(data, at)
    kind, group = u16(data, at), u16(data, at + 2)
    size = u16(data, at + 8)
    words.records.append(len(words))
    words.append(" " + type_name(kind))
    if multicast and group & 0x8000 and kind != 41:
        words.append(", cache flush")
    at += 10
    if size:
        show = RECORDS.get(kind)
        if show:
            text = show(data, at, size, owner)
            if text:
                words.append(" " + text)
            check = CHECKS.get(kind)
            if check:
                check(data, at, size)
        if at + size > len(data):
            raise Short
    return at + size


@udp_heuristic
def dns_anywhere(packet: Packet, data: bytes) -> bool:
    """One ordinary question and few records, on a port nobody knows."""
    if len(data) < 17 or data[4:6] != b"\0\1" or data[2] & 0x78 or data[3] & 0x40:
        return False
    if data[6] or data[8] or data[10] or not data[12]:
        return False
    try:
        name, at = read_name(data, 12)
        kind, group = u16(data, at), u16(data, at + 2)
    except (Short, Malformed):
        return False
    if name.startswith("<") or kind not in TYPES or group not in (1, 3, 4, 254, 255):
        return False
    _dissect(packet, data, "DNS")
    return True
