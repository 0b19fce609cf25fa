"""MPLS label stacks (RFC 3032), what lies below them, and LSP ping (RFC 8029)."""

from __future__ import annotations

from . import registry
from .ipv4 import ipv4
from .packet import Packet, Short

MAX_LABELS = 64
_ECHO = {1: "MPLS Echo Request", 2: "MPLS Echo Reply", 3: "MPLS Data Plane Verification Request",
         4: "MPLS Data Plane Verification Reply"}  # fmt: skip


@registry.ethertype(0x8847, 0x8848)
@registry.ip_protocol(137)
@registry.udp_port(6635)
def mpls(packet: Packet, data: bytes) -> None:
    packet.layers.append("mpls")
    packet.set("MPLS", "MPLS Label Switched Packet")
    label = 0
    for _ in range(MAX_LABELS):
        if len(data) < 4:
            raise Short
        label = data[0] << 12 | data[1] << 4 | data[2] >> 4
        bottom = data[2] & 1
        data = data[4:]
        if bottom:
            break
    below(packet, data, label)


def below(packet: Packet, data: bytes, label: int) -> None:
    """No field says what follows the stack: the first nibble has to (RFC 4928); else it may be Ethernet."""
    if not data:
        if packet.missing:
            raise Short
        return
    packet.depth += 1
    nibble = data[0] >> 4
    if nibble == 4:
        ipv4(packet, data)
    elif nibble == 6:
        registry.ethertypes[0x86DD](packet, data)
    elif nibble == 1 and len(data) >= 4:
        channel(packet, data)
    elif looks_like_ethernet(data[4:]) and data[0] == 0:
        registry.link_types[1](packet, data[4:])
    elif looks_like_ethernet(data):
        registry.link_types[1](packet, data)


def looks_like_ethernet(data: bytes) -> bool:
    if len(data) < 14:
        return False
    number = data[12] << 8 | data[13]
    return number in registry.ethertypes or 3 <= number <= len(data) - 14


def channel(packet: Packet, data: bytes) -> None:
    """An associated channel (RFC 5586)."""
    kind = data[2] << 8 | data[3]
    packet.layers.append("pwach")
    packet.set("MPLS PW ACH", "")
    if kind == 0x21:
        ipv4(packet, data[4:])
    elif kind == 0x57:
        registry.ethertypes[0x86DD](packet, data[4:])
    elif kind in (7, 0x22):
        registry.udp_ports[3784](packet, data[4:])


@registry.udp_port(3503)
def echo(packet: Packet, data: bytes) -> bool:
    """Only version 1 is LSP ping, whatever the port."""
    if len(data) >= 5 and data[:2] != b"\0\1":
        return False
    packet.layers.append("mpls-echo")
    packet.set("MPLS ECHO", "")
    if len(data) < 5:
        raise Short
    packet.info += _ECHO.get(data[4], f"Unknown Message Type (0x{data[4]:02X})")
    return True
