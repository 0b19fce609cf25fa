"""Router renumbering (RFC 2894)."""

from __future__ import annotations

from ..protocols.text import ipv6
from .branch import HEX, Branch, Walk

_OPERATIONS = {1: "Add", 2: "Change", 3: "Set Global"}
_FLAGS = ((0x80, "t", "Test Command"), (0x40, "r", "Result requested"), (0x20, "a", "All Interfaces"),
          (0x10, "s", "Site-specific"), (0x08, "p", "Processed previously"))  # fmt: skip
MATCH_PART, USE_PART = 24, 32
MAX_PARTS = 256


def renumbering(walk: Walk, branch: Branch, at: int) -> None:
    branch.uint("icmpv6.rr.sequence_number", "Sequence Number", at + 4, 4)
    branch.uint("icmpv6.rr.segment_number", "Segment Number", at + 8, 1)
    flags = branch.u8(at + 9)
    words = [name for mask, _, name in _FLAGS if flags & mask]
    below = branch.add(", ".join([f"Flags: 0x{flags:02x}", *words]), "icmpv6.rr.flag", flags, at + 9, 1)
    for mask, field, name in _FLAGS:
        below.flag(f"icmpv6.rr.flag.{field}", name, at + 9, 1, mask)
    below.bits("icmpv6.rr.flag.rsv", "Reserved", at + 9, 1, 0x07)
    branch.uint("icmpv6.rr.maxdelay", "Max Delay", at + 10, 2)
    branch.blob("icmpv6.reserved", "Reserved", at + 12, 4)
    if branch.u8(at + 1) == 0:
        _command(branch, at + 16)


def _command(branch: Branch, at: int) -> None:
    """A match-prefix part, and use-prefix parts as many as its length says."""
    for _ in range(MAX_PARTS):
        if at + MATCH_PART > branch.end:
            return
        uses = max(0, (branch.u8(at + 1) - 3) // 4)
        _match(branch, at)
        at += MATCH_PART
        for _ in range(uses):
            _use(branch, at)
            at += USE_PART


def _match(parent: Branch, at: int) -> None:
    operation, length = parent.u8(at), parent.u8(at + 3)
    words = f"{_OPERATIONS.get(operation, 'Unknown')} {ipv6(parent.raw(at + 8, 16))}/{length}"
    words += f" ({parent.u8(at + 4)}-{parent.u8(at + 5)})"
    part = parent.add(f"Match-Prefix Part: {words}", "icmpv6.rr.pco.mp", None, at, MATCH_PART)
    part.uint("icmpv6.rr.pco.mp.opcode", "OpCode", at, 1, names=_OPERATIONS)
    part.uint("icmpv6.rr.pco.mp.oplength", "OpLength", at + 1, 1)
    part.uint("icmpv6.rr.pco.mp.ordinal", "Ordinal", at + 2, 1, HEX)
    part.uint("icmpv6.rr.pco.mp.matchlen", "MatchLen", at + 3, 1)
    part.uint("icmpv6.rr.pco.mp.minlen", "MinLen", at + 4, 1)
    part.uint("icmpv6.rr.pco.mp.maxlen", "MaxLen", at + 5, 1)
    part.blob("icmpv6.reserved", "Reserved", at + 6, 2)
    part.ipv6("icmpv6.rr.pco.mp.matchprefix", "MatchPrefix", at + 8)


def _use(parent: Branch, at: int) -> None:
    words = f"{ipv6(parent.raw(at + 16, 16))}/{parent.u8(at)} (keep {parent.u8(at + 1)})"
    part = parent.add(f"Use-Prefix Part: {words}", "icmpv6.rr.pco.up", None, at, USE_PART)
    part.uint("icmpv6.rr.pco.up.uselen", "UseLen", at, 1)
    part.uint("icmpv6.rr.pco.up.keeplen", "KeepLen", at + 1, 1)
    for place, field, name in ((at + 2, "flagmask", "FlagMask"), (at + 3, "raflags", "RAFlags")):
        flags = part.u8(place)
        below = part.add(f"{name}: 0x{flags:02x}", f"icmpv6.rr.pco.up.{field}", flags, place, 1)
        below.flag("icmpv6.rr.pco.up.flagmask.l", "On-link flag(L)", place, 1, 0x80)
        below.flag("icmpv6.rr.pco.up.flagmask.a", "Autonomous address-configuration flag(A)", place, 1, 0x40)
        below.bits("icmpv6.rr.pco.up.flagmask.reserved", "Reserved", place, 1, 0x3F)
    part.uint("icmpv6.rr.pco.up.validlifetime", "Valid Lifetime", at + 4, 4)
    part.uint("icmpv6.rr.pco.up.preferredlifetime", "Preferred Lifetime", at + 8, 4)
    flags = part.u32(at + 12)
    below = part.add(f"Flags: 0x{flags:08x}", "icmpv6.rr.pco.up.flag", flags, at + 12, 4)
    below.flag("icmpv6.rr.pco.up.flag.v", "Decrement valid lifetime", at + 12, 4, 1 << 31)
    below.flag("icmpv6.rr.pco.up.flag.p", "Decrement preferred lifetime", at + 12, 4, 1 << 30)
    below.bits("icmpv6.rr.pco.up.flag.reserved", "Reserved", at + 12, 4, (1 << 30) - 1)
    part.ipv6("icmpv6.rr.pco.up.useprefix", "UsePrefix", at + 16)
