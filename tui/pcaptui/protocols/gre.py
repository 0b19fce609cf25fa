"""GRE (RFC 2784, 2890, 2637) and ERSPAN (draft-foschiano-erspan)."""

from __future__ import annotations

from . import registry
from .ethernet import by_ethertype
from .ipv4 import raw_ip
from .packet import Packet, Short

_NAMES = {0: "Possible GRE keepalive packet", 0x00FE: "OSI", 0x0800: "IP", 0x0806: "ARP", 0x2000: "CDP (Cisco)",
          0x2001: "NHRP", 0x22EB: "ERSPAN III", 0x6400: "MIKROTIK EoIP", 0x6558: "Transparent Ethernet bridging",
          0x6559: "Frame Relay", 0x8137: "IPX", 0x86DD: "IPv6", 0x880B: "PPP", 0x883E: "WCCP",
          0x8847: "MPLS label switched packet", 0x8881: "CDMA2000 A10 Unstructured byte stream", 0x88BE: "ERSPAN",
          0x88D2: "CDMA2000 A10 3GPP2 Packet", 0x8909: "CiscoMetaData", 0x894F: "Network Service Header",
          0xB7EA: "Huawei GRE bonding", 0xFEAE: "AIROHIVE AP AP"}  # fmt: skip
_ARUBA = frozenset((*range(0x8200, 0x8380, 0x10), 0x9000))
"""Carries 802.11 frames."""


@registry.ip_protocol(47)
def gre(packet: Packet, data: bytes) -> None:
    packet.layers.append("gre")
    packet.set("GRE", "")
    if len(data) < 4:
        raise Short
    flags, kind = data[0] << 8 | data[1], data[2] << 8 | data[3]
    packet.info += f"Encapsulated {_NAMES.get(kind) or name(kind)}"
    size = 4
    if flags & 0xC000:
        size += 4
    if flags & 0x2000:
        size += 4
    if flags & 0x1000:
        size += 4
    if flags & 7 == 1 and flags & 0x80:
        size += 4
    if flags & 0x4000:
        size = skip_routes(data, size)
    if len(data) < size:
        raise Short
    carried(packet, kind, flags, data[size:])


def name(kind: int) -> str:
    return "ARUBA WLAN" if kind in _ARUBA else f"0x{kind:04x} (unknown)"


def skip_routes(data: bytes, size: int) -> int:
    """Source routes (RFC 1701) end with an empty one."""
    for _ in range(32):
        if len(data) < size + 4:
            raise Short
        family, length = data[size] << 8 | data[size + 1], data[size + 3]
        size += 4 + length
        if not family and not length:
            break
    return size


def carried(packet: Packet, kind: int, flags: int, data: bytes) -> None:
    if not data and not packet.missing:
        return
    packet.depth += 1
    if kind in (0x0800, 0x883E):
        if kind == 0x883E and data and data[0] >> 4 not in (4, 6):
            data = data[4:]  # WCCPv2's redirect header
        raw_ip(packet, data)
    elif kind == 0x6558:
        registry.link_types[1](packet, data)
    elif kind == 0x88BE:
        erspan2(packet, data, bool(flags & 0x1000))
    elif kind == 0x22EB:
        erspan3(packet, data)
    elif kind in registry.gre_protocols:
        registry.gre_protocols[kind](packet, data)
    elif kind in _ARUBA:
        registry.link_types[105](packet, data)
    elif kind in (0x86DD, 0x8847, 0x8848, 0x0806, 0x8137, 0x8909, 0x894F):
        by_ethertype(packet, kind, data)
    elif kind == 0x6559:
        registry.link_types[107](packet, data)


def erspan2(packet: Packet, data: bytes, sequenced: bool) -> None:
    """Type I has no header of its own and no GRE sequence number."""
    if sequenced:
        packet.layers.append("erspan")
        packet.set("ERSPAN", "ERSPAN:")
        if len(data) < 8:
            raise Short
        if data[0] >> 4 == 2:
            erspan3(packet, data)
            return
        data = data[8:]
    registry.link_types[1](packet, data)


def erspan3(packet: Packet, data: bytes) -> None:
    packet.layers.append("erspan")
    packet.set("ERSPAN", "ERSPAN:")
    if len(data) < 12:
        raise Short
    if data[0] >> 4 != 2:
        return
    size = 20 if data[11] & 1 else 12
    frame = data[10] >> 2 & 31
    if len(data) < size:
        raise Short
    if frame == 0:
        registry.link_types[1](packet, data[size:])
    elif frame == 2:
        raw_ip(packet, data[size:])
