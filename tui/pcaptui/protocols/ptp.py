"""PTP, version 2 (IEEE 1588)."""

from __future__ import annotations

from . import registry
from .packet import Packet, Short

_MESSAGES = {0: "Sync", 1: "Delay_Req", 2: "Peer_Delay_Req", 3: "Peer_Delay_Resp", 8: "Follow_Up", 9: "Delay_Resp",
             10: "Peer_Delay_Resp_Follow_Up", 11: "Announce", 12: "Signalling", 13: "Management"}  # fmt: skip
_SETS = {0x0000: "Null management", 0x0001: "Clock description", 0x0002: "User description",
         0x2000: "Default dataset", 0x2001: "Current dataset", 0x2002: "Parent dataset",
         0x2003: "Time properties dataset", 0x2004: "Port dataset", 0x2005: "Priority 1", 0x2006: "Priority 2",
         0x2007: "Domain", 0x2008: "Slave only", 0x2009: "Log announce interval",
         0x200A: "Announce receipt timeout", 0x200B: "Log sync interval"}  # fmt: skip
_ACTIONS = ("GET", "SET", "RESPONSE", "COMMAND", "ACKNOWLEDGE")


@registry.ethertype(0x88F7)
@registry.udp_port(319, 320)
def ptp(packet: Packet, data: bytes) -> bool:
    if len(data) < 4 or data[1] & 15 != 2:
        return False
    packet.layers.append("ptp")
    packet.set("PTPv2", "")
    kind = data[0] & 15
    if kind not in _MESSAGES:
        packet.info += f"Unknown PTP Message ({kind})"
        return True
    if kind == 13 and len(data) >= 54:
        management(packet, data)
    else:
        packet.info += f"{_MESSAGES[kind]} Message"
    if min(len(data), data[2] << 8 | data[3]) < {3: 54, 9: 54, 10: 54, 11: 64, 13: 48}.get(kind, 44):
        raise Short
    return True


def management(packet: Packet, data: bytes) -> None:
    action = data[46] & 15
    words = _ACTIONS[action] if action < len(_ACTIONS) else f"Unknown Action {action}"
    kind, number = data[48] << 8 | data[49], data[52] << 8 | data[53]
    if kind == 2:
        packet.info += f"Management Error Message ({_SETS.get(number, f'Unknown managementId ({number})')}) {words}"
    else:
        packet.info += f"Management ({_SETS.get(number, f'Unknown managementId ({number})')}) {words}"
