"""The pane of a followed stream: both sides' bytes as lines, made as they are drawn."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import ClassVar, cast

from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding, BindingType

from .cursor_pane import CursorPane, cursor_keys
from .follow_lines import LineIndex
from .follow_source import DATA, GAP
from .glyphs import MARKER, SCROLLED
from .pane import nothing, rule
from .text import cut, left, width_of

SIGNS = (MARKER, SCROLLED)
"""Of what the client sent, and the server."""
KINDS = ("udp", "tls")
"""Row classes whose colours they have."""
_NARROW = 60


class FollowView(CursorPane):
    """Lines of an index, each with the sign of its side; packet numbers where another packet begins."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *cursor_keys("follow", "line", "pagedown,space", ("To the start", "To the end, as far as it is read")),
        Binding("right_square_bracket", "turn(1)", "Next turn", id="follow.next_turn", show=False,
                tooltip="To where the other side goes on"),
        Binding("left_square_bracket", "turn(-1)", "Previous turn", id="follow.previous_turn", show=False,
                tooltip="Back to where a side began"),
    ]  # fmt: skip

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.index: LineIndex | None = None
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

    def centre(self, row: int) -> None:
        if row not in self.on_screen:
            self.top = row - self.page // 2
            self.limit_top()
        self.move_to(row)

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
