"""UDP (RFC 768)."""

from __future__ import annotations

from .branch import HEX, View, Walk
from .payload import next_application
from .registry import ip_protocol


@ip_protocol(17)
def udp(walk: Walk, view: View) -> None:
    at = view.at
    branch = walk.layer(view, "udp", "User Datagram Protocol", 8)
    ports = branch.uint("udp.srcport", "Source Port", at, 2), branch.uint("udp.dstport", "Destination Port", at + 2, 2)
    branch.label(f"User Datagram Protocol, Src Port: {ports[0]}, Dst Port: {ports[1]}")
    branch.uint("udp.length", "Length", at + 4, 2)
    branch.uint("udp.checksum", "Checksum", at + 6, 2, HEX, unit=" [unverified]")
    next_application(walk, view.sub(at + 8), "udp", ports)
