"""CursorPane: a LinePane whose cursor goes up and down by keys and clicks, and says so."""

from __future__ import annotations

from collections.abc import Callable

from textual.binding import Binding, BindingType
from textual.message import Message

from .pane import LinePane, nothing


class CursorPane(LinePane):
    """Base of the panes with one cursor over their rows. `selected` is called after every cursor step."""

    class Activated(Message):
        """A row was double-clicked."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.selected: Callable[[], None] = nothing

    def move_to(self, row: int) -> None:
        """Put the cursor on a row, the nearest that there is, and have it on the screen."""
        row = max(0, min(row, self.row_count - 1))
        moved = row != self.cursor
        self.cursor = row
        self.show_row(row)
        self.window_moved()
        self.repaint()
        if moved:
            self.selected()

    def action_step(self, rows: int) -> None:
        self.move_to(self.cursor + rows)

    def action_page(self, pages: int) -> None:
        rows = pages * max(1, self.page - 1)
        self.top += rows
        self.limit_top()
        self.move_to(self.cursor + rows)

    def action_to(self, row: int) -> None:
        """To a row; -1 is the last."""
        self.move_to(row if row >= 0 else self.row_count - 1)

    def row_clicked(self, row: int, x: int, chain: int) -> None:
        self.move_to(row)
        if chain == 2:
            self.post_message(self.Activated())


def cursor_keys(
    name: str, row: str, page_down: str = "pagedown", ends: tuple[str, str] = ("", "")
) -> list[BindingType]:
    """The keys of a cursor, their ids beginning with `name`; `row` is what a row is called, `ends` how its first and
    last one are, in the help."""
    first, last = ends[0] or f"To the first {row}", ends[1] or f"To the last {row}"
    return [
        Binding("up,k", "step(-1)", "Up", id=f"{name}.up", show=False, tooltip=f"One {row} up"),
        Binding("down,j", "step(1)", "Down", id=f"{name}.down", show=False, tooltip=f"One {row} down"),
        Binding("pageup,ctrl+b", "page(-1)", "Page up", id=f"{name}.page_up", show=False, tooltip="One screen up"),
        Binding(page_down, "page(1)", "Page down", id=f"{name}.page_down", show=False, tooltip="One screen down"),
        Binding("home,g", "to(0)", "First", id=f"{name}.first", show=False, tooltip=first),
        Binding("end,G", "to(-1)", "Last", id=f"{name}.last", show=False, tooltip=last),
    ]
