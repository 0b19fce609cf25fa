"""PPP's control and authentication protocols (RFC 1661 section 5, 1334, 1994). What they carry is cleartext, as tshark
shows it."""

from __future__ import annotations

from .packet import Packet, Short
from .text import decode

_CONTROL = {0xC021: "PPP LCP", 0x8021: "PPP IPCP", 0x8057: "PPP IPV6CP", 0x80FD: "PPP CCP", 0x8207: "PPP CDPCP",
            0x8281: "PPP MPLSCP", 0x8023: "PPP OSINLCP", 0xC02B: "PPP BACP", 0x8031: "PPP BCP NCP"}  # fmt: skip
_CODES = ("Vendor Specific", "Configuration Request", "Configuration Ack", "Configuration Nak", "Configuration Reject",
          "Termination Request", "Termination Ack", "Code Reject", "Protocol Reject", "Echo Request", "Echo Reply",
          "Discard Request", "Identification", "Time Remaining")  # fmt: skip


def control(packet: Packet, number: int, data: bytes) -> bool:
    """Dissect one of the protocols here; False if the number is none of them."""
    if number in _CONTROL:
        negotiation(packet, _CONTROL[number], data)
    elif number == 0xC023:
        pap(packet, data)
    elif number == 0xC223:
        chap(packet, data)
    else:
        return False
    return True


def negotiation(packet: Packet, name: str, data: bytes) -> None:
    packet.layers.append(name[4:].lower())
    packet.set(name, "")
    if not data:
        raise Short
    packet.info += _CODES[data[0]] if data[0] < len(_CODES) else "Unknown"
    if len(data) < 4:
        raise Short


def pap(packet: Packet, data: bytes) -> None:
    packet.layers.append("pap")
    packet.set("PPP PAP", "")
    if not data:
        raise Short
    packet.info += {1: "Authenticate-Request", 2: "Authenticate-Ack", 3: "Authenticate-Nak"}.get(data[0], "Unknown")
    if len(data) < 5:
        raise Short
    first = data[5 : 5 + data[4]]
    if data[0] == 1:
        rest = data[5 + data[4] :]
        if not rest:
            raise Short
        packet.info += f" (Peer-ID='{decode(first)}', Password='{decode(rest[1 : 1 + rest[0]])}')"
    elif data[0] in (2, 3):
        packet.info += f" (Message='{decode(first)}')"


def chap(packet: Packet, data: bytes) -> None:
    packet.layers.append("chap")
    packet.set("PPP CHAP", "")
    if not data:
        raise Short
    kind = data[0]
    packet.info += {1: "Challenge", 2: "Response", 3: "Success", 4: "Failure"}.get(kind, "Unknown")
    if len(data) < 4:
        raise Short
    body = data[4 : data[2] << 8 | data[3]]
    if kind in (1, 2) and body:
        value, name = body[1 : 1 + body[0]], body[1 + body[0] :]
        packet.info += f" (NAME='{decode(name)}', VALUE=0x{value.hex()})"
    elif kind in (3, 4) and body:
        packet.info += f" (MESSAGE='{decode(body)}')"
