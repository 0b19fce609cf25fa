"""A display filter: text in, masks of packets out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import numpy as np

from ..capture import Capture
from . import bound, displayed
from .block import Block, Mask
from .evaluate import Cancelled, Evaluation
from .packets import FieldSource, LateFields

BLOCK = 1 << 17
"""Packets looked at in one go."""


class Filter:
    """A filter that was understood. It keeps nothing of any capture, so it may be used for many, from any thread."""

    def __init__(self, text: str, test: bound.Test | None) -> None:
        self.text = text
        self.test = test
        self.names = frozenset(field.name for field in bound.fields_of(test)) if test is not None else frozenset()
        """Fields and protocols that it asks for."""

    def run(
        self,
        capture: Capture,
        start: int = 0,
        stop: int | None = None,
        *,
        source: FieldSource | None = None,
        cancelled: Callable[[], bool] = lambda: False,
        progress: Callable[[int, int], None] = lambda done, total: None,
    ) -> Mask:
        """Which of the packets `start` to `stop` pass, shape (stop - start,). Raises Cancelled.

        `cancelled` is asked often and must be quick; `progress` is told how many packets were looked at, and of how
        many. `source` reads fields from bytes; by default the capture's own.
        """
        end = len(capture) if stop is None else min(stop, len(capture))
        total = max(0, end - start)
        found = np.zeros(total, bool)
        for first, mask in self.blocks(capture, start, end, source=source, cancelled=cancelled):
            found[first - start : first - start + len(mask)] = mask
            progress(first - start + len(mask), total)
        return found

    def blocks(
        self,
        capture: Capture,
        start: int,
        stop: int,
        *,
        source: FieldSource | None = None,
        cancelled: Callable[[], bool] = lambda: False,
        size: int = BLOCK,
    ) -> Iterator[tuple[int, Mask]]:
        """As `run`, but piece by piece, as it goes: (first packet of the piece, its mask)."""
        if self.test is None:
            yield from ((at, np.ones(min(size, stop - at), bool)) for at in range(start, stop, size))
            return
        if source is None:
            source = LateFields(capture)
        evaluation = Evaluation(source, self.names, cancelled)
        look: Callable[[Block], Mask] = partial(evaluation.run, self.test)
        if displayed.NAME in self.names:
            look = displayed.Displayed(self.test, evaluation.run, evaluation.check).block
        for at in range(start, stop, size):
            if cancelled():
                raise Cancelled
            yield at, look(Block(capture, slice(at, min(at + size, stop))))
