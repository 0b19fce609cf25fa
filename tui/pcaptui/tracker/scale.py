"""Window scaling: the shift in force for each direction of a stream."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .arrays import run_starts
from .segments import Segments, Words

UNKNOWN, NONE = -1, -2
_ROUNDS = 8
Shifts = NDArray[np.int8]


@dataclass(slots=True)
class Scales:
    """Of every segment: the shift of its own direction and of the other one, and its window in bytes."""

    own: Shifts
    other: Shifts
    size: Words


def find_scales(seg: Segments, asking: NDArray[np.int64], options: Shifts) -> Scales:
    """`asking` are the places of all segments with SYN or with the option, `options` their shifts, -1 without option.

    The windows of segments with SYN are never scaled (RFC 7323, 2.2); their own shift is given as unknown. The option
    of another segment holds from the next one on (found by experiment).
    """
    if len(asking):
        after = np.concatenate([np.full((2, 1), UNKNOWN, np.int8), _after(seg, asking, options)], axis=1)
        counts = np.zeros(seg.size, bool)
        counts[asking] = True
        latest = np.cumsum(counts, dtype=np.int32)
        latest[asking] -= ~seg.has_syn[asking]
        latest[np.append(-1, asking)[latest] < seg.start] = 0
        first, second = after[0][latest], after[1][latest]
    else:
        first = second = np.full(seg.size, UNKNOWN, np.int8)
    own, other = np.where(seg.second, second, first), np.where(seg.second, first, second)
    own[seg.has_syn] = UNKNOWN
    size = seg.window.astype(np.uint32) << np.maximum(own, 0).astype(np.uint32)
    return Scales(own, other, size)


def _after(seg: Segments, asking: NDArray[np.int64], options: Shifts) -> Shifts:
    """Both directions' states after each of `asking`, shape (2, n): all streams' first ones at once, then the second
    ones, and so on."""
    run = seg.run[asking]
    head = run_starts(run)
    ordinal = np.arange(len(asking)) - np.flatnonzero(head)[np.cumsum(head) - 1]
    after = np.full((2, len(asking)), UNKNOWN, np.int8)
    side = seg.second[asking].astype(np.intp)
    syn = seg.has_syn[asking]
    answers = syn & seg.has_ack[asking]
    rounds = min(int(ordinal.max()) + 1, _ROUNDS)
    for number in range(rounds):
        now = np.flatnonzero(ordinal == number)
        state = after[:, now - 1].copy() if number else after[:, now]
        rows, columns = side[now], np.arange(len(now))
        asked = options[now] >= 0
        state[rows[asked], columns[asked]] = options[now][asked]
        own, other = state[rows, columns], state[1 - rows, columns]
        neither = syn[now] & (own == UNKNOWN)
        refused = ~neither & answers[now] & (other == NONE)
        state[:, neither] = NONE
        state[rows[refused], columns[refused]] = NONE
        after[:, now] = state
    for item in np.flatnonzero(ordinal >= _ROUNDS).tolist():
        state = after[:, item - 1].tolist()
        after[:, item] = _step(state, int(side[item]), int(options[item]), bool(syn[item]), bool(answers[item]))
    return after


def _step(state: list[int], side: int, option: int, syn: bool, answer: bool) -> list[int]:
    """One segment's effect (found by experiment): a SYN without the option turns scaling off for both directions."""
    if option >= 0:
        state[side] = option
    if syn and state[side] == UNKNOWN:
        return [NONE, NONE]
    if answer and state[1 - side] == NONE:
        state[side] = NONE
    return state
