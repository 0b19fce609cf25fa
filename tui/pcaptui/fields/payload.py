"""From one layer to the next: our own builder where there is one, else scapy's layer, else the bytes as data."""

from __future__ import annotations

import sys

from . import registry
from .branch import View, Walk
from .node import LOADING, Node

_QUOTED = {53: "dns", 67: "dhcp", 68: "dhcp", 123: "ntp", 137: "nbns", 546: "dhcpv6", 547: "dhcpv6", 5353: "mdns",
           5355: "llmnr"}  # fmt: skip
"""UDP ports whose applications are shown where an ICMP error quotes them; none of these needs a stream."""


def next_ethertype(walk: Walk, view: View, ethertype: int) -> None:
    """What an Ethernet type (or PPP, SNAP, GRE ... with one) announces."""
    _next(walk, view, registry.ethertypes.get(ethertype), "ethertype", ethertype)


def next_ip_protocol(walk: Walk, view: View, protocol: int) -> None:
    _next(walk, view, registry.ip_protocols.get(protocol), "ip_protocol", protocol)


def next_link_type(walk: Walk, view: View, link_type: int) -> None:
    _next(walk, view, registry.link_types.get(link_type), "link_type", link_type)


def next_application(walk: Walk, view: View, after: str, ports: tuple[int, int]) -> None:
    """The application over the `after` ("udp") that was just built: the row dissectors know which it is."""
    name = application_after(walk, after)
    if walk.quoted and not name and after == "udp":  # row dissectors look into no quoted datagram
        name = next((_QUOTED[port] for port in sorted(ports) if port in _QUOTED), "")
    _next(walk, view, registry.applications.get(name), after, ports)


def application_after(walk: Walk, after: str) -> str:
    """The name of the layer that the row dissectors met behind the layer `after`, as often as it was met so far."""
    layers = walk.context.layers
    place = -1
    for _ in range(max(1, walk.protocols.count(after))):
        try:
            place = layers.index(after, place + 1)
        except ValueError:
            return ""
    return layers[place + 1] if place + 1 < len(layers) else ""


def _next(walk: Walk, view: View, builder: registry.Builder | None, kind: str, key: int | tuple[int, int]) -> None:
    if len(view) == 0:
        return
    if builder is not None:
        walk.call(builder, view)
    else:
        carried(walk, view, kind, key)


def carried(walk: Walk, view: View, kind: str, key: int | tuple[int, int]) -> None:
    """Bytes that none of our builders knows: scapy's layers, found by what carries them, else data.

    `kind` and `key`: "ethertype", "ip_protocol", "link_type" and its number, "udp" or "tcp" and the two ports.
    """
    if walk.context.hurry and "scapy.all" not in sys.modules:
        data(walk, view)
        walk.nodes.append(Node("[scapy is being loaded for what is in there …]", LOADING))
        return
    if walk.context.with_scapy:
        from .scapy_layers import scapy_layers

        if scapy_layers(walk, view, kind, key):
            return
    data(walk, view)


def data(walk: Walk, view: View) -> None:
    """Bytes that nobody dissects."""
    size = view.reported - view.at
    if size <= 0:
        return
    branch = walk.layer(view, "data", f"Data ({size} byte{'' if size == 1 else 's'})")
    branch.blob("data.data", "Data", view.at, len(view))
    branch.computed(f"Length: {size}", "data.len", size)
