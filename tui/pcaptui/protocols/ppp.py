"""PPP (RFC 1661, 1662): the step from its protocol numbers, in HDLC-like framing or bare."""

from __future__ import annotations

from . import registry
from .driver import MAX_DEPTH
from .ethernet import LLC
from .packet import Packet, Short
from .ppp_control import control

ppp_protocols: dict[int, registry.RowDissector] = {}
"""Dissectors by PPP protocol number that are not control protocols or ethertypes."""

_ETHERTYPES = {0x0057: 0x86DD, 0x0281: 0x8847, 0x0283: 0x8848, 0x002B: 0x8137, 0x0029: 0x809B, 0x004B: LLC}
_NAMES = {
    0x0025: "Xerox NS IDP", 0x0027: "DECnet Phase IV", 0x0035: "Banyan Vines", 0x0053: "Encryption",
    0x0055: "Individual Link Encryption", 0x0057: "Internet Protocol version 6",
    0x00FB: "Single link compression in multilink", 0x0201: "802.1d Hello Packets", 0x4021: "Stacker LZS",
    0x802B: "Novell IPX Control Protocol", 0x803F: "NETBIOS Framing Control Protocol",
    0x8053: "Encryption Control Protocol", 0xC025: "Link Quality Report", 0xC081: "Container Control Protocol",
}  # fmt: skip


@registry.link_type(9, 50)
def ppp_hdlc(packet: Packet, data: bytes) -> None:
    """FF 03 in front, or left out; Cisco HDLC may run on the same line (0F 00, 8F 00)."""
    packet.layers.append("ppp")
    packet.source = packet.destination = "N/A"
    packet.set("PPP", "")
    if len(data) < 2:
        raise Short
    if data[0] in (0x0F, 0x8F) and data[1] == 0 and 104 in registry.link_types:
        registry.link_types[104](packet, data)
        return
    if data[0] == 0xFF and data[1] == 3:
        data = data[2:]
    ppp(packet, data)


def ppp(packet: Packet, data: bytes) -> None:
    """A PPP frame from its protocol field on, which is one byte where its first byte is odd."""
    if not data:
        raise Short
    if data[0] & 1:
        number, data = data[0], data[1:]
    elif len(data) < 2:
        raise Short
    else:
        number, data = data[0] << 8 | data[1], data[2:]
    packet.depth += 1
    if packet.depth >= MAX_DEPTH:
        return
    if number == 0x0021:
        registry.ip_protocols[4](packet, data)
    elif number in _ETHERTYPES and _ETHERTYPES[number] in registry.ethertypes:
        registry.ethertypes[_ETHERTYPES[number]](packet, data)
    elif number in ppp_protocols:
        ppp_protocols[number](packet, data)
    elif not control(packet, number, data):
        packet.set(f"0x{number:04x}", f"PPP {_NAMES.get(number, 'Unknown')} (0x{number:04x})")


def multilink(packet: Packet, data: bytes) -> None:
    """PPP Multilink (RFC 1990), long sequence numbers; fragments are not put together."""
    packet.layers.append("mp")
    packet.set("PPP MP", "PPP Multilink")
    if len(data) < 4:
        raise Short
    sequence = int.from_bytes(data[1:4])
    if data[0] & 0xC0 == 0xC0:
        ppp(packet, data[4:])
    else:
        packet.info += f" (PPP MP Unreassembled fragment {sequence})"


def compressed(packet: Packet, data: bytes) -> None:
    packet.layers.append("comp_data")
    packet.set("PPP Comp", "Compressed data")


ppp_protocols[0x003D] = multilink
ppp_protocols[0x00FD] = compressed
registry.gre_protocols[0x880B] = lambda packet, data: ppp(packet, data[2:] if data[:2] == b"\xff\x03" else data)
