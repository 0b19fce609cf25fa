"""BACnet over UDP (ASHRAE 135, annex J): link control, network messages, and the services that are asked for."""

from __future__ import annotations

from .apptext import take, u8, u16
from .bacnet_names import CONFIRMED, ERRORS, LINK, NETWORK, OBJECTS, PROPERTIES, UNCONFIRMED
from .packet import Packet
from .registry import udp_port

LINK_TYPE = 0x81
_FORWARDED = 4
_NPDUS = (_FORWARDED, 9, 10, 11)
_NETWORK_MESSAGE, _DESTINATION, _SOURCE = 0x80, 0x20, 0x08


@udp_port(47808)
def bacnet(packet: Packet, data: bytes) -> bool:
    if data[0] != LINK_TYPE:
        return False
    packet.layers.append("bvlc")
    function = u8(data, 1)
    if function not in _NPDUS:
        packet.set("BVLC", f"BACnet Virtual Link Control BVLC Function {LINK.get(function, 'unknown')} ")
        return True
    packet.set("BACnet-NPDU", "Building Automation and Control Network NPDU")
    _network(packet, data[10 if function == _FORWARDED else 4 :])
    return True


def _network(packet: Packet, data: bytes) -> None:
    control = u8(data, 1)
    at = 2
    if control & _DESTINATION:
        at += 3 + u8(data, at + 2)
    if control & _SOURCE:
        at += 3 + u8(data, at + 2)
    if control & _DESTINATION:
        at += 1
    if control & _NETWORK_MESSAGE:
        kind = u8(data, at)
        packet.set("BACnet-NPDU", NETWORK[kind] if kind < len(NETWORK) else "Reserved for Use by ASHRAE")
        return
    packet.set("BACnet-APDU", "")
    _application(packet, data[at:])


def _application(packet: Packet, data: bytes) -> None:
    kind = u8(data, 0) >> 4
    if kind == 0:
        at = 2 + (2 if data[0] & 8 else 0)
        invoke, service = u8(data, 2), u8(data, at + 1)
        packet.info += f"Confirmed-REQ   {CONFIRMED.get(service, 'unknown')}[{invoke:3d}] "
        _request(packet, data[at + 2 :], service)
    elif kind == 1:
        service = u8(data, 1)
        packet.info += f"Unconfirmed-REQ {UNCONFIRMED.get(service, 'unknown')} "
        _announcement(packet, data[2:], service)
    elif kind in (2, 3, 5):
        name = {2: "Simple-ACK", 3: "Complex-ACK", 5: "Error"}[kind]
        at = 4 if kind == 3 and data[0] & 8 else 2
        packet.info += f"{name:15} {CONFIRMED.get(u8(data, at), 'unknown')}[{u8(data, 1):3d}] "
        if kind == 3:
            _request(packet, data[at + 1 :], u8(data, at))
    elif kind == 4:
        take(data, 0, 4)
        packet.info += "Segment-ACK     "
    elif kind in (6, 7):
        reason = u8(data, 2)
        words = ERRORS[kind].get(reason, f"({reason}) Reserved for Use by ASHRAE")
        packet.info += f"{'Reject' if kind == 6 else 'Abort':15} {words}[{u8(data, 1):3d}] "
    else:
        packet.info += "# unknown APDU #"


def _request(packet: Packet, data: bytes, service: int) -> None:
    """Name object and property of the property services, whose parameters are context tags 0 and 1."""
    if service not in (12, 15) or data[:1] != b"\x0c":
        return
    packet.info += f"{_object(take(data, 1, 4))} "
    if len(data) > 6 and data[5] & 0xF8 == 0x18:
        number = int.from_bytes(take(data, 6, data[5] & 7), "big")
        packet.info += f"{PROPERTIES.get(number, f'({number}) Vendor Proprietary Value')} "


def _announcement(packet: Packet, data: bytes, service: int) -> None:
    if service == 0 and data[:1] == b"\xc4":
        packet.info += f"{_object(take(data, 1, 4))} "
    elif service == 8:
        at = 0
        for number in (0, 1):
            if at < len(data) and data[at] >> 4 == number and data[at] & 8:
                size = data[at] & 7
                packet.info += f"{int.from_bytes(take(data, at + 1, size), 'big')} "
                at += 1 + size


def _object(raw: bytes) -> str:
    number = u16(raw, 0) >> 6
    name = OBJECTS.get(number, f"({number}) Vendor Proprietary Value")
    return f"{name},{int.from_bytes(raw, 'big') & 0x3FFFFF}"
