"""The program's screen: a Textual application around one capture."""

from __future__ import annotations

import gc
import os
from collections import deque
from collections.abc import Callable, Iterable

from textual import events
from textual.app import SystemCommand
from textual.message_pump import MessagePump
from textual.reactive import Reactive
from textual.screen import Screen

from .dissect.tree_client import TreeClient
from .screens.beginning import Start
from .screens.feed import LateTrees, TreeSource
from .screens.looker import Conversing
from .screens.main import MainScreen
from .terminal.output import DiffApp
from .terminal.prepaint import Prepainted
from .widgets.model import CaptureLike, ListModel, RowSource
from .widgets.palette import palette

ROW_BUDGET = 2000
"""Packets of a stream that one row on the screen may cause to be scanned."""
_LONGEST_KEY = 0.3
"""Seconds after which the next key does not wait any longer for the one before."""


class PcapApp(DiffApp):
    """`rows` and `tree_source` are for tests; by default they are made for the capture. `client` is a tree worker that
    was started already."""

    TITLE = "pcaptui"
    ALLOW_SELECT = False
    ENABLE_COMMAND_PALETTE = True
    CSS = """
    CommandPalette > Vertical { max-width: 76; background: ansi_default; }
    CommandPalette #--input { border: round ansi_default; }
    CommandPalette #--input.--list-visible { border: round ansi_default; }
    CommandPalette SearchIcon { display: none; }
    CommandPalette CommandList { scrollbar-size-vertical: 1; border: round ansi_default; }
    """
    theme: Reactive[str] = Reactive("ansi-dark")

    def __init__(
        self,
        capture: CaptureLike,
        rows: RowSource | None = None,
        tree_source: Callable[[], TreeSource] | None = None,
        prepainted: Prepainted | None = None,
        start: Start | None = None,
        client: TreeClient | None = None,
    ) -> None:
        # Sixteen colours from the start: decided later, NO_COLOR would print black on black.
        super().__init__(prepainted=prepainted, ansi_color=True)
        self.animation_level = "none"
        self._key: events.Key | None = None
        self._typed: deque[events.Key] = deque(maxlen=1000)
        self.capture = capture
        self._limits = start or Start()
        self._colours = palette(no_color="NO_COLOR" in os.environ)
        self.model = ListModel(capture, rows if rows is not None else _rows(capture))
        self._tree_source = tree_source or _trees(capture, client)

    def get_default_screen(self) -> Screen[None]:
        trees = LateTrees(self._tree_source)
        return MainScreen(self.model, trees, self._colours, _glances(self.capture), self._limits)

    def on_mount(self) -> None:
        self.call_after_refresh(self._after_first_frame)

    def _after_first_frame(self) -> None:
        self.cell_layer.release()
        # What the imports made lives for ever: later collections need not look at it.
        gc.collect(0)
        gc.freeze()
        gc.enable()

    async def on_event(self, event: events.Event) -> None:
        """Keys are handled one after the other, each by the screen that the one before it has left.

        Textual sends a key to what has the focus when it comes in, and looks for its binding later: of keys that come
        together, as over a slow line, some would reach a screen that is no longer there.
        """
        if not isinstance(event, events.Key):
            await super().on_event(event)
        elif event.is_forwarded:
            if self.screen_stack and vars(event).get("typed_on", self.screen) is self.screen:
                await super().on_event(event)
        elif self._key is not None:
            self._typed.append(event)
        elif self.screen_stack:
            await self._give(event)

    async def _give(self, event: events.Key) -> None:
        """Let the screen have a key; the next one waits until it was dealt with."""
        self._key = event
        vars(event)["typed_on"] = self.screen
        target = self.screen.focused or self.screen
        await super().on_event(event)
        self._follow(target, event, 2)
        self.set_timer(_LONGEST_KEY, lambda: self.call_later(self._next, event))

    def _follow(self, node: MessagePump | None, event: events.Key, rounds: int) -> None:
        """Go the way that the key goes, behind it, from what has the focus up to here."""
        while node is not None and node is not self:
            above = node._parent
            if node.call_later(self._follow, above, event, rounds):
                return
            node = above
        if rounds > 1 and self.screen_stack:
            self.call_later(self._follow, self.screen.focused or self.screen, event, rounds - 1)
        else:
            self.call_later(self._next, event)

    async def _next(self, done: events.Key) -> None:
        if self._key is not done:
            return
        self._key = None
        if self._typed and self.screen_stack:
            await self._give(self._typed.popleft())

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """The command palette offers what keys of the main screen do."""
        offered: set[str | None] = {None}
        for bindings in screen._bindings.key_to_bindings.values():
            for binding in bindings:
                if binding.id not in offered and binding.tooltip:
                    offered.add(binding.id)
                    yield SystemCommand(binding.description, binding.tooltip, _runner(screen, binding.action))


def _runner(screen: Screen[object], action: str) -> Callable[[], object]:
    return lambda: screen.run_action(action)


def _rows(capture: CaptureLike) -> RowSource:
    from .capture import Capture
    from .dissect.rows import Rows

    assert isinstance(capture, Capture)
    return Rows(capture, budget=ROW_BUDGET)


def _glances(capture: CaptureLike) -> Conversing | None:
    from .capture import Capture
    from .glance import Glances

    return Glances(capture) if isinstance(capture, Capture) else None


def _trees(capture: CaptureLike, client: TreeClient | None) -> Callable[[], TreeSource]:
    def make() -> TreeSource:
        from .capture import Capture
        from .trees import Trees

        assert isinstance(capture, Capture)
        return Trees(capture, ROW_BUDGET, client)

    return make
