"""A prompt that is answered with one key."""

from __future__ import annotations

from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.screen import ModalScreen
from textual.widgets import Static

from ..widgets.palette import Palette
from ..widgets.text import clean


class KeyPrompt(ModalScreen[str | None]):
    """One line at the bottom of the screen; answers with a letter a-z, or None for any other key."""

    DEFAULT_CSS = """
    KeyPrompt { background: transparent; align: left bottom; }
    KeyPrompt Static { height: 1; width: 100%; background: ansi_default; }
    """

    def __init__(self, question: str, hint: str, colours: Palette) -> None:
        super().__init__()
        self._question = question
        self._hint = hint
        self._colours = colours

    def compose(self) -> ComposeResult:
        text = Text(f" {self._question} ", self._colours.key)
        text.append(f" {clean(self._hint)}", self._colours.quiet)
        yield Static(text)

    def on_key(self, event: events.Key) -> None:
        if not self.is_current:
            return  # answered already: typed ahead for what follows
        event.stop()
        letter = event.character or ""
        self.dismiss(letter if len(letter) == 1 and "a" <= letter <= "z" else None)
