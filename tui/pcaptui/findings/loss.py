"""Segments that were lost and sent again, by path: from one host to another."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ..tracker.flags import Flag
from .case import BILLION, Case
from .finding import Finding, Severity, finding
from .rules import rule
from .silence import silent
from .tcp_view import Groups, Places
from .words import count, duration

HIGH = 0.03
"""Part of the segments that is lost from which on it hurts: TCP's rate falls with the square root of it (RFC 3155
section 1 calls some per cent high)."""
LONG = 1.0
"""s that a lost segment costs from which on people feel it."""
_BURST = 5
_LOOKED_AT = 200


@dataclass(slots=True)
class _Sent:
    """What one host sent again to another: packets, ascending; their conversations; segments with payload in all."""

    packets: Places
    places: Places
    segments: int


@rule("tcp-loss")
def losses(case: Case) -> Iterator[Finding]:
    """One finding a sender and receiver between which data was sent again, and arrived in the end."""
    table, lives = case.table, case.tcp
    packets, places = _repeated(case)
    if not len(packets):
        return
    groups = Groups(np.maximum(table["source"][packets], 0), np.maximum(table["destination"][packets], 0))
    segments = case.conversations.times().column("segments")
    side = (table["direction"][packets] != lives.client[places]).astype(np.int64)
    told_of, rest = groups.largest()
    for group in told_of:
        case.go_on()
        rows = groups.rows(group)
        pairs = np.unique(places[rows] * 2 + side[rows])
        yield _told(case, _Sent(packets[rows], np.unique(places[rows]), int(segments[pairs // 2, pairs % 2].sum())))
    left = packets[np.isin(groups.of, rest)]
    paths = count(len(rest), "pair") + " of hosts"
    if len(left):
        yield finding(
            "tcp-loss", Severity.note, f"... and {paths} more with retransmissions",
            f"{count(len(left), 'segment')} sent again between {paths} beside those that are told of one by one.",
            left.tolist(),
        )  # fmt: skip


def _repeated(case: Case) -> tuple[Places, Places]:
    """Segments with payload that were sent again, but those that nobody ever answered, nor probes; their places."""
    table, view = case.table, case.tcp_view
    bits = table["analysis"][: case.count]
    found = np.flatnonzero(bits & np.uint32(Flag.retransmission) != 0)
    loaded = (table["payload_length"][found] > 0) & case.plain[found]
    loaded &= bits[found] & np.uint32(Flag.keep_alive | Flag.zero_window_probe) == 0
    found = found[loaded]
    places = np.searchsorted(case.tcp_numbers, table["stream"][found])
    keep = ~silent(view)[places] & ~view.scanning[places] if len(places) else np.zeros(0, bool)
    return found[keep], places[keep]


def _told(case: Case, sent: _Sent) -> Finding:
    view, table = case.tcp_view, case.table
    bits = table["analysis"][sent.packets]
    needless = bits & np.uint32(Flag.spurious_retransmission) != 0
    fast = (bits & np.uint32(Flag.fast_retransmission) != 0) & ~needless
    lost = int(np.count_nonzero(~needless))
    source, target = case.source(int(sent.packets[0])), case.destination(int(sent.packets[0]))
    stream, hosts = view.label(sent.places), (source, target)
    where = "" if len(sent.places) == 1 else f" in {len(sent.places)} connections"
    if not lost:
        return finding(
            "tcp-needless-retransmission", Severity.note, f"{source} sent data again that had arrived",
            f"{source} sent {count(len(needless), 'segment')} of {sent.segments} to {target} again{where} though the "
            f"acknowledgment had come already: it gave up waiting too early, or an acknowledgment came late.",
            sent.packets.tolist(), hosts=hosts, stream=stream, lesson="loss",
        )  # fmt: skip
    rate = lost / max(sent.segments, lost)
    waits = _waits(case, sent.packets[~needless & ~fast])
    longest = max(waits, default=0.0)
    severity = Severity.warning if rate >= HIGH or longest >= LONG else Severity.note
    told = [f"{count(lost, 'segment')} of {sent.segments} ({100 * rate:.2g} %) from {source} to {target} "
            f"{'was' if lost == 1 else 'were'} sent again{where}: lost on the way, or late"]  # fmt: skip
    told.append(_how(case, sent, fast, lost, longest))
    told.append(_burst(case, sent.packets[~needless]))
    if needless.any():
        told.append(f"{count(int(needless.sum()), 'more was', 'more were')} sent again though it had arrived")
    told.append(_recovered(case, sent, sent.packets[~needless]))
    title = f"{count(lost, 'segment')} lost from {source} to {target}"
    return finding(
        "tcp-loss", severity, title[:70], ". ".join(part for part in told if part) + ".",
        [*_asked(case, sent.packets[fast]), *sent.packets.tolist()], hosts=hosts, stream=stream, lesson="loss",
    )  # fmt: skip


def _waits(case: Case, packets: Places) -> list[float]:
    """s since the same segment was sent before, where that was captured."""
    found = []
    for index in packets[:_LOOKED_AT].tolist():
        before = case.capture.tracker.related(index)
        if before:
            found.append(case.between(before[-1], index))
    return found


def _how(case: Case, sent: _Sent, fast: Places, lost: int, longest: float) -> str:
    quick = int(np.count_nonzero(fast))
    wait = f", up to {duration(longest)} after it was sent first" if longest else ""
    if not quick:
        return (
            "No duplicate ACKs asked for " + ("it" if lost == 1 else "them") + wait
            if longest >= LONG
            else wait[2:].capitalize()
        )
    repeats = len(_before(case, int(sent.packets[fast][0])))
    after = count(repeats, "duplicate ACK") if quick == 1 and repeats else "duplicate ACKs"
    if lost == quick:
        return f"Recovered by fast retransmission, asked for with {after}"
    return f"{quick} by fast retransmission, asked for with {after}, {lost - quick} otherwise{wait}"


def _before(case: Case, packet: int) -> list[int]:
    """The other side's duplicate ACKs right before a packet."""
    table = case.table
    packets = case.packets("tcp", int(table["stream"][packet]))
    stop = int(np.searchsorted(packets, packet))
    earlier = packets[max(stop - 500, 0) : stop]
    earlier = earlier[table["direction"][earlier] != table["direction"][packet]]
    repeats = table["analysis"][earlier] & np.uint32(Flag.duplicate_ack) != 0
    others = np.flatnonzero(~repeats)
    found: list[int] = earlier[(others[-1] + 1) if len(others) else 0 :].tolist()
    return found


