"""Mobility headers of Mobile IPv6 (RFC 6275, 5568, 5847, 5846)."""

from __future__ import annotations

from . import registry
from .packet import Packet, Short

_TYPES = ("Binding Refresh Request", "Home Test Init", "Care-of Test Init", "Home Test", "Care-of Test",
          "Binding Update", "Binding Acknowledgement", "Binding Error", "Fast Binding Update",
          "Fast Binding Acknowledgment", "Fast Neighbor Advertisement", "Experimental Mobility Header",
          "Home Agent Switch", "Heartbeat", "Handover Initiate", "Handover Acknowledge", "Binding Revocation",
          "Localized Routing Initiation", "Localized Routing Acknowledgment")  # fmt: skip


@registry.ip_protocol(62, 135)
def mobility(packet: Packet, data: bytes) -> None:
    packet.layers.append("mipv6")
    packet.set("MIPv6", "")
    if len(data) < 3:
        raise Short
    kind = data[2]
    packet.info += _TYPES[kind] if kind < len(_TYPES) else f"Unknown Mobility Header ({kind})"
    if len(data) < data[1] * 8 + 8:
        raise Short
