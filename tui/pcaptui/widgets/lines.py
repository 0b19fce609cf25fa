"""The single lines of the screen: header, status, footer. One widget and one strip each, to be cheap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.strip import Strip
from textual.widget import Widget

from .palette import Palette, palette
from .text import clean, cut, width_of

Piece = tuple[str, Style | None]


class Line(Widget):
    """One line made of pieces at its left and at its right; the right ones go first where there is no room."""

    ALLOW_SELECT = False
    DEFAULT_CSS = "Line { height: 1; width: 1fr; }"

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.palette: Palette = palette(no_color=False)
        self._left: list[Piece] = []
        self._right: list[Piece] = []

    def put(self, left: Sequence[Piece], right: Sequence[Piece] = ()) -> None:
        """Show these pieces; nothing is drawn if they are there already."""
        pieces = list(left), list(right)
        if pieces != (self._left, self._right):
            self._left, self._right = pieces
            self.refresh()

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        tail_width = sum(width_of(text) for text, _ in self._right)
        if tail_width > width // 2:
            tail_width = 0
        segments: list[Segment] = []
        room = width - tail_width
        for text, style in self._left:
            shown = cut(text, room)
            room -= width_of(shown)
            segments.append(Segment(shown, style))
        segments.append(Segment(" " * max(0, room)))
        if tail_width:
            segments.extend(Segment(text, style) for text, style in self._right)
        return Strip(segments).adjust_cell_length(width)


@dataclass(frozen=True)
class HeaderFacts:
    """What the header tells."""

    title: str
    packets: int
    progress: float | None
    """None: all loaded; negative: loading, nobody knows how far."""
    damage: str
    position: int
    shown: int
    view: str = ""
    """What the list is limited to, in a word; "" for all packets."""
    verdict: tuple[Piece, ...] = ()
    """How many findings there are of each severity."""


class HeaderLine(Line):
    """File, packets, progress of loading, damage; at the right the place in the list."""

    def show(self, facts: HeaderFacts) -> None:
        colours = self.palette
        roomy = self.app.size.width >= 60
        title = cut(clean(facts.title), 40 if roomy or not facts.verdict else 14 if facts.view else 18)
        left: list[Piece] = [(f" {title}", colours.bright_heading)]
        if roomy:
            left.append((f"   {count_of(facts.packets, 'packet')}", None))
        if facts.progress is not None:
            percent = f" {int(facts.progress * 100)} %" if facts.progress >= 0 else ""
            left.append((f"   loading{percent}", colours.warning))
        if facts.damage:
            left.append((f"   ! {clean(facts.damage)}", colours.warning))
        left += facts.verdict
        if facts.view:
            place = f"  {facts.shown} of {facts.packets} " if roomy else f"  {facts.shown} "
            view = cut(clean(facts.view), max(4, self.app.size.width // 2 - len(place) - 2))
            self.put(left, [(f"  {view}", colours.bright_heading), (place, colours.quiet)])
            return
        place = f"{facts.position + 1} of {facts.shown} " if facts.shown else ""
        self.put(left, [(f"  {place}", colours.quiet)])


class StatusLine(Line):
    """The line under the list: what there is to say about the selected packet."""


@dataclass(frozen=True)
class KeyHint:
    """A key and what it does, as the footer names it; `action` runs when it is clicked."""

    key: str
    label: str
    action: str

    @property
    def width(self) -> int:
        return width_of(self.key) + 1 + width_of(self.label)


class FooterLine(Line):
    """The main keys. A click on one does what the key does."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._all: list[KeyHint] = []
        self._hints: list[KeyHint] = []

    def show(self, hints: Sequence[KeyHint]) -> None:
        self._all = list(hints)
        self._fit()

    def on_resize(self) -> None:
        self._fit()

    def _fit(self) -> None:
        """Whole hints only: where room is short, those before the last one go."""
        hints = list(self._all)
        while len(hints) > 2 and sum(hint.width + 2 for hint in hints) - 1 > self.app.size.width:
            del hints[-2]
        self._hints = hints
        pieces: list[Piece] = [(" ", None)]
        for hint in hints:
            pieces += [(hint.key, self.palette.key), (f" {hint.label}  ", self.palette.quiet)]
        pieces[-1] = (pieces[-1][0].rstrip(), pieces[-1][1])
        self.put(pieces)

    async def on_click(self, event: events.Click) -> None:
        start = 1
        for hint in self._hints:
            end = start + hint.width
            if start <= event.x < end:
                await self.run_action(hint.action)
                return
            start = end + 2


def count_of(number: int, noun: str) -> str:
    """'1 packet', '1 234 567 packets': thin groups of three, from five digits on."""
    digits = f"{number:,}".replace(",", " ") if number >= 10_000 else str(number)
    return f"{digits} {noun}{'' if number == 1 else 's'}"
