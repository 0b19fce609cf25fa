"""The ladder's rows: hosts as columns, an arrow a packet. Only the rows on the screen are dissected and drawn."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable, Sequence
from typing import TYPE_CHECKING, ClassVar, cast

import numpy as np
from rich.segment import Segment
from rich.style import Style
from textual.binding import BindingType
from textual.cache import LRUCache

from ..pictures.arrows import Arrows
from ..pictures.ladder import Ladder
from ..pictures.ladder_cells import LOST, PAST, Layout, Text, draw_arrow, draw_gap, host_lines, layout
from ..pictures.ladder_time import LadderTime, Stamps
from ..pictures.ladder_words import Words, gap_words
from .cursor_pane import CursorPane, cursor_keys
from .glyphs import ALONG, FOCUS, MARKER, RESET
from .gutter import Gutter
from .model import BareRow
from .packet_row import Mark
from .rowlike import RowLike
from .text import clean, cut, left, width_of

if TYPE_CHECKING:
    from ..capture import Capture

BUDGET = 0.03
"""Seconds that dissecting rows may take before the screen is drawn with what is there."""
KEPT = 4096
WORDY, NUMBERED, PRECISE = 110, 56, 72
"""Widths from which phases are named, packets numbered, times told to the microsecond."""
_WORD_CELLS = 10
_WORDS = {"┌": "handshake", "►": "request", "◄": "response", "╓": "teardown", "✗": "reset", "X": "reset"}
_PENDING = Words(("…",))
TEXT = Text(width_of, cut)
_CONSOLE = str.maketrans({LOST: RESET, PAST: PAST if RESET == LOST else ALONG})
"""Signs that the Linux console's fonts have not; elsewhere they stay as they are."""


