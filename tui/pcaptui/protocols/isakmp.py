"""ISAKMP, the messages of IKE versions 1 and 2 (RFC 2408, RFC 7296), also behind UDP encapsulation (RFC 3948)."""

from __future__ import annotations

from .apptext import take, u8, u16, u32
from .packet import Packet
from .registry import ip_protocols, udp_port

VERSION_1 = {
    0: "NONE", 1: "Base", 2: "Identity Protection (Main Mode)", 3: "Authentication Only", 4: "Aggressive",
    5: "Informational", 6: "Transaction (Config Mode)", 32: "Quick Mode", 33: "New Group Mode",
}  # fmt: skip
VERSION_2 = {
    34: "IKE_SA_INIT",
    35: "IKE_AUTH",
    36: "CREATE_CHILD_SA",
    37: "INFORMATIONAL",
    38: "IKE_SESSION_RESUME",
}
HEADER = 28
MAX_PAYLOADS = 200
_ENCRYPTED = 1


@udp_port(500)
def isakmp(packet: Packet, data: bytes) -> None:
    packet.layers.append("isakmp")
    packet.set("ISAKMP", "")
    take(data, 0, 16)
    next_payload, version, exchange, flags = u8(data, 16), u8(data, 17), u8(data, 18), u8(data, 19)
    length = u32(data, 24)
    if length < HEADER or (version >> 4 < 2 and length > len(data) + packet.missing):
        return
    if version >> 4 == 2:
        role = "Initiator" if flags & 8 else "Responder"
        kind = "Response" if flags & 0x20 else "Request"
        name = VERSION_2.get(exchange) or f"Unknown {exchange}"
        packet.info += f"{name} MID={u32(data, 20):02d} {role} {kind}"
    else:
        packet.info += VERSION_1.get(exchange) or f"Unknown {exchange}"
        if flags & _ENCRYPTED:
            return
    _payloads(packet, data, next_payload)


def _payloads(packet: Packet, data: bytes, kind: int) -> None:
    """Follow the chain of payloads as far as their lengths go (RFC 7296 section 3.2)."""
    at = HEADER
    for _ in range(MAX_PAYLOADS):
        if kind in (0, 46, 53):  # none, encrypted
            return
        size = u16(data, at + 2)
        if size < 4:
            return
        kind = data[at]
        take(data, at, size)
        at += size


@udp_port(4500)
def encapsulated(packet: Packet, data: bytes) -> bool:
    """IKE behind four zero bytes, or a keep-alive of one byte (RFC 3948)."""
    if data == b"\xff":
        packet.layers.append("udpencap")
        packet.set("UDPENCAP", "NAT-keepalive")
        return True
    if data[:4] == bytes(4):
        packet.layers.append("udpencap")
        isakmp(packet, data[4:])
        return True
    esp = ip_protocols.get(50)
    if esp is None:
        return False
    packet.layers.append("udpencap")
    esp(packet, data)
    return True
