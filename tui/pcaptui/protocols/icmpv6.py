"""ICMPv6: errors, echo, multicast listeners, neighbor discovery, node information, RPL (RFC 4443, 2710, 3810, 4861,
4620, 6550). Names as tshark shows them, found by experiment."""

from __future__ import annotations

from . import registry
from .icmp import peer_words
from .packet import Packet, Short
from .text import ipv6

TYPES = {
    1: "Destination Unreachable", 2: "Packet Too Big", 3: "Time Exceeded", 4: "Parameter Problem",
    100: "Private experimentation", 101: "Private experimentation",
    127: "Reserved for expansion of ICMPv6 error messages", 128: "Echo (ping) request", 129: "Echo (ping) reply",
    130: "Multicast Listener Query", 131: "Multicast Listener Report", 132: "Multicast Listener Done",
    133: "Router Solicitation", 134: "Router Advertisement", 135: "Neighbor Solicitation",
    136: "Neighbor Advertisement", 137: "Redirect", 138: "Router Renumbering", 139: "Node Information Query",
    140: "Node Information Reply", 141: "Inverse Neighbor Discovery Solicitation",
    142: "Inverse Neighbor Discovery Advertisement", 143: "Multicast Listener Report Message v2",
    144: "Home Agent Address Discovery Request", 145: "Home Agent Address Discovery Reply",
    146: "Mobile Prefix Solicitation", 147: "Mobile Prefix Advertisement", 148: "Certification Path Solicitation",
    149: "Certification Path Advertisement", 150: "Experimental Mobility", 151: "Multicast Router Advertisement",
    152: "Multicast Router Solicitation", 153: "Multicast Router Termination", 154: "FMIPv6", 155: "RPL Control",
    156: "Locator Update", 157: "Duplicate Address Request", 158: "Duplicate Address Confirmation",
    159: "MPL Control Message", 160: "Extended Echo request", 161: "Extended Echo reply",
    200: "Private experimentation", 201: "Private experimentation",
    255: "Reserved for expansion of ICMPv6 informational messages",
}  # fmt: skip
CODES = {
    1: {0: "no route to destination", 1: "Administratively prohibited", 2: "Beyond scope of source address",
        3: "Address unreachable", 4: "Port unreachable", 5: "Source address failed ingress/egress policy",
        6: "Reject route to destination", 7: "Error in Source Routing Header"},
    3: {0: "hop limit exceeded in transit", 1: "fragment reassembly time exceeded"},
    4: {0: "erroneous header field encountered", 1: "unrecognized Next Header type encountered",
        2: "unrecognized IPv6 option encountered", 3: "IPv6 First Fragment has incomplete IPv6 Header Chain"},
    138: {0: "Command", 1: "Result", 255: "Sequence Number Reset"},
    140: {0: "Successful", 1: "Refused", 2: "Unknown query type"},
    155: {0: "DODAG Information Solicitation", 1: "DODAG Information Object", 2: "Destination Advertisement Object",
          3: "Destination Advertisement Object Acknowledgment", 4: "P2P Discovery Reply Object",
          5: "P2P Discovery Reply Object Acknowledgement", 0x80: "Secure DODAG Information Solicitation",
          0x81: "Secure DODAG Information Object", 0x82: "Secure Destination Advertisement Object",
          0x83: "Secure Destination Advertisement Object Acknowledgment", 0x84: "Secure P2P Discovery Reply Object",
          0x85: "Secure P2P Discovery Reply Object Acknowledgement", 0x8A: "Consistency Check"},
    160: {0: "No error"},
    161: {0: "No error", 1: "Malformed Query", 2: "No Such Interface", 3: "No Such Table Entry",
          4: "Multiple Interfaces Satisfy Query"},
}  # fmt: skip
MAX_OPTIONS = 64


@registry.ip_protocol(58)
def icmpv6(packet: Packet, data: bytes) -> None:
    packet.layers.append("icmpv6")
    packet.set("ICMPv6", "")
    if not data:
        raise Short
    kind = data[0]
    packet.info += TYPES.get(kind, f"Unknown ({kind})")
    if len(data) < 2:
        raise Short
    code = data[1]
    if kind in CODES:
        packet.info += f" ({CODES[kind].get(code, 'Unknown' if kind == 1 else f'Unknown ({code})')})"
    if len(data) < 4:
        raise Short
    if kind in (1, 2, 3, 4) and len(data) <= 8:
        raise Short
    reader = _READERS.get(kind)
    if reader is not None:
        reader(packet, data)


def echo(packet: Packet, data: bytes) -> None:
    if len(data) < 8:
        raise Short
    identifier, sequence = data[4] << 8 | data[5], data[6] << 8 | data[7]
    packet.info += f" id=0x{identifier:04x}, seq={sequence}"
    if "ttl" in packet.state:
        packet.info += f", hop limit={packet.state['ttl']}"
    packet.info += peer_words(packet, identifier, sequence, data[0] == 129)


def need(data: bytes, size: int) -> None:
    if len(data) < size:
        raise Short


def solicitation(packet: Packet, data: bytes) -> None:
    need(data, 24)
    packet.info += f" for {ipv6(data[8:24])}"
    options(packet, data[24:])


def advertisement(packet: Packet, data: bytes) -> None:
    need(data, 24)
    flags = [name for bit, name in ((0x80, "rtr"), (0x40, "sol"), (0x20, "ovr")) if data[4] & bit]
    packet.info += f" {ipv6(data[8:24])} ({', '.join(flags) or 'none'})"
    options(packet, data[24:])


def router_solicitation(packet: Packet, data: bytes) -> None:
    need(data, 8)
    options(packet, data[8:])


def router_advertisement(packet: Packet, data: bytes) -> None:
    need(data, 16)
    options(packet, data[16:])


def redirect(packet: Packet, data: bytes) -> None:
    need(data, 40)
    options(packet, data[40:])


def options(packet: Packet, data: bytes) -> None:
    """Walk neighbor discovery options (RFC 4861 section 4.6): the link-layer addresses go into Info."""
    position = 0
    for _ in range(MAX_OPTIONS):
        if position >= len(data) and not packet.missing:
            return
        need(data, position + 2)
        kind, size = data[position], data[position + 1] * 8
        if size == 0:
            raise Short
        need(data, position + size)
        if size == 8 and kind in (1, 2):
            packet.info += f" {'from' if kind == 1 else 'is at'} {data[position + 2 : position + 8].hex(':')}"
        position += size


def listener_report(packet: Packet, data: bytes) -> None:
    """MLDv2 (RFC 3810 section 5.2): the records have to fit."""
    need(data, 8)
    position = 8
    for _ in range(data[6] << 8 | data[7]):
        need(data, position + 4)
        position += 20 + (data[position + 2] << 8 | data[position + 3]) * 16 + data[position + 1] * 4
        need(data, position)


def node_query(packet: Packet, data: bytes) -> None:
    words = {0: "IPv6 addresses", 1: "DNS name or empty", 2: "IPv4 addresses"}.get(data[1], f"Unknown ({data[1]})")
    packet.info += f" (Query subject = {words})"


_READERS = {128: echo, 129: echo, 133: router_solicitation, 134: router_advertisement, 135: solicitation,
            136: advertisement, 137: redirect, 139: node_query, 143: listener_report}  # fmt: skip
