"""IEEE 802.15.4 frames: type and addresses; what they carry is not dissected."""

from __future__ import annotations

from . import registry
from .packet import Packet, Short

_TYPES = ("Beacon", "Data", "Ack", "Command", "Reserved", "Multipurpose", "Fragment or Frak", "Extended")
_COMMANDS = ("Unknown Command", "Association Request", "Association Response", "Disassociation Notification",
             "Data Request", "PAN ID Conflict", "Orphan Notification", "Beacon Request", "Coordinator Realignment",
             "GTS Request")  # fmt: skip


@registry.link_type(195, 230)
def wpan(packet: Packet, data: bytes) -> None:
    """Addressing modes and which PAN ids are left out stand in the frame control (IEEE 802.15.4-2015, 7.2.2)."""
    packet.layers.append("wpan")
    packet.set("IEEE 802.15.4", "")
    if len(data) < 2:
        raise Short
    control = data[0] | data[1] << 8
    kind, version = control & 7, control >> 12 & 3
    name = "Enhanced Beacon" if kind == 0 and version == 2 else _TYPES[kind]
    if kind == 5:
        packet.info += name
        return
    position = 2 if version == 2 and control & 0x100 else 3
    target, origin = control >> 10 & 3, control >> 14 & 3
    destination, position = address(data, position, target, pan=True)
    one_pan = bool(control & 0x40) or (version == 2 and target == 3 and origin == 3)
    source, position = address(data, position, origin, pan=not one_pan)
    packet.destination, packet.source = destination, source
    if kind == 3 and not control & 8:
        if len(data) <= position:
            raise Short
        command = data[position]
        packet.info += _COMMANDS[command] if command < len(_COMMANDS) else "Unknown Command"
        return
    packet.info += name
    if destination:
        packet.info += f", Dst: {destination}"
    if source:
        packet.info += f", Src: {source}"


def address(data: bytes, position: int, mode: int, pan: bool) -> tuple[str, int]:
    """One address field and where it ends: short as 0x1234, long in the usual order, 0xffff as Broadcast."""
    if mode < 2:
        return "", position
    if pan:
        position += 2
    size = 2 if mode == 2 else 8
    if len(data) < position + size:
        raise Short
    raw = data[position : position + size][::-1]
    if size == 8:
        return raw.hex(":"), position + size
    return "Broadcast" if raw == b"\xff\xff" else f"0x{raw.hex()}", position + size
