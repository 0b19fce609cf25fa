"""How a row of a statistic's table looks: its cells as texts, how wide the columns are, and which have room."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite

from ..statistics.table import Column, Table
from ..tracker.words import duration
from .conversation_row import grouped
from .glyphs import BAR_PARTS
from .text import clean, cut, left, right, width_of

FRONT = 2
"""Cells at the left: the marker, and the sign that columns are left out there."""
BARS = (16, 10)
"""Cells of a percent column's bar: the most for which there is room."""
LONGEST = 2000
"""Characters of a text that are looked at."""
_FIRST_FLOOR, _FLOOR = 14, 10
"""Cells that a text keeps where room is short, or a fourth and a fifth of the width; the first column's is what rows
are known by."""
_SHORT = (("Packets", "Pkts"), (" → ", "→"), ("received", "recv"))
"""What names of columns are shortened by where room is short."""
_GAPS = (3, 2, 1)
"""Cells between columns: the most for which there is room."""


def cell(table: Table, row: int, place: int) -> str:
    """A cell's whole text, clean; "" where there is nothing to tell."""
    value = table.value(row, place)
    if value is None:
        return ""
    if isinstance(value, str):
        return clean(value[:LONGEST])
    return number(value, table.columns[place])


def number(value: int | float, column: Column) -> str:
    """A number as people read it."""
    kind = column.kind
    if kind in ("count", "bytes"):
        return grouped(int(value))
    if isinstance(value, int) and kind in ("number", "text"):
        return str(value)  # a port, say
    if value == 0 and kind in ("number", "rate"):
        return "0"
    if kind == "seconds":
        return "0 s" if value == 0 else duration(value)
    if kind == "moment":
        return f"{value:.6f}"
    if kind == "percent":
        return f"{value:.2f}"
    if abs(value) >= 10_000:
        return grouped(round(value))
    return f"{value:.2f}" if abs(value) >= 1000 else f"{value:.3f}"


def bar(percent: float | int | None, width: int) -> str:
    """A bar of at most `width` cells, filled to it with blanks; what is more than nothing shows."""
    if percent is None or not isfinite(percent) or percent <= 0 or width <= 0:
        return " " * max(0, width)
    steps = len(BAR_PARTS)
    eighths = max(1, min(width * steps, round(percent / 100 * width * steps)))
    whole, part = divmod(eighths, steps)
    text = BAR_PARTS[-1] * whole + (BAR_PARTS[part - 1] if part else "")
    return text + " " * (width - len(text))


@dataclass(frozen=True, slots=True)
class Layout:
    """`columns` are (place, first cell, cells, of which bar) of those that are there, `first` how many behind the
    first column are left out at the left, `more` whether some are at the right, `short` whether names are."""

    columns: tuple[tuple[int, int, int, int], ...] = ()
    first: int = 0
    more: bool = False
    short: bool = False

    def cells(self, place: int) -> int:
        """Cells of a column's text; 0 if it is not there."""
        return next((cells - bars for at, _, cells, bars in self.columns if at == place), 0)


