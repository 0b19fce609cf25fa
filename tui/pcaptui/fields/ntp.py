"""NTP: the time messages (RFC 5905) with extension fields, keys and message authentication codes."""

from __future__ import annotations

from ..protocols.ntp import MODES as SHORT_MODES
from ..protocols.text import ipv4
from .branch import HEX, Branch, View, Walk
from .ntp_control import control
from .ntp_private import private
from .ntp_words import EXTENSIONS, LEAPS, MODES, SOURCES, VERSIONS, stratum, timestamp
from .registry import application
from .words import seconds

CONTROL, PRIVATE = 6, 7
FIXED = 48
SHORTEST_EXTENSION = 16


@application("ntp")
def ntp(walk: Walk, view: View) -> None:
    at = view.at
    branch = walk.layer(view, "ntp", "Network Time Protocol")
    first = branch.u8(at)
    mode, version = first & 7, first >> 3 & 7
    branch.label(f"Network Time Protocol ({VERSIONS[version]}, {SHORT_MODES[mode]})")
    if mode == PRIVATE:
        private(branch, at, view.end)
    elif mode == CONTROL:
        _flags(branch, at, first)
        control(branch, at, view.end)
    else:
        _flags(branch, at, first)
        _message(branch, at)
        _extensions(branch, at + FIXED, view.end)
    _links(walk, branch)


def _flags(branch: Branch, at: int, first: int) -> None:
    leap, version, mode = first >> 6, first >> 3 & 7, first & 7
    words = f"Leap Indicator: {LEAPS[leap]}, Version number: {VERSIONS[version]}, Mode: {MODES[mode]}"
    below = branch.add(f"Flags: 0x{first:02x}, {words}", "ntp.flags", first, at, 1)
    below.bits("ntp.flags.li", "Leap Indicator", at, 1, 0xC0, names=LEAPS)
    below.bits("ntp.flags.vn", "Version number", at, 1, 0x38, names=VERSIONS)
    below.bits("ntp.flags.mode", "Mode", at, 1, 0x07, names=MODES)


def _message(branch: Branch, at: int) -> None:
    level = branch.uint("ntp.stratum", "Peer Clock Stratum", at + 1, 1, names=stratum)
    poll = branch.u8(at + 2)
    words = f"{poll} ({1 << poll} seconds)" if 4 <= poll <= 17 else f"invalid ({poll})"
    branch.add(f"Peer Polling Interval: {words}", "ntp.ppoll", poll, at + 2, 1)
    raw = branch.u8(at + 3)
    power = raw - 256 if raw > 127 else raw
    branch.add(f"Peer Clock Precision: {2.0**power:8.6f} seconds", "ntp.precision", raw, at + 3, 1)
    for start, field, name in ((at + 4, "rootdelay", "Root Delay"), (at + 8, "rootdispersion", "Root Dispersion")):
        value = branch.u32(start)
        text = f"{(value >> 16) + (value & 0xFFFF) / 65536:8.6f}"
        branch.add(f"{name}: {text} seconds", f"ntp.{field}", value, start, 4)
    reference = branch.raw(at + 12, 4)
    branch.add(f"Reference ID: {_source(reference, level)}", "ntp.refid", reference.hex(":"), at + 12, 4)
    for start, field, name in (
        (at + 16, "reftime", "Reference Timestamp"),
        (at + 24, "org", "Origin Timestamp"),
        (at + 32, "rec", "Receive Timestamp"),
        (at + 40, "xmt", "Transmit Timestamp"),
    ):
        text = timestamp(branch.number(start, 8))
        branch.add(f"{name}: {text}", f"ntp.{field}", text, start, 8)


def _source(raw: bytes, level: int) -> str:
    """What a server follows: a kind of clock, or another server's address."""
    if not any(raw):
        return "NULL"
    if level > 1:
        return ipv4(raw)
    code = raw.partition(b"\0")[0].decode("ascii", "replace")
    return SOURCES.get(code) or f"Unidentified reference source '{code}'"


def _extensions(branch: Branch, at: int, end: int) -> None:
    """RFC 7822; what is no extension field is a key's number and the authentication code made with it."""
    while end - at >= SHORTEST_EXTENSION:
        size = branch.u16(at + 2)
        if not SHORTEST_EXTENSION <= size <= end - at:
            break
        one = branch.add("Extension", "ntp.ext", None, at, size)
        one.uint("ntp.ext.type", "Field Type", at, 2, HEX, EXTENSIONS)
        one.uint("ntp.ext.length", "Length", at + 2, 2)
        one.blob("ntp.ext.value", "Value", at + 4, size - 4)
        at += size
    if end - at >= 4:
        branch.blob("ntp.keyid", "Key ID", at, 4)
        if end - at > 4:
            branch.blob("ntp.mac", "Message Authentication Code", at + 4, end - at - 4)


def _links(walk: Walk, branch: Branch) -> None:
    request, response = walk.context.linked("ntp", "request"), walk.context.linked("ntp", "response")
    if request is not None:
        branch.computed(f"Request In: {request.number}", "ntp.request_in", request.number, request.number)
        if request.time is not None:
            branch.computed(f"Delta Time: {seconds(request.time)}", "ntp.delta_time", request.time / 1e9)
    elif response is not None:
        branch.computed(f"Response In: {response.number}", "ntp.response_in", response.number, response.number)
