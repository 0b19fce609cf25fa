"""Which bytes of a stream each call of its dissectors took: columns, one direction of one scan."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

KEPT = 200_000
"""So many of one direction are kept, the latest ones."""
NEAR = 32
"""So many neighbours of a packet's own records are looked at."""
_FACTS = 40
_TEXT = 4000
_FEW = 4
_NUMBERS = (bool, int, float)
_SCALARS = (*_NUMBERS, str, bytes, type(None))
NO_FACTS: Mapping[str, Any] = MappingProxyType({})


@dataclass(slots=True, frozen=True)
class Caller:
    """Who was called: the dissector's module ("http", "tls"), the first layer that it named in the row ("" for none),
    small values of the conversation's state from before the call, and the sizes of the messages of known length that it
    cut the bytes into, where it did; a single 0 stands for all of them in one."""

    module: str
    layer: str = ""
    facts: Mapping[str, Any] = field(default_factory=lambda: NO_FACTS)
    sizes: tuple[int, ...] = ()


@dataclass(slots=True, frozen=True)
class Take:
    """Bytes `start` to `end` of one direction (absolute positions, see pdus.Flow) that one call took. `begun` is the
    number of the packet in which they begin, `position` the place in the stream of the packet that completes them.
    Where they were still waited for, when last looked at, `end` is None and `position` is where they begin."""

    position: int
    start: int
    end: int | None
    begun: int
    caller: Caller


class Takes:
    """The calls in the order in which they were made; positions of packets in the stream never go back."""

    __slots__ = ("_begun", "_callers", "_ends", "_positions", "_starts", "forgotten")

    def __init__(self) -> None:
        self._positions = array("q")
        self._starts = array("q")
        self._ends = array("q")
        self._begun = array("q")
        self._callers: list[Caller] = []
        self.forgotten = -1
        """Nothing is known of packets up to this place in the stream."""

    def __len__(self) -> int:
        return len(self._callers)

    def add(self, position: int, start: int, end: int | None, begun: int, caller: Caller) -> None:
        """Note a call at the end; `end` None: it waits for more."""
        if self._callers:
            last = self._callers[-1]
            if last == caller:
                caller = last
        self._positions.append(position)
        self._starts.append(start)
        self._ends.append(start - 1 if end is None else end)
        self._begun.append(begun)
        self._callers.append(caller)
        if len(self._callers) > KEPT:
            self._forget()

    def _forget(self) -> None:
        half = len(self._callers) // 2
        self.forgotten = self._positions[half - 1]
        for column in (self._positions, self._starts, self._ends, self._begun):
            del column[:half]
        del self._callers[:half]

    def _take(self, place: int) -> Take:
        start, end = self._starts[place], self._ends[place]
        return Take(
            self._positions[place], start, end if end >= start else None, self._begun[place], self._callers[place]
        )

    def near(self, position: int) -> int | None:
        """A position in this direction's bytes near what the packet sent, None where nothing is known."""
        if not self._callers:
            return None
        place = min(bisect_left(self._positions, position), len(self._callers) - 1)
        return self._starts[place]

    def completed(self, position: int) -> list[Take]:
        """What the packet at a place in the stream completed."""
        found = []
        place = bisect_left(self._positions, position)
        while place < len(self._callers) and self._positions[place] == position:
            take = self._take(place)
            if take.end is not None:
                found.append(take)
            place += 1
        return found

    def later(self, position: int, at: int) -> Take | None:
        """What took the byte `at` after that packet."""
        place = bisect_left(self._positions, position + 1)
        for other in range(place, min(place + NEAR, len(self._callers))):
            if self._starts[other] <= at < self._ends[other]:
                return self._take(other)
        return None

    def waiting(self, position: int, at: int) -> Take | None:
        """What had begun by that packet, at or before byte `at`, and waited."""
        place = bisect_left(self._positions, position + 1)
        for other in range(place - 1, max(place - NEAR, 0) - 1, -1):
            if self._ends[other] < self._starts[other] <= at:
                return self._take(other)
        return None


def small_facts(state: Mapping[str, Any]) -> Mapping[str, Any]:
    """The numbers, booleans and texts of a conversation's state, and those that its objects hold: "tls.version" is
    the attribute `version` of the object under the key "tls". Lists of a few numbers become tuples."""
    if not state:
        return NO_FACTS
    found: dict[str, Any] = {}
    for key, value in state.items():
        if len(found) >= _FACTS:
            break
        if isinstance(value, _SCALARS):
            _put(found, key, value)
        elif not isinstance(value, dict | list | tuple):
            for name in _attributes(type(value), value):
                _put(found, f"{key}.{name}", getattr(value, name, None))
    return found


def _attributes(kind: type, value: object) -> Iterable[str]:
    slots: Iterable[str] = getattr(kind, "__slots__", ())
    return slots or list(getattr(value, "__dict__", ()))


def _put(found: dict[str, Any], key: str, value: object) -> None:
    if isinstance(value, str | bytes) and len(value) > _TEXT:
        return
    if isinstance(value, _SCALARS):
        found[key] = value
    elif isinstance(value, list) and len(value) <= _FEW and all(isinstance(one, _NUMBERS) for one in value):
        found[key] = tuple(value)
