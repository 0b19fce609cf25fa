"""IGMP (RFC 1112, 2236, 3376), with what else runs under its protocol number."""

from __future__ import annotations

from . import registry
from .packet import Packet, Short
from .text import ipv4

MAX_SOURCES = 64
MAX_RECORDS = 64
_PIM1 = ("Query", "Register", "Register-stop", "Join/Prune", "RP-Reachable", "Assert", "Graft", "Graft-Ack")
_GENERAL = b"\0\0\0\0"


@registry.ip_protocol(2)
def igmp(packet: Packet, data: bytes) -> None:
    packet.layers.append("igmp")
    packet.set("IGMP", "")
    if len(data) < 2:
        raise Short
    kind = data[0]
    if kind == 0x14:
        pim1(packet, data)
    elif kind == 0x13:
        packet.protocol = "DVMRP"
        packet.info += f"V3 {_DVMRP.get(data[1], f'Unknown Type:0x{data[1]:02x}')}"
    elif kind == 0x22:
        report3(packet, data)
    elif kind == 0x11:
        query(packet, data)
    elif kind in (0x12, 0x16, 0x17):
        simple(packet, data)
    elif kind == 0:
        packet.protocol = "IGMPv0"
        packet.info += "Unknown Type:0x00"
    else:
        packet.info += f"Unknown Type:0x{kind:02x}"


_DVMRP = {1: "Probe", 2: "Report", 3: "Ask Neighbors", 4: "Neighbors", 5: "Ask Neighbors 2", 6: "Neighbors 2",
          7: "Prune", 8: "Graft", 9: "Graft ACK"}  # fmt: skip


def pim1(packet: Packet, data: bytes) -> None:
    packet.protocol = "PIMv1"
    packet.info += _PIM1[data[1]] if data[1] < len(_PIM1) else f"Unknown ({data[1]})"
    if len(data) < 8:
        raise Short


def simple(packet: Packet, data: bytes) -> None:
    if len(data) < 8:
        raise Short
    group = data[4:8]
    if data[0] == 0x12:
        packet.protocol = "IGMPv1"
        packet.info += "Membership Report"
        return
    packet.protocol = "IGMPv2"
    name = "Leave Group" if data[0] == 0x17 else "Membership Report"
    if group == _GENERAL:
        packet.info += f"{name}, general"
    else:
        packet.info += f"{name}{'' if data[0] == 0x17 else ' group'} {ipv4(group)}"


def query(packet: Packet, data: bytes) -> None:
    """The length tells version 3, the response time version 2 (RFC 3376 section 7.1)."""
    if len(data) < 8:
        raise Short
    version = 3 if len(data) + packet.missing >= 12 else 2 if data[1] else 1
    packet.protocol = f"IGMPv{version}"
    packet.info += "Membership Query"
    group = data[4:8]
    if version == 1:
        return
    packet.info += ", general" if group == _GENERAL else f", specific for group {ipv4(group)}"
    if version == 3:
        if len(data) < 12:
            raise Short
        count = data[10] << 8 | data[11]
        if count:
            packet.info += f", source{'s' if count > 1 else ''} {sources(packet, data[12:], count)}"


def sources(packet: Packet, data: bytes, count: int) -> str:
    if len(data) < count * 4:
        raise Short
    listed = ", ".join(ipv4(data[at : at + 4]) for at in range(0, min(count, MAX_SOURCES) * 4, 4))
    return "{" + listed + "}"


def report3(packet: Packet, data: bytes) -> None:
    packet.protocol = "IGMPv3"
    packet.info += "Membership Report"
    if len(data) < 8:
        raise Short
    count = data[6] << 8 | data[7]
    if not count:
        packet.info += " - General query"
    position = 8
    for _ in range(min(count, MAX_RECORDS)):
        if len(data) < position + 8:
            raise Short
        size, number = data[position + 1] * 4, data[position + 2] << 8 | data[position + 3]
        packet.info += record(packet, data[position:], number)
        position += 8 + number * 4 + size


def record(packet: Packet, data: bytes, count: int) -> str:
    kind, group = data[0], ipv4(data[4:8])
    names = sources(packet, data[8:], count) if count else ""
    plural = "s" if count > 1 else ""
    if kind in (1, 3):
        if not count:
            return f" / Leave group {group}"
        return f" / Join group {group} for source{'s in' if count > 1 else ''} {names}"
    if kind in (2, 4):
        if not count:
            return f" / Join group {group} for any sources"
        return f" / Join group {group}, for source{plural} not {'in ' if count > 1 else ''}{names}"
    if kind == 5:
        if not count:
            return f" / Group {group}, ALLOW_NEW_SOURCES but no source specified (?)"
        return f" / Group {group}, new source{plural} {names}"
    if kind == 6:
        if not count:
            return f" / Group {group}, BLOCK_OLD_SOURCES but no source specified (?)"
        return f" / Group {group}, block source{plural} {names}"
    return f" / Group {group}, unknown record type (?)" + (f", sources {names}" if count else "")
