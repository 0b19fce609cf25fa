"""Routing protocols directly over IP whose rows name the message: OSPF, PIM, EIGRP, VRRP."""

from __future__ import annotations

from . import registry
from .packet import Packet, Short

_OSPF = ("", "Hello Packet", "DB Description", "LS Request", "LS Update", "LS Acknowledge")
_PIM = ("Hello", "Register", "Register-stop", "Join/Prune", "Bootstrap", "Assert", "Graft", "Graft-Ack",
        "Candidate-RP-Advertisement", "State-Refresh", "DF election", "ECMP redirect",
        "PFM source discovery")  # fmt: skip
_EIGRP = {1: "Update", 2: "Request", 3: "Query", 4: "Reply", 5: "Hello", 6: "IPX/SAP Update", 7: "Route Probe",
          8: "Hello (Ack)", 9: "Stub-Info", 10: "SIA-Query", 11: "SIA-Reply"}  # fmt: skip
MAX_TLVS = 512


@registry.ip_protocol(89)
def ospf(packet: Packet, data: bytes) -> None:
    """OSPF (RFC 2328, 5340)."""
    packet.layers.append("ospf")
    packet.set("OSPF", "")
    if len(data) < 2:
        raise Short
    kind = data[1]
    packet.info += _OSPF[kind] if 0 < kind < len(_OSPF) else f"Unknown ({kind})"
    if len(data) < (16 if data[0] == 3 else 24):
        raise Short


@registry.ip_protocol(103)
def pim(packet: Packet, data: bytes) -> None:
    """PIM (RFC 7761). What a Register carries changes no column."""
    packet.layers.append("pim")
    packet.set("PIM", "")
    if not data:
        raise Short
    version, kind = data[0] >> 4, data[0] & 15
    packet.protocol = f"PIMv{version}"
    if version != 2:
        packet.info += "Unknown"
        return
    packet.info += _PIM[kind] if kind < len(_PIM) else f"Unknown ({kind})"
    if len(data) < 4:
        raise Short
    if kind == 0:
        hello_options(data[4:])


def hello_options(data: bytes) -> None:
    position = 0
    while position < len(data):
        if position + 4 > len(data):
            raise Short
        position += 4 + (data[position + 2] << 8 | data[position + 3])
        if position > len(data):
            raise Short


@registry.ip_protocol(88)
def eigrp(packet: Packet, data: bytes) -> None:
    """EIGRP (RFC 7868): a Hello with an acknowledgment number is an Ack."""
    packet.layers.append("eigrp")
    packet.set("EIGRP", "")
    if len(data) < 2:
        raise Short
    kind = data[1]
    name = _EIGRP.get(kind, f"Unknown OpCode (0x{kind:04x})")
    if kind == 5 and data[12:16] not in (b"", b"\0\0\0\0"):
        name = "Hello (Ack)"
    packet.info += name
    if len(data) < 20:
        raise Short
    eigrp_tlvs(data[20:])


def eigrp_tlvs(data: bytes) -> None:
    position = 0
    for _ in range(MAX_TLVS):
        if position >= len(data):
            return
        if position + 4 > len(data):
            raise Short
        size = data[position + 2] << 8 | data[position + 3]
        if size < 4:
            return
        position += size
        if position > len(data):
            raise Short


@registry.ip_protocol(112)
def vrrp(packet: Packet, data: bytes) -> None:
    """VRRP (RFC 5798)."""
    packet.layers.append("vrrp")
    packet.set("VRRP", "")
    if not data:
        raise Short
    packet.info += f"Announcement (v{data[0] >> 4})"
    if len(data) < 8:
        raise Short
    size = 16 if len(packet.ip_source) == 16 else 4
    if len(data) < 8 + min(data[3], MAX_TLVS) * size:
        raise Short
