"""IPv6 headers and extension headers (RFC 8200)."""

from __future__ import annotations

from . import ipprotocols, registry
from .ethernet import trim
from .ipv4 import by_protocol
from .packet import Packet, Short
from .text import ipv6 as text

MAX_EXTENSIONS = 32

HOP_BY_HOP, ROUTING, FRAGMENT, NO_NEXT, DESTINATION = 0, 43, 44, 59, 60


@registry.link_type(229)
def raw_ipv6(packet: Packet, data: bytes) -> None:
    ipv6(packet, data)


@registry.ethertype(0x86DD)
def ipv6(packet: Packet, data: bytes) -> bool:
    packet.layers.append("ipv6")
    packet.set("IPv6", "")
    if not data:
        raise Short
    if data[0] >> 4 != 6:
        packet.info += f"Bogus IPv6 version ({data[0] >> 4}, must be 6)"
        return False
    have = len(data) + packet.missing
    if len(data) >= 24:
        packet.ip_source = data[8:24]
        packet.source = text(packet.ip_source)
    if have < 40:
        packet.info += f"Invalid IPv6 header ({have} bytes, need exactly 40)"
        raise Short
    if len(data) < 40:
        raise Short
    packet.ip_destination = data[24:40]
    packet.destination = text(packet.ip_destination)
    packet.state["ttl"] = data[7]
    length = data[4] << 8 | data[5]
    if not length and data[6] == HOP_BY_HOP:
        length = jumbo_length(data[40:])
        packet.state["jumbo"] = length > 0
    trim(packet, data, 40 + length)
    data = data[: 40 + length]
    extensions(packet, data[6], data[40:])
    return True


def jumbo_length(options: bytes) -> int:
    """The payload length in a jumbo payload option of hop-by-hop options (RFC 2675), else 0."""
    if len(options) < 8:
        return 0
    position, end = 2, min(len(options), options[1] * 8 + 8)
    while position + 2 <= end:
        if options[position] == 0:
            position += 1
            continue
        if options[position] == 0xC2 and position + 6 <= end:
            return int.from_bytes(options[position + 2 : position + 6])
        position += 2 + options[position + 1]
    return 0


@registry.ip_protocol(41)
def in_ip(packet: Packet, data: bytes) -> bool:
    """IPv6 in IP (RFC 4213); another version is not IPv6 at all."""
    if data and data[0] >> 4 != 6:
        packet.protocol = "IPv6"
        return False
    return ipv6(packet, data)


def extensions(packet: Packet, number: int, data: bytes) -> None:
    """Walk extension headers, each adding its words to Info, up to the upper layer, which clears them."""
    for _ in range(MAX_EXTENSIONS):
        if number == FRAGMENT:
            if len(data) < 8:
                raise Short
            offset = data[2] << 8 | data[3]
            identification = int.from_bytes(data[4:8])
            add(packet, f"IPv6 fragment (off={offset & 0xFFF8} more={'y' if offset & 1 else 'n'} "
                        f"ident=0x{identification:08x} nxt={data[0]})")  # fmt: skip
            number = data[0]
            data = data[8:]
            if offset & 0xFFF9:
                whole = packet.services.fragments(packet) if packet.services else None
                if whole is None or whole[1] is None:
                    return
                packet.missing = 0
                data = whole[1]
            continue
        if number not in _EXTENSION:
            break
        add(packet, _EXTENSION[number])
        if len(data) < 2:
            raise Short
        kind = number
        number, size = data[0], data[1] * 8 + 8
        if len(data) < size:
            raise Short
        if kind == ROUTING and size >= 24 and data[3]:
            routed(packet, data[:size])
        data = data[size:]
    if number == NO_NEXT:
        packet.set("IPv6", "IPv6 no next header")
    elif not by_protocol(packet, number, data):
        packet.set("IPv6", f"Unknown IP Protocol: {ipprotocols.name(number)} ({number})")


def routed(packet: Packet, header: bytes) -> None:
    """Segments are left: the last hop of the route (RFC 2460 type 0, 6275 type 2, 8754 type 4) is the destination."""
    if header[2] in (0, 2):
        packet.ip_destination = header[-16:]
    elif header[2] == 4:
        packet.ip_destination = header[8:24]
    else:
        return
    packet.destination = text(packet.ip_destination)


_EXTENSION = {HOP_BY_HOP: "IPv6 hop-by-hop options", ROUTING: "IPv6 routing", DESTINATION: "IPv6 destination options"}


def add(packet: Packet, words: str) -> None:
    packet.info += f" , {words}" if packet.info else words
