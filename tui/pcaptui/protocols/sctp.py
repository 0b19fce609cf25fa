"""SCTP (RFC 9260): the names of a packet's chunks, and what Info tells of data and acknowledgments."""

from __future__ import annotations

from . import registry
from .packet import Packet, Short

CHUNKS = {0: "DATA", 1: "INIT", 2: "INIT_ACK", 3: "SACK", 4: "HEARTBEAT", 5: "HEARTBEAT_ACK", 6: "ABORT",
           7: "SHUTDOWN", 8: "SHUTDOWN_ACK", 9: "ERROR", 10: "COOKIE_ECHO", 11: "COOKIE_ACK", 12: "ECNE", 13: "CWR",
           14: "SHUTDOWN_COMPLETE", 15: "AUTH", 16: "NR-SACK", 64: "I_DATA", 128: "ASCONF_ACK", 129: "PKTDROP",
           130: "RE_CONFIG", 192: "FORWARD_TSN", 193: "ASCONF", 194: "I_FORWARD_TSN"}  # fmt: skip
MAXCHUNKS = 128


@registry.ip_protocol(132)
def sctp(packet: Packet, data: bytes) -> None:
    packet.layers.append("sctp")
    packet.set("SCTP", "")
    if len(data) < 12:
        raise Short
    packet.source_port, packet.destination_port = data[0] << 8 | data[1], data[2] << 8 | data[3]
    position = 12
    for _ in range(MAXCHUNKS):
        if position >= len(data):
            return
        if position + 4 > len(data):
            raise Short
        kind, size = data[position], data[position + 2] << 8 | data[position + 3]
        if size < 4:
            return
        packet.info += f"{CHUNKS.get(kind, 'RESERVED')}{numbers(kind, data[position : position + size])} "
        if position + size > len(data):
            raise Short
        position += size + 3 & ~3


def numbers(kind: int, chunk: bytes) -> str:
    """TSN of data, acknowledgment and window of a SACK."""
    if kind in (0, 64) and len(chunk) >= 12:
        return f" (TSN={int.from_bytes(chunk[4:8])})"
    if kind in (3, 16) and len(chunk) >= 12:
        return f" (Ack={int.from_bytes(chunk[4:8])}, Arwnd={int.from_bytes(chunk[8:12])})"
    return ""
