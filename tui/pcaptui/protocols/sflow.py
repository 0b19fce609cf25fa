"""sFlow datagrams, versions 2, 4 and 5 (RFC 3176, sFlow.org's version 5)."""

from __future__ import annotations

from .apptext import ipv4, ipv6, take, u32
from .packet import Packet
from .registry import udp_port


@udp_port(6343)
def sflow(packet: Packet, data: bytes) -> bool:
    version, family = u32(data, 0), u32(data, 4)
    if version not in (2, 4, 5) or family not in (0, 1, 2):
        return False
    packet.layers.append("sflow")
    packet.set("sFlow", f"V{version}")
    at = 8
    if family == 1:
        packet.info += f", agent {ipv4(data[8:12])}"
        at = 12
    elif family == 2:
        packet.info += f", agent {ipv6(data[8:24])}"
        at = 24
    if version == 5:
        packet.info += f", sub-agent ID {u32(data, at)}"
        at += 4
    count = u32(data, at + 8)
    packet.info += f", seq {u32(data, at)}, {count} samples"
    if version == 5:
        _samples(data, at + 12, count)
    return True


def _samples(data: bytes, at: int, count: int) -> None:
    for _ in range(count):  # each takes eight bytes at least, so it ends with them
        size = u32(data, at + 4)
        take(data, at + 8, size)
        at += 8 + size
