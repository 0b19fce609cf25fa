"""The pane of a conversation's story: one line for each thing that happened."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import ClassVar, cast

from rich.segment import Segment
from textual.binding import BindingType

from ..tracker.words import duration
from .cursor_pane import CursorPane, cursor_keys
from .story import StoryLine
from .text import clean, cut, left, right, width_of

SIGNS = {
    "handshake": "┌", "exchange": "⇄", "data": "│", "idle": "·", "wait": "!", "trouble": "!", "update": "~",
    "teardown": "└", "reset": "×", "open": "…", "time": "=",
}  # fmt: skip
NAMES = {
    "handshake": "open", "exchange": "exchange", "data": "data", "idle": "idle", "wait": "wait",
    "trouble": "trouble", "update": "window", "teardown": "close", "reset": "reset", "open": "", "time": "times",
}  # fmt: skip
_NAME, _TOOK, _ROOMY = 8, 8, 60
"""Widths of columns, and of the screen from which on packets have one."""


class StoryView(CursorPane):
    """Lines of a story. `selected` is called after every cursor step."""

    BINDINGS: ClassVar[list[BindingType]] = cursor_keys(
        "story", "line", "pagedown,space", ("To the start", "To the end")
    )

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.lines: Sequence[StoryLine] = ()
        self._time_width = 4
        self._packets_width = 7

    def show(self, lines: Sequence[StoryLine]) -> None:
        self.lines = lines
        self._time_width = max([4, *(len(f"{line.time:.6f}") for line in lines)])
        self._packets_width = min(19, max([7, *(width_of(packets_text(line)) for line in lines)]))
        self.cursor = self.top = 0
        self.forget_strips()
        self.selected()

    @property
    def line(self) -> StoryLine | None:
        return self.lines[self.cursor] if self.cursor < len(self.lines) else None

    @property
    def row_count(self) -> int:
        return len(self.lines)

    def title_key(self) -> Hashable:
        return (self.has_focus, self._time_width, self._packets_width)

    def draw_title(self, key: Hashable, width: int) -> list[Segment]:
        focused = cast("tuple[bool, int, int]", key)[0]
        style = self.palette.bright_heading if focused else self.palette.heading
        return [Segment(cut(self._row(" ", "Time", "", "What happened", "Took", "Packets", width), width), style)]

    def row_key(self, row: int) -> Hashable:
        selected = row == self.cursor
        return (row, selected, selected and self.has_focus, self._packets_width)

    def draw_row(self, key: Hashable, width: int) -> list[Segment]:
        row, selected, focused, _ = cast("tuple[int, bool, bool, int]", key)
        line, colours = self.lines[row], self.palette
        took = "" if line.took is None else duration(line.took)
        text = self._row(
            SIGNS[line.sign],
            "" if line.sign == "time" else f"{line.time:.6f}",
            NAMES[line.sign],
            clean(line.text),
            took,
            packets_text(line),
            width,
            "▸" if selected else " ",
        )
        if selected:
            return [Segment(left(text, width), colours.selection if focused else colours.faded)]
        style = colours.phase(line.sign)
        if line.sign in ("trouble", "wait"):
            style = colours.kind("tcp-bad")
        elif line.sign in ("idle", "open", "update", "time"):
            style = colours.quiet
        at = self._time_width + 1
        told = at + 3 + self._named(width)
        rest = style if line.sign in ("trouble", "wait", "reset", "idle") else None
        return [Segment(text[:at]), Segment(text[at:told], style), Segment(text[told:], rest)]

    def _named(self, width: int) -> int:
        return _NAME + 1 if width >= 70 else 0

    def cut_off(self, line: StoryLine) -> bool:
        """Whether the line's text is longer than its place on the screen."""
        width = self.size.width
        beside = self._time_width + 4 + self._named(width) + 1 + _TOOK
        beside += 2 + self._packets_width if width >= _ROOMY else 0
        return width_of(clean(line.text)) > width - beside

    def _row(
        self, sign: str, stamp: str, name: str, text: str, took: str, packets: str, width: int, mark: str = " "
    ) -> str:
        front = f"{right(stamp, self._time_width)} {sign}{mark} "
        if self._named(width):
            front += left(name, _NAME) + " "
        back = f" {right(took, _TOOK)}"
        if width >= _ROOMY:
            back += "  " + left(packets, self._packets_width)
        return front + left(text, max(1, width - len(front) - width_of(back))) + back


def packets_text(line: StoryLine) -> str:
    """'251-253', '254, 258', '2-6 +3': numbers of a line's packets, runs together."""
    runs: list[list[int]] = []
    for packet in line.packets[:1000]:
        if runs and packet == runs[-1][1] + 1:
            runs[-1][1] = packet
        else:
            runs.append([packet, packet])
    words, used = [], 0
    for first, last in runs[:3]:
        words.append(str(first + 1) if first == last else f"{first + 1}-{last + 1}")
        used += last - first + 1
    rest = line.count - used
    text = ", ".join(words)
    return f"{text} +{rest}" if rest > 0 else text
