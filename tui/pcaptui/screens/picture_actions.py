"""Keys of the main screen that open pictures and statistics."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from ..widgets.lines import KeyHint
from .finding_actions import FindingActions

if TYPE_CHECKING:
    from ..filters.filter import Filter
    from .picture_host import PictureHost
    from .picture_menu import Entry

_STREAM_GRAPHS = (
    ("q", "time-sequence", "Time sequence", "bytes sent over time (Stevens), with what was lost and sent again"),
    ("z", "tcptrace", "Time sequence, tcptrace", "segments, what was acknowledged, the receiver's window"),
    ("r", "rtt", "Round-trip time", "how long the other side took to acknowledge"),
    ("p", "throughput", "Throughput", "bits a second, and what of them was new"),
    ("n", "window", "Window", "the receiver's window, and bytes in flight"),
)


@dataclass(slots=True)
class Left:
    """A screen that was left for the packets: how the list's view is called, what it was limited to before, how the
    screen is opened again, and its name."""

    view: str
    stream: tuple[str, int] | None
    filter: Filter | None
    again: Callable[[], None]
    name: str


class PictureActions(FindingActions):
    """A part of MainScreen. What is opened gets a `PictureHost`: the way to the capture, and back to its packets."""

    _left: Left | None = None

    def action_pictures(self) -> None:
        """The menu of pictures and statistics."""
        if not len(self.model.capture):
            self.say("No packets")
            return
        from .picture_menu import PictureMenu

        entries = self._entries()

        def chosen(key: str | None) -> None:
            for entry in entries:
                if entry.key == key:
                    entry.act()

        self.app.push_screen(PictureMenu(entries, self.colours), chosen)

    def _entries(self) -> list[Entry]:
        from ..statistics.registry import load
        from .picture_menu import Entry

        stream = self.picture_host().selected_stream()
        of = f"TCP stream graphs of {stream[0]}:{stream[1]}" if stream and stream[0] == "tcp" else "TCP stream graphs"
        found = [
            Entry("Pictures", "f", "Flow graph", "hosts side by side, an arrow a packet", self.action_flow_graph),
            Entry("Pictures", "i", "I/O graph", "packets or bytes over time, a line a filter", self.action_io_graph),
        ]
        found += [Entry(of, key, title, about, partial(self.open_stream_graph, kind))
                  for key, kind, title, about in _STREAM_GRAPHS]  # fmt: skip
        return found + [Entry("Statistics", each.key, each.title, each.about, partial(self.open_statistic, each.name))
                        for each in load()]  # fmt: skip

    def action_flow_graph(self) -> None:
        from .flow_graph import FlowGraphScreen

        self.app.push_screen(FlowGraphScreen(self.picture_host()))

    def action_io_graph(self) -> None:
        from .io_graph import IOGraphScreen

        self.app.push_screen(IOGraphScreen(self.picture_host()))

    def open_stream_graph(self, kind: str) -> None:
        """One of the TCP stream graphs, of the selected packet's stream."""
        host = self.picture_host()
        stream = host.selected_stream()
        if stream is None or stream[0] != "tcp":
            self.say("This packet belongs to no TCP conversation")
            return
        from .stream_graph import StreamGraphScreen

        self.app.push_screen(StreamGraphScreen(host, kind, stream[1], host.selected_packet()))

    def open_statistic(self, name: str) -> None:
        from .statistics import StatisticsScreen

        host, tab = self.picture_host(), 0
        packet = host.selected_packet()
        if name in ("conversations", "endpoints") and packet is not None:
            from ..statistics.ends import layer_of

            tab = layer_of(host.capture, packet)  # the table that tells of the selected packet
        self.app.push_screen(StatisticsScreen(host, name, tab=tab))

    def picture_host(self) -> PictureHost:
        raise NotImplementedError

    # To the packets and back.

    def filter_from(self, wanted: Filter, again: Callable[[], None], name: str) -> None:
        """Limit the list; Esc restores what was shown before and calls `again`, which opens the screen `name`."""
        before = self.streams.stream, self.filters.wanted
        self.apply_filter(wanted)
        self._left = Left(self._view_now(), *before, again, name)
        self._show_footer()

    def apply_filter(self, wanted: Filter) -> None:
        raise NotImplementedError

    def _left_is_shown(self) -> bool:
        return self._left is not None and self._view_now() == self._left.view

    def _show_header(self) -> None:
        if self._left is not None and not self._left_is_shown():
            self._left = None  # the person went on to something else
        super()._show_header()

    def extra_hints(self) -> list[KeyHint]:
        left = self._left
        if left is None or not self._left_is_shown():
            return super().extra_hints()
        return [KeyHint("Esc", left.name, "screen.back")]

    def leave_finding(self) -> bool:
        """Back to the screen that the list was limited from, if it still is."""
        left = self._left
        if left is None or not self._left_is_shown():
            return super().leave_finding()
        self._left = None
        if left.filter is not None and left.filter.test is not None:
            self.filters.apply(left.filter)
        else:
            self.filters.clear()
        if left.stream is not None:
            self.streams.show(*left.stream)
        self._show_header()
        self._show_footer()
        left.again()
        return True
