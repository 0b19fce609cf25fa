"""PFCP, between the control and user planes of mobile networks (3GPP TS 29.244)."""

from __future__ import annotations

from .apptext import u8, u16
from .packet import Packet
from .registry import udp_port

_ACTIONS = {
    1: "Heartbeat", 3: "PFD Management", 5: "Association Setup", 7: "Association Update", 9: "Association Release",
    12: "Node Report", 14: "Session Set Deletion", 16: "Session Set Modification", 50: "Session Establishment",
    52: "Session Modification", 54: "Session Deletion", 56: "Session Report",
}  # fmt: skip
NAMES = {0: "Reserved", 11: "PFCP Version Not Supported Response"}
for _number, _name in _ACTIONS.items():
    NAMES[_number] = f"PFCP {_name} Request"
    NAMES[_number + 1] = f"PFCP {_name} Response"


@udp_port(8805)
def pfcp(packet: Packet, data: bytes) -> None:
    packet.layers.append("pfcp")
    packet.set("PFCP", "")
    packet.info += NAMES.get(u8(data, 1), "Unknown")
    u16(data, 2)
