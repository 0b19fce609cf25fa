"""Times at the side of a ladder."""

from __future__ import annotations

from enum import Enum

import numpy as np

from ..dissect.times import TimeFormat, clock, seconds
from .ladder import Ladder


class LadderTime(Enum):
    """What the times count from; the value is the name shown to people."""

    FIRST = "since the first arrow"
    PREVIOUS = "since the previous arrow"
    CAPTURE = "since the capture's first packet"
    CLOCK = "time of day"

    @property
    def following(self) -> LadderTime:
        """The next one in the cycle."""
        formats = list(LadderTime)
        return formats[(formats.index(self) + 1) % len(formats)]

    @property
    def heading(self) -> str:
        return _HEADINGS[self]


_HEADINGS = {
    LadderTime.FIRST: "Time",
    LadderTime.PREVIOUS: "Δ",
    LadderTime.CAPTURE: "Capture",
    LadderTime.CLOCK: "Clock",
}


class Stamps:
    """Texts of a ladder's times; `begin` is the time of the capture's first packet, `digits` the places shown."""

    def __init__(self, ladder: Ladder, form: LadderTime, begin: int, digits: int = 6) -> None:
        self._times = ladder.times
        self._form, self._begin, self._digits = form, begin, digits
        self.width = self._widest()

    def text(self, at: int) -> str:
        """The time of an arrow."""
        stamp = int(self._times[at])
        if self._form is LadderTime.FIRST:
            return seconds(stamp - int(self._times[0]), self._digits)
        if self._form is LadderTime.PREVIOUS:
            return seconds(stamp - int(self._times[at - 1]) if at else 0, self._digits)
        if self._form is LadderTime.CAPTURE:
            return seconds(stamp - self._begin, self._digits)
        return clock(stamp, TimeFormat.TIME_OF_DAY, self._digits)

    def _widest(self) -> int:
        """The cells of the widest text: that of an extreme, for all have the same places behind the point."""
        if not len(self._times):
            return 0
        places = {0, len(self._times) - 1, int(np.argmax(self._times)), int(np.argmin(self._times))}
        if self._form is LadderTime.PREVIOUS and len(self._times) > 1:
            gaps = np.diff(self._times)
            places |= {int(np.argmax(gaps)) + 1, int(np.argmin(gaps)) + 1}
        return max(len(self.text(at)) for at in places)
