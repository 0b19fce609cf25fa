"""Spanning tree: STP, RSTP, MSTP, SPB BPDUs (IEEE 802.1D, 802.1Q clause 14)."""

from __future__ import annotations

from . import registry
from .llc import llc_saps, snap_protocols
from .packet import Packet, Short


@registry.ethertype(0x8181)
def stp(packet: Packet, data: bytes) -> None:
    packet.layers.append("stp")
    packet.set("STP", "")
    if len(data) < 4:
        raise Short
    version, kind = data[2], data[3]
    if kind == 0x80:
        packet.info += "Topology Change Notification"
        return
    if kind not in (0, 2):
        packet.info += f"Unknown BPDU type ({kind})"
        return
    if len(data) < 27:
        raise Short
    name = "Conf" if kind == 0 else {3: "MST", 4: "SPT"}.get(version, "RST")
    priority = data[5] << 8 | data[6]
    packet.info += (
        f"{name}. {'TC + ' if data[4] & 1 else ''}Root = {priority & 0xF000}/{priority & 0xFFF}/{data[7:13].hex(':')}"
        f"  Cost = {int.from_bytes(data[13:17])}  Port = 0x{data[25]:02x}{data[26]:02x}"
    )
    if len(data) < 35:
        raise Short


llc_saps[0x42] = stp
for _number in (0x0109, 0x010B, 0x010C):
    snap_protocols[0x00000C, _number] = stp
