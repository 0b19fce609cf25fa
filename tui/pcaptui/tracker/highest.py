"""The highest sequence number that each direction of a stream has reached, before every segment."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .arrays import masked
from .segments import Bools, Segments, Words, signed

_STRIDE = 33
_SPAN = 1 << 32
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
    zeros = seg.split(seg.spread(initial[0]), seg.spread(initial[1]))
    value = signed(seg.end - zeros[0]).astype(np.int64)
    shelf = seg.spread(np.arange(len(seg.heads), dtype=np.int64) << _STRIDE)
    value += shelf
    tops = seg.split(*(_running_maximum(value, mask) for mask in (seg.first, seg.second)))
    own, other = (_reached(top, shelf, zero) for top, zero in zip(tops, zeros, strict=True))
    advances = (signed(seg.end - own) > 0) | (own == 0)
    astray = (value < tops[0]) & advances | (value > tops[0]) & ~advances
    astray &= tops[0] > shelf - _SPAN
    probe = (seg.length == 1) & (seg.sequence == own) & (seg.opp >= 0)
    probe &= seg.window.take(seg.opp, mode="wrap") == 0
    found = Highest(own, other, advances, np.zeros(seg.size, bool))
    odd = np.flatnonzero(astray | probe)
    if len(odd):
        runs, where = np.unique(seg.run[odd], return_index=True)
        ends = np.append(seg.heads, seg.size)[runs + 1]
        for place, stop in zip(odd[where].tolist(), ends.tolist(), strict=True):
            _follow(seg, found, place, stop)
    return found


def _running_maximum(value: NDArray[np.int64], mask: Bools) -> NDArray[np.int64]:
    """The greatest value where `mask` holds, before each place; less than any if there is none."""
    least = np.iinfo(np.int64).min
    found = np.full(len(value), least, np.int64)
    later = found[1:]
    np.bitwise_xor(value[:-1], least, out=later)  # a choice by bits costs much less than np.where
    later &= np.negative(mask[:-1].view(np.int8))
    later ^= least
    np.maximum.accumulate(found, out=found)
    return found


def _reached(top: NDArray[np.int64], shelf: NDArray[np.int64], zero: Words) -> Words:
    """The raw number behind an unwrapped one, 0 where that is of an earlier stream."""
    number = (top - shelf).astype(np.uint32)
    number += zero
    return masked(top > shelf - _SPAN, number)


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
