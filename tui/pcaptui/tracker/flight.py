"""One direction's segments against the other side's acknowledgments: which one an ACK answers, how much is under way.

Places are positions in the stream's segments, in capture order; numbers are positions in the direction's bytes that do
not wrap. n segments that take up numbers (data, SYN, FIN), m acknowledgments.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Longs = NDArray[np.int64]
_LOOK_BACK = 1000
_WORK = 50_000_000
"""So many segments are looked at, all in all, for the lowest one under way."""
_LOW, _HIGH = -(1 << 62), 1 << 62


@dataclass(slots=True)
class Flight:
    """Of every segment: bytes from the lowest to the highest number that is not acknowledged, itself included; and
    the place of the oldest such segment before it, or else of the one that reached furthest, -1 if none."""

    size: Longs
    oldest: Longs


def acknowledged(places: Longs, ends: Longs, told: Longs, value: Longs) -> tuple[Longs, NDArray[np.bool_]]:
    """Of every acknowledgment (place `told`, number `value`): the place of the oldest segment not yet acknowledged that
    ends just there, -1 if none; and whether it is beyond all that was seen."""
    found = np.full(len(told), -1, np.int64)
    beyond = np.zeros(len(told), bool)
    if not len(places) or not len(told):
        return found, beyond
    count = np.searchsorted(places, told)
    reached = np.maximum.accumulate(ends)
    beyond = (count > 0) & (value > reached[np.maximum(count - 1, 0)])
    unique, rank = np.unique(ends, return_inverse=True)
    span = int(max(places[-1], told[-1])) + 2
    keys = np.sort(rank.astype(np.int64) * span + places)
    wanted = np.minimum(np.searchsorted(unique, value), len(unique) - 1)
    first = np.searchsorted(keys, wanted * span + _covered(told, value) + 1)
    key = keys[np.minimum(first, len(keys) - 1)]
    good = (first < len(keys)) & (key // span == wanted) & (unique[wanted] == value) & (key % span < told)
    found[good] = (key % span)[good]
    return found, beyond


def _covered(told: Longs, value: Longs) -> Longs:
    """The place of the latest acknowledgment before each that said as much, -1 if none did."""
    before = np.full(len(told), -1, np.int64)
    reached = np.concatenate([[_LOW], np.maximum.accumulate(value)[:-1]])
    last = np.concatenate([[_LOW], value[:-1]])
    again = np.flatnonzero(last >= value)
    before[again] = told[again - 1]
    for odd in np.flatnonzero((last < value) & (reached >= value)).tolist():
        low = max(odd - _LOOK_BACK, 0)
        same = np.flatnonzero(value[low:odd] >= value[odd])
        if len(same):
            before[odd] = told[low + same[-1]]
    return before


def flight(places: Longs, starts: Longs, ends: Longs, told: Longs, value: Longs, furthest: Longs) -> Flight:
    """`furthest`: the place of the latest packet before each segment that reached further than all before it, -1: none.
    Segments between two acknowledgments form a group; those before the group are under way where they end beyond
    all that was acknowledged by then."""
    size = len(places)
    if not size:
        return Flight(np.zeros(0, np.int64), np.zeros(0, np.int64))
    group = np.searchsorted(told, places)
    limit = np.concatenate([[_LOW], np.maximum.accumulate(value)])[group]
    head = np.ones(size, bool)
    head[1:] = group[1:] != group[:-1]
    heads = np.flatnonzero(head)
    mine = np.cumsum(head) - 1
    reached = np.maximum.accumulate(ends)
    oldest = np.searchsorted(reached, limit[heads], side="right")
    waits = oldest < heads
    low = np.where(waits, np.maximum(limit[heads], _lowest(starts, oldest, heads, waits)), _HIGH)
    high = np.where(waits, reached[np.maximum(heads - 1, 0)], _LOW)
    least, most = _running(starts, ends, mine)
    total = np.maximum(high[mine], most) - np.minimum(low[mine], least)
    own = np.where(np.arange(size) > heads[mine], places[heads[mine]], furthest)
    chosen = np.where(waits[mine], places[np.minimum(oldest, size - 1)][mine], own)
    return Flight(total, chosen)


def _lowest(starts: Longs, oldest: Longs, heads: Longs, waits: NDArray[np.bool_]) -> Longs:
    """The least of starts[oldest:head], where a group has such."""
    found = np.full(len(heads), _HIGH, np.int64)
    rows = np.flatnonzero(waits)
    if not len(rows):
        return found
    found[rows] = starts[oldest[rows]]
    if (np.diff(starts) < 0).any() and int((heads[rows] - oldest[rows]).sum()) <= _WORK:
        pairs = np.stack([oldest[rows], heads[rows]], axis=1).ravel()
        found[rows] = np.minimum.reduceat(starts, pairs)[::2]
    return found


def _running(starts: Longs, ends: Longs, group: Longs) -> tuple[Longs, Longs]:
    """The least start and the greatest end in each group up to each segment."""
    least, most = starts.copy(), ends.copy()
    longest = int(np.bincount(group).max())
    step = 1
    while step < longest:
        same = group[step:] == group[:-step]
        least[step:] = np.where(same, np.minimum(least[step:], least[:-step]), least[step:])
        most[step:] = np.where(same, np.maximum(most[step:], most[:-step]), most[step:])
        step *= 2
    return least, most
