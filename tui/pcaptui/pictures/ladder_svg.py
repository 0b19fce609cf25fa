"""A ladder as a drawing: for SVG and PNG files."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from .arrows import Arrows
from .hosts import GROUP, OTHERS
from .ladder import Ladder
from .ladder_cells import Arrow
from .ladder_time import LadderTime, Stamps
from .ladder_words import Told, Words, gap_words
from .svg import INK, QUIET, Canvas, Pen

if TYPE_CHECKING:
    from ..capture import Capture
    from .signs import Signs

MOST, MOST_HOSTS = 2000, 24
"""Arrows and columns drawn at most; what is left out is said."""
_ROW, _SIZE, _LETTER = 26, 12, 7.4
"""Pixels: a row, the letters, the width of one, about."""
_TOP, _MARGIN, _FRONT = 64, 130, 176
_NEAREST = 150
_BAD = "#b42318"
_PHASES = {"handshake": "#2e7d32", "request": "#0b7285", "response": "#0b7285", "teardown": "#8e24aa", "reset": _BAD}
_WIDTH = 1180

Show = Callable[[str], str]


def drawn(capture: Capture, ladder: Ladder, row: Callable[[int], Told], signs: Signs, show: Show,
          title: str = "") -> Canvas:  # fmt: skip
    """The first MOST arrows of a ladder on a sheet; `show` makes packet text harmless."""
    return _Drawing(capture, ladder, row, signs, show).all(title)


class _Drawing:
    def __init__(self, capture: Capture, ladder: Ladder, row: Callable[[int], Told], signs: Signs, show: Show) -> None:
        self._ladder, self._signs, self._show = ladder, signs, show
        self._arrows = Arrows(capture, ladder, row, show)
        begin = int(capture.table["time"][0]) if len(capture) else 0
        self._stamps = Stamps(ladder, LadderTime.CAPTURE, begin)
        self._names = ladder.hosts.names[:MOST_HOSTS]
        count = max(1, len(self._names))
        room = max(_WIDTH - _FRONT - 2 * _MARGIN, _NEAREST * (count - 1))
        self._step = room / (count - 1) if count > 1 else 0.0
        self._width = _FRONT + 2 * _MARGIN + room
        self._rows = min(ladder.row_count, ladder.row_of(MOST - 1) + 1) if len(ladder) > MOST else ladder.row_count
        self._paper = Canvas(self._width, _TOP + _ROW * (self._rows + 1) + 30)

    def _x(self, column: int) -> float:
        return _FRONT + _MARGIN + self._step * min(column, len(self._names) - 1)

    def all(self, title: str) -> Canvas:
        paper, ladder = self._paper, self._ladder
        if title:
            paper.text(16, 24, title, size=15, bold=True)
        bottom = _TOP + _ROW * (self._rows + 0.5)
        for column, name in enumerate(self._names):
            x = self._x(column)
            paper.text(x, _TOP - 12, self._show(name), anchor="middle", bold=True, size=_SIZE)
            paper.line(x, _TOP - 4, x, bottom, Pen("#b5b5b5", 1))
        for row in range(self._rows):
            y = _TOP + _ROW * (row + 1)
            at = ladder.arrow_at(row)
            if at is None:
                self._gap(y, ladder.gap_at(row))
            else:
                self._front(y, at)
                self._arrow(y, self._arrows.arrow(at), self._arrows.words(at), bool(ladder.wrong[at]))
        left_out = len(ladder) - MOST
        notes = [f"{left_out} more packets are not drawn"] if left_out > 0 else []
        if len(ladder.hosts.names) > MOST_HOSTS:
            notes.append(f"{len(ladder.hosts.names) - MOST_HOSTS} more hosts stand in the last column")
        paper.text(16, bottom + 22, "; ".join(notes), size=_SIZE, colour=QUIET)
        return paper

    def _gap(self, y: float, seconds: float) -> None:
        x = (self._x(0) + self._x(1)) / 2 if len(self._names) > 1 else self._x(0) + 60
        words = gap_words(seconds)
        self._paper.line(_FRONT, y - 4, self._width - 16, y - 4, Pen("#c8c8c8", 1, (2, 5)))
        self._ground(x, y - 4, len(words) * _LETTER + 12)
        self._paper.text(x, y, words, size=_SIZE, colour=QUIET, anchor="middle")

    def _ground(self, x: float, y: float, width: float) -> None:
        """A blank place around (x, y), for words above lines."""
        self._paper.rect(x - width / 2, y - 9, width, 18, self._paper.background)

    def _front(self, y: float, at: int) -> None:
        packet = int(self._ladder.packets[at])
        part = self._signs.part(packet)
        phase = part.value.split()[0] if part is not None else ""
        begins = part is not None and (part.value.endswith("begins") or phase in ("request", "response", "reset"))
        colour = _PHASES.get(phase, "")
        if colour:
            self._paper.rect(8, y - 4 - _ROW / 2, 4, _ROW, colour)
        if begins:
            self._paper.text(18, y, phase, size=11, colour=colour or INK)
        self._paper.text(118, y, str(packet + 1), size=_SIZE, anchor="end")
        self._paper.text(_FRONT + 20, y, self._stamps.text(at), size=_SIZE, anchor="end", colour=QUIET)

    def _arrow(self, y: float, arrow: Arrow, words: Words, wrong: bool) -> None:
        paper, colour = self._paper, _BAD if wrong else INK
        start, stop = self._x(arrow.source), self._x(arrow.destination)
        middle = y - 4
        whole = words.forms[0] + (f", {words.tail}" if words.tail else "")
        if arrow.aside or (start == stop and arrow.source != arrow.destination):
            told = f"{arrow.from_name} → {arrow.to_name}  {_shortest(words, 70)}"
            self._ground(self._x(0) + 6 + len(told) * _LETTER / 2, middle, len(told) * _LETTER)
            paper.text(self._x(0) + 10, y, told, size=_SIZE, colour=colour, title=whole)
            return
        if start == stop:
            paper.polyline([(start, middle - 5), (start + 26, middle - 5), (start + 26, middle + 5)], Pen(colour))
            paper.arrow(start + 26, middle + 5, start, middle + 5, Pen(colour))
            ends = f"{arrow.from_text} → {arrow.to_text}  " if arrow.to_text else ""
            paper.text(start + 34, y, ends + _shortest(words, 70), size=_SIZE, colour=colour, title=whole)
            return
        way = 1 if stop > start else -1
        reach = start + (stop - start) * 0.75 if arrow.lost else stop
        if arrow.lost or arrow.reset:
            tip = reach if arrow.lost else reach - way * 6
            paper.line(start, middle, tip, middle, Pen(colour))
            paper.cross(tip, middle, 4, Pen(_BAD, 2))
        else:
            paper.arrow(start, middle, stop, middle, Pen(colour))
        self._ports(y, arrow, start, stop, way)
        room = abs(reach - start) - 44
        said = _shortest(words, int(room / _LETTER))
        self._ground((start + reach) / 2, middle, min(room, len(said) * _LETTER + 10))
        paper.text((start + reach) / 2, y, said, size=_SIZE, colour=colour, anchor="middle", title=whole)

    def _ports(self, y: float, arrow: Arrow, start: float, stop: float, way: int) -> None:
        for column, x, words, side in ((arrow.source, start, arrow.from_text, -way),
                                       (arrow.destination, stop, arrow.to_text, way)):  # fmt: skip
            if column >= len(self._names) - 1 and len(self._ladder.hosts.names) > MOST_HOSTS:
                words = arrow.from_name if column == arrow.source else arrow.to_name
            many = column < len(self._names) and self._names[column] in (GROUP, OTHERS)
            if words:
                anchor = "start" if side > 0 else "end"
                self._paper.text(x + 6 * side, y, words, size=10 if many else 11, colour=QUIET,
                                 anchor="start" if anchor == "start" else "end")  # fmt: skip


def _shortest(words: Words, letters: int) -> str:
    """The longest form that has room, or the shortest one, cut."""
    tail = f", {words.tail}" if words.tail else ""
    for form in words.forms:
        if len(form) + len(tail) <= letters:
            return form + tail
    room = max(4, letters - len(tail))
    last = words.forms[-1]
    return (last if len(last) <= room else last[: room - 1] + "…") + tail
