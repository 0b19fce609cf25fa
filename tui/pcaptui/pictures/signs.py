"""The part that each packet plays in its conversation, for ladders that show several conversations."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

import numpy as np

from ..exchanges import Exchanges
from ..glance import AHEAD, Glance, Part

if TYPE_CHECKING:
    from ..capture import Capture
    from ..dissect.rows import Rows

KEPT = 200
"""Conversations kept."""


class Signs:
    """Answers for packets in order; costs a look at each conversation once, as long as not too many are mixed."""

    def __init__(self, capture: Capture, rows: Rows) -> None:
        self._capture = capture
        self._exchanges = Exchanges(capture, rows, ahead=AHEAD)
        self._kept: OrderedDict[tuple[str, int], Glance] = OrderedDict()

    def part(self, packet: int) -> Part | None:
        """The part of a packet, None for one without conversation."""
        stream = self._capture.stream_of(packet)
        if stream is None:
            return None
        glance = self._kept.get(stream)
        if glance is None:
            packets = self._capture.stream_packets(*stream)
            glance = Glance(self._capture, *stream, packets, self._exchanges.of_stream(*stream))
            self._kept[stream] = glance
            if len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return glance.parts(np.array([packet], np.int64))[0]
