"""What a statistic counts: a capture, or those of its packets that are chosen."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..capture import Capture


class Stopped(Exception):
    """Nobody waits for the statistic any more."""


class View:
    """`chosen` are packet indexes, ascending; None: all that are loaded. `progress` is told a part, 0..1."""

    def __init__(
        self,
        capture: Capture,
        chosen: NDArray[np.int64] | None = None,
        *,
        cancelled: Callable[[], bool] = lambda: False,
        progress: Callable[[float], None] = lambda part: None,
    ) -> None:
        self.capture = capture
        self.chosen = chosen
        self.cancelled = cancelled
        self.progress = progress
        self.loaded = len(capture)

    def __len__(self) -> int:
        return self.loaded if self.chosen is None else len(self.chosen)

    @cached_property
    def packets(self) -> NDArray[np.int64]:
        """Indexes of the packets that count."""
        return np.arange(self.loaded) if self.chosen is None else self.chosen

    def column(self, name: str) -> NDArray[Any]:
        """One column of the packet table for the packets that count; not to be changed."""
        whole = self.capture.table[name][: self.loaded]
        return whole if self.chosen is None else whole[self.chosen]

    def go_on(self, part: float | None = None) -> None:
        """Tell how far it is, 0..1. Raises Stopped where nobody waits any more."""
        if self.cancelled():
            raise Stopped
        if part is not None:
            self.progress(part)
