"""A table of a statistic: columns as arrays, so that a million rows sort at once, with texts made for what is shown."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from math import isfinite
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Kind = Literal["text", "count", "bytes", "number", "seconds", "moment", "percent", "rate"]
"""count: a number of things; bytes: of bytes; number: any other one; seconds: a duration; moment: s since the first
packet of the capture; percent: 0..100; rate: a second. Only `text` is left-aligned."""


@dataclass(frozen=True, slots=True)
class Column:
    """`key` is what scripts call it (snake_case, stable), `title` what people read, at most 16 cells."""

    key: str
    title: str
    kind: Kind = "text"


@dataclass(slots=True)
class Table:
    """`values` has one array (numbers; NaN: nothing to tell) or sequence of texts a column, all of one length.

    `filter(row)` is the display filter of a row's packets, "" where there is none. `parents` makes it a tree: the row
    above which each belongs, -1 at the top; rows stand behind their parent. `notes` are sentences below the table.
    `sort` is the column that it opens sorted by ("": as it is), `descending` whether largest first. A text of a
    packet is raw: whoever shows it escapes it.
    """

    name: str
    title: str
    columns: Sequence[Column]
    values: Sequence[NDArray[Any] | Sequence[str]]
    filter: Callable[[int], str] = lambda row: ""
    parents: NDArray[np.int64] | None = None
    notes: list[str] = field(default_factory=list)
    sort: str = ""
    descending: bool = True

    def __len__(self) -> int:
        return len(self.values[0]) if self.values else 0

    def value(self, row: int, column: int) -> str | int | float | None:
        """One cell as plain Python; None where there is nothing to tell."""
        found = self.values[column][row]
        if isinstance(found, str):
            return found
        plain: int | float = found.item() if isinstance(found, np.generic) else found
        if isinstance(plain, float):
            if not isfinite(plain):
                return None
            return int(plain) if self.columns[column].kind in ("count", "bytes") else plain
        return plain

    def depth(self, row: int) -> int:
        """How deep a row of a tree stands, 0 at the top."""
        depth = 0
        while self.parents is not None and (row := int(self.parents[row])) >= 0:
            depth += 1
        return depth


class Texts(Sequence[str]):
    """Texts made when they are asked for; `make(row)` must be cheap and always say the same.

    Rows of one key in `keys` have one text (numbers of addresses, say): who sorts or searches makes it once."""

    def __init__(self, count: int, make: Callable[[int], str], keys: NDArray[Any] | None = None) -> None:
        self._count = count
        self._make = make
        self.keys = keys

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, row: Any) -> Any:
        if isinstance(row, slice):
            return [self._make(at) for at in range(*row.indices(self._count))]
        if not -self._count <= row < self._count:
            raise IndexError(row)
        return self._make(int(row) % self._count)


class Tables(Sequence[Table]):
    """Tables that are made one by one, each when it is first asked for, so that a tab costs nothing until it is looked
    at. Names and titles are known beforehand: `tables.titles[place]` while `tables[place]` may take some time (do that
    in the thread that made it, or in another; the View's `go_on` may raise Stopped out of it). len() and titles cost
    nothing. Made tables are kept.
    """

    def __init__(self, *makers: tuple[str, str, Callable[[], Table]]) -> None:
        """(name, title, function that makes the table of that name and title) each."""
        self._makers = makers
        self._made: dict[int, Table] = {}

    @property
    def names(self) -> list[str]:
        return [name for name, _, _ in self._makers]

    @property
    def titles(self) -> list[str]:
        return [title for _, title, _ in self._makers]

    def __len__(self) -> int:
        return len(self._makers)

    def __getitem__(self, place: Any) -> Any:
        if isinstance(place, slice):
            return [self[at] for at in range(*place.indices(len(self)))]
        if not -len(self) <= place < len(self):
            raise IndexError(place)
        at = place % len(self)
        if at not in self._made:
            self._made[at] = self._makers[at][2]()
        return self._made[at]
