"""Which class of colour a row belongs to: in the spirit of Wireshark's default colouring rules."""

from __future__ import annotations

from ..protocols.packet import Packet

_BAD_TCP = frozenset(
    {
        "retransmission",
        "fast_retransmission",
        "spurious_retransmission",
        "out_of_order",
        "lost_segment",
        "ack_lost_segment",
        "duplicate_ack",
        "zero_window",
        "window_full",
        "reused_ports",
    }
)
_ROUTING = frozenset(
    {"ospf", "eigrp", "bgp", "rip", "ripng", "isis", "pim", "hsrp", "vrrp", "babel", "ldp", "rsvp", "glbp", "bfd"}
)
_BY_LAYER = (
    ("arp", "arp"),
    ("icmp", "icmp"),
    ("icmpv6", "icmp"),
    ("igmp", "multicast"),
    ("http", "http"),
    ("tls", "tls"),
    ("dtls", "tls"),
    ("quic", "tls"),
    ("dns", "dns"),
    ("mdns", "dns"),
    ("llmnr", "dns"),
    ("nbns", "dns"),
    ("dhcp", "dhcp"),
    ("dhcpv6", "dhcp"),
    ("stp", "switch"),
    ("cdp", "switch"),
    ("lldp", "switch"),
    ("wlan", "wlan"),
    ("sctp", "sctp"),
    ("smb", "smb"),
    ("smb2", "smb"),
    ("nbss", "smb"),
    ("tcp", "tcp"),
    ("udp", "udp"),
)
_ICMP_ERRORS = (
    "Destination unreachable",
    "Time-to-live exceeded",
    "Redirect",
    "Source quench",
    "Parameter problem",
    "Destination Unreachable",
    "Time Exceeded",
    "Packet Too Big",
    "Parameter Problem",
)


def kind_of(packet: Packet, marks: tuple[str, ...]) -> str:
    """The colour class: 'malformed', 'tcp-bad', 'tcp-reset', 'tcp-handshake', 'icmp-error', or a protocol's."""
    if "[Malformed Packet" in packet.info:
        return "malformed"
    if not _BAD_TCP.isdisjoint(marks):
        return "tcp-bad"
    layers = packet.layers
    if packet.info.startswith(_ICMP_ERRORS):
        return "icmp-error"
    if "tcp" in layers:
        flags = packet.state.get("tcp_flags", 0)
        if flags & 4:
            return "tcp-reset"
        if flags & 3:
            return "tcp-handshake"
    if not _ROUTING.isdisjoint(layers):
        return "routing"
    for layer, kind in _BY_LAYER:
        if layer in layers:
            return kind
    return "other"
