"""ARP and its kin (RFC 826, 903, 2390, 5227)."""

from __future__ import annotations

from . import registry
from .packet import Packet, Short


@registry.ethertype(0x0806, 0x8035)
def arp(packet: Packet, data: bytes) -> None:
    packet.layers.append("arp")
    packet.set("ARP", "")
    if len(data) < 8:
        raise Short
    hardware, protocol, operation = data[0] << 8 | data[1], data[2] << 8 | data[3], data[6] << 8 | data[7]
    hlen, plen = data[4], data[5]
    packet.protocol = protocol_name(operation)
    end = 8 + 2 * (hlen + plen)
    if len(data) < end:
        raise Short
    sender, target = data[8 : 8 + hlen], data[8 + hlen + plen : 8 + 2 * hlen + plen]
    sender_ip, target_ip = data[8 + hlen : 8 + hlen + plen], data[end - plen : end]
    packet.info += words(operation, hardware_text(sender, hardware), protocol_text(sender_ip, protocol),
                         hardware_text(target, hardware), protocol_text(target_ip, protocol),
                         plen > 0 and sender_ip == target_ip, not any(sender_ip), not any(target))  # fmt: skip


def protocol_name(operation: int) -> str:
    if operation in (3, 4):
        return "RARP"
    if operation in (5, 6, 7):
        return "DRARP"
    if operation in (8, 9):
        return "Inverse ARP"
    return "ARP" if operation < 11 or operation > 23 else "MAPOS" if operation == 23 else "MARS"


_MARS = {11: "MARS request", 12: "MARS MULTI request", 13: "MARS MSERV request", 14: "MARS JOIN request",
         15: "MARS LEAVE", 16: "MARS NAK", 17: "MARS UNSERV request", 18: "MARS SJOIN request", 19: "MARS SLEAVE",
         20: "MARS grouplist request", 21: "MARS grouplist reply", 22: "MARS redirect map",
         23: "MAPOS UNARP request"}  # fmt: skip


def words(operation: int, sender: str, sender_ip: str, target: str, target_ip: str,
          same: bool, zero: bool, blank: bool) -> str:  # fmt: skip
    """`same`: both protocol addresses are one; `zero`: the sender's is all zero, `blank`: the target's hardware is."""
    if operation == 1:
        if same:
            return f"ARP Announcement for {sender_ip}" if blank else f"Gratuitous ARP for {sender_ip} (Request)"
        if zero and blank:
            return f"Who has {target_ip}? (ARP Probe)"
        return f"Who has {target_ip}? Tell {sender_ip}"
    if operation == 2:
        return f"Gratuitous ARP for {sender_ip} (Reply)" if same else f"{sender_ip} is at {sender}"
    if operation in (3, 5, 8):
        return f"Who is {target}? Tell {sender}"
    if operation in (4, 6):
        return f"{target} is at {target_ip}"
    if operation == 9:
        return f"{sender} is at {sender_ip}"
    if operation in (7, 10):
        return "DRARP Error" if operation == 7 else "ARP NAK"
    if operation in _MARS:
        return f"{_MARS[operation]} from {sender} at {sender_ip}"
    if operation in (24, 25):
        return f"Experimental {operation - 23} ( opcode {operation} )"
    return "Reserved opcode 0" if operation == 0 else f"Unknown ARP opcode 0x{operation:04x}"


def hardware_text(raw: bytes, kind: int) -> str:
    if not raw:
        return "<No address>"
    if len(raw) == 6 and kind in (1, 6):
        return raw.hex(":")
    return raw.hex() if len(raw) <= 36 else raw[:36].hex() + "…"


def protocol_text(raw: bytes, kind: int) -> str:
    if not raw:
        return "<No address>"
    if len(raw) == 4 and kind == 0x0800:
        return f"{raw[0]}.{raw[1]}.{raw[2]}.{raw[3]}"
    return raw.hex() if len(raw) <= 36 else raw[:36].hex() + "…"
