"""Duplicate ACKs: how often an acknowledgment was repeated since its direction last acknowledged something else."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .segments import Bools, Places, Segments


class Duplicates:
    """Counts `repeats` (mask of duplicate ACKs) since `resets` (mask of segments with another ACK than the one before).

    `origins` are the places whose ACK is repeated at `places`; `corrected` holds numbers that differ from plain
    counting, because the other side acknowledged what was never seen (see unseen.py).
    """

    def __init__(self, seg: Segments, repeats: Bools, resets: Bools) -> None:
        self.repeats = repeats
        self.resets = resets
        self._first = seg.latest(resets & seg.first)
        self._second = seg.latest(resets & seg.second)
        self._seg = seg
        self.places = np.flatnonzero(repeats)
        self.origins = self.origin(self.places, seg.second[self.places]).astype(np.int64)
        self._keys = (self.origins << 32) | self.places
        self._keys.sort()
        self.corrected: dict[int, int] = {}

    def origin(self, places: NDArray[np.int64], second: Bools) -> Places:
        """The latest segment of the given direction, up to each place, that acknowledged something else."""
        return np.where(second, self._second[places], self._first[places])

    def count(self, places: NDArray[np.int64], second: Bools) -> NDArray[np.int64]:
        """Repeats in the given direction since it last changed its ACK, before each place."""
        origin = self.origin(places, second).astype(np.int64)
        since = np.searchsorted(self._keys, origin << 32)
        counts = np.searchsorted(self._keys, (origin << 32) | places) - since
        return np.where(origin >= 0, counts, 0)

    def before(self, place: int, second: bool) -> int:
        """The same count for one place, as it was when the segment before it had been taken in."""
        origin = int((self._second if second else self._first)[place - 1])
        if self._seg.new[place] or origin < 0:
            return 0
        low, high = np.searchsorted(self._keys, [origin << 32, (origin << 32) | place])
        return int(high - low)

    def numbers(self) -> NDArray[np.int64]:
        """The number of every repeat, from 1, in the order of `places`."""
        since = np.searchsorted(self._keys, self.origins << 32)
        numbers = np.searchsorted(self._keys, (self.origins << 32) | self.places) - since + 1
        for place, number in self.corrected.items():
            numbers[np.searchsorted(self.places, place)] = number
        return numbers
