"""What an 802.11 management frame's body adds to the row: beacon interval, SSID, mesh id (IEEE 802.11-2020, 9.3.3)."""

from __future__ import annotations

from .driver import CONTAINED
from .packet import Packet, Short

_FIXED = {0: 4, 1: 6, 2: 10, 3: 6, 4: 0, 5: 12, 8: 12, 10: 2, 11: 6, 12: 2}
"""Bytes of fixed fields in front of the elements, by subtype."""
MAX_ELEMENTS = 512


def management_body(packet: Packet, subtype: int, body: bytes) -> None:
    if subtype in (13, 14):
        action(packet, body)
        return
    size = _FIXED.get(subtype)
    if size is None:
        return
    if len(body) < size:
        raise Short
    if subtype in (5, 8):
        packet.info += f", BI={body[8] | body[9] << 8}"
    elements(packet, body[size:])


def elements(packet: Packet, data: bytes) -> None:
    """Walk the elements; one that is longer than the frame ends the walk with tshark's words."""
    position = 0
    for _ in range(MAX_ELEMENTS):
        if position >= len(data):
            return
        if position + 2 > len(data):
            raise Short
        number, size = data[position], data[position + 1]
        if position + 2 + size > len(data):
            if packet.missing:
                raise Short
            packet.info += CONTAINED
            return
        body = data[position + 2 : position + 2 + size]
        if number == 0:
            packet.info += f", SSID={ssid(body)}"
        elif number == 114 and size:
            packet.info += f", MESHID={body.decode('utf-8', 'replace')}"
        position += 2 + size


def ssid(raw: bytes) -> str:
    """Quoted if it is text, in hexadecimal if it is not."""
    if not raw:
        return "Wildcard (Broadcast)"
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        return raw.hex()
    return f'"{text}"' if text.isprintable() else raw.hex()


def action(packet: Packet, body: bytes) -> None:
    """Action frames name their dialog token (spectrum management, block ack, radio measurement)."""
    if len(body) < 2:
        raise Short
    if (body[0] in (0, 5) and body[1] < 4) or (body[0] == 3 and body[1] < 2):
        if len(body) < 3:
            raise Short
        packet.info += f", Dialog Token={body[2]}"
