"""Which packets a flow graph shows: a conversation, what the list shows, all, or what one host said and heard."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from ..capture import Capture
from ..pictures.ladder import (
    Ladder,
    client_of,
    conversation_packets,
    dialogue_packets,
    host_packets,
    ladder,
)
from ..widgets.text import clean


class Scope(Enum):
    """The value is what the header says."""

    CONVERSATION = "conversation"
    DIALOGUE = "what these two said"
    SHOWN = "shown packets"
    ALL = "all packets"
    HOST = "host"


@dataclass(frozen=True, slots=True, eq=False)
class Choice:
    """`stream` is that of a conversation; `packet` one of a dialogue without stream; `address` (index) the host's;
    `shown` the packets that the list is limited to, and `limit` in words."""

    scope: Scope
    stream: tuple[str, int] | None = None
    packet: int = -1
    address: int = -1
    shown: NDArray[np.int64] | None = None
    limit: str = ""

    def words(self, capture: Capture) -> str:
        """For the header."""
        if self.stream is not None:
            return f"{self.stream[0]}:{self.stream[1]}"
        if self.scope is Scope.HOST:
            within = f", of {self.limit}" if self.limit else ""
            return clean(f"{capture.addresses.text(self.address)}{within}")
        if self.scope is Scope.SHOWN:
            return clean(self.limit)
        return str(self.scope.value)

    def make(self, capture: Capture, progress: Callable[[float], None] = lambda part: None) -> Ladder:
        """The ladder: for a thread. `progress` is told a part, 0..1."""
        if self.stream is not None:
            return ladder(capture, conversation_packets(capture, *self.stream), client_of(capture, self.stream))
        if self.scope is Scope.DIALOGUE:
            first = int(capture.table["source"][self.packet])
            return ladder(capture, dialogue_packets(capture, self.packet), first)
        if self.scope is Scope.HOST:
            return ladder(capture, host_packets(capture, self.address, self.shown), self.address, progress)
        everything = np.arange(len(capture), dtype=np.int64)
        return ladder(capture, everything if self.shown is None else self.shown, progress=progress)


def next_conversation(capture: Capture, stream: tuple[str, int], step: int) -> tuple[str, int] | None:
    """The stream behind (1) or before (-1) one, TCP's before UDP's; None at the ends. Numbers without packets are
    passed over."""
    counts = {"tcp": capture.tracker.tcp_streams, "udp": capture.tracker.udp_streams}
    place = stream[1] + (counts["tcp"] if stream[0] == "udp" else 0) + step
    while 0 <= place < counts["tcp"] + counts["udp"]:
        found = ("tcp", place) if place < counts["tcp"] else ("udp", place - counts["tcp"])
        if len(capture.stream_packets(*found)):
            return found
        place += step
    return None
