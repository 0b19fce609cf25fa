"""The I/O graph as a plot: lines of packets, bytes or bits over time, each of the packets that pass a filter."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ..capture import Capture
from ..filters.filter import Filter
from .io_counts import BILLION, Counts, Steps, Unit, count, place_of, steps_of
from .series import SIGNS, Plot, Series, Style

STYLES: tuple[Style, ...] = ("main", "second", "third", "fourth", "fifth", "sixth")
NAMES = {"packets": "packets", "bytes": "bytes", "bits/s": "bits/s", "errors": "TCP errors"}


@dataclass(frozen=True, slots=True)
class Line:
    """One line: the packets that pass `filter` (None: those that the graph is of), and `place`, which says its colour
    and sign. `chosen` are the passing packets' indexes as far as somebody looked, None: not yet, or no filter."""

    place: int
    filter: Filter | None = None
    chosen: NDArray[np.int64] | None = None
    known: int = 0
    shown: bool = True

    @property
    def name(self) -> str:
        return self.filter.text if self.filter is not None else "all packets"


@dataclass(slots=True)
class Counted:
    """What was counted: of all that the graph is of, and of every line."""

    steps: Steps
    whole: Counts
    lines: list[tuple[Line, Counts]]
    first: NDArray[np.int64]
    """The first packet of each step, or of the next step that has one; shape (steps,)."""


def look(line: Line, capture: Capture, cancelled: Callable[[], bool]) -> Line:
    """Find the packets of a line's filter among those that were not looked at yet. Raises filters' Cancelled."""
    loaded = len(capture)
    if line.filter is None or line.known == loaded:
        return replace(line, known=loaded)
    mask = line.filter.run(capture, line.known, loaded, cancelled=cancelled)
    more = np.flatnonzero(mask) + line.known
    chosen = more if line.chosen is None else np.concatenate([line.chosen, more])
    return replace(line, chosen=chosen, known=loaded)


def counted(
    capture: Capture, lines: Sequence[Line], limit: NDArray[np.int64] | None, size: int | None, wanted: int
) -> Counted:
    """Count in steps of `size` ns, None: in about `wanted` steps. `limit`: only these packets."""
    steps = steps_of(capture, size, wanted)
    places = place_of(capture, steps)
    whole = count(capture, steps, places, limit)
    found = []
    for line in lines:
        chosen = limit if line.filter is None else line.chosen if limit is None else _both(line.chosen, limit)
        found.append((line, whole if line.filter is None else count(capture, steps, places, chosen)))
    return Counted(steps, whole, found, _first(places, steps.count))


def _both(chosen: NDArray[np.int64] | None, limit: NDArray[np.int64]) -> NDArray[np.int64]:
    return limit if chosen is None else np.intersect1d(chosen, limit, assume_unique=True)


def _first(places: NDArray[np.int64], count: int) -> NDArray[np.int64]:
    first = np.full(count + 1, max(0, len(places) - 1), np.int64)
    seen, at = np.unique(places, return_index=True)
    first[seen] = at
    empty = np.ones(count + 1, bool)
    empty[seen] = False
    empty[count] = False
    following = np.where(empty, count, np.arange(count + 1))
    following = np.minimum.accumulate(following[::-1])[::-1]
    found: NDArray[np.int64] = first[following][:count]
    return found


def plot(found: Counted, unit: Unit) -> Plot:
    """The lines that are shown. Values stand where their step begins."""
    series = []
    x = found.steps.starts
    for line, counts in found.lines:
        if line.shown:
            series.append(
                Series(line.name, x, counts.values(unit, found.steps), STYLES[line.place % len(STYLES)],
                       SIGNS[line.place % len(SIGNS)], "line", found.first)
            )  # fmt: skip
    each = "" if unit == "bits/s" else f" in {step_text(found.steps.size)}"
    axis = {"packets": "", "bytes": "bytes", "bits/s": "bits/s", "errors": ""}[unit]
    return Plot("I/O graph", series, y_name=f"{NAMES[unit]}{each}", y_unit=axis)


def step_text(size: int) -> str:
    """A step in words: '500 ms'."""
    for least, name in ((BILLION, "s"), (1_000_000, "ms"), (1_000, "µs")):
        if size >= least:
            return f"{size / least:g} {name}"
    return f"{size} ns"


def stretch_filter(low: float, high: float) -> str:
    """The display filter of packets from `low` to before `high`, in s since the first packet."""
    return f"frame.time_relative >= {max(low, 0.0):.9f} and frame.time_relative < {high:.9f}"
