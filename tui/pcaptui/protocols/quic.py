"""QUIC, versions 1 and 2 and the drafts (RFC 9000, RFC 9369): headers, and the frames of Initial packets."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from .apptext import take, u8, u32
from .packet import Malformed, Packet, Short
from .quic_frames import frame_names, variable
from .quic_keys import GOOGLE, SAMPLE, draft_of, initial_keys, unprotect
from .registry import udp_heuristic

MAX_ID = 20
LEAST = 13
Q050 = 0x51303530
_TYPES = ("Initial", "0-RTT", "Handshake", "Retry")


@dataclass(slots=True)
class Connection:
    """What a conversation's earlier packets told. `client` is the sender of its first Initial packet."""

    client: tuple[bytes, int]
    version: int = 0
    original: bytes = b""
    client_id: bytes | None = None
    server_id: bytes | None = None


@udp_heuristic
def quic(packet: Packet, data: bytes) -> bool:
    state = _state(packet)
    connection: Connection | None = state.get("quic")
    if not data[0] & 0x80:
        if connection is None:
            return False
    elif not _long_header(data):
        return False
    if connection is None:
        connection = state["quic"] = Connection((packet.ip_source, packet.source_port))
    packet.layers.append("quic")
    packet.set("QUIC", "")
    at = _packet(packet, data, connection)
    while 0 < at < len(data) and _continues(data, at, connection):
        at += _packet(packet, data[at:], connection)
    return True


def _state(packet: Packet) -> dict[str, Any]:
    conversation = packet.services.udp_conversation(packet) if packet.services else None
    return conversation.state if conversation is not None else {}


def _long_header(data: bytes) -> bool:
    if len(data) < LEAST:
        return False
    version = u32(data, 1)
    if version and draft_of(version) < 11:
        return False
    size = data[5]
    return size <= MAX_ID and 6 + size < len(data) and data[6 + size] <= MAX_ID


def _continues(data: bytes, at: int, connection: Connection) -> bool:
    """Whether another packet of the same connection follows in the datagram, and not padding of some kind."""
    if data[at] & 0x80:
        size = data[5]
        return data[at + 1 : at + 6 + size] == data[1 : 6 + size]
    destination = data[6 : 6 + data[5]]
    return data[at] & 0x40 != 0 and data[at + 1 : at + 1 + len(destination)] == destination


def _packet(packet: Packet, data: bytes, connection: Connection) -> int:
    """One of the packets coalesced in a datagram; the last one's words stay in the row. Answers its size."""
    if not data[0] & 0x80:
        return _short(packet, data, connection)
    version = u32(data, 1)
    size = u8(data, 5)
    destination = take(data, 6, size)
    at = 6 + size
    size = u8(data, at)
    source = take(data, at + 1, size)
    at += 1 + size
    if not version:
        packet.set("QUIC", "Version Negotiation" + _ids(destination, source))
        return len(data)
    kind = data[0] >> 4 & 3
    if draft_of(version) >= 100:
        kind = (kind - 1) & 3
    packet.set("QUIC", _TYPES[kind] + _ids(destination, source))
    from_client = connection.client == (packet.ip_source, packet.source_port)
    if kind == 3:
        connection.original = b""
        connection.server_id = source
        return len(data)
    if kind == 0:
        length, at = variable(data, at)
        take(data, at, length)
        at += length
        connection.version = version
        if from_client and not connection.original:
            connection.original = destination
    if from_client:
        connection.client_id = source
    else:
        connection.server_id = source
    length, at = variable(data, at)
    if kind == 0 and connection.original:
        _initial(packet, data[: at + length], at, connection, from_client)
    return at + length


def _ids(destination: bytes, source: bytes) -> str:
    text = f", DCID={destination.hex()}" if destination else ""
    return f"{text}, SCID={source.hex()}" if source else text


def _initial(packet: Packet, data: bytes, at: int, connection: Connection, from_client: bool) -> None:
    keys = initial_keys(connection.version, connection.original)[0 if from_client else 1]
    if len(data) < at + 4 + SAMPLE:
        return
    try:
        number, frames = unprotect(keys, data, at)
    except ImportError:  # no ciphers installed: the header alone
        return
    packet.info += f", PKN: {number}"
    if frames is None:
        return
    names: list[str] = []
    with suppress(Malformed, Short):
        frame_names(frames, connection.version in GOOGLE, names)
    packet.info += "".join(f", {name}" for name in names)
    if connection.version == Q050:
        _google_hello(packet, frames)


def _google_hello(packet: Packet, frames: bytes) -> None:
    """Version Q050 still has its own handshake, and its messages' names stand alone in the row."""
    for tag, words in ((b"CHLO", "Client Hello"), (b"REJ\0", "Rejection")):
        if tag in frames[:64]:
            packet.set("QUIC", words)


def _short(packet: Packet, data: bytes, connection: Connection) -> int:
    from_client = connection.client == (packet.ip_source, packet.source_port)
    known = (connection.server_id, connection.original) if from_client else (connection.client_id,)
    destination = next((one for one in known if one and data.startswith(one, 1)), b"")
    packet.set("QUIC", "Protected Payload (KP0)" + _ids(destination, b""))
    return len(data)
