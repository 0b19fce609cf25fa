"""AODV routing (RFC 3561), and the IPv6 forms of an early draft."""

from __future__ import annotations

from .apptext import ipv4, ipv6, take, u8, u32
from .packet import Packet
from .registry import udp_port

REQUEST, REPLY, ERROR, ACKNOWLEDGMENT = 1, 2, 3, 4
_DRAFT = 16
_NAMES = {
    REQUEST: "Route Request",
    REPLY: "Route Reply",
    ERROR: "Route Error",
    ACKNOWLEDGMENT: "Route Reply Acknowledgment",
}


@udp_port(654)
def aodv(packet: Packet, data: bytes) -> None:
    packet.layers.append("aodv")
    packet.set("AODV", "")
    old = data[0] >= _DRAFT
    kind = data[0] - _DRAFT + 1 if old else data[0]
    name = _NAMES.get(kind)
    if name is None:
        return
    packet.info += ("draft-perkins-manet-aodv6-01 IPv6 " if old else "") + name
    wide = 16 if old else 4
    if kind == REQUEST:
        _request(packet, data, wide)
    elif kind == REPLY:
        _reply(packet, data, wide)
    elif kind == ERROR:
        count = u8(data, 3)
        packet.info += f", Dest Count={count}"
        take(data, 4, count * (wide + 4))


def _request(packet: Packet, data: bytes, wide: int) -> None:
    hops, number = u8(data, 3), u32(data, 4)
    if wide == 4:
        target, target_number = ipv4(data[8:12]), u32(data, 12)
        origin, origin_number = ipv4(data[16:20]), u32(data, 20)
        at = 24
    else:
        target_number, target = u32(data, 8), ipv6(data[12:28])
        origin_number, origin = u32(data, 28), ipv6(data[32:48])
        at = 48
    packet.info += f", D: {target}, O: {origin} Id={number} Hcnt={hops} DSN={target_number} OSN={origin_number}"
    _extensions(packet, data, at)


def _reply(packet: Packet, data: bytes, wide: int) -> None:
    hops = u8(data, 3)
    if wide == 4:
        target, number, origin, at = ipv4(data[4:8]), u32(data, 8), ipv4(data[12:16]), 16
    else:
        number, target, origin, at = u32(data, 4), ipv6(data[8:24]), ipv6(data[24:40]), 40
    packet.info += f", D: {target}, O: {origin} Hcnt={hops} DSN={number} Lifetime={u32(data, at)}"
    _extensions(packet, data, at + 4)


def _extensions(packet: Packet, data: bytes, at: int) -> None:
    end = len(data) + packet.missing
    while at < end:
        size = u8(data, at + 1)
        take(data, at + 2, size)
        at += 2 + size
