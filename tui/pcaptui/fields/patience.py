"""How long a packet may take: a clock that stops a dissector which runs on, wherever in Python it is."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

SOFT_LIMIT = 1.5
"""Seconds after which a tree is shown as far as it got."""
AGAIN = 0.1
"""Libraries catch what they should not: then the clock strikes again."""


class OutOfTime(BaseException):
    """The packet had its time. Not an Exception, so that nobody catches it on the way."""


class Clock:
    """The time of one packet, on SIGALRM; only in a main thread. `waiting` is called when a pause begins, so that
    whoever waits for the answer can know."""

    def __init__(self, limit: float = SOFT_LIMIT, waiting: Callable[[], None] | None = None) -> None:
        self.limit = limit
        self._waiting = waiting
        self._running = False
        signal.signal(signal.SIGALRM, self._strike)

    def start(self) -> None:
        self._running = True
        signal.setitimer(signal.ITIMER_REAL, self.limit, AGAIN)

    def stop(self) -> None:
        self._running = False
        signal.setitimer(signal.ITIMER_REAL, 0)

    def _strike(self, number: int, frame: FrameType | None) -> None:
        if self._running:
            raise OutOfTime

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Time that is not the packet's fault: loading a library."""
        left = signal.getitimer(signal.ITIMER_REAL)[0]
        running = self._running
        self.stop()
        if self._waiting is not None:
            self._waiting()
        try:
            yield
        finally:
            if running:
                self._running = True
                signal.setitimer(signal.ITIMER_REAL, max(left, AGAIN), AGAIN)


current: Clock | None = None
"""The worker's clock; elsewhere nobody hurries."""


def enough() -> None:
    """The clock has struck and was heard: what is there may be finished and sent."""
    if current is not None:
        current.stop()


@contextmanager
def untimed() -> Iterator[None]:
    """Stop the clock, if there is one, while a library is loaded."""
    if current is None:
        yield
        return
    with current.paused():
        yield
