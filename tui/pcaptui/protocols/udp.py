"""UDP (RFC 768) and UDP-Lite (RFC 3828), and the choice of an application by port or by its bytes."""

from __future__ import annotations

from . import registry
from .driver import MAX_DEPTH
from .ethernet import trim
from .packet import Packet, Short


@registry.ip_protocol(17)
def udp(packet: Packet, data: bytes) -> None:
    if len(data) < 4:
        raise Short
    packet.layers.append("udp")
    packet.set("UDP", "")
    source, destination = data[0] << 8 | data[1], data[2] << 8 | data[3]
    packet.source_port, packet.destination_port = source, destination
    packet.info += f"{source} → {destination}"
    if len(data) < 6:
        raise Short
    length = data[4] << 8 | data[5]
    have = len(data) + packet.missing
    jumbo = length == 0 and len(packet.ip_source) == 16 and packet.state.get("jumbo", False)
    if jumbo:
        length = have  # RFC 2675
    if length < 8:
        packet.info += f" [BAD UDP LENGTH {length} < 8]"
        return
    if length > have and "fragmented" not in packet.state:
        packet.info += f" [BAD UDP LENGTH {length} > IP PAYLOAD LENGTH]"
    packet.info += f" Len={length - 8}"
    if len(data) < 8:
        raise Short
    if not (data[6] or data[7]) and len(packet.ip_source) == 16:
        packet.info += " [ILLEGAL CHECKSUM (0)]"
    if jumbo:
        packet.info += " [Jumbogram]"
    trim(packet, data, length)
    if length > 8:
        if len(data) == 8:
            raise Short
        application(packet, data[8:length])
        if len(data) < 12 <= length and packet.protocol == "UDP" and packet.missing:
            raise Short


def asked(packet: Packet, payload: bytes, *ports: int) -> bool:
    """Whether a protocol that the user named for one of the ports has taken the payload."""
    for port in ports:
        if port in packet.asked:
            dissector = packet.asked[port]
            if dissector is None or dissector(packet, payload) is not False:
                return True
    return False


def application(packet: Packet, payload: bytes) -> None:
    """The lower port's dissector, else the higher one's, else one that looks at the bytes; else the row stays."""
    packet.depth += 1
    if packet.depth >= MAX_DEPTH:
        return
    low, high = sorted((packet.source_port, packet.destination_port))
    ports = registry.udp_ports
    if packet.asked and asked(packet, payload, low, high):
        return
    for port in (low, high) if low != high else (low,):
        dissector = ports.get(port)
        if dissector is not None and dissector(packet, payload) is not False:
            return
    for heuristic in registry.udp_heuristics:
        if heuristic(packet, payload):
            return
