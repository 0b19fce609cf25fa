"""What the screen opens with: the packets that pass a filter, one stream, or all with one of them selected."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..filters.filter import Filter


@dataclass(frozen=True, slots=True)
class Start:
    """As the command line asks for it; at most one of them. `packet` is a number from 1."""

    filter: Filter | None = None
    stream: tuple[str, int] | None = None
    packet: int | None = None

    def __bool__(self) -> bool:
        return self.filter is not None or self.stream is not None or self.packet is not None


class Beginning:
    """Limits the list. A stream or packet is waited for until all is loaded, or something else was asked for."""

    def __init__(
        self, start: Start, apply: Callable[[Filter], None], show: Callable[[str, int], bool],
        say: Callable[[str], None], limited: Callable[[], bool], go: Callable[[int], bool] = lambda number: True,
    ) -> None:  # fmt: skip
        """`limited` tells whether the list shows only a part by now; `go` selects a packet, False without it."""
        self._start = start
        self._apply = apply
        self._show = show
        self._say = say
        self._limited = limited
        self._go = go
        self._packet = start.packet
        self._waits = start.stream is not None

    def begin(self) -> None:
        """The screen is there, with the first packets."""
        if self._start.filter is not None:
            self._apply(self._start.filter)
        self.grown(False)

    def grown(self, done: bool) -> None:
        """More packets are there; `done`: all."""
        if self._packet is not None:
            if self._limited() or self._go(self._packet):
                self._packet = None
            elif done:
                self._say(f"There is no packet {self._packet}")
                self._packet = None
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
