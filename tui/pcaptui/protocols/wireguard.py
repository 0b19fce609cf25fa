"""WireGuard's messages (its protocol paper, section 5.4)."""

from __future__ import annotations

from .apptext import le32
from .packet import Packet
from .registry import udp_heuristic

INITIATION, RESPONSE, COOKIE, TRANSPORT = 1, 2, 3, 4
SIZES = {INITIATION: 148, RESPONSE: 92, COOKIE: 64}
LEAST_TRANSPORT = 32


@udp_heuristic
def wireguard(packet: Packet, data: bytes) -> bool:
    kind = data[0]
    if not INITIATION <= kind <= TRANSPORT or data[1:4] != b"\0\0\0":
        return False
    size = len(data) + packet.missing
    if (size < LEAST_TRANSPORT) if kind == TRANSPORT else size != SIZES[kind]:
        return False
    packet.layers.append("wg")
    if kind == INITIATION:
        packet.set("WireGuard", f"Handshake Initiation, sender=0x{le32(data, 4):08X}")
    elif kind == RESPONSE:
        packet.set("WireGuard", f"Handshake Response, sender=0x{le32(data, 4):08X}, receiver=0x{le32(data, 8):08X}")
    elif kind == COOKIE:
        packet.set("WireGuard", f"Cookie Reply, receiver=0x{le32(data, 4):08X}")
    else:
        counter = int.from_bytes(data[8:16], "little")
        rest = f", datalen={size - LEAST_TRANSPORT}" if size > LEAST_TRANSPORT else ""
        name = "Transport Data" if rest else "Keepalive"
        packet.set("WireGuard", f"{name}, receiver=0x{le32(data, 4):08X}, counter={counter}{rest}")
    return True
