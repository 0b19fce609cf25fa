"""RPL's control messages (RFC 6550), as far as their fixed parts go."""

from __future__ import annotations

from .branch import Branch, Walk
from .icmp import inner


def rpl(walk: Walk, branch: Branch, at: int) -> None:
    code = branch.u8(at + 1)
    reader = {2: _destination, 3: _acknowledgment}.get(code)
    end = reader(branch, at + 4) if reader is not None else at + 4
    if branch.end > end:
        inner(walk, branch, branch.view.sub(end))


def _destination(branch: Branch, at: int) -> int:
    """Destination advertisement object."""
    branch.uint("icmpv6.rpl.dao.instance", "RPLInstanceID", at, 1)
    flags = branch.u8(at + 1)
    named = ((0x80, "k", "DAO-ACK Request (K)"), (0x40, "d", "DODAGID Present (D)"))
    words = [name for mask, _, name in named if flags & mask]
    below = branch.add(", ".join([f"Flags: 0x{flags:02x}", *words]), "icmpv6.rpl.dao.flag", flags, at + 1, 1)
    for mask, field, name in named:
        below.flag(f"icmpv6.rpl.dao.flag.{field}", name, at + 1, 1, mask, "True", "False")
    below.bits("icmpv6.rpl.dao.flag.rsv", "Reserved", at + 1, 1, 0x3F)
    branch.blob("icmpv6.reserved", "Reserved", at + 2, 1)
    branch.uint("icmpv6.rpl.dao.sequence", "DAO Sequence", at + 3, 1)
    if not flags & 0x40:
        return at + 4
    branch.ipv6("icmpv6.rpl.dao.dodagid", "DODAGID", at + 4)
    return at + 20


def _acknowledgment(branch: Branch, at: int) -> int:
    branch.uint("icmpv6.rpl.daoack.instance", "RPLInstanceID", at, 1)
    flags = branch.u8(at + 1)
    words = ", DODAGID Present (D)" if flags & 0x80 else ""
    below = branch.add(f"Flag: 0x{flags:02x}{words}", "icmpv6.rpl.daoack.flag", flags, at + 1, 1)
    below.flag("icmpv6.rpl.daoack.flag.d", "DODAGID Present (D)", at + 1, 1, 0x80, "True", "False")
    below.bits("icmpv6.rpl.daoack.flag.rsv", "Reserved", at + 1, 1, 0x7F)
    branch.uint("icmpv6.rpl.daoack.sequence", "DAO-ACK Sequence", at + 2, 1)
    branch.uint("icmpv6.rpl.daoack.status", "Status", at + 3, 1)
    if not flags & 0x80:
        return at + 4
    branch.ipv6("icmpv6.rpl.daoack.dodagid", "DODAGID", at + 4)
    return at + 20
