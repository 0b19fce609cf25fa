"""Lines of a followed stream: where each begins is known by blocks, its text is made when it is drawn.

A block is up to 16 kB that one side sent without an answer between. The index holds three numbers a block, so that a
stream of 100 MB takes some hundred kB, and can be used while it is being made.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections import OrderedDict
from dataclasses import dataclass
from enum import Enum

import numpy as np
from rich.cells import cell_len

from .follow_source import DATA, GAP, NOTE, Pieces
from .text import clean

BLOCK = 1 << 14
_KEPT = 64


class Mode(Enum):
    """How bytes look; the value is the name shown to people."""

    TEXT = "text"
    HEX = "hex"
    RAW = "raw"


@dataclass(frozen=True, slots=True)
class Block:
    """Some bytes of one side and the lines in them. `rows`: where each line begins and ends in `data`; `spans`: where
    the bytes of a piece begin (offset in `data`, piece, offset in the piece)."""

    side: int
    kind: int
    data: bytes
    rows: list[tuple[int, int]]
    spans: list[tuple[int, int, int]]
    used: int

    def span(self, offset: int) -> tuple[int, int, int]:
        """The piece that a byte of `data` is from."""
        return self.spans[max(0, bisect_right(self.spans, offset, key=lambda span: span[0]) - 1)]


class LineIndex:
    """The lines of `pieces` as `mode` shows them on `width` cells, of one side only or of both (None).

    `step` makes a part of the index, in any one thread; everything below `row_count` can be asked meanwhile.
    """

    def __init__(self, pieces: Pieces, mode: Mode, width: int, side: int | None = None) -> None:
        self.pieces = pieces
        self.mode = mode
        self.width = max(4, width)
        self.only = side
        self.across = hex_across(self.width)
        self.complete = False
        self._first_row = array("q")
        self._piece = array("q")
        self._offset = array("q")
        self._rows = 0
        self._next = (0, 0)
        self._blocks: OrderedDict[int, Block] = OrderedDict()
        self._lay = {Mode.TEXT: _text_rows, Mode.HEX: _hex_rows, Mode.RAW: _raw_rows}[mode]

    @property
    def row_count(self) -> int:
        return self._rows

    @property
    def block_count(self) -> int:
        return len(self._first_row)

    def step(self) -> bool:
        """Index one more block; False when all is done."""
        place, offset = self._next
        pieces = self.pieces
        while True:
            if place >= pieces.count:
                if pieces.complete:
                    self.complete = True
                    return False
                pieces.grow()
                continue
            if self.only is not None and pieces.side(place) != self.only:
                place, offset = place + 1, 0
                continue
            if pieces.size(place) <= offset:
                place, offset = place + 1, 0
                continue
            break
        block, after = self._make(place, offset, grow=True)
        self._piece.append(place)
        self._offset.append(offset)
        self._first_row.append(self._rows)
        self._rows += len(block.rows)
        self._next = after
        return True

    def reached(self, piece: int, offset: int) -> bool:
        """Whether the line that shows this place is indexed."""
        return self.complete or self._next > (piece, offset)

    # What stands where.

    def block_of(self, row: int) -> tuple[int, int]:
        """The block of a row, and the row's place in it."""
        number = bisect_right(self._first_row, row) - 1
        return number, row - self._first_row[number]

    def block(self, number: int) -> Block:
        """A block, made anew unless it was used lately."""
        found = self._blocks.get(number)
        if found is None:
            found = self._make(self._piece[number], self._offset[number], grow=False)[0]
            self._blocks[number] = found
            if len(self._blocks) > _KEPT:
                self._blocks.popitem(last=False)
        return found

    def first_row(self, number: int) -> int:
        return self._first_row[number]

    def side_of(self, number: int) -> int:
        """Who sent a block."""
        return self.pieces.side(self._piece[number])

    def data(self, number: int) -> bytes:
        """A block's bytes without its lines: for searching, also in another thread than the screen's."""
        piece, offset = self._begin(number)
        if self.pieces.kind(piece) != DATA:
            return self.pieces.read(piece, 0, BLOCK)
        data, spans, _, _ = self._gather(piece, offset, self.pieces.side(piece), grow=False)
        if number + 1 < self.block_count:
            following, begin = self._begin(number + 1)
            for at, mine, start in reversed(spans):
                if mine == following and begin >= start:
                    return data[: at + begin - start]
        return data

    def goes_on(self, number: int) -> bool:
        """Whether the next block continues a block's bytes."""
        if number + 1 >= self.block_count:
            return False
        pieces = self.pieces
        here, following = self._piece[number], self._piece[number + 1]
        same_side = pieces.side(here) == pieces.side(following)
        return same_side and pieces.kind(here) == pieces.kind(following) == DATA

    def place_of(self, row: int) -> tuple[int, int]:
        """(piece, offset in it) where a row begins."""
        number, line = self.block_of(row)
        block = self.block(number)
        start = block.rows[line][0]
        at, piece, offset = block.span(start)
        return piece, offset + start - at

    def row_at(self, piece: int, offset: int) -> int:
        """The row that shows a byte of a piece, or the first one behind it; the last one indexed if that is before."""
        if not self.block_count:
            return 0
        number = max(0, bisect_right(range(self.block_count), (piece, offset), key=self._begin) - 1)
        block = self.block(number)
        line = 0
        for place, (start, _) in enumerate(block.rows):
            at, mine, begin = block.span(start)
            if (mine, begin + start - at) > (piece, offset):
                break
            line = place
        return self.first_row(number) + line

    def row_in_block(self, number: int, offset: int) -> int:
        """The row that shows byte `offset` of a block's data."""
        rows = self.block(number).rows
        return self.first_row(number) + max(0, bisect_right(rows, offset, key=lambda row: row[0]) - 1)

    def _begin(self, number: int) -> tuple[int, int]:
        return self._piece[number], self._offset[number]

    def packet(self, row: int) -> int:
        """The packet that a row begins in."""
        return self.pieces.packet(self.place_of(row)[0])

    def text(self, row: int) -> str:
        """A row's text; nothing in it can steer the terminal."""
        number, line = self.block_of(row)
        block = self.block(number)
        start, end = block.rows[line]
        if block.kind == GAP:
            size = self.pieces.size(block.spans[0][1])
            return f"[{size} byte{'' if size == 1 else 's'} missing in the capture]"
        part = block.data[start:end]
        if block.kind == NOTE or self.mode is Mode.TEXT:
            return shown(part)
        if self.mode is Mode.RAW:
            return "".join([_RAW[byte] for byte in part])
        at, piece, offset = block.span(start)
        return hex_text(self.pieces.start(piece) + offset + start - at, part, self.across)

    # Making blocks.

    def _make(self, place: int, offset: int, grow: bool) -> tuple[Block, tuple[int, int]]:
        """The block that begins at a piece's byte, and where the next one does."""
        pieces = self.pieces
        side, kind = pieces.side(place), pieces.kind(place)
        if kind == GAP:
            return Block(side, kind, b"", [(0, 0)], [(0, place, 0)], 0), (place + 1, 0)
        if kind == NOTE:
            data = pieces.read(place, 0, BLOCK)
            return Block(side, kind, data, _text_rows(data, self.width), [(0, place, 0)], len(data)), (place + 1, 0)
        data, spans, after, more = self._gather(place, offset, side, grow)
        rows = self._lay(data, self.width)
        used = len(data)
        if more and len(rows) > 1 and not data.endswith(b"\n"):
            used = rows.pop()[0]
            at, piece, begin = spans[max(0, bisect_right(spans, used, key=lambda span: span[0]) - 1)]
            after = piece, begin + used - at
        return Block(side, kind, data[:used], rows, spans, used), after

    def _gather(
        self, place: int, offset: int, side: int, grow: bool
    ) -> tuple[bytes, list[tuple[int, int, int]], tuple[int, int], bool]:
        """Bytes of one side from a place on; where they are from, what comes next, and whether the run goes on."""
        pieces = self.pieces
        parts: list[bytes] = []
        spans: list[tuple[int, int, int]] = []
        size = 0
        while size < BLOCK:
            if place >= pieces.count and grow:
                while place >= pieces.count and not pieces.complete:
                    pieces.grow()
            if place >= pieces.count:
                return b"".join(parts), spans, (place, 0), False
            if self.only is not None and pieces.side(place) != self.only:
                place, offset = place + 1, 0
                continue
            if pieces.side(place) != side or pieces.kind(place) != DATA:
                return b"".join(parts), spans, (place, 0), False
            data = pieces.read(place, offset, offset + BLOCK - size)
            if data:
                spans.append((size, place, offset))
                parts.append(data)
                size += len(data)
            offset += len(data)
            if not data or offset >= pieces.size(place):
                place, offset = place + 1, 0
        return b"".join(parts), spans, (place, offset), True


