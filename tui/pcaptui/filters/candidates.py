"""Which packets can have a field at all, as far as columns tell: nobody looks at the bytes of the others."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache

import numpy as np

from ..loader.table import NONE16, Layer
from . import bound
from .block import Block, Mask
from .columns import COLUMN_FIELDS
from .speaking import at_ports, streams_like

_DNS = (53, 5353, 5355)
_PORTS: dict[str, tuple[str, tuple[int, ...]]] = {
    "dns": ("both", _DNS), "mdns": ("udp", (5353,)), "llmnr": ("udp", (5355,)), "dhcp": ("udp", (67, 68)),
    "dhcpv6": ("udp", (546, 547)), "ntp": ("udp", (123,)), "nbns": ("udp", (137,)), "nbdgm": ("udp", (138,)),
    "tftp": ("udp", ()), "ssdp": ("udp", (1900,)), "http": ("both", ()), "tls": ("both", ()), "quic": ("udp", ()),
    "http2": ("tcp", ()),
}  # fmt: skip
"""Protocols by what carries them, and the only ports that they are looked for at (none: any)."""
_TCP_SERVICES = frozenset(
    "ssh ftp smtp imf pop imap telnet bgp irc ldp mysql nntp pgsql mqtt modbus rtsp rsync git memcache resp whois "
    "finger gopher".split()
)
_UDP_SERVICES = frozenset("radius snmp syslog rip ripng isakmp coap bfd hsrp sflow srvloc ptp babel bacnet".split())
"""Protocols that are dissected at their own ports only."""
_CARRIED = {"imf": ("smtp", "pop", "imap")}
_UDP_PORTS = {"http": (1900,), "tls": (443, 4433, 8443)}
_ECHOES = (0, 8, 13, 14)
_HEADERS: dict[str, Callable[[Block], Mask]] = {
    "tcp": lambda block: block.tcp,
    "udp": lambda block: block.udp,
    "ip": lambda block: block.ipv4,
    "ipv6": lambda block: block.ipv6,
    "arp": lambda block: block.arp,
    "eth": lambda block: block.ethernet,
    "icmp": lambda block: block.column("ip_protocol") == 1,
    "icmpv6": lambda block: block.column("ip_protocol") == 58,
    "igmp": lambda block: block.column("ip_protocol") == 2,
    "wlan": lambda block: np.isin(block.link_type, (105, 119, 127, 163, 192)),
    "vlan": lambda block: block.column("layers") & 1 != 0,
    "eapol": lambda block: (block.column("ethertype") == 0x888E) | (block.column("ip_protocol") == 255),
}


def candidates(test: bound.Leaf, block: Block) -> Mask:
    """Packets for which the test can be true. Packets that columns describe badly always are."""
    if constant_counts(test):
        return np.ones(len(block), bool)
    masks = [_side(side, block) for side in _sides(test)]
    found = masks[0]
    for mask in masks[1:]:
        found = found & mask
    return found | block.odd | quoted_transport(block) | block.flagged(Layer.FRAGMENT)


def candidates_of(protocol: str, block: Block) -> Mask:
    """As `candidates`, for any field of a protocol."""
    found = _field(f"{protocol}.", block)
    fragments = block.flagged(Layer.FRAGMENT)
    if _over_tcp(protocol) and fragments.any():
        where = fragments & block.ipv4
        fragments = fragments & ~(where & np.isin(block.number_of(where, "network", 9, 1), (1, 17)))
        where = fragments & block.ipv6
        where = where & (block.number_of(where, "network", 6, 1) == 44)  # the fragment header, and what follows it
        fragments = fragments & ~(where & np.isin(block.number_of(where, "network", 40, 1), (17, 58)))
    return found | block.odd | quoted_transport(block) | fragments


def quoted_transport(block: Block) -> Mask:
    """ICMP errors about TCP and UDP: what was carried may be quoted with it."""
    found: Mask = block.quoted & np.isin(block.column("ip_protocol"), (6, 17))
    return found


def _over_tcp(protocol: str) -> bool:
    return protocol in _TCP_SERVICES or protocol in ("http", "tls")


def _quoting(block: Block) -> Mask:
    """ICMP packets, but those that only echo (RFC 792): they quote nothing."""
    found: Mask = block.column("ip_protocol") == 1
    if found.any():
        where = found & (block.column("transport") != NONE16)
        found = found & ~(where & np.isin(block.number_of(where, "transport", 0, 1), _ECHOES))
    return found


def _sides(test: bound.Leaf) -> list[bound.Value]:
    """Values none of which may be missing."""
    match test:
        case bound.There(value=value):
            return [value]
        case bound.Compare(left=left, right=right):
            return [side for side in (left, right) if any(True for _ in bound.fields_of(side))]
        case bound.Match(left=left) | bound.In(left=left):
            return [left]


def constant_counts(test: bound.Leaf) -> bool:
    """max() and min() have a value without any field where a constant is among their arguments."""
    return any(
        isinstance(side, bound.Function)
        and side.name in ("max", "min")
        and any(not any(True for _ in bound.fields_of(argument)) for argument in side.arguments)
        for side in _sides(test)
    )


def _side(value: bound.Value, block: Block) -> Mask:
    masks = [_field(field.name, block) for field in bound.fields_of(value)]
    found = masks[0]
    for mask in masks[1:]:
        found = found | mask
    return found


def _field(name: str, block: Block) -> Mask:
    if name in COLUMN_FIELDS:
        lanes = block.lanes(name)
        if any(lane.present is None for lane in lanes):
            return np.ones(len(block), bool)
        some: Mask = np.logical_or.reduce([lane.present for lane in lanes if lane.present is not None])
        return some
    prefix = name.partition(".")[0]
    if prefix in _HEADERS:
        return _HEADERS[prefix](block)
    if prefix not in _PORTS and prefix not in _TCP_SERVICES | _UDP_SERVICES:
        return np.ones(len(block), bool)
    found: Mask
    if block.capture.decode_as:
        anywhere: Mask = _loaded("both", block) | (block.column("ip_protocol") == 1)
        return anywhere
    if prefix in _TCP_SERVICES:
        found = _at_service(prefix, block) | _quoting(block)
        return found
    carrier, ports = _PORTS.get(prefix) or ("udp", _registered("udp", prefix))
    if prefix in ("http", "tls"):
        ends = block.tcp & (block.column("tcp_flags") & 1 != 0) if prefix == "http" else False
        return (_loaded("udp", block) & at_ports(_UDP_PORTS[prefix], block)) | (
            (_loaded("tcp", block) | ends) & streams_like(prefix, block)
        )
    found = _loaded(carrier, block) & (at_ports(ports, block) if ports else True) | _quoting(block)
    return found


def _at_service(prefix: str, block: Block) -> Mask:
    """Segments at the ports of a protocol, and those that a proxy may carry it in."""
    ports = [port for name in _CARRIED.get(prefix, (prefix,)) for port in _registered("tcp", name)]
    there = at_ports((*ports, *_registered("tcp", "socks")), block) | streams_like("connect", block)
    found: Mask = _loaded("tcp", block) & there
    return found


@cache
def _registered(carrier: str, protocol: str) -> tuple[int, ...]:
    """The ports that a protocol's dissector is asked for."""
    from ..decode_as import name_of
    from ..protocols import registry

    registry.load()
    dissectors: Mapping[int, Callable[..., object]] = registry.tcp_ports if carrier == "tcp" else registry.udp_ports
    return tuple(port for port, function in dissectors.items() if name_of(function) == protocol)


def _loaded(carrier: str, block: Block) -> Mask:
    loaded: Mask = block.column("payload_length") > 0
    if carrier == "both":
        return loaded & (block.tcp | block.udp)
    return loaded & (block.tcp if carrier == "tcp" else block.udp)
