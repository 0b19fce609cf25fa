"""Loading: reads the rest of the capture in a thread while the list is in use."""

from __future__ import annotations

import threading
import time

from textual.message import Message
from textual.message_pump import MessagePump

from ..memory import give_back
from ..widgets.model import CaptureLike

REPORT_EVERY = 0.1


class LoadProgress(Message):
    """More packets are there; with `done`, all that will come, and what went wrong if anything did."""

    def __init__(self, done: bool, error: str = "") -> None:
        super().__init__()
        self.done = done
        self.error = error

    def can_replace(self, message: Message) -> bool:
        return isinstance(message, LoadProgress) and not message.done


class Loading:
    """One thread that calls `load_more` until all is read or somebody cancels it."""

    def __init__(self, owner: MessagePump, capture: CaptureLike) -> None:
        self._owner = owner
        self._capture = capture
        self._thread: threading.Thread | None = None
        self._finished = False
        self.cancelled = False

    @property
    def running(self) -> bool:
        return self._thread is not None and not self._finished

    def start(self) -> None:
        if self._capture.complete:
            self._owner.post_message(LoadProgress(done=True))
            return
        self._thread = threading.Thread(target=self._read, name="loading", daemon=True)
        self._thread.start()

    def cancel(self) -> None:
        if self.running:
            self.cancelled = True
            self._capture.cancel()

    def _read(self) -> None:
        reported = time.monotonic()
        error = ""
        try:
            while not self.cancelled and self._capture.load_more():
                # The screen's thread gets its turn between two blocks, however short they are.
                time.sleep(0.0005)
                if time.monotonic() - reported >= REPORT_EVERY:
                    reported = time.monotonic()
                    self._owner.post_message(LoadProgress(done=False))
        except Exception as problem:  # what was read so far stays usable, whatever happened
            error = str(problem) or type(problem).__name__
        self._finished = True
        give_back()
        self._owner.post_message(LoadProgress(done=True, error=error))
