"""TFTP (RFC 1350, options RFC 2347); the answer from a new port belongs to the request's conversation."""

from __future__ import annotations

from .apptext import printable, u16
from .packet import Packet, Short
from .registry import udp_port

ERRORS = (
    "Not defined",
    "File not found",
    "Access violation",
    "Disk full or allocation exceeded",
    "Illegal TFTP Operation",
    "Unknown transfer ID",
    "File already exists",
    "No such user",
    "Option negotiation failed",
)
NAMES = {
    1: "Read Request",
    2: "Write Request",
    3: "Data Packet",
    4: "Acknowledgement",
    5: "Error Code",
    6: "Option Acknowledgement",
}
BLOCK = 512
MAX_OPTIONS = 32


@udp_port(69)
def tftp(packet: Packet, data: bytes) -> None:
    packet.layers.append("tftp")
    packet.set("TFTP", "")
    kind = u16(data, 0)
    packet.info += NAMES.get(kind) or f"Unknown (0x{kind:04x})"
    if kind in (1, 2):
        name, at = _string(data, 2)
        packet.info += f", File: {name}"
        mode, at = _string(data, at)
        packet.info += f", Transfer type: {mode}"
        _options(packet, data, at)
    elif kind == 3:
        last = len(data) - 4 + packet.missing < BLOCK
        packet.info += f", Block: {u16(data, 2)}{' (last)' if last else ''}"
    elif kind == 4:
        packet.info += f", Block: {u16(data, 2)}"
    elif kind == 5:
        code = u16(data, 2)
        packet.info += f", Code: {ERRORS[code] if code < len(ERRORS) else f'Unknown ({code})'}"
        packet.info += f", Message: {_string(data, 4)[0]}"
    elif kind == 6:
        _options(packet, data, 2)
    else:
        raise Short


def _string(data: bytes, at: int) -> tuple[str, int]:
    end = data.find(b"\0", at)
    if end < 0:
        raise Short
    return printable(data[at:end]), end + 1


def _options(packet: Packet, data: bytes, at: int) -> None:
    for _ in range(MAX_OPTIONS):
        if at >= len(data):
            return
        name, at = _string(data, at)
        value, at = _string(data, at)
        packet.info += f", {name}={value}"
