"""RSVP (RFC 2205, 2961, 3209): the message, its session, and the sender or the last filter of its flow."""

from __future__ import annotations

from . import registry
from .packet import Packet, Short
from .text import ipv4, ipv6

_MESSAGES = {1: "PATH", 2: "RESV", 3: "PATH ERROR", 4: "RESV ERROR", 5: "PATH TEAR", 6: "RESV TEAR", 7: "CONFIRM",
             10: "RESV TEAR CONFIRM", 13: "ACK", 15: "SREFRESH", 20: "HELLO", 21: "NOTIFY"}  # fmt: skip
MAX_OBJECTS = 256


@registry.ip_protocol(46)
@registry.udp_port(1698, 1699)
def rsvp(packet: Packet, data: bytes) -> None:
    packet.layers.append("rsvp")
    packet.set("RSVP", "")
    if len(data) < 2:
        raise Short
    kind = data[1]
    if kind == 12:
        packet.info += "Component Messages Dissected"
        return
    packet.info += f"{_MESSAGES[kind]} Message. " if kind in _MESSAGES else f"Unknown ({kind}). "
    if len(data) < 8:
        raise Short
    size = data[6] << 8 | data[7]
    session, flow = objects(packet, data[8:size])
    packet.info += session + flow


def objects(packet: Packet, data: bytes) -> tuple[str, str]:
    session = flow = ""
    position = 0
    for _ in range(MAX_OBJECTS):
        if position >= len(data) and not packet.missing:
            break
        if position + 4 > len(data):
            raise Short
        size = data[position] << 8 | data[position + 1]
        if size < 4:
            break
        body = data[position + 4 : position + size]
        if len(body) < size - 4:
            raise Short
        number, form = data[position + 2], data[position + 3]
        if number == 1:
            session = f"SESSION: {session_text(form, body)}. "
        elif number == 11:
            flow = f"SENDER TEMPLATE: {sender_text(form, body)}. "
        elif number == 10:
            flow = f"FILTERSPEC: {sender_text(form, body)}. "
        position += size
    return session, flow


def session_text(form: int, body: bytes) -> str:
    if form in (1, 7, 9, 11) and len(body) >= 8:
        address, last = ipv4(body[:4]), body[6] << 8 | body[7]
        if form == 1:
            return f"IPv4, Destination {address}, Protocol {body[4]}, Port {last}"
        if form == 9:
            return f"IPv4-Aggregate, Destination {address}, DSCP {body[7]}"
        if len(body) >= 12 and form == 7:
            return (
                f"IPv4-LSP, Destination {address}, Short Call ID {body[4] << 8 | body[5]}, Tunnel ID {last}, "
                f"Ext ID {int.from_bytes(body[8:12]):x}"
            )
        if len(body) >= 12:
            return f"IPv4-UNI, Destination {address}, Tunnel ID {last}, Ext Address {ipv4(body[8:12])}"
    if form == 8 and len(body) >= 36:
        return (
            f"IPv6-LSP, Destination {ipv6(body[:16])}, Short Call ID {body[16] << 8 | body[17]}, "
            f"Tunnel ID {body[18] << 8 | body[19]}, Ext ID {body[20:36].hex()}"
        )
    return f"Type {form}"


def sender_text(form: int, body: bytes) -> str:
    if form == 1 and len(body) >= 8:
        return f"IPv4, Sender {ipv4(body[:4])}, Port {body[6] << 8 | body[7]}"
    if form == 7 and len(body) >= 8:
        return (
            f"IPv4-LSP, Tunnel Source: {ipv4(body[:4])}, Short Call ID: {body[4] << 8 | body[5]}, "
            f"LSP ID: {body[6] << 8 | body[7]}"
        )
    if form == 8 and len(body) >= 20:
        return (
            f"IPv6-LSP, Tunnel Source: {ipv6(body[:16])}, Short Call ID: {body[16] << 8 | body[17]}, "
            f"LSP ID: {body[18] << 8 | body[19]}"
        )
    return f"Type {form}"
