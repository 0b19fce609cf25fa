"""Linux cooked captures, BSD loopback: link layers made up by the system (link types 113, 276, 0, 108)."""

from __future__ import annotations

from ..protocols.text import ipv4, mac
from . import payload
from .branch import HEX, Branch, View, Walk
from .ethernet import behind
from .link_names import ETHERTYPES, GRE_TYPES, HARDWARE
from .llc import llc
from .registry import link_type

_PACKETS = {0: "Unicast to us", 1: "Broadcast", 2: "Multicast", 3: "Unicast to another host", 4: "Sent by us"}
_LINUX = {0x1: "Raw 802.3", 0x3: "Ethernet", 0x4: "802.2 LLC", 0x7: "PPP (HDLC)", 0xC: "CAN", 0xD: "CAN FD",
          0x17: "IrDA LAP", 0xF5: "ISI", 0xF6: "IEEE 802.15.4"}  # fmt: skip
_FAMILIES = {2: "IP", 7: "OSI", 16: "Appletalk", 23: "Netware IPX/SPX", 24: "IPv6", 28: "IPv6", 30: "IPv6"}
GRE_HARDWARE = (778, 823)


@link_type(113)
def cooked(walk: Walk, view: View) -> None:
    at = view.at
    branch = walk.layer(view, "sll", "Linux cooked capture v1", 16)
    branch.uint("sll.pkttype", "Packet type", at, 2, names=_PACKETS)
    hardware = branch.uint("sll.hatype", "Link-layer address type", at + 2, 2, names=HARDWARE)
    size = branch.uint("sll.halen", "Link-layer address length", at + 4, 2)
    _address(branch, at + 6, size)
    _protocol(walk, view, branch, at + 14, at + 16, hardware)


@link_type(276)
def cooked2(walk: Walk, view: View) -> None:
    at = view.at
    branch = walk.layer(view, "sll", "Linux cooked capture v2", 20)
    hardware = branch.u16(at + 8)
    kind = _type(branch, at, hardware)
    branch.uint("sll.ifindex", "Interface index", at + 4, 4)
    branch.uint("sll.hatype", "Link-layer address type", at + 8, 2, names=HARDWARE)
    branch.uint("sll.pkttype", "Packet type", at + 10, 1, names=_PACKETS)
    size = branch.uint("sll.halen", "Link-layer address length", at + 11, 1)
    _address(branch, at + 12, size)
    _next(walk, view, branch, at + 20, kind, hardware)


def _address(branch: Branch, at: int, size: int) -> None:
    """The sender's address, as much as fits, and what is left of its eight bytes."""
    if size == 6:
        text = mac(branch.raw(at, 6))
        branch.add(f"Source: {text}", "sll.src.eth", text, at, 6)
    elif size == 4:
        text = ipv4(branch.raw(at, 4))
        branch.add(f"Source: {text}", "sll.src.ipv4", text, at, 4)
    elif size:
        branch.blob("sll.src.other", "Source", at, min(size, 8))
    if size < 8:
        branch.blob("sll.unused", "Unused", at + size, 8 - size)


def _protocol(walk: Walk, view: View, branch: Branch, place: int, after: int, hardware: int) -> None:
    _next(walk, view, branch, after, _type(branch, place, hardware), hardware)


def _type(branch: Branch, at: int, hardware: int) -> int:
    kind = branch.u16(at)
    if hardware in GRE_HARDWARE:
        branch.uint("sll.gretype", "Protocol", at, 2, HEX, GRE_TYPES)
    elif kind < 1536:
        branch.uint("sll.ltype", "Protocol", at, 2, HEX, _LINUX)
    else:
        branch.uint("sll.etype", "Protocol", at, 2, HEX, ETHERTYPES)
    return kind


def _next(walk: Walk, view: View, branch: Branch, at: int, kind: int, hardware: int) -> None:
    rest = view.sub(at)
    if hardware not in GRE_HARDWARE and kind < 1536:
        if kind == 4:
            walk.call(llc, rest)
        else:
            payload.carried(walk, rest, "sll", kind)
        return
    walk.protocols.append("ethertype")
    walk.claimed = None
    payload.next_ethertype(walk, rest, kind)
    if walk.claimed is not None:
        behind(branch, view, walk.claimed, "sll", 0)
    walk.claimed = None


@link_type(0, 108)
def loopback(walk: Walk, view: View) -> None:
    """An address family of BSD's, in the capturing host's byte order (link type 0) or the network's (108); some
    captures have an ethertype or PPP header in its place."""
    at = view.at
    branch = walk.layer(view, "null", "Null/Loopback", 4)
    big, little = branch.u32(at), branch.number(at, 4, little=True)
    if branch.raw(at, 2) == b"\xff\x03":
        walk.nodes.pop()
        walk.protocols.pop()
        payload.next_link_type(walk, view, 9)
        return
    family = little if (little < 0x10000 and not little & 0xFF00) or big > 0xFFFF else big
    if family & 0xFFFF0000:
        family = little >> 16 if not little & 0xFFFF else family
    if 1536 <= family <= 0xFFFF:
        branch.add(f"Type: {ETHERTYPES.get(family, 'Unknown')} (0x{family:04x})", "null.type", family, at + 2, 2)
        walk.protocols.append("ethertype")
        payload.next_ethertype(walk, view.sub(at + 4), family)
        return
    branch.add(f"Family: {_FAMILIES.get(family, 'Unknown')} ({family})", "null.family", family, at, 4)
    rest = view.sub(at + 4)
    if family == 2:
        payload.next_ethertype(walk, rest, 0x0800)
    elif family in (24, 28, 30):
        payload.next_ethertype(walk, rest, 0x86DD)
    else:
        payload.carried(walk, rest, "family", family)
