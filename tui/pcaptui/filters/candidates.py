"""Which packets can have a field at all, as far as columns tell: nobody looks at the bytes of the others."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ..loader.table import Layer
from . import bound
from .block import Block, Mask
from .columns import COLUMN_FIELDS
from .speaking import at_ports, streams_like

_DNS = (53, 5353, 5355)
_PORTS: dict[str, tuple[str, tuple[int, ...]]] = {
    "dns": ("both", _DNS), "mdns": ("udp", (5353,)), "llmnr": ("udp", (5355,)), "dhcp": ("udp", (67, 68)),
    "dhcpv6": ("udp", (546, 547)), "ntp": ("udp", (123,)), "nbns": ("udp", (137,)), "nbdgm": ("udp", (138,)),
    "tftp": ("udp", ()), "ssdp": ("udp", (1900,)), "smtp": ("tcp", ()), "imf": ("tcp", ()), "ftp": ("tcp", ()),
    "pop": ("tcp", ()), "imap": ("tcp", ()), "telnet": ("tcp", ()), "ssh": ("tcp", ()), "http": ("both", ()),
    "tls": ("both", ()), "quic": ("udp", ()), "http2": ("tcp", ()),
}  # fmt: skip
"""Protocols by what carries them, and the only ports that they are looked for at (none: any)."""
_UDP_PORTS = {"http": (1900,), "tls": (443, 4433, 8443)}
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


def quoted_transport(block: Block) -> Mask:
    """ICMP errors about TCP and UDP: what was carried may be quoted with it."""
    found: Mask = block.quoted & np.isin(block.column("ip_protocol"), (6, 17))
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
    if prefix not in _PORTS:
        return np.ones(len(block), bool)
    if block.capture.decode_as:
        anywhere: Mask = _loaded("both", block) | (block.column("ip_protocol") == 1)
        return anywhere
    carrier, ports = _PORTS[prefix]
    if prefix in ("http", "tls"):
        return (_loaded("udp", block) & at_ports(_UDP_PORTS[prefix], block)) | (
            _loaded("tcp", block) & streams_like(prefix, block)
        )
    found: Mask = _loaded(carrier, block) & (at_ports(ports, block) if ports else True) | (
        block.column("ip_protocol") == 1
    )
    return found


def _loaded(carrier: str, block: Block) -> Mask:
    loaded: Mask = block.column("payload_length") > 0
    if carrier == "both":
        return loaded & (block.tcp | block.udp)
    return loaded & (block.tcp if carrier == "tcp" else block.udp)
