"""Window scaling: the shift in force for each direction of a stream."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .arrays import carry, run_starts
from .segments import Segments, Words

UNKNOWN, NONE = -1, -2
_FEW = 8
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
        after, later = _after(seg, asking, options), ~seg.has_syn[asking]
        stale = np.negative((carry(asking, asking, seg.size, later, -1) < seg.start).view(np.int8))
        first, second = (carry(asking, state, seg.size, later, UNKNOWN) for state in after)
        first |= stale
        second |= stale
    else:
        first = second = np.full(seg.size, UNKNOWN, np.int8)
    own, other = seg.split(first, second)
    own |= np.negative(seg.has_syn.view(np.int8))  # UNKNOWN has all bits set
    size = seg.window.astype(np.uint32) << np.maximum(own, 0).astype(np.uint32)
    return Scales(own, other, size)


def _after(seg: Segments, asking: NDArray[np.int64], options: Shifts) -> Shifts:
    """Both directions' states after each of `asking`, shape (2, n): all streams' first ones at once, then the second
    ones, and so on; when few streams are left, one by one."""
    run = seg.run[asking]
    head = run_starts(run)
    ordinal = np.arange(len(asking)) - np.flatnonzero(head)[np.cumsum(head) - 1]
    after = np.full((2, len(asking)), UNKNOWN, np.int8)
    side = seg.second[asking].astype(np.intp)
    syn = seg.has_syn[asking]
    answers = syn & seg.has_ack[asking]
    waiting = np.bincount(ordinal)
    rounds = max(int((waiting >= _FEW).sum()), 1)
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
    for item in np.flatnonzero(ordinal >= rounds).tolist():
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
