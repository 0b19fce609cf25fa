"""The hex pane: offset, bytes in hex, and as ASCII; sixteen or eight to a row as the width allows."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from itertools import groupby
from typing import ClassVar, cast

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType

from .glyphs import BORDER, HEAVY_TEE, TEE
from .hexrow import row_width
from .pane import TITLE_ROWS, LinePane, nothing, rule

_PRINTABLE = bytes(byte if 32 <= byte < 127 else ord(".") for byte in range(256))


class HexPane(LinePane):
    """The bytes of the selected packet, those of the selected field highlighted. The cursor is a byte."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,h", "step(-1)", "Previous byte", id="hex.left", show=False, tooltip="One byte back"),
        Binding("right,l", "step(1)", "Next byte", id="hex.right", show=False, tooltip="One byte on"),
        Binding("up,k", "rows(-1)", "Row up", id="hex.up", show=False, tooltip="One row up"),
        Binding("down,j", "rows(1)", "Row down", id="hex.down", show=False, tooltip="One row down"),
        Binding("pageup,ctrl+b,ctrl+u", "page(-1)", "Page up", id="hex.page_up", show=False, tooltip="One page up"),
        Binding("pagedown,ctrl+d,space", "page(1)", "Page down", id="hex.page_down", show=False,
                tooltip="One page down"),
        Binding("home,g", "to(0)", "First byte", id="hex.first", show=False, tooltip="To the first byte"),
        Binding("end,G", "to(-1)", "Last byte", id="hex.last", show=False, tooltip="To the last byte"),
    ]  # fmt: skip

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.data = b""
        self.selected: Callable[[int], None] = nothing
        """Called with the byte that the cursor was put on."""
        self.byte = 0
        self.marked = range(0)
        self.bordered = True

    # What the base asks.

    @property
    def across(self) -> int:
        """Bytes in a row."""
        room = self.size.width - 1 - self._border
        digits = self._digits
        return next((count for count in (16, 8, 4) if row_width(count, digits) <= room), 4)

    @property
    def blank_key(self) -> Hashable:  # type: ignore[override]
        return self.bordered

    @property
    def _border(self) -> int:
        """Cells of the line between tree and hex, where they stand side by side."""
        return 2 if self.bordered else 0

    @property
    def _digits(self) -> int:
        return 4 if len(self.data) <= 0x10000 else 6 if len(self.data) <= 0x1000000 else 8

    @property
    def row_count(self) -> int:
        return max(1, -(-len(self.data) // self.across))

    def title_key(self) -> Hashable:
        return (self.has_focus, len(self.data), self.bordered)

    def draw_title(self, key: Hashable, width: int) -> list[Segment]:
        focused, size, bordered = cast("tuple[bool, int, bool]", key)
        label = f"Frame, {size} byte{'' if size == 1 else 's'}"
        if not bordered:
            return rule(label, width, focused, self.palette)
        title = rule(label, width - 1, focused, self.palette)
        return [Segment(HEAVY_TEE if focused else TEE, title[0].style), *title]

    def row_key(self, row: int) -> Hashable:
        across = self.across
        start = row * across
        part = self.data[start : start + across]
        marked = (max(self.marked.start - start, 0), min(self.marked.stop - start, across))
        cursor = self.byte - start if self.has_focus and 0 <= self.byte - start < across else -1
        return (start, part, marked if marked[0] < marked[1] else (0, 0), cursor, across, self._digits, self.bordered)

    def draw_row(self, key: Hashable, width: int) -> list[Segment]:
        start, part, marked, cursor, across, digits, bordered = cast(
            "tuple[int, bytes, tuple[int, int], int, int, int, bool]", key
        )
        colours = self.palette
        border = self._border_segments(bordered)
        if not part:
            return border
        chosen = colours.selection
        styles: list[Style | None] = [
            colours.cursor if place == cursor else chosen if marked[0] <= place < marked[1] else None
            for place in range(len(part))
        ]
        segments = [*border, Segment(f"{start:0{digits}x}  ", colours.quiet)]
        segments += [*_hex(part, styles, across), Segment(" ")]
        segments += _runs(list(zip(part.translate(_PRINTABLE).decode("ascii"), styles, strict=True)))
        return segments

    def draw_blank(self) -> list[Segment]:
        return self._border_segments(self.bordered)

    def _border_segments(self, bordered: bool) -> list[Segment]:
        return [Segment(f"{BORDER} ", self.palette.quiet)] if bordered else []

    # Content.

    def show(self, data: bytes, start: int = 0, length: int = 0) -> None:
        """The bytes of another packet, with those of a field marked."""
        self.data = data
        self.byte = min(self.byte, max(0, len(data) - 1))
        self.mark(start, length)

    def mark(self, start: int, length: int) -> None:
        """Highlight the bytes of a field and scroll so that its first ones are on the screen."""
        start = max(0, min(start, len(self.data)))
        self.marked = range(start, max(start, min(start + length, len(self.data))))
        if self.marked:
            if self.byte not in self.marked:
                self.byte = start
            # As much of the field as fits, its first row before its last.
            self.show_row((self.marked.stop - 1) // self.across)
            self.show_row(self.marked.start // self.across)
        self.cursor = self.byte // self.across
        self.limit_top()
        self.repaint()

    def window_moved(self) -> None:
        self.cursor = self.byte // self.across

    # The cursor.

    def action_to(self, byte: int) -> None:
        last = max(0, len(self.data) - 1)
        self.byte = last if byte < 0 else min(byte, last)
        self.cursor = self.byte // self.across
        self.show_row(self.cursor)
        self.repaint()
        if self.data:
            self.selected(self.byte)

    def action_step(self, count: int) -> None:
        self.action_to(max(0, self.byte + count))

    def action_rows(self, rows: int) -> None:
        byte = self.byte + rows * self.across
        if byte >= 0 and byte // self.across < self.row_count:
            self.action_to(byte)

    def action_page(self, pages: int) -> None:
        byte = self.byte + pages * max(1, self.page - 1) * self.across
        self.action_to(max(self.byte % self.across, min(byte, len(self.data) - 1)))

    def row_clicked(self, row: int, x: int, chain: int) -> None:
        place = self._place_at(x)
        if place is not None and row * self.across + place < len(self.data):
            self.action_to(row * self.across + place)

    def on_click(self, event: events.Click) -> None:
        if event.y >= TITLE_ROWS:
            super().on_click(event)

    def _place_at(self, x: int) -> int | None:
        """Which byte of a row stands at a cell, in hex or in ASCII."""
        across = self.across
        first = self._border + self._digits + 2
        hex_width = 3 * across + (across > 8)
        if first <= x < first + hex_width:
            cell = x - first
            return min(across - 1, (cell - (cell > 24 and across > 8)) // 3)
        ascii_first = first + hex_width + 1
        return x - ascii_first if ascii_first <= x < ascii_first + across else None


def _hex(part: bytes, styles: list[Style | None], across: int) -> list[Segment]:
    """The bytes in hex, a space behind each and one more behind the eighth of sixteen, filled to the full width."""
    pieces: list[tuple[str, Style | None]] = []
    for place, byte in enumerate(part):
        style = styles[place]
        last = place + 1 == len(part)
        pieces.append((f"{byte:02x}", style))
        pieces.append((_gap(place, across), None if last or styles[place + 1] != style else style))
    pieces.append(("".join("  " + _gap(place, across) for place in range(len(part), across)), None))
    return _runs(pieces)


def _gap(place: int, across: int) -> str:
    return "  " if place == 7 and across > 8 else " "


def _runs(pieces: list[tuple[str, Style | None]]) -> list[Segment]:
    """Neighbours of one style as one segment."""
    return [Segment("".join(text for text, _ in run), style) for style, run in groupby(pieces, lambda piece: piece[1])]
