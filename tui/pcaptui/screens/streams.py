"""What the screens about streams share: the capture, the way back to the packet list, and the way to each other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

from ..capture import Capture
from ..exchanges import Exchange, Exchanges
from ..widgets.palette import Palette
from ..widgets.text import clean

if TYPE_CHECKING:
    from .main import MainScreen


AHEAD = 2000
"""Packets of a stream that may be dissected for one line of a table."""


class StreamHost:
    """Stands between the main screen and the screens that it opens. Streams are (kind, number), packets indexes."""

    def __init__(self, main: MainScreen) -> None:
        self._main = main
        self._exchanges: Exchanges | None = None

    @property
    def capture(self) -> Capture:
        capture: Any = self._main.model.capture
        return capture  # type: ignore[no-any-return]

    @property
    def colours(self) -> Palette:
        return self._main.packet_list.palette

    def selected_stream(self) -> tuple[str, int] | None:
        """That of the packet under the list's cursor."""
        model = self._main.model
        if not len(model):
            return None
        return self.capture.stream_of(model.index(self._main.packet_list.cursor))

    def exchanges(self, kind: str, number: int) -> Sequence[Exchange]:
        """Those of a stream, none where it would take long to find them all: this is for rows on the screen."""
        if self._exchanges is None:
            self._exchanges = Exchanges(self.capture, ahead=AHEAD)
        found = self._exchanges.of_stream(kind, number)
        return found if self._exchanges.complete(kind, number) else ()

    def open_selected(self, name: Literal["follow", "story"]) -> None:
        """A screen about the selected packet's stream."""
        stream = self.selected_stream()
        if stream is None:
            there = len(self._main.model)
            self._main.say("This packet belongs to no TCP or UDP conversation" if there else "No packets")
        elif name == "follow":
            self.follow(*stream)
        else:
            self.story(*stream)

    def severity(self, kind: str, number: int) -> int:
        """The worst severity of findings about a stream, as far as they are known; 0 for none."""
        verdict = self._main.verdict
        return verdict.streams.get(kind, number) if verdict is not None else 0

    def say(self, message: str) -> None:
        self._main.app.notify(clean(message), markup=False)

    # To other screens.

    def back_to_list(self) -> None:
        while self._main.app.screen is not self._main:
            self._main.app.pop_screen()

    def show_stream(self, kind: str, number: int) -> None:
        """Only this stream in the packet list."""
        self.back_to_list()
        self._main.show_stream(kind, number)

    def go_to(self, packet: int) -> None:
        """The packet list, with the cursor on a packet."""
        self.back_to_list()
        if not self._main.model.shows(packet):
            self._main.action_filter_clear()
        self._main.streams.go(packet)

    def conversations(self) -> None:
        from .conversations import ConversationsScreen

        self._main.app.push_screen(ConversationsScreen(self))

    def follow(self, kind: str, number: int) -> None:
        from .follow import FollowScreen

        self._main.app.push_screen(FollowScreen(self, kind, number))

    def flow(self, kind: str, number: int) -> None:
        """The flow graph of a stream."""
        from .flow_graph import FlowGraphScreen

        self._main.app.push_screen(FlowGraphScreen(self._main.picture_host(), (kind, number)))

    def story(self, kind: str, number: int) -> None:
        from .story import StoryScreen

        self._main.app.push_screen(StoryScreen(self, kind, number))
