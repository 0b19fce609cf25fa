"""Rows of character cells: what stands where on a screen, with which pen."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from .pens import DEFAULT


class Row(NamedTuple):
    """One line of the screen. `chars[x]` is the text of cell x, '' for the right half of a wide character; `pens[x]`
    numbers its pen. Rows that were handed on are never changed: copy first."""

    chars: list[str]
    pens: list[int]

    def copy(self) -> Row:
        return Row(self.chars.copy(), self.pens.copy())


def blank_row(width: int) -> Row:
    return Row([" "] * width, [DEFAULT] * width)


def put(row: Row, x: int, text: str, pen: int) -> int:
    """Write `text` from cell x on, clipped to the row, and return the cell behind it.

    Characters that could steer the terminal or reorder the line are left out or become '·'.
    """
    width = len(row.chars)
    if text.isascii() and text.isprintable():
        end = x + len(text)
        if x < 0 or end > width:
            text = text[max(0, -x) : max(0, width - x)]
        cells: list[str] = list(text)
    else:
        cells = split_cells(text)
        end = x + len(cells)
        if x < 0 or end > width:
            cells = cells[max(0, -x) : max(0, width - x)]
    x = max(0, x)
    stop = x + len(cells)
    if not cells or x >= width:
        return end
    row.chars[x:stop] = cells
    row.pens[x:stop] = [pen] * len(cells)
    _mend_halves(row, x, stop)
    return end


def _mend_halves(row: Row, start: int, stop: int) -> None:
    """Blank the halves of wide characters that writing over [start, stop) left standing."""
    chars = row.chars
    if chars[start] == "":
        chars[start] = " "
    if start and chars[start] != "" and wide(chars[start - 1]):
        chars[start - 1] = " "
    if wide(chars[stop - 1]):
        chars[stop - 1] = " "
    if stop < len(chars) and chars[stop] == "":
        chars[stop] = " "


def split_cells(text: str) -> list[str]:
    """The text as cells: characters of no width join the one before, wide ones are followed by ''."""
    cells: list[str] = []
    base = -1
    for character in text:
        size = char_width(character)
        if size < 0:
            cells.append("·")
            base = len(cells) - 1
        elif size == 0:
            if base >= 0 and character not in _DROPPED and len(cells[base]) < 8:
                cells[base] += character
        else:
            base = len(cells)
            cells.append(character)
            if size == 2:
                cells.append("")
    return cells


_DROPPED = frozenset("\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\ufe0e\ufe0f\u061c"
                     "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")  # fmt: skip


@lru_cache(4096)
def char_width(character: str) -> int:
    """Cells that a character takes: 0, 1 or 2; -1 for a control character."""
    code = ord(character)
    if code < 32 or 127 <= code < 160 or 0xD800 <= code < 0xE000 or character in "\u2028\u2029":
        return -1
    if character in _DROPPED:
        return 0
    from rich.cells import get_character_cell_size

    return get_character_cell_size(character)


def wide(cell: str) -> bool:
    """Whether the cell's character reaches into the next cell."""
    return cell > "\u10ff" and char_width(cell[0]) == 2


_SURE = ((0x20, 0x7E), (0xA1, 0xAC), (0xAE, 0x2FF), (0x370, 0x482), (0x2010, 0x2027), (0x2190, 0x2193),
         (0x2500, 0x25FC), (0x2800, 0x28FF), (0x3041, 0x3096), (0x30A1, 0x30FA), (0x4E00, 0x9FFF),
         (0xAC00, 0xD7A3))  # fmt: skip


@lru_cache(4096)
def sure(cell: str) -> bool:
    """Whether terminals agree how far this cell moves the cursor."""
    return len(cell) == 1 and any(low <= ord(cell) <= high for low, high in _SURE)
