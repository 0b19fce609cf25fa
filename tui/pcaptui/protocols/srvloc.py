"""Service Location Protocol, versions 1 and 2 (RFC 2165, RFC 2608)."""

from __future__ import annotations

from .apptext import take, u8, u16
from .packet import Packet
from .registry import udp_port

FUNCTIONS = {
    1: "Service Request", 2: "Service Reply", 3: "Service Registration", 4: "Service Deregister",
    5: "Service Acknowledge", 6: "Attribute Request", 7: "Attribute Reply", 8: "DA Advertisement",
    9: "Service Type Request", 10: "Service Type Reply", 11: "SA Advertisement",
}  # fmt: skip
STRINGS_AFTER_HEADER = {1: 5, 6: 5, 9: 1}
"""Length-prefixed strings that a version 2 message of a kind holds at least (RFC 2608 section 8)."""


@udp_port(427)
def srvloc(packet: Packet, data: bytes) -> None:
    packet.layers.append("srvloc")
    packet.set("SRVLOC", "")
    version, function = data[0], u8(data, 1)
    name = FUNCTIONS.get(function) or f"Unknown Function ({function})"
    if version < 2:
        packet.info += f"{name}, V1 Transaction ID - {u16(data, 10)}"
        return
    take(data, 2, 8)
    packet.info += f"{name}, V2 XID - {u16(data, 10)}"
    size = u16(data, 12)
    take(data, 14, size)
    _strings(data, 14 + size, STRINGS_AFTER_HEADER.get(function, 0))


def _strings(data: bytes, at: int, count: int) -> None:
    for _ in range(count):
        size = u16(data, at)
        take(data, at + 2, size)
        at += 2 + size
