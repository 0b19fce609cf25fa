"""ACKs of data that the capture does not hold.

As long as every segment continues where the one before ended and nobody acknowledges more than was seen, the end of
the gapless data is the highest number reached. Only from the first segment that breaks this on, until the two agree
again, are segments followed one by one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from .backlog import full_backlogs
from .duplicates import Duplicates
from .highest import Highest
from .segments import Bools, Segments, signed

_MASK = 0xFFFFFFFF
_HALF = 1 << 31
_WINDOW = 1024
_NEAR = 64


@dataclass(slots=True)
class Side:
    """One direction's state: `gapless` is the end of the data captured without a gap, 0 for unset; `repeats` the
    duplicate ACKs it sent, `counted` the same by plain counting; `armed` whether an ACK of unseen data from the other
    side will be told; `beyond` whether there was one since its own ACK last moved."""

    next: int = 0
    gapless: int = 0
    repeats: int = 0
    counted: int = 0
    armed: bool = True
    beyond: bool = False

    def is_ordinary(self) -> bool:
        return (
            self.gapless == self.next
            and self.repeats == self.counted
            and self.armed == (self.counted == 0)
            and not self.beyond
        )


@dataclass(slots=True)
class Unseen:
    """`flagged`: places of ACKs of unseen segments. `eager`: for places asked about (candidates for a fast
    retransmission), whether the other side sent two duplicate ACKs or acknowledged beyond, where that was followed."""

    flagged: list[int] = field(default_factory=list)
    eager: dict[int, bool] = field(default_factory=dict)


def find_unseen(seg: Segments, high: Highest, dups: Duplicates, asked: Bools) -> Unseen:
    """Follow the odd stretches of all streams; also puts corrected counts into `dups`."""
    full = full_backlogs(seg, high)
    breaks = high.advances & (high.own != 0) & (seg.sequence != high.own)
    breaks |= seg.has_ack & (high.other != 0) & (signed(seg.ack - high.other) > 0)
    if full is not None:
        breaks |= full
    odd = np.flatnonzero(breaks)
    result = Unseen()
    position = 0
    while position < len(odd):
        rows = _rows(seg, high, dups, asked, full, int(odd[position]))
        sides = [_ordinary(seg, high, dups, int(odd[position]), second) for second in (False, True)]
        place = _follow(rows, sides, odd, dups, result)
        position = int(np.searchsorted(odd, place, "right"))
    return result


def _follow(rows: Iterator[tuple[int, ...]], sides: list[Side], odd: NDArray[np.int64], dups: Duplicates,
            result: Unseen) -> int:  # fmt: skip
    """Take segments in until the state is ordinary and nothing odd is near; return the last place taken in."""
    place = 0
    for place, new, second, sequence, ack, end, advances, repeats, resets, has_ack, probe, candidate, blocked in rows:
        if new:
            sides = [Side(), Side()]
        own, other = sides[second], sides[not second]
        if repeats:
            own.repeats += 1
            own.counted += 1
            own.armed = False
            if own.repeats != own.counted:
                dups.corrected[place] = own.repeats
        elif resets:
            own.repeats = own.counted = 0
            own.armed, own.beyond = True, False
        if has_ack and other.gapless and 0 < ((ack - other.gapless) & _MASK) < _HALF:
            if other.gapless != other.next:
                result.flagged.append(place)
                other.gapless = other.next
            else:
                if other.armed:
                    result.flagged.append(place)
                other.armed, other.repeats, other.beyond = False, 0, True
        if candidate:
            result.eager[place] = other.repeats >= 2 or other.beyond
        if not probe:
            if advances:
                own.next = end
            if not blocked and (sequence == own.gapless or not own.gapless):
                own.gapless = own.next
        if own.is_ordinary() and other.is_ordinary():
            following = int(np.searchsorted(odd, place, "right"))
            if following == len(odd) or odd[following] > place + _NEAR:
                break
    return place


def _ordinary(seg: Segments, high: Highest, dups: Duplicates, place: int, second: bool) -> Side:
    """A direction's state before a place, as it is where nothing odd came before."""
    if seg.new[place]:
        return Side()
    reached = int((high.own if bool(seg.second[place]) == second else high.other)[place])
    repeats = dups.before(place, second)
    return Side(reached, reached, repeats, repeats, repeats == 0)


def _rows(seg: Segments, high: Highest, dups: Duplicates, asked: Bools, full: Bools | None,
          start: int) -> Iterator[tuple[int, ...]]:  # fmt: skip
    """The columns that matter, row by row, taken out of numpy a window at a time."""
    begin, width = start, 16
    while begin < seg.size:
        part = slice(begin, min(begin + width, seg.size))
        columns = (
            np.arange(part.start, part.stop), seg.new[part], seg.second[part], seg.sequence[part], seg.ack[part],
            seg.end[part], high.advances[part], dups.repeats[part], dups.resets[part], seg.has_ack[part],
            high.probe[part], asked[part], np.zeros(part.stop - begin, bool) if full is None else full[part],
        )  # fmt: skip
        yield from zip(*(column.tolist() for column in columns), strict=True)
        begin, width = part.stop, min(width * 4, _WINDOW)
