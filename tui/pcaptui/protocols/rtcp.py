"""RTCP by its looks: compound packets that begin with a report (RFC 3550 section 6)."""

from __future__ import annotations

from .apptext import u16
from .packet import Packet
from .registry import udp_heuristic

NAMES = {
    192: "Full Intra-frame Request (H.261)", 193: "Negative Acknowledgement (H.261)", 200: "Sender Report",
    201: "Receiver Report", 202: "Source description", 203: "Goodbye", 204: "Application specific",
    205: "Generic RTP Feedback", 206: "Payload-specific Feedback", 207: "Extended report (RFC 3611)",
}  # fmt: skip
FIRST = (200, 201)
MAX_PACKETS = 200


@udp_heuristic
def rtcp(packet: Packet, data: bytes) -> bool:
    if len(data) < 8 or data[0] >> 6 != 2 or data[1] not in FIRST or len(data) & 3:
        return False
    size = 4 * u16(data, 2) + 4
    least = 8 + 24 * (data[0] & 31) + (20 if data[1] == FIRST[0] else 0)
    if not least <= size <= len(data) + packet.missing:
        return False
    packet.layers.append("rtcp")
    packet.set("RTCP", "")
    at = 0
    for _ in range(MAX_PACKETS):
        if at + 4 > len(data) or data[at] >> 6 != 2 or data[at + 1] not in NAMES:
            break
        packet.info += NAMES[data[at + 1]] + "   "
        at += 4 * u16(data, at + 2) + 4
    return True
