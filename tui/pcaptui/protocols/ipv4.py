"""IPv4 headers (RFC 791), fragments, and the step from an IP protocol number to its dissector."""

from __future__ import annotations

from . import ipprotocols, registry
from .driver import MAX_DEPTH
from .ethernet import trim
from .packet import Packet, Short
from .text import ipv4 as text


@registry.ethertype(0x0800)
def ipv4(packet: Packet, data: bytes) -> None:
    packet.layers.append("ip")
    packet.set("IPv4", "")
    if not data:
        raise Short
    first = data[0]
    if first >> 4 == 6:  # told by the version, whatever the ethertype
        registry.ethertypes[0x86DD](packet, data)
        return
    if first >> 4 != 4:
        packet.info += f"Bogus IPv4 version ({first >> 4}, must be 4)"
        return
    header = (first & 15) * 4
    if header < 20:
        packet.info += f"Bogus IP header length ({header}, must be at least 20)"
        return
    if len(data) < 4:
        raise Short
    have = len(data) + packet.missing
    length = data[2] << 8 | data[3] or have  # 0: left to segmentation offload
    if length < header:
        packet.info += f"Bogus IP length ({length}, less than header length {header})"
        return
    if len(data) < 20:
        if len(data) >= 16:
            packet.source = text(data[12:16])
        raise Short
    trim(packet, data, length)
    if len(data) > length:
        data = data[:length]
    packet.ip_source = data[12:16]
    packet.ip_destination = data[16:20]
    packet.source = text(packet.ip_source)
    packet.destination = text(packet.ip_destination)
    if len(data) < header:
        raise Short
    packet.state["ttl"] = data[8]
    fragment = (data[6] << 8 | data[7]) & 0x3FFF
    if fragment:
        fragmented(packet, data, fragment)
    elif (len(data) == header and not packet.missing) or not by_protocol(packet, data[9], data[header:]):
        packet.set("IPv4", f"{ipprotocols.name(data[9])} ({data[9]})" if len(data) > header else "")


def fragmented(packet: Packet, data: bytes, fragment: int) -> None:
    """A fragment's own row, or the whole datagram's where this packet completes it."""
    whole = packet.services.fragments(packet) if packet.services else None
    number = data[9]
    if whole is not None and whole[1] is not None:
        packet.missing = 0
        if by_protocol(packet, number, whole[1]):
            return
        packet.set("IPv4", f"{ipprotocols.name(number)} ({number})")
        return
    if packet.missing and not fragment & 0x1FFF:  # cut: tshark cannot put it together, so shows what there is
        packet.state["fragmented"] = True
        if by_protocol(packet, number, data[(data[0] & 15) * 4 :]):
            return
    identification = data[4] << 8 | data[5]
    offset = (fragment & 0x1FFF) * 8
    packet.set(
        "IPv4",
        f"Fragmented IP protocol (proto={ipprotocols.name(number)} {number}, off={offset}, ID={identification:04x})",
    )
    if packet.missing:
        raise Short


def by_protocol(packet: Packet, number: int, data: bytes) -> bool:
    """Hand on to the dissector of an IP protocol; False if there is none (or nothing is left for it)."""
    packet.depth += 1
    dissector = registry.ip_protocols.get(number)
    if dissector is None or packet.depth >= MAX_DEPTH:
        return False
    return dissector(packet, data) is not False


@registry.ip_protocol(4)
def ip_in_ip(packet: Packet, data: bytes) -> None:
    """IPv4 in IP (RFC 2003), or whatever the version says."""
    raw_ip(packet, data)


@registry.link_type(12, 14, 101, 106)
def raw_link(packet: Packet, data: bytes) -> None:
    packet.source = packet.destination = "N/A"
    packet.set("N/A", "Raw packet data")
    if packet.link_type == 106 or (data and data[0] >> 4 in (0, 4, 6)):
        raw_ip(packet, data)


def raw_ip(packet: Packet, data: bytes) -> None:
    """An IP packet without a link layer: its version says which."""
    if not data:
        raise Short
    version = data[0] >> 4
    if version == 4:
        ipv4(packet, data)
    elif version == 6:
        registry.ethertypes[0x86DD](packet, data)
    else:
        packet.layers.append("ip")
        packet.set("IP", f"Bogus IP version ({version})")


@registry.link_type(228)
def raw_ipv4(packet: Packet, data: bytes) -> None:
    ipv4(packet, data)
