"""Small announcements and session set-ups over UDP whose rows take a line each: SAP, TiVo, DLEP, XDMCP, OICQ."""

from __future__ import annotations

from .apptext import printable, take, u8, u16
from .packet import Packet
from .registry import udp_port

XDMCP = (
    "Unknown (0x0000)", "Broadcast_query", "Query", "Indirect_query", "Forward_query", "Willing", "Unwilling",
    "Request", "Accept ", "Decline", "Manage", "Refuse", "Failed", "Keepalive", "Alive",
)  # fmt: skip
DLEP = {0: "Reserved", 1: "Peer Discovery", 2: "Peer Offer"}


@udp_port(9875)
def sap(packet: Packet, data: bytes) -> None:
    """Session announcements (RFC 2974)."""
    packet.layers.append("sap")
    kind = "Deletion" if data[0] & 4 else "Announcement"
    packet.set("SAP", f"{kind} (v{data[0] >> 5})")
    take(data, 0, 8)
    packet.set("SAP/SDP", f"{kind} (v{data[0] >> 5})")


@udp_port(2190)
def tivo(packet: Packet, data: bytes) -> bool:
    """TiVo's discovery beacons: lines of name=value."""
    if not data.lower().startswith(b"tivoconnect="):
        return False
    fields = dict(line.split(b"=", 1) for line in data.split(b"\n") if b"=" in line)
    packet.layers.append("tivoconnect")
    machine, identity = printable(fields.get(b"machine", b"")), printable(fields.get(b"identity", b""))
    packet.set("TiVoConnect", f"Discovery Beacon {machine} ({identity})")
    return True


@udp_port(854)
def dlep(packet: Packet, data: bytes) -> bool:
    """Signals of the Dynamic Link Exchange Protocol (RFC 8175)."""
    if data[:4] != b"DLEP":
        return False
    kind = u16(data, 4)
    packet.layers.append("dlep")
    packet.set("DLEP", f"Signal: {DLEP.get(kind, 'Unknown')} ({kind})")
    return True


@udp_port(177)
def xdmcp(packet: Packet, data: bytes) -> bool:
    """The X display manager's control protocol, version 1."""
    if u16(data, 0) != 1:
        return False
    packet.layers.append("xdmcp")
    packet.set("XDMCP", "")
    kind = u16(data, 2)
    packet.info += XDMCP[kind] if kind < len(XDMCP) else f"Unknown (0x{kind:04x})"
    return True


@udp_port(8000)
def oicq(packet: Packet, data: bytes) -> bool:
    """Tencent's messenger: every packet begins with 2."""
    if u8(data, 0) != 2:
        return False
    take(data, 0, 4)
    packet.layers.append("oicq")
    packet.set("OICQ", "OICQ Protocol ")
    return True
