"""The size of a hex row. Without Textual, for the layout of the screen that is painted before its import."""

from __future__ import annotations


def row_width(across: int, offset_digits: int = 4) -> int:
    """Cells that a row of `across` bytes takes, without border and scroll bar."""
    return offset_digits + 2 + 3 * across + (across > 8) + 1 + across
