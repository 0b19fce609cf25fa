"""Packet lengths: how many packets of each range of lengths there are."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from .table import Column, Table
from .view import View

BOUNDS = (0, 20, 40, 80, 160, 320, 640, 1280, 2560, 5120, 1 << 32)
"""The ranges that tshark -z plen,tree has; the last is open."""
BILLION = 1_000_000_000
_COLUMNS = (
    Column("range", "Length"),
    Column("packets", "Packets", "count"),
    Column("average", "Average", "number"),
    Column("minimum", "Shortest", "count"),
    Column("maximum", "Longest", "count"),
    Column("percent", "Percent", "percent"),
    Column("rate", "Packets/s", "rate"),
)


def tables(view: View) -> Sequence[Table]:
    """One table: a row a range, and one of all."""
    lengths = view.column("length").astype(np.int64)
    span = _span(view)
    ranges = list(zip(BOUNDS[:-1], (bound - 1 for bound in BOUNDS[1:]), strict=True))
    rows = [(0, BOUNDS[-1]), *ranges]
    inside = [lengths[(lengths >= low) & (lengths <= high)] for low, high in rows]
    counts = np.array([len(some) for some in inside])
    texts = ["all", *(_words(low, high) for low, high in ranges)]
    found = (
        texts,
        counts,
        np.array([some.mean() if len(some) else np.nan for some in inside]),
        np.array([some.min() if len(some) else np.nan for some in inside]),
        np.array([some.max() if len(some) else np.nan for some in inside]),
        100 * counts / max(1, len(lengths)),
        counts / span if span else np.full(len(rows), np.nan),
    )
    parents: NDArray[np.int64] = np.array([-1] + [0] * len(ranges))
    return [Table("lengths", "Packet lengths", _COLUMNS, found, lambda row: _filter(*rows[row]), parents)]


def _span(view: View) -> float:
    times = view.column("time")
    return (int(times.max()) - int(times.min())) / BILLION if len(times) else 0.0


def _words(low: int, high: int) -> str:
    return f"{low} and more" if high == BOUNDS[-1] - 1 else f"{low}-{high}"


def _filter(low: int, high: int) -> str:
    if high >= BOUNDS[-1] - 1:
        return f"frame.len >= {low}" if low else ""
    return f"frame.len >= {low} and frame.len <= {high}" if low else f"frame.len <= {high}"
