"""A ladder in character cells, for the terminal and for --print: where the columns stand, and rows drawn between."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from .hosts import GROUP, OTHERS
from .ladder_words import Words

LIFE, CROSSED, PAST = "│", "┼", "┊"
LINE, RIGHT, LEFT, LOST = "─", "►", "◄", "✗"
NEAREST, FARTHEST = 16, 84
"""Cells between two columns."""
MARGIN, WIDE_MARGIN = 7, 22
"""Cells beside the outermost columns: for a port; for an address and a port."""
ROOMY = 96
_ELSEWHERE = ("« ", " »")
_NEARER = 12
"""Cells that a place beside the arrow must have more, for words that have to be cut anyway."""

Measure = Callable[[str], int]
Cut = Callable[[str, int], str]
Piece = tuple[str, str]
"""Text and its role: "" (blank), "life", "line", "words", "tail", "port", "gap"."""


class Text(NamedTuple):
    """How wide a text is in cells, and a text cut to a width."""

    width: Measure
    cut: Cut


@dataclass(frozen=True, slots=True)
class Layout:
    """Where columns stand: those from `first` on, one an entry of `places` (cells from the left of the drawing)."""

    width: int
    first: int
    places: tuple[int, ...]
    count: int

    @property
    def last(self) -> int:
        """The column behind the last one that is shown."""
        return self.first + len(self.places)

    def place(self, column: int) -> int | None:
        """Where a column stands, None where it is not shown."""
        return self.places[column - self.first] if self.first <= column < self.last else None


@dataclass(frozen=True, slots=True)
class Arrow:
    """One arrow: its ends' columns, what is written beside them, whether it gets there and is a reset; the names of
    its ends for where their columns are not shown. `aside`: both ends share a column that is no host's."""

    source: int
    destination: int
    from_text: str = ""
    to_text: str = ""
    lost: bool = False
    reset: bool = False
    from_name: str = ""
    to_name: str = ""
    aside: bool = False


