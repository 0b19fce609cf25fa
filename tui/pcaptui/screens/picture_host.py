"""What pictures and statistics are given: the capture, which packets are shown, and the ways back to the list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..capture import Capture
from ..widgets.palette import Palette
from ..widgets.text import clean

if TYPE_CHECKING:
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

    def filter(self, text: str) -> None:
        """The packet list, limited to a display filter; "" shows all."""
        from ..filters import compile

        self.back_to_list()
        self._main.apply_filter(compile(text))
