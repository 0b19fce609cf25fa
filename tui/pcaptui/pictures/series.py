"""What a plot shows, as numbers: series of points, and the window through which one looks at them.

The screen's `widgets.plot.Plot` and `pictures.plot_svg` draw the same of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Kind = Literal["points", "line", "steps", "bars", "area", "marks"]
"""points: a dot each; line: from point to point; steps: a value holds until the next one, the last to the end of the
picture; bars: upright strokes from `low` to y; area: steps up to the last point, filled down to `low` (0); marks: the
series' sign at each place, above everything else."""
Style = Literal["main", "second", "third", "fourth", "fifth", "sixth", "quiet", "bad", "warning", "good"]
SIGNS = "●+×○◇*"
"""Of series that have no sign of their own."""


@dataclass(slots=True)
class Series:
    """One line of the plot. `x` is ascending (see `series`), NaN in `y` interrupts lines. `packets` are the packets'
    indexes (one a point) if the cursor may stand on the points. `sign` is one narrow character that tells the series
    from others without colour."""

    name: str
    x: Floats
    y: Floats
    style: Style = "main"
    sign: str = "●"
    kind: Kind = "points"
    packets: NDArray[np.int64] | None = None
    low: Floats | None = None

    def __len__(self) -> int:
        return len(self.x)

    def between(self, start: float, stop: float, beside: int = 0) -> slice:
        """The points with start <= x <= stop, and `beside` more on each side."""
        first = int(np.searchsorted(self.x, start, side="left"))
        last = int(np.searchsorted(self.x, stop, side="right"))
        return slice(max(first - beside, 0), last + beside)


def series(
    name: str, x: NDArray[Any], y: NDArray[Any], style: Style = "main", sign: str = "●", kind: Kind = "points",
    packets: NDArray[np.int64] | None = None, low: NDArray[Any] | None = None,
) -> Series:  # fmt: skip
    """A Series of any numbers, put into the order of x (points of one x stay in theirs: clocks go back at times)."""
    x = np.asarray(x, np.float64)
    found = Series(name, x, np.asarray(y, np.float64), style, sign, kind, packets,
                   None if low is None else np.asarray(low, np.float64))  # fmt: skip
    if len(x) > 1 and (np.diff(x) < 0).any():
        order = np.argsort(x, kind="stable")
        found.x, found.y = found.x[order], found.y[order]
        found.packets = None if packets is None else packets[order]
        found.low = None if found.low is None else found.low[order]
    return found


@dataclass(frozen=True, slots=True)
class Window:
    """What is looked at: x0 < x1, y0 < y1."""

    x0: float
    x1: float
    y0: float
    y1: float

    @property
    def width(self) -> float:
        return self.x1 - self.x0

    @property
    def height(self) -> float:
        return self.y1 - self.y0

    def across(self, x0: float, x1: float) -> Window:
        return replace(self, x0=x0, x1=x1)

    def upright(self, y0: float, y1: float) -> Window:
        return replace(self, y0=y0, y1=y1)


@dataclass(slots=True)
class Plot:
    """A picture: series with the names of its axes. `x_unit`, `y_unit` are units of pictures.scales. `floor`: y
    begins at 0 where nothing is below it. `notes` are sentences about what is shown or left out."""

    title: str
    series: Sequence[Series]
    x_name: str = "time"
    x_unit: str = "s"
    y_name: str = ""
    y_unit: str = ""
    floor: bool = True
    notes: list[str] = field(default_factory=list)

    @property
    def empty(self) -> bool:
        return not any(len(each) for each in self.series)

    def whole(self) -> Window:
        """The window that shows everything."""
        ends = [(float(each.x[0]), float(each.x[-1])) for each in self.series if len(each)]
        x0, x1 = min((low for low, _ in ends), default=0.0), max((high for _, high in ends), default=1.0)
        if x1 <= x0:  # one moment alone: no time before the capture began is shown for it
            x0, x1 = (0.0, 2 * x0 or 1.0) if x0 >= 0 else (x0 - 0.5, x0 + 0.5)
        return self.fitted(x0, x1)

    def fitted(self, x0: float, x1: float) -> Window:
        """The window from x0 to x1 that is as high as what there is between them, with a little room above."""
        low, high = np.inf, -np.inf
        for each in self.series:
            part = each.between(x0, x1, beside=int(each.kind in ("line", "steps", "area")))
            for values in (each.y[part], each.low[part] if each.low is not None else each.y[:0]):
                known = values[np.isfinite(values)]
                if len(known):
                    low, high = min(low, float(known.min())), max(high, float(known.max()))
        if low > high:
            return Window(x0, x1, 0.0, 1.0)
        if self.floor and low > 0:
            low = 0.0
        room = (high - low) * 0.04 or abs(high) * 0.5 or 0.5
        return Window(x0, x1, low if low == 0.0 else low - room, high + room)
