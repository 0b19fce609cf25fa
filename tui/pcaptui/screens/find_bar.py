"""The prompt that asks what to search for."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widgets import Static

from ..searching import KINDS, PLACES, Kind, Query
from ..widgets.palette import Palette
from .prompt import Prompt, PromptLine


class FindBar(Prompt[Query | None]):
    """One line at the bottom of the screen: what is searched for, as what and where. Answers with the query."""

    DEFAULT_CSS = """
    FindBar { background: transparent; align: left bottom; }
    FindBar Horizontal { height: 1; width: 100%; background: ansi_default; }
    FindBar Static { width: auto; }
    FindBar PromptLine { width: 1fr; background: ansi_default; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,ctrl+c,ctrl+f", "cancel", "Cancel", id="find.cancel"),
        Binding("tab", "kind(1)", "Kind", id="find.kind", priority=True),
        Binding("shift+tab", "place(1)", "Place", id="find.place", priority=True),
    ]

    def __init__(self, query: Query, colours: Palette) -> None:
        super().__init__()
        self._query = query
        self._colours = colours

    def compose(self) -> ComposeResult:
        with Horizontal():
            yield Static(id="what")
            yield PromptLine(self._query.text, max_length=10_000, select_on_focus=True, compact=True)
            yield Static(id="hint")

    def on_mount(self) -> None:
        self._draw()

    def _draw(self) -> None:
        query, colours = self._query, self._colours
        where = "" if query.kind is Kind.FILTER else f" in {query.where.value}"
        self.query_one("#what", Static).update(Text(f" Find {query.kind.value}{where}: ", colours.key))
        wide = self.app.size.width >= 70
        hint = " Tab text/regex/hex/filter  Shift+Tab rows/fields/bytes " if wide else " Tab kind "
        self.query_one("#hint", Static).update(Text(hint, colours.quiet))

    def action_kind(self, step: int) -> None:
        self._query = replace(self._query, kind=KINDS[(KINDS.index(self._query.kind) + step) % len(KINDS)])
        self._draw()

    def action_place(self, step: int) -> None:
        self._query = replace(self._query, where=PLACES[(PLACES.index(self._query.where) + step) % len(PLACES)])
        self._draw()

    def submitted(self, text: str) -> None:
        self.dismiss(replace(self._query, text=text) if text else None)

    def action_cancel(self) -> None:
        self.dismiss(None)
