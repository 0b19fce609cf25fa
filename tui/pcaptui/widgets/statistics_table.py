"""The table of a statistic: any columns, flat or as a tree that folds; texts are made for the rows on the screen."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from typing import ClassVar, cast

import numpy as np
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.cache import LRUCache
from textual.message import Message

from ..statistics.table import Column, Table
from . import table_cells as look
from .cursor_pane import CursorPane, cursor_keys
from .glyphs import CLOSED, FALLING, FOCUS, MARKER, OPEN, RISING, SCROLLED
from .pane import TITLE_ROWS
from .table_rows import Ints, Mask, TableRows
from .text import cut, left, width_of

INDENT = 2
"""Cells that a level of a tree stands in from the one above."""

Cells = tuple[tuple[str, ...], tuple[float | None, ...]]


@dataclass(slots=True, eq=False)
class Looked:
    """How somebody looks at a table: it stays when another one is looked at. `place` is the selected row's place in
    the table, `first` how many columns are scrolled away."""

    rows: TableRows
    sort: int = -1
    descending: bool = True
    folded: Mask = field(default_factory=lambda: np.zeros(0, bool))
    place: int | None = None
    first: int = 0
    wanted: list[int] = field(default_factory=list)

    @classmethod
    def at(cls, table: Table) -> Looked:
        rows = TableRows(table)
        keys = [column.key for column in table.columns]
        sort = keys.index(table.sort) if table.sort in keys else -1
        widths = [_widest(table, place) for place in range(len(table.columns))]
        return cls(rows, sort, table.descending, rows.folded_at_first, wanted=widths)

    @property
    def table(self) -> Table:
        return self.rows.table


class StatisticsTable(CursorPane):
    """`selected` is called after every cursor step."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *cursor_keys("statistics", "row"),
        Binding("space", "fold", "Fold", id="statistics.fold", show=False, tooltip="Fold or unfold a branch"),
        Binding("right,l", "right", "Right", id="statistics.right", show=False,
                tooltip="Unfold; else further columns, where they have no room"),
        Binding("left,h", "left", "Left", id="statistics.left", show=False,
                tooltip="Back to the first columns; fold, or to the row above"),
        Binding("E", "all(False)", "Unfold all", id="statistics.open_all", show=False, tooltip="Unfold every branch"),
        Binding("C", "all(True)", "Fold all", id="statistics.close_all", show=False, tooltip="Fold every branch"),
    ]  # fmt: skip

    class HeadingClicked(Message):
        """A column's name was clicked."""

        def __init__(self, column: int) -> None:
            super().__init__()
            self.column = column

    class Folded(Message):
        """Branches were folded or unfolded: the rows are others."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.looked: Looked | None = None
        self.order: Ints = np.zeros(0, np.int64)
        self.layout_of_columns = look.Layout()
        self.unfolded = False
        """Whether all is shown, folded or not: while rows are filtered."""
        self._cells: LRUCache[int, Cells] = LRUCache(1024)
        self._version = 0

    # What is shown.

    def show(self, looked: Looked, order: Ints, unfolded: bool = False) -> None:
        """Another table, or the same in another order; the cursor stays on its row, if that is shown."""
        if looked is not self.looked:
            self.looked = looked
            self._cells.clear()
            self._version += 1
            self.top = 0
        self.order = order
        self.unfolded = unfolded
        found: Sequence[int] = np.flatnonzero(order == looked.place).tolist() if looked.place is not None else ()
        self.cursor = found[0] if found else 0
        self.limit_top()
        self.show_row(self.cursor)
        self._lay_out()
        self.repaint()
        self.selected()

    def forget(self) -> None:
        """Show nothing."""
        self.looked = None
        self.order = np.zeros(0, np.int64)
        self.cursor = self.top = 0
        self.layout_of_columns = look.Layout()
        self.repaint()

    @property
    def place(self) -> int | None:
        """The selected row's place in the table."""
        return int(self.order[self.cursor]) if self.cursor < len(self.order) else None

    def _columns(self) -> Sequence[Column]:
        return self.looked.table.columns if self.looked is not None else ()

    def texts(self, place: int) -> tuple[str, ...]:
        """A row's cells, whole."""
        return self._row(place)[0]

    def _row(self, place: int) -> Cells:
        found = self._cells.get(place)
        if found is None:
            assert self.looked is not None
            table = self.looked.table
            texts = tuple(look.cell(table, place, column) for column in range(len(table.columns)))
            percents = tuple(_percent(table, place, at) if column.kind == "percent" else None
                             for at, column in enumerate(table.columns))  # fmt: skip
            found = self._cells[place] = texts, percents
        return found

    def _front(self, place: int) -> str:
        """What stands before a row's first text in a tree."""
        looked = self.looked
        if looked is None or looked.rows.parents is None:
            return ""
        sign = " "
        if looked.rows.has_children[place]:
            sign = CLOSED if looked.folded[place] and not self.unfolded else OPEN
        return " " * (INDENT * int(looked.rows.depths[place])) + sign + " "

    def missing(self) -> list[tuple[str, str]]:
        """Titles and texts of the selected row's cells that are cut or have no room; the first has no title."""
        place = self.place
        if place is None:
            return []
        found = []
        for at, (column, text) in enumerate(zip(self._columns(), self.texts(place), strict=True)):
            front = width_of(self._front(place)) if at == 0 else 0
            if text and front + width_of(text) > self.layout_of_columns.cells(at):
                found.append(("" if at == 0 else column.title, text))
        return found

    # What the base asks.

    @property
    def row_count(self) -> int:
        return len(self.order)

    def title_key(self) -> Hashable:
        looked = self.looked
        sort = (looked.sort, looked.descending) if looked is not None else (-1, False)
        return (self.layout_of_columns, sort, self.has_focus, self._version)

    def draw_title(self, key: Hashable, width: int) -> list[Segment]:
        layout, (sort, descending), focused, _ = cast("tuple[look.Layout, tuple[int, bool], bool, int]", key)
        style = self.palette.bright_heading if focused else self.palette.heading
        front = (FOCUS if focused else " ") + (SCROLLED if layout.first else " ")
        text = front + look.headings(self._columns(), layout, sort, FALLING if descending else RISING)
        text = left(text, width - 1) + (MARKER if layout.more else " ")
        return [Segment(cut(text, width), style + Style(underline=True))]

    def row_key(self, row: int) -> Hashable:
        place = int(self.order[row])
        selected = row == self.cursor
        return (place, self._version, self.layout_of_columns, self._front(place), selected, selected and self.has_focus)

    def draw_row(self, key: Hashable, width: int) -> list[Segment]:
        place, _, layout, front, selected, focused = cast("tuple[int, int, look.Layout, str, bool, bool]", key)
        texts, percents = self._row(place)
        parts = look.row_parts(self._columns(), (front + texts[0], *texts[1:]), percents, layout)
        if selected:
            bar = self.palette.selection if focused else self.palette.faded
            return [Segment(MARKER), Segment(left(" " + "".join(text for text, _ in parts), width - 1), bar)]
        body = [Segment(text, self.palette.kind("udp") if is_bar else None) for text, is_bar in parts]
        return [Segment("  "), *body]

    def window_moved(self) -> None:
        self._lay_out()

    def on_resize(self) -> None:
        self._lay_out()
        super().on_resize()
        self.selected()

    def _lay_out(self) -> None:
        """Columns at least as wide as what is on the screen: they only grow, so that nothing jumps to and fro."""
        looked = self.looked
        if looked is None:
            self.layout_of_columns = look.Layout()
            return
        for row in self.on_screen:
            place = int(self.order[row])
            for at, text in enumerate(self._row(place)[0]):
                front = len(self._front(place)) if at == 0 else 0
                looked.wanted[at] = max(looked.wanted[at], front + width_of(text))
        found = look.lay_out(looked.table.columns, looked.wanted, self.size.width - 1, looked.first)
        looked.first = found.first
        self.layout_of_columns = found

    # Columns out of sight.

    def scroll_columns(self, step: int) -> bool:
        """Leave out one column more or less behind the first; False if there is none."""
        looked = self.looked
        if looked is None or (step > 0 and not self.layout_of_columns.more) or looked.first + step < 0:
            return False
        looked.first += step
        self._lay_out()
        self.repaint()
        self.selected()
        return True

    def show_column(self, column: int) -> None:
        """Have a column on the screen."""
        for _ in range(len(self._columns())):
            shown = [at for at, _, _, _ in self.layout_of_columns.columns]
            if column in shown or column <= 0 or not self.scroll_columns(1 if column > shown[-1] else -1):
                break

    # Folding.

    def action_fold(self) -> None:
        place = self.place
        if place is not None:
            assert self.looked is not None
            self._fold(place, not self.looked.folded[place])

    def _fold(self, place: int, folded: bool) -> bool:
        looked = self.looked
        if looked is None or self.unfolded or not looked.rows.has_children[place] or looked.folded[place] == folded:
            return False
        looked.folded = looked.folded.copy()
        looked.folded[place] = folded
        self.post_message(self.Folded())
        return True

    def action_all(self, folded: bool) -> None:
        looked = self.looked
        if looked is not None and looked.rows.parents is not None and not self.unfolded:
            looked.folded = looked.rows.has_children & folded
            self._stay_in_sight(looked)
            self.post_message(self.Folded())

    def _stay_in_sight(self, looked: Looked) -> None:
        """With all folded, the cursor goes to the row above at the top."""
        place, parents = self.place, looked.rows.parents
        while place is not None and parents is not None and looked.folded.any() and parents[place] >= 0:
            place = int(parents[place])
        looked.place = place

    def action_right(self) -> None:
        place = self.place
        if place is not None and not self._fold(place, False):
            self.scroll_columns(1)

    def action_left(self) -> None:
        place = self.place
        if place is None or self.scroll_columns(-1) or self._fold(place, True):
            return
        assert self.looked is not None
        parents = self.looked.rows.parents
        if parents is not None and parents[place] >= 0:
            self.move_to(int(np.flatnonzero(self.order == parents[place])[0]))

    # The mouse.

    def on_click(self, event: events.Click) -> None:
        """On the names; Textual calls the base's, too, which sees to the rows."""
        if event.y >= TITLE_ROWS:
            return
        for place, start, cells, _ in self.layout_of_columns.columns:
            if start <= event.x <= start + cells:
                self.post_message(self.HeadingClicked(place))
                return

    def row_clicked(self, row: int, x: int, chain: int) -> None:
        front = len(self._front(int(self.order[row])))
        on_sign = look.FRONT + front - INDENT <= x < look.FRONT + front
        super().row_clicked(row, x, 1 if on_sign else chain)
        if on_sign:
            self.action_fold()


def _percent(table: Table, place: int, column: int) -> float | None:
    value = table.value(place, column)
    return float(value) if isinstance(value, (int, float)) else None


def _widest(table: Table, place: int) -> int:
    """Cells of the longest number of a column of counts."""
    values, column = table.values[place], table.columns[place]
    if column.kind == "percent":
        return len("100.00")
    if column.kind not in ("count", "bytes") or not isinstance(values, np.ndarray) or values.dtype.kind not in "iuf":
        return 0
    known = values[np.isfinite(values)]
    return len(look.number(int(known.max()), column)) if len(known) else 0
