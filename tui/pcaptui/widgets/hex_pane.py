"""The hex pane: offset, bytes in hex, and as ASCII; sixteen or eight to a row as the width allows.

Beside the frame it shows, as tabs, what was put together or decoded from several.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from itertools import groupby
from typing import ClassVar, cast

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType

from .glyphs import BORDER, HEAVY_RULE, HEAVY_TEE, RULE, TEE
from .hexrow import row_width
from .pane import TITLE_ROWS, LinePane, nothing
from .text import clean, cut

TAB_GAP = " · "
_PRINTABLE = bytes(byte if 32 <= byte < 127 else ord(".") for byte in range(256))


class HexPane(LinePane):
    """The bytes of the selected packet, those of the selected field highlighted. The cursor is a byte.

    `data` are those of the tab that is shown, `source` its name; None: the frame.
    """

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
        Binding("shift+left,H", "select(-1)", "Select back", id="hex.select_left", show=False,
                tooltip="Select bytes, to be copied: one back"),
        Binding("shift+right,L", "select(1)", "Select on", id="hex.select_right", show=False,
                tooltip="Select bytes, to be copied: one on"),
        Binding("shift+up,K", "select_rows(-1)", "Select up", id="hex.select_up", show=False,
                tooltip="Select bytes: one row up"),
        Binding("shift+down,J", "select_rows(1)", "Select down", id="hex.select_down", show=False,
                tooltip="Select bytes: one row down"),
    ]  # fmt: skip

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.data = b""
        self.source: str | None = None
        self.sources: dict[str | None, bytes] = {None: b""}
        self.selected: Callable[[int, str | None], None] = nothing
        """Called with the byte that the cursor was put on, and its source."""
        self._anchor: int | None = None
        self._wish: str | None = None
        """The tab that somebody wants to see, which not every packet has."""
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
        sizes = tuple((name, len(data)) for name, data in self.sources.items())
        return (self.has_focus, sizes, self.source, self.bordered)

    def draw_title(self, key: Hashable, width: int) -> list[Segment]:
        focused, sizes, source, bordered = cast(
            "tuple[bool, tuple[tuple[str | None, int], ...], str | None, bool]", key
        )
        line = HEAVY_RULE if focused else RULE
        base = self.palette.bright_heading if focused else self.palette.heading
        corner = (HEAVY_TEE if focused else TEE) if bordered else ""
        segments = [Segment(f"{corner}{line} ", base)]
        for place, (start, label, name) in enumerate(tab_labels(sizes, source, width - len(corner) - 4)):
            del start
            if place:
                segments.append(Segment(TAB_GAP, base))
            alone = len(sizes) == 1
            style = base if alone or name != source else self.palette.tab
            segments.append(Segment(label, style))
        used = sum(len(segment.text) for segment in segments)
        return [*segments, Segment(f" {line * max(0, width - used - 1)}", base)]

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

    def show(self, data: bytes, start: int = 0, length: int = 0, source: str | None = None) -> None:
        """The frame of another packet, with the bytes of a field marked (those of another source once they come)."""
        self.sources = {None: data}
        self._open(None)
        self._anchor = None
        if source is None:
            self.mark(start, length)
        else:
            self.mark(0, 0)

    def add_sources(self, sources: Mapping[str, bytes]) -> None:
        """What was put together or decoded from the packet, a tab each; an open tab of that name stays open."""
        self.sources = {None: self.sources[None]}
        self.sources.update(sources.items())
        if self._wish is not None:
            self._open(self._wish if self._wish in self.sources else None)
        self.limit_top()
        self.repaint()

    def _open(self, source: str | None) -> None:
        self.source = source
        self.data = self.sources.get(source, b"")
        self.byte = min(self.byte, max(0, len(self.data) - 1))
        self.cursor = self.byte // self.across

    def open_tab(self, source: str | None) -> None:
        """Show another tab, nothing marked in it."""
        if source in self.sources and source != self.source:
            self._open(source)
            self._wish = source
            self.mark(0, 0)

    def next_tab(self, step: int = 1) -> bool:
        """Show the next tab; False if there is only one."""
        names = list(self.sources)
        if len(names) > 1:
            self.open_tab(names[(names.index(self.source) + step) % len(names)])
        return len(names) > 1

    def mark(self, start: int, length: int, source: str | None = None) -> None:
        """Highlight the bytes of a field, in its tab, and scroll so that its first ones are on the screen."""
        if length and source in self.sources:
            self._wish = source
            if source != self.source:
                self._open(source)
        elif length and source != self.source:
            length = 0
        self._anchor = None
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

    @property
    def chosen(self) -> bytes:
        """The marked bytes, or all of the tab where none are marked."""
        return self.data[self.marked.start : self.marked.stop] if self.marked else self.data

    def window_moved(self) -> None:
        self.cursor = self.byte // self.across

    # The cursor.

    def action_to(self, byte: int) -> None:
        last = max(0, len(self.data) - 1)
        self.byte = last if byte < 0 else min(byte, last)
        self.cursor = self.byte // self.across
        self.show_row(self.cursor)
        self.repaint()
        self._anchor = None
        if self.data:
            self.selected(self.byte, self.source)

    def action_select(self, count: int) -> None:
        """Move the cursor and mark what lies between it and where the selection began."""
        if not self.data:
            return
        if self._anchor is None:
            self._anchor = self.byte
        self.byte = max(0, min(self.byte + count, len(self.data) - 1))
        self.marked = range(min(self._anchor, self.byte), max(self._anchor, self.byte) + 1)
        self.cursor = self.byte // self.across
        self.show_row(self.cursor)
        self.repaint()

    def action_select_rows(self, rows: int) -> None:
        self.action_select(rows * self.across)

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
            return
        sizes = tuple((name, len(data)) for name, data in self.sources.items())
        first = 2 + (1 if self.bordered else 0)
        for start, label, name in tab_labels(sizes, self.source, self.size.width - first - 2):
            if start <= event.x - first < start + len(label):
                self.open_tab(name)

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


def tab_labels(
    sizes: Sequence[tuple[str | None, int]], source: str | None, width: int
) -> list[tuple[int, str, str | None]]:
    """The tabs that fit: (cell, label, source) each. Where not all do, only the one that is shown, with its place."""
    found: list[tuple[int, str, str | None]] = []
    at = 0
    for name, size in sizes:
        label = f"{clean(name or 'Frame')}, {size} byte{'' if size == 1 else 's'}"
        if len(sizes) > 1:
            label = f"{clean(name or 'Frame')} {size}"
        found.append((at, label, name))
        at += len(label) + len(TAB_GAP)
    if at - len(TAB_GAP) <= width or len(found) == 1:
        return found
    place = next((i for i, (name, _) in enumerate(sizes) if name == source), 0)
    return [(0, cut(f"{place + 1}/{len(sizes)} {found[place][1]}", max(8, width)), source)]


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
