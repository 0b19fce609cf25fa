"""Slow protocols: LACP, marker, OAM, OSSP (IEEE 802.3 annex 57A, 802.1AX), ESMC (ITU-T G.8264)."""

from __future__ import annotations

from . import registry
from .packet import Packet, Short

_STATE = "EFDCSGSA"
_OAM = {0: "Information", 1: "Event Notification", 2: "Variable Request", 3: "Variable Response", 4: "Loopback Control",
        0xFE: "Organization Specific"}  # fmt: skip
_QUALITY = {0: "STU", 2: "PRC", 4: "SSU-A", 8: "SSU-B", 11: "SEC", 15: "DNU"}
"""Quality levels of option I networks (ITU-T G.781)."""


@registry.ethertype(0x8809)
def slow(packet: Packet, data: bytes) -> None:
    packet.layers.append("slow")
    packet.set("Slow Protocols", "")
    if not data:
        raise Short
    kind = data[0]
    if kind == 1:
        lacp(packet, data[1:])
    elif kind == 2:
        marker(packet, data[1:])
    elif kind == 3:
        oam(packet, data)
    elif kind == 10:
        ossp(packet, data)
    else:
        packet.info += f"Subtype = {kind}"


@registry.ethertype(0x8103)
def lacp(packet: Packet, data: bytes) -> None:
    packet.layers.append("lacp")
    packet.set("LACP", "")
    if not data:
        raise Short
    packet.info += f"v{data[0]}"
    for name, at in (("ACTOR", 1), ("PARTNER", 21)):
        if len(data) < at + 17:
            raise Short
        packet.info += (
            f" {name} {data[at + 4 : at + 10].hex(':')} P: {data[at + 14] << 8 | data[at + 15]}"
            f" K: {data[at + 10] << 8 | data[at + 11]} {state(data[at + 16])}"
        )
    if len(data) < 57:
        raise Short


def state(bits: int) -> str:
    """Expired, Defaulted (F), Distributing, Collecting, Synchronization, aGgregation, timeout (S), Activity."""
    return "".join(letter if bits >> 7 - place & 1 else "*" for place, letter in enumerate(_STATE))


def marker(packet: Packet, data: bytes) -> None:
    packet.layers.append("marker")
    packet.set("Marker", "")
    if len(data) < 15:
        raise Short
    packet.info += (
        f"{ {1: 'Information', 2: 'Response'}.get(data[1], 'Unknown') } SysId={data[5:11].hex(':')}, "
        f"P={data[3] << 8 | data[4]}, TId={int.from_bytes(data[11:15])}"
    )


def oam(packet: Packet, data: bytes) -> None:
    packet.layers.append("oampdu")
    packet.set("OAM", "")
    if len(data) < 4:
        raise Short
    packet.info += f"OAMPDU: {_OAM.get(data[3], 'Unknown')}"


def ossp(packet: Packet, data: bytes) -> None:
    packet.layers.append("ossp")
    packet.set("OSSP", "")
    if len(data) < 4:
        raise Short
    if data[1:4] != b"\x00\x19\xa7":
        packet.info += "OUI: (Unknown OSSP organization)"
        return
    esmc(packet, data)


def esmc(packet: Packet, data: bytes) -> None:
    """Synchronization status messages: the quality level stands in the first TLV."""
    packet.layers.append("esmc")
    packet.set("ESMC", "")
    if len(data) < 14:
        raise Short
    event = "Event:Time-critical" if data[6] & 8 else "Event:Information"
    packet.info += f"{event}, QL-{_QUALITY.get(data[13] & 15, f'INV{data[13] & 15}')}"
