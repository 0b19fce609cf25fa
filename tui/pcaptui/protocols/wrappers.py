"""Link types that wrap another one's frame: NFLOG, PKTAP, PF logs, VN-Tag, FabricPath, Cisco MetaData and alike."""

from __future__ import annotations

from . import registry
from .ethernet import by_ethertype, by_length
from .ipv4 import raw_ip
from .packet import Packet, Short

MAX_TLVS = 128


@registry.link_type(239)
def nflog(packet: Packet, data: bytes) -> None:
    """Linux netfilter's log: TLVs in the byte order of the host, padded to four bytes; number 9 is the packet."""
    packet.layers.append("nflog")
    packet.set("NFLOG", "")
    if len(data) < 4:
        raise Short
    family = data[0]
    position = 4
    for _ in range(MAX_TLVS):
        if position + 4 > len(data):
            return
        size = int.from_bytes(data[position : position + 2], "little")
        kind = int.from_bytes(data[position + 2 : position + 4], "little") & 0x7FFF
        if size < 4:
            return
        if kind == 9:
            inner = data[position + 4 : position + size]
            if family in (2, 10):
                raw_ip(packet, inner)
            return
        position += size + 3 & ~3


@registry.link_type(149, 258)
def pktap(packet: Packet, data: bytes) -> None:
    """Apple's PKTAP header: its length and the inner link type stand in front, little-endian."""
    packet.layers.append("pktap")
    packet.set("PKTAP", "")
    if len(data) < 12:
        raise Short
    size, inner = int.from_bytes(data[:4], "little"), int.from_bytes(data[8:12], "little")
    if size > len(data) or size < 12:
        raise Short
    dissector = registry.link_types.get({12: 101}.get(inner, inner))
    if dissector is not None and dissector is not pktap:
        dissector(packet, data[size:])


@registry.link_type(117)
def pflog(packet: Packet, data: bytes) -> None:
    """OpenBSD's packet filter log: length, address family, action, reason, interface, then rule numbers."""
    packet.layers.append("pflog")
    packet.set("PFLOG", "")
    if len(data) < 4:
        raise Short
    size = data[0] + 3 & ~3
    if len(data) < size:
        raise Short
    raw_ip(packet, data[size:])
    packet.info = f"[{_ACTIONS.get(data[2], 'unknown')} {data[4:20].split(bytes(1))[0].decode('utf-8', 'replace')}/" \
                  f"{int.from_bytes(data[36:40]):d}] {packet.info}"  # fmt: skip


_ACTIONS = {0: "pass", 1: "block", 2: "scrub", 3: "noscrub", 4: "nat", 5: "nonat", 6: "binat", 7: "nobinat", 8: "rdr",
            9: "nordr", 10: "synproxy"}  # fmt: skip


@registry.ethertype(0x8926)
def vntag(packet: Packet, data: bytes) -> None:
    packet.layers.append("vntag")
    packet.set("VNTAG", "")
    if len(data) < 6:
        raise Short
    step(packet, data[4] << 8 | data[5], data[6:])


@registry.ethertype(0x8909)
def metadata(packet: Packet, data: bytes) -> None:
    """Cisco MetaData: version, length, options, then the ethertype."""
    packet.layers.append("cmd")
    packet.set("CMD", "")
    if len(data) < 8:
        raise Short
    step(packet, data[6] << 8 | data[7], data[8:])


@registry.ethertype(0x8903)
def fabric_path(packet: Packet, data: bytes) -> None:
    """Cisco FabricPath: a tag, then a whole Ethernet frame."""
    packet.layers.append("cfp")
    packet.set("CFP", "")
    if len(data) < 2:
        raise Short
    packet.depth += 1
    registry.link_types[1](packet, data[2:-4])  # its checksum is always there


@registry.ethertype(0x6558)
@registry.ip_protocol(143)
def bridged(packet: Packet, data: bytes) -> None:
    packet.depth += 1
    registry.link_types[1](packet, data)


@registry.ip_protocol(97)
def ether_ip(packet: Packet, data: bytes) -> None:
    """EtherIP (RFC 3378)."""
    packet.layers.append("etherip")
    if len(data) < 2:
        raise Short
    registry.link_types[1](packet, data[2:])


@registry.ethertype(0x88E7)
def backbone(packet: Packet, data: bytes) -> None:
    """The I-tag of provider backbone bridges (802.1ah), then a whole Ethernet frame."""
    packet.layers.append("ieee8021ah")
    packet.set("802.1ah", "")
    if len(data) < 4:
        raise Short
    registry.link_types[1](packet, data[4:])


@registry.ethertype(0x894F)
def service_header(packet: Packet, data: bytes) -> None:
    """NSH (RFC 8300): its length in words, then what its next-protocol field says."""
    packet.layers.append("nsh")
    packet.set("NSH", "")
    if len(data) < 8:
        raise Short
    body = data[(data[1] & 63) * 4 :]
    if data[3] in (1, 2):
        raw_ip(packet, body)
    elif data[3] == 3:
        bridged(packet, body)
    elif data[3] == 5:
        by_ethertype(packet, 0x8847, body)


@registry.ethertype(0x88E5)
def macsec(packet: Packet, data: bytes) -> bool:
    """MACsec (IEEE 802.1AE clause 9): what is only authenticated, not encrypted, is dissected further."""
    if len(data) < 6 or data[0] & 0x80 or data[1] & 0xC0:
        return False
    packet.layers.append("macsec")
    packet.set("MACSEC", "MACsec frame")
    size = 14 if data[0] & 0x20 else 6
    if not data[0] & 0x0C and len(data) >= size + 2:
        end = len(data) - 16
        packet.set("MACSEC", "")
        step(packet, data[size] << 8 | data[size + 1], data[size + 2 : max(end, size + 2)])
    return True


def step(packet: Packet, number: int, data: bytes) -> None:
    if number >= 1536:
        by_ethertype(packet, number, data)
    else:
        by_length(packet, number, data)
