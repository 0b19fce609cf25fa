"""The filter bar: a line at the bottom with completion above it; says while one types whether it can be understood."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widgets import Input, Static

from ..filters import FilterError, compile
from ..filters.filter import Filter
from ..history import History
from ..widgets.glyphs import MARKER
from ..widgets.palette import Palette
from ..widgets.text import clean, cut, left, width_of
from .prompt import Prompt, PromptLine

SHOWN = 8
"""Lines of completions."""
HINT = "Tab completes, ↑↓ choose or earlier ones, Enter applies, Esc leaves"
PATIENCE = 0.03
"""Seconds that the screen waits for values before it goes on without them."""
_WORD = re.compile(r"[A-Za-z_][\w.-]*$")
_COMPARED = re.compile(r"([A-Za-z_][\w.-]*)\s*(?:==|!=|===|!==|eq|ne|contains|matches|~|<=?|>=?|in\s*\{.*?,?)\s*(\S*)$")


@dataclass(frozen=True)
class Completion:
    """What may stand instead of the text from `start` to the cursor."""

    text: str
    told: str
    start: int


Offers = Callable[[str], Sequence[Completion]]


class Seen(Message):
    """Values of a field were found that begin with `begun`."""

    def __init__(self, wanted: tuple[str, str], values: Sequence[str]) -> None:
        super().__init__()
        self.wanted = wanted
        self.values = values


class FilterBar(Prompt[Filter | None]):
    """Answers with a filter (an empty one shows all packets), or None.

    `values` names values seen in the capture for a field that is compared with the word begun; it is asked in a thread.
    """

    DEFAULT_CSS = """
    FilterBar { background: transparent; align: left bottom; }
    FilterBar Vertical { height: auto; width: 100%; background: ansi_default; }
    FilterBar #offers { height: auto; max-height: 8; width: 100%; display: none; }
    FilterBar #message { height: 1; width: 100%; }
    FilterBar Horizontal { height: 1; width: 100%; background: ansi_default; }
    FilterBar #sign { width: auto; }
    FilterBar #count { width: auto; }
    FilterBar PromptLine { width: 1fr; background: ansi_default; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,ctrl+c", "cancel", "Cancel", id="filter.cancel", tooltip="Leave the filter as it was"),
        Binding("tab", "complete", "Complete", id="filter.complete", tooltip="Take the completion", priority=True),
        Binding("up", "choose(-1)", "Up", id="filter.up", tooltip="Completion above, or earlier filter", priority=True),
        Binding("down", "choose(1)", "Down", id="filter.down", tooltip="Completion below, or later filter",
                priority=True),
    ]  # fmt: skip

    def __init__(
        self, text: str, history: History, colours: Palette, told: str = "",
        values: Callable[[str, str], Sequence[str]] = lambda field, begun: (),
    ) -> None:  # fmt: skip
        super().__init__()
        self._first = text
        self._told = told
        self._history = history
        self._colours = colours
        self._values = values
        self._offers: list[Completion] = []
        self._chosen = -1
        self._past = -1
        self._typed = text
        self._filter: Filter | None = None
        self._seen: dict[tuple[str, str], Sequence[str]] = {}
        self._wanted: tuple[str, str] | None = None
        self._asked: tuple[str, str] | None = None

    def compose(self) -> ComposeResult:
        with Vertical():
            yield Static(id="offers")
            yield Static(id="message")
            with Horizontal():
                yield Static(id="sign")
                yield PromptLine(self._first, max_length=10_000, select_on_focus=False, compact=True)
                yield Static(Text(f" {self._told} ", self._colours.quiet), id="count")

    def on_mount(self) -> None:
        self._check(self._first)
        threading.Thread(target=names, args=("a", 0), daemon=True).start()  # the first question takes longest

    @property
    def _input(self) -> Input:
        return self.query_one(Input)

    # What is typed.

    @on(Input.Changed)
    def changed(self, event: Input.Changed) -> None:
        self._check(event.value)
        self._offer()

    @on(PromptLine.Moved)
    def moved(self) -> None:
        self._offer()

    def _check(self, text: str) -> None:
        """Sign and message: whether the text is a filter, and where it is wrong."""
        colours = self._colours
        try:
            self._filter = compile(text)
        except FilterError as error:
            self._filter = None
            end = len(text.rstrip())
            unfinished = error.place >= end or (error.place + error.length >= end and self._begins(text[error.place :]))
            sign, style = ("… ", colours.quiet) if unfinished else ("✗ ", colours.kind("tcp-bad"))
            self._say(text, error, unfinished)
        else:
            sign, style = ("/ ", colours.key) if not text.strip() else ("✓ ", colours.phase("handshake"))
            self.query_one("#message", Static).update(self._hint())
        self.query_one("#sign", Static).update(Text(f" {sign}", style))

    def _hint(self) -> Text:
        hint = HINT if self.app.size.width >= len(HINT) + 6 else "Tab completes, Esc leaves"
        return Text(f"   {hint}", self._colours.quiet)

    def _begins(self, word: str) -> bool:
        """Whether a field's or protocol's name goes on as this word begins."""
        return _WORD.fullmatch(word) is not None and bool(names(word, 0))

    def _say(self, text: str, error: FilterError, unfinished: bool) -> None:
        """The reason, with carets above the place where the line below has it (as far as it has not scrolled)."""
        width = self.app.size.width
        indent = 3 + width_of(clean(text[: error.place]))
        reason = clean(error.message)
        if unfinished and error.length > 1:
            line = self._hint()
        elif unfinished or indent > width - 12:
            line = Text(f"   {cut(reason, width - 4)}", self._colours.quiet if unfinished else self._colours.warning)
        else:
            carets = "^" * max(1, min(error.length, width - indent))
            if indent + len(carets) + 1 + width_of(reason) <= width:
                line = Text(f"{' ' * indent}{carets} {reason}", self._colours.warning)
            else:
                room = max(0, indent - 1)
                line = Text(f"{left(' ' + reason, room)} {carets}" if room > 30 else f" {cut(reason, width - 2)}",
                            self._colours.warning)  # fmt: skip
        self.query_one("#message", Static).update(line)

    # Completion.

    def _offer(self) -> None:
        text = self._input.value[: self._input.cursor_position]
        self._wanted = None
        self._offers = list(self._found(text))[:200]
        self._chosen = -1
        self._past = -1
        self._draw_offers()

    def _found(self, text: str) -> Sequence[Completion]:
        compared = _COMPARED.search(text)
        if compared is not None:
            begun = compared[2].lstrip('"{')
            values = self._look(compared[1], begun)
            start = len(text) - len(compared[2])
            return [Completion(value, "seen in this capture", start) for value in values if value != compared[2]]
        word = _WORD.search(text)
        if word is None:
            return ()
        return names(word[0], word.start())

    def _look(self, field: str, begun: str) -> Sequence[str]:
        """Values of a field, none as long as they are looked for; the newest question is answered."""
        self._wanted = wanted = field, begun
        if wanted not in self._seen and self._asked is None:
            self._asked = wanted
            thread = threading.Thread(target=self._ask, args=wanted, daemon=True)
            thread.start()
            thread.join(PATIENCE)
        return self._seen.get(wanted, ())

    def _ask(self, field: str, begun: str) -> None:
        try:
            values = self._values(field, begun)
        except Exception:  # completion is a help, no need
            values = ()
        self._seen[field, begun] = values
        self.post_message(Seen((field, begun), values))

    def on_seen(self, event: Seen) -> None:
        self._asked = None
        if self._wanted is None:
            return
        if self._wanted == event.wanted:
            if event.values and not self._offers:
                self._offer()
        else:
            self._offer()

    def _draw_offers(self) -> None:
        box = self.query_one("#offers", Static)
        box.display = bool(self._offers)
        if not self._offers:
            return
        top = max(0, min(self._chosen - SHOWN // 2, len(self._offers) - SHOWN))
        width = self.app.size.width
        shown = self._offers[top : top + SHOWN]
        wide = min(44, max(width_of(clean(offer.text)) for offer in shown))
        lines = Text()
        for place, offer in enumerate(shown, top):
            chosen = place == self._chosen
            name = left(clean(offer.text), wide)
            lines.append(f" {MARKER if chosen else ' '} ")
            lines.append(name, self._colours.selection if chosen else self._colours.key)
            lines.append(f"  {cut(clean(offer.told), max(0, width - wide - 6))}", self._colours.quiet)
            if place + 1 < top + len(shown):
                lines.append("\n")
        box.update(lines)

    def action_choose(self, step: int) -> None:
        """Among completions where there are any, else among earlier filters."""
        if self._offers:
            self._chosen = max(-1, min(self._chosen + step, len(self._offers) - 1))
            self._draw_offers()
            return
        entries = self._history.entries
        if self._past == -1:
            self._typed = self._input.value
        past = self._past - step
        if -1 <= past < len(entries):
            text = self._typed if past == -1 else entries[-1 - past]
            with self._input.prevent(Input.Changed):
                self._input.value = text
            self._input.cursor_position = len(text)
            self._check(text)
            self._past = past

    def action_complete(self) -> None:
        if not self._offers:
            self._offer()
            return
        offer = self._offers[max(0, self._chosen)]
        value, cursor = self._input.value, self._input.cursor_position
        self._input.value = value[: offer.start] + offer.text + value[cursor:]
        self._input.cursor_position = offer.start + len(offer.text)

    # Leaving.

    def submitted(self, text: str) -> None:
        if self._chosen >= 0:
            self.action_complete()
            return
        self._check(text)
        if self._filter is not None:
            self._history.add(self._filter.text)
            self.dismiss(self._filter)

    def action_cancel(self) -> None:
        if self._offers and self._chosen >= 0:
            self._chosen = -1
            self._draw_offers()
        else:
            self.dismiss(None)


def names(begun: str, start: int) -> list[Completion]:
    """Fields and protocols whose names go on so, those that people ask for first; a whole name needs none."""
    from ..filters.columns import COLUMN_FIELDS
    from ..filters.registry import completions

    infos = sorted(completions(begun), key=lambda info: not info.description and info.name not in COLUMN_FIELDS)
    found = [Completion(info.name, info.description or info.type.value, start) for info in infos]
    return found if len(found) != 1 or found[0].text != begun else []
