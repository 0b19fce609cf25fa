"""One finding in full: what was seen, who and which packets, and what such a pattern means."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from typing import ClassVar, cast

from rich.segment import Segment
from textual.binding import Binding, BindingType

from ..findings.finding import Finding
from ..findings.lessons import LESSONS
from .glyphs import RULE
from .pane import LinePane
from .text import clean, cut, left, width_of

WIDEST = 100
"""Cells of a line of text, however wide the screen is: longer lines are hard to read."""
RUNS = 12
"""Runs of packet numbers that are told."""
_LABEL = 9
ROOMY = 11
"""Lines from which on paragraphs are set apart."""

TextLine = tuple[str, str, str]
"""What it is ("title", "text", "fact", "lesson", ""), the label and the text."""


def numbers(packets: Sequence[int], most: int = RUNS) -> str:
    """Packet numbers from 1, neighbours as a run: '3-8, 12 and 40 more'."""
    runs: list[list[int]] = []
    for packet in packets:
        if runs and packet == runs[-1][1] + 1:
            runs[-1][1] = packet
        else:
            runs.append([packet, packet])
    told = ", ".join(str(a + 1) if a == b else f"{a + 1}-{b + 1}" for a, b in runs[:most])
    rest = sum(b - a + 1 for a, b in runs[most:])
    return f"{told} and {rest} more" if rest else told


def wrapped(text: str, width: int) -> Iterator[str]:
    """The text in lines of at most `width` cells, broken between words; longer words are broken anywhere."""
    width = max(1, width)
    for paragraph in text.split("\n"):
        line = ""
        for word in clean(paragraph).split(" "):
            joined = f"{line} {word}" if line else word
            if width_of(joined) <= width:
                line = joined
                continue
            if line:
                yield line
            while width_of(word) > width:
                head = cut(word, width)[:-1] or word[:1]
                yield head
                word = word[len(head) :]
            line = word
        if line:
            yield line


def facts(one: Finding) -> list[tuple[str, str]]:
    """What a finding rests on: (label, text)."""
    named = [
        ("Hosts", ", ".join(one.hosts[:8]) + (f" and {len(one.hosts) - 8} more" if len(one.hosts) > 8 else "")),
        ("Stream", one.stream or ""), ("Packets", numbers(one.packets)), ("Rule", one.rule),
    ]  # fmt: skip
    return [(label, text) for label, text in named if text]


def plain_text(one: Finding, show_secrets: bool) -> str:
    """A finding as text to be pasted elsewhere."""
    head = f"{one.severity.letter} {one.severity.name}: {one.told(one.title, show_secrets)}"
    parts = [head, one.told(one.detail, show_secrets), "\n".join(f"{label}: {text}" for label, text in facts(one))]
    if lesson := LESSONS.get(one.lesson):
        parts.append(lesson)
    return "\n\n".join("\n".join(clean(line) for line in part.split("\n")) for part in parts) + "\n"


def text_lines(one: Finding, show_secrets: bool, width: int, roomy: bool) -> list[TextLine]:
    """The lines of a finding for a pane of this width; `roomy`: with blank lines between the paragraphs."""
    width = max(8, min(width - 3, WIDEST))
    gap: list[TextLine] = [("", "", "")] if roomy else []
    lines: list[TextLine] = [("title", "", line) for line in wrapped(one.told(one.title, show_secrets), width)]
    lines += [*gap, *(("text", "", line) for line in wrapped(one.told(one.detail, show_secrets), width)), *gap]
    for label, told in facts(one):
        for place, line in enumerate(wrapped(told, max(8, width - _LABEL))):
            lines.append(("fact", "" if place else label, line))
    if lesson := LESSONS.get(one.lesson):
        lines += [*gap, *(("lesson", "", line) for line in wrapped(lesson, width))]
    return lines


class FindingText(LinePane):
    """Shows one finding, or some words where there is none."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "scroll(-1)", "Up", id="finding.up", show=False, tooltip="One line up"),
        Binding("down,j", "scroll(1)", "Down", id="finding.down", show=False, tooltip="One line down"),
        Binding("pageup,ctrl+b", "page(-1)", "Page up", id="finding.page_up", show=False, tooltip="One screen up"),
        Binding("pagedown", "page(1)", "Page down", id="finding.page_down", show=False, tooltip="One screen down"),
    ]

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.lines: list[TextLine] = []
        self._finding: Finding | None = None
        self._show_secrets = False
        self._words: Sequence[str] = ()

    def show(self, one: Finding | None, show_secrets: bool = False, words: Sequence[str] = ()) -> None:
        """`words`: what to say where there is no finding."""
        self._finding, self._show_secrets, self._words = one, show_secrets, words
        self.top = 0
        self._lay_out()

    def _lay_out(self) -> None:
        width, roomy = self.size.width or self.app.size.width, self.page >= ROOMY  # nothing before the first layout
        if self._finding is not None:
            self.lines = text_lines(self._finding, self._show_secrets, width, roomy)
        else:
            self.lines = [("lesson", "", line) for text in self._words for line in wrapped(text, max(8, width - 3))]
        self.limit_top()
        self.forget_strips()

    def on_resize(self) -> None:
        self._lay_out()

    @property
    def row_count(self) -> int:
        return len(self.lines)

    def title_key(self) -> Hashable:
        return (self.has_focus, self.top > 0, self.top + self.page < len(self.lines))

    def draw_title(self, key: Hashable, width: int) -> list[Segment]:
        focused, above, below = cast("tuple[bool, bool, bool]", key)
        more = " Space scrolls " if above or below else ""
        style = self.palette.bright_heading if focused else self.palette.heading
        return [Segment(RULE * max(0, width - len(more) - 1) + more + RULE, style)]

    def row_key(self, row: int) -> Hashable:
        return row

    def draw_row(self, key: Hashable, width: int) -> list[Segment]:
        kind, label, text = self.lines[cast("int", key)]
        colours = self.palette
        if kind == "fact":
            return [Segment(" " + left(label, _LABEL), colours.quiet), Segment(cut(text, width - _LABEL - 1))]
        style = {"title": colours.bright_heading, "lesson": colours.quiet}.get(kind)
        return [Segment(" " + cut(text, width - 1), style)]

    def action_scroll(self, rows: int) -> None:
        self.scroll_rows(rows)

    def action_page(self, pages: int) -> None:
        self.scroll_rows(pages * max(1, self.page - 1))

    def turn(self) -> None:
        """A page on; behind the last one, the first again."""
        if self.top + self.page >= len(self.lines):
            self.scroll_rows(-self.top)
        else:
            self.action_page(1)
