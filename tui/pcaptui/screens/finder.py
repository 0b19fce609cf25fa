"""Find on the main screen: one search at a time, in a thread, shown as soon as it has found something."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, cast

from ..searching import Hit, Query, SearchError, describe, search
from ..widgets.text import cut
from .find_bar import FindBar

if TYPE_CHECKING:
    from ..capture import Capture
    from .main import MainScreen

QUIET = 0.3
"""Seconds of searching before the screen says so."""


class Finder:
    """Asks what to search for, and goes to what is found."""

    def __init__(self, screen: MainScreen) -> None:
        self._screen = screen
        self._query = Query("")
        self._stop = threading.Event()
        self._running = False

    def ask(self) -> None:
        """Open the prompt."""
        self._screen.app.push_screen(FindBar(self._query, self._screen.colours), self._asked)

    def _asked(self, query: Query | None) -> None:
        if query is not None:
            self._query = query
            self.next(True)

    @property
    def asked(self) -> bool:
        return bool(self._query.text)

    def stop(self) -> bool:
        """Give up the search under way, if there is one; whether there was."""
        self._stop.set()
        running, self._running = self._running, False
        return running

    def next(self, forward: bool) -> None:
        """To the next or previous packet that matches the latest query."""
        screen = self._screen
        if not self.asked:
            self.ask()
            return
        if not len(screen.model):
            screen.say("No packets to search")
            return
        self._stop.set()
        self._stop = stop = threading.Event()
        query, start, view = self._query, screen.streams.here, screen.model.sorted
        if view is None:
            view = screen.model.view
        capture = cast("Capture", screen.model.capture)
        app = screen.app
        begun = told = time.monotonic()
        self._running = True

        def progress(part: float) -> None:
            nonlocal told
            now = time.monotonic()
            if now - begun > QUIET and now - told > QUIET:
                told = now
                app.call_from_thread(
                    screen.tell, f"Searching for {cut(query.text, 40)}: {int(part * 100)} %  Esc stops"
                )

        def work() -> None:
            try:
                hit = search(capture, query, view, start, forward, cancelled=stop.is_set, progress=progress)
            except SearchError as error:
                app.call_from_thread(screen.say, f"Not searched: {error}")
            except Exception as error:  # whatever a packet does to a search
                app.call_from_thread(screen.say, f"The search stopped: {type(error).__name__}: {error}")
            else:
                if not stop.is_set():
                    app.call_from_thread(self._found, query, hit, start, forward)

        screen.run_worker(work, thread=True, exit_on_error=False)

    def _found(self, query: Query, hit: Hit | None, start: int, forward: bool) -> None:
        screen = self._screen
        self._running = False
        if hit is None:
            screen.say(f"Not found: {describe(query)}")
            return
        screen.streams.follow(hit.index)
        if hit.index == start:
            screen.tell(f"Only this packet: {describe(query)}")
        elif hit.wrapped:
            end = "end" if forward else "beginning"
            screen.tell(f"Packet {hit.index + 1}: the search went round the {end} of the list")
