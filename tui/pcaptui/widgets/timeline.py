"""The whole capture in one line: how many packets when, where the errors are, and what the list shows of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.message import Message
from textual.strip import Strip

from .lines import Line
from .palette import REVERSE

BLOCKS = " ▁▂▃▄▅▆▇█"
ERROR = 3


@dataclass(frozen=True, slots=True)
class Cells:
    """`begin` and `span` in ns (span > 0), `blocks` a sign a cell, `wrong` the cells with errors."""

    begin: int
    span: int
    blocks: str
    wrong: frozenset[int]

    def cell(self, time: int) -> int:
        return max(0, min((time - self.begin) * len(self.blocks) // self.span, len(self.blocks) - 1))


def cells_of(times: NDArray[np.int64], found: NDArray[np.uint8] | None, width: int) -> Cells | None:
    """The line of packets with these times (ns), `width` cells; `found` is the severity of each packet's findings, for
    as many as are known. None without packets. Heights grow with the root of the count, so that few packets show."""
    if not len(times) or width < 1:
        return None
    begin, last = int(times.min()), int(times.max())
    span = last - begin + 1
    # As unsigned numbers, for times may be farther apart than half of what 64 bits hold.
    since = times.astype(np.uint64) - np.uint64(begin % (1 << 64))
    place = (since // np.uint64(max(1, -(-span // width)))).astype(np.int64)
    counts = np.bincount(place, minlength=width)[:width]
    heights = np.ceil(np.sqrt(counts / max(1, int(counts.max()))) * (len(BLOCKS) - 1)).astype(int).tolist()
    wrong = np.unique(place[: len(found)][found[: len(times)] == ERROR]).tolist() if found is not None else []
    step = max(1, -(-span // width))
    return Cells(begin, step * width, "".join(BLOCKS[height] for height in heights), frozenset(wrong))


class Timeline(Line):
    """`show` what there is, `place` what the list shows; a click asks for the time of the cell."""

    class Clicked(Message):
        """A cell was clicked; `time` in ns is where it begins."""

        def __init__(self, time: int) -> None:
            super().__init__()
            self.time = time

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.cells: Cells | None = None
        self._shown = (-1, -1)

    def show(self, cells: Cells | None) -> None:
        if cells != self.cells:
            self.cells = cells
            self.refresh()

    def place(self, first: int, last: int) -> None:
        """The list shows packets from one time to another, in ns."""
        if self.cells is None:
            return
        shown = self.cells.cell(first), self.cells.cell(last)
        if shown != self._shown:
            self._shown = shown
            self.refresh()

    def render_line(self, y: int) -> Strip:
        cells, width = self.cells, self.size.width
        if cells is None:
            return Strip([Segment(" …", self.palette.quiet)]).adjust_cell_length(width)
        low, high = self._shown
        plain, bad = self.palette.quiet, self.palette.kind("tcp-bad")
        pieces: list[tuple[str, Style]] = []
        for at, block in enumerate(cells.blocks):
            wrong = at in cells.wrong
            style = (bad if wrong else plain) + (REVERSE if low <= at <= high else Style())
            pieces.append(("!" if wrong else block, style))
        return Strip(_joined(pieces)).adjust_cell_length(width)

    def on_click(self, event: events.Click) -> None:
        cells = self.cells
        if cells is not None and event.x < len(cells.blocks):
            self.post_message(self.Clicked(cells.begin + event.x * cells.span // len(cells.blocks)))


def _joined(pieces: Sequence[tuple[str, Style]]) -> list[Segment]:
    found: list[Segment] = []
    for text, style in pieces:
        if found and found[-1].style == style:
            found[-1] = Segment(found[-1].text + text, style)
        else:
            found.append(Segment(text, style))
    return found
