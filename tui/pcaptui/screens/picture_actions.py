"""Keys of the main screen that open pictures and statistics."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from .copy_menu import CopyMenu, Offer
from .finding_actions import FindingActions

if TYPE_CHECKING:
    from .picture_host import PictureHost

Choice = tuple[Offer, Callable[[], None]]
_STREAM_GRAPHS = (
    ("q", "time-sequence", "Time sequence", "bytes sent over time (Stevens), with what was lost and sent again"),
    ("z", "tcptrace", "Time sequence, tcptrace", "segments, what was acknowledged, the receiver's window"),
    ("r", "rtt", "Round-trip time", "how long the other side took to acknowledge"),
    ("p", "throughput", "Throughput", "bits a second, and what of them was new"),
    ("n", "window", "Window", "the receiver's window, and bytes in flight"),
)


class PictureActions(FindingActions):
    """A part of MainScreen. What is opened gets a `PictureHost`: the way to the capture, and back to its packets."""

    def action_pictures(self) -> None:
        """The menu of pictures and statistics."""
        if not len(self.model.capture):
            self.say("No packets")
            return
        choices = {offer.key: (offer, act) for offer, act in self._choices()}
        menu = CopyMenu("", [offer for offer, _ in choices.values()], self.colours, "Pictures and statistics",
                        "key or Enter shows, Esc leaves")  # fmt: skip
        self.app.push_screen(menu, lambda key: choices[key][1]() if key is not None else None)

    def _choices(self) -> list[Choice]:
        from ..statistics.registry import load

        found: list[Choice] = [
            (Offer("f", "Flow graph", "hosts side by side, an arrow a packet"), self.action_flow_graph),
            (Offer("i", "I/O graph", "packets or bytes over time, a line a filter"), self.action_io_graph),
        ]
        found += [(Offer(key, title, about), partial(self.open_stream_graph, kind))
                  for key, kind, title, about in _STREAM_GRAPHS]  # fmt: skip
        return found + [(Offer(each.key, each.title, each.about), partial(self.open_statistic, each.name))
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

        self.app.push_screen(StatisticsScreen(self.picture_host(), name))

    def picture_host(self) -> PictureHost:
        raise NotImplementedError
