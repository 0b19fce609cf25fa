"""A line beneath a plot that says where TCP went wrong: how much, by the height of its blocks."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.segment import Segment
from textual.strip import Strip

from .lines import Line
from .plot import PlotView

BLOCKS = " ▁▂▃▄▅▆▇█"
_NAME = "errors"


class ErrorStrip(Line):
    """A cell a column of the plot above."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._text = ""

    def show(self, bad: NDArray[Any], seconds: float, view: PlotView) -> None:
        """`bad` counts errors in each step of so many seconds, from 0; nothing is drawn where there are none."""
        text = strip_text(bad, seconds, view.window.x0, view.window.x1, view.axis_width, self.size.width)
        if text != self._text:
            self._text = text
            self.refresh()

    def render_line(self, y: int) -> Strip:
        return Strip([Segment(self._text, self.palette.kind("tcp-bad"))]).adjust_cell_length(self.size.width)


def strip_text(bad: NDArray[Any], seconds: float, x0: float, x1: float, gutter: int, width: int) -> str:
    """The strip: its name where it fits, then a block a column; "" without errors in the window."""
    columns = max(1, width - gutter)
    sums = np.zeros(columns)
    at = np.flatnonzero(bad)
    if len(at) and x1 > x0:
        column = np.floor((at * seconds - x0) / (x1 - x0) * columns).astype(np.int64)
        column = np.where((at * seconds == x1) & (column == columns), columns - 1, column)
        inside = (column >= 0) & (column < columns)
        np.add.at(sums, column[inside], bad[at[inside]])
    if not sums.any():
        return ""
    heights = np.ceil(sums / sums.max() * (len(BLOCKS) - 1)).astype(int).tolist()
    front = f"{'!' if gutter < len(_NAME) + 2 else '! ' + _NAME:>{gutter}}"[-gutter:] if gutter else ""
    return (front + "".join(BLOCKS[height] for height in heights)).rstrip()
