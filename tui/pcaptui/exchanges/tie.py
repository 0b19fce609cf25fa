"""Requests and answers of a whole capture tied by equal keys, on whole columns."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]


def tie(keys: Sequence[NDArray[np.int64]], answers: NDArray[np.bool_]) -> Ints:
    """For messages in packet order the place of each one's partner, -1 without one; shape (n,).

    `keys` are columns that are equal within a dialogue. A request's partner is its first answer; a request again,
    before any answer, is a retry and has the first one as its partner; so has every answer.
    """
    count = len(answers)
    partner = np.full(count, -1, np.int64)
    if not count:
        return partner
    order = np.lexsort((np.arange(count), *keys))
    new = np.zeros(count, bool)
    new[0] = True
    for key in keys:
        ordered = key[order]
        new[1:] |= ordered[1:] != ordered[:-1]
    answer = answers[order]
    before = np.concatenate([[True], answer[:-1]]) | new
    places = np.arange(count)
    heads = np.maximum.accumulate(np.where(~answer & before, places, -1))
    heads = np.where(heads >= np.maximum.accumulate(np.where(new, places, 0)), heads, -1)
    known = heads >= 0
    follows = known & (heads != places)
    partner[order[follows]] = order[heads[follows]]
    first = follows & answer & ~before  # behind a request
    partner[order[heads[first]]] = order[places[first]]
    return partner


def beside(keys: Sequence[NDArray[np.int64]], most: int) -> tuple[Ints, Ints]:
    """Pairs of places (both ways) of messages with equal keys that are at most `most` such messages apart."""
    count = len(keys[0])
    order = np.lexsort((np.arange(count), *keys))
    ordered = [key[order] for key in keys]
    here, there = [], []
    for step in range(1, most + 1):
        same = np.ones(max(count - step, 0), bool)
        for key in ordered:
            same &= key[step:] == key[:-step]
        place = np.flatnonzero(same)
        here += [order[place], order[place + step]]
        there += [order[place + step], order[place]]
    return np.concatenate(here), np.concatenate(there)


def words(head: NDArray[np.uint8], start: int, width: int) -> Ints:
    """Big-endian numbers of `width` (at most 7) bytes in each row of bytes, from column `start`."""
    value = np.zeros(len(head), np.int64)
    for column in range(start, start + width):
        value = value << 8 | head[:, column]
    return value
