"""What stands in front of 802.11 frames: radiotap, Prism and AVS headers, PPI."""

from __future__ import annotations

from . import registry
from .packet import Packet, Short
from .wlan import frame


@registry.link_type(127)
def radiotap(packet: Packet, data: bytes) -> None:
    """Skip the header; of its fields only the flags matter here (radiotap.org: bit 0 TSFT, bit 1 flags)."""
    packet.layers.append("radiotap")
    packet.set("802.11", "")
    if len(data) < 8:
        raise Short
    size = data[2] | data[3] << 8
    if size < 8 or size > len(data):
        raise Short
    flags = radiotap_flags(data[:size])
    frame(packet, data[size:], bool(flags & 0x10), bool(flags & 0x20))


def radiotap_flags(header: bytes) -> int:
    present = int.from_bytes(header[4:8], "little")
    position = 8
    word = present
    while word & 0x80000000 and position + 4 <= len(header):
        word = int.from_bytes(header[position : position + 4], "little")
        position += 4
    if not present & 2:
        return 0
    if present & 1:
        position = (position + 7 & ~7) + 8
    return header[position] if position < len(header) else 0


@registry.link_type(119)
def prism(packet: Packet, data: bytes) -> None:
    """A Prism header (144 bytes, told by its own length), or an AVS header under the same link type."""
    packet.layers.append("prism")
    packet.set("802.11", "")
    if len(data) < 8:
        raise Short
    if data[:2] == b"\x80\x21":
        avs(packet, data)
        return
    little, big = int.from_bytes(data[4:8], "little"), int.from_bytes(data[4:8])
    size = min(little, big)
    if size < 8 or size > len(data):
        raise Short
    frame(packet, data[size:], False)


@registry.link_type(163)
def avs(packet: Packet, data: bytes) -> None:
    packet.layers.append("avs")
    packet.set("802.11", "")
    if len(data) < 8:
        raise Short
    size = int.from_bytes(data[4:8])
    if size < 8 or size > len(data):
        raise Short
    frame(packet, data[size:], False)


@registry.link_type(192)
def ppi(packet: Packet, data: bytes) -> None:
    """Per-Packet Information: its own length, then a frame of the link type that it names."""
    packet.layers.append("ppi")
    packet.set("PPI", "")
    if len(data) < 8:
        raise Short
    size = data[2] | data[3] << 8
    inner = int.from_bytes(data[4:8], "little")
    if size < 8 or size > len(data):
        raise Short
    if inner == 105:
        fcs = data[8:12] == b"\x02\x00\x14\x00" and len(data) > 21 and bool(data[20] & 1)
        frame(packet, data[size:], fcs)
        return
    dissector = registry.link_types.get(inner)
    if dissector is not None and dissector is not ppi:
        dissector(packet, data[size:])
