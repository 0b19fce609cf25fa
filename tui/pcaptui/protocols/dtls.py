"""DTLS (RFC 6347, RFC 9147): records, and handshake messages with their fragments."""

from __future__ import annotations

from dataclasses import dataclass, field

from .apptext import take, u8, u16, u24
from .packet import Malformed, Packet
from .registry import udp_heuristic, udp_port
from .tls_names import (
    ALERT,
    APPLICATION_DATA,
    CHANGE_CIPHER_SPEC,
    CLIENT_HELLO,
    CONNECTION_ID,
    HANDSHAKE,
    HANDSHAKES,
    HEARTBEAT,
    SERVER_HELLO,
    alert_text,
)

HEADER = 13
HANDSHAKE_HEADER = 12
OPENSSL, DTLS10, DTLS12 = 0x0100, 0xFEFF, 0xFEFD
VERSIONS = {OPENSSL: "DTLS 1.0 (OpenSSL pre 0.9.8f)", DTLS10: "DTLSv1.0", DTLS12: "DTLSv1.2"}
MAX_FRAGMENTED = 64
"""Handshake messages of a conversation whose fragments are remembered at a time."""


@dataclass(slots=True)
class Session:
    """`pieces` maps (sender, message sequence) to the (offset, size) of the fragments seen."""

    version: int = 0
    pieces: dict[tuple[bytes, int, int], set[tuple[int, int]]] = field(default_factory=dict)


@udp_port(853, 2221)
def dtls_port(packet: Packet, data: bytes) -> None:
    if not dtls(packet, data):
        packet.layers.append("dtls")
        packet.set("DTLS", "Continuation Data")


@udp_heuristic
def dtls(packet: Packet, data: bytes) -> bool:
    if not _all_records(data, len(data) + packet.missing):
        return False
    conversation = packet.services.udp_conversation(packet) if packet.services else None
    state = conversation.state if conversation is not None else {}
    session = state.get("dtls")
    if not isinstance(session, Session):
        session = state["dtls"] = Session()
    packet.layers.append("dtls")
    packet.set(VERSIONS.get(session.version, "DTLS"), "")
    at = 0
    words: list[str] = []
    while at < len(data):
        size = u16(data, at + 11)
        try:
            _record(packet, session, data, at, take(data, at + HEADER, size), words)
        finally:
            packet.set(VERSIONS.get(session.version, "DTLS"), ", ".join(words))
        at += HEADER + size
    return True


def _all_records(data: bytes, size: int) -> bool:
    """Whether the datagram is made of nothing but records."""
    at = 0
    while at < len(data):
        if at + HEADER > len(data):
            return False
        if not CHANGE_CIPHER_SPEC <= data[at] <= CONNECTION_ID or u16(data, at + 1) not in (OPENSSL, DTLS10, DTLS12):
            return False
        at += HEADER + u16(data, at + 11)
    return at == size and at > 0


def _record(packet: Packet, session: Session, data: bytes, at: int, body: bytes, words: list[str]) -> None:
    kind, version, epoch = data[at], u16(data, at + 1), u16(data, at + 3)
    if not session.version and (kind != HANDSHAKE or u8(body, 0) != CLIENT_HELLO):
        session.version = version
    if kind == HANDSHAKE:
        _handshakes(packet, session, epoch, body, words)
    elif kind == APPLICATION_DATA:
        words.append("Application Data")
    elif kind == CHANGE_CIPHER_SPEC:
        words.append("Change Cipher Spec")
    elif kind == ALERT:
        words.append(alert_text(body[0], body[1]) if len(body) == 2 else "Encrypted Alert")
    elif kind == HEARTBEAT:
        name = {1: "Heartbeat Request", 2: "Heartbeat Response"}.get(body[0] if body else 0)
        plain = name is not None and 3 + u16(body, 1) + 16 <= len(body)
        words.append(name if name is not None and plain else "Encrypted Heartbeat")
    else:
        words.append("Connection ID")


def _handshakes(packet: Packet, session: Session, epoch: int, body: bytes, words: list[str]) -> None:
    at = 0
    while at < len(body):
        name = HANDSHAKES.get(body[at])
        left = len(body) - at
        if name is None or (left >= HANDSHAKE_HEADER and u24(body, at + 9) > left - HANDSHAKE_HEADER):
            words.append("Encrypted Handshake Message")
            return
        if left < HANDSHAKE_HEADER:
            raise Malformed
        total, number = u24(body, at + 1), u16(body, at + 4)
        offset, size = u24(body, at + 6), u24(body, at + 9)
        if size < total:
            name += f" ({_fragment(packet, session, number, total, offset, size)})"
        elif body[at] == SERVER_HELLO:
            _settle(session, body[at + HANDSHAKE_HEADER :])
        words.append(name)
        at += HANDSHAKE_HEADER + size


def _fragment(packet: Packet, session: Session, number: int, total: int, offset: int, size: int) -> str:
    key = (packet.ip_source, packet.source_port, number)
    if len(session.pieces) > MAX_FRAGMENTED:
        session.pieces.clear()
    pieces = session.pieces.setdefault(key, set())
    pieces.add((offset, size))
    have = 0
    for start, length in sorted(pieces):
        if start > have:
            break
        have = max(have, start + length)
    if have < total:
        return "Fragment"
    del session.pieces[key]
    return "Reassembled"


def _settle(session: Session, hello: bytes) -> None:
    """A Server Hello's version counts; tshark 4.0 does not look for DTLS 1.3 in its extensions."""
    version = u16(hello, 0)
    if version in VERSIONS:
        session.version = version
