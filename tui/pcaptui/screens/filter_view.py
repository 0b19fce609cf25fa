"""The display filter of the main screen: applied in the background, its packets shown as they are found."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

import numpy as np
from numpy.typing import NDArray
from textual.message import Message

from ..widgets.model import ListModel
from ..widgets.packet_list import PacketList

if TYPE_CHECKING:
    from ..capture import Capture
    from ..filters.filter import Filter

PATIENCE = 0.06
"""Seconds that the screen waits for an answer: most filters need less, and the list is then drawn once."""
EVERY = 0.15
"""Seconds between two looks at what was found so far."""


class FilterMoved(Message):
    """More packets were looked at, or all."""

    def __init__(self, run: Run) -> None:
        super().__init__()
        self.run = run


@dataclass(slots=True)
class Run:
    """One filter on its way through the capture. `looked` packets of `total` are done; `found` are those that pass."""

    filter: Filter
    wanted: int
    """The packet that was selected when the filter was applied."""
    looked: int = 0
    total: int = 0
    found: list[NDArray[np.int64]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)
    stopped: bool = False
    running: bool = False
    error: str = ""
    placed: int = -1
    """Where the cursor was put for `wanted`; the person has moved it since if it is elsewhere."""

    def view(self) -> NDArray[np.int64]:
        """Packets found so far, ascending."""
        with self.lock:
            if len(self.found) > 1:
                self.found = [np.concatenate(self.found)]
            return self.found[0] if self.found else np.zeros(0, np.int64)


class FilterView:
    """Keeps the list limited to the packets that pass a filter. `moved` is called from another thread."""

    def __init__(self, model: ListModel, packets: PacketList, moved: Callable[[Run], object]) -> None:
        self._model = model
        self._list = packets
        self._moved = moved
        self._run: Run | None = None

    @property
    def text(self) -> str:
        """The filter's text, "" where there is none."""
        return self._run.filter.text if self._run is not None else ""

    @property
    def wanted(self) -> Filter | None:
        """The filter that is applied."""
        return self._run.filter if self._run is not None else None

    @property
    def view(self) -> NDArray[np.int64] | None:
        """The packets that pass, as far as is known; None: no filter, all packets."""
        return self._run.view() if self._run is not None else None

    @property
    def progress(self) -> float | None:
        """Part of the capture that was looked at, None where nothing is under way."""
        run = self._run
        if run is None or not run.running:
            return None
        return run.looked / max(1, run.total)

    def apply(self, wanted: Filter, select: int | None = None) -> None:
        """Show only packets that pass, and select one; by default the one that is selected. What is shown stays until
        the first answer."""
        here = self._model.index(self._list.cursor) if len(self._model) else 0
        if select is not None:
            here = select
        self.stop()
        self._run = run = Run(wanted, here)
        self._start(run)
        deadline = time.monotonic() + PATIENCE
        while run.running and time.monotonic() < deadline:
            time.sleep(0.002)
        self.show(run)

    def clear(self) -> None:
        """Show all packets again."""
        here = self._model.index(self._list.cursor) if len(self._model) else 0
        if self._run is not None and not len(self._model):
            here = self._run.wanted
        self.stop()
        self._run = None
        self._model.show(None)
        if len(self._model):
            self._list.view_changed(here)

    def stop(self) -> None:
        """Look no further; what was found stays."""
        if self._run is not None:
            self._run.stopped = True

    def grown(self) -> None:
        """More packets were loaded: look at them too."""
        run = self._run
        if run is not None and not run.running and not run.stopped and run.looked < len(self._model.capture):
            self._start(run)

    def _start(self, run: Run) -> None:
        run.running = True
        run.total = len(self._model.capture)
        threading.Thread(target=self._work, args=(run,), daemon=True).start()

    def _work(self, run: Run) -> None:
        told = time.monotonic()
        try:
            capture = cast("Capture", self._model.capture)
            blocks = run.filter.blocks(capture, run.looked, run.total, cancelled=lambda: run.stopped)
            for first, mask in blocks:
                hits = np.flatnonzero(mask) + first
                with run.lock:
                    run.found.append(hits.astype(np.int64))
                run.looked = first + len(mask)
                if time.monotonic() - told > EVERY:
                    told = time.monotonic()
                    self._moved(run)
        except Exception as error:  # a filter must not take the screen down
            if not run.stopped:
                run.error = f"{type(error).__name__}: {error}"
                run.stopped = True
        run.running = False
        self._moved(run)

    def show(self, run: Run) -> bool:
        """Bring the list up to what was found; False if another filter is wanted by now, or nothing was found yet."""
        if run is not self._run:
            return False
        view = run.view()
        if run.running and not len(view):
            return False
        moved = run.placed >= 0 and self._list.cursor != run.placed
        here = self._model.index(self._list.cursor) if moved and len(self._model) else run.wanted
        grown = self._model.view is not None and run.placed >= 0
        self._model.show(view)
        if not len(view):
            self._list.emptied()
            run.placed = -1
            return True
        if grown and moved:
            self._list.grown()
        else:
            self._list.view_changed(nearest(view, here))
            run.placed = self._list.cursor
        return True


def nearest(view: NDArray[np.int64], index: int) -> int:
    """The shown packet that is nearest to packet `index`."""
    place = int(np.searchsorted(view, index))
    if place == len(view):
        return int(view[-1])
    if place and index - view[place - 1] < view[place] - index:
        place -= 1
    return int(view[place])
