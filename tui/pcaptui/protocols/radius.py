"""RADIUS (RFC 2865, 2866, 5176)."""

from __future__ import annotations

from .apptext import take, u16
from .packet import Malformed, Packet
from .registry import udp_port

CODES = {
    1: "Access-Request", 2: "Access-Accept", 3: "Access-Reject", 4: "Accounting-Request", 5: "Accounting-Response",
    6: "Accounting-Status", 7: "Password-Request", 8: "Password-Ack", 9: "Password-Reject", 10: "Accounting-Message",
    11: "Access-Challenge", 12: "Status-Server", 13: "Status-Client", 21: "Resource-Free-Request",
    22: "Resource-Free-Response", 23: "Resource-Query-Request", 24: "Query_Response",
    25: "Alternate-Resource-Reclaim-Request", 26: "NAS-Reboot-Request", 27: "NAS-Reboot-Response",
    29: "Next-Passcode", 30: "New-Pin", 31: "Terminate-Session", 32: "Password-Expired", 33: "Event-Request",
    34: "Event-Response", 40: "Disconnect-Request", 41: "Disconnect-ACK", 42: "Disconnect-NAK", 43: "CoA-Request",
    44: "CoA-ACK", 45: "CoA-NAK", 50: "IP-Address-Allocate", 51: "IP-Address-Release", 129: "ALU-State-Request",
    130: "ALU-State-Accept", 131: "ALU-State-Reject", 132: "ALU-State-Error",
}  # fmt: skip
REQUESTS = frozenset({1, 4, 7, 12, 26, 40, 43})
HEADER = 20


@udp_port(1645, 1646, 1700, 1812, 1813, 3799)
def radius(packet: Packet, data: bytes) -> bool:
    length = u16(data, 2)
    code, identifier = data[0], data[1]
    name = CODES.get(code)
    if name is None or length < HEADER:
        return False
    packet.layers.append("radius")
    packet.set("RADIUS", f"{name} id={identifier}")
    if code in REQUESTS and _seen_before(packet, code, identifier):
        packet.info += ", Duplicate Request"
    at, end = HEADER, min(length, len(data) + packet.missing)
    take(data, 4, 16)
    while at + 2 <= end:
        size = take(data, at, 2)[1]
        if size < 2 or at + size > end:
            break
        take(data, at, size)
        at += size
    if length > len(data) + packet.missing:
        raise Malformed
    return True


def _seen_before(packet: Packet, code: int, identifier: int) -> bool:
    """Whether an earlier packet of the conversation was the same request."""
    conversation = packet.services.udp_conversation(packet) if packet.services else None
    if conversation is None:
        return False
    first: dict[tuple[int, int, int], int] = conversation.state.setdefault("radius", {})
    return first.setdefault((code, identifier, packet.source_port), packet.number) < packet.number
