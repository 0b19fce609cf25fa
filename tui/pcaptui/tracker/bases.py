"""Base sequence numbers: what relative sequence and acknowledgment numbers count from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .arrays import run_starts
from .segments import Bools, Segments, Words


@dataclass(slots=True)
class Bases:
    """Of every segment: the base of its own direction and of the other one.

    `initial` holds both directions' first bases by stream, shape (2, streams): fixed points to count from.
    `rebased` marks SYN+ACKs that changed the base of their direction.
    """

    own: Words
    other: Words
    initial: NDArray[np.uint32]
    rebased: Bools


def find_bases(seg: Segments) -> Bases:
    """The rules were found by experiment.

    A direction's base is the sequence number of its first segment if that is a SYN, else one less; but the other
    side's ACK, if it came before, has set it already. A SYN+ACK with another number sets it anew.
    """
    initial = np.stack([_initial(seg, seg.first, seg.second), _initial(seg, seg.second, seg.first)])
    first, second = seg.spread(initial[0]), seg.spread(initial[1])
    own, other = seg.split(first, second)
    answers = seg.has_syn & seg.has_ack
    rebased = np.zeros(seg.size, bool)
    if (answers & (seg.sequence != own)).any():
        for mask, base in ((answers & seg.first, first), (answers & seg.second, second)):
            before = seg.latest(mask, before=True)
            known = np.where(before >= 0, seg.sequence[before], base)
            rebased |= mask & (seg.sequence != known)
            now = seg.latest(mask)
            base[now >= 0] = seg.sequence[now[now >= 0]]
        own, other = seg.split(first, second)
    return Bases(own, other, initial, rebased)


def _initial(seg: Segments, mine: Bools, others: Bools) -> Words:
    """First base of one direction, by stream."""
    sent = _first_places(seg, mine)
    acked = _first_places(seg, others & seg.has_ack)
    by_ack = acked < sent
    base: Words = np.zeros(len(seg.heads), np.uint32)
    base[by_ack] = seg.ack[acked[by_ack]] - np.uint32(1)
    by_self = ~by_ack & (sent < seg.size)
    place = sent[by_self]
    base[by_self] = seg.sequence[place] - (~seg.has_syn[place]).astype(np.uint32)
    return base


def _first_places(seg: Segments, mask: Bools) -> NDArray[np.int64]:
    """The first place in every stream where `mask` holds, `seg.size` where there is none."""
    first = np.full(len(seg.heads), seg.size, np.int64)
    places = np.flatnonzero(mask)
    run = seg.run.take(places)
    heads = np.flatnonzero(run_starts(run))
    first[run[heads]] = places[heads]
    return first
