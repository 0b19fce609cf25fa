"""BOOTP and DHCP (RFC 951, RFC 2131, RFC 2132)."""

from __future__ import annotations

from typing import Any

from .apptext import ipv4, mac, take, u8, u32
from .messages import REQUEST, RESPONSE, say
from .packet import Packet
from .registry import udp_port

COOKIE = b"\x63\x82\x53\x63"
OPTIONS = 240
VENDOR_AREA = 64
MESSAGES = {
    1: "Discover", 2: "Offer", 3: "Request", 4: "Decline", 5: "ACK", 6: "NAK", 7: "Release", 8: "Inform",
    9: "Force Renew", 10: "Lease query", 11: "Lease Unassigned", 12: "Lease Unknown", 13: "Lease Active",
    14: "Bulk Lease Query", 15: "Lease Query Done", 16: "Active LeaseQuery", 17: "Lease Query Status", 18: "TLS",
}  # fmt: skip


@udp_port(67, 68, 4011)
def dhcp(packet: Packet, data: bytes) -> None:
    packet.layers.append("dhcp")
    packet.set("BOOTP", "")
    operation, kind, size = data[0], u8(data, 1), u8(data, 2)
    if operation == 1:
        packet.set("BOOTP", f"Boot Request from {_client(take(data, 28, size), kind)}")
    elif operation == 2:
        u8(data, 3)
        packet.set("BOOTP", "Boot Reply")
    else:
        packet.set("BOOTP", f"Unknown BOOTP message type ({operation})")
    if take(data, 236, 4) != COOKIE:
        take(data, 236, VENDOR_AREA)
    else:
        proxy = "proxy" if 4011 in (packet.source_port, packet.destination_port) else ""
        _options(packet, data, proxy)
    if packet.messages is not None:
        _say(packet, data, operation == 1)


def _say(packet: Packet, data: bytes, request: bool) -> None:
    """Report the message with the address given, the server and the lease time in s, as far as it tells them."""
    name = packet.info.split(" - ")[0].replace("DHCP", "").strip()
    facts: dict[str, Any] = {"address": ipv4(data[16:20]), "client": mac(data[28:34])}
    for code, body in options(data):
        if code == 53 and body:
            facts["kind"] = body[0]
        elif code == 54 and len(body) == 4:
            facts["server"] = ipv4(body)
        elif code == 50 and len(body) == 4:
            facts["asked"] = ipv4(body)
        elif code == 51 and len(body) == 4:
            facts["lease"] = u32(body, 0)
    say(packet, "DHCP", REQUEST if request else RESPONSE, name, data[4:8].hex() + data[28:34].hex(), **facts)


def options(data: bytes) -> list[tuple[int, bytes]]:
    """Codes and bodies of the options that are whole."""
    found: list[tuple[int, bytes]] = []
    at = OPTIONS
    while at + 1 < len(data) and data[at] != 255:
        if data[at] == 0:
            at += 1
            continue
        end = at + 2 + data[at + 1]
        if end > len(data):
            break
        found.append((data[at], data[at + 2 : end]))
        at = end
    return found


def _client(address: bytes, kind: int) -> str:
    if not address:
        return "<No address>"
    if kind in (1, 6) and len(address) == 6:
        return f"{mac(address)} ({mac(address)})"
    return address.hex()


def _options(packet: Packet, data: bytes, proxy: str) -> None:
    """Walk the options for the message type; the last one counts."""
    at = OPTIONS
    while at < len(data):
        code = data[at]
        if code == 255:
            return
        if code == 0:
            at += 1
            continue
        size = u8(data, at + 1)
        if code == 53:
            number = u8(data, at + 2)
            name = MESSAGES.get(number) or f"Unknown Message Type (0x{number:02x})"
            packet.set("DHCP", f"{proxy}DHCP {name:8} - Transaction ID 0x{u32(data, 4):x}")
        take(data, at + 2, size)
        at += 2 + size
