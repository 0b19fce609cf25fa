"""From the screen that the terminal shows to the one that it should show, in few bytes.

Knows rows of cells and a terminal's sequences, nothing of Textual. Uses only what every terminal since the VT220 has:
cursor moves, SGR, erasing cells and to the end of line, scroll regions; only GNU screen cannot erase cells.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from .cells import Row, blank_row, sure
from .pens import DEFAULT, Pens

REPRINT = 4
"""So many bytes of unchanged cells are rather printed again than jumped over."""
ERASE = 4
"""From so many cells on, a blank rest of a line is erased, not printed."""
BLANK = 14
"""So many blanks in a row are erased, not printed."""
WORTH_SCROLLING = 160
"""Frames shorter than this are not tried with scrolling."""


class Scroll(NamedTuple):
    """Rows top..bottom (inclusive) move up by `rows`, down if negative."""

    top: int
    bottom: int
    rows: int


class ScreenDiff:
    """Remembers what was sent, answers with the sequences that bring the terminal up to date."""

    def __init__(self, pens: Pens, erases_cells: bool = True) -> None:
        self.pens = pens
        self._erases_cells = erases_cells
        self._sent: list[Row] | None = None

    def forget(self) -> None:
        """Nobody knows what the terminal shows: the next frame clears it and draws everything."""
        self._sent = None

    def shows(self, rows: Sequence[Row]) -> None:
        """The terminal shows exactly this."""
        self._sent = list(rows)

    def knows(self, height: int, width: int) -> bool:
        """Whether what was sent is a screen of this size."""
        sent = self._sent
        return sent is not None and len(sent) == height and all(len(row.chars) == width for row in sent[:1])

    def frame(self, wanted: Sequence[Row]) -> str:
        """What to write so that the terminal shows `wanted`; empty if it does already."""
        width = len(wanted[0].chars) if wanted else 0
        head = ""
        if not self.knows(len(wanted), width):
            head = "\x1b[r\x1b[m\x1b[H\x1b[2J"
            self._sent = [blank_row(width) for _ in wanted]
        assert self._sent is not None
        body = self._shortest(self._sent, wanted)
        self._sent = list(wanted)
        return head + body

    def _shortest(self, sent: list[Row], wanted: Sequence[Row]) -> str:
        prefix = ""
        best = _Writer(self.pens, self._erases_cells).rows(sent, wanted)
        for _ in range(2):
            if len(best) < WORTH_SCROLLING:
                break
            found = None
            for scroll in _scrolls(sent, wanted):
                moved = _moved(sent, scroll)
                rest = _Writer(self.pens, self._erases_cells).rows(moved, wanted)
                text = _scroll_sequence(scroll) + rest
                if len(text) < len(best):
                    best, found = text, (moved, _scroll_sequence(scroll))
            if found is None:
                break
            sent = found[0]
            prefix += found[1]
            best = best[len(found[1]) :]
        return prefix + best


def _scrolls(sent: Sequence[Row], wanted: Sequence[Row]) -> Iterator[Scroll]:
    """Moves of rows worth trying: those that bring the most rows to where their text is wanted."""
    places: dict[str, int] = {}
    twice: set[str] = set()
    for y, row in enumerate(sent):
        key = _text(row)
        if key in places:
            twice.add(key)
        places[key] = y
    votes: Counter[int] = Counter()
    found: dict[int, list[int]] = {}
    for y, row in enumerate(wanted):
        key = _text(row)
        before = places.get(key, y)
        if before != y and key not in twice and not key.isspace():
            votes[before - y] += 1
            found.setdefault(before - y, []).append(y)
    for rows, count in votes.most_common(3):
        if count >= 2:
            first, last = _longest(found[rows])
            yield Scroll(first, last + rows, rows) if rows > 0 else Scroll(first + rows, last, rows)


def _text(row: Row) -> str:
    """What makes a row the same one after a scroll: its text, without markers at the left and the scroll bar."""
    return "".join(row.chars[3:-2])


def _longest(lines: Sequence[int]) -> tuple[int, int]:
    """First and last of the longest group of lines with gaps of at most two lines."""
    best = start = 0
    size = 0
    for at in range(len(lines)):
        if at and lines[at] - lines[at - 1] > 3:
            start = at
        if at - start + 1 > size:
            best, size = start, at - start + 1
    return lines[best], lines[best + size - 1]


def _moved(sent: Sequence[Row], scroll: Scroll) -> list[Row]:
    rows = list(sent)
    width = len(rows[0].chars)
    inside = rows[scroll.top : scroll.bottom + 1]
    fresh = [blank_row(width) for _ in range(abs(scroll.rows))]
    if scroll.rows > 0:
        inside = inside[scroll.rows :] + fresh
    else:
        inside = fresh + inside[: scroll.rows]
    rows[scroll.top : scroll.bottom + 1] = inside
    return rows


def _scroll_sequence(scroll: Scroll) -> str:
    # New lines take the pen's background where the terminal can: reset it first. Line feeds at the margin instead of
    # CSI S, which not every emulator has.
    region = f"\x1b[m\x1b[{scroll.top + 1};{scroll.bottom + 1}r"
    if scroll.rows > 0:
        return f"{region}\x1b[{scroll.bottom + 1}H" + "\n" * scroll.rows + "\x1b[r"
    return f"{region}\x1b[{scroll.top + 1}H\x1b[{-scroll.rows}L\x1b[r"


class _Writer:
    """Writes one frame: keeps the cursor's place (None: unknown) and the pen."""

    def __init__(self, pens: Pens, erases_cells: bool) -> None:
        self._pens = pens
        self._erases_cells = erases_cells
        self._blank = pens.blank
        self._out: list[str] = []
        self._x: int | None = None
        self._y: int | None = None
        self._pen: int | None = None

    def rows(self, sent: Sequence[Row], wanted: Sequence[Row]) -> str:
        for y, (old, new) in enumerate(zip(sent, wanted, strict=True)):
            if old is not new and old != new:
                self._row(y, old, new)
        return "".join(self._out)

    def _row(self, y: int, old: Row, new: Row) -> None:
        blank = self._blank
        changed = [
            x
            for x, (a, b, p, q) in enumerate(zip(old.chars, new.chars, old.pens, new.pens, strict=True))
            if a != b or (p != q and (b != " " or blank[p] != blank[q]))
        ]
        if not changed:
            return
        tail = self._tail(new)
        rest = [x for x in changed if x >= tail]
        erase = len(rest) >= ERASE
        if erase:
            changed = changed[: len(changed) - len(rest)]
        for start, stop in self._runs(new, changed):
            self._run(y, start, stop, new)
        if erase:
            self._erase(rest[0], y, "\x1b[K")

    def _tail(self, row: Row) -> int:
        """The first cell of the row's blank end in the terminal's own background."""
        x = len(row.chars)
        blank = self._blank
        while x and row.chars[x - 1] == " " and blank[row.pens[x - 1]] == DEFAULT:
            x -= 1
        return x

    def _runs(self, row: Row, changed: list[int]) -> Iterator[tuple[int, int]]:
        if not changed:
            return
        start = last = changed[0]
        for x in changed[1:]:
            if x - last > 1 and not self._cheap(row, last, x):
                yield start, last + 1
                start = x
            last = x
        yield start, last + 1

    def _cheap(self, row: Row, last: int, x: int) -> bool:
        """Whether the cells between two changed ones are printed in fewer bytes than jumped over."""
        if x - last - 1 > REPRINT:
            return False
        pen = row.pens[last]
        gap = row.chars[last + 1 : x]
        same = all(
            p == pen or (c == " " and self._blank[p] == self._blank[pen])
            for c, p in zip(gap, row.pens[last + 1 : x], strict=True)
        )
        return same and len("".join(gap).encode()) <= REPRINT and row.chars[last + 1] != ""

    def _run(self, y: int, start: int, stop: int, row: Row) -> None:
        chars, pens, blank, out = row.chars, row.pens, self._blank, self._out
        if chars[start] == "" and start:
            start -= 1
        blanks = self._blanks(row, start, stop) if self._erases_cells else {}
        if start not in blanks:
            self._move(start, y)
        erased = start
        for x in range(start, stop):
            if x in blanks:
                erased = blanks[x]
                self._erase(x, y, f"\x1b[{erased - x}X")
            cell = chars[x]
            if cell == "" or x < erased:
                continue
            pen = pens[x]
            if pen != self._pen and (self._pen is None or cell != " " or blank[pen] != blank[self._pen]):
                out.append(self._pens.change(self._pen, pen))
                self._pen = pen
            if self._x != x:
                self._move(x, y)
            out.append(cell)
            self._x = x + 1
            if cell > "\x7e" or len(cell) > 1:
                self._x = self._behind(cell, chars, x)
        if self._x is not None and self._x >= len(chars):
            self._x = None

    @staticmethod
    def _behind(cell: str, chars: list[str], x: int) -> int | None:
        if not sure(cell):
            return None
        return x + 2 if x + 1 < len(chars) and chars[x + 1] == "" else x + 1

    def _blanks(self, row: Row, start: int, stop: int) -> dict[int, int]:
        """Stretches of blank cells worth erasing: where each starts, and the cell behind it."""
        found: dict[int, int] = {}
        if stop - start < BLANK:
            return found
        first: int | None = None
        for x in range(start, stop + 1):
            empty = x < stop and row.chars[x] == " " and self._blank[row.pens[x]] == DEFAULT
            if empty and first is None:
                first = x
            elif not empty and first is not None:
                if x - first >= BLANK:
                    found[first] = x
                first = None
        return found

    def _erase(self, x: int, y: int, sequence: str) -> None:
        self._move(x, y)
        # Erased cells take the pen's background on most terminals.
        if self._pen is None or self._blank[self._pen] != DEFAULT:
            self._out.append(self._pens.change(self._pen, DEFAULT))
            self._pen = DEFAULT
        self._out.append(sequence)

    def _move(self, x: int, y: int) -> None:
        if self._x == x and self._y == y:
            return
        options = [f"\x1b[{y + 1};{x + 1}H" if x else f"\x1b[{y + 1}H"]
        if self._y == y:
            options.append("\r" if not x else f"\x1b[{x + 1}G")
            if self._x is not None and x > self._x:
                options.append(f"\x1b[{x - self._x}C" if x - self._x > 1 else "\x1b[C")
        elif self._y is not None and y == self._y + 1:
            options.append("\r\n" + (f"\x1b[{x}C" if x else ""))
        self._out.append(min(options, key=len))
        self._x, self._y = x, y