# How bytes become lines.

_TEXT = bytes(byte if 32 <= byte < 127 or byte == 9 or byte >= 128 else 0x2E for byte in range(256))
_DOTS = bytes(byte if byte < 128 else 0x2E for byte in range(256))
_NAMED = {9: "\\t", 10: "\\n", 13: "\\r", 92: "\\\\"}
_RAW = [_NAMED.get(byte) or (chr(byte) if 32 <= byte < 127 else f"\\x{byte:02x}") for byte in range(256)]
_RAW_WIDTHS = np.array([len(text) for text in _RAW])


def shown(part: bytes) -> str:
    """Text of a line: UTF-8 if it is that, else ASCII; what cannot be shown is a dot."""
    part = part.rstrip(b"\r\n").translate(_TEXT)
    if part.isascii():
        return part.decode("ascii").replace("\t", " ")
    try:
        return clean(part.decode("utf-8"))
    except UnicodeDecodeError:
        return part.translate(_DOTS).decode("ascii").replace("\t", " ")


def _text_rows(data: bytes, width: int) -> list[tuple[int, int]]:
    rows: list[tuple[int, int]] = []
    start, size = 0, len(data)
    while start < size:
        end = data.find(b"\n", start) + 1 or size
        if end - start <= width:
            rows.append((start, end))
        else:
            _wrap(data, start, end, width, rows)
        start = end
    return rows


