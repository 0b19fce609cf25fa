"""What the list is limited to when the screen opens: the packets that pass a filter, or one stream."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..filters.filter import Filter


@dataclass(frozen=True, slots=True)
class Start:
    """As the command line asks for it; at most one of both."""

    filter: Filter | None = None
    stream: tuple[str, int] | None = None

    def __bool__(self) -> bool:
        return self.filter is not None or self.stream is not None


class Beginning:
    """Limits the list. A stream is waited for until the capture is loaded, or something else was asked for."""

    def __init__(
        self, start: Start, apply: Callable[[Filter], None], show: Callable[[str, int], bool],
        say: Callable[[str], None], limited: Callable[[], bool],
    ) -> None:  # fmt: skip
        """`limited` tells whether the list shows only a part by now."""
        self._start = start
        self._apply = apply
        self._show = show
        self._say = say
        self._limited = limited
        self._waits = start.stream is not None

    def begin(self) -> None:
        """The screen is there, with the first packets."""
        if self._start.filter is not None:
            self._apply(self._start.filter)
        self.grown(False)

    def grown(self, done: bool) -> None:
        """More packets are there; `done`: all."""
        if not self._waits or self._start.stream is None:
            return
        if self._limited():
            self._waits = False
            return
        kind, number = self._start.stream
        if self._show(kind, number):
            self._waits = False
        elif done:
            self._waits = False
            self._say(f"There is no stream {kind}:{number}: all packets are shown")
