"""Google's QUIC before the IETF's, versions Q024 to Q046 (its wire layout specification)."""

from __future__ import annotations

from .apptext import take, u8
from .packet import Packet
from .registry import udp_heuristic

HELLOS = {b"CHLO": "Client Hello", b"REJ\0": "Rejection", b"SHLO": "Server Hello"}
_BIG_ENDIAN_FROM = 39
_LONG_FROM = 44
_IETF_FROM = 50
_NEAR = 110
"""A hello's tag stands within so many bytes of a packet's beginning, if anything is readable at all."""


@udp_heuristic
def gquic(packet: Packet, data: bytes) -> bool:
    conversation = packet.services.udp_conversation(packet) if packet.services else None
    state = conversation.state if conversation is not None else {}
    version = _version(data)
    if version:
        state.setdefault("gquic", (version, packet.ip_source, packet.source_port))
    elif "gquic" not in state:
        return False
    version, client, port = state.get("gquic", (version, packet.ip_source, packet.source_port))
    from_client = (client, port) == (packet.ip_source, packet.source_port)
    packet.layers.append("gquic")
    packet.set("GQUIC", "")
    number, identifier = _header(data, version, from_client)
    near = data[:_NEAR]
    name = next((words for tag, words in HELLOS.items() if tag in near), "Payload (Encrypted)")
    packet.info += f"{name}, PKN: {number}" + (f", CID: {identifier}" if identifier is not None else "")
    return True


def _version(data: bytes) -> int:
    """The version that a packet names, 0 if it names none."""
    if len(data) < 14:
        return 0
    text = data[1:5] if data[0] & 0x80 else data[9:13] if data[0] & 0x09 == 0x09 else b""
    if text[:1] != b"Q" or not text[1:].isdigit():
        return 0
    version = int(text[1:])
    return version if version < _IETF_FROM else 0


def _header(data: bytes, version: int, from_client: bool) -> tuple[int, int | None]:
    """(packet number, connection ID if there is one). Raises Short."""
    order = "big" if version >= _BIG_ENDIAN_FROM else "little"
    flags = u8(data, 0)
    if version >= _LONG_FROM:
        return _newer_header(data, flags, from_client)
    at = 1
    identifier = None
    if flags & 0x08:
        identifier = _number(data, at, 8, order)
        at += 8
    if flags & 0x01:
        at += 4
    if flags & 0x04 and not from_client:
        at += 32  # the nonce that diversifies the keys
    return _number(data, at, (1, 2, 4, 6)[flags >> 4 & 3], order), identifier


def _newer_header(data: bytes, flags: int, from_client: bool) -> tuple[int, int | None]:
    if not flags & 0x80:
        identifier = _number(data, 1, 8, "big") if from_client else None
        return _number(data, 9 if from_client else 1, (flags & 3) + 1, "big"), identifier
    lengths = u8(data, 5)
    at = 6
    identifier = None
    for size in (lengths >> 4, lengths & 15):
        if size:
            identifier = _number(data, at, size + 3, "big")
            at += size + 3
    return _number(data, at, (flags & 3) + 1, "big"), identifier


def _number(data: bytes, at: int, size: int, order: str) -> int:
    return int.from_bytes(take(data, at, size), "big" if order == "big" else "little")
