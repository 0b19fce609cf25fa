"""ICMP for IPv4 (RFC 792, 950, 1191, 1256, 4884, 8335)."""

from __future__ import annotations

from ..protocols.icmp import CODES, TYPES
from . import payload
from .branch import HEX, Branch, View, Walk
from .checksums import checksum
from .icmp_extensions import mobile, multi_part
from .registry import ip_protocol
from .words import BILLION, DEC_HEX, lasting, moment, number, seconds

_DAY = 86_400_000
_STATES = {0: "Reserved", 1: "Incomplete", 2: "Reachable", 3: "Stale", 4: "Delay", 5: "Probe", 6: "Failed"}
_NAMES = {**TYPES, 4: "Source quench (flow control)", 9: "Mobile IP Advertisement"}
LEGACY = 128
"""Bytes of the quoted datagram in front of extensions where no length says so (RFC 4884, 5.5)."""
_STAMPED = 86_400
"""Seconds that a stamp in an echo's data may be off the packet's own time."""


@ip_protocol(1)
def icmp(walk: Walk, view: View) -> None:
    at = view.at
    branch = walk.layer(view, "icmp", "Internet Control Message Protocol", len(view))
    kind, code = branch.u8(at), branch.u8(at + 1)
    branch.add(f"Type: {kind} ({_NAMES.get(kind, 'Unknown ICMP (obsolete or malformed?)')})", "icmp.type", kind, at, 1)
    words = CODES.get(kind) if kind != 4 else None
    if words is None:
        branch.add(f"Code: {code}", "icmp.code", code, at + 1, 1)
    else:
        word = words[code] if code < len(words) else f"Unknown code: {code}"
        branch.add(f"Code: {code} ({word})", "icmp.code", code, at + 1, 1)
    _checksum(walk, branch, at)
    reader = _READERS.get(kind)
    if reader is not None:
        reader(walk, branch, at)


def _checksum(walk: Walk, branch: Branch, at: int) -> None:
    view = branch.view
    if walk.quoted or walk.fragmented or view.end < view.reported:
        why = " [in ICMP error packet]" if walk.quoted else " [fragmented datagram]" if walk.fragmented else ""
        checksum(branch, "icmp.checksum", at + 2, None, why)
    else:
        checksum(branch, "icmp.checksum", at + 2, view.bytes)


def _identity(branch: Branch, at: int) -> None:
    """Identifier and sequence number, in either byte order: hosts differ."""
    for field, name, place in (("ident", "Identifier", at + 4), ("seq", "Sequence Number", at + 6)):
        big, little = branch.u16(place), branch.number(place, 2, little=True)
        branch.add(f"{name} (BE): {number(big, DEC_HEX, 4)}", f"icmp.{field}", big, place, 2)
        branch.add(f"{name} (LE): {number(little, DEC_HEX, 4)}", f"icmp.{field}_le", little, place, 2)


def _echo(walk: Walk, branch: Branch, at: int) -> None:
    _identity(branch, at)
    if not walk.quoted:
        echo_links(walk, branch, "icmp.resp_in", "icmp.resp_to", "icmp.resptime")
    rest = branch.view.sub(at + 8)
    if not walk.quoted and _stamp(walk, branch, at + 8):
        rest = branch.view.sub(at + 16)
    inner(walk, branch, rest)


def echo_links(walk: Walk, branch: Branch, response: str, request: str, time: str,
               words: tuple[str, str, str] = ("Response frame", "Request frame", "Response time")) -> None:  # fmt: skip
    """The other half of an echo, and how long it took."""
    link = walk.context.linked("icmp", "response")
    if link is not None:
        branch.computed(f"{words[0]}: {link.number}", response, link.number, link.number)
    link = walk.context.linked("icmp", "request")
    if link is not None:
        branch.computed(f"{words[1]}: {link.number}", request, link.number, link.number)
        if link.time is not None:
            branch.computed(f"{words[2]}: {link.time / 1e6:.3f} ms", time, link.time / 1e6)


