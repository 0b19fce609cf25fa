"""ICMP for IPv4 (RFC 792, 950, 1256, 2521, 8335). Names as tshark shows them, found by experiment."""

from __future__ import annotations

from . import registry
from .packet import Malformed, Packet, Short

TYPES = {
    0: "Echo (ping) reply", 1: "Reserved", 2: "Reserved", 3: "Destination unreachable", 4: "Source quench",
    5: "Redirect", 6: "Alternate host address", 8: "Echo (ping) request", 9: "Router advertisement",
    10: "Router solicitation", 11: "Time-to-live exceeded", 12: "Parameter problem", 13: "Timestamp request",
    14: "Timestamp reply", 15: "Information request", 16: "Information reply", 17: "Address mask request",
    18: "Address mask reply", 19: "Reserved (for security)", 30: "Traceroute", 31: "Datagram Conversion Error",
    32: "Mobile Host Redirect", 33: "IPv6 Where-Are-You", 34: "IPv6 I-Am-Here", 35: "Mobile Registration Request",
    36: "Mobile Registration Reply", 37: "Domain Name Request", 38: "Domain Name Reply", 39: "SKIP", 40: "Photuris",
    42: "Extended Echo request", 43: "Extended Echo reply",
}  # fmt: skip
CODES = {
    3: ("Network unreachable", "Host unreachable", "Protocol unreachable", "Port unreachable", "Fragmentation needed",
        "Source route failed", "Destination network unknown", "Destination host unknown", "Source host isolated",
        "Network administratively prohibited", "Host administratively prohibited", "Network unreachable for TOS",
        "Host unreachable for TOS", "Communication administratively filtered", "Host precedence violation",
        "Precedence cutoff in effect"),
    4: ("flow control",),
    5: ("Redirect for network", "Redirect for host", "Redirect for TOS and network", "Redirect for TOS and host"),
    6: ("Alternate address for host",),
    9: ("Normal router advertisement",),
    11: ("Time to live exceeded in transit", "Fragment reassembly time exceeded"),
    12: ("Pointer indicates the error", "Required option missing", "Bad length"),
    40: ("Bad SPI", "Authentication Failed", "Decompression Failed", "Decryption Failed", "Need Authentication",
         "Need Authorization"),
    42: ("No error",),
    43: ("No error", "Malformed Query", "No Such Interface", "No Such Table Entry",
         "Multiple Interfaces Satisfy Query"),
}  # fmt: skip
_QUOTING = frozenset((3, 4, 5, 11, 12))
_PAIRED = frozenset((0, 8, 13, 14, 15, 16, 17, 18))


@registry.ip_protocol(1)
def icmp(packet: Packet, data: bytes) -> None:
    """The row. What an error quotes changes no column, so it is left alone here."""
    packet.layers.append("icmp")
    packet.set("ICMP", "")
    if len(data) < 6:
        raise Short
    kind, code = data[0], data[1]
    name = TYPES.get(kind)
    if name is None:
        packet.info += "Unknown ICMP (obsolete or malformed?)"
        return
    packet.info += f"{name:<20}"
    if kind in CODES:
        codes = CODES[kind]
        words = codes[code] if code < len(codes) else f"Unknown code: {code}"
        packet.info += f" ({words})"
    if len(data) < 8:
        raise Short
    if kind in _QUOTING:
        quote(packet, data)
    if kind in _PAIRED:
        identifier, sequence = data[4] << 8 | data[5], data[6] << 8 | data[7]
        packet.info += f" id=0x{identifier:04x}, seq={sequence}/{data[7] << 8 | data[6]}"
        if "ttl" in packet.state:
            packet.info += f", ttl={packet.state['ttl']}"
        if kind in (0, 8):
            packet.info += peer_words(packet, identifier, sequence, kind == 0)


def quote(packet: Packet, data: bytes) -> None:
    """An error's quoted datagram changes no column, but it can break off, and its length (RFC 4884) can be wrong."""
    size = data[5] * 4 if data[0] in (3, 11, 12) else 0
    if packet.missing:
        if len(data) < 36:
            raise Short
    elif 8 + size > len(data):
        raise Malformed


def peer_words(packet: Packet, identifier: int, sequence: int, reply: bool) -> str:
    """Which packet the other half of an echo is, as far as one reading pass tells."""
    if packet.services is None:
        return ""
    peer = packet.services.echo_peer(packet, identifier, sequence, reply)
    if peer is None:
        return ""
    return f" ({'request' if reply else 'reply'} in {peer})"