class LadderView(CursorPane):
    """`selected` is called after every cursor step. `hosts_moved` is called when other columns are shown."""

    BINDINGS: ClassVar[list[BindingType]] = cursor_keys("flow", "arrow", page_down="pagedown,space,ctrl+f")

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.ladder: Ladder | None = None
        self.marks = Gutter()
        self.selecting: Callable[[], None] = lambda: None
        """Called before a row is drawn as the selected one."""
        self.hosts_moved: Callable[[], None] = lambda: None
        self.time_form = LadderTime.FIRST
        self.first = 0
        self.shape: Layout = layout(1, ())
        self._arrows: Arrows | None = None
        self._capture: Capture | None = None
        self._make_row: Callable[[int], RowLike] | None = None
        self._rows: LRUCache[int, RowLike] = LRUCache(KEPT)
        self._stamps: Stamps | None = None
        self._front = 0
        self._number = 0
        self._version = 0
        self._late = False

    def show(self, capture: Capture, ladder: Ladder, make_row: Callable[[int], RowLike], packet: int | None) -> None:
        """Another ladder, with the cursor on a packet's arrow or the one behind it."""
        self.ladder, self._capture, self._make_row = ladder, capture, make_row
        self._arrows = Arrows(capture, ladder, self.row, clean)
        self._version += 1
        self.first = 0
        self.cursor = ladder.row_near(packet) if packet is not None else 0
        self.top = self.cursor - self.page // 3
        self._arrange()
        self._show_ends()
        self.limit_top()
        self.show_row(self.cursor)
        self.window_moved()
        self.selecting()
        self.repaint()
        self.selected()

    def row(self, packet: int) -> RowLike:
        """A packet's row, dissected if need be."""
        found = self._rows.get(packet)
        if found is None:
            assert self._make_row is not None
            try:
                found = self._make_row(packet)
            except Exception as error:  # a mistake of ours must not close the screen
                found = BareRow(packet + 1, 0, f"[No row: {type(error).__name__}: {error}]")
            self._rows[packet] = found
        return found

    @property
    def arrow(self) -> int | None:
        """The arrow under the cursor, the one behind it where it is on a gap; None without any."""
        if self.ladder is None or not len(self.ladder):
            return None
        at = self.ladder.arrow_at(self.cursor)
        return at if at is not None else self.ladder.arrow_at(self.cursor + 1)

    @property
    def packet(self) -> int | None:
        at = self.arrow
        return None if at is None or self.ladder is None else int(self.ladder.packets[at])

    # Places.

    def _arrange(self) -> None:
        """Find out what stands where on lines of this width."""
        width = self.size.width - 1
        ladder, capture = self.ladder, self._capture
        if ladder is None or capture is None or not len(ladder) or width < 1:
            self.shape = layout(max(1, width), ())
            return
        begin = int(capture.table["time"][0])
        self._stamps = Stamps(ladder, self.time_form, begin, 6 if width >= PRECISE else 3)
        self._number = max(3, len(str(int(ladder.packets[-1]) + 1))) if width >= NUMBERED else 0
        words = _WORD_CELLS if width >= WORDY else 0
        self._front = 3 + words + (self._number + 1 if self._number else 0) + self._stamps.width + 1
        self.shape = layout(max(1, width - self._front), ladder.hosts.names, self.first)
        self.first = self.shape.first
        self.hosts_moved()

    def _show_ends(self) -> None:
        """Have both ends of the arrow under the cursor on the screen, if there is room for both."""
        at = self.arrow
        if at is None or self.ladder is None:
            return
        ends = [int(column[at]) for column in (self.ladder.hosts.source, self.ladder.hosts.destination)]
        ends = [column for column in ends if self.ladder.is_host(column)]
        shown = len(self.shape.places)
        if ends and max(ends) >= self.shape.last and max(ends) - min(ends) < shown:
            self.first = max(ends) - shown + 1
            self._arrange()

    def shift(self, step: int) -> None:
        """Show columns further to the right (positive) or left."""
        before = self.first
        self.first += step
        self._arrange()
        if self.first != before:
            self.repaint()

    def set_time(self, form: LadderTime) -> None:
        self.time_form = form
        self._arrange()
        self.repaint()

    def heads(self) -> list[str]:
        """The columns' names, in one line or two."""
        if self.ladder is None or not len(self.ladder):
            return [""]
        return host_lines(self.shape, [clean(name) for name in self.ladder.hosts.names], TEXT)

    @property
    def front(self) -> int:
        """Cells in front of the columns."""
        return self._front

    # What the base asks.

    @property
    def row_count(self) -> int:
        return self.ladder.row_count if self.ladder is not None else 0

    def title_key(self) -> Hashable:
        return (self.shape, self._version, self.has_focus, self.time_form, self._front)

    def draw_title(self, key: Hashable, width: int) -> list[Segment]:
        focused = self.has_focus
        style = self.palette.bright_heading if focused else self.palette.heading
        stamp = self.time_form.heading if self._stamps is not None else ""
        number = f"{'No.':>{self._number}} " if self._number else ""
        words = self._front - 4 - len(number) - (self._stamps.width if self._stamps else 0)
        heading = f"{stamp:>{self._stamps.width}} " if self._stamps is not None else ""
        front = f"{FOCUS if focused else ' '}  {' ' * max(0, words)}{number}{heading}"
        return [Segment(left(front + self.heads()[-1], width), style + Style(underline=True))]

    def row_key(self, row: int) -> Hashable:
        ladder = self.ladder
        assert ladder is not None
        at = ladder.arrow_at(row)
        selected = row == self.cursor
        look = (selected, selected and self.has_focus)
        if at is None:
            return (row, None, self.shape, self._front, look, self._version, None, None, None)
        packet = int(ladder.packets[at])
        return (row, at, self.shape, self._front, look, self._version, self.marks.mark(packet), packet in self._rows,
                self.time_form)  # fmt: skip

    def line_keys(self) -> list[Hashable]:
        if self.ladder is not None:
            places = [at for row in self.on_screen if (at := self.ladder.arrow_at(row)) is not None]
            self.marks.window(self.ladder.packets[np.array(places, np.int64)])
        return super().line_keys()

    def draw_row(self, key: Hashable, width: int) -> list[Segment]:
        row, at, shape, front, look, _, mark, known, _ = cast(
            "tuple[int, int | None, Layout, int, tuple[bool, bool], int, Mark, bool, object]", key
        )
        ladder, colours = self.ladder, self.palette
        assert ladder is not None and self._arrows is not None
        if at is None:
            pieces = draw_gap(shape, gap_words(ladder.gap_at(row)), TEXT)
            return self._finished([(" " * front, None)], pieces, look, None, width)
        packet = int(ladder.packets[at])
        kind = self.row(packet).kind if known else "tcp-bad" if ladder.wrong[at] else ""
        words = self._arrows.words(at) if known else _PENDING
        pieces = draw_arrow(shape, self._arrows.arrow(at), words, TEXT)
        return self._finished(self._front_pieces(at, mark, look[0]), pieces, look, colours.kind(kind), width)

    def _front_pieces(self, at: int, mark: Mark, selected: bool) -> list[tuple[str, Style | None]]:
        ladder, colours = self.ladder, self.palette
        assert ladder is not None and self._stamps is not None
        phase = colours.phase(mark.phase)
        tie = MARKER if selected else mark.tie
        pieces: list[tuple[str, Style | None]] = [
            (mark.sign, phase),
            ("!" if ladder.wrong[at] else " ", colours.kind("tcp-bad")),
            (tie, colours.bright_heading if mark.tied else colours.quiet),
        ]
        number = f"{int(ladder.packets[at]) + 1:>{self._number}} " if self._number else ""
        words = self._front - 4 - len(number) - self._stamps.width
        if words > 0:
            pieces.append((left(_WORDS.get(mark.sign, ""), words), phase))
        pieces.append((number, colours.bright_heading if mark.tied and not mark.phase else phase))
        pieces.append((f"{self._stamps.text(at):>{self._stamps.width}} ", None))
        return pieces

    def _finished(self, front: Sequence[tuple[str, Style | None]], pieces: Sequence[tuple[str, str]],
                  look: tuple[bool, bool], kind: Style | None, width: int) -> list[Segment]:  # fmt: skip
        colours = self.palette
        roles = {"life": colours.quiet, "gap": colours.quiet, "port": None, "line": kind, "words": kind,
                 "tail": colours.kind("tcp-reset"), "": None}  # fmt: skip
        if look[0]:
            bar = colours.selection if look[1] else colours.faded
            fixed = [Segment(text, style) for text, style in front[:2]] if len(front) > 1 else []
            drawn = "".join(text for text, _ in pieces).translate(_CONSOLE)
            rest = "".join(text for text, _ in front[len(fixed) :]) + drawn
            return [*fixed, Segment(left(rest, width - len(fixed)), bar)]
        segments = [Segment(text, style) for text, style in front]
        return segments + [Segment(text.translate(_CONSOLE), roles[role]) for text, role in pieces]

    # Rows are dissected within the time that a frame may take.

    def window_moved(self) -> None:
        self._fetch()

    def on_resize(self) -> None:
        self._arrange()
        super().on_resize()

    def _fetch(self) -> None:
        ladder = self.ladder
        if ladder is None:
            return
        deadline = time.perf_counter() + BUDGET
        for row in sorted(self.on_screen, key=lambda row: row != self.cursor):
            at = ladder.arrow_at(row)
            if at is None or int(ladder.packets[at]) in self._rows:
                continue
            if time.perf_counter() > deadline:
                if not self._late:
                    self._late = True
                    self.set_timer(0.005, self._go_on)
                return
            self.row(int(ladder.packets[at]))

    def _go_on(self) -> None:
        self._late = False
        self._fetch()
        self.repaint()

    def move_to(self, row: int) -> None:
        row = max(0, min(row, self.row_count - 1))
        moved = row != self.cursor
        self.cursor = row
        self.show_row(row)
        self.window_moved()
        if moved:
            self.selecting()
        self.repaint()
        if moved:
            self.selected()

    def centre(self, row: int) -> None:
        """To a row, and that into the middle if it was not on the screen."""
        if row not in self.on_screen:
            self.top = row - self.page // 2
            self.limit_top()
        self.move_to(row)
