"""DHCPv6 (RFC 8415): message types, client identifiers and assigned addresses, also inside relayed messages."""

from __future__ import annotations

from .apptext import ipv6, take, u8, u16, u24
from .messages import REQUEST, RESPONSE, say
from .packet import Packet, Short
from .registry import udp_port

MESSAGES = (
    "", "Solicit", "Advertise", "Request", "Confirm", "Renew", "Rebind", "Reply", "Release", "Decline", "Reconfigure",
    "Information-request", "Relay-forw", "Relay-reply", "Leasequery", "Leasequery-reply", "Leasequery-done",
    "Leasequery-data", "Reconfigure-request", "Reconfigure-reply",
)  # fmt: skip
ANSWERS = frozenset((2, 7, 13, 15, 16, 17, 19))
MAX_NESTING = 32
LONGEST_BYTES = 36  # of an identifier, shown in hexadecimal


@udp_port(546, 547)
def dhcpv6(packet: Packet, data: bytes) -> None:
    packet.layers.append("dhcpv6")
    packet.set("DHCPv6", "")
    _message(packet, data, packet.missing, 0)
    if packet.messages is not None and len(data) >= 4:
        answers = data[0] in ANSWERS
        name = MESSAGES[data[0]] if data[0] < len(MESSAGES) else f"Message Type {data[0]}"
        address = packet.info.rpartition("IAA: ")[2].split(" ")[0] if "IAA: " in packet.info else ""
        key = "" if data[0] in (12, 13) else data[1:4].hex()
        say(packet, "DHCPv6", RESPONSE if answers else REQUEST, name, key, address=address)


def _message(packet: Packet, data: bytes, missing: int, depth: int) -> None:
    kind = u8(data, 0)
    packet.info += (MESSAGES[kind] if 0 < kind < len(MESSAGES) else f"Message Type {kind}") + " "
    if kind in (12, 13):
        packet.info += f"L: {ipv6(take(data, 2, 32))} "
        at = 34
    else:
        packet.info += f"XID: 0x{u24(data, 1):06x} "
        at = 4
    _options(packet, data, at, missing, depth)


def _options(packet: Packet, data: bytes, at: int, missing: int, depth: int) -> None:
    """tshark gives up quietly at an option that is longer than what holds it (found by experiment)."""
    if depth > MAX_NESTING:
        return
    while at + 4 <= len(data):
        code, size = u16(data, at), u16(data, at + 2)
        at += 4
        if at + size > len(data) + missing:
            return
        lacking = max(at + size - len(data), 0)
        _option(packet, code, data[at : at + size], lacking, depth)
        if lacking:
            raise Short
        at += size
    if missing and at < len(data) + missing:
        raise Short


def _option(packet: Packet, code: int, body: bytes, missing: int, depth: int) -> None:
    if code == 1 and body and not missing:
        packet.info += f"CID: {body[:LONGEST_BYTES].hex()}{'…' if len(body) > LONGEST_BYTES else ''} "
    elif code in (3, 25):
        _options(packet, body, 12, missing, depth + 1)
    elif code == 4:
        _options(packet, body, 4, missing, depth + 1)
    elif code == 5 and len(body) + missing >= 24:
        packet.info += f"IAA: {ipv6(body)} "
        _options(packet, body, 24, missing, depth + 1)
    elif code == 9 and len(body) + missing:
        _message(packet, body, missing, depth + 1)
