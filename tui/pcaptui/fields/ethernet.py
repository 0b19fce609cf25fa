"""Ethernet II and IEEE 802.3 frames, 802.1Q tags, and what stands behind the payload (IEEE 802.3, 802.1Q)."""

from __future__ import annotations

from ..protocols.text import mac
from .branch import HEX, Branch, View, Walk
from .link_names import ETHERTYPES
from .llc import llc
from .payload import next_ethertype
from .registry import ethertype, link_type
from .words import bit_pattern

LOCAL = "Locally administered address (this is NOT the factory default)"
GLOBAL = "Globally unique address (factory default)"
MANY, ONE = "Group address (multicast/broadcast)", "Individual address (unicast)"
SHORTEST = 60
"""Bytes that a frame has at least, without its checksum."""
PRIORITIES = {0: "Best Effort (default)", 1: "Background", 2: "Excellent Effort", 3: "Critical Applications",
              4: "Video, < 100ms latency and jitter", 5: "Voice, < 10ms latency and jitter",
              6: "Internetwork Control", 7: "Network Control"}  # fmt: skip
"""IEEE 802.1Q-2005, annex G."""


@link_type(1)
def captured_ethernet(walk: Walk, view: View) -> None:
    """A frame as captured, perhaps with its checksum."""
    _ethernet(walk, view, int(walk.context.facts.get("fcs_length", -1)))


def ethernet(walk: Walk, view: View) -> None:
    """A frame inside something else: there is no checksum."""
    _ethernet(walk, view, 0)


def maybe_with_checksum(walk: Walk, view: View) -> None:
    _ethernet(walk, view, -1)


def _ethernet(walk: Walk, view: View, checksum: int) -> None:
    at = walk.framed = view.at
    branch = walk.layer(view, "eth", "Ethernet", 14)
    destination, source = mac(branch.raw(at, 6)), mac(branch.raw(at + 6, 6))
    kind = branch.u16(at + 12)
    if kind < 1536:
        _by_length(walk, view, branch, kind, checksum)
        return
    branch.label(f"Ethernet II, Src: {source}, Dst: {destination}")
    walk.protocols.append("ethertype")
    _addresses(branch, at)
    branch.uint("eth.type", "Type", at + 12, 2, HEX, ETHERTYPES)
    outer, walk.claimed = walk.claimed, None
    stop = view.reported - 4 if checksum == 4 else None
    next_ethertype(walk, view.sub(at + 14, stop), kind)
    walk.claimed = stop if walk.claimed is None else walk.claimed
    if walk.claimed is not None:
        behind(branch, view, walk.claimed, "eth", checksum)
    walk.claimed = outer


def _by_length(walk: Walk, view: View, branch: Branch, length: int, checksum: int) -> None:
    at = view.at
    branch.label("IEEE 802.3 Ethernet ")
    _addresses(branch, at)
    if length > 1500:
        branch.label(f"Ethernet Unknown, Src: {mac(branch.raw(at + 6, 6))}, Dst: {mac(branch.raw(at, 6))}")
        branch.add(f"Invalid length/type: 0x{length:04x} ({length})", "eth.invalid_lentype", length, at + 12, 2)
        from .payload import data

        data(walk, view.sub(at + 14))
        return
    branch.uint("eth.len", "Length", at + 12, 2)
    end = min(at + 14 + length, view.reported)
    behind(branch, view, end, "eth", checksum)
    outer, walk.claimed = walk.claimed, end
    walk.call(llc, view.sub(at + 14, end))
    walk.claimed = outer


def _addresses(branch: Branch, at: int) -> None:
    for field, name, place in (("eth.dst", "Destination", at), ("eth.src", "Source", at + 6)):
        text = mac(branch.raw(place, 6))
        below = branch.add(f"{name}: {text}", field, text, place, 6)
        below.mac("eth.addr", "Address", place)
        below.flag(f"{field}.lg", "LG bit", place, 3, 0x020000, LOCAL, GLOBAL)
        below.flag(f"{field}.ig", "IG bit", place, 3, 0x010000, MANY, ONE)


