"""Ethernet II and IEEE 802.3 frames, and the step from an ethertype to its dissector."""

from __future__ import annotations

from . import registry
from .driver import MAX_DEPTH
from .packet import Packet, Short


@registry.link_type(1)
def ethernet(packet: Packet, data: bytes) -> None:
    """Addresses, then the ethertype, or 802.3's length and LLC (IEEE 802.3 clause 3)."""
    packet.layers.append("eth")
    packet.protocol = "Ethernet"
    if len(data) < 14:
        raise Short
    packet.destination = data[:6].hex(":")
    packet.source = data[6:12].hex(":")
    number = data[12] << 8 | data[13]
    if number >= 1536:
        by_ethertype(packet, number, data[14:])
    elif number > 1500:
        packet.set("Ethernet", f"Ethernet Unknown: Invalid length/type: 0x{number:04x} ({number})")
    else:
        by_length(packet, number, data[14:])


def by_ethertype(packet: Packet, number: int, data: bytes) -> None:
    """Hand on to the dissector of an ethertype; without one the row names its number."""
    packet.depth += 1
    dissector = registry.ethertypes.get(number)
    if dissector is not None and packet.depth < MAX_DEPTH:
        dissector(packet, data)
    else:
        packet.set(f"0x{number:04x}", "Ethernet II")


def by_length(packet: Packet, length: int, data: bytes) -> None:
    """An 802.3 frame: the payload is LLC, except Novell's raw IPX that starts with FF FF."""
    packet.depth += 1
    trim(packet, data, length)
    data = data[:length]
    dissector = registry.ethertypes.get(LLC)
    if dissector is not None and packet.depth < MAX_DEPTH:
        dissector(packet, data)


LLC = -1
"""Number under which the dissector for LLC stands among the ethertypes."""


def trim(packet: Packet, data: bytes, length: int) -> None:
    """The layer that follows has `length` bytes at most: set how many of those are missing."""
    have = len(data)
    if length < have + packet.missing:
        packet.missing = max(length - have, 0)
