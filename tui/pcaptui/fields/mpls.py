"""MPLS label stacks (RFC 3032)."""

from __future__ import annotations

from . import payload
from .branch import View, Walk
from .registry import ethertype, ip_protocol
from .words import bit_pattern

_RESERVED = {0: "IPv4 Explicit-Null", 1: "Router Alert", 2: "IPv6 Explicit-Null", 3: "Implicit-Null",
             7: "Entropy Label Indicator (ELI)", 13: "Generic Associated Channel Label (GAL)",
             14: "OAM Alert"}  # fmt: skip
MAX_LABELS = 64


@ethertype(0x8847, 0x8848)
@ip_protocol(137)
def mpls(walk: Walk, view: View) -> None:
    at = view.at
    for _ in range(MAX_LABELS):
        branch = walk.layer(view.sub(at), "mpls", "MultiProtocol Label Switching Header", 4)
        word = branch.u32(at)
        label, experimental, bottom, ttl = word >> 12, word >> 9 & 7, word >> 8 & 1, word & 255
        words = f"{label} ({_RESERVED[label]})" if label in _RESERVED else f"{label}"
        branch.label(
            f"MultiProtocol Label Switching Header, Label: {words}, Exp: {experimental}, S: {bottom}, TTL: {ttl}"
        )
        name = f"{_RESERVED[label]} ({label})" if label in _RESERVED else f"{label} (0x{label:05x})"
        for mask, field, text, value in (
            (0xFFFFF000, "label", f"MPLS Label: {name}", label),
            (0x00000E00, "exp", f"MPLS Experimental Bits: {experimental}", experimental),
            (0x00000100, "bottom", f"MPLS Bottom Of Label Stack: {bottom}", bottom),
            (0x000000FF, "ttl", f"MPLS TTL: {ttl}", ttl),
        ):
            branch.add(f"{bit_pattern(word, mask, 32)} = {text}", f"mpls.{field}", value, at, 4)
        at += 4
        if bottom:
            break
    _inside(walk, view.sub(at))


def _inside(walk: Walk, view: View) -> None:
    """Nothing says what is inside: the first four bits are IP's version, a control word of pseudo-wires, or the start
    of a MAC address."""
    if not len(view):
        return
    first = view.data[view.at] >> 4
    if first == 4 or first == 6:
        payload.next_ethertype(walk, view, 0x0800 if first == 4 else 0x86DD)
    elif first == 0 and len(view) > 18:
        _pseudo_wire(walk, view)
    elif first == 1:
        payload.carried(walk, view, "mpls", 1)
    else:
        payload.next_ethertype(walk, view, 0x6558)


def _pseudo_wire(walk: Walk, view: View) -> None:
    """Ethernet with a control word (RFC 4448), where what follows looks like a frame."""
    at = view.at
    kind = int.from_bytes(view.data[at + 16 : at + 18], "big")
    if view.data[at : at + 2] != b"\0\0" or not (kind >= 1536 or kind <= len(view) - 18):
        payload.next_ethertype(walk, view, 0x6558)
        return
    branch = walk.layer(view, "pwethcw", "PW Ethernet Control Word", 4)
    branch.uint("pwethcw.sequence_number", "Sequence Number", at + 2, 2)
    payload.next_ethertype(walk, view.sub(at + 4), 0x6558)
