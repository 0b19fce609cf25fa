"""Older local networks: ARCNET (RFC 1051, 1201), FDDI, Token Ring (IEEE 802.5), and bare LLC."""

from __future__ import annotations

from . import registry
from .ethernet import LLC
from .packet import Packet, Short

_ARCNET_IP, _ARCNET_ARP = (0xD4, 0xF0), (0xD5, 0xF1)


@registry.link_type(129, 7)
def arcnet(packet: Packet, data: bytes) -> None:
    """Linux puts two bytes of offset behind the addresses (129), BSD does not (7)."""
    packet.layers.append("arcnet")
    packet.set("ARCNET", "")
    if len(data) < 2:
        raise Short
    packet.source, packet.destination = f"0x{data[0]:02x}", f"0x{data[1]:02x}"
    at = 4 if packet.link_type == 129 else 2
    if len(data) <= at:
        raise Short
    kind = data[at]
    if kind in (0xF0, 0xF1, 0xDD):
        body = data[at + 1 :]
    else:
        if len(data) < at + 4:
            raise Short
        body = data[at + 8 if data[at + 1] == 0xFF else at + 4 :]
    dissector = registry.ethertypes.get(arcnet_ethertype(kind))
    if dissector is not None:
        dissector(packet, body)
    else:
        packet.set(f"0x{kind:04x}", "ARCNET")


def arcnet_ethertype(kind: int) -> int:
    if kind in _ARCNET_IP:
        return 0x0800
    if kind in _ARCNET_ARP:
        return 0x0806
    return {0xC4: 0x86DD, 0xFA: 0x8137, 0xDD: 0x809B}.get(kind, 0)


@registry.link_type(10)
def fddi(packet: Packet, data: bytes) -> None:
    """FDDI, its addresses in the bit order of the wire, as tshark takes them."""
    packet.layers.append("fddi")
    packet.set("FDDI", "")
    if not data:
        raise Short
    control = data[0]
    packet.info += fddi_control(control)
    if len(data) < 13:
        raise Short
    packet.destination, packet.source = swapped(data[1:7]), swapped(data[7:13])
    if 0x50 <= control <= 0x5F or 0xD0 <= control <= 0xDF:
        registry.ethertypes[LLC](packet, data[13:])


_SWAP = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))


def swapped(raw: bytes) -> str:
    return raw.translate(_SWAP).hex(":")


def fddi_control(control: int) -> str:
    if control in (0x80, 0xC0):
        return "Nonrestricted token" if control == 0x80 else "Restricted token"
    if control in (0x41, 0x4F):
        return "SMT info" if control == 0x41 else "SMT Next station addressing"
    if control in (0xC2, 0xC3):
        return "MAC beacon token" if control == 0xC2 else "MAC claim token"
    if 0xC1 <= control <= 0xCF:
        return "MAC frame"
    if 0x50 <= control <= 0x57:
        return "Async LLC"
    if 0xD0 <= control <= 0xD7:
        return "Sync LLC"
    if 0x60 <= control <= 0x6F:
        return f"Implementor async frame, control {control & 15}"
    if 0xE0 <= control <= 0xEF:
        return f"Implementor sync frame, control {control & 15}"
    return "Unknown frame type"


@registry.link_type(6)
def token_ring(packet: Packet, data: bytes) -> None:
    """The first bit of the source address says that a routing field follows; its length stands in the field."""
    packet.layers.append("tr")
    packet.set("TR", "")
    if len(data) < 14:
        raise Short
    packet.destination = data[2:8].hex(":")
    packet.source = bytes((data[8] & 0x7F, *data[9:14])).hex(":")
    size = 14
    if data[8] & 0x80:
        if len(data) < 16:
            raise Short
        size += data[14] & 31
    kind = data[1] >> 6
    packet.info += f"Token-Ring {('MAC', 'LLC', 'Reserved', 'Unknown')[kind]}"
    if kind == 1:
        registry.ethertypes[LLC](packet, data[size:])
    elif kind == 0:
        packet.set("TR MAC", "")


@registry.link_type(100)
def bare_llc(packet: Packet, data: bytes) -> None:
    """LLC/SNAP as on ATM (RFC 2684)."""
    registry.ethertypes[LLC](packet, data)
