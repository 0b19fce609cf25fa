"""A test over many packets: what columns can decide first, and of the rest only what is still open."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from ..choices import among
from . import bound, quick_protocols
from .block import Block, Mask
from .candidates import candidates
from .columns import WHOLE
from .own import by_texts
from .packets import TREES_ONLY, FieldSource, PacketFields
from .search import search
from .shortcuts import shortcut
from .types import Type
from .values import holds
from .vectors import able, test_columns

_LOOK = 256
"""Packets between two looks at whether anybody still waits."""


class Cancelled(Exception):
    """Nobody waits for the result any more."""


class Evaluation:
    """One filter at work. `cancelled` is asked now and then."""

    def __init__(self, source: FieldSource, names: frozenset[str], cancelled: Callable[[], bool]) -> None:
        self._source = source
        self._names = names
        self._cancelled = cancelled

    def run(self, test: bound.Test, block: Block) -> Mask:
        """Which packets of the block pass."""
        if not len(block):
            return np.zeros(0, bool)
        match test:
            case bound.And(parts=parts):
                return self._narrowing(parts, block, True)
            case bound.Or(parts=parts):
                return self._narrowing(parts, block, False)
            case bound.Not(part=part):
                return ~self.run(part, block)
            case bound.Xor(left=left, right=right):
                return self.run(left, block) ^ self.run(right, block)
            case _:
                return self._leaf(test, block)

    def check(self) -> None:
        """Raise Cancelled where nobody waits any more."""
        if self._cancelled():
            raise Cancelled

    def _narrowing(self, parts: Sequence[bound.Test], block: Block, wanted: bool) -> Mask:
        """All parts (`wanted`), or one of them: cheap ones on all packets, the others where it still matters."""
        cheap = [part for part in parts if _cheap(part)]
        dear = [part for part in parts if not _cheap(part)]
        result = np.full(len(block), wanted)
        for part in cheap:
            found = self.run(part, block)
            result = result & found if wanted else result | found
        for part in dear:
            open_ = result if wanted else ~result
            count = np.count_nonzero(open_)
            if not count:
                break
            if count == len(block):
                found = self.run(part, block)
                result = result & found if wanted else result | found
            else:
                result[open_] = self.run(part, block.narrow(open_))
        return result

    def _leaf(self, test: bound.Leaf, block: Block) -> Mask:
        """Of ignored packets nothing is known but the frame."""
        found = self._told(test, block)
        ignored = block.capture.choices.ignored
        if not ignored or all(_of_frames(field.name) for field in bound.fields_of(test)):
            return found
        return found & ~among(ignored, block.packets)

    def _told(self, test: bound.Leaf, block: Block) -> Mask:
        if able(test):
            found = test_columns(test, block)
            if found is not None:
                return self._odd_ones(test, block, found)
        found = by_texts(test, block)
        if found is not None:
            return found
        found = search(test, block)
        if found is not None:
            return self._odd_ones(test, block, found)
        layer = _spoken(test)
        quick = shortcut(test, block) if layer is None else quick_protocols.shortcut(layer, block)
        if quick is not None:
            found, unsure = quick
            if unsure.any():
                found[unsure] = self._one_by_one(test, block.narrow(unsure))
            return found
        return self._one_by_one(test, block)

    def _odd_ones(self, test: bound.Leaf, block: Block, found: Mask) -> Mask:
        """Look at packets again around which there is more than columns know."""
        if all(field.name in WHOLE for field in bound.fields_of(test)) or not block.odd.any():
            return found
        found = found.copy()
        found[block.odd] = self._one_by_one(test, block.narrow(block.odd))
        return found

    def _one_by_one(self, test: bound.Leaf, block: Block) -> Mask:
        found = np.zeros(len(block), bool)
        possible = np.flatnonzero(candidates(test, block))
        if not len(possible):
            return found
        layer = _spoken(test)
        if layer is not None:
            indexes = block.packets[possible].tolist()
            for count, (place, index) in enumerate(zip(possible.tolist(), indexes, strict=True)):
                if count % _LOOK == 0 and self._cancelled():
                    raise Cancelled
                found[place] = layer in self._source.layers(index)
            return found
        fields = PacketFields(block, self._source, self._names)
        for count, place in enumerate(possible.tolist()):
            if count % _LOOK == 0 and self._cancelled():
                raise Cancelled
            fields.move(place)
            found[place] = holds(test, fields)
        return found


def _of_frames(name: str) -> bool:
    return name == "frame" or (name.startswith("frame.") and name != "frame.protocols")


def _spoken(test: bound.Leaf) -> str | None:
    """The protocol that a test asks for, where that is all it asks and rows tell."""
    if isinstance(test, bound.There) and isinstance(test.value, bound.Field) and not test.value.layers:
        name = test.value.name
        return name if test.value.type is Type.PROTOCOL and name not in TREES_ONLY else None
    return None


def _cheap(test: bound.Test) -> bool:
    match test:
        case bound.And(parts=parts) | bound.Or(parts=parts):
            return all(_cheap(part) for part in parts)
        case bound.Not(part=part):
            return _cheap(part)
        case bound.Xor(left=left, right=right):
            return _cheap(left) and _cheap(right)
        case _:
            return able(test)
