"""DECnet Phase IV: routing control messages and NSP (DNA routing layer specification). Words by experiment."""

from __future__ import annotations

from . import registry
from .packet import Packet, Short

_CONTROL = ("initialization message", "verification message", "hello/test message", "Level 1 routing message",
            "Level 2 routing message", "Ethernet Router Hello  message", "Endnode Hello message")  # fmt: skip
_NSP = {0x14: "NSP other data ACK message", 0x24: "NSP connect acknowledgement",
        0x10: "NSP link control message", 0x30: "NSP interrupt message", 0x18: "NSP connect confirm/initiate message",
        0x28: "NSP connect confirm/initiate message", 0x68: "NSP connect confirm/initiate message",
        0x38: "NSP disconnect initiate/confirm message", 0x48: "NSP disconnect initiate/confirm message"}  # fmt: skip


@registry.ethertype(0x6003)
def decnet(packet: Packet, data: bytes) -> None:
    packet.layers.append("dec_dna")
    packet.set("DEC DNA", "")
    if len(data) < 3:
        raise Short
    body = data[2 : 2 + (data[0] | data[1] << 8)]
    if body[:1] and body[0] & 0x80:
        body = body[body[0] & 0x7F :]
    if not body:
        raise Short
    if body[0] & 1:
        control(packet, body)
    elif body[0] & 7 == 6:
        if len(body) < 22:
            raise Short
        packet.destination, packet.source = node(body[7:9]), node(body[15:17])
        nsp(packet, body[21:])
    else:
        if len(body) < 7:
            raise Short
        packet.destination, packet.source = node(body[1:3]), node(body[3:5])
        nsp(packet, body[6:])


def node(raw: bytes) -> str:
    number = raw[0] | raw[1] << 8
    return f"{number >> 10}.{number & 1023}"


def control(packet: Packet, body: bytes) -> None:
    kind = body[0] >> 1 & 7
    if kind < len(_CONTROL):
        packet.info += f"Routing control, {_CONTROL[kind]}"
    if kind in (5, 6):
        if len(body) < 10:
            raise Short
        packet.source = node(body[8:10])


def nsp(packet: Packet, data: bytes) -> None:
    if not data:
        raise Short
    kind = data[0]
    if kind & 0x1F == 0:
        segment(packet, data, kind)
    elif kind == 4:
        number = data[5] | data[6] << 8 if len(data) > 6 else 0
        packet.info += f"NSP data ACK message({number & 0xFFF})"
    else:
        packet.info += _NSP.get(kind, "")


def segment(packet: Packet, data: bytes, kind: int) -> None:
    """Data: up to two acknowledgments, marked by their highest bit, stand in front of the segment number."""
    position = 5
    for _ in range(2):
        if len(data) > position + 1 and data[position + 1] & 0x80:
            position += 2
    if len(data) < position + 2:
        raise Short
    words = {0: ": continuation segment ,", 0x20: ": start of segment,", 0x40: ": end of segment,",
             0x60: " single segment,"}.get(kind, "")  # fmt: skip
    size = len(data) - position - 2
    number = (data[position] | data[position + 1] << 8) & 0xFFF
    packet.info += f"msg nr. {number}{words} bytes this segment: {size}, total so far:{size}"