def lay_out(columns: Sequence[Column], values: Sequence[int], width: int, first: int) -> Layout:
    """Columns as wide as their `values`, texts narrower where room is short. What has no room is left out at the
    right, and so are `first` columns behind the first, which always stays."""
    if not columns:
        return Layout()
    room = max(1, width - FRONT)
    between = len(columns) - 1
    for short, gap in ((False, 3), (False, 2), (False, 1), (True, 2), (True, 1)):
        wanted = [max(have, 1 + width_of(title(column, short))) for have, column in zip(values, columns, strict=True)]
        if sum(wanted) + gap * between <= room:
            break
    cells = _squeezed(columns, wanted, room - gap * between)
    whole = sum(cells) + gap * between <= room
    first = 0 if whole else max(0, min(first, len(columns) - 2))
    shown = [0, *range(1 + first, len(columns))]
    if first:
        cells = [*_squeezed([columns[at] for at in shown], [wanted[at] for at in shown], room - gap * (len(shown) - 1))]
        cells = [cells[shown.index(at)] if at in shown else 0 for at in range(len(columns))]
    fitting: list[tuple[int, int, int]] = []
    taken = 0
    for at in shown:
        free = room - taken
        if fitting and cells[at] > free and (columns[at].kind != "text" or free < _FLOOR) and len(fitting) > 1:
            break
        fitting.append((at, FRONT + taken, min(cells[at], max(1, free))))
        taken += cells[at] + gap
        if taken >= room:
            break
    fitting, spare = _filled(columns, fitting, wanted, room - taken + gap)
    percents = sum(columns[at].kind == "percent" for at, _, _ in fitting)
    bar_cells = next((cells + 1 for cells in BARS if (cells + 1) * percents <= spare), 0)
    placed, moved = [], 0
    for at, start, have in fitting:
        bars = bar_cells if columns[at].kind == "percent" else 0
        placed.append((at, start + moved, have + bars, bars))
        moved += bars
    return Layout(tuple(placed), first, fitting[-1][0] < len(columns) - 1, short)


_Fitting = list[tuple[int, int, int]]


def _filled(
    columns: Sequence[Column], fitting: _Fitting, wanted: Sequence[int], spare: int
) -> tuple[_Fitting, int]:  # fmt: skip
    """Texts that gave way for columns that have no room after all get back what is left."""
    found: _Fitting = []
    moved = 0
    for at, start, cells in fitting:
        more = max(0, min(spare, wanted[at] - cells)) if columns[at].kind == "text" else 0
        found.append((at, start + moved, cells + more))
        moved += more
        spare -= more
    return found, spare


def _squeezed(columns: Sequence[Column], cells: list[int], room: int) -> list[int]:
    """Texts give way, the longest first, down to their floors."""
    cells = list(cells)
    first, other = max(_FIRST_FLOOR, room // 4), max(_FLOOR, room // 5)
    floors = [min(have, first if at == 0 else other) if column.kind == "text" else have
              for at, (have, column) in enumerate(zip(cells, columns, strict=True))]  # fmt: skip
    excess = sum(cells) - room
    while excess > 0:
        slack = [have - floor for have, floor in zip(cells, floors, strict=True)]
        if max(slack) <= 0:
            break
        widest = max(range(len(cells)), key=lambda at: (slack[at] > 0, cells[at]))
        step = max(1, min(excess // 2, slack[widest], cells[widest] // 4))
        cells[widest] -= step
        excess -= step
    return cells


def row_parts(
    columns: Sequence[Column], texts: Sequence[str], percents: Sequence[float | None], layout: Layout
) -> list[tuple[str, bool]]:
    """A row without what stands in front of it, as texts and bars (True)."""
    parts: list[tuple[str, bool]] = []
    text, at = "", FRONT
    for place, start, cells, bars in layout.columns:
        text += " " * (start - at)
        at = start + cells
        if columns[place].kind == "text":
            text += left(texts[place], cells)
            continue
        text += right(texts[place], cells - bars)
        if bars:
            parts += [(text + " ", False), (bar(percents[place], bars - 1), True)]
            text = ""
    return [*parts, (text, False)] if text else parts


def headings(columns: Sequence[Column], layout: Layout, sort: int, arrow: str) -> str:
    """The columns' names; an arrow stands beside the one that is sorted by."""
    parts, at = [], FRONT
    for place, start, cells, bars in layout.columns:
        parts.append(" " * (start - at))
        column, name = columns[place], title(columns[place], layout.short)
        if column.kind == "text":
            parts.append(left(cut(name, cells - 1) + arrow if place == sort else name, cells))
        else:
            name = arrow + cut(name, cells - bars - 1) if place == sort else name
            parts.append(right(name, cells - bars) + " " * bars)
        at = start + cells
    return "".join(parts)


def title(column: Column, short: bool) -> str:
    """A column's name."""
    name = column.title
    for long, brief in _SHORT if short else ():
        name = name.replace(long, brief)
    return name
