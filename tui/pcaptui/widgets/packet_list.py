"""The packet list: only the rows on the screen are made, so that ten million rows cost what ten do."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable
from typing import ClassVar, cast

from rich.segment import Segment
from textual.binding import Binding, BindingType
from textual.message import Message

from .columns import Columns, fit
from .gutter import Gutter
from .model import Age, ListModel
from .packet_row import Mark, measure, pending_segments, row_segments, title_segments, wide_enough
from .pane import LinePane, nothing
from .text import clean, width_of

BUDGET = 0.03
"""Seconds that dissecting rows may take before the screen is drawn with what is there."""

MEASURED = 10_000
"""Rows remembered as measured; forgetting them costs measuring again."""

SCROLL_STEP = 8


class PacketList(LinePane):
    """The list with its cursor. `selected` is called after every cursor step.

    A call and not a message, so that what it changes is drawn in the same frame as the cursor.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "step(-1)", "Previous packet", id="list.up", show=False, tooltip="One packet up"),
        Binding("down,j", "step(1)", "Next packet", id="list.down", show=False, tooltip="One packet down"),
        Binding("pageup,ctrl+b", "page(-1)", "Page up", id="list.page_up", show=False, tooltip="One screen up"),
        Binding("pagedown,space", "page(1)", "Page down", id="list.page_down", show=False, tooltip="One screen down"),
        Binding("ctrl+u", "half(-1)", "Half a page up", id="list.half_up", show=False, tooltip="Half a screen up"),
        Binding("ctrl+d", "half(1)", "Half a page down", id="list.half_down", show=False, tooltip="Half a screen down"),
        Binding("home,g", "first", "First packet", id="list.first", show=False, tooltip="To the first packet"),
        Binding("end,G", "last", "Last packet", id="list.last", show=False,
                tooltip="To the last packet, and to those loaded from now on"),
        Binding("left,h", "sideways(-1)", "Info left", id="list.left", show=False, tooltip="Show the start of Info"),
        Binding(
            "right,l", "sideways(1)", "Info right", id="list.right", show=False, tooltip="Show more of a long Info"
        ),
    ]  # fmt: skip

    class Activated(Message):
        """A packet was double-clicked."""

    def __init__(self, model: ListModel, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.model = model
        self.selecting: Callable[[], None] = nothing
        """Called before a row is drawn as the selected one: what the gutter shows may depend on it."""
        self.selected: Callable[[], None] = nothing
        self.window_changed: Callable[[], None] = nothing
        """Called after other rows came onto the screen."""
        self.marks = Gutter()
        self.columns = Columns()
        self.sideways = 0
        self.following = False
        """The cursor stays on the last packet while more are loaded."""
        self._wanted = Columns()
        self._measured: set[int] = set()
        self._late = False

    # What the base asks.

    @property
    def row_count(self) -> int:
        return len(self.model)

    def title_key(self) -> Hashable:
        return (self.columns, self.has_focus, self.sideways > 0, self.model.time_format, self.model.sorted_by)

    def row_key(self, row: int) -> Hashable:
        model = self.model
        selected = row == self.cursor
        index = model.index(row)
        look = (selected, selected and self.has_focus, model.age(row), self.sideways, model.version,
                index in model.choices.ignored)  # fmt: skip
        return (
            row,
            self.columns,
            model.time_format,
            look,
            index,
            model.view_version,
            self._mark(index),
            len(model.references),
        )

    def _mark(self, index: int) -> Mark:
        mark = self.marks.mark(index)
        severity = self.model.severity(index)
        if severity > 1:
            mark = mark._replace(severity=severity)
        return mark._replace(starred=True) if index in self.model.marked else mark

    def line_keys(self) -> list[Hashable]:
        self.marks.window(self.model.indexes(self.on_screen))
        return super().line_keys()

    def draw_title(self, key: Hashable, width: int) -> list[Segment]:
        columns, focused, scrolled, _, order = cast("tuple[Columns, bool, bool, object, tuple[str, bool] | None]", key)
        heading = self.model.time_format.heading
        return title_segments(columns, heading, focused, scrolled, width, self.palette, order)

    def draw_row(self, key: Hashable, width: int) -> list[Segment]:
        position, columns, _, look, index, _, mark, _ = cast(
            "tuple[int, Columns, object, tuple[bool, bool, Age], int, int, Mark, int]", key
        )
        selected, focused, age = look[:3]
        model, stamp = self.model, self.model.time(position)
        row = model.row(position) if age is Age.FRESH else model.stale_row(position)
        if row is None:
            length = model.length(position)
            return pending_segments(index + 1, stamp, length, columns, selected, self.palette, mark)
        return row_segments(row, stamp, columns, selected, focused, self.sideways, width, self.palette, mark)

    # What is on the screen.

    def window_moved(self) -> None:
        self._fetch()
        self.window_changed()

    def _fetch(self) -> None:
        """Have the rows on the screen made, within the time that a frame may take; the rest follows."""
        deadline = time.perf_counter() + BUDGET
        order = sorted(self.on_screen, key=lambda row: row != self.cursor)
        for row in order:
            if not self.model.known(row) and time.perf_counter() > deadline:
                self._later()
                break
            self._measure(row)
        if len(self._measured) > MEASURED:
            self._measured.clear()
        self.columns = fit(wide_enough(self._wanted, self.model.sorted_by), self.size.width - 1)

    def _later(self) -> None:
        if not self._late:
            self._late = True
            self.set_timer(0.005, self._go_on)

    def _go_on(self) -> None:
        self._late = False
        self._fetch()
        self.repaint()

    def _measure(self, position: int) -> None:
        if position not in self._measured:
            self._wanted = self._wanted.at_least(measure(self.model.row(position), self.model.time(position)))
            self._measured.add(position)

    def is_cut(self, position: int) -> bool:
        """Whether the row does not show the whole of its Info."""
        return self.sideways > 0 or width_of(clean(self.model.row(position).info)) > self.columns.info

    def grown(self) -> None:
        """More packets were loaded, or more is known of those that were."""
        self._measured.clear()
        if self.following and self.row_count:
            self.action_last()
        self._fetch()
        self.repaint()

    def reset_widths(self) -> None:
        """Measure anew: the texts of a column have changed."""
        self._wanted = Columns()
        self._measured.clear()
        self._fetch()
        self.repaint()

    # The cursor.

    def move_to(self, position: int) -> None:
        """Put the cursor on a row and show it."""
        position = max(0, min(position, self.row_count - 1))
        moved = position != self.cursor
        self.following = False
        self.cursor = position
        self.show_row(position)
        self._fetch()
        if moved:
            self.selecting()
        self.repaint()
        if moved:
            self.selected()

    def centre(self, position: int) -> None:
        """Put the cursor on a row and the row into the middle, if it was not on the screen."""
        if position not in self.on_screen:
            self.top = position - self.page // 2
            self.limit_top()
        self.move_to(position)

    def view_changed(self, index: int) -> None:
        """Other packets are shown: keep packet `index` selected, and at its place on the screen."""
        line = self.cursor - self.top
        self.cursor = self.model.position(index)
        self.top = self.cursor - max(0, min(line, self.page - 1))
        self.limit_top()
        self._measured.clear()
        self._fetch()
        self.selecting()
        self.repaint()
        self.selected()

    def emptied(self) -> None:
        """No packet is shown any more."""
        self.cursor = self.top = 0
        self._measured.clear()
        self.repaint()

    def row_clicked(self, row: int, x: int, chain: int) -> None:
        self.move_to(row)
        if chain == 2:
            self.post_message(self.Activated())

    def action_step(self, rows: int) -> None:
        self.move_to(self.cursor + rows)

    def action_page(self, pages: int) -> None:
        self._jump(pages * max(1, self.page - 1))

    def action_half(self, halves: int) -> None:
        self._jump(halves * max(1, self.page // 2))

    def _jump(self, rows: int) -> None:
        """The window and the cursor move together, so that the cursor keeps its place on the screen."""
        self.top += rows
        self.limit_top()
        self.move_to(self.cursor + rows)

    def action_first(self) -> None:
        self.move_to(0)

    def action_last(self) -> None:
        self.move_to(self.row_count - 1)
        self.following = not self.model.capture.complete

    def action_sideways(self, direction: int) -> None:
        self.sideways = max(0, self.sideways + direction * SCROLL_STEP)
        longest = max((width_of(self.model.row(row).info) for row in self.on_screen), default=0)
        self.sideways = min(self.sideways, max(0, longest - self.columns.info + 1))
        self.repaint()