def _stamp(walk: Walk, branch: Branch, at: int) -> bool:
    """Seconds and microseconds at the start of an echo's data, where they are near the packet's own time (as tshark
    tells them, found by experiment)."""
    if at + 8 > branch.end or not walk.context.timed:
        return False
    raw = branch.raw(at, 8)
    now = walk.context.time
    for order in ("big", "little"):
        whole = int.from_bytes(raw[:4], order)
        part = int.from_bytes(raw[4:], order)
        if abs(whole - now // BILLION) < _STAMPED and part < 1_000_000:
            stamp = whole * BILLION + part * 1000
            text = moment(stamp)
            branch.add(f"Timestamp from icmp data: {text}", "icmp.data_time", text, at, 8)
            branch.add(f"[Timestamp from icmp data (relative): {seconds(now - stamp)}]", "icmp.data_time_relative",
                       (now - stamp) / BILLION, at, 8)  # fmt: skip
            return True
    return False


def inner(walk: Walk, branch: Branch, rest: View) -> None:
    """Bytes inside a message that nobody dissects."""
    with walk.inside(branch):
        payload.data(walk, rest)


def quoted(walk: Walk, branch: Branch, view: View, ethertype: int = 0x0800) -> None:
    """The datagram that an error is about."""
    walk.quoted += 1
    try:
        with walk.inside(branch):
            payload.next_ethertype(walk, view, ethertype)
    finally:
        walk.quoted -= 1


def _error(walk: Walk, branch: Branch, at: int) -> None:
    """Unreachable, exceeded, parameter problem: a quoted datagram, with a length and extensions or without."""
    kind, code = branch.u8(at), branch.u8(at + 1)
    length = branch.u8(at + 5) if kind in (3, 11, 12) else 0
    if kind == 12:
        branch.uint("icmp.pointer", "Pointer", at + 4, 1)
        start = at + 5
    else:
        start = at + 4
    end = at + 6 if kind == 3 and code == 4 else at + 8
    if length:
        if start < at + 5:
            branch.blob("icmp.unused", "Unused", start, 1)
        branch.uint("icmp.length", "Length", at + 5, 1)
        branch.add(
            f"[Length of original datagram: {4 * length}]", "icmp.length.original_datagram", 4 * length, at + 5, 1
        )
        start = at + 6
    if end > start:
        branch.blob("icmp.unused", "Unused", start, end - start)
    if kind == 3 and code == 4:
        branch.uint("icmp.mtu", "MTU of next hop", at + 6, 2)
    reported = branch.view.reported
    size = 4 * length if length else LEGACY if reported - at - 8 > LEGACY else 0
    quoted(walk, branch, branch.view.sub(at + 8, at + 8 + size if size else None))
    if size and kind in (3, 11, 12) and reported >= at + 8 + size + 4:
        branch.raw(at + 8 + size, 4)
        multi_part(branch, at + 8 + size, branch.end)


def _quench(walk: Walk, branch: Branch, at: int) -> None:
    quoted(walk, branch, branch.view.sub(at + 8))


def _redirect(walk: Walk, branch: Branch, at: int) -> None:
    branch.ipv4("icmp.redir_gw", "Gateway Address", at + 4)
    quoted(walk, branch, branch.view.sub(at + 8))


def _advertisement(walk: Walk, branch: Branch, at: int) -> None:
    count = branch.uint("icmp.num_addrs", "Number of addresses", at + 4, 1)
    words = branch.uint("icmp.addr_entry_size", "Address entry size", at + 5, 1)
    life = branch.u16(at + 6)
    branch.add(f"Lifetime: {life} ({lasting(life)})", "icmp.lifetime", life, at + 6, 2)
    if words != 2:
        inner(walk, branch, branch.view.sub(at + 8))
        return
    for place in range(at + 8, at + 8 + 8 * count, 8):
        branch.ipv4("icmp.router_address", "Router address", place)
        level = branch.u32(place + 4)
        level -= (level & 0x80000000) << 1
        branch.add(f"Preference level: {level}", "icmp.pref_level", level, place + 4, 4)
    mobile(branch, at + 8 + 8 * count, branch.end)


def _timestamps(walk: Walk, branch: Branch, at: int) -> None:
    _identity(branch, at)
    now = walk.context.time // 1_000_000 % _DAY
    for place, field, name in ((at + 8, "originate", "Originate"), (at + 12, "receive", "Receive"),
                               (at + 16, "transmit", "Transmit")):  # fmt: skip
        value = branch.u32(place)
        best = _guess(value, branch.number(place, 4, little=True), now)
        whole, part = divmod(best, 1000)
        words = lasting_fraction(whole, part)
        branch.add(
            f"{name} Timestamp: {value} ({words} after midnight UTC)", f"icmp.{field}_timestamp", value, place, 4
        )


def lasting_fraction(whole: int, milliseconds: int) -> str:
    """'4 hours, 39 minutes, 37.216 seconds'."""
    hours, minutes = whole // 3600 % 24, whole // 60 % 60
    days = whole // 86400
    parts = [f"{count} {word}{'' if count == 1 else 's'}" for count, word in
             ((days, "day"), (hours, "hour"), (minutes, "minute")) if count]  # fmt: skip
    if whole % 60 or milliseconds or not parts:
        parts.append(f"{whole % 60}.{milliseconds:03d} seconds")
    return ", ".join(parts)


def _guess(big: int, little: int, now: int) -> int:
    """Milliseconds since midnight: some hosts send them the other way round, so take what is nearer to the packet's
    time (found by experiment)."""
    big, little = big & 0x7FFFFFFF, little & 0x7FFFFFFF
    if big >= _DAY or little >= _DAY:
        return little if little < _DAY else big
    return big if abs(big - now) <= abs(little - now) else little


def _mask(walk: Walk, branch: Branch, at: int) -> None:
    _identity(branch, at)
    branch.ipv4("icmp.address_mask", "Address Mask", at + 8)


def _information(walk: Walk, branch: Branch, at: int) -> None:
    _identity(branch, at)


def _extended(walk: Walk, branch: Branch, at: int) -> None:
    big, little = branch.u16(at + 4), branch.number(at + 4, 2, little=True)
    branch.add(f"Identifier (BE): {number(big, DEC_HEX, 4)}", "icmp.ident", big, at + 4, 2)
    branch.add(f"Identifier (LE): {number(little, DEC_HEX, 4)}", "icmp.ident_le", little, at + 4, 2)
    sequence = branch.u8(at + 6)
    branch.add(f"Sequence Number: {number(sequence, DEC_HEX, 2)}", "icmp.ext.echo.seq", sequence, at + 6, 1)
    if branch.u8(at) == 42:
        branch.bits("icmp.ext.echo.req.res", "Reserved", at + 7, 1, 0xFE, HEX)
        branch.flag("icmp.ext.echo.req.local", "Local bit", at + 7, 1, 1)
        if branch.end > at + 8:
            multi_part(branch, at + 8, branch.end)
        return
    branch.bits("icmp.ext.echo.rsp.state", "State", at + 7, 1, 0xE0, names=_STATES)
    branch.bits("icmp.ext.echo.rsp.res", "Reserved", at + 7, 1, 0x18, HEX)
    branch.flag("icmp.ext.echo.rsp.active", "Active bit", at + 7, 1, 4)
    branch.flag("icmp.ext.echo.rsp.ipv4", "IPv4 bit", at + 7, 1, 2)
    branch.flag("icmp.ext.echo.rsp.ipv6", "IPv6 bit", at + 7, 1, 1)


_READERS = {0: _echo, 8: _echo, 3: _error, 11: _error, 12: _error, 4: _quench, 5: _redirect, 9: _advertisement,
            13: _timestamps, 14: _timestamps, 15: _information, 16: _information, 17: _mask, 18: _mask,
            42: _extended, 43: _extended}  # fmt: skip
