"""Places in the packet list: letters that the person has given packets, and the way that was gone."""

from __future__ import annotations

KEPT = 500


class Places:
    """`marks` maps letters to packet indexes. Every jump is remembered, and can be gone back and forward again."""

    def __init__(self) -> None:
        self.marks: dict[str, int] = {}
        self._behind: list[int] = []
        self._ahead: list[int] = []

    def left(self, index: int) -> None:
        """The person jumps from this packet to another one."""
        if not self._behind or self._behind[-1] != index:
            self._behind.append(index)
            del self._behind[:-KEPT]
        self._ahead.clear()

    def back(self, here: int) -> int | None:
        """Where the latest jump began; None at the first place."""
        return self._go(self._behind, self._ahead, here)

    def forward(self, here: int) -> int | None:
        """Where one went back from."""
        return self._go(self._ahead, self._behind, here)

    @staticmethod
    def _go(source: list[int], other: list[int], here: int) -> int | None:
        while source:
            place = source.pop()
            if place != here:
                other.append(here)
                return place
        return None
