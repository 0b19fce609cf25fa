"""NetBIOS session service (RFC 1002) and SMB directly over TCP: the frame around SMB messages."""

from __future__ import annotations

from . import smb, smb2
from .packet import Conversation, Packet
from .registry import tcp_port
from .tcpstream import MESSAGES, need
from .text import decode

PORTS = (139, 445)
_TYPES = {
    0: "Session message", 0x81: "Session request", 0x82: "Positive session response",
    0x83: "Negative session response", 0x84: "Retarget session response", 0x85: "Session keep-alive",
}  # fmt: skip


@tcp_port(*PORTS)
def nbss(packet: Packet, data: bytes, conversation: Conversation, direction: int) -> int:
    at = 0
    packet.layers.append("nbss")
    for _ in range(MESSAGES):
        left = len(data) - at
        if left <= 0:
            break
        if left < 4:
            if packet.reassemble:
                return need(packet, at)
            break
        kind = data[at]
        if kind not in _TYPES or (not kind and not _is_smb(data, at)):
            if at == 0:
                packet.set("NBSS", "NBSS Continuation Message")
            break
        size = 4 + int.from_bytes(data[at + 1 : at + 4]) if 445 in _ports(packet) else _length(data, at)
        if size > left and packet.reassemble:
            if at == 0:
                packet.set("NBSS", _TYPES[kind])
            return need(packet, at, size - left)
        _message(packet, kind, data[at + 4 : at + size], conversation)
        at += size
    return len(data)


def _ports(packet: Packet) -> tuple[int, int]:
    return packet.source_port, packet.destination_port


def _length(data: bytes, at: int) -> int:
    return 4 + ((data[at + 1] & 1) << 16 | data[at + 2] << 8 | data[at + 3])


def _is_smb(data: bytes, at: int) -> bool:
    """A session message carries SMB, or its begin is not there yet."""
    magic = data[at + 4 : at + 8]
    return len(magic) < 4 or (magic[:1] in b"\xff\xfe\xfd\xfc" and magic[1:] == b"SMB")


def _message(packet: Packet, kind: int, body: bytes, conversation: Conversation) -> None:
    if kind == 0 and body[:4] == b"\xffSMB":
        smb.smb(packet, body, conversation)
    elif kind == 0 and body[1:4] == b"SMB":
        smb2.smb2(packet, body, conversation)
    else:
        text = _TYPES[kind]
        if kind == 0x81:
            text += f", to {_name(body[1:33])} from {_name(body[35:67])}"
        elif kind == 0x83 and body:
            text += f", {_ERRORS.get(body[0], f'Unknown ({body[0]})')}"
        packet.set("NBSS", text)


_ERRORS = {
    0x80: "Not listening on called name", 0x81: "Not listening for calling name", 0x82: "Called name not present",
    0x83: "Called name present, but insufficient resources", 0x8F: "Unspecified error",
}  # fmt: skip


def _name(half: bytes) -> str:
    """A first-level encoded name (RFC 1001 section 14.1) and its suffix: NAME<20>."""
    raw = bytes(((a - 65) & 15) << 4 | ((b - 65) & 15) for a, b in zip(half[::2], half[1::2], strict=False))
    return f"{decode(raw[:15]).rstrip()}<{raw[15]:02x}>" if len(raw) == 16 else ""
