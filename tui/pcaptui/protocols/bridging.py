"""Small Ethernet protocols between bridges: loopback, MAC control, CFM, HSR/PRP supervision, NLB heartbeats, AoE."""

from __future__ import annotations

from . import registry
from .packet import Packet, Short

_CFM = {0: "Reserved for IEEE 802.1", 1: "Continuity Check Message (CCM)", 2: "Loopback Reply (LBR)",
        3: "Loopback Message (LBM)", 4: "Linktrace Reply (LTR)", 5: "Linktrace Message (LTM)",
        33: "Alarm Indication Signal (AIS)", 35: "Lock Signal (LCK)", 37: "Test Signal (TST)",
        40: "Ring-Automatic Protection Switching (R-APS)", 42: "Loss Measurement Reply (LMR)",
        43: "Loss Measurement Message (LMM)", 45: "One Way Delay Measurement (1DM)",
        46: "Delay Measurement Reply (DMR)", 47: "Delay Measurement Message (DMM)"}  # fmt: skip
_NLB = {0xC0DE01BF: "NLB Cluster Membership HeartBeat", 0xC0DE01C0: "NLB Extended HeartBeat"}


@registry.ethertype(0x9000)
def loopback(packet: Packet, data: bytes) -> None:
    """The configuration test protocol of DIX Ethernet: the function that the skip count points at."""
    packet.layers.append("loop")
    packet.set("LOOP", "")
    if len(data) < 4:
        raise Short
    at = int.from_bytes(data[:2], "little") + 2
    if len(data) < at + 2:
        raise Short
    function = int.from_bytes(data[at : at + 2], "little")
    packet.info += {1: "Reply", 2: "Forward Data"}.get(function, f"Unknown function ({function})")


@registry.ethertype(0x8808)
def mac_control(packet: Packet, data: bytes) -> None:
    packet.layers.append("macc")
    packet.set("MAC CTRL", "")
    if len(data) < 2:
        raise Short
    kind = data[0] << 8 | data[1]
    if kind == 1:
        if len(data) < 4:
            raise Short
        packet.info += f"Pause: pause_time: {data[2] << 8 | data[3]} quanta"
        return
    packet.info += {2: "Gate", 3: "Report", 4: "Register Request", 5: "Register", 6: "Register Acknowledge",
                    0x101: "Class Based Flow Control [CBFC] Pause"}.get(kind, "Unknown")  # fmt: skip


@registry.ethertype(0x8902)
def cfm(packet: Packet, data: bytes) -> None:
    packet.layers.append("cfm")
    packet.set("CFM", "")
    if len(data) < 2:
        raise Short
    packet.info += f"Type {_CFM.get(data[1], f'Unknown (0x{data[1]:02x})')}"
    if len(data) < 4:
        raise Short


@registry.ethertype(0x88FB)
def supervision(packet: Packet, data: bytes) -> None:
    packet.layers.append("hsr_prp_supervision")
    packet.set("HSR/PRP", "")
    if len(data) < 6:
        raise Short
    packet.info += {20: "PRP Supervision", 23: "HSR Supervision"}.get(data[4], "HSR or PRP Supervision")


@registry.ethertype(0x886F)
def nlb(packet: Packet, data: bytes) -> None:
    packet.layers.append("msnlb")
    packet.set("MS NLB", "MS NLB heartbeat")
    if len(data) < 4:
        raise Short
    kind = int.from_bytes(data[:4], "little")
    packet.info += f" - {_NLB.get(kind, f'Unknown ({kind})')}"
    if kind == 0xC0DE01BF and len(data) < 1496:
        raise Short


@registry.ethertype(0x88A2)
def ata(packet: Packet, data: bytes) -> None:
    """ATA over Ethernet."""
    packet.layers.append("aoe")
    packet.set("AoE", "")
    if len(data) < 6:
        raise Short
    if data[0] >> 4 != 1:
        return
    direction = "Response" if data[0] & 8 else "Request"
    name = {0: "Issue ATA Command", 1: "Query Config Information"}.get(data[5], f"Unknown command<{data[5]}>")
    packet.info += f"{name} {direction}"
