"""OSI network layer protocols, told by their first byte (ISO 9577): IS-IS (ISO 10589), ES-IS, CLNP."""

from __future__ import annotations

from . import registry
from .llc import llc_saps
from .packet import Packet, Short

_ISIS = {15: ("ISIS HELLO", "L1 HELLO"), 16: ("ISIS HELLO", "L2 HELLO"), 17: ("ISIS HELLO", "P2P HELLO"),
         18: ("ISIS LSP", "L1 LSP"), 20: ("ISIS LSP", "L2 LSP"), 24: ("ISIS CSNP", "L1 CSNP"),
         25: ("ISIS CSNP", "L2 CSNP"), 26: ("ISIS PSNP", "L1 PSNP"), 27: ("ISIS PSNP", "L2 PSNP")}  # fmt: skip
_ESIS = {2: "ESH", 4: "ISH", 6: "RD REQUEST"}
MAX_TLVS = 512


def osi(packet: Packet, data: bytes) -> None:
    packet.layers.append("osi")
    packet.set("ISO", "")
    if not data:
        raise Short
    kind = data[0]
    if kind == 0x83:
        isis(packet, data)
    elif kind == 0x82:
        esis(packet, data)
    elif kind in (0x81, 0x00):
        clnp(packet, data)
    elif kind == 0xCC:
        registry.ethertypes[0x0800](packet, data[1:])
    elif kind == 0x8E:
        registry.ethertypes[0x86DD](packet, data[1:])
    else:
        packet.info += f"Unknown ISO protocol ({kind:02x})"


def identity(raw: bytes) -> str:
    """A system id, with the pseudonode and fragment numbers if there: 1111.1111.1111.00-00"""
    text = ".".join(raw[at : at + 2].hex() for at in (0, 2, 4))
    if len(raw) > 6:
        text += f".{raw[6]:02x}"
    if len(raw) > 7:
        text += f"-{raw[7]:02x}"
    return text


@registry.ethertype(0x22F4)
def isis(packet: Packet, data: bytes) -> None:
    packet.layers.append("isis")
    packet.set("ISIS", "")
    if len(data) < 8:
        raise Short
    kind = data[4] & 31
    known = _ISIS.get(kind)
    if known is None:
        packet.info += f"Unknown ISIS packet type ({kind})"
        return
    packet.protocol, name = known
    packet.info += name
    size = data[3] or 6
    body = data[8:]
    if size != 6:
        return
    if kind in (15, 16, 17):
        hello(packet, body, kind, data[1])
    elif kind in (18, 20):
        link_state(packet, body, data[1])
    else:
        sequence_numbers(packet, body, kind)


def hello(packet: Packet, body: bytes, kind: int, header: int) -> None:
    if len(body) < 7:
        raise Short
    packet.info += f", System-ID: {identity(body[1:7])}"
    fixed = 12 if kind == 17 else 19
    if len(body) < fixed:
        raise Short
    walk(packet, body[fixed : max((body[9] << 8 | body[10]) - 8, fixed)])


def link_state(packet: Packet, body: bytes, header: int) -> None:
    if len(body) < 16:
        raise Short
    packet.info += f", LSP-ID: {identity(body[4:12])}, Sequence: 0x{int.from_bytes(body[12:16]):08x}"
    lifetime = body[2] << 8 | body[3]
    packet.info += f", Lifetime: {lifetime}s"
    if len(body) < 19:
        raise Short
    size = (body[0] << 8 | body[1]) - 8
    if size > 19 and len(body) >= size and (body[16] or body[17]) and not fletcher(body[4:size]):
        packet.info += " [ISIS CHECKSUM INCORRECT]"
    walk(packet, body[19 : max(size, 19)])


def fletcher(data: bytes) -> bool:
    """The checksum of ISO 8473 annex C over bytes that contain it."""
    first = second = 0
    for byte in data:
        first += byte
        second += first
    return first % 255 == 0 and second % 255 == 0


def sequence_numbers(packet: Packet, body: bytes, kind: int) -> None:
    if len(body) < 9:
        raise Short
    packet.info += f", Source-ID: {identity(body[2:9])}"
    fixed = 9
    if kind in (24, 25):
        if len(body) < 25:
            raise Short
        packet.info += f", Start LSP-ID: {identity(body[9:17])}, End LSP-ID: {identity(body[17:25])}"
        fixed = 25
    walk(packet, body[fixed : max((body[0] << 8 | body[1]) - 8, fixed)])


def walk(packet: Packet, data: bytes) -> None:
    """Step over the TLVs: one that reaches over the end breaks the row off."""
    position = 0
    for _ in range(MAX_TLVS):
        if position >= len(data):
            if packet.missing:
                raise Short
            return
        if position + 2 > len(data):
            raise Short
        position += 2 + data[position + 1]
        if position > len(data) and packet.missing:
            raise Short
        if position > len(data):
            return


def esis(packet: Packet, data: bytes) -> None:
    packet.layers.append("esis")
    packet.set("ESIS", "")
    if len(data) < 5:
        raise Short
    packet.info += _ESIS.get(data[4] & 31, "Unknown")
    if len(data) < data[1]:
        raise Short


def clnp(packet: Packet, data: bytes) -> None:
    packet.layers.append("clnp")
    packet.set("CLNP", "")
    if data[0] == 0:
        packet.info += "Inactive subset"
        return
    if len(data) < 2:
        raise Short
    if data[1] == 0:
        packet.info += "Length indicator is zero"
        return
    if len(data) < 9:
        raise Short
    packet.info += {28: "DT NPDU", 29: "MD NPDU", 1: "ER NPDU", 30: "ERQ NPDU", 31: "ERP NPDU"}.get(data[4] & 31, "")


llc_saps[0xFE] = osi
registry.ethertypes[0x00FE] = osi
registry.gre_protocols[0x00FE] = osi
