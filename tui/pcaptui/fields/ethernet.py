"""Ethernet II frames (IEEE 802.3)."""

from __future__ import annotations

from .branch import HEX, Branch, View, Walk
from .payload import next_ethertype
from .registry import link_type

LOCAL = "Locally administered address (this is NOT the factory default)"
ETHERTYPES = {0x0800: "IPv4", 0x0806: "ARP", 0x86DD: "IPv6", 0x8100: "802.1Q Virtual LAN"}


@link_type(1)
def ethernet(walk: Walk, view: View) -> None:
    at = view.at
    branch = walk.layer(view, "eth", "Ethernet II", 14)
    walk.protocols.append("ethertype")
    destination = _address(branch, "eth.dst", "Destination", at)
    source = _address(branch, "eth.src", "Source", at + 6)
    branch.label(f"Ethernet II, Src: {source}, Dst: {destination}")
    kind = branch.uint("eth.type", "Type", at + 12, 2, HEX, ETHERTYPES)
    next_ethertype(walk, view.sub(at + 14), kind)


def _address(branch: Branch, field: str, name: str, at: int) -> str:
    from ..protocols.text import mac

    text = mac(branch.raw(at, 6))
    below = branch.add(f"{name}: {text}", field, text, at, 6)
    below.mac("eth.addr", "Address", at)
    below.flag(f"{field}.lg", "LG bit", at, 3, 0x020000, LOCAL,
               "Globally unique address (factory default)")  # fmt: skip
    below.flag(
        f"{field}.ig", "IG bit", at, 3, 0x010000, "Group address (multicast/broadcast)", "Individual address (unicast)"
    )
    return text
