"""TCP segments (RFC 9293) and their options (RFC 7323, 2018, 5482, 7413, 2385, 6994)."""

from __future__ import annotations

from functools import lru_cache
from struct import Struct
from typing import NoReturn

from . import registry
from .driver import CONTAINED
from .packet import Packet, Short, Silent

_HEADER = Struct(">HHIIBBHHH")
_NAMES = ("FIN", "SYN", "RST", "PSH", "ACK", "URG", "ECE", "CWR", "AE", "Reserved", "Reserved", "Reserved")


@lru_cache(4096)
def flag_text(flags: int) -> str:
    """The names of the flags that are set, as in a row's Info."""
    names = [name for bit, name in enumerate(_NAMES[:9]) if flags >> bit & 1]
    if flags & 0xE00:
        names.append("Reserved")
    return ", ".join(names) or "<None>"


@registry.ip_protocol(6)
def tcp(packet: Packet, data: bytes) -> None:
    """The row, then the application's if one dissects the stream. Relative numbers come from the packet's services."""
    if len(data) < 4:
        raise Short
    packet.layers.append("tcp")
    packet.set("TCP", "")
    whole = data
    if len(data) < 20:
        if len(data) < 16:
            packet.source_port, packet.destination_port = data[0] << 8 | data[1], data[2] << 8 | data[3]
            packet.info += f"{packet.source_port} → {packet.destination_port}"
            raise Short
        data = data.ljust(20, b"\0")
    source, destination, sequence, acknowledgment, offset, low, window, _, urgent = _HEADER.unpack_from(data)
    packet.source_port, packet.destination_port = source, destination
    flags = (offset & 15) << 8 | low
    packet.state["tcp_flags"] = flags
    header = (offset >> 4) * 4
    broken = len(data) < header and not packet.missing
    facts = packet.services.tcp(packet) if packet.services and not broken else None
    shift = 0
    prefixes = ""
    peer_base = 0
    if facts is not None:
        sequence, acknowledgment = facts.relative_sequence, facts.relative_acknowledgment
        prefixes, peer_base = facts.prefixes, facts.peer_base
        if facts.shift > 0 and not flags & 2:
            shift = facts.shift
    head = f"{source} → {destination} [{flag_text(flags)}] Seq={sequence}"
    if flags & 16:
        head += f" Ack={acknowledgment}"
    head += f" Win={window << shift}"
    if len(whole) < 20 or broken:
        packet.info += prefixes + head
        broken_header(packet, whole, peer_base)
    if header < 20:
        packet.info += f"{head}, bogus TCP header length ({header}, must be at least 20)"
        return
    if flags & 32:
        head += f" Urg={urgent}"
    length = len(data) + packet.missing - header
    head += f" Len={max(length, 0)}"
    if header > 20:
        head += options_text(data[20:header], peer_base)
    if b"\x1e" in data[20:header] and has_option(data[20:header], 30):
        packet.protocol = "MPTCP"
    start = len(packet.info)
    packet.info += prefixes + head
    if len(data) < header:
        raise Short
    if facts is not None and facts.dissect and (len(data) > header or flags & 1):  # a FIN may end a message
        payload_row(packet, data[header:], start + len(prefixes), bool(prefixes))


LISTING = frozenset({"tls"})
"""Applications whose messages tshark appends with a comma, also to the prefixes of a TCP row."""


def payload_row(packet: Packet, payload: bytes, start: int, prefixed: bool = False) -> None:
    """Let the application speak; its Info replaces the row's, behind the prefixes."""
    row = packet.services.tcp_payload(packet, payload) if packet.services else None
    if row is None:
        return
    if row.protocol is not None:
        packet.protocol = row.protocol
    if row.info is not None:
        listed = prefixed and row.info and row.layers and row.layers[0] in LISTING
        packet.info = packet.info[:start] + (", " if listed else "") + row.info
    packet.info += row.suffix
    packet.layers.extend(row.layers)


def broken_header(packet: Packet, data: bytes, peer_base: int) -> NoReturn:
    """A header that the IP packet has no room for: the options that are whole, then how it breaks off."""
    position = 20
    while position < len(data):
        kind = data[position]
        if kind in (0, 1):
            position += 1
            continue
        if position + 1 >= len(data):
            break
        size = data[position + 1]
        if size < 2 or position + size > len(data):
            packet.info += CONTAINED
            raise Silent
        packet.info += option_text(kind, data[position + 2 : position + size], peer_base)
        position += size
    raise Short


def options_text(options: bytes, peer_base: int) -> str:
    """The options that the row shows, in header order, each with a blank before it."""
    if options[:4] == b"\1\1\x08\x0a" and len(options) == 12:  # the usual timestamps alone
        return f" TSval={int.from_bytes(options[4:8])} TSecr={int.from_bytes(options[8:12])}"
    out = ""
    position = 0
    size = len(options)
    while position < size:
        kind = options[position]
        if kind == 0:
            break
        if kind == 1:
            position += 1
            continue
        if position + 1 >= size:
            break
        length = options[position + 1]
        if length < 2 or position + length > size:
            break
        out += option_text(kind, options[position + 2 : position + length], peer_base)
        position += length
    return out


def has_option(options: bytes, wanted: int) -> bool:
    position = 0
    while position < len(options):
        kind = options[position]
        if kind == wanted:
            return True
        if kind == 0:
            return False
        if kind == 1:
            position += 1
            continue
        if position + 1 >= len(options) or options[position + 1] < 2:
            return False
        position += options[position + 1]
    return False


def option_text(kind: int, body: bytes, peer_base: int) -> str:
    size = len(body)
    number = int.from_bytes(body[:4])
    if kind == 8 and size == 8:
        return f" TSval={number} TSecr={int.from_bytes(body[4:8])}"
    if kind == 2 and size == 2:
        return f" MSS={number}"
    if kind == 3 and size == 1:
        return f" WS={1 << min(number, 14)}"
    if kind == 4 and size == 0:
        return " SACK_PERM"
    if kind == 5:
        return sack_text(body, peer_base)
    if kind == 28 and size == 2:
        return f" USER_TO={number}"
    if kind == 19:
        return " MD5"
    if kind == 34:
        return " TFO=C" if size else " TFO=R"
    if kind in (253, 254) and size >= 2:
        if body[:2] == b"\xf9\x89":
            return " TFO=C" if size > 2 else " TFO=R"
        return f" ExID={body[0]:02x}{body[1]:02x}"
    return ""


def sack_text(body: bytes, peer_base: int) -> str:
    out = ""
    for at in range(0, len(body) - 7, 8):
        left = int.from_bytes(body[at : at + 4]) - peer_base & 0xFFFFFFFF
        right = int.from_bytes(body[at + 4 : at + 8]) - peer_base & 0xFFFFFFFF
        out += f" SLE={left} SRE={right}"
    return out
