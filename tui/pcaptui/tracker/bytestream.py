"""Which bytes of which segment make up the two directions of a TCP stream, and in what order a reader gets them.

As tshark's `follow,tcp` decides (found by experiment): the first captured segment of a direction sets its beginning; of
bytes sent twice the first that became contiguous stay; a segment behind a gap waits until the gap is filled, or until
the other side acknowledges bytes behind it: then the gap will stay one.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from heapq import heappop, heappush

import numpy as np
from numpy.typing import NDArray

Longs = NDArray[np.int64]
Bools = NDArray[np.bool_]
_HALF = 1 << 31
_BLOCK = 4096


@dataclass(slots=True)
class SegmentColumns:
    """n segments of one TCP stream in capture order.

    direction: 0 or 1; sequence: raw number of the first payload byte (one more than a SYN's own); has_syn, has_fin;
    length: payload bytes on the wire; acknowledgment: raw, counts where has_ack.
    """

    direction: NDArray[np.uint8]
    sequence: NDArray[np.uint32]
    has_syn: Bools
    has_fin: Bools
    length: Longs
    acknowledgment: NDArray[np.uint32]
    has_ack: Bools

    def __len__(self) -> int:
        return len(self.direction)


@dataclass(slots=True)
class Arrangement:
    """m pieces in the reader's order: row (of the segment), from byte start to end of the stream of the segment's
    direction; missing: nothing of it was captured, and row is that of the segment behind the gap. Starts of a
    direction ascend without holes from 0. `position` (n) is where each segment's payload begins in its direction."""

    row: Longs
    start: Longs
    end: Longs
    missing: Bools
    position: Longs


def arrange(segments: SegmentColumns) -> Arrangement:
    """Plan a stream. Time and memory grow with the number of segments, not with their bytes."""
    return _Arranger(segments).run()


def counted(segments: SegmentColumns, direction: int) -> Longs:
    """The rows of a direction that count: all, unless SYNs with several numbers were sent; then of the SYNs only those
    whose number the segments behind go on from."""
    rows = np.flatnonzero(segments.direction == direction)
    syns = rows[segments.has_syn[rows]]
    if not len(syns) or (segments.sequence[syns] == segments.sequence[syns[0]]).all():
        return rows
    others = rows[~segments.has_syn[rows]]
    others = np.concatenate([others[segments.length[others] > 0], others])
    chosen = segments.sequence[syns[-1]]
    if len(others):
        distance = np.abs((segments.sequence[others[0]] - segments.sequence[syns]).view(np.int32).astype(np.int64))
        chosen = segments.sequence[syns[np.argmin(distance)]]
    counts: Bools = ~segments.has_syn[rows] | (segments.sequence[rows] == chosen)
    return rows[counts]


def positions(sequence: NDArray[np.uint32]) -> Longs:
    """Sequence numbers of a direction, which may wrap, as places counted from the first of them."""
    return np.cumsum(np.diff(sequence, prepend=sequence[:1]).view(np.int32), dtype=np.int64)


class _Arranger:
    def __init__(self, segments: SegmentColumns) -> None:
        self._segments = segments
        self._length = np.zeros(len(segments), np.int64)
        self._position = np.zeros(len(segments), np.int64)
        self._end = np.zeros(len(segments), np.int64)
        self._reached = np.zeros(len(segments), np.int64)
        self._base = [0, 0]
        self._total = [0, 0]
        self._rows_of: list[Longs] = [np.zeros(0, np.int64)] * 2
        for direction in (0, 1):
            self._prepare(direction)
        holes = (self._length > 0) & (self._position > self._reached)
        self._holes: list[int] = np.flatnonzero(holes).tolist()
        self._pieces: list[tuple[Longs, Longs, Longs, Bools]] = []

    def _prepare(self, direction: int) -> None:
        """Fill a direction's rows; `reached`: how far its bytes went before each segment."""
        segments = self._segments
        rows = counted(segments, direction)
        if not len(rows):
            return
        self._rows_of[direction] = rows
        self._base[direction] = int(segments.sequence[rows[0]])
        self._length[rows] = segments.length[rows]
        self._position[rows] = positions(segments.sequence[rows])
        self._end[rows] = self._position[rows] + self._length[rows]
        highest = np.maximum.accumulate(np.where(self._length[rows] > 0, np.maximum(self._end[rows], 0), 0))
        self._reached[rows[1:]] = highest[:-1]
        self._total[direction] = int(highest[-1])

    def run(self) -> Arrangement:
        """Columns for whatever comes in order, a loop from each gap to where no segment waits any more."""
        at, size = 0, len(self._segments)
        while at < size:
            place = bisect_left(self._holes, at)
            stop = self._holes[place] if place < len(self._holes) else size
            self._in_order(at, stop)
            at = self._through_gap(stop) if stop < size else size
        self._ends()
        if not self._pieces:
            nothing = np.zeros(0, np.int64)
            return Arrangement(nothing, nothing, nothing, np.zeros(0, bool), self._position)
        row, start, end, missing = (np.concatenate(parts) for parts in zip(*self._pieces, strict=True))
        return Arrangement(row, start, end, missing, self._position)

    def _in_order(self, start: int, stop: int) -> None:
        reached, end = self._reached[start:stop], self._end[start:stop]
        rows = np.flatnonzero((self._length[start:stop] > 0) & (end > reached))
        self._pieces.append((rows + start, reached[rows], end[rows], np.zeros(len(rows), bool)))

    def _through_gap(self, start: int) -> int:
        """Arrange from a segment behind a gap on; return the row where no segment waits any more."""
        queues = (self._queue(0, start), self._queue(1, start))
        found: list[tuple[int, int, int, bool]] = []
        after = len(self._segments)
        for row, direction, position, length, ack in self._rows(start):
            other = queues[1 - direction]
            if ack >= 0 and other.waits:
                other.acknowledged(ack, found)
            if length:
                queues[direction].add(row, position, position + length, found)
            if not queues[0].waits and not queues[1].waits:
                after = row + 1
                break
        else:
            for queue in queues:
                queue.flush(found)
        pieces = np.array(found, np.int64).reshape(-1, 4)
        self._pieces.append((pieces[:, 0], pieces[:, 1], pieces[:, 2], pieces[:, 3] != 0))
        return after

    def _queue(self, direction: int, start: int) -> _Queue:
        """A direction's state before row `start`, where nothing waits."""
        before = self._rows_of[direction]
        place = int(np.searchsorted(before, start))
        reached = int(self._reached[before[place]]) if place < len(before) else self._total[direction]
        return _Queue(self._base[direction], reached)

    def _rows(self, start: int) -> Iterator[tuple[int, int, int, int, int]]:
        """(row, direction, position, length, acknowledgment or -1) from a row on, as Python's numbers."""
        segments = self._segments
        for at in range(start, len(segments), _BLOCK):
            part = slice(at, at + _BLOCK)
            ack = np.where(segments.has_ack[part], segments.acknowledgment[part].astype(np.int64), -1)
            columns = (segments.direction[part], self._position[part], self._length[part], ack)
            yield from zip(range(at, len(segments)), *(column.tolist() for column in columns), strict=False)

    def _ends(self) -> None:
        """Bytes lost at the very end show in the sequence number of a FIN, or else of the last segment."""
        for direction in (0, 1):
            rows = self._rows_of[direction]
            rows = rows[self._segments.has_ack[rows]]
            fins = rows[self._segments.has_fin[rows]]
            if not len(rows):
                continue
            reached = self._total[direction]
            last = (fins if len(fins) else rows)[-1:]
            least = 1 if len(fins) else 2  # a FIN that was lost counts one, too
            if int(self._position[last[0]]) >= reached + least:
                self._pieces.append((last, np.array([reached]), self._position[last], np.ones(1, bool)))


class _Queue:
    """One direction while segments wait behind a gap: `reached` bytes are contiguous."""

    __slots__ = ("_base", "_early", "_ready", "reached")

    def __init__(self, base: int, reached: int) -> None:
        self._base = base
        self.reached = reached
        self._early: list[tuple[int, int, int]] = []
        self._ready: list[tuple[int, int]] = []

    @property
    def waits(self) -> bool:
        return bool(self._early)

    def add(self, row: int, start: int, end: int, found: list[tuple[int, int, int, bool]]) -> None:
        if start > self.reached:
            heappush(self._early, (start, row, end))
        elif end > self.reached:
            found.append((row, self.reached, end, False))
            self.reached = end
            self._release(found)

    def _release(self, found: list[tuple[int, int, int, bool]]) -> None:
        """Take the waiting segments that are contiguous now, of several the one that came first."""
        early, ready = self._early, self._ready
        while True:
            while early and early[0][0] <= self.reached:
                _, row, end = heappop(early)
                heappush(ready, (row, end))
            if not ready:
                return
            row, end = heappop(ready)
            if end > self.reached:
                found.append((row, self.reached, end, False))
                self.reached = end

    def acknowledged(self, ack: int, found: list[tuple[int, int, int, bool]]) -> None:
        """Give up gaps before bytes that the other side has."""
        while self._early:
            beyond = (ack - self._base - self._early[0][0]) & 0xFFFFFFFF
            if not 0 < beyond < _HALF:
                return
            self._skip(found)

    def _skip(self, found: list[tuple[int, int, int, bool]]) -> None:
        start, row, _ = self._early[0]
        found.append((row, self.reached, start, True))
        self.reached = start
        self._release(found)

    def flush(self, found: list[tuple[int, int, int, bool]]) -> None:
        """The capture ends: nothing will fill the gaps."""
        while self._early:
            self._skip(found)
