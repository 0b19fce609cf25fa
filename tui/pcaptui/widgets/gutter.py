"""The gutter of the packet list: signs of the selected packet's conversation, and arrows to the packets tied to it.

Only rows on the screen are asked for, so that a conversation of a million packets costs what a screen does.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ..glance import Part
from .glyphs import ABOVE, ALONG, BELOW, RESET
from .packet_row import NO_MARK, Mark

SIGNS: dict[Part, tuple[str, str]] = {
    Part.handshake_begin: ("┌", "handshake"),
    Part.handshake: ("│", "handshake"),
    Part.handshake_end: ("└", "handshake"),
    Part.request: ("►", "exchange"),
    Part.response: ("◄", "exchange"),
    Part.exchange: ("·", "data"),
    Part.data: ("·", "data"),
    Part.teardown_begin: ("╓", "teardown"),
    Part.teardown: ("║", "teardown"),
    Part.teardown_end: ("╙", "teardown"),
    Part.reset: (RESET, "reset"),
    Part.about: ("·", "data"),
}
"""Each part's sign, and the style of its row; see palette.Palette.phase."""
KEPT = 4096


class Life(Protocol):
    """What the gutter asks of a conversation; see glance.Glance."""

    def parts(self, indexes: NDArray[np.int64]) -> list[Part | None]: ...


class Gutter:
    """Marks of packets, by packet index, for one conversation and one selected packet at a time."""

    def __init__(self) -> None:
        self._life: Life | None = None
        self._parts: dict[int, Part | None] = {}
        self._selected = -1
        self._related: frozenset[int] = frozenset()
        self._span = range(0)

    def follow(self, life: Life | None) -> None:
        """Mark the packets of this conversation from now on."""
        if life is not self._life:
            self._life = life
            self._parts = {}

    def select(self, index: int, related: Sequence[int]) -> None:
        """The selected packet and those tied to it."""
        self._selected = index
        self._related = frozenset(related) - {index}

    def window(self, indexes: NDArray[np.int64]) -> None:
        """The packets on the screen: make their marks ready. Sorted by another column, ties have no line between."""
        if not len(indexes):
            self._span = range(0)
            return
        first, last = int(indexes[0]), int(indexes[-1])
        if last - first < 0 or (len(indexes) > 1 and bool((np.diff(indexes) < 0).any())):
            first, last = 0, -1
        ends = [index for index in (*self._related, self._selected) if first <= index <= last]
        self._span = range(min(ends) + 1, max(ends)) if self._selected in ends and len(ends) > 1 else range(0)
        if self._life is None:
            return
        if len(self._parts) > KEPT:
            self._parts = {}
        missing = np.array([index for index in indexes.tolist() if index not in self._parts], np.int64)
        if len(missing):
            self._parts.update(zip(missing.tolist(), self._life.parts(missing), strict=True))

    def mark(self, index: int) -> Mark:
        """The mark of a packet on the screen."""
        part = self._parts.get(index)
        sign, phase = SIGNS[part] if part is not None else (" ", "")
        tied = index in self._related
        tie = (ABOVE if index < self._selected else BELOW) if tied else ALONG if index in self._span else " "
        return Mark(sign, phase, tie, tied) if part is not None or tie != " " else NO_MARK
