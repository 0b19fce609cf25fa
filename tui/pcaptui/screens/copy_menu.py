"""The menu of what can be copied of the selected packet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.table import Table
from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

from ..widgets.glyphs import MARKER
from ..widgets.palette import Palette
from ..widgets.text import clean, cut, width_of


@dataclass(frozen=True)
class Offer:
    """One line of the menu: the key that chooses it, what is copied, and a look at it."""

    key: str
    label: str
    preview: str


class CopyMenu(ModalScreen[str | None]):
    """Answers with the key of the offer chosen, or None."""

    DEFAULT_CSS = """
    CopyMenu { background: transparent; align: center middle; }
    CopyMenu VerticalScroll {
        width: 90%; max-width: 100; height: auto; max-height: 95%; padding: 0 1;
        border: round ansi_default; background: ansi_default; scrollbar-size-vertical: 1;
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,y,ctrl+c", "cancel", "Close", id="copy.close", tooltip="Copy nothing"),
        Binding("up,k", "step(-1)", "Up", id="copy.up", tooltip="One line up"),
        Binding("down,j", "step(1)", "Down", id="copy.down", tooltip="One line down"),
        Binding("enter,space", "choose", "Copy", id="copy.choose", tooltip="Copy this"),
    ]

    def __init__(
        self, title: str, offers: Sequence[Offer], colours: Palette, verb: str = "Copy from",
        hint: str = "key or Enter copies, Esc leaves",
    ) -> None:  # fmt: skip
        super().__init__()
        self._title = f"{verb} {title}".rstrip()
        self._hint = hint
        self._offers = list(offers)
        self._colours = colours
        self.chosen = 0
        self._lines = Static()

    def compose(self) -> ComposeResult:
        box = VerticalScroll(self._lines)
        box.border_title = self._title
        box.border_subtitle = self._hint
        box.can_focus = False
        yield box

    def on_mount(self) -> None:
        self._draw()

    def _draw(self) -> None:
        table = Table.grid(padding=(0, 1))
        wide = max(width_of(offer.label) for offer in self._offers)
        room = max(8, min(100, self.app.size.width * 9 // 10) - wide - 12)
        for place, offer in enumerate(self._offers):
            here = place == self.chosen
            style = self._colours.selection if here else None
            table.add_row(
                Text(MARKER if here else " "),
                Text(offer.key, self._colours.key),
                Text(offer.label, style or "", no_wrap=True),
                Text(cut(clean(offer.preview), room), self._colours.quiet, no_wrap=True, overflow="ellipsis"),
            )
        self._lines.update(table)

    def action_step(self, step: int) -> None:
        self.chosen = (self.chosen + step) % len(self._offers)
        self._draw()
        self._lines.parent.scroll_to(y=self.chosen - 3, animate=False)  # type: ignore[union-attr]

    def action_choose(self) -> None:
        self.dismiss(self._offers[self.chosen].key)

    def action_cancel(self) -> None:
        self.dismiss(None)

    def on_key(self, event: events.Key) -> None:
        for offer in self._offers if self.is_current else ():
            if event.character == offer.key:
                event.stop()
                self.dismiss(offer.key)
                return

    def on_click(self, event: events.Click) -> None:
        if (place := self.place_of(event)) is not None:
            self.dismiss(self._offers[place].key)

    def place_of(self, event: events.Click) -> int | None:
        """Which line was clicked."""
        inside = event.widget is self._lines and event.y < len(self._offers)
        return event.y if inside else None