def _asked(case: Case, packets: Places) -> list[int]:
    """Duplicate ACKs that asked for fast retransmissions."""
    return [index for packet in packets[:_LOOKED_AT].tolist() for index in _before(case, packet)]


def _burst(case: Case, packets: Places) -> str:
    """How many came within a second, where that is most of many."""
    times = np.sort(case.table["time"][packets])
    inside = np.searchsorted(times, times + BILLION, side="right") - np.arange(len(times))
    most = int(inside.max()) if len(inside) else 0
    if most < _BURST or 2 * most < len(times):
        return ""
    begin = int(times[inside.argmax()]) - int(case.table["time"][0])
    return f"{most} of them in a burst within a second, at {duration(begin / BILLION)}"


def _recovered(case: Case, sent: _Sent, packets: Places) -> str:
    """Whether the receiver acknowledged them in the end."""
    table = case.table
    open_ones = 0
    for place in sent.places[:_LOOKED_AT].tolist():
        number = int(case.tcp_numbers[place])
        mine = packets[table["stream"][packets] == number]
        members = case.packets("tcp", number)
        back = members[
            (table["direction"][members] != table["direction"][mine[0]]) & (table["tcp_flags"][members] & 16 != 0)
        ]
        ends = table["sequence"][mine].astype(np.int64) + table["payload_length"][mine]
        latest = int(table["acknowledgment"][back[-1]]) if len(back) else int(table["sequence"][mine[0]])
        ahead = ((ends - latest) & 0xFFFFFFFF).astype(np.int64)
        open_ones += int(np.count_nonzero((ahead > 0) & (ahead < 2**31)))
    if len(sent.places) > _LOOKED_AT:
        return ""
    if open_ones:
        return f"{count(open_ones, 'segment')} had not been acknowledged when the capture ends"
    return "All of it was acknowledged in the end"


@rule("capture-gaps")
def gaps(case: Case) -> Iterator[Finding]:
    """Segments that were acknowledged but are not in the capture: it is the capture that lost them."""
    bits = case.table["analysis"][: case.count]
    found = np.flatnonzero(bits & np.uint32(Flag.ack_lost_segment) != 0)
    found = found[case.plain[found]]
    if not len(found):
        return
    view = case.tcp_view
    places = np.unique(np.searchsorted(case.tcp_numbers, case.table["stream"][found]))
    yield finding(
        "capture-gaps", Severity.note, "The capture lacks packets that did arrive",
        f"{count(len(found), 'acknowledgment')} in {count(len(places), 'connection')} "
        f"{'is' if len(found) == 1 else 'are'} for segments that are not in the capture: whoever captured missed "
        f"them, or they took another way. The network did not lose them.",
        found.tolist(), stream=view.label(places), lesson="capture-gaps",
    )  # fmt: skip
