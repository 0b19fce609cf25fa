"""LISP: control messages and encapsulated packets (RFC 9301, RFC 9300)."""

from __future__ import annotations

from .apptext import ipv4, ipv6, take, u8, u16
from .packet import Packet
from .registry import ethertypes, udp_port

NAMES = {
    1: "Map-Request", 2: "Map-Reply", 3: "Map-Register", 4: "Map-Notify", 6: "Map-Referral", 7: "Info-Request",
    8: "Encapsulated Control Message",
}  # fmt: skip
_REGISTER, _NOTIFY = 3, 4


@udp_port(4342)
def control(packet: Packet, data: bytes) -> None:
    packet.layers.append("lisp")
    kind = data[0] >> 4
    packet.set("LISP", NAMES.get(kind) or f"Unknown LISP Control Packet ({kind})")
    count = u8(data, 3)
    if kind in (_REGISTER, _NOTIFY):
        take(data, 4, 8)
        size = u16(data, 14)
        take(data, 16, size)
        _records(packet, data, 16 + size, count)
    elif kind == 2:
        _records(packet, data, 12, count)


def _records(packet: Packet, data: bytes, at: int, count: int) -> None:
    """Name the endpoint of a message's only record."""
    if count != 1:
        return
    mask, family = u8(data, at + 5), u16(data, at + 10)
    at += 12
    if family == 0:
        packet.info += f" for not set/{mask}"
    elif family == 1:
        packet.info += f" for {ipv4(data[at : at + 4])}/{mask}"
    elif family == 2:
        packet.info += f" for {ipv6(data[at : at + 16])}/{mask}"


@udp_port(4341)
def tunneled(packet: Packet, data: bytes) -> None:
    packet.layers.append("lisp-data")
    packet.set("LISP", "")
    inner = ethertypes.get({4: 0x0800, 6: 0x86DD}.get(u8(data, 8) >> 4, 0))
    if inner is not None:
        packet.depth += 1
        inner(packet, data[8:])
