"""RTPS, the wire protocol of DDS (OMG's DDSI-RTPS): the submessages of a datagram."""

from __future__ import annotations

from .apptext import le16, u16
from .packet import Packet
from .registry import udp_heuristic

SUBMESSAGES = {
    1: "PAD", 2: "DATA_deprecated", 3: "NOKEY_DATA_deprecated", 6: "ACKNACK", 7: "HEARTBEAT", 8: "GAP", 9: "INFO_TS",
    12: "INFO_SRC", 13: "INFO_REPLY_IP4", 14: "INFO_DST", 15: "INFO_REPLY", 16: "DATA_FRAG_deprecated",
    17: "NOKEY_DATA_FRAG_deprecated", 18: "NACK_FRAG", 19: "HEARTBEAT_FRAG", 20: "DATA_SESSION", 21: "DATA",
    22: "DATA_FRAG", 23: "ACKNACK_BATCH", 24: "DATA_BATCH", 25: "HEARTBEAT_BATCH", 26: "ACKNACK_SESSION",
    27: "HEARTBEAT_SESSION", 28: "APP_ACK", 29: "APP_ACK_CONF", 30: "HEARTBEAT_VIRTUAL", 48: "SEC_BODY",
    49: "SEC_PREFIX", 50: "SEC_POSTFIX", 51: "SRTPS_PREFIX", 52: "SRTPS_POSTFIX",
}  # fmt: skip
DATA = 21
WRITERS = {0x000100C2: "(p)", 0x000003C2: "(w)", 0x000004C2: "(r)", 0x000200C2: "(m)", 0x000002C2: "(t)"}
"""Built-in writers: what they announce (participants, writers, readers, messages, topics)."""
HEADER = 20
MAX_SUBMESSAGES = 500
_INFO_TS, _PAD = 9, 1


@udp_heuristic
def rtps(packet: Packet, data: bytes) -> bool:
    if len(data) < 16 or data[:4] not in (b"RTPS", b"RTPX"):
        return False
    packet.layers.append("rtps")
    if data[9:16] == b"DDSPING":
        packet.set("RTPS", "PING")
        return True
    packet.set("RTPS", "")
    names: list[str] = []
    at = HEADER
    for _ in range(MAX_SUBMESSAGES):
        if at + 4 > len(data):
            break
        kind, flags = data[at], data[at + 1]
        little = bool(flags & 1)
        size = le16(data, at + 2) if little else u16(data, at + 2)
        name = SUBMESSAGES.get(kind) or f"Unknown[{kind:02x}]"
        if kind == DATA and at + 16 <= len(data):
            name += WRITERS.get(int.from_bytes(data[at + 12 : at + 16], "big"), "")
        names.append(name)
        packet.set("RTPS", ", ".join(names))
        if size == 0 and kind not in (_INFO_TS, _PAD):
            break
        at += 4 + size
    return True
