"""The prompt that asks where to write something."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widgets import Static

from ..widgets.palette import Palette
from .prompt import Prompt, PromptLine


class FilePrompt(Prompt[str | None]):
    """One line at the bottom of the screen; a file that exists is overwritten only on a second Enter."""

    DEFAULT_CSS = """
    FilePrompt { background: transparent; align: left bottom; }
    FilePrompt Horizontal { height: 1; width: 100%; background: ansi_default; }
    FilePrompt Static { width: auto; }
    FilePrompt PromptLine { width: 1fr; background: ansi_default; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,ctrl+c", "cancel", "Cancel", id="file.cancel")]

    def __init__(self, what: str, name: str, colours: Palette) -> None:
        super().__init__()
        self._what = what
        self._name = name
        self._colours = colours
        self._sure = ""

    def compose(self) -> ComposeResult:
        with Horizontal():
            yield Static(Text(f" {self._what} to file: ", style=self._colours.key))
            yield PromptLine(self._name, max_length=4096, select_on_focus=False, compact=True)
            yield Static("", id="hint")

    def submitted(self, text: str) -> None:
        path = text.strip()
        if not path:
            self.dismiss(None)
        elif Path(path).expanduser().exists() and self._sure != path:
            self._sure = path
            warning = Text(" exists: Enter again overwrites it ", style=self._colours.warning)
            self.query_one("#hint", Static).update(warning)
        else:
            self.dismiss(path)

    def action_cancel(self) -> None:
        self.dismiss(None)
