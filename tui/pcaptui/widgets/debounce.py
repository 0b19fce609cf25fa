"""Leading and trailing debounce: the first of a burst is acted on at once, the rest when it pauses."""

from __future__ import annotations

import time
from collections.abc import Callable

from textual.message_pump import MessagePump
from textual.timer import Timer

PAUSE = 0.05
LONGEST = 0.4
"""A burst that goes on is acted on that often, so that the screen shows life."""


class Debounce:
    """Calls `action` for `trigger`s: at once after a pause of `PAUSE` seconds, else when the burst pauses."""

    def __init__(self, owner: MessagePump, action: Callable[[], None]) -> None:
        self._owner = owner
        self._action = action
        self._timer: Timer | None = None
        self._triggered = 0.0
        self._acted = 0.0

    def trigger(self) -> None:
        now = time.monotonic()
        quiet = now - self._triggered >= PAUSE
        self._triggered = now
        if (quiet and self._timer is None) or now - self._acted >= LONGEST:
            self._act()
        else:
            self._stop()
            self._timer = self._owner.set_timer(PAUSE, self._act)

    def _act(self) -> None:
        self._stop()
        self._acted = time.monotonic()
        self._action()

    def _stop(self) -> None:
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
