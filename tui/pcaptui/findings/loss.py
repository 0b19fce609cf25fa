"""Segments that were lost and sent again, by path: from one host to another."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..loader.table import NONE16, Layer
from ..tracker.arrays import once_each
from ..tracker.flags import Flag
from ..tracker.lifecycle import FIN, NEVER, SYN
from .case import BILLION, Case
from .finding import Finding, Severity, finding
from .rules import rule
from .silence import silent
from .tcp_view import Bools, Groups, Places
from .telling import times as often
from .words import count, duration, listed

HIGH = 0.03
"""Part of the segments that is lost from which on it hurts: TCP's rate falls with the square root of it (RFC 3155
section 1 calls some per cent high)."""
LONG = 1.0
"""s that a lost segment costs from which on people feel it."""
_BURST = 5
_COPY = 0.1
_SOON = 0.001
"""s: no sender gives up waiting so soon (RFC 6298 section 2.4 says a second, systems 200 ms, or 10 ms for a probe)."""
_AT_ONCE = 1e-5
"""s: sooner than any duplicate ACK can come."""
_LOOKED_AT = 100


@dataclass(slots=True)
class _Sent:
    """What one host sent again to another: packets, ascending; their conversations; segments with payload in all;
    where the first _LOOKED_AT packets had been sent before (NEVER: not in the capture)."""

    packets: Places
    places: Places
    segments: int
    before: Places


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
    copies: list[Finding] = []
    looked = np.concatenate([groups.rows(group)[:_LOOKED_AT] for group in told_of])
    before = np.full(len(packets), NEVER, np.int64)
    before[looked] = _earlier(case, packets[looked], places[looked])
    for group in told_of:
        case.go_on()
        rows = groups.rows(group)
        pairs = once_each(places[rows] * 2 + side[rows])
        total = int(segments[pairs // 2, pairs % 2].sum())
        one = _told(case, _Sent(packets[rows], once_each(places[rows]), total, before[rows[:_LOOKED_AT]]))
        if one is not None and one.rule == "capture-duplicates":
            copies.append(one)
        elif one is not None:
            yield one
    yield from _copies(copies)
    left = packets[np.isin(groups.of, rest)]
    paths = count(len(rest), "pair") + " of hosts"
    if len(left):
        yield finding(
            "tcp-loss", Severity.note, f"... and {paths} more with retransmissions",
            f"{count(len(left), 'segment')} sent again between {paths} beside those that are told of one by one.",
            left.tolist(), lesson="loss",
        )  # fmt: skip


def _copies(found: list[Finding]) -> Iterator[Finding]:
    """What was captured twice, in one finding for all pairs of hosts."""
    if len(found) < 2:
        yield from found
        return
    packets = [index for one in found for index in one.packets]
    pairs = list(dict.fromkeys(" and ".join(sorted(one.hosts)) for one in found))
    yield finding(
        "capture-duplicates", Severity.note, "Packets were captured twice",
        f"{count(len(packets), 'segment')} between {listed(pairs, 3)} are in the capture twice: the same packet, a "
        f"moment later. Whoever captured saw them at two places; nothing was lost.",
        packets, hosts=[host for one in found for host in one.hosts][:20],
        stream=found[0].stream if len({one.stream for one in found}) == 1 else None, lesson="capture-duplicates",
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


def _earlier(case: Case, packets: Places, places: Places) -> Places:
    """The segment before each of some that have the same sequence number in their direction, as Tracker.related finds
    it, NEVER where it was not captured. `places`: their conversations."""
    table = case.table
    mask = np.zeros(len(case.tcp), bool)
    mask[places] = True
    members, of = case.tcp_view.members(mask)
    carries = (table["payload_length"][members] > 0) | (table["tcp_flags"][members] & (SYN | FIN) != 0)
    carries &= table["layers"][members] & np.uint16(Layer.TCP_CUT) == 0
    members, of = members[carries], of[carries]
    keys = (of * 2 + table["direction"][members]) << 32 | table["sequence"][members]
    order = np.argsort(keys, kind="stable")
    same = keys[order[1:]] == keys[order[:-1]]
    found = np.full(case.count, NEVER, np.int32)
    found[members[order[1:]][same]] = members[order[:-1]][same]
    return found[packets].astype(np.int64)


def _told(case: Case, sent: _Sent) -> Finding | None:
    view, table = case.tcp_view, case.table
    source, target = case.source(int(sent.packets[0])), case.destination(int(sent.packets[0]))
    stream, hosts = view.label(sent.places), (source, target)
    where = "" if len(sent.places) == 1 else f" in {len(sent.places)} connections"
    bits = table["analysis"][sent.packets]
    fast = bits & np.uint32(Flag.fast_retransmission) != 0
    waits, twice = _waits(case, sent, fast)
    if twice.all():
        return finding(
            "capture-duplicates", Severity.note, f"Packets from {source} were captured twice",
            f"{count(len(twice), 'segment')} from {source} to {target}{where} {_is(len(twice))} in the capture "
            f"twice: the "
            f"same packet, a moment later. Whoever captured saw it at two places; nothing was lost.",
            sent.packets.tolist(), hosts=hosts, stream=stream, lesson="capture-duplicates",
        )  # fmt: skip
    needless = (bits & np.uint32(Flag.spurious_retransmission) != 0) & ~twice
    fast &= ~needless & ~twice
    missing = ~needless & ~twice
    lost = int(np.count_nonzero(missing))
    if lost >= max(sent.segments, 2) and not waits.any():
        return None  # nothing but repeats of what is not here: the numbers do not fit, as after a second handshake
    if not lost:
        many = int(np.count_nonzero(needless))
        return finding(
            "tcp-needless-retransmission", Severity.note, f"{source} sent data again that had arrived",
            f"{source} sent {count(many, 'segment')} of {sent.segments} to {target} again{where} though the "
            f"acknowledgment had come already: it gave up waiting too early, or an acknowledgment came late.",
            sent.packets[~twice].tolist(), hosts=hosts, stream=stream, lesson="loss",
        )  # fmt: skip
    rate = lost / max(sent.segments, lost)
    longest = float(waits[missing & ~fast].max(initial=0.0))
    grave = longest >= LONG or (rate >= HIGH and (lost > 1 or bool(fast.any())))
    percent = f"{100 * rate:.0f}" if rate >= 0.1 else f"{100 * rate:.2g}"
    different = _different(case, sent.packets[missing])
    share = f"{lost} of {sent.segments} sendings, {percent} %"
    told = [
        f"{count(lost, 'segment')} of {sent.segments} ({percent} %) from {source} to {target} "
        f"{'was' if lost == 1 else 'were'} sent again{where}: lost on the way, or late"
        if different == lost
        else f"{count(different, 'segment')} from {source} to {target} {'was' if different == 1 else 'were'} sent "
        f"again, {often(lost)} in all ({share}){where}: lost on the way, or late",
        _how(case, sent.packets[fast], lost, longest),
        _burst(case, sent.packets[missing]),
    ]
    if needless.any():
        more = int(needless.sum())
        told.append(
            f"{count(more, 'more was', 'more were')} sent again though {'it' if more == 1 else 'they'} had arrived"
        )
    told.append(_recovered(case, sent, sent.packets[missing]))
    return finding(
        "tcp-loss", Severity.warning if grave else Severity.note,
        f"{count(different, 'segment')} lost from {source} to {target}",
        ". ".join(part for part in told if part) + ".",
        [*_asked(case, sent.packets[fast]), *sent.packets[~twice].tolist()], hosts=hosts, stream=stream, lesson="loss",
    )  # fmt: skip


def _different(case: Case, packets: Places) -> int:
    """How many segments these are, each counted once however often it was sent again."""
    table = case.table
    keys = table["stream"][packets].astype(np.int64) << 32 | table["sequence"][packets]
    return len(once_each(keys))


def _is(number: int) -> str:
    return "is" if number == 1 else "are"


def _waits(case: Case, sent: _Sent, fast: Bools) -> tuple[NDArray[np.float64], Bools]:
    """s since the same segment was sent before (0 where that was not captured, or there are too many), and whether it
    is the same packet once more: sooner than any sender repeats itself, or soon and with the same identification."""
    table, packets, before = case.table, sent.packets, sent.before
    looked, waits, twice = packets[:_LOOKED_AT], np.zeros(len(packets)), np.zeros(len(packets), bool)
    known = np.flatnonzero(before != NEVER)
    first, again = before[known], looked[known]
    passed = (table["time"][again] - table["time"][first]) / BILLION
    same = _identification(case, again) == _identification(case, first)
    waits[known] = passed
    twice[known] = (passed < _AT_ONCE) | ((passed < _SOON) & ~fast[known]) | (same & (passed < _COPY))
    if len(packets) > len(looked) and twice[: len(looked)].mean() > 0.9:
        twice[len(looked) :] = True
    return waits, twice


def _identification(case: Case, packets: Places) -> Places:
    """Of IPv4 headers; a number of its own for each packet that has none."""
    network = case.table["network"][packets].astype(np.int64)
    head = case.capture.gather(packets, network, 6).astype(np.int64)
    number = head[:, 4] << 8 | head[:, 5]
    return np.where((head[:, 0] >> 4 == 4) & (number != 0) & (network != NONE16), number, -1 - packets)


def _how(case: Case, fast: Places, lost: int, longest: float) -> str:
    wait = f"{'' if lost == 1 else 'up to '}{duration(longest)} after the sending before" if longest else ""
    if not len(fast):
        return f"{'It was' if lost == 1 else 'They were'} sent again {wait}" if wait else ""
    repeats = len(_before(case, int(fast[0])))
    after = count(repeats, "duplicate ACK") if len(fast) == 1 and repeats else "duplicate ACKs"
    if lost == len(fast):
        return f"Recovered by fast retransmission after {after}"
    others = f"{lost - len(fast)} otherwise" + (f", {wait}" if wait else "")
    return f"{len(fast)} by fast retransmission after {after}, {others}"


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
        if not len(mine):
            continue  # what was sent again there had arrived
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
    places = once_each(np.searchsorted(case.tcp_numbers, case.table["stream"][found]))
    yield finding(
        "capture-gaps", Severity.note, "The capture lacks packets that did arrive",
        f"{count(len(found), 'acknowledgment')} in {count(len(places), 'connection')} "
        f"{'is' if len(found) == 1 else 'are'} for segments that are not in the capture: whoever captured missed "
        f"them, or they took another way. The network did not lose them.",
        found.tolist(), stream=view.label(places), lesson="capture-gaps",
    )  # fmt: skip
