"""Directions with very many segments that nobody acknowledged: tshark stops keeping them at 10,000."""

from __future__ import annotations

import heapq

import numpy as np

from .highest import Highest
from .segments import FIN, SYN, Bools, Segments, signed

LIMIT = 10_000


def full_backlogs(seg: Segments, high: Highest) -> Bools | None:
    """Where a sender's list of unacknowledged segments is full before its segment; None if that is nowhere so.

    Only streams with that many data segments one way and ACKs the other way are looked at.
    """
    long = np.flatnonzero(seg.sizes > LIMIT).tolist()
    if not long:
        return None
    loaded = (seg.length > 0) | ((seg.flags & (SYN | FIN)) != 0)
    full: Bools | None = None
    for mine, others in ((seg.first, seg.second), (seg.second, seg.first)):
        for run in long:
            part = slice(int(seg.heads[run]), int(seg.heads[run] + seg.sizes[run]))
            if np.count_nonzero(loaded[part] & mine[part]) <= LIMIT or not others[part].any():
                continue
            if not _may_fill(seg, part, loaded[part] & mine[part], others[part]):
                continue
            if full is None:
                full = np.zeros(seg.size, bool)
            full[part] |= _simulate(seg, part, loaded[part], mine[part])
    return full


def _may_fill(seg: Segments, part: slice, loaded: Bools, others: Bools) -> bool:
    """Whether an upper bound of the list's length reaches the limit: what ends at or below the latest ACK is gone."""
    base = seg.sequence[part][np.argmax(loaded)]
    ends = np.maximum.accumulate(signed(seg.end[part][loaded] - base))
    acks = np.where(others, signed(seg.ack[part] - base), np.iinfo(np.int32).min)
    gone = np.searchsorted(ends, np.maximum.accumulate(acks), "right")
    return bool((np.cumsum(loaded) - np.minimum(gone, np.cumsum(loaded))).max() >= LIMIT)


def _simulate(seg: Segments, part: slice, loaded: Bools, mine: Bools) -> Bools:
    """Keep the list as a heap of unwrapped ends; exact while less than half of the number space is unacknowledged."""
    base = int(seg.sequence[part][np.argmax(loaded & mine)])
    ends = signed(seg.end[part] - np.uint32(base)).tolist()
    acks = signed(seg.ack[part] - np.uint32(base)).tolist()
    full = []
    waiting: list[int] = []
    for own, carries, end, ack in zip(mine.tolist(), loaded.tolist(), ends, acks, strict=True):
        full.append(own and len(waiting) >= LIMIT)
        if own:
            if carries and len(waiting) < LIMIT:
                heapq.heappush(waiting, end)
            continue
        while waiting and waiting[0] <= ack:
            heapq.heappop(waiting)
    return np.array(full, bool)
