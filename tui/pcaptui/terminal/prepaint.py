"""The first rows, on the screen before Textual is imported: it takes longer than all that comes before it.

The rows are those that the packet list draws a moment later, made by the same functions; the cell-diff layer is told
what stands here, so that Textual's first frame adds only what is missing.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.color import ColorSystem
from rich.segment import Segment
from rich.style import Style

from ..dissect.times import TimeFormat, format_time
from ..screens.layout import Sizes, lay_out
from ..widgets.columns import Columns, fit
from ..widgets.packet_row import measure, row_segments, title_segments
from ..widgets.palette import Palette, palette
from ..widgets.text import clean, cut
from .cells import Row, blank_row, put
from .diff import ScreenDiff
from .pens import DEFAULT, Pens

if TYPE_CHECKING:
    from ..capture import Capture
    from ..dissect.rows import Rows
    from .tty import Terminal

HEADER_ROWS = 1
TITLE_ROWS = 1


@dataclass
class Prepainted:
    """What stands on the screen: rows of cells, with numbers of `pens`."""

    rows: list[Row]
    pens: Pens


def paint(terminal: Terminal, capture: Capture, rows: Rows | None) -> Prepainted:
    """Take the terminal over and show header, column titles and the first rows of the capture; none without `rows`."""
    width, height = terminal.size()
    shown = compose(capture, rows, width, height)
    blank = [blank_row(width) for _ in range(height)]
    diff = ScreenDiff(shown.pens)
    diff.shows(blank)
    terminal.quiet_keys()
    terminal.enter(diff.frame(shown.rows).encode("utf-8", "replace"))
    return shown


def compose(capture: Capture, rows: Rows | None, width: int, height: int) -> Prepainted:
    """The screen as it will be, as far as the list reaches."""
    pens = Pens()
    colours = palette(no_color="NO_COLOR" in os.environ)
    screen = [blank_row(width) for _ in range(height)]
    _draw(screen[:HEADER_ROWS], [[Segment(f" {cut(clean(capture.title), 40)}", colours.bright_heading)]], pens)
    room = lay_out(width, height, Sizes(), "tree").list_height
    if rows is None:
        return Prepainted(screen, pens)
    _draw(screen[HEADER_ROWS : HEADER_ROWS + room], _list(capture, rows, width, room - TITLE_ROWS, colours), pens)
    return Prepainted(screen, pens)


def _list(capture: Capture, rows: Rows, width: int, count: int, colours: Palette) -> Iterable[list[Segment]]:
    form = TimeFormat.SINCE_START
    found = []
    wanted = Columns()
    for index in range(min(count, len(capture))):
        row = rows.row(index)
        stamp = format_time(capture, index, form, index - 1 if index else None)
        found.append((row, stamp))
        wanted = wanted.at_least(measure(row, stamp))
    columns = fit(wanted, width - 1)
    yield title_segments(columns, form.heading, True, False, width, colours)
    for at, (row, stamp) in enumerate(found):
        yield row_segments(row, stamp, columns, at == 0, True, 0, width - 1, colours)


def _draw(screen: list[Row], lines: Iterable[list[Segment]], pens: Pens) -> None:
    for row, line in zip(screen, lines, strict=False):
        x = 0
        for text, style, _ in line:
            x = put(row, x, text, _pen(style, pens))


def _pen(style: Style | None, pens: Pens) -> int:
    if style is None:
        return DEFAULT
    # The palette holds sixteen colours, which every colour system writes alike.
    before, _, _ = style.render("X", color_system=ColorSystem.STANDARD).partition("X")
    return pens.number(before[2:-1])
