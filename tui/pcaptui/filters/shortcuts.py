"""Tests on fields that can be told without a tree."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from . import bound
from .block import Block, Mask
from .candidates import constant_counts, quoted_transport
from .literals import Plain
from .quick import QUICK, extracted
from .types import Type
from .values import Found, holds


class _One:
    """A packet that has only one field."""

    def __init__(self) -> None:
        self.values: Sequence[Plain] = ()
        self.length = 0

    def field(self, name: str, kind: Type) -> Sequence[Found]:
        return [Found(value, len(value) if isinstance(value, bytes) else self.length) for value in self.values]


def shortcut(test: bound.Leaf, block: Block) -> tuple[Mask, Mask] | None:
    """(passes, nobody can tell without the tree), None where this test has no short way."""
    fields = list(bound.fields_of(test))
    if block.capture.decode_as:
        return None  # these fields may be anywhere
    if len(fields) != 1 or fields[0].layers or fields[0].name not in QUICK or constant_counts(test):
        return None
    name = fields[0].name
    packets, values = extracted(name, block)
    found = np.zeros(len(block), bool)
    mine = block.packets
    if len(mine) and len(packets):
        first, last = np.searchsorted(packets, [mine[0], mine[-1] + 1])
        one = _One()
        one.length = fields[0].info.bits // 8
        known: dict[tuple[Plain, ...], bool] = {}
        passes = np.zeros(int(last - first), bool)
        for place, here in enumerate(values[int(first) : int(last)]):
            key = tuple(here)
            if key not in known:
                one.values = here
                known[key] = holds(test, one)
            passes[place] = known[key]
        found = np.isin(mine, packets[int(first) : int(last)][passes])
    return found, (QUICK[name][1](block) & ~found) | block.odd | quoted_transport(block)
