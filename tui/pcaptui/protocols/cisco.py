"""Cisco's link protocols: CDP, UDLD, DTP, VTP, CGMP, PAgP. Formats from public descriptions, words by experiment."""

from __future__ import annotations

from .llc import snap_protocols
from .packet import Packet, Short

MAX_TLVS = 256


def tlvs(data: bytes) -> list[tuple[int, bytes]]:
    """(type, value) of type-length-value fields whose 16 bit length counts its own header. Raises Short."""
    found: list[tuple[int, bytes]] = []
    position = 0
    while position < len(data) and len(found) < MAX_TLVS:
        if position + 4 > len(data):
            raise Short
        kind, size = data[position] << 8 | data[position + 1], data[position + 2] << 8 | data[position + 3]
        if size < 4:
            break
        found.append((kind, data[position + 4 : position + size]))
        position += size
    return found


def text(raw: bytes) -> str:
    return raw.split(b"\0")[0].decode("utf-8", "replace")


def cdp(packet: Packet, data: bytes) -> None:
    packet.layers.append("cdp")
    packet.set("CDP", "")
    if len(data) < 4:
        raise Short
    for kind, value in tlvs(data[4:]):
        if kind == 1:
            packet.info += f"Device ID: {text(value)}  "
        elif kind == 3:
            packet.info += f"Port ID: {text(value)}  "


def udld(packet: Packet, data: bytes) -> None:
    packet.layers.append("udld")
    packet.set("UDLD", "")
    if len(data) < 4:
        raise Short
    for kind, value in tlvs(data[4:]):
        if kind == 1:
            packet.info += f"Device ID: {text(value)}  "
        elif kind == 2:
            packet.info += f"Port ID: {text(value)}  "


def dtp(packet: Packet, data: bytes) -> None:
    packet.layers.append("dtp")
    packet.set("DTP", "Dynamic Trunk Protocol")


def vtp(packet: Packet, data: bytes) -> None:
    packet.layers.append("vtp")
    packet.set("VTP", "")
    if len(data) < 4:
        raise Short
    names = ("Summary Advertisement", "Subset Advertisement", "Advertisement Request", "Join")
    packet.info += names[data[1] - 1] if 1 <= data[1] <= 4 else "Unrecognized VTP message"
    if data[1] in (1, 2):
        if len(data) < 40:
            raise Short
        packet.info += f", Revision: {int.from_bytes(data[36:40])}"
    if data[1] == 2:
        packet.info += f", Seq: {data[2]}"


def cgmp(packet: Packet, data: bytes) -> None:
    packet.layers.append("cgmp")
    packet.set("CGMP", "Cisco Group Management Protocol")


def pagp(packet: Packet, data: bytes) -> None:
    packet.layers.append("pagp")
    packet.set("PAGP", "")
    if len(data) < 2:
        raise Short
    if data[0] == 2:
        packet.info += "Flush PDU"
        if len(data) < 20:
            raise Short
        packet.info += f"; Local DevID: {data[2:8].hex(':')}, Partner DevID: {data[8:14].hex(':')}"
        return
    packet.info += "Info PDU" if data[0] == 1 else "Unknown PDU version"
    if len(data) < 27:
        raise Short
    packet.info += f"; Flags 0x{data[1]:x}; Local DevID: {data[2:8].hex(':')}, Partner DevID: {data[20:26].hex(':')}"


snap_protocols.update({(0x0C, 0x2000): cdp, (0x0C, 0x0111): udld, (0x0C, 0x2004): dtp, (0x0C, 0x2003): vtp,
                       (0x0C, 0x2001): cgmp, (0x0C, 0x0104): pagp})  # fmt: skip
