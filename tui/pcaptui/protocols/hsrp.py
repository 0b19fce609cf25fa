"""HSRP, versions 1 (RFC 2281) and 2."""

from __future__ import annotations

from . import registry
from .packet import Packet, Short

_OPERATIONS = ("Hello", "Coup", "Resign", "Advertise")
_STATES = {0: "Initial", 1: "Learn", 2: "Listen", 4: "Speak", 8: "Standby", 16: "Active"}
_STATES2 = {0: "Disabled", 1: "Initial", 2: "Learn", 3: "Listen", 4: "Speak", 5: "Standby", 6: "Active"}
_ADVERTISED = {1: "Dormant", 2: "Passive", 3: "Active"}
_GROUP1, _GROUP2, _GROUP2_V6 = bytes((224, 0, 0, 2)), bytes((224, 0, 0, 102)), bytes.fromhex("ff02" + "00" * 13 + "66")


@registry.udp_port(1985, 2029)
def hsrp(packet: Packet, data: bytes) -> bool:
    """Only what goes to HSRP's groups is HSRP."""
    destination = packet.ip_destination
    if destination == _GROUP1:
        version1(packet, data)
    elif destination in (_GROUP2, _GROUP2_V6):
        version2(packet, data)
    else:
        return False
    return True


def version1(packet: Packet, data: bytes) -> None:
    packet.layers.append("hsrp")
    packet.set("HSRP", "")
    if len(data) < 2:
        raise Short
    operation = data[1]
    packet.info += _OPERATIONS[operation] if operation < len(_OPERATIONS) else "Unknown"
    if operation == 3:
        if len(data) < 7:
            raise Short
        packet.info += f" (state {_ADVERTISED.get(data[6], 'Unknown')})"
    elif operation < 3:
        if len(data) < 3:
            raise Short
        packet.info += f" (state {_STATES.get(data[2], 'Unknown')})"
        if len(data) < 20:
            raise Short


def version2(packet: Packet, data: bytes) -> None:
    packet.layers.append("hsrp")
    packet.set("HSRPv2", "")
    position = 0
    for _ in range(64):
        if position + 2 > len(data):
            return
        kind, size = data[position], data[position + 1]
        body = data[position + 2 : position + 2 + size]
        if len(body) < min(size, 3):
            raise Short
        if kind == 1 and size >= 3:
            operation = body[1]
            packet.info += _OPERATIONS[operation] if operation < len(_OPERATIONS) else "Unknown"
            packet.info += f" (state {_STATES2.get(body[2], 'Unknown')})"
        position += 2 + size
