"""Work for a second thread: numpy lets go of the interpreter's lock in nearly all that takes it long."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from typing import Generic, TypeVar

Made = TypeVar("Made")


class Ahead(Generic[Made]):
    """What `make` makes, up to `most` pieces ahead of who takes them, until it makes None.

    The thread that makes them ends whenever enough are there, so nothing is to be closed. For one thread to use.
    """

    def __init__(self, make: Callable[[], Made | None], most: int) -> None:
        self._make = make
        self._most = most
        self._made: deque[Made] = deque()
        self._changed = threading.Condition()
        self._working = self._over = False
        self._error: BaseException | None = None

    def take(self) -> Made | None:
        """The next piece; None for ever behind the last one. Raises what `make` raised where that happened, once."""
        with self._changed:
            if not (self._working or self._over or len(self._made) >= self._most):
                self._working = True
                threading.Thread(target=self._run, name="pcaptui ahead").start()
            while self._working and not self._made:
                self._changed.wait()
            if self._made:
                return self._made.popleft()
        error, self._error = self._error, None
        if error is not None:
            raise error
        return None

    def _run(self) -> None:
        while True:
            made: Made | None = None
            try:
                made = self._make()
            except BaseException as error:
                self._error = error
            with self._changed:
                if made is None:
                    self._over = True
                else:
                    self._made.append(made)
                self._working = not self._over and len(self._made) < self._most
                self._changed.notify()
                if not self._working:
                    return
