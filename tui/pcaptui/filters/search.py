"""`contains` and `matches` on whole layers: the file's bytes are searched where they lie, without a copy."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Callable

import numpy as np

from . import bound
from .block import BASES, Block, Mask, Numbers
from .literals import Constant
from .values import as_bytes


def search(test: bound.Leaf, block: Block) -> Mask | None:
    """Packets that pass, None where this is no search for bytes in a layer that columns know the place of."""
    match test:
        case bound.Compare(operator="contains", left=bound.Field() as field, right=Constant(value=value)):
            needle = as_bytes(value)
            return _searched(field, block, lambda spans: _find(block, needle, spans)) if needle else _none(field, block)
        case bound.Match(left=bound.Field() as field, pattern=pattern):
            return _searched(field, block, lambda spans: _match(block, pattern.search, spans))
    return None


def _none(field: bound.Field, block: Block) -> Mask | None:
    return np.zeros(len(block), bool) if _known(field) else None


def _known(field: bound.Field) -> bool:
    return field.name in BASES and not field.layers


class _Spans:
    """Where in the file the layer lies in each packet that has it."""

    def __init__(self, which: Numbers, start: Numbers, end: Numbers, raw: memoryview) -> None:
        self.which = which
        self.start = start
        self.end = end
        self.raw = raw


def _searched(field: bound.Field, block: Block, find: Callable[[_Spans], Numbers]) -> Mask | None:
    """A mask of the packets of which `find` says so, file by file."""
    if not _known(field):
        return None
    lane = block.lanes(field.name)[0]
    there = np.ones(len(block), bool) if lane.present is None else lane.present
    if field.name != "frame":
        there = there & ~block.odd
    start, _, end = block.layer(field.name)
    found = np.zeros(len(block), bool)
    offsets = block.column("offset")
    for raw, mine in block.files():
        which = np.flatnonzero(there & (end > start) if mine is None else there & mine & (end > start))
        if len(which):
            spans = _Spans(which, offsets[which] + start[which], offsets[which] + end[which], raw)
            found[which[find(spans)]] = True
    return found


def _find(block: Block, needle: bytes, spans: _Spans) -> Numbers:
    """Places in `spans` of those that contain the needle."""
    starts, ends = array("q", spans.start.astype(np.int64).tobytes()), array("q", spans.end.astype(np.int64).tobytes())
    hits: list[int] = []
    if (spans.start[1:] < spans.end[:-1]).any():
        return np.array([i for i, (a, b) in enumerate(zip(starts, ends, strict=True))
                         if needle in spans.raw[a:b].tobytes()], np.int64)  # fmt: skip
    # Behind a hit the search goes on with the next packet; what lies between the layers is passed over.
    data = bytes(spans.raw[starts[0] : ends[-1]]) if ends[-1] - starts[0] < (1 << 28) else None
    if data is None:
        return _match(block, lambda part: needle in bytes(part) or None, spans)
    base, at, size = starts[0], 0, len(needle)
    while (at := data.find(needle, at)) >= 0:
        place = bisect_right(starts, at + base) - 1
        if at + base + size <= ends[place]:
            hits.append(place)
            if place + 1 == len(starts):
                break
            at = starts[place + 1] - base
        else:
            at += 1
    return np.array(hits, np.int64)


def _match(block: Block, look: Callable[[memoryview], object], spans: _Spans) -> Numbers:
    raw = spans.raw
    ends = spans.end.tolist()
    hits = [i for i, start in enumerate(spans.start.tolist()) if look(raw[start : ends[i]]) is not None]
    return np.array(hits, np.int64)
