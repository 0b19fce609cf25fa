"""TabLine: the names of several tables in one line, the one that is shown marked; a click chooses one."""

from __future__ import annotations

from collections.abc import Sequence

from textual import events
from textual.message import Message

from .lines import Line, Piece
from .text import width_of


class TabLine(Line):
    """Where not all names have room, those around the chosen one are there."""

    class Chosen(Message):
        """A name was clicked."""

        def __init__(self, place: int) -> None:
            super().__init__()
            self.place = place

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._names: list[str] = []
        self._chosen = 0
        self._starts: list[tuple[int, int, int]] = []

    def show(self, names: Sequence[str], chosen: int) -> None:
        self._names, self._chosen = list(names), chosen
        self.display = len(names) > 1
        self._fit()

    def on_resize(self) -> None:
        self._fit()

    def _fit(self) -> None:
        width, names = max(10, self.size.width or self.app.size.width), self._names
        if not names:
            return
        texts = [f"{at + 1} {name}" if at < 9 else name for at, name in enumerate(names)]
        first = self._first(texts, width)
        pieces: list[Piece] = [("…" if first else " ", self.palette.quiet)]
        at = width_of(pieces[0][0])
        self._starts = []
        for place in range(first, len(texts)):
            text = f"[{texts[place]}]" if place == self._chosen else f" {texts[place]} "
            self._starts.append((place, at, at + width_of(text)))
            pieces.append((text, self.palette.tab if place == self._chosen else self.palette.quiet))
            at += width_of(text)
        self.put(pieces)

    def _first(self, texts: list[str], width: int) -> int:
        """The first name that is there: the chosen one, and the one behind it, have room."""
        last = min(self._chosen + 1, len(texts) - 1)
        for first in range(self._chosen + 1):
            room = width - 2
            if sum(width_of(text) + 2 for text in texts[first : last + 1]) <= room:
                return first
        return self._chosen

    def on_click(self, event: events.Click) -> None:
        for place, start, end in self._starts:
            if start <= event.x < end:
                self.post_message(self.Chosen(place))
                return
