"""Link layers that say little: Linux cooked (SLL, SLL2), BSD loopback, PPP-less raw kinds."""

from __future__ import annotations

from . import registry
from .ethernet import LLC
from .osi import osi
from .packet import Packet, Short

_FAMILIES = {2: 0x0800, 24: 0x86DD, 28: 0x86DD, 30: 0x86DD, 10: 0x86DD}


@registry.link_type(0)
def null(packet: Packet, data: bytes) -> None:
    """BSD loopback: an address family in the byte order of the capturing host, an ethertype, or PPP."""
    begin(packet)
    if data[:2] == b"\xff\x03":
        registry.link_types[9](packet, data)
        return
    if len(data) < 4:
        raise Short
    little, big = int.from_bytes(data[:4], "little"), int.from_bytes(data[:4])
    family(packet, min(little, big), data[4:])


@registry.link_type(108)
def loop(packet: Packet, data: bytes) -> None:
    """OpenBSD loopback: the same in network order."""
    begin(packet)
    if len(data) < 4:
        raise Short
    family(packet, int.from_bytes(data[:4]), data[4:])


def begin(packet: Packet) -> None:
    packet.layers.append("null")
    packet.source = packet.destination = "N/A"
    packet.set("N/A", "Null/Loopback")


def family(packet: Packet, number: int, data: bytes) -> None:
    if number == 7:
        osi(packet, data)
    elif number in _FAMILIES or 1536 <= number < 65536:
        dissector = registry.ethertypes.get(_FAMILIES.get(number, number))
        if dissector is not None:
            dissector(packet, data)


@registry.link_type(113)
def sll(packet: Packet, data: bytes) -> None:
    packet.layers.append("sll")
    packet.set("SLL", "")
    if len(data) < 16:
        raise Short
    kind = data[0] << 8 | data[1]
    packet.info += kind_text(kind)
    size = data[4] << 8 | data[5]
    if size == 6:
        packet.source = data[6:12].hex(":")
    cooked(packet, data[2] << 8 | data[3], data[14] << 8 | data[15], data[16:])


@registry.link_type(276)
def sll2(packet: Packet, data: bytes) -> None:
    packet.layers.append("sll")
    packet.set("SLL", "")
    if len(data) < 20:
        raise Short
    packet.info += kind_text(data[10] << 8 | data[11])
    if data[11] == 6:
        packet.source = data[12:18].hex(":")
    cooked(packet, data[8] << 8 | data[9], data[0] << 8 | data[1], data[20:])


_KINDS = ("Unicast to us", "Broadcast", "Multicast", "Unicast to another host", "Sent by us")


def kind_text(kind: int) -> str:
    return _KINDS[kind] if kind < len(_KINDS) else f"Unknown ({kind})"


def cooked(packet: Packet, hardware: int, number: int, data: bytes) -> None:
    """What a cooked header's protocol field means hangs on the hardware type (Linux's if_arp.h)."""
    packet.depth += 1
    if hardware == 803:
        registry.link_types[127](packet, data)
    elif hardware == 824 or hardware == 280:
        packet.protocol, packet.info = ("Netlink", "") if hardware == 824 else ("CAN", packet.info)
    elif number == 1:
        registry.ethertypes.get(0x8137, nothing)(packet, data)
    elif number == 4:
        registry.ethertypes[LLC](packet, data)
    elif number >= 1536:
        dissector = registry.ethertypes.get(number)
        if dissector is not None:
            dissector(packet, data)
        else:
            packet.protocol = f"0x{number:04x}"


def nothing(packet: Packet, data: bytes) -> None:
    """For a protocol that nobody here dissects."""
