"""STUN and TURN (RFC 8489, RFC 8656), also Microsoft's and Google's additions."""

from __future__ import annotations

from .apptext import ipv4, ipv6, printable, take, u16, u32, until_nul
from .packet import Conversation, Packet, Short
from .registry import REJECT, tcp_heuristic, udp_heuristic, udp_port
from .stun_names import ADDRESSES, CLASSES, ERRORS, METHODS
from .tcpstream import need

COOKIE = b"\x21\x12\xa4\x42"
HEADER = 20
MAX_ATTRIBUTES = 200


@udp_port(3478)
def stun_port(packet: Packet, data: bytes) -> bool:
    return stun(packet, data) or _channel_data(packet, data)


@udp_heuristic
def stun(packet: Packet, data: bytes) -> bool:
    if len(data) < HEADER or data[0] & 0xC0 or data[4:8] != COOKIE:
        return False
    length = u16(data, 2)
    if length + HEADER != len(data) + packet.missing:
        return False
    kind = u16(data, 0)
    method = kind & 0xF | (kind & 0xE0) >> 1 | (kind & 0x3E00) >> 2
    words = f"{METHODS.get(method, 'Unknown')} {CLASSES[kind >> 4 & 1 | kind >> 7 & 2]}"
    packet.layers.append("stun")
    packet.set("STUN", words)
    conversation = packet.services.udp_conversation(packet) if packet.services else None
    if conversation is not None:
        conversation.state["stun"] = True
    _attributes(packet, data)
    return True


@udp_heuristic
def turn(packet: Packet, data: bytes) -> bool:
    """Channel data, where STUN was met before in the conversation."""
    if data[0] & 0xC0 != 0x40 or packet.services is None:
        return False
    conversation = packet.services.udp_conversation(packet)
    return conversation is not None and "stun" in conversation.state and _channel_data(packet, data)


def looks_like_stun(packet: Packet, data: bytes, conversation: Conversation, direction: int) -> bool:
    return len(data) >= HEADER and not data[0] & 0xC0 and data[4:8] == COOKIE


@tcp_heuristic(looks_like_stun)
def stun_stream(packet: Packet, data: bytes, conversation: Conversation, direction: int) -> int:
    """Messages over TCP carry their length themselves; channel data is padded to four bytes."""
    at = 0
    while at + 4 <= len(data):
        size = u16(data, at + 2)
        size = 4 + (size + 3 & ~3) if data[at] & 0xC0 else HEADER + size
        missing = at + size - len(data)
        if missing > 0 and packet.reassemble:
            return need(packet, at, missing)
        one = data[at : at + size]
        if not stun(packet, one) and not _channel_data(packet, one):
            return at if at else REJECT
        at += size
    return at


def _channel_data(packet: Packet, data: bytes) -> bool:
    if len(data) < 4 or data[0] & 0xC0 != 0x40:
        return False
    if u16(data, 2) + 4 > len(data) + packet.missing:
        return False
    packet.layers.append("stun")
    packet.set("STUN", "ChannelData TURN Message")
    return True


def _attributes(packet: Packet, data: bytes) -> None:
    at = HEADER
    for _ in range(MAX_ATTRIBUTES):
        if at + 4 > len(data):
            break
        kind, size = u16(data, at), u16(data, at + 2)
        if at + 4 + size > len(data) + packet.missing:
            break
        packet.info += _attribute(kind, take(data, at + 4, size), data[4:HEADER])
        at += 4 + (size + 3 & ~3)
    if packet.missing:
        raise Short


def _attribute(kind: int, body: bytes, key: bytes) -> str:
    """What an attribute adds to the row. `key`: cookie and transaction number, which addresses are XORed with."""
    known = ADDRESSES.get(kind)
    if known is not None:
        name, coded = known
        address = _address(body, key if coded else bytes(16))
        return f" {name}: {address}" if address else ""
    if kind == 0x06:
        return f" user: {printable(until_nul(body))}"
    if kind == 0x09 and len(body) >= 4:
        code = body[2] * 100 + body[3]
        reason = printable(until_nul(body[4:]))
        return f" error-code: {code} ({ERRORS.get(code, '*Unknown error code*')}){' ' + reason if reason else ''}"
    if kind == 0x0C and len(body) >= 2:
        return f" ChannelNumber=0x{u16(body, 0):x}"
    if kind == 0x0D and len(body) >= 4:
        return f" lifetime: {u32(body, 0)}"
    if kind == 0x10 and len(body) >= 4:
        return f" bandwidth: {u32(body, 0)}"
    if kind == 0x14:
        return f" realm: {printable(until_nul(body))}"
    if kind == 0x15:
        return " with nonce"
    if kind == 0x19 and body:
        return {17: " UDP", 6: " TCP"}.get(body[0]) or f" Unknown (0x{body[0]:8x})"
    return ""


def _address(body: bytes, key: bytes) -> str:
    if len(body) < 8:
        return ""
    port = u16(body, 2) ^ u16(key, 0)
    raw = bytes(a ^ b for a, b in zip(body[4:20], key, strict=False))
    if body[1] == 1:
        return f"{ipv4(raw)}:{port}"
    if body[1] == 2 and len(raw) == 16:
        return f"{ipv6(raw)}:{port}"
    return ""
