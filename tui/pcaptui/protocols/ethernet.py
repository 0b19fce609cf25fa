"""Ethernet II and IEEE 802.3 frames, and the step from an ethertype to its dissector."""

from __future__ import annotations

from . import registry
from .driver import LIMITED, MAX_DEPTH, guarded
from .packet import Packet, Short

LLC = -1
"""Number under which the dissector for LLC stands among the ethertypes."""

_NAMES = {
    0x0805: "X.25 Layer 3", 0x0842: "Wake on LAN", 0x1984: "Netmon Train", 0x3C07: "3Com NBP Datagram",
    0x3E3F: "EPL_V1", 0x6001: "DEC DNA Dump/Load", 0x6002: "DEC DNA Remote Console", 0x6005: "DEC Diagnostics",
    0x6006: "DEC Customer use", 0x6007: "DEC LAVC/SCA", 0x8041: "DEC LAST",
    0x8104: "Simple Loop Protection Protocol (old)", 0x81FF: "Cabletron SFVLAN 1.8 Tag-Based Flood", 0x86DD: "IPv6",
    0x8819: "Cirrus Cobranet Packet", 0x885A: "Foundry proprietary", 0x8881: "CDMA2000 A10 Unstructured byte stream",
    0x8884: "ATM over Ethernet", 0x88AB: "ETHERNET Powerlink v2", 0x88AD: "XiMeta Technology",
    0x88B4: "WAI Authentication Protocol", 0x88B5: "Local Experimental Ethertype 1",
    0x88B6: "Local Experimental Ethertype 2", 0x88B9: "IEC 61850/GSE management services",
    0x88BA: "IEC 61850/SV (Sampled Value Transmission", 0x88D2: "CDMA2000 A10 3GPP2 Packet",
    0x88E5: "802.1AE (MACsec)", 0x892B: "Schweitzer Engineering Labs Layer 2 Protocol",
    0xFFF2: "Cisco ACI ARP gleaning",
}  # fmt: skip
"""What Info says of ethertypes that nobody dissects, where it is not just "Ethernet II"; found by experiment."""


@registry.link_type(1)
def ethernet(packet: Packet, data: bytes) -> None:
    """Addresses, then the ethertype, or 802.3's length and LLC (IEEE 802.3 clause 3)."""
    packet.layers.append("eth")
    packet.protocol = "Ethernet"
    if len(data) < 14:
        if len(data) >= 6:
            packet.destination = data[:6].hex(":")
        if len(data) >= 12:
            packet.source = data[6:12].hex(":")
        raise Short
    packet.destination = data[:6].hex(":")
    packet.source = data[6:12].hex(":")
    number = data[12] << 8 | data[13]
    if packet.missing and number >= 1536 and packet.depth == 0:
        guarded(lambda packet, data: by_ethertype(packet, number, data), packet, data[14:])
        if packet.surplus > 0:
            packet.info += LIMITED
    elif number >= 1536:
        by_ethertype(packet, number, data[14:])
    elif number > 1500:
        packet.set("Ethernet", f"Ethernet Unknown: Invalid length/type: 0x{number:04x} ({number})")
    else:
        by_length(packet, number, data[14:])


def by_ethertype(packet: Packet, number: int, data: bytes) -> None:
    """Hand on to the dissector of an ethertype; without one the row names its number."""
    packet.depth += 1
    dissector = registry.ethertypes.get(number)
    if dissector is None or packet.depth >= MAX_DEPTH or dissector(packet, data) is False:
        packet.set(f"0x{number:04x}", _NAMES.get(number, "Ethernet II"))


def by_length(packet: Packet, length: int, data: bytes) -> None:
    """An 802.3 frame: the payload is LLC, except Novell's raw IPX that starts with FF FF."""
    packet.depth += 1
    isl = packet.destination.startswith(("01:00:0c:00:00", "03:00:0c:00:00"))
    if isl and packet.depth < MAX_DEPTH and len(data) > 12 + 14:
        ethernet(packet, data[12:])  # Cisco ISL: 26 bytes in front of a whole frame
        return
    trim(packet, data, length)
    data = data[:length]
    dissector = registry.ethertypes.get(LLC)
    if dissector is not None and packet.depth < MAX_DEPTH:
        dissector(packet, data)


def trim(packet: Packet, data: bytes, length: int) -> None:
    """The layer that follows has `length` bytes at most: set how many of those are missing."""
    have = len(data)
    if length < have + packet.missing:
        if packet.missing and packet.surplus < 0:
            packet.surplus = max(have - length, 0)
        packet.missing = max(length - have, 0)
