"""Following a chain of records, each of which tells where the next one begins.

A plain loop needs a third of a microsecond a record. Over a long stretch it is faster to guess record starts at regular
distances, to follow all chains side by side with numpy, and to check that each chain arrives exactly where the next one
was guessed to begin. Guesses that fail cost time, never correctness.
"""

from __future__ import annotations

import struct
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_WINDOW = 1 << 22
_USUAL = 1024
_STRETCH, _LONGEST = 1 << 26, 1 << 28
_SWIFT = 0.1
_LANE = 1 << 17
_LEAST = 1 << 22
_FEW_LANES = 12
FAR = 4096
"""Asked for more records than that, it is worth while to walk ahead."""
_NOWHERE = np.zeros(0, np.int64)

Guess = Callable[[NDArray[np.uint8], int, NDArray[np.int64], int], NDArray[np.int64]]
"""(raw, a known record start, places, end) → a likely record start at or soon behind each place, -1 if none is seen."""


@dataclass(frozen=True, slots=True)
class Chain:
    """How records follow each other: a 32-bit length at `place` within the record, to which `extra` is added.

    `least` is the smallest record: shorter ones are taken as that long, for the reader to find out.
    """

    order: str
    place: int
    extra: int
    least: int
    guess: Guess


class Walker:
    """Record starts of one source, from any position on, remembered as far as they were walked ahead."""

    def __init__(self, chain: Chain) -> None:
        self._chain = chain
        self._ahead = _NOWHERE
        self._next = -1  # where the record behind the remembered ones begins
        self._distrust = 0
        self._stretch = _STRETCH

    def starts(self, raw: NDArray[np.uint8], position: int, limit: int, far: bool) -> tuple[NDArray[np.int64], int]:
        """Starts of at most `limit` records from `position`, whose `least` first bytes are there, and where the
        record after them begins, which may be behind the end of what is there.

        `far`: many more will be asked for, so that it is worth while to walk far ahead.
        """
        if len(self._ahead):
            self._ahead = self._ahead[np.searchsorted(self._ahead, position) :]
        if len(self._ahead) and self._ahead[-1] + self._chain.least > len(raw):  # the file was shortened
            self._ahead, self._next = self._ahead[self._ahead + self._chain.least <= len(raw)], len(raw) + 1
        known = len(self._ahead) and self._ahead[0] == position
        if not known and not (far and self._walk_ahead(raw, position)):
            return _loop(self._chain, raw, position, limit)
        after = int(self._ahead[limit]) if len(self._ahead) > limit else self._next
        return self._ahead[:limit], after

    def _walk_ahead(self, raw: NDArray[np.uint8], position: int) -> bool:
        end = min(position + self._stretch, len(raw) - self._chain.least)
        if end - position < _LEAST:
            return False
        if self._distrust:
            self._distrust -= 1
            return False
        begun = time.monotonic()
        self._ahead, self._next, sound = _side_by_side(self._chain, raw, position, end)
        self._distrust = 0 if sound else 8
        if sound and time.monotonic() - begun < _SWIFT:  # the file is in memory: longer stretches cost less
            self._stretch = min(self._stretch * 2, _LONGEST)
        return True


def _loop(chain: Chain, raw: NDArray[np.uint8], position: int, limit: int) -> tuple[NDArray[np.int64], int]:
    field = struct.Struct(chain.order + "I").unpack_from
    place, extra, least = chain.place, chain.extra, chain.least
    found: list[NDArray[np.int64]] = []
    count = 0
    while count < limit and position + least <= len(raw):
        window = raw[position : position + min(_WINDOW, (limit - count) * _USUAL + least)].tobytes()
        stop = len(window) - least
        starts: list[int] = []
        append = starts.append
        at = 0
        for _ in range(limit - count):
            if at > stop:
                break
            append(at)
            at += (field(window, at + place)[0] + extra) or least
        found.append(np.array(starts, np.int64) + position)
        count += len(starts)
        position += at
    return (np.concatenate(found) if found else _NOWHERE), position


def _side_by_side(chain: Chain, raw: NDArray[np.uint8], position: int, end: int) -> tuple[NDArray[np.int64], int, bool]:
    """Record starts from `position` to about `end`, the next one, and whether all guesses were right."""
    places = np.arange(position + _LANE, end - _LANE // 2, _LANE, dtype=np.int64)
    guessed = chain.guess(raw, position, places, end)
    lanes = np.concatenate([[position], np.unique(guessed[guessed > position])])
    stops = np.append(lanes[1:], end)
    starts, arrived = _follow(chain, raw, lanes, stops)
    wrong = np.flatnonzero(arrived[:-1] != lanes[1:])
    if not len(wrong):
        return starts, int(arrived[-1]), True
    arrival = int(arrived[wrong[0]])
    return starts[: np.searchsorted(starts, stops[wrong[0]])], arrival, False


def _follow(
    chain: Chain, raw: NDArray[np.uint8], lanes: NDArray[np.int64], stops: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Sorted starts of the records from each lane's beginning up to its stop, and where each lane arrived."""
    words: NDArray[np.uint32] = np.ndarray((len(raw) - 3,), chain.order + "u4", raw, strides=(1,))
    arrived = np.empty(len(lanes), np.int64)
    found = []
    at, stop, number = lanes, stops, np.arange(len(lanes))
    while len(at) > _FEW_LANES:
        found.append(at)
        at = at + np.maximum(words[at + chain.place].astype(np.int64) + chain.extra, chain.least)
        running = at < stop
        if np.count_nonzero(running) < len(at):
            arrived[number[~running]] = at[~running]
            at, stop, number = at[running], stop[running], number[running]
    for lane, first, last in zip(number.tolist(), at.tolist(), stop.tolist(), strict=True):
        starts, arrived[lane] = _loop_until(chain, raw, first, last)
        found.append(starts)
    return np.sort(np.concatenate(found)), arrived


def _loop_until(chain: Chain, raw: NDArray[np.uint8], at: int, stop: int) -> tuple[NDArray[np.int64], int]:
    field = struct.Struct(chain.order + "I").unpack_from
    base, window = at, raw[at : stop + chain.least].tobytes()
    at, stop = 0, stop - base
    starts = []
    while at < stop:
        starts.append(at)
        at += max(field(window, at + chain.place)[0] + chain.extra, chain.least)
    return np.array(starts, np.int64) + base, at + base
