"""What is wrong with a filter, and where."""

from __future__ import annotations

from ..errors import UsageError

WIDTH = 100
"""Characters of a long filter that are shown."""


class FilterError(UsageError):
    """A filter cannot be understood. `place` and `length` count characters of its text; `reason` is one sentence.

    `suggestion` is a word that was perhaps meant, "" if nobody knows; `text` is the filter.
    """

    def __init__(self, reason: str, place: int, length: int = 1, suggestion: str = "") -> None:
        self.reason = reason
        self.place = place
        self.length = max(1, length)
        self.suggestion = suggestion
        self.text = ""
        super().__init__(self.message)

    @property
    def message(self) -> str:
        """The reason with the suggestion, one line."""
        return f"{self.reason}; did you mean {self.suggestion}?" if self.suggestion else self.reason

    def pointed(self) -> str:
        """Two lines: the filter, or the part of it around the place, and carets under that."""
        line = "".join(c if c.isprintable() and c.isascii() else "?" for c in self.text)
        start = max(0, min(self.place - WIDTH // 2, len(line) - WIDTH))
        shown = line[start : start + WIDTH]
        at = self.place - start
        return f"{shown}\n{' ' * at}{'^' * max(1, min(self.length, len(shown) - at))}"
