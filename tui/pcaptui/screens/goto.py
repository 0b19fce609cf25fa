"""The prompt that asks for a packet number."""

from __future__ import annotations

from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widgets import Static

from ..widgets.palette import Palette
from .prompt import Prompt, PromptLine


def read_number(text: str, here: int, last: int) -> int | None:
    """The packet number meant: 'N', or '+N' and '-N' from here; '$' is the last. None if it is none of these."""
    text = text.strip()
    if text == "$":
        return last
    if not text.lstrip("+-").isascii() or not text.lstrip("+-").isdigit() or len(text) > 15:
        return None
    number = int(text)
    if text[0] in "+-":
        return max(1, min(here + number, last))
    return number if 1 <= number <= last else None


class GoToScreen(Prompt[int | None]):
    """One line at the bottom of the screen. Answers with the number, or None."""

    DEFAULT_CSS = """
    GoToScreen { background: transparent; align: left bottom; }
    GoToScreen Horizontal { height: 1; width: 100%; background: ansi_default; }
    GoToScreen Static { width: auto; }
    GoToScreen PromptLine { width: 18; background: ansi_default; }
    GoToScreen #hint { width: 1fr; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,ctrl+c,ctrl+g", "cancel", "Cancel", id="goto.cancel")]

    def __init__(self, here: int, last: int, colours: Palette) -> None:
        super().__init__()
        self._here = here
        self._last = last
        self._colours = colours

    def compose(self) -> ComposeResult:
        hint = f" 1 to {self._last}, +N, -N, $ for the last"
        with Horizontal():
            yield Static(Text(" Go to packet: ", style=self._colours.key))
            yield PromptLine(max_length=16, select_on_focus=False, compact=True)
            yield Static(Text(hint, style=self._colours.quiet), id="hint")

    def submitted(self, text: str) -> None:
        if not text.strip():
            self.dismiss(None)
            return
        number = read_number(text, self._here, self._last)
        if number is None:
            message = f" There is no such packet: 1 to {self._last}"
            self.query_one("#hint", Static).update(Text(message, style=self._colours.warning))
        else:
            self.dismiss(number)

    def action_cancel(self) -> None:
        self.dismiss(None)
