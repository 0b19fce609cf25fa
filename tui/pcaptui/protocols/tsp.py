"""The time synchronization protocol of timed (its own document in 4.3BSD)."""

from __future__ import annotations

from .apptext import u16
from .packet import Packet
from .registry import udp_port

_NAMES = """
    any adjtime ack masterreq masterack settime masterup slaveup election accept refuse conflict resolve quit date
    datereq dateack traceon traceoff msite msitereq test setdate setdatereq loop
"""
NAMES = tuple(_NAMES.split())


@udp_port(525)
def tsp(packet: Packet, data: bytes) -> None:
    packet.layers.append("tsp")
    kind = data[0]
    packet.set("TSP", NAMES[kind] if kind < len(NAMES) else f"Unknown message type ({kind})")
    u16(data, 10)
