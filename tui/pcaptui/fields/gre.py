"""Generic routing encapsulation (RFC 2784, 2890, 2637)."""

from __future__ import annotations

from . import payload
from .branch import HEX, Branch, View, Walk
from .checksums import checksum
from .ethernet import ethernet, maybe_with_checksum
from .link_names import GRE_TYPES
from .registry import ethertype, ip_protocol
from .wlan import frame

_VERSIONS = {0: "GRE", 1: "Enhanced GRE"}
ARUBA = frozenset((*range(0x8200, 0x8380, 0x10), 0x9000))
"""Wireless frames between access point and controller."""
_BITS = ((0x8000, "checksum", "Checksum Bit"), (0x4000, "routing", "Routing Bit"), (0x2000, "key", "Key Bit"),
         (0x1000, "sequence_number", "Sequence Number Bit"),
         (0x0800, "strict_source_route", "Strict Source Route Bit"))  # fmt: skip
ROUTES = 16


@ip_protocol(47)
def gre(walk: Walk, view: View) -> None:
    at = view.at
    branch = walk.layer(view, "gre", "Generic Routing Encapsulation", 4)
    flags, kind = branch.u16(at), branch.u16(at + 2)
    branch.label(f"Generic Routing Encapsulation ({GRE_TYPES.get(kind, f'0x{kind:04x} - unknown')})")
    version = flags & 7
    below = branch.add(f"Flags and Version: 0x{flags:04x}", "gre.flags_and_version", flags, at, 2)
    for mask, field, name in _BITS:
        below.flag(f"gre.flags.{field}", name, at, 2, mask, "Yes", "No")
    below.bits("gre.flags.recursion_control", "Recursion control", at, 2, 0x0700)
    if version == 1:
        below.flag("gre.flags.ack", "Acknowledgment", at, 2, 0x0080, "Yes", "No")
        below.bits("gre.flags.reserved", "Flags (Reserved)", at, 2, 0x0078)
    else:
        below.bits("gre.flags.reserved", "Flags (Reserved)", at, 2, 0x00F8)
    below.bits("gre.flags.version", "Version", at, 2, 0x0007, names=_VERSIONS)
    branch.uint("gre.proto", "Protocol Type", at + 2, 2, HEX, GRE_TYPES)
    after = _fields(branch, view, at + 4, flags, version)
    branch.resize(after - at)
    _inside(walk, view.sub(after), kind)


def _fields(branch: Branch, view: View, at: int, flags: int, version: int) -> int:
    """The fields that the flags announce; where they end."""
    if flags & 0xC000:
        whole = view.end >= view.reported and not branch.walk.quoted
        if flags & 0x8000:
            checksum(branch, "gre.checksum", at, view.bytes if whole else None)
        branch.uint("gre.offset", "Offset", at + 2, 2)
        at += 4
    if flags & 0x2000:
        if version == 1:
            branch.uint("gre.key.payload_length", "Payload Length", at, 2)
            branch.uint("gre.key.call_id", "Call ID", at + 2, 2)
        else:
            branch.uint("gre.key", "Key", at, 4, HEX)
        at += 4
    if flags & 0x1000:
        branch.uint("gre.sequence_number", "Sequence Number", at, 4)
        at += 4
    if version == 1 and flags & 0x0080:
        branch.uint("gre.ack_number", "Acknowledgment Number", at, 4)
        at += 4
    if flags & 0x4000:
        at = _routes(branch, at)
    return at


def _routes(branch: Branch, at: int) -> int:
    for _ in range(ROUTES):
        family, size = branch.u16(at), branch.u8(at + 3)
        one = branch.add("Routing", "gre.routing", None, at, 4 + size)
        one.uint("gre.routing.address_family", "Address Family", at, 2)
        one.uint("gre.routing.sre_offset", "SRE Offset", at + 2, 1)
        one.uint("gre.routing.sre_length", "SRE Length", at + 3, 1)
        if family == 0 and size == 0:
            return at + 4
        one.blob("gre.routing.information", "Routing Information", at + 4, size)
        at += 4 + size
    return at


def _inside(walk: Walk, view: View, kind: int) -> None:
    if kind == 0x6558:
        walk.call(maybe_with_checksum, view)
    elif kind == 0x880B:
        payload.next_link_type(walk, view, 9)
    elif kind in ARUBA:
        frame(walk, view, False)
    else:
        payload.next_ethertype(walk, view, kind)


@ethertype(0x6558)
def bridged(walk: Walk, view: View) -> None:
    """A whole Ethernet frame, without its checksum."""
    ethernet(walk, view)
