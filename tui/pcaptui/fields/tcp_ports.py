"""What a walk has met below an application over TCP: the ports, and who sent it."""

from __future__ import annotations

from .branch import Walk


def ports(walk: Walk) -> tuple[int, int]:
    """Source and destination, (0, 0) where there is none."""
    for node in reversed(walk.nodes):
        if node.field == "tcp":
            found = {child.field: child.value for child in node.children[:4]}
            source, destination = found.get("tcp.srcport"), found.get("tcp.dstport")
            if isinstance(source, int) and isinstance(destination, int):
                return source, destination
    return 0, 0


def sender(walk: Walk) -> str:
    """The source address of the innermost IP header, "" where there is none."""
    for node in reversed(walk.nodes):
        if node.field in ("ip", "ipv6"):
            return next((str(child.value) for child in node.children if child.field == f"{node.field}.src"), "")
    return ""
