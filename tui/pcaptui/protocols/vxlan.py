"""Tunnels over UDP whose inner packet makes the row: VXLAN (RFC 7348), Geneve (RFC 8926), Teredo (RFC 4380), AYIYA."""

from __future__ import annotations

from . import registry
from .ethernet import by_ethertype
from .packet import Packet, Short


@registry.udp_port(4789)
def vxlan(packet: Packet, data: bytes) -> None:
    packet.layers.append("vxlan")
    packet.set("VXLAN", "")
    if len(data) < 8:
        raise Short
    registry.link_types[1](packet, data[8:])


@registry.udp_port(4790)
def vxlan_gpe(packet: Packet, data: bytes) -> None:
    packet.layers.append("vxlan")
    packet.set("VXLAN-GPE", "")
    if len(data) < 8:
        raise Short
    number = {1: 0x0800, 2: 0x86DD, 4: 0x894F, 5: 0x8847}.get(data[3])
    if data[3] == 3:
        registry.link_types[1](packet, data[8:])
    elif number is not None and number in registry.ethertypes:
        registry.ethertypes[number](packet, data[8:])


@registry.udp_port(6081)
def geneve(packet: Packet, data: bytes) -> None:
    packet.layers.append("geneve")
    packet.set("Geneve", "")
    if len(data) < 8:
        raise Short
    size = 8 + (data[0] & 63) * 4
    kind = data[2] << 8 | data[3]
    packet.info += f"Encapsulated {'Transparent Ethernet bridging' if kind == 0x6558 else f'0x{kind:04x}'}"
    if len(data) < size:
        raise Short
    by_ethertype(packet, kind, data[size:])


@registry.udp_port(3544)
def teredo(packet: Packet, data: bytes) -> bool:
    """Optional authentication and origin indications, then an IPv6 packet."""
    position = 0
    if data[:2] == b"\0\1" and len(data) >= 4:
        position = 13 + data[2] + data[3]
    if data[position : position + 2] == b"\0\0":
        position += 8
    if len(data) < position + 40 or data[position] >> 4 != 6:
        return False
    packet.layers.append("teredo")
    packet.set("Teredo", "")
    registry.ethertypes[0x86DD](packet, data[position:])
    return True


@registry.udp_port(5072)
def ayiya(packet: Packet, data: bytes) -> None:
    """AYIYA (draft-massar-v6ops-ayiya): lengths of identity and signature in words, then the inner header."""
    packet.layers.append("ayiya")
    packet.set("AYIYA", "")
    if len(data) < 8:
        raise Short
    size = 8 + (1 << (data[0] >> 4)) + (data[1] >> 4) * 4
    inner = data[3]
    if len(data) < size:
        raise Short
    if data[2] & 15 == 1 and inner in registry.ip_protocols:
        registry.ip_protocols[inner](packet, data[size:])


@registry.udp_port(4754)
def gre_in_udp(packet: Packet, data: bytes) -> None:
    registry.ip_protocols[47](packet, data)
