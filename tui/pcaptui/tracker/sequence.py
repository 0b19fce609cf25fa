"""TCP sequence analysis of whole streams at once: the flags behind tshark's tcp.analysis.* fields.

What each flag means was found by experiment with tshark; the tests hold the same rules as a state machine that takes
one segment at a time, and compare.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .arrays import run_starts
from .bases import Bases
from .duplicates import Duplicates
from .flags import Flag
from .highest import Highest
from .scale import UNKNOWN, Scales
from .segments import FIN, RST, SYN, Bools, Segments, Words, at, signed
from .unseen import Unseen, find_unseen

FAST_LIMIT = 20_000_000
"""ns: a fast retransmission comes within this time after the ACK that asked for it."""
NEAR_LIMIT = 3_000_000
"""ns: a segment is out of order, not retransmitted, if it comes sooner, as long as the round trip time is unknown."""


@dataclass(slots=True)
class Findings:
    """`flags` is the analysis column of every segment. For the duplicate ACKs at `repeat_places`: number of the
    repeat, and place of the segment whose ACK is repeated."""

    flags: NDArray[np.uint32]
    repeat_places: NDArray[np.int64]
    repeat_numbers: NDArray[np.int64]
    repeat_origins: NDArray[np.int64]


def analyse(seg: Segments, bases: Bases, scales: Scales, high: Highest) -> Findings:
    flags = np.zeros(seg.size, np.uint32)
    flags[bases.rebased] = Flag.reused_ports
    flags[high.probe] |= np.uint32(Flag.zero_window_probe)
    ahead = (signed(seg.sequence - high.own) > 0) & (high.own != 0)
    ahead &= (seg.flags & RST) == 0
    flags[ahead] |= np.uint32(Flag.lost_segment)
    alive = (seg.sequence == high.own - np.uint32(1)) & (seg.length <= 1) & seg.plain
    flags[alive] |= np.uint32(Flag.keep_alive)
    flags[(seg.window == 0) & seg.plain & ~high.probe] |= np.uint32(Flag.zero_window)
    _window_full(seg, scales, high, flags)
    dups = _bare_acks(seg, high, flags, alive)
    later = _Later(seg, high, flags, alive)
    unseen = find_unseen(seg, high, dups, later.asked)
    flags[np.array(unseen.flagged, np.int64)] |= np.uint32(Flag.ack_lost_segment)
    later.decide(dups, unseen)
    return Findings(flags, dups.places, dups.numbers(), dups.origins)


def _window_full(seg: Segments, scales: Scales, high: Highest, flags: NDArray[np.uint32]) -> None:
    """The segment ends where the peer's window does."""
    limit = at(seg.ack, seg.opp) + at(scales.size, seg.opp)
    full = (seg.sequence + seg.length == limit) & (seg.length > 0) & seg.plain
    full &= (scales.other != UNKNOWN) & ~high.probe
    flags[full] |= np.uint32(Flag.window_full)


def _bare_acks(seg: Segments, high: Highest, flags: NDArray[np.uint32], alive: Bools) -> Duplicates:
    """Segments without data that repeat their direction's last ACK."""
    last_ack = at(seg.ack, seg.prev)
    resets = (seg.prev < 0) | (seg.ack != last_ack)
    same = (seg.length == 0) & seg.plain & (seg.sequence == high.own) & (seg.ack == last_ack)
    places = np.flatnonzero(same)
    prev, opp = seg.prev[places], seg.opp[places]
    window = seg.window[places]
    unchanged = window == at(seg.window, prev)
    open_ = window != 0
    after_alive = (opp >= 0) & alive[opp]
    after_probe = (opp >= 0) & high.probe[opp]
    flags[places[open_ & ~unchanged]] |= np.uint32(Flag.window_update)
    flags[places[open_ & unchanged & after_alive]] |= np.uint32(Flag.keep_alive_ack)
    flags[places[~open_ & unchanged & after_probe]] |= np.uint32(Flag.zero_window_probe_ack)
    repeats = np.zeros(seg.size, bool)
    repeats[places[open_ & unchanged & ~after_alive]] = True
    flags[repeats] |= np.uint32(Flag.duplicate_ack)
    return Duplicates(seg, repeats, resets)