def behind(branch: Branch, view: View, end: int, layer: str, checksum: int) -> None:
    """Padding, trailer and frame check sequence behind the payload, which ends at `end`.

    `checksum`: 4 where frames are known to bring it, 0 where they do not, -1: as tshark guesses, found by experiment,
    a frame of 64 bytes or more with a trailer of four ends in one.
    """
    if end >= view.reported or end < view.at:
        return
    at, stop, reported = end, view.end, view.reported
    shortest = branch.walk.framed + SHORTEST
    padding = min(shortest - at, stop - at)
    if padding > 0 and _is_zero(view.data[at : at + padding]):
        branch.blob("eth.padding", "Padding", at, padding)
        at += padding
    has = checksum == 4 or (checksum == -1 and reported - at >= 4 and reported - view.at >= 64)
    if has:
        reported -= 4
        stop = min(stop, reported)
    if stop > at:
        branch.blob(f"{layer}.trailer", "Trailer", at, stop - at)
    if has and reported + 4 <= view.end:
        value = branch.u32(reported)
        branch.add(f"Frame check sequence: 0x{value:08x} [unverified]", "eth.fcs", value, reported, 4)
        branch.computed("FCS Status: Unverified", "eth.fcs.status", 2)


def _is_zero(data: bytes) -> bool:
    return not any(data)


@ethertype(0x8100, 0x9100, 0x9200, 0x9300)
def vlan(walk: Walk, view: View) -> None:
    """An 802.1Q tag."""
    _tag(walk, view, "vlan", "802.1Q Virtual LAN")


@ethertype(0x88A8)
def service_vlan(walk: Walk, view: View) -> None:
    """An 802.1ad tag: the outer one of two."""
    at = view.at
    branch = walk.layer(view, "ieee8021ad", "IEEE 802.1ad", 4)
    branch.label(f"IEEE 802.1ad, ID: {branch.u16(at) & 4095}")
    tag = branch.u16(at)
    branch.add(f"{bit_pattern(tag, 0xE000, 16)} = Priority: {tag >> 13}", "ieee8021ad.priority", tag >> 13, at, 1)
    branch.add(f"{bit_pattern(tag, 0x1000, 16)} = DEI: {tag >> 12 & 1}", "ieee8021ad.dei", tag >> 12 & 1, at, 1)
    branch.bits("ieee8021ad.id", "ID", at, 2, 0x0FFF)
    _tagged(walk, view, branch, "ieee8021ah")


def _tag(walk: Walk, view: View, layer: str, name: str) -> None:
    at = view.at
    branch = walk.layer(view, layer, name, 4)
    tag = branch.u16(at)
    branch.label(f"{name}, PRI: {tag >> 13}, DEI: {tag >> 12 & 1}, ID: {tag & 4095}")
    branch.bits("vlan.priority", "Priority", at, 2, 0xE000, names=PRIORITIES)
    branch.flag("vlan.dei", "DEI", at, 2, 0x1000, "Eligible", "Ineligible")
    branch.bits("vlan.id", "ID", at, 2, 0x0FFF)
    _tagged(walk, view, branch, layer)


def _tagged(walk: Walk, view: View, branch: Branch, layer: str) -> None:
    at = view.at
    kind = branch.u16(at + 2)
    outer, walk.claimed = walk.claimed, None
    if kind >= 1536:
        branch.uint(f"{layer}.etype", "Type", at + 2, 2, HEX, ETHERTYPES)
        walk.protocols.append("ethertype")
        next_ethertype(walk, view.sub(at + 4), kind)
        if walk.claimed is not None:
            behind(branch, view, walk.claimed, layer, 0)
    else:
        branch.uint(f"{layer}.len", "Length", at + 2, 2)
        walk.claimed = end = min(at + 4 + kind, view.reported)
        behind(branch, view, end, layer, 0)
        walk.call(llc, view.sub(at + 4, end))
    walk.claimed = outer
