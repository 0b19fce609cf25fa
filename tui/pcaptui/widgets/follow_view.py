"""The pane of a followed stream: both sides' bytes as lines, made as they are drawn."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import ClassVar, cast

from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding, BindingType
from textual.message import Message

from .follow_lines import LineIndex
from .follow_source import DATA, GAP
from .glyphs import MARKER, SCROLLED
from .pane import LinePane, nothing, rule
from .text import cut, left, width_of

SIGNS = (MARKER, SCROLLED)
"""Of what the client sent, and the server."""
KINDS = ("udp", "tls")
"""Row classes whose colours they have."""
_NARROW = 60


class FollowView(LinePane):
    """Lines of an index, each with the sign of its side; packet numbers where another packet begins."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "step(-1)", "Up", id="follow.up", show=False, tooltip="One line up"),
        Binding("down,j", "step(1)", "Down", id="follow.down", show=False, tooltip="One line down"),
        Binding("pageup,ctrl+b", "page(-1)", "Page up", id="follow.page_up", show=False, tooltip="One screen up"),
        Binding("pagedown,space", "page(1)", "Page down", id="follow.page_down", show=False,
                tooltip="One screen down"),
        Binding("home,g", "to(0)", "Start", id="follow.first", show=False, tooltip="To the start"),
        Binding("end,G", "to(-1)", "End", id="follow.last", show=False, tooltip="To the end, as far as it is read"),
        Binding("right_square_bracket", "turn(1)", "Next turn", id="follow.next_turn", show=False,
                tooltip="To where the other side goes on"),
        Binding("left_square_bracket", "turn(-1)", "Previous turn", id="follow.previous_turn", show=False,
                tooltip="Back to where a side began"),
    ]  # fmt: skip

    class Activated(Message):
        """A line was double-clicked."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.index: LineIndex | None = None
        self.selected: Callable[[], None] = nothing
        self.wider: Callable[[], None] = nothing
        """Called when lines must be laid out anew for another width."""
        self.label = ""
        self.pattern = ""
        self.digits = 3
        self._generation = 0

    @property
    def text_width(self) -> int:
        """Cells for text."""
        return max(4, self.size.width - 1 - self._front)

    @property
    def numbered(self) -> bool:
        return self.size.width >= _NARROW

    @property
    def _front(self) -> int:
        return (self.digits + 1 if self.numbered else 0) + 3

    def show(self, index: LineIndex, row: int = 0) -> None:
        """Another index: other bytes, another mode, or another width."""
        self.index = index
        self._generation += 1
        self._strips.clear()
        self.cursor = max(0, min(row, index.row_count - 1))
        self.top = max(0, self.cursor - self.page // 3) if self.cursor >= self.page else 0
        self.limit_top()
        self.repaint()
        self.selected()

    def grown(self) -> None:
        self.repaint()

    # What the base asks.

    @property
    def row_count(self) -> int:
        return self.index.row_count if self.index is not None else 0

    def title_key(self) -> Hashable:
        return (self.label, self.has_focus)

    def draw_title(self, key: Hashable, width: int) -> list[Segment]:
        label, focused = cast("tuple[str, bool]", key)
        return rule(cut(label, max(1, width - 4)), width, focused, self.palette)

    def row_key(self, row: int) -> Hashable:
        selected = row == self.cursor
        return (row, self._generation, selected, selected and self.has_focus, self.pattern)

    def draw_row(self, key: Hashable, width: int) -> list[Segment]:
        row, _, selected, focused, pattern = cast("tuple[int, int, bool, bool, str]", key)
        index, colours = self.index, self.palette
        assert index is not None
        number, line = index.block_of(row)
        block = index.block(number)
        packet = index.packet(row)
        starts = line == 0 or index.packet(row - 1) != packet
        front = ""
        if self.numbered:
            front = f"{packet + 1 if starts else '':>{self.digits}} "
        sign = SIGNS[block.side]
        style = colours.kind(KINDS[block.side])
        if block.kind == GAP:
            style = colours.warning
        text = cut(index.text(row), width - width_of(front) - 3)
        if selected:
            bar = colours.selection if focused else colours.faded
            body = Segment(left(f" {sign} {text}", width - width_of(front)), bar)
            return [Segment(front, colours.quiet), body]
        pieces = [Segment(front, colours.quiet), Segment(f" {sign} ", style)]
        if pattern and block.kind == DATA:
            return pieces + _marked(text, pattern, style, colours.cursor)
        return [*pieces, Segment(text, style)]

    # The cursor.

    def on_resize(self) -> None:
        super().on_resize()
        if self.index is not None and self.index.width != self.text_width:
            self.wider()

    def move_to(self, row: int) -> None:
        row = max(0, min(row, self.row_count - 1))
        moved = row != self.cursor
        self.cursor = row
        self.show_row(row)
        self.repaint()
        if moved:
            self.selected()

    def centre(self, row: int) -> None:
        if row not in self.on_screen:
            self.top = row - self.page // 2
            self.limit_top()
        self.move_to(row)

    def action_step(self, rows: int) -> None:
        self.move_to(self.cursor + rows)

    def action_page(self, pages: int) -> None:
        rows = pages * max(1, self.page - 1)
        self.top += rows
        self.limit_top()
        self.move_to(self.cursor + rows)

    def action_to(self, row: int) -> None:
        self.move_to(row if row >= 0 else self.row_count - 1)

    def action_turn(self, direction: int) -> None:
        """To the next place where the other side begins, or back to where this one or the one before did."""
        index = self.index
        if index is None or not self.row_count:
            return
        number, line = index.block_of(self.cursor)
        if direction < 0 and line == 0 and number:
            number -= 1
        sides = index.side_of
        if direction > 0:
            here = sides(number)
            while number + 1 < index.block_count and sides(number) == here:
                number += 1
        else:
            while number > 0 and sides(number - 1) == sides(number):
                number -= 1
        self.centre(index.first_row(number))

    def row_clicked(self, row: int, x: int, chain: int) -> None:
        self.move_to(row)
        if chain == 2:
            self.post_message(self.Activated())


def _marked(text: str, pattern: str, style: Style, mark: Style) -> list[Segment]:
    """The text with what was searched for lit."""
    segments: list[Segment] = []
    folded, wanted = text.lower(), pattern.lower()
    at = 0
    if len(folded) == len(text):
        while (found := folded.find(wanted, at)) >= 0:
            segments += [Segment(text[at:found], style), Segment(text[found : found + len(wanted)], mark)]
            at = found + len(wanted)
    segments.append(Segment(text[at:], style))
    return segments
