"""What pictures and statistics are given: the capture, which packets are shown, and the ways back to the list."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from textual.screen import Screen

from ..capture import Capture
from ..widgets.palette import Palette
from ..widgets.text import clean

if TYPE_CHECKING:
    from ..filters.filter import Filter
    from .main import MainScreen


class PictureHost:
    """Stands between the main screen and the screens of pictures and statistics. Packets are indexes, from 0."""

    def __init__(self, main: MainScreen) -> None:
        self._main = main

    @property
    def capture(self) -> Capture:
        capture: Any = self._main.model.capture
        return capture  # type: ignore[no-any-return]

    @property
    def colours(self) -> Palette:
        return self._main.colours

    def selected_packet(self) -> int | None:
        """The packet under the list's cursor."""
        model = self._main.model
        return model.index(self._main.packet_list.cursor) if len(model) else None

    def selected_stream(self) -> tuple[str, int] | None:
        packet = self.selected_packet()
        return None if packet is None else self.capture.stream_of(packet)

    def shown(self) -> NDArray[np.int64] | None:
        """The packets that the list is limited to, ascending; None: all are shown."""
        return self._main.model.view

    @property
    def limit_filter(self) -> str:
        """The display filter that the list is limited to, of a stream too; "" if all is shown."""
        stream = self._main.streams.stream
        return f"{stream[0]}.stream == {stream[1]}" if stream is not None else self._main.filters.text

    @property
    def limit(self) -> str:
        """What the list is limited to, in words; "" if all is shown."""
        return self._main.view_name()

    def say(self, message: str) -> None:
        self._main.app.notify(clean(message), markup=False)

    # Back to the packet list.

    def back_to_list(self) -> None:
        while self._main.app.screen is not self._main:
            self._main.app.pop_screen()

    def go_to(self, packet: int) -> None:
        """The packet list, with the cursor on a packet."""
        self.back_to_list()
        if not self._main.model.shows(packet):
            self._main.action_filter_clear()
        self._main.streams.go(packet)

    def filter(self, text: str, again: Callable[[], None] | None = None, name: str = "") -> None:
        """The packet list, limited to a display filter; "" shows all. With `again`, Esc there restores what was shown
        before and calls it, to open the screen called `name` anew."""
        from ..filters import compile

        self._apply(compile(text), again, name)

    def edit_filter(self, text: str, again: Callable[[], None] | None = None, name: str = "") -> None:
        """The same with a filter that the person may change before, or give up."""
        self._main.ask_filter(text, lambda wanted: self._apply(wanted, again, name))

    def ask_filter(self, text: str, use: Callable[[Filter], None]) -> None:
        """Ask for a filter, beginning with a text; `use` gets it if the person goes on."""
        self._main.ask_filter(text, use)

    def open(self, screen: Screen[None]) -> None:
        self._main.app.push_screen(screen)

    def _apply(self, wanted: Filter, again: Callable[[], None] | None, name: str) -> None:
        self.back_to_list()
        if again is None:
            self._main.apply_filter(wanted)
        else:
            self._main.filter_from(wanted, again, name)
