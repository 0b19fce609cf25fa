"""Numbers by group, on whole columns."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


def counts(groups: Ints, number: int) -> Ints:
    """Entries of each of `number` groups; entries of group -1 belong to none."""
    return np.bincount(groups[groups >= 0], minlength=number)


def spread(groups: Ints, values: NDArray[np.floating] | Ints, number: int) -> tuple[Floats, Floats, Floats, Floats]:
    """Mean, least, median and most of each group's values that are not NaN; NaN for groups without any."""
    values = values.astype(np.float64)
    good = (groups >= 0) & ~np.isnan(values)
    groups, values = groups[good], values[good]
    found = [np.full(number, np.nan) for _ in range(4)]
    if len(groups):
        order = np.lexsort((values, groups))
        values = values[order]
        present, start, size = np.unique(groups[order], return_index=True, return_counts=True)
        last = start + size - 1
        found[0][present] = np.add.reduceat(values, start) / size
        found[1][present] = values[start]
        found[2][present] = (values[start + (size - 1) // 2] + values[start + size // 2]) / 2
        found[3][present] = values[last]
    mean, least, median, most = found
    return mean, least, median, most


def total(groups: Ints, values: NDArray[np.floating] | Ints, number: int) -> Floats:
    """The sum of each group's values."""
    good = groups >= 0
    found = np.bincount(groups[good], weights=values[good].astype(np.float64), minlength=number)
    return found.astype(np.float64)