class _Later:
    """Segments that repeat numbers: retransmitted, or out of order."""

    def __init__(self, seg: Segments, high: Highest, flags: NDArray[np.uint32], alive: Bools) -> None:
        self.seg, self.high, self.flags = seg, high, flags
        carries = (seg.length > 0) | ((seg.flags & (SYN | FIN)) != 0)
        carries &= ~alive
        last_ack = at(seg.ack, seg.opp)
        stale = carries & (seg.length > 0) & (last_ack != 0)
        stale &= signed(seg.sequence + seg.length - last_ack) <= 0
        flags[stale] |= np.uint32(Flag.spurious_retransmission | Flag.retransmission)
        back = carries & ~stale & (high.own != 0) & (signed(seg.sequence - high.own) < 0)
        back &= ~((seg.length > 1) & (seg.sequence == high.own - np.uint32(1)))
        self.back = np.flatnonzero(back)
        self.since_ack = self._since_ack(last_ack)
        self.asked = np.zeros(seg.size, bool)
        self.asked[self.back[self.since_ack]] = True

    def _since_ack(self, last_ack: Words) -> Bools:
        """Whether the peer asked for just this segment, less than 20 ms ago."""
        seg, back = self.seg, self.back
        opp = seg.opp[back]
        waited = seg.times(back) - seg.times(opp)
        asked: Bools = (opp >= 0) & (last_ack[back] == seg.sequence[back]) & (waited >= 0) & (waited < FAST_LIMIT)
        return asked

    def decide(self, dups: Duplicates, unseen: Unseen) -> None:
        seg, back = self.seg, self.back
        if not len(back):
            return
        fast = self.since_ack & (dups.count(back, ~seg.second[back]) >= 2)
        if unseen.eager:
            followed = np.fromiter(unseen.eager.keys(), np.int64, len(unseen.eager))
            fast[np.searchsorted(back, followed)] = list(unseen.eager.values())
        near = ~fast & self._near()
        self.flags[back[fast]] |= np.uint32(Flag.fast_retransmission | Flag.retransmission)
        self.flags[back[near]] |= np.uint32(Flag.out_of_order)
        self.flags[back[~fast & ~near]] |= np.uint32(Flag.retransmission)

    def _near(self) -> Bools:
        """Whether the highest segment was sent less than a round trip ago, and this one does not end where it does."""
        seg, high, back = self.seg, self.high, self.back
        first = seg.latest(high.advances & seg.first, before=True)
        second = seg.latest(high.advances & seg.second, before=True)
        top = np.where(seg.second[back], second[back], first[back])
        waited = seg.times(back) - seg.times(top)
        near: Bools = (waited >= 0) & (waited < self._round_trips())
        near &= seg.end[back] != high.own[back]
        return near

    def _round_trips(self) -> NDArray[np.int64]:
        """For every segment in `back`: the stream's initial round trip time in ns, or NEAR_LIMIT while unknown.

        It runs from the latest pure SYN to the first ACK without SYN, and is taken once, when it is not 0.
        """
        seg, back = self.seg, self.back
        limits = np.full(len(back), NEAR_LIMIT, np.int64)
        busy = np.zeros(len(seg.heads), bool)
        busy[seg.run[back]] = True
        opening = seg.latest(seg.has_syn & ~seg.has_ack)
        closing = np.flatnonzero(busy[seg.run] & (opening >= 0) & seg.has_ack & ~seg.has_syn)
        begun = seg.times(opening[closing])
        took = seg.times(closing) - begun
        good = (took != 0) & (begun != 0)
        closing, took = closing[good], took[good]
        if not len(closing):
            return limits
        run = seg.run[closing]
        first = np.flatnonzero(run_starts(run))
        run = run[first]
        found = np.minimum(np.searchsorted(run, seg.run[back]), len(run) - 1)
        known = (run[found] == seg.run[back]) & (closing[first[found]] < back)
        limits[known] = took[first[found[known]]]
        return limits
