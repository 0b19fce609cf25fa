"""A plot as a drawing: the same series as on the screen, on white paper with axes, grid and legend."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from .scales import ticks
from .series import Plot, Series, Window
from .svg import QUIET, Canvas, Pen

WIDTH, HEIGHT = 1100.0, 640.0
LEFT, RIGHT, TOP, BOTTOM = 96.0, 24.0, 86.0, 56.0
COLOURS = {"main": "#1f6fb4", "second": "#2f8f3a", "third": "#9350a8", "fourth": "#333333", "fifth": "#b07d00",
           "sixth": "#c03a2b", "quiet": "#9a9a9a", "good": "#2f8f3a",
           "bad": "#c8102e", "warning": "#d07800"}  # fmt: skip
GRID = Pen("#e4e4e4", 1)
MOST_MARKS = 5_000
"""So many marks of one series are drawn at most, evenly chosen."""
_GAP = 18.0
_EDGE = 5.0


def draw_plot(plot: Plot, title: str, *, below: str = "", window: Window | None = None, width: float = WIDTH,
              height: float = HEIGHT) -> Canvas:  # fmt: skip
    """The drawing of a plot, through a window (None: all of it). `below` stands under the title."""
    paper = Canvas(width, height)
    paper.text(LEFT, 28, title, size=17, bold=True)
    said = "; ".join([text for text in (below, *plot.notes) if text])
    paper.text(LEFT, 48, said, size=12, colour=QUIET)
    if plot.empty:
        paper.text(width / 2, height / 2, "nothing to draw", size=14, colour=QUIET, anchor="middle")
        return paper
    area = _Area(window or plot.whole(), LEFT, TOP, width - LEFT - RIGHT, height - TOP - BOTTOM)
    _axes(paper, plot, area)
    # A point on the edge is drawn as a whole.
    paper.clip(area.x - _EDGE, area.y - _EDGE, area.width + 2 * _EDGE, area.height + 2 * _EDGE)
    for each in plot.series:
        _draw(paper, each, area)
    paper.unclip()
    paper.rect(area.x, area.y, area.width, area.height, pen=Pen("#888888", 1))
    _legend(paper, plot, area)
    return paper


class _Area:
    """The rectangle of the canvas that the window is mapped to."""

    def __init__(self, window: Window, x: float, y: float, width: float, height: float) -> None:
        self.window, self.x, self.y, self.width, self.height = window, x, y, width, height

    def across(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        found: NDArray[np.float64] = self.x + (x - self.window.x0) / self.window.width * self.width
        return found

    def down(self, y: NDArray[np.float64]) -> NDArray[np.float64]:
        """Limited to a little beyond the rectangle, as some viewers do not like huge numbers."""
        found = self.y + (self.window.y1 - y) / self.window.height * self.height
        return np.clip(found, self.y - self.height, self.y + 2 * self.height)


def _axes(paper: Canvas, plot: Plot, area: _Area) -> None:
    bottom = area.y + area.height
    for tick in ticks(area.window.x0, area.window.x1, 10, plot.x_unit):
        x = float(area.across(np.array([tick.value]))[0])
        paper.line(x, area.y, x, bottom, GRID)
        paper.text(x, bottom + 18, tick.label, size=12, anchor="middle")
    for tick in ticks(area.window.y0, area.window.y1, 8, plot.y_unit):
        y = float(area.down(np.array([tick.value]))[0])
        paper.line(area.x, y, area.x + area.width, y, GRID)
        paper.text(area.x - 8, y + 4, tick.label, size=12, anchor="end")
    paper.text(area.x + area.width / 2, bottom + 42, plot.x_name, size=13, anchor="middle")
    paper.text(22, area.y + area.height / 2, plot.y_name, size=13, anchor="middle", turned=True)


def _legend(paper: Canvas, plot: Plot, area: _Area) -> None:
    x, y = area.x, area.y - 12
    for each in plot.series:
        colour = COLOURS[each.style]
        room = 22 + 7.2 * len(each.name) + _GAP
        if x + room > area.x + area.width + RIGHT:
            break
        if each.kind in ("line", "steps"):
            paper.line(x, y - 4, x + 16, y - 4, Pen(colour, 2))
        elif each.kind == "bars":
            paper.line(x + 8, y - 10, x + 8, y + 2, Pen(colour, 2))
        elif each.kind == "area":
            paper.rect(x, y - 9, 16, 10, colour)
        else:
            _mark(paper, each.sign if each.kind == "marks" else "●", x + 8, y - 4, colour)
        paper.text(x + 22, y, each.name, size=12)
        x += room


def _draw(paper: Canvas, each: Series, area: _Area) -> None:
    part = each.between(area.window.x0, area.window.x1, beside=int(each.kind in ("line", "steps", "area")))
    x, y = area.across(each.x[part]), area.down(each.y[part])
    if not len(x):
        return
    colour = COLOURS[each.style]
    if each.kind == "points":
        size = 2.5 if len(x) > 2000 else 4.0
        paper.dots(_distinct(x, y), size, colour)
    elif each.kind == "marks":
        chosen = np.unique(np.linspace(0, len(x) - 1, MOST_MARKS).astype(np.int64)) if len(x) > MOST_MARKS else None
        places = zip(x.tolist(), y.tolist(), strict=True) if chosen is None else _distinct(x[chosen], y[chosen])
        for at, height in places:
            if np.isfinite(height):
                _mark(paper, each.sign, at, height, colour)
    elif each.kind == "bars":
        low = area.down(each.low[part] if each.low is not None else np.zeros(len(x)))
        _bars(paper, x, y, low, colour)
    elif each.kind == "area":
        ground = float(area.down(np.array([0.0]))[0])
        for run in _runs(*_stairs(*_thinned(x, y))):
            paper.polygon([(run[0][0], ground), *run, (run[-1][0], ground)], colour)
    else:
        across, down = _thinned(x, y)
        if each.kind == "steps":
            across, down = _stairs(np.append(across, max(across[-1], area.x + area.width)), np.append(down, down[-1]))
        for run in _runs(across, down):
            paper.polyline(run, Pen(colour, 1.6))


Numbers = NDArray[np.float64]
Run = list[tuple[float, float]]


def _distinct(x: Numbers, y: Numbers) -> Run:
    """The places, each once, to half a pixel."""
    known = np.isfinite(y)
    grid = np.unique(np.stack([np.round(x[known] * 2), np.round(y[known] * 2)], axis=1), axis=0) / 2
    return [(float(one), float(other)) for one, other in grid.tolist()]


def _thinned(x: Numbers, y: Numbers) -> tuple[Numbers, Numbers]:
    """Of many points on half a pixel the first, lowest, highest and last: the line looks the same."""
    column = np.floor(x * 2)
    begins = np.flatnonzero(np.concatenate([[True], column[1:] != column[:-1]]))
    if len(begins) * 4 >= len(x):
        return x, y
    kept = {0, len(x) - 1}
    for start, stop in zip(begins.tolist(), [*begins[1:].tolist(), len(x)], strict=True):
        values = y[start:stop]
        kept |= {start, stop - 1, start + int(np.argmin(values)), start + int(np.argmax(values))}
    chosen = np.array(sorted(kept))
    return x[chosen], y[chosen]


def _stairs(x: Numbers, y: Numbers) -> tuple[Numbers, Numbers]:
    return np.repeat(x, 2)[1:], np.repeat(y, 2)[:-1]


def _runs(x: Numbers, y: Numbers) -> Iterator[Run]:
    """The parts of a line between its gaps."""
    known = np.isfinite(y)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], known.astype(np.int8), [0]])))
    for start, stop in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        yield list(zip(x[start:stop].tolist(), y[start:stop].tolist(), strict=True))


def _bars(paper: Canvas, x: Numbers, top: Numbers, low: Numbers, colour: str) -> None:
    strokes = np.stack([np.round(x * 2), np.round(np.fmin(top, low) * 2), np.round(np.fmax(top, low) * 2)], axis=1)
    strokes = np.unique(strokes[np.isfinite(strokes).all(axis=1)], axis=0) / 2
    pen = Pen(colour, 1.5 if len(strokes) > 1000 else 2.2)
    for at, upper, lower in strokes.tolist():
        paper.line(at, upper, at, max(lower, upper + 1.5), pen)


def _mark(paper: Canvas, sign: str, x: float, y: float, colour: str) -> None:
    if sign == "×":
        paper.cross(x, y, 4, Pen(colour, 1.8))
    elif sign == "○":
        paper.circle(x, y, 4, pen=Pen(colour, 1.6))
    elif sign == "●":
        paper.circle(x, y, 2.5, fill=colour)
    else:
        paper.text(x, y + 4, sign, size=12, colour=colour, anchor="middle", bold=True)
