"""What screens that ask for a line of text have in common."""

from __future__ import annotations

from typing import TypeVar

from textual import events
from textual.message import Message
from textual.screen import ModalScreen
from textual.widgets import Input

Answer = TypeVar("Answer")


class Prompt(ModalScreen[Answer]):
    """A screen with one PromptLine. What is typed before the line has the focus stands in it all the same."""

    def submitted(self, text: str) -> None:
        """Enter was pressed."""
        raise NotImplementedError

    def on_key(self, event: events.Key) -> None:
        line = self.query_one(PromptLine)
        if line.has_focus or not self.is_current:
            return
        if event.key == "enter":
            event.stop()
            self.submitted(line.value)
        elif event.key == "backspace":
            event.stop()
            line.action_delete_left()
        elif event.is_printable and event.character is not None:
            event.stop()
            line.insert_text_at_cursor(event.character)


class PromptLine(Input):
    """Does what keys say in the order in which they come, and leaves what was typed behind Enter to the next screen.

    Textual's Input inserts text at once but looks for the bindings of other keys later: over a slow line, where several
    keys come together, Backspace would delete what was typed behind it.
    """

    class Moved(Message):
        """The cursor was moved by a key."""

    async def on_key(self, event: events.Key) -> None:
        screen = self.screen
        if not screen.is_current:
            event.prevent_default()
            return
        if event.key == "enter" and isinstance(screen, Prompt):
            event.prevent_default().stop()
            screen.submitted(self.value)
            return
        for binding in self._bindings.key_to_bindings.get(event.key, ()):
            event.prevent_default().stop()
            await self.run_action(binding.action)
            if event.key in ("left", "right", "home", "end"):
                self.post_message(self.Moved())
            return
