"""GTP, the tunnels and their control messages in mobile networks (3GPP TS 29.060, 29.281, 29.274)."""

from __future__ import annotations

from .apptext import u8, u16
from .gtp_names import VERSION_1, VERSION_2
from .packet import Packet
from .registry import ethertypes, udp_port

T_PDU = 255
MAX_EXTENSIONS = 32


@udp_port(2123, 2152, 3386)
def gtp(packet: Packet, data: bytes) -> bool:
    flags, kind = data[0], u8(data, 1)
    version = flags >> 5
    if version == 2:
        packet.layers.append("gtpv2")
        packet.set("GTPv2", VERSION_2.get(kind, "Unknown"))
        u16(data, 2)
        return True
    name = VERSION_1.get(kind)
    if version > 1 or name is None:
        return False
    packet.layers.append("gtp")
    packet.set("GTP", name)
    if kind == T_PDU:
        _tunneled(packet, data, version, flags)
    return True


def _tunneled(packet: Packet, data: bytes, version: int, flags: int) -> None:
    at = 20 if version == 0 else 8
    if version == 1 and flags & 7:
        at = 12
        following = u8(data, 11) if flags & 4 else 0
        for _ in range(MAX_EXTENSIONS):
            if not following:
                break
            size = 4 * u8(data, at)
            if not size:
                return
            following = u8(data, at + size - 1)
            at += size
    if at >= len(data):
        return
    inner = ethertypes.get({4: 0x0800, 6: 0x86DD}.get(data[at] >> 4, 0))
    if inner is None:
        return
    packet.depth += 1
    packet.set("", "")
    try:
        inner(packet, data[at:])
    finally:
        packet.protocol = f"GTP <{packet.protocol}>" if packet.protocol else "GTP"
