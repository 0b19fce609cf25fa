"""Window scaling: the shift in force for each direction of a stream."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .segments import ACK, SYN, Segments, Words

UNKNOWN, NONE = -1, -2
_ROUNDS = 8
Shifts = NDArray[np.int8]


@dataclass(slots=True)
class Scales:
    """Of every segment: the shift of its own direction and of the other one, and its window in bytes."""

    own: Shifts
    other: Shifts
    size: Words


def find_scales(seg: Segments, syns: NDArray[np.int64], options: Shifts) -> Scales:
    """`syns` are the places of all segments with SYN, `options` the shifts they ask for (-1: no option).

    The windows of segments with SYN are never scaled (RFC 7323, 2.2); their own shift is given as unknown.
    """
    first = np.full(seg.size, UNKNOWN, np.int8)
    second = first.copy()
    if len(syns):
        after = _after(seg, syns, options)
        latest = np.cumsum(seg.has_syn) - 1
        valid = (latest >= 0) & (syns[latest] >= seg.start)
        first[valid] = after[0][latest[valid]]
        second[valid] = after[1][latest[valid]]
    own, other = np.where(seg.second, second, first), np.where(seg.second, first, second)
    own[syns] = UNKNOWN
    size = seg.window.astype(np.uint32) << np.maximum(own, 0).astype(np.uint32)
    return Scales(own, other, size)


def _after(seg: Segments, syns: NDArray[np.int64], options: Shifts) -> Shifts:
    """Both directions' states after each SYN, shape (2, n): all streams' first SYNs at once, then the second ones."""
    run = seg.run[syns]
    head = np.ones(len(syns), bool)
    head[1:] = run[1:] != run[:-1]
    ordinal = np.arange(len(syns)) - np.flatnonzero(head)[np.cumsum(head) - 1]
    after = np.full((2, len(syns)), UNKNOWN, np.int8)
    side = seg.second[syns].astype(np.intp)
    answers = (seg.flags[syns] & (SYN | ACK)) == SYN | ACK
    rounds = min(int(ordinal.max()) + 1, _ROUNDS)
    for number in range(rounds):
        now = np.flatnonzero(ordinal == number)
        state = after[:, now - 1].copy() if number else after[:, now]
        rows, columns = side[now], np.arange(len(now))
        asked = options[now] >= 0
        state[rows[asked], columns[asked]] = options[now][asked]
        own, other = state[rows, columns], state[1 - rows, columns]
        neither = own == UNKNOWN
        refused = ~neither & answers[now] & (other == NONE)
        state[:, neither] = NONE
        state[rows[refused], columns[refused]] = NONE
        after[:, now] = state
    for item in np.flatnonzero(ordinal >= _ROUNDS).tolist():
        after[:, item] = _step(after[:, item - 1].tolist(), int(side[item]), int(options[item]), bool(answers[item]))
    return after


def _step(state: list[int], side: int, option: int, answer: bool) -> list[int]:
    """One SYN's effect (found by experiment): without the option scaling is off for both directions."""
    if option >= 0:
        state[side] = option
    if state[side] == UNKNOWN:
        return [NONE, NONE]
    if answer and state[1 - side] == NONE:
        state[side] = NONE
    return state
