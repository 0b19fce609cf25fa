"""Trees of counted items, as Wireshark's statistics trees: count, average, least, most, share of the item above."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .table import Column, Table
from .view import View

BILLION = 1_000_000_000
COLUMNS = (
    Column("item", "Item"),
    Column("count", "Count", "count"),
    Column("average", "Average", "number"),
    Column("minimum", "Least", "number"),
    Column("maximum", "Most", "number"),
    Column("percent", "Percent", "percent"),
    Column("rate", "Rate/s", "rate"),
)


_OF_VALUES = ("average", "minimum", "maximum")


@dataclass(slots=True)
class Branch:
    """`values` are those that average, least and most are of. `filter` is that of the packets counted."""

    item: str
    count: int
    values: NDArray[np.floating] | NDArray[np.integer] | None = None
    filter: str = ""
    below: list[Branch] = field(default_factory=list)

    def add(
        self, item: str, count: int, values: NDArray[np.floating] | NDArray[np.integer] | None = None, filter: str = ""
    ) -> Branch:  # fmt: skip
        """A new branch below this one."""
        branch = Branch(item, count, values, filter)
        self.below.append(branch)
        return branch


def tree_table(name: str, title: str, branches: Sequence[Branch], view: View) -> Table:
    """The branches as a table; rates count over the view's span of time. Averages only where something has some."""
    rows: list[Branch] = []
    parents: list[int] = []
    waiting = [(branch, -1) for branch in reversed(branches)]
    while waiting:
        branch, parent = waiting.pop()
        rows.append(branch)
        parents.append(parent)
        waiting += [(below, len(rows) - 1) for below in reversed(branch.below)]
    counts = np.array([row.count for row in rows], np.int64)
    above = np.array([rows[parent].count if parent >= 0 else row.count for row, parent in zip(rows, parents,
                                                                                            strict=True)])  # fmt: skip
    percent = np.full(len(rows), np.nan)
    np.divide(100 * counts, above, out=percent, where=above > 0)
    span = seconds(view)
    rate = counts / span if span else np.full(len(rows), np.nan)
    columns: list[Sequence[str] | NDArray[Any]] = [[row.item for row in rows], counts]
    valued = any(row.values is not None for row in rows)
    if valued:
        columns += [np.array(column) for column in zip(*(_spread(row.values) for row in rows), strict=True)]
    columns += [percent, rate]
    titles = COLUMNS if valued else tuple(column for column in COLUMNS if column.key not in _OF_VALUES)
    return Table(name, title, titles, columns, lambda row: rows[row].filter, np.array(parents, np.int64))


def _spread(values: NDArray[np.floating] | NDArray[np.integer] | None) -> tuple[float, float, float]:
    if values is None or not len(values):
        return np.nan, np.nan, np.nan
    return float(values.mean()), float(values.min()), float(values.max())


def seconds(view: View) -> float:
    """From the first to the last packet that counts."""
    times = view.column("time")
    return (int(times.max()) - int(times.min())) / BILLION if len(times) else 0.0