def layout(width: int, names: Sequence[str], first: int = 0) -> Layout:
    """Columns of `names` from `first` on, as many as fit on `width` cells."""
    count = len(names)
    wide = width >= ROOMY and any(name in (GROUP, OTHERS) for name in names)
    right = WIDE_MARGIN if wide else MARGIN
    room = max(0, width - MARGIN - right - 1)
    nearest = min(NEAREST, max(8, room))
    fit = min(count, room // nearest + 1)
    first = max(0, min(first, count - fit))
    if first + fit < count and wide:  # the groups' column is not on the screen
        room += right - MARGIN
    step = min(FARTHEST, room // (fit - 1)) if fit > 1 else 0
    return Layout(width, first, tuple(MARGIN + step * each for each in range(fit)), count)


def host_lines(shape: Layout, names: Sequence[str], text: Text) -> list[str]:
    """The columns' names in a line above them; in two where they are too long to stand side by side."""
    shown = [(place, names[shape.first + at]) for at, place in enumerate(shape.places)]
    step = shape.places[1] - shape.places[0] if len(shape.places) > 1 else shape.width
    staggered = len(shown) > 2 and any(text.width(name) > step - 2 for _, name in shown)
    lines = []
    for part in (shown[1::2], shown[::2]) if staggered else (shown,):
        lines.append(_names(part, shape, text))
    before = f"« {shape.first}" if shape.first else ""
    behind = f"{shape.count - shape.last} »" if shape.last < shape.count else ""
    if before or behind:
        lines[0] = _ends(lines[0], before, behind, shape.width, text)
    return lines


def _ends(line: str, before: str, behind: str, width: int, text: Text) -> str:
    """How many columns there are to either side, where the line has room to tell."""
    if before and not line[: len(before) + 1].strip():
        line = before + line[len(before) :]
    if behind and text.width(line) + len(behind) < width:
        line += " " * (width - text.width(line) - len(behind)) + behind
    return line


def _names(part: Sequence[tuple[int, str]], shape: Layout, text: Text) -> str:
    line, at = "", 0
    for number, (place, name) in enumerate(part):
        low = at + 1 if number else 0
        high = shape.width
        if number + 1 < len(part):
            following, apart = part[number + 1], part[number + 1][0] - place
            high = following[0] - min(text.width(following[1]), apart) // 2 - 1
        half = min(place - low, high - place - 1) if 0 < number < len(part) - 1 else shape.width
        name = shortened(name, min(high - low, 2 * half + 1), text)
        size = text.width(name)
        start = max(low, min(place - size // 2, high - size))
        line += " " * (start - at) + name
        at = start + size
    return line


def shortened(name: str, room: int, text: Text) -> str:
    """A name in so many cells: its middle goes first, for addresses differ at their ends."""
    if text.width(name) <= room:
        return name
    if room < 5 or not name.isascii():
        return text.cut(name, room)
    tail = (room - 1) // 2
    return f"{name[: room - 1 - tail]}…{name[-tail:]}"


class _Canvas:
    """One row of cells, each with the role of what stands in it."""

    def __init__(self, width: int, text: Text) -> None:
        self.width = width
        self._text = text
        self._cells = [" "] * width
        self._roles = [""] * width

    def put(self, at: int, words: str, role: str) -> None:
        """Write from a cell on; what does not fit is left out."""
        for character in words:
            size = 1 if character.isascii() else self._text.width(character)
            if size == 0:
                if 0 < at <= self.width:
                    self._cells[at - 1] += character
                continue
            if at >= 0 and at + size <= self.width:
                self._clear(at)
                self._clear(at + size)
                self._cells[at] = character
                self._roles[at] = role
                for more in range(at + 1, at + size):
                    self._cells[more], self._roles[more] = "", role
            at += size

    def _clear(self, at: int) -> None:
        """A wide sign that goes on in a cell makes room: half of it is none."""
        if at < self.width and not self._cells[at]:
            first = at - 1
            while first and not self._cells[first]:
                first -= 1
            while first < self.width and (first < at or not self._cells[first]):
                self._cells[first] = " "
                first += 1

    def pieces(self) -> Iterator[Piece]:
        start = 0
        for at in range(1, self.width + 1):
            if at == self.width or self._roles[at] != self._roles[start]:
                yield "".join(self._cells[start:at]), self._roles[start]
                start = at


def draw_gap(shape: Layout, words: str, text: Text) -> list[Piece]:
    """A row in which nothing was sent for a while."""
    canvas = _Canvas(shape.width, text)
    for place in shape.places:
        canvas.put(place, PAST, "life")
    left = shape.places[0] if shape.places else 0
    right = shape.places[1] if len(shape.places) > 1 else shape.width
    canvas.put(left + max(1, (right - left - text.width(words)) // 2 + 1), words, "gap")
    return list(canvas.pieces())


def draw_arrow(shape: Layout, arrow: Arrow, words: Words, text: Text) -> list[Piece]:
    """One packet's row."""
    canvas = _Canvas(shape.width, text)
    for place in shape.places:
        canvas.put(place, LIFE, "life")
    start, stop = shape.place(arrow.source), shape.place(arrow.destination)
    if arrow.aside or (start is None and stop is None):
        told = f"{arrow.from_name} → {arrow.to_name}  "
        sign = f"{LOST} " if arrow.lost else ""
        said = told + sign + _said(words, shape.width - text.width(told + sign), text)
        canvas.put(1, f" {text.cut(said, shape.width - 3)} ", "words")
    elif arrow.source == arrow.destination and start is not None:
        _draw_self(canvas, start, arrow, words, text)
    else:
        _draw_between(canvas, shape, arrow, words, text)
    return list(canvas.pieces())


def _draw_self(canvas: _Canvas, place: int, arrow: Arrow, words: Words, text: Text) -> None:
    sign = LOST if arrow.lost else LEFT
    ports = f"{arrow.from_text} → {arrow.to_text}  " if arrow.to_text else ""
    canvas.put(place + 1, f"{sign}─┐", "line")
    canvas.put(place + 5, ports, "port")
    at = place + 5 + text.width(ports)
    canvas.put(at, _said(words, canvas.width - at, text), "words")


def _draw_between(canvas: _Canvas, shape: Layout, arrow: Arrow, words: Words, text: Text) -> None:
    start, stop = (_end(canvas, shape, column, name, text) for column, name in (
        (arrow.source, arrow.from_name), (arrow.destination, arrow.to_name)))  # fmt: skip
    rightwards = start < stop if start != stop else arrow.source < arrow.destination
    low, high = min(start, stop) + 1, max(start, stop) - 1
    _ports(canvas, shape, arrow, rightwards, text)
    if low > high:
        return
    length = high - low + 1
    if arrow.lost and length > 6:
        reach = max(6, length * 3 // 4)
        low, high = (low, low + reach - 1) if rightwards else (high - reach + 1, high)
    for at in range(low, high + 1):
        canvas.put(at, CROSSED if at in shape.places else LINE, "line")
    head = LOST if arrow.lost or arrow.reset else RIGHT if rightwards else LEFT
    tip, behind = (high, high - 1) if rightwards else (low, low + 1)
    canvas.put(tip, head, "tail" if arrow.lost or arrow.reset else "line")
    if arrow.lost and high > low:
        canvas.put(behind, " ", "")
    inner = (low, high - 1 - arrow.lost) if rightwards else (low + 1 + arrow.lost, high)
    _label(canvas, shape, words, inner, (min(start, stop), max(start, stop)), arrow, rightwards, text)


def _end(canvas: _Canvas, shape: Layout, column: int, name: str, text: Text) -> int:
    """The cell where an arrow's end is; for a column that is not shown its name is written at the edge."""
    place = shape.place(column)
    if place is not None:
        return place
    name = shortened(name, max(8, shape.width // 3), text)
    if column < shape.first:
        told = _ELSEWHERE[0] + name + " "
        canvas.put(0, told, "port")
        return text.width(told) - 1
    told = " " + name + _ELSEWHERE[1]
    at = shape.width - text.width(told)
    canvas.put(at, told, "port")
    return at


def _ports(canvas: _Canvas, shape: Layout, arrow: Arrow, rightwards: bool, text: Text) -> None:
    """What is written beside both ends, on the sides away from the arrow."""
    for column, words, at_left in ((arrow.source, arrow.from_text, rightwards),
                                   (arrow.destination, arrow.to_text, not rightwards)):  # fmt: skip
        place = shape.place(column)
        if place is None or not words:
            continue
        if at_left:
            canvas.put(place - 1 - text.width(words), words, "port")
        else:
            canvas.put(place + 2, text.cut(words, shape.width - place - 2), "port")


def _label(canvas: _Canvas, shape: Layout, words: Words, inner: tuple[int, int], ends: tuple[int, int], arrow: Arrow,
           rightwards: bool, text: Text) -> None:  # fmt: skip
    """The words on the arrow; to the right or left of it where it is too short for them and there is more room."""
    left_text, right_text = (arrow.from_text, arrow.to_text) if rightwards else (arrow.to_text, arrow.from_text)
    right = ends[1] + 2 + (text.width(right_text) + 2 if right_text else 0)
    left = ends[0] - 1 - (text.width(left_text) + 2 if left_text else 0)
    rooms = [inner[1] - inner[0] - 3, shape.width - right, left]
    fits = [_fitting(words, room, text) for room in rooms]
    best = min(range(3), key=lambda at: (fits[at], at))
    if fits[best] == len(words.forms):
        best = max(range(3), key=lambda at: rooms[at] + (0 if at else _NEARER))
    if fits[0] < min(words.good, len(words.forms)):
        best = 0
    said, tail = _parts(words, rooms[best], text)
    size = text.width(said) + text.width(tail)
    if not size:
        return
    at = (inner[0] + max(1, (inner[1] - inner[0] - 1 - size) // 2) + 1, right, left - size)[best]
    canvas.put(at - 1, " ", "")
    canvas.put(at + size, " ", "")
    canvas.put(at, said, "words")
    canvas.put(at + text.width(said), tail, "tail")


def _fitting(words: Words, room: int, text: Text) -> int:
    """Which form fits, counted from the longest; one more than there are where none does."""
    room -= text.width(words.tail) + 3 if words.tail else 0
    return next((at for at, form in enumerate(words.forms) if text.width(form) <= room), len(words.forms))


def _parts(words: Words, room: int, text: Text) -> tuple[str, str]:
    """What is said in so many cells, and behind it what became of the packet."""
    if room < 3:
        return "", ""
    tail = f", {words.tail}" if words.tail else ""
    at = _fitting(words, room, text)
    if at < len(words.forms):
        return words.forms[at], tail
    if tail and room < text.width(tail) + 4:
        return "", text.cut(words.tail, room)
    return text.cut(words.forms[-1], room - text.width(tail)), tail


def _said(words: Words, room: int, text: Text) -> str:
    return "".join(_parts(words, room, text))
