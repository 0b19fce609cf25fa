"""The menu of pictures and statistics, by groups."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

from ..widgets.glyphs import MARKER
from ..widgets.palette import Palette
from ..widgets.text import clean, cut, left, width_of

_FRAME = 5
"""Cells of a line that its border, padding and scroll bar take."""


@dataclass(frozen=True)
class Entry:
    """One line: its group, the key that chooses it, what it is called, and what it shows."""

    group: str
    key: str
    label: str
    about: str
    act: Callable[[], None]


class PictureMenu(ModalScreen[str | None]):
    """Answers with the key of the entry chosen, or None."""

    DEFAULT_CSS = """
    PictureMenu { background: transparent; align: center middle; }
    PictureMenu VerticalScroll {
        width: 90%; max-width: 100; height: auto; max-height: 100%; padding: 0 1;
        border: round ansi_default; background: ansi_default; scrollbar-size-vertical: 1;
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,ctrl+c", "cancel", "Close", id="pictures.close", tooltip="Show none"),
        Binding("up,k", "step(-1)", "Up", id="pictures.up", tooltip="One line up"),
        Binding("down,j", "step(1)", "Down", id="pictures.down", tooltip="One line down"),
        Binding("pageup,home", "to(0)", "First", id="pictures.first", tooltip="To the first"),
        Binding("pagedown,end", "to(-1)", "Last", id="pictures.last", tooltip="To the last"),
        Binding("enter,space", "choose", "Show", id="pictures.choose", tooltip="Show this"),
        Binding("ctrl+l", "app.repaint", "Repaint", id="pictures.repaint", show=False),
    ]

    def __init__(self, entries: Sequence[Entry], colours: Palette) -> None:
        super().__init__()
        self._entries = list(entries)
        self._colours = colours
        self._text = Static()
        self._places: list[int | None] = []
        """Which entry stands in each line; None for the names of groups."""
        self.chosen = 0

    def compose(self) -> ComposeResult:
        box = VerticalScroll(self._text)
        box.border_title = "Pictures and statistics"
        box.border_subtitle = "key or Enter shows, Esc leaves"
        box.can_focus = False
        yield box

    def on_mount(self) -> None:
        self._draw()

    def on_resize(self) -> None:
        self._draw()

    def _draw(self) -> None:
        width = max(20, min(100, self.app.size.width * 9 // 10) - _FRAME)
        label = max(width_of(entry.label) for entry in self._entries)
        text, group = Text(no_wrap=True), ""
        self._places = []
        for place, entry in enumerate(self._entries):
            if entry.group != group:
                group = entry.group
                text.append(cut(clean(group), width) + "\n", self._colours.heading)
                self._places.append(None)
            self._places.append(place)
            here = place == self.chosen
            text.append(MARKER if here else " ")
            text.append(f" {entry.key}  ", self._colours.key)
            text.append(left(entry.label, min(label, width - 5)), self._colours.selection if here else "")
            room = width - 7 - label
            text.append(f"  {cut(clean(entry.about), room)}\n" if room >= 12 else "\n", self._colours.quiet)
        text.rstrip()
        self._text.update(text)

    def _show(self, place: int) -> None:
        self.chosen = place % len(self._entries)
        self._draw()
        line = self._places.index(self.chosen)
        box = self.query_one(VerticalScroll)
        top, page = round(box.scroll_y), max(1, box.size.height)
        if line - 1 < top:
            box.scroll_to(y=max(0, line - 1), animate=False)
        elif line >= top + page:
            box.scroll_to(y=line - page + 1, animate=False)

    def action_step(self, step: int) -> None:
        self._show(self.chosen + step)

    def action_to(self, place: int) -> None:
        self._show(place)

    def action_choose(self) -> None:
        self.dismiss(self._entries[self.chosen].key)

    def action_cancel(self) -> None:
        self.dismiss(None)

    def on_key(self, event: events.Key) -> None:
        if self.is_current and any(event.character == entry.key for entry in self._entries):
            event.stop()
            self.dismiss(event.character)

    def on_click(self, event: events.Click) -> None:
        if event.widget is self._text and event.y < len(self._places):
            place = self._places[event.y]
            if place is not None:
                self.dismiss(self._entries[place].key)
