"""UDP (RFC 768) and UDP-Lite (RFC 3828)."""

from __future__ import annotations

from .branch import HEX, Branch, View, Walk
from .checksum import partial_checksum
from .context import UdpContext
from .expert import expert
from .payload import next_application
from .registry import ip_protocol
from .words import BILLION, plural, seconds

UDP, UDP_LITE = 17, 136
HEADER = 8


@ip_protocol(UDP)
def udp(walk: Walk, view: View) -> None:
    _header(walk, view, False)


@ip_protocol(UDP_LITE)
def udp_lite(walk: Walk, view: View) -> None:
    """Its third field says how much of it the checksum covers, not how long it is."""
    _header(walk, view, True)


def _header(walk: Walk, view: View, lite: bool) -> None:
    at = view.at
    title = "Lightweight User Datagram Protocol" if lite else "User Datagram Protocol"
    branch = walk.layer(view, "udplite" if lite else "udp", title, HEADER)
    context = _context(walk, view)
    ports = branch.uint("udp.srcport", "Source Port", at, 2), branch.uint("udp.dstport", "Destination Port", at + 2, 2)
    branch.label(f"{title}, Src Port: {ports[0]}, Dst Port: {ports[1]}")
    room = view.reported - at
    length = branch.u16(at + 4)
    if lite:
        _coverage(branch, at, length, room)
        length = room
    elif not _length(walk, branch, at, length, room):
        return
    elif length == 0:
        length = room
    _checksum(walk, branch, view, lite)
    if context is not None:
        branch.computed(f"Stream index: {context.stream}", "udp.stream", context.stream)
    end = at + min(length, room)
    if end <= at + HEADER:
        return
    if context is not None and context.since_first is not None and context.since_previous is not None:
        below = branch.computed("Timestamps")
        for field, name, time in (
            ("udp.time_relative", "Time since first frame", context.since_first),
            ("udp.time_delta", "Time since previous frame", context.since_previous),
        ):
            below.computed(f"{name}: {seconds(time)}", field, time / BILLION)
    payload = view.sub(at + HEADER, end)
    if len(payload):
        size = len(payload)
        branch.add(f"UDP payload ({plural(size, 'byte')})", "udp.payload", payload.bytes.hex(":"), payload.at, size)
    next_application(walk, payload, "udp", ports)


def _context(walk: Walk, view: View) -> UdpContext | None:
    """The facts of the header at the view's start."""
    known = walk.context.udp
    for context in known:
        if context.offset == view.at and view.source is None:
            return context
    place = walk.protocols.count("udp") + walk.protocols.count("udplite") - 1
    return known[place] if 0 <= place < len(known) and known[place].offset < 0 else None


def _length(walk: Walk, branch: Branch, at: int, length: int, room: int) -> bool:
    """Whether the rest can be read."""
    if length == 0 and _jumbo(walk):
        branch.uint("udp.length", "Length", at + 4, 2)
        return True
    if length < HEADER:
        line = branch.add(f"Length: {length} (bogus, must be >= {HEADER})", "udp.length", length, at + 4, 2)
        expert(line, "Error", "Malformed", f"Bad length value {length} < {HEADER}", "udp.length.bad")
        return False
    if length > room and not walk.fragmented and not walk.quoted:
        line = branch.add(f"Length: {length} (bogus, payload length {room})", "udp.length", length, at + 4, 2)
        expert(line, "Error", "Malformed", f"Bad length value {length} > IP payload length", "udp.length.bad")
    else:
        branch.uint("udp.length", "Length", at + 4, 2)
    return True


def _jumbo(walk: Walk) -> bool:
    return any(node.field == "ipv6" for node in walk.nodes[-2:])


def _coverage(branch: Branch, at: int, coverage: int, room: int) -> None:
    text = f"Checksum coverage: {coverage}"
    if 0 < coverage < HEADER or coverage > room:
        line = branch.add(f"{text} (bogus, must be >= {HEADER} and <= {room})", "udp.checksum_coverage", coverage,
                          at + 4, 2)  # fmt: skip
        said = f"Bad checksum coverage length value {coverage} < {HEADER} or > {room}"
        expert(line, "Error", "Malformed", said, "udplite.checksum_coverage.bad")
    else:
        branch.add(text, "udp.checksum_coverage", coverage, at + 4, 2)
    branch.computed(f"Length: {room}", "udp.length", room)


def _checksum(walk: Walk, branch: Branch, view: View, lite: bool) -> None:
    at = view.at + 6
    value = branch.u16(at)
    if value:
        branch.uint("udp.checksum", "Checksum", at, 2, HEX, unit=" [unverified]")
        branch.computed("Checksum Status: Unverified", "udp.checksum.status", 2)
        if value == partial_checksum(walk, view, UDP):
            branch.computed("Sum of the pseudo header alone: the sender's network card was to compute the checksum")
        return
    illegal = lite or (_jumbo(walk) and not walk.quoted)
    word = "zero-value illegal" if illegal else "zero-value ignored"
    line = branch.add(f"Checksum: 0x0000 [{word}]", "udp.checksum", value, at, 2)
    if illegal:
        expert(line, "Error", "Checksum", "Illegal checksum value (0)", "udp.checksum.zero")
        line.add("[Checksum Status: Illegal]", "udp.checksum.status", 4, at, 2)
    else:
        line.add("[Checksum Status: Not present]", "udp.checksum.status", 3, at, 2)
