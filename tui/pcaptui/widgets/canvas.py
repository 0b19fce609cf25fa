"""A plot as cells: braille dots, 2 x 4 a cell, from whole arrays. Knows numpy only, neither Textual nor the terminal.

A curve's dots are found a pixel column at a time (np.interp, np.minimum.reduceat, a running sum over differences), so
that a million points cost a few milliseconds; what falls into one dot is drawn once.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..pictures.series import Series, Window

Bits = NDArray[np.bool_]
Longs = NDArray[np.int64]
Words = NDArray[np.int32]
_BRAILLE = 0x2800
_DOTS = np.array([[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]], np.uint32)
"""Dot patterns of Unicode's braille block, [row of the dot][column of the dot]."""
BLANK = ord(" ")
SPACING = 12
"""Cells between two signs on a curve that is told from others by its sign."""


class Canvas:
    """`chars` (code points) and `styles` (0: none, else one more than the number of the series), both of shape
    (rows, columns). Without braille (the Linux console has no such signs) a cell with a dot shows its series' sign."""

    def __init__(self, columns: int, rows: int, window: Window, braille: bool = True) -> None:
        self.columns, self.rows = max(columns, 1), max(rows, 1)
        self.window = window
        self._braille = braille
        self._wide, self._high = (self.columns * 2, self.rows * 4) if braille else (self.columns, self.rows)
        self._edges = np.linspace(window.x0, window.x1, self._wide + 1)
        self._dots = np.zeros((self.rows, self.columns), np.uint32)
        self.chars = np.full((self.rows, self.columns), BLANK, np.uint32)
        self.styles = np.zeros((self.rows, self.columns), np.uint8)

    def draw(self, series: Series, number: int, signed: bool = False) -> None:
        """Draw one series as the `number`-th (from 0), over what is there. `signed`: with its sign here and there on a
        curve, or in place of its dots."""
        part = series.between(self.window.x0, self.window.x1, beside=int(series.kind in ("line", "steps", "area")))
        x, y = series.x[part], series.y[part]
        if not len(x):
            return
        sign, style = ord(series.sign[:1] or "+"), number + 1
        if series.kind == "marks" or (signed and series.kind == "points"):
            self._signs(x, y, sign, style)
            return
        low = series.low[part] if series.low is not None else None
        bits = self._bits(series.kind, x, y, low)
        self._put(bits, sign, style)
        if signed and series.kind in ("line", "steps", "area"):
            self._along(bits, sign, style)

    # From numbers to dots.

    def cell(self, x: float, y: float) -> tuple[int, int] | None:
        """(column, row) of the cell in which a place lies, None outside of the canvas."""
        window = self.window
        if not (window.x0 <= x <= window.x1 and window.y0 <= y <= window.y1):
            return None
        column = np.searchsorted(self._edges, x, side="right") - 1
        row = self._rows_of(np.array([y], np.float64))[0]
        return (min(int(column), self._wide - 1) * self.columns // self._wide, int(row) * self.rows // self._high)

    def _starts(self, x: NDArray[Any]) -> Longs:
        """Where in x, which is ascending, each dot column begins, and where the last one ends: shape (columns + 1,)."""
        starts = np.searchsorted(x, self._edges, side="left")
        starts[-1] = np.searchsorted(x, self._edges[-1], side="right")
        return starts

    def _rows_of(self, y: NDArray[Any]) -> Words:
        """The dot row of each y, 0 at the top; -1 above the canvas, its height below it or where y is no number."""
        scaled = np.subtract(self.window.y1, y)
        scaled *= self._high / self.window.height
        # Where the window ends is still in it.
        scaled[scaled == self._high] = self._high - 1
        np.nan_to_num(scaled, copy=False, nan=self._high)
        np.clip(scaled, -1, self._high, out=scaled)
        scaled += 1
        found: Words = scaled.astype(np.int32)
        found -= 1
        return found

    def _bits(self, kind: str, x: NDArray[Any], y: NDArray[Any], low: NDArray[Any] | None) -> Bits:
        starts = self._starts(x)
        if kind == "points":
            return self._points(starts, y)
        inside = slice(int(starts[0]), int(starts[-1]))
        if kind == "bars":
            base = np.zeros(len(x)) if low is None else low
            columns = np.repeat(np.arange(self._wide), np.diff(starts))
            return self._spans(columns, self._rows_of(y[inside]), self._rows_of(base[inside]))
        lowest, highest = self._line(starts, x, y) if kind == "line" else self._steps(starts, x, y)
        if kind == "area":
            known = np.isfinite(lowest) & (self._edges[:-1] <= x[-1])
            ground = 0.0 if low is None or not len(low) else float(np.nanmin(low))
            lowest = np.where(known, np.fmin(lowest, ground), np.nan)
            highest = np.where(known, np.fmax(highest, ground), np.nan)
        places = np.flatnonzero(np.isfinite(lowest))
        return self._spans(places, self._rows_of(highest[places]), self._rows_of(lowest[places]))

    def _points(self, starts: Longs, y: NDArray[Any]) -> Bits:
        bits = np.zeros((self._high + 2, self._wide), bool)
        rows = self._rows_of(y[int(starts[0]) : int(starts[-1])])
        rows += 1
        rows *= self._wide
        rows += np.repeat(np.arange(self._wide, dtype=np.int32), np.diff(starts))
        bits.ravel()[rows] = True
        return bits[1:-1]

    def _spans(self, columns: Longs, tops: Words, bottoms: Words) -> Bits:
        """Upright strokes, any number in one column, each from its upper to its lower dot."""
        tops, bottoms = np.minimum(tops, bottoms), np.maximum(tops, bottoms)
        inside = (bottoms >= 0) & (tops < self._high)
        columns, tops, bottoms = (
            columns[inside],
            np.maximum(tops[inside], 0),
            np.minimum(bottoms[inside], self._high - 1),
        )
        size = (self._high + 1) * self._wide
        change = np.bincount(tops * self._wide + columns, minlength=size)
        change -= np.bincount((bottoms + 1) * self._wide + columns, minlength=size)
        found: Bits = np.cumsum(change.reshape(-1, self._wide), axis=0)[: self._high] > 0
        return found

    def _reached(self, starts: Longs, y: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
        """The least and the greatest y of the points in each dot column, NaN where there are none."""
        low, high = np.full(self._wide, np.nan), np.full(self._wide, np.nan)
        filled = np.flatnonzero(np.diff(starts))
        if len(filled):
            begins, values = starts[filled] - starts[0], y[int(starts[0]) : int(starts[-1])]
            low[filled] = np.fmin.reduceat(values, begins)
            high[filled] = np.fmax.reduceat(values, begins)
        return low, high

    def _line(self, starts: Longs, x: NDArray[Any], y: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
        low, high = self._reached(starts, y)
        at_edges = np.interp(self._edges, x, y, left=np.nan, right=np.nan)
        for edge in (at_edges[:-1], at_edges[1:]):
            low, high = np.fmin(low, edge), np.fmax(high, edge)
        return low, high

    def _steps(self, starts: Longs, x: NDArray[Any], y: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
        low, high = self._reached(starts, y)
        before = np.searchsorted(x, self._edges[:-1], side="left") - 1
        held = np.where(before >= 0, y[np.maximum(before, 0)], np.nan)
        return np.fmin(low, held), np.fmax(high, held)

    # From dots to cells.

    def _put(self, bits: Bits, sign: int, style: int) -> None:
        if not self._braille:
            touched: Bits = bits
            self.chars[touched] = sign
        else:
            cells = self._cells(bits)
            dots = np.zeros((self.rows, self.columns), np.uint32)
            for row in range(4):
                for column in range(2):
                    dots |= np.where(cells[:, row, :, column], _DOTS[row, column], np.uint32(0))
            touched = dots > 0
            self._dots |= dots
            self.chars[touched] = self._dots[touched] + _BRAILLE
        self.styles[touched] = style

    def _signs(self, x: NDArray[Any], y: NDArray[Any], sign: int, style: int) -> None:
        bits = self._points(self._starts(x), y)
        touched = self._cells(bits).any((1, 3))
        self.chars[touched] = sign
        self.styles[touched] = style

    def _cells(self, bits: Bits) -> Bits:
        """Dots as (rows, dots upwards in a cell, columns, dots across in a cell)."""
        return bits.reshape(self.rows, self._high // self.rows, self.columns, self._wide // self.columns)

    def _along(self, bits: Bits, sign: int, style: int) -> None:
        """The series' sign in every twelfth column or so, each series beginning at another one."""
        filled: Bits = np.asarray(self._cells(bits).any((1, 3)))
        for column in range(2 + 3 * (style % 4), self.columns, SPACING):
            rows = np.flatnonzero(filled[:, column])
            if len(rows):
                self.chars[rows[0], column] = sign
                self.styles[rows[0], column] = style
