"""Rows of a statistic's table in the order in which they are looked at: sorted, filtered, folded. No screen in here.

Whole columns at once, so that some hundred thousand rows take a moment; it runs in a thread.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..statistics.table import Table, Texts

NATURAL = 50_000
"""Up to so many different texts of a column, numbers in them count as numbers: 10.0.0.9 before 10.0.0.10."""
DEEPEST = 64
"""Levels of a tree; what claims to be deeper stands at the top."""
_BLOCK = 5000
_UNFOLDED = 100
"""Rows that a tree opens with at most."""
_PARTS = re.compile(r"(\d+)")
_TEST = re.compile(r"([^<>=!]+)(<=|>=|==|=|!=|<|>)(-?\d+(?:\.\d+)?)")
_OPERATORS = {"<": operator.lt, ">": operator.gt, "<=": operator.le, ">=": operator.ge,
              "=": operator.eq, "==": operator.eq, "!=": operator.ne}  # fmt: skip

Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]


class TableRows:
    """`go_on` is called between pieces of work and may raise, to stop it."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self.parents = _sound(table.parents, len(table))
        self.depths: Ints = np.zeros(len(table), np.int64)
        self.has_children: Mask = np.zeros(len(table), bool)
        if self.parents is not None:
            self.depths = _depths(self.parents)
            if self.depths.max(initial=0) >= DEEPEST:
                self.parents = np.where(self.depths < DEEPEST, self.parents, -1)
                self.depths = _depths(self.parents)
            self.has_children[self.parents[self.parents >= 0]] = True
        self._ranks: dict[int, Ints] = {}
        self._different: dict[int, tuple[list[str], Ints]] = {}

    def __len__(self) -> int:
        return len(self.table)

    @property
    def folded_at_first(self) -> Mask:
        """Which rows are folded to begin with: as many levels are open as fit a screen or two."""
        folded: Mask = np.zeros(len(self), bool)
        if len(self) > _UNFOLDED:
            counts = np.cumsum(np.bincount(self.depths))
            folded[self.depths >= max(0, int((counts <= _UNFOLDED).sum()) - 1)] = True
        return folded & self.has_children

    def order(
        self, sort: int, descending: bool, text: str = "", folded: Mask | None = None,
        go_on: Callable[[], None] = lambda: None,
    ) -> Ints:  # fmt: skip
        """Places of the rows to show, sorted by a column (-1: as they are). With a text only rows that have all its
        words, and those above them; then nothing is folded."""
        ranks = self._rank(sort, go_on) if sort >= 0 else np.arange(len(self))
        if descending and sort >= 0:
            last = np.iinfo(np.int64).max
            ranks = np.where(ranks == last, last, -ranks)
        order = np.argsort(ranks, kind="stable") if self.parents is None else _as_tree(self.parents, self.depths, ranks)
        wanted = self._wanted(text, go_on) if text else None
        if self.parents is not None:
            if wanted is not None:
                wanted = _with_those_above(wanted, self.parents, self.depths)
            elif folded is not None:
                wanted = ~_below(folded, self.parents, self.depths)
        return order if wanted is None else order[wanted[order]]

    # Sorting.

    def _rank(self, column: int, go_on: Callable[[], None]) -> Ints:
        """A number a row by which the column sorts; the largest where there is nothing to tell."""
        found = self._ranks.get(column)
        if found is None:
            values = self.table.values[column]
            numbers = _numbers(values)
            found = _rank_numbers(numbers) if numbers is not None else self._rank_texts(column, go_on)
            self._ranks[column] = found
        return found

    def _rank_texts(self, column: int, go_on: Callable[[], None]) -> Ints:
        texts, places = self.different(column, go_on)
        order = sorted(range(len(texts)), key=(lambda at: natural(texts[at])) if len(texts) <= NATURAL else
                       texts.__getitem__)  # fmt: skip
        ranks = np.zeros(len(texts), np.int64)
        ranks[order] = np.arange(len(texts))
        ranks[[at for at, text in enumerate(texts) if not text]] = np.iinfo(np.int64).max
        return ranks[places]

    def different(self, column: int, go_on: Callable[[], None]) -> tuple[list[str], Ints]:
        """The different texts of a column, made once, and which of them each row has."""
        found = self._different.get(column)
        if found is None:
            values = self.table.values[column]
            rows: Sequence[int] = range(len(self))
            keys = values.keys if isinstance(values, Texts) else None
            if keys is not None:
                _, firsts, inverse = np.unique(keys, return_index=True, return_inverse=True)
                rows = firsts.tolist()
            numbers: dict[str, int] = {}
            each: list[int] = []
            for start in range(0, len(rows), _BLOCK):
                go_on()
                each += (
                    numbers.setdefault(_as_text(values[row]), len(numbers)) for row in rows[start : start + _BLOCK]
                )
            places = np.array(each, np.int64)
            found = list(numbers), places if keys is None else places[inverse.reshape(-1)]
            self._different[column] = found
        return found

    # Filtering.

    def _wanted(self, text: str, go_on: Callable[[], None]) -> Mask:
        mask: Mask = np.ones(len(self), bool)
        for word in text.lower().split():
            mask &= self._has(word, go_on)
        return mask

    def _has(self, word: str, go_on: Callable[[], None]) -> Mask:
        """Rows with a word in a text, with a number, or that pass a test like 'packets>100'."""
        test = _TEST.fullmatch(word)
        column = None if test is None else self._column(test[1])
        if test is not None and column is not None:
            with np.errstate(invalid="ignore"):
                passed: Mask = _OPERATORS[test[2]](column, float(test[3]))
            return passed
        mask: Mask = np.zeros(len(self), bool)
        for place, values in enumerate(self.table.values):
            numbers = _numbers(values)
            if numbers is None:
                texts, places = self.different(place, go_on)
                mask |= np.fromiter((word in one.lower() for one in texts), bool, len(texts))[places]
            elif _is_number(word):
                mask |= numbers == float(word)
        return mask

    def _column(self, name: str) -> NDArray[Any] | None:
        """A column of numbers by the beginning of its title or key."""
        for place, column in enumerate(self.table.columns):
            names = (column.title.lower().replace(" ", ""), column.key)
            if any(one.startswith(name) for one in names):
                numbers = _numbers(self.table.values[place])
                if numbers is not None:
                    return numbers
        return None


