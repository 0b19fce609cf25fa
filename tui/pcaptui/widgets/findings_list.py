"""The list of findings: worst first, each severity with its sign, its word and its colour."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import ClassVar, cast

from rich.segment import Segment
from rich.style import Style
from textual.binding import BindingType

from ..findings.finding import Finding
from .cursor_pane import CursorPane, cursor_keys
from .glyphs import FOCUS, MARKER
from .text import clean, cut, left, right

_WORD, _COUNT, _TIME = 8, 7, 11
_WORD_FROM, _COUNT_FROM, _TIME_FROM = 50, 60, 90
"""Cells of a row from which on there is room for a column."""


class FindingsList(CursorPane):
    """`time` tells when a packet came, as text."""

    BINDINGS: ClassVar[list[BindingType]] = cursor_keys("findings", "finding")

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.findings: Sequence[Finding] = ()
        self.show_secrets = False
        self.time: Callable[[int], str] = lambda _: ""

    def show(self, findings: Sequence[Finding], cursor: int = 0) -> None:
        self.findings = findings
        self.cursor = max(0, min(cursor, len(findings) - 1))
        self.show_row(self.cursor)
        self.forget_strips()
        self.selected()

    def unmask(self, show_secrets: bool) -> None:
        self.show_secrets = show_secrets
        self.forget_strips()

    @property
    def finding(self) -> Finding | None:
        return self.findings[self.cursor] if self.cursor < len(self.findings) else None

    @property
    def row_count(self) -> int:
        return len(self.findings)

    def title_key(self) -> Hashable:
        return self.has_focus

    def draw_title(self, key: Hashable, width: int) -> list[Segment]:
        style = self.palette.bright_heading if key else self.palette.heading
        front = FOCUS if key else " "
        text = front + _row(" ", "", "Finding", "Packets", "First", width - 2)[1:]
        return [Segment(left(text, width), style + Style(underline=True))]

    def row_key(self, row: int) -> Hashable:
        selected = row == self.cursor
        return (row, selected, selected and self.has_focus)

    def draw_row(self, key: Hashable, width: int) -> list[Segment]:
        row, selected, focused = cast("tuple[int, bool, bool]", key)
        one, colours = self.findings[row], self.palette
        title = clean(one.told(one.title, self.show_secrets))
        first = self.time(one.packets[0]) if one.packets else ""
        marker = MARKER if selected else " "
        text = _row(marker, one.severity.name, title, str(len(one.packets) or ""), first, width - 1)
        sign = Segment(one.severity.letter, colours.severity(one.severity))
        if selected:
            return [sign, Segment(text, colours.selection if focused else colours.faded)]
        named = 1 + (_WORD if width >= _WORD_FROM else 0)
        return [sign, Segment(text[:named], sign.style), Segment(text[named:])]


def _row(marker: str, word: str, title: str, count: str, first: str, width: int) -> str:
    front = marker + (left(word, _WORD) if width + 1 >= _WORD_FROM else "")
    back = "  " + right(count, _COUNT) if width + 1 >= _COUNT_FROM else ""
    if width + 1 >= _TIME_FROM:
        back += "  " + right(first, _TIME)
    return cut(front + left(title, max(1, width - len(front) - len(back))) + back, width)
