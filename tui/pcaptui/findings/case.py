"""The case that rules look at: one capture, and what several of them want to know, found out once."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from itertools import islice
from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from ..capture import Capture
from ..dissect.rows import Rows
from ..exchanges import Exchange, Exchanges
from ..loader.table import Layer
from ..protocols.messages import Message
from ..tracker.conversations import Conversation, Conversations
from ..tracker.lifecycle import Lives
from .tcp_view import TcpView

LOOKED_AT = 20_000
"""Packets of one kind that are dissected for rules; conversations whose exchanges are asked for."""
BILLION = 1_000_000_000


Kind = TypeVar("Kind")
T = TypeVar("T")


class TooLong(Exception):
    """A rule has used up its time; what it has found so far stands."""


class Case:
    """Columns come from `table`, conversations from `lives` and `conversation`, messages from `said` and `exchanges`.

    Rules that dissect packet by packet call `go_on` in their loops: it raises TooLong when their time is over or
    nobody waits any more.
    """

    def __init__(self, capture: Capture, cancelled: Callable[[], bool] = lambda: False) -> None:
        self.capture = capture
        self.table = capture.table
        self.count = len(capture)
        self.cancelled = cancelled
        self.deadline = float("inf")
        self._said: dict[int, list[Message]] = {}
        self.known: dict[object, Any] = {}
        self.left: list[tuple[int, list[int]]] = []
        """How many that `few` left out, and their packets: run.py tells of them."""

    def forget(self) -> None:
        """Let go of all that was found out, tens of MB: the columns of a case and the case hold each other."""
        self.__dict__.clear()

    def go_on(self) -> None:
        """Raise TooLong where the rule should stop."""
        if time.monotonic() > self.deadline or self.cancelled():
            raise TooLong

    def few(
        self, items: Iterable[T], most: int, packets: Callable[[T], Iterable[int]] = lambda item: ()
    ) -> Iterator[T]:
        """The first `most`; of all others together one finding tells, with their packets, as grave as the last one."""
        every = list(items)
        yield from every[:most]
        if len(every) > most:
            rest = (int(index) for item in every[most : most + LOOKED_AT] for index in packets(item))
            self.left.append((len(every) - most, list(islice(rest, LOOKED_AT))))

    @cached_property
    def rows(self) -> Rows:
        return Rows(self.capture)

    @cached_property
    def conversations(self) -> Conversations:
        return self.capture.conversations()

    @cached_property
    def tcp(self) -> Lives:
        """Lives of all TCP conversations, in the order of `tcp_numbers`."""
        return self.conversations.lives("tcp")[0]

    @cached_property
    def tcp_numbers(self) -> NDArray[np.int32]:
        return self.conversations.lives("tcp")[1]

    @cached_property
    def tcp_view(self) -> TcpView:
        """All TCP conversations as columns: ends, groups, scans."""
        return TcpView(self)

    @cached_property
    def udp(self) -> Lives:
        return self.conversations.lives("udp")[0]

    def conversation(self, kind: str, number: int) -> Conversation:
        """One conversation; it must exist."""
        found = self.conversations.find(kind, number)
        assert found is not None
        return found

    def packets(self, kind: str, number: int) -> NDArray[np.int64]:
        """Indexes of a stream's own packets."""
        return self.conversations.packets(kind, number)

    @cached_property
    def plain(self) -> NDArray[np.bool_]:
        """Packets whose columns speak of themselves, not of a header quoted in an ICMP error."""
        found: NDArray[np.bool_] = self.table["layers"][: self.count] & np.uint16(Layer.QUOTED) == 0
        return found

    def seconds(self, index: int) -> float:
        """Time of a packet since the first one."""
        times = self.table["time"]
        return (int(times[index]) - int(times[0])) / BILLION

    def between(self, first: int, second: int) -> float:
        """Seconds from one packet to another."""
        times = self.table["time"]
        return (int(times[second]) - int(times[first])) / BILLION

    def source(self, index: int) -> str:
        return self._address(int(self.table["source"][index]))

    def destination(self, index: int) -> str:
        return self._address(int(self.table["destination"][index]))

    def _address(self, index: int) -> str:
        return self.capture.addresses.text(index) if index >= 0 else ""

    # What applications say.

    @cached_property
    def exchanges(self) -> Exchanges:
        return Exchanges(self.capture, self.rows)

    def of_stream(self, kind: str, number: int) -> list[Exchange]:
        """Exchanges of one stream. Raises TooLong."""
        self.go_on()
        return self.exchanges.of_stream(kind, number)

    def said(self, index: int) -> list[Message]:
        """What the dissectors of a packet without TCP stream have to say (DNS, DHCP ...). Raises TooLong."""
        found = self._said.get(index)
        if found is None:
            self.go_on()
            found = self._said[index] = self.rows.messages(index)
        return found

    def tcp_messages(self, number: int) -> list[Message]:
        """What the dissectors of a TCP stream have to say. Raises TooLong."""
        self.go_on()
        return self.rows.streams.messages(number, LOOKED_AT)[0]

    def udp_at(self, *ports: int) -> NDArray[np.int64]:
        """Packets over UDP from or to one of these ports, at most LOOKED_AT."""
        table = self.table
        at = np.isin(table["source_port"], ports) | np.isin(table["destination_port"], ports)
        return np.flatnonzero(at[: self.count] & (table["ip_protocol"][: self.count] == 17) & self.plain)[:LOOKED_AT]

    def tcp_streams(self, loaded: bool = True) -> Iterator[int]:
        """Numbers of TCP streams, those with payload only where `loaded`, at most LOOKED_AT."""
        chosen = self.tcp_numbers
        if loaded:
            chosen = chosen[self.tcp.payload.sum(axis=1) > 0]
        yield from chosen[:LOOKED_AT].tolist()


class Known(Generic[Kind]):
    """What a module finds out of a case once for all its rules: kept by the case, and gone with it."""

    def get(self, case: Case) -> Kind | None:
        return case.known.get(self)

    def __setitem__(self, case: Case, found: Kind) -> None:
        case.known[self] = found
