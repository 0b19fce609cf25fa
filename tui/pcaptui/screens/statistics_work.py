"""What the statistics screen does in threads: count, make a table, sort and filter it; and what it keeps of that."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from textual.message import Message

from ..capture import Capture
from ..statistics.registry import Make
from ..statistics.table import Table
from ..statistics.view import Stopped, View
from ..widgets.statistics_table import Looked

KNOWN_AGAIN = 50_000
"""Up to so many rows, the selected one is looked for by its first text after counting anew."""


class Work:
    """Which work is wanted. What was begun before the last `begin` is told to stop."""

    def __init__(self) -> None:
        self.generation = 0
        self.part: float | None = None
        self._mine = threading.local()

    def begin(self) -> int:
        self.generation += 1
        self.part = None
        return self.generation

    def enter(self, generation: int) -> None:
        """Called in the thread that does it."""
        self._mine.generation = generation

    def over(self) -> bool:
        """Whether nobody waits for what this thread does."""
        mine: int = getattr(self._mine, "generation", self.generation)
        return mine != self.generation

    def progress(self, part: float) -> None:
        if not self.over():
            self.part = max(0.0, min(part, 1.0))

    def go_on(self) -> None:
        if self.over():
            raise Stopped

    def view(self, capture: Capture, chosen: NDArray[np.int64] | None) -> View:
        return View(capture, chosen, cancelled=self.over, progress=self.progress)


@dataclass(slots=True, eq=False)
class Counted:
    """A statistic of some packets: its tables, made when they are looked at."""

    work: Work
    make: Make
    view: View
    limit: str
    """What the counted packets are limited to, in words; "" for all."""
    limit_filter: str
    tables: Sequence[Table] | None = None
    looked: dict[int, Looked] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def titles(self) -> list[str]:
        if self.tables is None:
            return []
        lazy: list[str] | None = getattr(self.tables, "titles", None)
        return list(lazy) if lazy is not None else [table.title for table in self.tables]

    def rows(self, tab: int) -> int | None:
        """How many rows a table has, if it is made."""
        if tab in self.looked:
            return len(self.looked[tab].rows)
        lazy = getattr(self.tables, "titles", None) is not None
        return None if self.tables is None or lazy else len(self.tables[tab])

    def at(self, tab: int) -> Looked:
        """The table of a tab. Takes its time."""
        with self.lock:
            self.view.go_on()
            if self.tables is None:
                self.tables = self.make(self.view)
            if tab not in self.looked:
                self.looked[tab] = Looked.at(self.tables[tab])
            return self.looked[tab]


class Arranged(Message):
    """A table is there to be shown, or why there is none."""

    def __init__(
        self, generation: int, counted: Counted, tab: int, looked: Looked | None, order: NDArray[np.int64],
        text: str = "", error: str = "",
    ) -> None:  # fmt: skip
        super().__init__()
        self.generation = generation
        self.counted = counted
        self.tab = tab
        self.looked = looked
        self.order = order
        self.text = text
        self.error = error


def arrange(
    generation: int, counted: Counted, tab: int, text: str, before: Looked | None,
    post: Callable[[Arranged], object],
) -> None:  # fmt: skip
    """Make, sort and filter a table, in this thread; `before` is how an older one was looked at."""
    work = counted.work
    work.enter(generation)
    none = np.zeros(0, np.int64)
    try:
        new = tab not in counted.looked
        looked = counted.at(tab)
        if new and before is not None:
            look_alike(looked, before)
        order = looked.rows.order(looked.sort, looked.descending, text, looked.folded, work.go_on)
        post(Arranged(generation, counted, tab, looked, order, text))
    except Stopped:
        return
    except Exception as problem:  # whatever is in the capture, the screen stays
        reason = f"{type(problem).__name__}: {problem}" if str(problem) else type(problem).__name__
        post(Arranged(generation, counted, tab, None, none, text, reason))


def look_alike(looked: Looked, before: Looked) -> None:
    """Sort as an older table of the same kind was, with the cursor on the same row."""
    old, new = before.table, looked.table
    if [column.key for column in old.columns] != [column.key for column in new.columns]:
        return
    looked.sort, looked.descending, looked.first = before.sort, before.descending, before.first
    if len(new) == len(old):
        looked.folded = before.folded & looked.rows.has_children
    if before.place is None or not len(new):
        return
    looked.place = min(before.place, len(new) - 1)
    if len(new) <= KNOWN_AGAIN and before.place < len(old):
        wanted = old.value(before.place, 0)
        found = (row for row in range(len(new)) if new.value(row, 0) == wanted)
        looked.place = next(found, looked.place)
