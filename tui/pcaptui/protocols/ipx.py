"""Novell's IPX with SAP, RIP, and NetBIOS over it; NetBIOS frames over LLC. Names by experiment."""

from __future__ import annotations

from . import registry
from .ethernet import trim
from .llc import llc_saps
from .packet import Packet, Short

_SOCKETS = {0x0002: "CISCO PING", 0x0456: "Diagnostic", 0x4006: "NetWare Directory Server", 0x9086: "Novell PING",
            0x900F: "SNMP Agent"}  # fmt: skip
_SAP = {1: "General Query", 2: "General Response", 3: "Nearest Query", 4: "Nearest Response"}
_NBIPX = {1: "Find name", 2: "Name recognized", 3: "Check name", 4: "Name in use", 5: "Deregister name",
          6: "Session data", 7: "Session end", 8: "Session end ACK", 9: "Status query", 10: "Status response",
          11: "Directed datagram"}  # fmt: skip
_NMPI = {0xF1: "Claim name {}", 0xF2: "Delete name {}", 0xF3: "Query name {}", 0xF4: "Name {} found",
         0xF5: "Messenger hangup on {}", 0xFC: "Mailslot write to {}", 0xFD: "Find name {}",
         0xFE: "Name {} found"}  # fmt: skip
_FRAMES = {0x00: "Add Group Name Query", 0x01: "Add Name Query", 0x02: "Name In Conflict", 0x03: "Status Query",
           0x07: "Terminate Trace", 0x08: "Datagram", 0x09: "Broadcast Datagram", 0x0A: "Name Query",
           0x0D: "Add Name Response", 0x0E: "Name Recognized", 0x0F: "Status Response", 0x13: "Terminate Trace",
           0x14: "Data Ack", 0x15: "Data First Middle", 0x16: "Data Only Last", 0x17: "Session Confirm",
           0x18: "Session End", 0x19: "Session Initialize", 0x1A: "No Receive", 0x1B: "Receive Outstanding",
           0x1C: "Receive Continue", 0x1F: "Session Alive"}  # fmt: skip


@registry.ethertype(0x8137, 0x8138)
def ipx(packet: Packet, data: bytes) -> None:
    packet.layers.append("ipx")
    packet.set("IPX", "")
    if len(data) < 30:
        raise Short
    size = data[2] << 8 | data[3]
    packet.destination = f"{data[6:10].hex()}.{data[10:16].hex()}"
    packet.source = f"{data[18:22].hex()}.{data[22:28].hex()}"
    target, origin = data[16] << 8 | data[17], data[28] << 8 | data[29]
    trim(packet, data, size)
    body = data[30:size]
    for socket in (target, origin):
        dissector = _BY_SOCKET.get(socket)
        if dissector is not None:
            dissector(packet, body)
            return
    packet.info += _SOCKETS.get(target) or _SOCKETS.get(origin) or f"Unknown (0x{target:04x})"


def sap(packet: Packet, data: bytes) -> None:
    packet.layers.append("ipxsap")
    packet.set("IPX SAP", "")
    if len(data) < 2:
        raise Short
    packet.info += _SAP.get(data[0] << 8 | data[1], "Unknown Packet Type")
    if len(data) < 4:
        raise Short
    if data[1] in (2, 4) and (len(data) - 2) % 64:
        raise Short


def rip(packet: Packet, data: bytes) -> None:
    packet.layers.append("ipxrip")
    packet.set("IPX RIP", "")
    if len(data) < 2:
        raise Short
    packet.info += {1: "Request", 2: "Response"}.get(data[0] << 8 | data[1], "Unknown")
    if (len(data) - 2) % 8:
        raise Short


def netbios(packet: Packet, data: bytes) -> None:
    """A broadcast (packet type 20) lists 8 networks in front; session packets do not."""
    packet.layers.append("nbipx")
    packet.set("NBIPX", "")
    if len(data) >= 34 and not any(data[8:32]) and data[33] in _NBIPX and data[1] not in _NBIPX:
        data = data[32:]
    if len(data) < 2:
        raise Short
    kind = data[1]
    packet.info += _NBIPX.get(kind, "Unknown")
    if 1 <= kind <= 5:
        if len(data) < 18:
            raise Short
        packet.info += f" {name(data[2:18])}"


def nmpi(packet: Packet, data: bytes) -> None:
    packet.layers.append("nmpi")
    packet.set("NMPI", "")
    if len(data) < 36:
        raise Short
    kind = data[32]
    if len(data) < 52:
        raise Short
    packet.info += _NMPI.get(kind, f"Unknown NMPI op 0x{kind:02x}: name {{}}").format(name(data[36:52]))


def name(raw: bytes) -> str:
    """A NetBIOS name: text without its padding, unprintable bytes and the last one (the type) as <xx>."""
    stem = raw[:15].rstrip(b" ")
    return "".join(chr(byte) if 32 <= byte < 127 else f"<{byte:02x}>" for byte in stem) + f"<{raw[15]:02x}>"


def frames(packet: Packet, data: bytes) -> None:
    """NetBIOS Frames (IBM's NBF) over LLC."""
    packet.layers.append("netbios")
    packet.set("NetBIOS", "")
    if len(data) < 5:
        raise Short
    kind = data[4] & 0x1F
    packet.info += _FRAMES.get(kind, f"Unknown (0x{kind:02x})")
    size = int.from_bytes(data[:2], "little")
    if kind in (0, 1, 0x0E, 0x0A) and size >= 44:
        if len(data) < 44:
            raise Short
        packet.info += f" for {name(data[12:28])}" if kind == 0x0A else f" - {name(data[28:44])}"


_BY_SOCKET = {0x0452: sap, 0x0453: rip, 0x0455: netbios, 0x0551: nmpi, 0x0553: nmpi}
llc_saps[0xFF] = llc_saps[0xE0] = llc_saps[0x10] = ipx
llc_saps[0xF0] = frames
