"""BFD (RFC 5880, 5881, 5883, 7130, 7881)."""

from __future__ import annotations

from . import registry
from .packet import Packet, Short

_DIAGNOSTICS = ("No Diagnostic", "Control Detection Time Expired", "Echo Function Failed",
                "Neighbor Signaled Session Down", "Forwarding Plane Reset", "Path Down", "Concatenated Path Down",
                "Administratively Down", "Reverse Concatenated Path Down", "Mis-Connectivity Defect")  # fmt: skip
_STATES = ("AdminDown", "Down", "Init", "Up")


@registry.udp_port(3784, 4784, 6784, 7784)
def control(packet: Packet, data: bytes) -> None:
    packet.layers.append("bfd")
    packet.set("BFD Control", "")
    if len(data) < 2:
        raise Short
    diagnostic = data[0] & 31
    words = _DIAGNOSTICS[diagnostic] if diagnostic < len(_DIAGNOSTICS) else "Unknown"
    if data[0] >> 5:
        packet.info += f"Diag: {words}, State: {_STATES[data[1] >> 6]}, Flags: 0x{data[1] & 0x3E:02x}"
    else:
        packet.info += f"Diag: {words}, Flags: 0x{data[1]:02x}"
    if len(data) < 24:
        raise Short


@registry.udp_port(3785)
def echo(packet: Packet, data: bytes) -> None:
    packet.layers.append("bfd_echo")
    packet.set("BFD Echo", "Originator specific content")