def _wrap(data: bytes, start: int, end: int, width: int, rows: list[tuple[int, int]]) -> None:
    """A line that may be wider than the screen."""
    line = data[start:end]
    body = line.rstrip(b"\r\n")
    if not line.isascii():
        cells = _cells(body)
        if cells is not None:
            _wrap_cells(start, end, width, rows, cells)
            return
    if len(body) <= width:
        rows.append((start, end))
        return
    stops = list(range(start + width, start + len(body), width))
    rows += zip([start, *stops], [*stops, end], strict=True)


def _cells(line: bytes) -> list[tuple[int, int]] | None:
    """(bytes, cells) of each character, None if the line is not UTF-8."""
    try:
        text = line.translate(_TEXT).decode("utf-8")
    except UnicodeDecodeError:
        return None
    return [(1, 1) if c < "\x80" else (len(c.encode()), cell_len(clean(c))) for c in text]


def _wrap_cells(start: int, end: int, width: int, rows: list[tuple[int, int]], cells: list[tuple[int, int]]) -> None:
    at, begin, used = start, start, 0
    for size, wide in cells:
        if used + wide > width and at > begin:
            rows.append((begin, at))
            begin, used = at, 0
        at += size
        used += wide
    rows.append((begin, end))


def _hex_rows(data: bytes, width: int) -> list[tuple[int, int]]:
    across = hex_across(width)
    return [(start, min(start + across, len(data))) for start in range(0, len(data), across)]


def _raw_rows(data: bytes, width: int) -> list[tuple[int, int]]:
    ends: list[int] = np.cumsum(_RAW_WIDTHS[np.frombuffer(data, np.uint8)]).tolist()
    rows, begin, size = [], 0, len(data)
    while begin < size:
        used = ends[begin - 1] if begin else 0
        end = bisect_right(ends, used + width, begin)
        line = data.find(b"\n", begin, end) + 1
        rows.append((begin, line or end))
        begin = line or end
    return rows


def hex_across(width: int) -> int:
    """Bytes in a row of hex."""
    return 16 if width >= 10 + 16 * 4 + 2 else 8 if width >= 10 + 8 * 4 + 1 else 4


def hex_text(start: int, part: bytes, across: int) -> str:
    """Offset, bytes in hex and as ASCII."""
    digits = " ".join(f"{byte:02x}" for byte in part[:8])
    if len(part) > 8:
        digits += "  " + " ".join(f"{byte:02x}" for byte in part[8:])
    room = across * 3 - 1 + (across > 8)
    letters = part.translate(_TEXT).translate(_DOTS).replace(b"\t", b".").decode("ascii")
    return f"{start:08x}  {digits:<{room}}  {letters}"
