"""Link layers that say little: Linux cooked (SLL, SLL2), BSD loopback, PPP-less raw kinds."""

from __future__ import annotations

from . import registry
from .ethernet import by_ethertype
from .packet import Packet, Short

_FAMILIES = {2: 0x0800, 24: 0x86DD, 28: 0x86DD, 30: 0x86DD, 10: 0x86DD}


@registry.link_type(0)
def null(packet: Packet, data: bytes) -> None:
    """BSD loopback: an address family in the byte order of the capturing host, or an ethertype."""
    packet.layers.append("null")
    packet.set("NULL", "")
    if len(data) < 4:
        raise Short
    little, big = int.from_bytes(data[:4], "little"), int.from_bytes(data[:4])
    family(packet, min(little, big), data[4:])


@registry.link_type(108)
def loop(packet: Packet, data: bytes) -> None:
    """OpenBSD loopback: the same in network order."""
    packet.layers.append("null")
    packet.set("NULL", "")
    if len(data) < 4:
        raise Short
    family(packet, int.from_bytes(data[:4]), data[4:])


def family(packet: Packet, number: int, data: bytes) -> None:
    if number in _FAMILIES:
        by_ethertype(packet, _FAMILIES[number], data)
    elif 1536 <= number < 65536:
        by_ethertype(packet, number, data)
    else:
        packet.set("NULL", "")


@registry.link_type(113)
def sll(packet: Packet, data: bytes) -> None:
    packet.layers.append("sll")
    packet.set("SLL", "")
    if len(data) < 16:
        raise Short
    size = data[4] << 8 | data[5]
    if size == 6:
        packet.source = data[6:12].hex(":")
    cooked(packet, data[14] << 8 | data[15], data[16:])


@registry.link_type(276)
def sll2(packet: Packet, data: bytes) -> None:
    packet.layers.append("sll")
    packet.set("SLL", "")
    if len(data) < 20:
        raise Short
    if data[11] == 6:
        packet.source = data[12:18].hex(":")
    cooked(packet, data[0] << 8 | data[1], data[20:])


def cooked(packet: Packet, number: int, data: bytes) -> None:
    if number >= 1536:
        by_ethertype(packet, number, data)
    elif number == 4:
        by_ethertype(packet, -1, data)
