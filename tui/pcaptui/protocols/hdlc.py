"""Cisco HDLC, SLARP, and Frame Relay with its ways to carry other protocols (RFC 2427)."""

from __future__ import annotations

from . import registry
from .cisco import cdp
from .ethernet import by_ethertype
from .llc import snap
from .osi import osi
from .packet import Packet, Short
from .ppp import ppp
from .text import ipv4


@registry.link_type(104)
def cisco_hdlc(packet: Packet, data: bytes) -> None:
    packet.layers.append("chdlc")
    packet.source = packet.destination = "N/A"
    packet.set("CHDLC", "")
    if len(data) < 4:
        raise Short
    kind, body = data[2] << 8 | data[3], data[4:]
    packet.depth += 1
    if kind == 0x8035:
        slarp(packet, body)
    elif kind == 0x2000:
        cdp(packet, body)
    elif kind == 0xFEFE:
        osi(packet, body if body[:1] in (b"\x81", b"\x82", b"\x83") else body[1:])  # a byte of padding
    elif kind == 0x0800:
        registry.ip_protocols[4](packet, body)
    elif kind == 0x6558:
        registry.link_types[1](packet, body)
    elif kind in registry.ethertypes:
        registry.ethertypes[kind](packet, body)
    else:
        packet.set(f"0x{kind:04x}", "")


def slarp(packet: Packet, data: bytes) -> None:
    packet.layers.append("slarp")
    packet.set("SLARP", "")
    if len(data) < 4:
        raise Short
    kind = int.from_bytes(data[:4])
    if kind > 2:
        packet.info += f"Unknown packet type 0x{kind:08x}"
        return
    if len(data) < 12:
        raise Short
    if kind == 2:
        packet.info += (
            f"Line keepalive, outgoing sequence {int.from_bytes(data[4:8])}, "
            f"returned sequence {int.from_bytes(data[8:12])}"
        )
    else:
        packet.info += f"{('Request', 'Reply')[kind]}, from {ipv4(data[4:8])}, mask {ipv4(data[8:12])}"


@registry.link_type(107)
def frame_relay(packet: Packet, data: bytes) -> None:
    """Q.922 address of two to four bytes, then a control field and NLPID, or Cisco's bare ethertype."""
    packet.layers.append("fr")
    packet.set("FR", "")
    size = 0
    dlci = 0
    while True:
        if size >= len(data):
            raise Short
        byte = data[size]
        dlci = byte >> 2 if size == 0 else dlci << (4 if size == 1 else 7) | (byte >> 4 if size == 1 else byte >> 1)
        size += 1
        if byte & 1 or size == 4:
            break
    packet.info += f"DLCI {dlci}"
    body = data[size:]
    packet.depth += 1
    if not body:
        raise Short
    if body[0] == 3:
        numbered(packet, body[1:], dlci)
    elif len(body) > 1 and (body[0] << 8 | body[1]) in registry.ethertypes:
        by_ethertype(packet, body[0] << 8 | body[1], body[2:])
    elif body[:2] == b"\x20\x00":
        cdp(packet, body[2:])
    elif dlci == 0 and not body[0] & 1 and len(body) > 1:
        packet.info += f", I, N(R)={body[1] >> 1}, N(S)={body[0] >> 1}"
    else:
        osi(packet, body)


def numbered(packet: Packet, data: bytes, dlci: int) -> None:
    packet.info += ", U, func=UI"
    if not data:
        raise Short
    kind = data[0]
    if kind == 0 and len(data) > 1:  # padding in front of SNAP
        data = data[1:]
        kind = data[0]
    if kind == 0xCC:
        registry.ethertypes[0x0800](packet, data[1:])
    elif kind == 0x8E:
        registry.ethertypes[0x86DD](packet, data[1:])
    elif kind == 0x80:
        snap(packet, data[1:], True)
    elif kind in (0x81, 0x82, 0x83):
        osi(packet, data)
    elif kind == 0xCF:
        ppp(packet, data[1:])
