"""frame.time_delta_displayed: the time since the latest packet before that passes the very filter which asks for it, 0
where none does (found by experiment). What a packet's value is depends on what was found for those before it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from . import bound
from .block import Block, Mask, Numbers

NAME = "frame.time_delta_displayed"
_TRIES = 8
"""A piece that has not settled after so many guesses is halved."""
_LEAST = 64
Run = Callable[[bound.Test, Block], Mask]


class Displayed:
    """Looks at blocks in their order. `run` tells which packets of a block pass a test."""

    def __init__(self, test: bound.Test, run: Run, cancelled: Callable[[], None]) -> None:
        self._test = test
        self._run = run
        self._cancelled = cancelled
        self._latest = -1
        self._fixed: dict[int, Mask] = {}

    def block(self, block: Block) -> Mask:
        """Which packets of the next block pass."""
        self._fixed = {}
        found = np.zeros(len(block), bool)
        pieces = [(0, len(block))]
        while pieces:
            start, stop = pieces.pop()
            self._cancelled()
            mask = self._settle(block, start, stop)
            if mask is None:
                middle = (start + stop) // 2
                pieces += [(middle, stop), (start, middle)]
                continue
            found[start:stop] = mask
            if mask.any():
                self._latest = int(block.packets[start + int(np.flatnonzero(mask)[-1])])
        return found

    def _settle(self, block: Block, start: int, stop: int) -> Mask | None:
        """A guess that leads to itself is right: the values before each packet decide whether it passes."""
        part = Block(block.capture, block.packets[start:stop])
        mask = np.ones(stop - start, bool)
        for _ in range(stop - start + 1 if stop - start <= _LEAST else _TRIES):
            part.give(NAME, self._since(part, mask))
            found = self._passes(self._test, part, block, slice(start, stop))
            if (found == mask).all():
                return found
            mask = found
        return mask if stop - start <= _LEAST else None

    def _since(self, part: Block, mask: Mask) -> Numbers:
        """ns since the packet before that passes."""
        packets = part.packets
        before = np.maximum.accumulate(np.concatenate([[self._latest], np.where(mask, packets, -1)[:-1]]))
        times = part.capture.table["time"]
        since: Numbers = np.where(before >= 0, part.column("time") - times[np.maximum(before, 0)], 0)
        return since

    def _passes(self, test: bound.Test, part: Block, block: Block, where: slice) -> Mask:
        match test:
            case bound.And(parts=parts):
                every: Mask = np.logical_and.reduce([self._passes(one, part, block, where) for one in parts])
                return every
            case bound.Or(parts=parts):
                some: Mask = np.logical_or.reduce([self._passes(one, part, block, where) for one in parts])
                return some
            case bound.Not(part=one):
                return ~self._passes(one, part, block, where)
            case bound.Xor(left=left, right=right):
                return self._passes(left, part, block, where) ^ self._passes(right, part, block, where)
        if any(field.name == NAME for field in bound.fields_of(test)):
            return self._run(test, part)
        known = self._fixed.get(id(test))
        if known is None:
            known = self._fixed[id(test)] = self._run(test, block)
        return known[where]
