"""IPv4 (RFC 791)."""

from __future__ import annotations

from .branch import View, Walk
from .payload import next_ip_protocol
from .registry import ethertype


@ethertype(0x0800)
def ipv4(walk: Walk, view: View) -> None:
    at = view.at
    branch = walk.layer(view, "ip", "Internet Protocol Version 4", 20)
    branch.bits("ip.version", "Version", at, 1, 0xF0)
    size = (branch.u8(at) & 0x0F) * 4
    branch.resize(size)
    total = branch.uint("ip.len", "Total Length", at + 2, 2)
    protocol = branch.uint("ip.proto", "Protocol", at + 9, 1, names={6: "TCP", 17: "UDP"})
    source = branch.ipv4("ip.src", "Source Address", at + 12)
    destination = branch.ipv4("ip.dst", "Destination Address", at + 16)
    branch.label(f"Internet Protocol Version 4, Src: {source}, Dst: {destination}")
    next_ip_protocol(walk, view.sub(at + size, at + total), protocol)