def natural(text: str) -> tuple[Any, ...]:
    """A key by which numbers in texts sort as numbers."""
    return tuple((0, int(part), "") if part.isdecimal() and len(part) < 19 else (1, 0, part)
                 for part in _PARTS.split(text[:200].casefold()) if part)  # fmt: skip


def _is_number(word: str) -> bool:
    return word.replace(".", "", 1).isdecimal() and len(word) < 19


def _as_text(value: object) -> str:
    return value if isinstance(value, str) else "" if value is None else str(value)


def _numbers(values: NDArray[Any] | Sequence[str]) -> NDArray[Any] | None:
    """The column, if it is one of numbers."""
    return values if isinstance(values, np.ndarray) and values.dtype.kind in "iufb" else None


def _rank_numbers(values: NDArray[Any]) -> Ints:
    _, places = np.unique(values, return_inverse=True)
    ranks = places.astype(np.int64).reshape(-1)
    if values.dtype.kind == "f":
        ranks[~np.isfinite(values)] = np.iinfo(np.int64).max
    return ranks


# Trees.


def _sound(parents: Ints | None, count: int) -> Ints | None:
    """Parents that stand before their children; what does not stands at the top."""
    if parents is None:
        return None
    found = np.asarray(parents, np.int64)
    return np.where((found >= 0) & (found < np.arange(count)), found, -1)


def _depths(parents: Ints) -> Ints:
    depths = np.zeros(len(parents), np.int64)
    above = parents
    while (deeper := above >= 0).any():
        depths += deeper
        above = np.where(deeper, parents[above], -1)
        if depths.max(initial=0) > DEEPEST:
            break
    return depths


def _levels(depths: Ints) -> list[Ints]:
    """The rows of each level but the first, from the top."""
    return [np.flatnonzero(depths == level) for level in range(1, int(depths.max(initial=0)) + 1)]


def _as_tree(parents: Ints, depths: Ints, ranks: Ints) -> Ints:
    """Rows behind their parents, those of one parent by their ranks."""
    count = len(parents)
    levels = _levels(depths)
    sizes = np.ones(count, np.int64)
    for rows in reversed(levels):
        np.add.at(sizes, parents[rows], sizes[rows])
    by_parent = np.lexsort((ranks, parents))
    before = np.cumsum(sizes[by_parent]) - sizes[by_parent]
    groups = parents[by_parent]
    first = np.concatenate([[True], groups[1:] != groups[:-1]])[:count]
    start = np.maximum.accumulate(np.where(first, np.arange(count), 0))
    offsets = np.zeros(count, np.int64)
    offsets[by_parent] = before - before[start]
    places = offsets.copy()
    for rows in levels:
        places[rows] = places[parents[rows]] + 1 + offsets[rows]
    order = np.zeros(count, np.int64)
    order[places] = np.arange(count)
    return order


def _with_those_above(wanted: Mask, parents: Ints, depths: Ints) -> Mask:
    wanted = wanted.copy()
    for rows in reversed(_levels(depths)):
        wanted[parents[rows[wanted[rows]]]] = True
    return wanted


def _below(folded: Mask, parents: Ints, depths: Ints) -> Mask:
    """Which rows stand below a folded one."""
    hidden: Mask = np.zeros(len(folded), bool)
    for rows in _levels(depths):
        above = parents[rows]
        hidden[rows] = folded[above] | hidden[above]
    return hidden
