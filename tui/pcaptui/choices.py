"""What a person has chosen among a capture's packets: those marked, those ignored, and those where time begins anew."""

from __future__ import annotations

from bisect import bisect_right, insort

import numpy as np
from numpy.typing import NDArray


class Choices:
    """Packets by their indexes. Changed by one thread; others may look at it meanwhile.

    An ignored packet stays in the list, but is not taken apart: only its frame's own facts are known, as in Wireshark.
    What the conversations were found to be stays as it is.
    """

    def __init__(self) -> None:
        self.marked: set[int] = set()
        self.ignored: frozenset[int] = frozenset()
        self.references: list[int] = []
        """Packets at which time since the start begins anew, ascending."""
        self.shown: NDArray[np.int64] | None = None
        """The packets that the list shows, ascending; None: all."""

    def ignore(self, index: int) -> bool:
        """Ignore a packet, or no more; whether it is ignored now."""
        self.ignored ^= {index}
        return index in self.ignored

    def ignore_none(self) -> int:
        """Take all packets back, and say how many."""
        count = len(self.ignored)
        self.ignored = frozenset()
        return count

    def refer(self, index: int) -> bool:
        """Let time since the start begin anew at a packet, or no more; whether it does."""
        if index in self.references:
            self.references.remove(index)
            return False
        insort(self.references, index)
        return True

    def reference(self, index: int) -> int | None:
        """The packet that the time of packet `index` counts from; None: the capture's first."""
        place = bisect_right(self.references, index)
        return self.references[place - 1] if place else None

    def shown_before(self, index: int) -> int | None:
        """The packet that the list shows before packet `index`, None where there is none."""
        shown = self.shown
        if shown is None:
            return index - 1 if index else None
        place = int(np.searchsorted(shown, index))
        return int(shown[place - 1]) if place else None

    def without_ignored(self, packets: NDArray[np.int64]) -> NDArray[np.int64]:
        """Packets of these that are not ignored, in their order."""
        return packets[~among(self.ignored, packets)] if self.ignored else packets


def among(chosen: set[int] | frozenset[int], packets: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which of some packets were chosen."""
    mine = chosen.copy()  # another thread may add to it
    if not mine:
        return np.zeros(len(packets), bool)
    found: NDArray[np.bool_] = np.isin(packets, np.fromiter(mine, np.int64, len(mine)))
    return found
