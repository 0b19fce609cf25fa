"""Babel (RFC 8966): the kinds of TLVs in a message."""

from __future__ import annotations

from .apptext import take, u8, u16
from .packet import Packet
from .registry import udp_port

TLVS = {
    0: "pad1", 1: "padn", 2: "ack-req", 3: "ack", 4: "hello", 5: "ihu", 6: "router-id", 7: "nh", 8: "update",
    9: "request", 10: "mh-request", 11: "ts/pc (obsolete)", 12: "hmac", 13: "source-specific-update",
    14: "source-specific-req", 15: "source-specific-seqno", 16: "hmac", 17: "pc", 18: "challenge-request",
    19: "challenge-reply",
}  # fmt: skip
MAGIC = 42
MAX_INFO = 4096


@udp_port(6696)
def babel(packet: Packet, data: bytes) -> bool:
    if len(data) < 4 or data[0] != MAGIC:
        return False
    packet.layers.append("babel")
    version = data[1]
    if version != 2:
        packet.set("Babel", f"Version {version}")
        return True
    packet.set("Babel", "Babel")
    at, end = 4, 4 + u16(data, 2)
    while at < end and len(packet.info) < MAX_INFO:
        kind = u8(data, at)
        packet.info += " " + TLVS.get(kind, "unknown")
        if kind == 0:
            at += 1
            continue
        size = u8(data, at + 1)
        take(data, at + 2, size)
        at += 2 + size
    at = end
    while at < len(data) and len(packet.info) < MAX_INFO:  # the trailer
        kind = data[at]
        packet.info += " " + TLVS.get(kind, "unknown")
        at += 1 if kind == 0 else 2 + (u8(data, at + 1) if at + 1 < len(data) else 0)
    return True
