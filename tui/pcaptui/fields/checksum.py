"""Checksums that a sender left to its network card: the sum of the pseudo header alone (RFC 9293 section 3.1)."""

from __future__ import annotations

from ipaddress import ip_address

from .branch import View, Walk
from .node import Node

_ADDRESSES = {"ip": ("ip.src", "ip.dst"), "ipv6": ("ipv6.src", "ipv6.dst")}


def partial_checksum(walk: Walk, view: View, protocol: int) -> int | None:
    """What a card finds in the field when it is to compute the checksum; None where the addresses are not known."""
    ends = _addresses(walk.nodes)
    if ends is None:
        return None
    size = view.reported - view.at
    data = b"".join(ends) + size.to_bytes(4) + protocol.to_bytes(4)
    total = sum(int.from_bytes(data[at : at + 2]) for at in range(0, len(data), 2))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return total


def _addresses(nodes: list[Node]) -> tuple[bytes, bytes] | None:
    """Source and destination of the innermost network layer that was built."""
    for node in reversed(nodes):
        names = _ADDRESSES.get(node.field)
        if names is None:
            continue
        found = {child.field: child.value for child in node.children if child.field in names}
        try:
            source, destination = (ip_address(str(found.get(name))).packed for name in names)
        except ValueError:
            return None
        return source, destination
    return None
