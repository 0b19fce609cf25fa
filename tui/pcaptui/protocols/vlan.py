"""IEEE 802.1Q and 802.1ad tags."""

from __future__ import annotations

from . import registry
from .ethernet import by_ethertype, by_length
from .packet import Packet, Short


@registry.ethertype(0x8100, 0x88A8, 0x9100, 0x9200, 0x9300)
def vlan(packet: Packet, data: bytes) -> None:
    packet.layers.append("vlan")
    packet.set("VLAN", "")
    if len(data) < 2:
        raise Short
    tag = data[0] << 8 | data[1]
    packet.info += f"PRI: {tag >> 13}  DEI: {tag >> 12 & 1}  ID: {tag & 4095}"
    if len(data) < 4:
        raise Short
    number = data[2] << 8 | data[3]
    if number >= 1536:
        by_ethertype(packet, number, data[4:])
    else:
        by_length(packet, number, data[4:])
