"""Notes: sentences below a table, wrapped, in as few lines as there is room for."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from rich.segment import Segment
from textual.strip import Strip
from textual.widget import Widget

from .palette import Palette, palette
from .text import clean, cut

SHARE = 6
"""Of so many lines of the screen, the notes take one at most."""
_LONGEST = 1000


class Notes(Widget):
    """Takes no room where there are none."""

    ALLOW_SELECT = False
    DEFAULT_CSS = "Notes { height: 0; width: 1fr; display: none; }"

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.palette: Palette = palette(no_color=False)
        self._notes: list[str] = []
        self._lines: list[str] = []

    def show(self, notes: Sequence[str]) -> None:
        if list(notes) != self._notes:
            self._notes = list(notes)
            self.fit()

    def fit(self) -> None:
        """Lay the notes out anew: the screen has another size."""
        width, height = self.app.size
        lines = [line for note in self._notes for line in textwrap.wrap(clean(note[:_LONGEST]), max(10, width - 2))]
        room = max(1, height // SHARE)
        if len(lines) > room:
            lines[room - 1] = cut(lines[room - 1] + " …" + " " * width, width - 2)
        self._lines = lines[:room]
        self.display = bool(lines)
        self.styles.height = len(self._lines)
        self.refresh()

    def render_line(self, y: int) -> Strip:
        text = f" {self._lines[y]}" if y < len(self._lines) else ""
        return Strip([Segment(text, self.palette.quiet)]).adjust_cell_length(self.size.width)
