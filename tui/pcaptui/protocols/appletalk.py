"""AppleTalk: AARP and the outside of DDP (Inside AppleTalk)."""

from __future__ import annotations

from . import registry
from .llc import snap_protocols
from .packet import Packet, Short


@registry.ethertype(0x80F3)
def aarp(packet: Packet, data: bytes) -> None:
    packet.layers.append("aarp")
    packet.set("AARP", "")
    if len(data) < 8:
        raise Short
    hlen, plen, operation = data[4], data[5], data[6] << 8 | data[7]
    end = 8 + 2 * (hlen + plen)
    if len(data) < end:
        raise Short
    sender, target = data[8 + hlen : 8 + hlen + plen], data[end - plen : end]
    if operation == 1:
        packet.info += f"Who has {address(target)}?  Tell {address(sender)}"
    elif operation == 2:
        packet.info += f"{address(sender)} is at {data[8 : 8 + hlen].hex(':')}"
    elif operation == 3:
        packet.info += f"Is there a {address(target)}"
    else:
        packet.info += f"Unknown AARP opcode 0x{operation:04x}"


def address(raw: bytes) -> str:
    return f"{raw[1] << 8 | raw[2]}.{raw[3]}" if len(raw) == 4 else raw.hex()


def ddp(packet: Packet, data: bytes) -> None:
    """The long header: checksum, networks, nodes, sockets, type."""
    packet.layers.append("ddp")
    packet.set("DDP", "")
    if len(data) < 13:
        raise Short
    packet.destination = f"{data[4] << 8 | data[5]}.{data[8]}"
    packet.source = f"{data[6] << 8 | data[7]}.{data[9]}"
    packet.info += f"Unknown DDP protocol ({data[12]:02x})"


@registry.ethertype(0x809B)
def ethertalk(packet: Packet, data: bytes) -> None:
    ddp(packet, data)


snap_protocols[0x080007, 0x809B] = ddp
snap_protocols[0x000000, 0x80F3] = aarp
