"""PPPoE discovery and session (RFC 2516, 5578)."""

from __future__ import annotations

from . import registry
from .ethernet import trim
from .packet import Packet, Short
from .ppp import ppp
from .text import decode

_CODES = {0: "Session Data", 0x07: "Active Discovery Offer (PADO)", 0x09: "Active Discovery Initiation (PADI)",
          0x0A: "Active Discovery Session-Grant (PADG)", 0x0B: "Active Discovery Session-Credit Resp.(PADC)",
          0x0C: "Active Discovery Quality (PADQ)", 0x19: "Active Discovery Request (PADR)",
          0x65: "Active Discovery Session-confirmation (PADS)", 0xA7: "Active Discovery Terminate (PADT)",
          0xD3: "Active Discovery Message (PADM)", 0xD4: "Active Discovery Network (PADN)"}  # fmt: skip
MAX_TAGS = 64


@registry.ethertype(0x8863)
def discovery(packet: Packet, data: bytes) -> None:
    packet.layers.append("pppoed")
    packet.set("PPPoED", "")
    if len(data) < 2:
        raise Short
    packet.info += _CODES.get(data[1], "Unknown")
    if len(data) < 6:
        raise Short
    size = data[4] << 8 | data[5]
    body = data[6 : 6 + size]
    trim(packet, data, 6 + size)
    position = 0
    for _ in range(MAX_TAGS):
        if position >= size:
            return
        if position + 4 > len(body):
            raise Short
        kind, length = body[position] << 8 | body[position + 1], body[position + 2] << 8 | body[position + 3]
        value = body[position + 4 : position + 4 + length]
        if kind == 0x0102:
            packet.info += f" AC-Name='{''.join(c for c in decode(value) if c.isprintable())}'"
        if kind == 0:
            return
        if len(value) < length:
            raise Short
        position += 4 + length


@registry.ethertype(0x8864)
def session(packet: Packet, data: bytes) -> None:
    packet.layers.append("pppoes")
    packet.set("PPPoES", "")
    if len(data) < 2:
        raise Short
    packet.info += _CODES.get(data[1], "Unknown")
    if len(data) < 6:
        raise Short
    size = data[4] << 8 | data[5]
    trim(packet, data, 6 + size)
    ppp(packet, data[6 : 6 + size])


@registry.link_type(51)
def raw_session(packet: Packet, data: bytes) -> None:
    if len(data) > 1 and data[1]:
        discovery(packet, data)
        packet.protocol = "PPPoES"
    else:
        session(packet, data)
