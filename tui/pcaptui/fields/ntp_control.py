"""NTP's control messages, mode 6 (RFC 9327)."""

from __future__ import annotations

from ..protocols.text import decode
from .branch import HEX, Branch
from .ntp_words import (
    CLOCK_STATES,
    CLOCKS,
    ERRORS,
    LEAPS,
    OPERATIONS,
    PEER_EVENTS,
    SELECTIONS,
    SYSTEM_EVENTS,
)

P = "ntp.ctrl."
STATUS, VARIABLES, CLOCK = (1,), (2, 3), (4, 5)
TEXTS = {
    7: ("trapmsg", "Trap message"), 8: ("configuration", "Configuration"), 9: ("configuration", "Configuration"),
    10: ("mru", "MRU"), 11: ("ordlist", "Ordered List"), 12: ("nonce", "Nonce"),
}  # fmt: skip
PEER_FLAGS = (
    ("config", 0x8000, "Peer Status", "configured (peer.config)", "not configured (peer.config)"),
    ("authenable", 0x4000, "Peer Status", "authentication enabled (peer.authenable)",
     "authentication disabled (peer.authenable)"),
    ("authentic", 0x2000, "Peer Status", "authentication okay (peer.authentic)",
     "authentication not okay (peer.authentic)"),
    ("reach", 0x1000, "Peer Status", "reachability okay (peer.reach != 0)",
     "reachability not okay (peer.reach != 0)"),
    ("bcast", 0x0800, "Peer Status broadcast association", "Set", "Not set"),
)  # fmt: skip


def control(branch: Branch, at: int, end: int) -> None:
    """All but the first byte, which has the mode."""
    flags = branch.u8(at + 1)
    response, error, operation = bool(flags & 0x80), bool(flags & 0x40), flags & 31
    words = f"Response bit: {'Response' if response else 'Request'}, Opcode: {OPERATIONS.get(operation, 'Unknown')}"
    below = branch.add(f"Flags 2: 0x{flags:02x}, {words}", f"{P}flags2", flags, at + 1, 1)
    below.bits(f"{P}flags2.r", "Response bit", at + 1, 1, 0x80, names={0: "Request", 1: "Response"})
    below.bits(f"{P}flags2.error", "Error bit", at + 1, 1, 0x40)
    below.bits(f"{P}flags2.more", "More bit", at + 1, 1, 0x20)
    below.bits(f"{P}flags2.opcode", "Opcode", at + 1, 1, 0x1F, names=OPERATIONS)
    branch.uint(f"{P}sequence", "Sequence", at + 2, 2)
    association = branch.u16(at + 6)
    if not response or operation > 7:
        branch.uint(f"{P}status", "Status", at + 4, 2, HEX)
    elif error:
        _errors(branch, at + 4)
    elif operation in CLOCK:
        _clock(branch, at + 4)
    elif association and operation in (*STATUS, *VARIABLES):
        _peer(branch, at + 4)
    else:
        _system(branch, at + 4)
    branch.uint(f"{P}associd", "AssociationID", at + 6, 2)
    branch.uint(f"{P}offset", "Offset", at + 8, 2)
    count = branch.uint(f"{P}count", "Count", at + 10, 2)
    at += 12
    if count:
        _data(branch, at, count, operation, response)
    _authenticator(branch, at + count, at + (count + 3) // 4 * 4, end)


def _status(branch: Branch, at: int, words: str) -> Branch:
    value = branch.u16(at)
    return branch.add(f"Status: 0x{value:04x}{words}", f"{P}status", value, at, 2)


def _errors(branch: Branch, at: int) -> None:
    below = _status(branch, at, f", Error Status Word: {ERRORS.get(branch.u8(at), 'Unknown')}")
    below.bits(f"{P}err_status", "Error Status Word", at, 2, 0xFF00, names=ERRORS)


def _clock(branch: Branch, at: int) -> None:
    below = _status(branch, at, f", Clock Status: {CLOCK_STATES.get(branch.u8(at), 'Unknown')}")
    below.bits(f"{P}clock_status.status", "Clock Status", at, 2, 0xFF00, names=CLOCK_STATES)
    below.bits(f"{P}clock_status.code", "Clock Event Code", at, 2, 0x00FF)


def _system(branch: Branch, at: int) -> None:
    value = branch.u16(at)
    clock, event = CLOCKS.get(value >> 8 & 63, "Unknown"), SYSTEM_EVENTS[value & 15]
    words = f", Leap Indicator: {LEAPS[value >> 14]}, Clock Source: {clock}, System Event Code: {event}"
    below = _status(branch, at, words)
    below.bits(f"{P}sys_status.li", "Leap Indicator", at, 2, 0xC000, names=LEAPS)
    below.bits(f"{P}sys_status.clksrc", "Clock Source", at, 2, 0x3F00, names=CLOCKS)
    below.bits(f"{P}sys_status.count", "System Event Counter", at, 2, 0x00F0)
    below.bits(f"{P}sys_status.code", "System Event Code", at, 2, 0x000F, names=SYSTEM_EVENTS)


def _peer(branch: Branch, at: int) -> None:
    value = branch.u16(at)
    words = "".join(f", {name}" for _, mask, name, _, _ in PEER_FLAGS if value & mask)
    words += f", Peer Selection: {SELECTIONS[value >> 8 & 7]}, Peer Event Code: {PEER_EVENTS[value & 15]}"
    below = _status(branch, at, words)
    for field, mask, name, yes, no in PEER_FLAGS:
        below.flag(f"{P}peer_status.{field}", name, at, 2, mask, yes, no)
    below.bits(f"{P}peer_status.selection", "Peer Selection", at, 2, 0x0700, names=SELECTIONS)
    below.bits(f"{P}peer_status.count", "Peer Event Counter", at, 2, 0x00F0)
    below.bits(f"{P}peer_status.code", "Peer Event Code", at, 2, 0x000F, names=PEER_EVENTS)


def _data(branch: Branch, at: int, count: int, operation: int, response: bool) -> None:
    below = branch.add("Data", f"{P}data", None, at, count)
    below.raw(at, count)
    if operation in STATUS and response:
        for start in range(at, at + count - 3, 4):
            item = below.add("Item", f"{P}item", None, start, 4)
            item.uint(f"{P}associd", "AssociationID", start, 2)
            _peer(item, start + 2)
    elif operation in (*VARIABLES, *CLOCK):
        _variables(below, at, count)
    elif operation in TEXTS:
        field, name = TEXTS[operation]
        below.string(P + field, name, at, count, "ascii")


def _variables(branch: Branch, at: int, count: int) -> None:
    """A line for each variable; commas part them unless they stand in quotation marks."""
    raw = branch.raw(at, count)
    start, quoted = 0, False
    for index, byte in enumerate(raw + b","):
        if byte == 0x22:
            quoted = not quoted
        if byte != 0x2C or (quoted and index < count):
            continue
        part = raw[start:index]
        text = part.strip()
        if text:
            place = at + start + part.index(text)
            branch.add(decode(text), "", decode(text), place, len(text))
        start = index + 1


def _authenticator(branch: Branch, data_end: int, padded: int, end: int) -> None:
    if end <= data_end:
        return
    padded = min(padded, end)
    if padded > data_end:
        branch.blob("ntp.padding", "Padding", data_end, padded - data_end)
    if end - padded >= 4:
        branch.blob("ntp.keyid", "Key ID", padded, 4)
        branch.add("Authenticator", "", None, padded + 4, end - padded - 4)
