"""What the packet list shows: a capture's rows, in the order and choice of a view, with their times as text."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from textual.cache import LRUCache

from ..choices import Choices
from ..dissect.times import Timed, TimeFormat, format_time
from ..errors import Damage
from .rowlike import RowLike

IGNORED = "<Ignored>"
"""Info of a packet that the person ignores."""
KEPT = 4096
"""Rows kept: a hundred screens."""


class RowSource(Protocol):
    """Makes rows; see dissect.rows.Rows."""

    def row(self, index: int) -> RowLike: ...


class CaptureLike(Timed, Protocol):
    """What the screen asks of a capture; see capture.Capture."""

    def __len__(self) -> int: ...
    @property
    def title(self) -> str: ...
    @property
    def complete(self) -> bool: ...
    @property
    def progress(self) -> float: ...
    @property
    def damage(self) -> list[Damage]: ...
    def load_more(self) -> bool: ...
    def cancel(self) -> None: ...
    def frame(self, index: int) -> bytes: ...
    def link_type(self, index: int) -> int: ...
    def stream_of(self, index: int) -> tuple[str, int] | None: ...
    def stream_label(self, index: int) -> str | None: ...
    def stream_packets(self, kind: str, number: int) -> NDArray[np.int64]: ...


class Age(Enum):
    """What is at hand of a row: nothing, one from before the last change, or all."""

    NONE = 0
    STALE = 1
    FRESH = 2


@dataclass(frozen=True)
class BareRow:
    """What stands in the list where no row was made: the packet is ignored, or a mistake of ours must not close the
    screen."""

    number: int
    length: int
    info: str
    source: str = ""
    destination: str = ""
    protocol: str = "?"
    kind: str = "malformed"


class ListModel:
    """Rows by their position in the view. The view is an array of packet indexes, or None: all packets.

    Rows are kept as long as they are likely to be drawn again; `changed` makes them stale, for facts that became
    known since.
    """

    def __init__(self, capture: CaptureLike, rows: RowSource) -> None:
        self.capture = capture
        self.rows = rows
        self.view: NDArray[np.int64] | None = None
        self.sorted: NDArray[np.int64] | None = None
        """The view's packets in another order than the capture's."""
        self.sorted_by: tuple[str, bool] | None = None
        """The column that `sorted` goes by, and whether its last value comes first."""
        self.shown: Callable[[], object] = lambda: None
        """Called after another choice of packets is shown: an order of the one before is gone."""
        self._places: NDArray[np.int64] | None = None
        known: Choices | None = getattr(capture, "choices", None)
        self.choices = known if known is not None else Choices()
        self.marked = self.choices.marked
        self.found: NDArray[np.uint8] | None = None
        """The worst severity of each packet's findings: 3 error, 2 warning, 1 note, 0 none."""
        self.references = self.choices.references
        self.view_version = 0
        self.time_format = TimeFormat.SINCE_START
        self.version = 0
        self._cache: LRUCache[int, RowLike] = LRUCache(KEPT)
        self._stale: LRUCache[int, RowLike] = LRUCache(KEPT)

    def __len__(self) -> int:
        if self.sorted is not None:
            return len(self.sorted)
        return len(self.capture) if self.view is None else len(self.view)

    def show(self, view: NDArray[np.int64] | None) -> None:
        """Show these packets only, ascending; None: all. Rows made so far stay as they are."""
        self.view = self.choices.shown = view
        self.sort(None)
        self.shown()

    def sort(
        self, packets: NDArray[np.int64] | None, order: tuple[str, bool] | None = None,
        places: NDArray[np.int64] | None = None,
    ) -> None:  # fmt: skip
        """Show the view's packets in this order, which `order` names; None: in the capture's. `places` sort `packets`,
        where somebody had the time to find out."""
        self.sorted = packets
        self.sorted_by = order if packets is not None else None
        self._places = places if packets is not None else None
        self.view_version += 1

    @property
    def packets(self) -> NDArray[np.int64]:
        """The shown packets, ascending."""
        return np.arange(len(self.capture), dtype=np.int64) if self.view is None else self.view

    def indexes(self, positions: range) -> NDArray[np.int64]:
        """The packets shown at some positions."""
        if self.sorted is not None:
            return self.sorted[positions.start : positions.stop]
        if self.view is None:
            return np.arange(positions.start, positions.stop, dtype=np.int64)
        return self.view[positions.start : positions.stop]

    def shows(self, index: int) -> bool:
        """Whether a packet is in the view."""
        return 0 <= index < len(self.capture) and len(self) > 0 and self.index(self.position(index)) == index

    def index(self, position: int) -> int:
        """The packet shown at a position."""
        if self.sorted is not None:
            return int(self.sorted[position])
        return position if self.view is None else int(self.view[position])

    def position(self, index: int) -> int:
        """Where a packet is shown; that of the next one shown where the view leaves it out."""
        if self.sorted is not None:
            if self._places is None:
                self._places = np.argsort(self.sorted)
            place = int(np.searchsorted(self.sorted, index, sorter=self._places))
            return int(self._places[min(place, len(self.sorted) - 1)])
        if self.view is None:
            return min(index, len(self) - 1)
        return min(int(np.searchsorted(self.view, index)), len(self) - 1)

    def positions(self, indexes: NDArray[np.int64]) -> NDArray[np.int64]:
        """Where packets are shown, ascending; those that the view leaves out are not among them."""
        packets = self.sorted if self.sorted is not None else self.view
        if packets is None:
            return np.sort(indexes[indexes < len(self)])
        return np.flatnonzero(np.isin(packets, indexes))

    def known(self, position: int) -> bool:
        """Whether the row is at hand without dissecting."""
        index = self.index(position)
        return index in self._cache or index in self.choices.ignored

    def age(self, position: int) -> Age:
        index = self.index(position)
        if index in self.choices.ignored:
            return Age.FRESH
        return Age.FRESH if index in self._cache else Age.STALE if index in self._stale else Age.NONE

    def row(self, position: int) -> RowLike:
        """The row at a position, dissected if need be."""
        index = self.index(position)
        if index in self.choices.ignored:
            return BareRow(index + 1, self.length(position), IGNORED, protocol="", kind="ignored")
        row = self._cache.get(index)
        if row is None:
            try:
                row = self.rows.row(index)
            except Exception as error:
                row = BareRow(index + 1, self.length(position), f"[No row: {type(error).__name__}: {error}]")
            self._cache[index] = row
        return row

    def stale_row(self, position: int) -> RowLike | None:
        """The row as it was before the last change, to be shown until there is time to make it anew."""
        return self._stale.get(self.index(position))

    def time(self, position: int) -> str:
        before = self.index(position - 1) if position > 0 else None
        index = self.index(position)
        reference = self.choices.reference(index)
        if reference == index and self.time_format is TimeFormat.SINCE_START:
            return "*REF*"
        return format_time(self.capture, index, self.time_format, before, reference)

    def severity(self, index: int) -> int:
        """The worst severity of findings that name a packet, 0 for none."""
        return int(self.found[index]) if self.found is not None and index < len(self.found) else 0

    def refer(self, index: int) -> bool:
        """Let time since the start begin anew at a packet, or no more; whether it does."""
        return self.choices.refer(index)

    def length(self, position: int) -> int:
        """Length on the wire, without dissecting."""
        table: Any = self.capture.table
        return int(table["length"][self.index(position)])

    def changed(self) -> None:
        """Rows made so far may differ from now on."""
        self.version += 1
        self._stale, self._cache = self._cache, LRUCache(KEPT)
