"""The timeline above the packet list: shown and hidden by a key."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from textual import on
from textual.message import Message

from ..widgets.timeline import Cells, Timeline, cells_of
from .loading import LoadProgress
from .picture_actions import PictureActions

if TYPE_CHECKING:
    from .verdict import FindingsMoved


class TimelineCounted(Message):
    """A thread has counted the packets of each cell."""

    def __init__(self, cells: Cells | None) -> None:
        super().__init__()
        self.cells = cells


class TimelineActions(PictureActions):
    """A part of MainScreen."""

    _timeline: Timeline | None = None

    def action_timeline(self) -> None:
        """Show the timeline, or hide it."""
        if self._timeline is not None:
            self._timeline.remove()
            self._timeline = None
        else:
            self._timeline = Timeline(id="timeline")
            self._timeline.palette = self.colours
            self.mount(self._timeline, after=self.header_line)
            self.packet_list.window_changed = self._place_timeline
            self._count_timeline()
        self.lines_taken = int(self._timeline is not None)
        self._arrange()

    def _count_timeline(self) -> None:
        if self._timeline is None or not len(self.model.capture):
            return
        times = self.model.capture.table["time"][: len(self.model.capture)]
        found, width = self.model.found, self.app.size.width
        self.run_worker(
            lambda: self.post_message(TimelineCounted(cells_of(times, found, width))),
            thread=True, group="timeline", exclusive=True, exit_on_error=False,
        )  # fmt: skip

    @on(TimelineCounted)
    def timeline_counted(self, event: TimelineCounted) -> None:
        if self._timeline is not None:
            self._timeline.show(event.cells)
            self._place_timeline()

    def _place_timeline(self) -> None:
        shown = self.model.indexes(self.packet_list.on_screen)
        if self._timeline is not None and len(shown):
            times = self.model.capture.table["time"][np.asarray(shown, np.int64)]
            self._timeline.place(int(times.min()), int(times.max()))

    @on(Timeline.Clicked)
    def timeline_clicked(self, event: Timeline.Clicked) -> None:
        """To the first shown packet from that time on."""
        packets = self.model.packets
        times = self.model.capture.table["time"][packets]
        later = np.flatnonzero(times >= event.time)
        if len(packets):
            self.streams.go(int(packets[later[0] if len(later) else -1]))

    # What the timeline hangs on.

    def _packet_selected(self) -> None:
        super()._packet_selected()
        self._place_timeline()

    def on_resize(self) -> None:
        self._count_timeline()

    def on_load_progress(self, event: LoadProgress) -> None:
        self._count_timeline()

    def on_findings_moved(self, event: FindingsMoved) -> None:
        if event.ended:
            self._count_timeline()
