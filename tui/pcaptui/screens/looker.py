"""A thread that finds out about the selected packet's conversation, so that a long one does not hold the screen up."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from textual.message import Message

from ..memory import give_back
from ..widgets.gutter import Life

PATIENCE = 0.012
"""Seconds that the screen waits for an answer: nearly all come in time for the frame of the key."""


LONG = 0.2
"""Seconds of work that leave much memory behind: the first look at a conversation of a large capture."""


class Known(Life, Protocol):
    """A conversation; see glance.Glance."""

    @property
    def name(self) -> str: ...
    @property
    def sentence(self) -> str: ...
    @property
    def packets(self) -> NDArray[np.int64]: ...


class Looked(Protocol):
    """See glance.Look."""

    @property
    def index(self) -> int: ...
    @property
    def glance(self) -> Known | None: ...
    @property
    def related(self) -> Sequence[int]: ...
    @property
    def told(self) -> str: ...


class MoreKnown(Message):
    """An answer that came late."""

    def __init__(self, look: Looked) -> None:
        super().__init__()
        self.look = look


class Conversing(Protocol):
    """What is asked of conversations; see glance.Glances."""

    def packets(self, kind: str, number: int, start: int = 0) -> NDArray[np.int64]: ...
    def look(self, index: int) -> Looked: ...


class Looker:
    """Asks `source` about one packet at a time, the one wanted last. `arrived` is called, in the looker's thread, with
    answers that come too late for `want` to give.
    """

    def __init__(self, source: Conversing, arrived: Callable[[Looked], None]) -> None:
        self._source = source
        self._arrived = arrived
        self._changed = threading.Condition()
        self._wanted: int | None = None
        self._busy = False
        self._late = False
        self._answer: Looked | None = None
        self._closed = False
        self._thread: threading.Thread | None = None

    def want(self, index: int) -> Looked | None:
        """What there is to say about a packet; None if that takes longer, `arrived` is told then."""
        with self._changed:
            behind = self._busy or self._wanted is not None
            self._wanted, self._answer, self._late = index, None, False
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="looker", daemon=True)
                self._thread.start()
            self._changed.notify_all()
            if not behind:
                self._changed.wait_for(lambda: self._answer is not None, PATIENCE)
            answer, self._late = self._answer, self._answer is None
            return answer

    def close(self) -> None:
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._closed or self._wanted is not None)
                if self._closed:
                    return
                assert self._wanted is not None
                index, self._wanted, self._busy = self._wanted, None, True
            begun = time.monotonic()
            try:
                answer: Looked | None = self._source.look(index)
            except Exception:  # a mistake of ours costs the marks, not the program
                answer = None
            if time.monotonic() - begun > LONG:
                give_back()
            with self._changed:
                self._busy = False
                late = self._late and self._wanted is None and not self._closed
                self._answer = answer
                self._changed.notify_all()
            if late and answer is not None:
                self._arrived(answer)
