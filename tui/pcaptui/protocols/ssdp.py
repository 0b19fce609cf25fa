"""SSDP: HTTP messages over UDP multicast (UPnP Device Architecture)."""

from __future__ import annotations

from .packet import Packet
from .registry import udp_port
from .text import decode

_STARTS = (
    b"M-SEARCH ",
    b"NOTIFY ",
    b"HTTP/1.",
    b"SUBSCRIBE ",
    b"UNSUBSCRIBE ",
    b"GET ",
    b"POST ",
    b"HEAD ",
    b"OPTIONS ",
)


@udp_port(1900)
def ssdp(packet: Packet, data: bytes) -> None:
    packet.layers.append("ssdp")
    line, mark, _ = data.partition(b"\r\n")
    if not mark or not line.startswith(_STARTS):
        packet.set("SSDP", "Continuation")
        return
    packet.set("SSDP", decode(line) + " ")
