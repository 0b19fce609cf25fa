"""The highest sequence number that each direction of a stream has reached, before every segment."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .segments import Bools, Segments, Words, signed

_STRIDE = 33
_WINDOW = 4096
_MASK = 0xFFFFFFFF
_HALF = 1 << 31


@dataclass(slots=True)
class Highest:
    """`own`, `other`: the next expected number of the sender's and of the other direction before each segment, raw,
    0 for unset. `advances`: the segment sets its direction's number. `probe`: it is a zero window probe."""

    own: Words
    other: Words
    advances: Bools
    probe: Bools


def find_highest(seg: Segments, initial: NDArray[np.uint32]) -> Highest:
    """`initial` are the bases by stream, shape (2, streams), from which numbers are unwrapped.

    A running maximum over whole columns; streams spread over half of the number space, or with zero window probes
    (which do not count), are followed segment by segment from there on.
    """
    first, second = initial[0][seg.run], initial[1][seg.run]
    base = np.where(seg.second, second, first)
    value = signed(seg.end - base).astype(np.int64)
    shelf = seg.run.astype(np.int64) << _STRIDE
    value += shelf
    low = shelf - (1 << (_STRIDE - 1))
    known, reached = [], []
    for mask, zero in ((seg.first, first), (seg.second, second)):
        top = np.maximum.accumulate(np.where(mask, value, low))
        top[1:] = top[:-1].copy()
        top[:1] = low[:1]
        known.append(top > low)
        number = (top - shelf).astype(np.uint32) + zero
        number[~known[-1]] = 0
        reached.append(number)
        if not reached[1:]:
            tops = top
        else:
            tops = np.where(seg.second, top, tops)
    own, other = np.where(seg.second, reached[1], reached[0]), np.where(seg.second, reached[0], reached[1])
    advances = (signed(seg.end - own) > 0) | (own == 0)
    astray = np.where(seg.second, known[1], known[0])
    astray &= np.where(advances, value < tops, value > tops)
    probe = (seg.length == 1) & (seg.sequence == own) & (seg.opp >= 0)
    probe &= seg.window[seg.opp] == 0
    found = Highest(own, other, advances, np.zeros(seg.size, bool))
    odd = np.flatnonzero(astray | probe)
    if len(odd):
        runs, where = np.unique(seg.run[odd], return_index=True)
        ends = np.append(seg.heads, seg.size)[runs + 1]
        for place, stop in zip(odd[where].tolist(), ends.tolist(), strict=True):
            _follow(seg, found, place, stop)
    return found


def _follow(seg: Segments, found: Highest, start: int, stop: int) -> None:
    """Redo one stream from a place on, whose numbers before that place are right."""
    side = int(seg.second[start])
    number = [0, 0]
    number[side], number[1 - side] = int(found.own[start]), int(found.other[start])
    for begin in range(start, stop, _WINDOW):
        part = slice(begin, min(begin + _WINDOW, stop))
        single = (seg.length[part] == 1) & (seg.opp[part] >= 0) & (seg.window[seg.opp[part]] == 0)
        own, other, advances, probes = [], [], [], []
        columns = (seg.second[part], seg.sequence[part], seg.end[part], single)
        for direction, sequence, end, maybe in zip(*(column.tolist() for column in columns), strict=True):
            expected = number[direction]
            own.append(expected)
            other.append(number[not direction])
            probe = maybe and sequence == expected
            further = not probe and (expected == 0 or 0 < ((end - expected) & _MASK) < _HALF)
            probes.append(probe)
            advances.append(further)
            if further:
                number[direction] = end
        found.own[part], found.other[part] = own, other
        found.advances[part], found.probe[part] = advances, probes
