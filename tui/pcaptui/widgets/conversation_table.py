"""The table of conversations: sorted and filtered as columns, with texts for the rows on the screen only."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable, Sequence
from typing import ClassVar, cast

import numpy as np
from numpy.typing import NDArray
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import BindingType
from textual.cache import LRUCache
from textual.message import Message

from ..tracker.conversations import Conversation
from ..tracker.words import sentence
from . import conversation_row as look
from .conversation_data import KINDS, ConversationSource
from .cursor_pane import CursorPane, cursor_keys
from .glyphs import FOCUS, MARKER
from .packet_row import FOUND
from .pane import TITLE_ROWS
from .text import clean, cut, left

BUDGET = 0.03
"""Seconds that making rows may take before the screen is drawn with what is there."""
NAMED = 5000
"""Up to so many conversations have their protocols named while nothing else happens; then one can sort by them."""
_UP, _DOWN = "▲", "▼"
_KINDS = {"DNS": "dns", "MDNS": "dns", "HTTP": "http", "DHCP": "dhcp", "SMB": "smb", "SMB2": "smb", "QUIC": "tls"}

Line = tuple[Conversation, tuple[str, ...], look.Exchanged]


class ConversationTable(CursorPane):
    """`selected` is called after every cursor step; `exchanges` gives what a conversation's sentence tells of them."""

    BINDINGS: ClassVar[list[BindingType]] = cursor_keys("conversations", "conversation")

    class HeadingClicked(Message):
        """A column's name was clicked."""

        def __init__(self, key: str) -> None:
            super().__init__()
            self.key = key

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.source: ConversationSource | None = None
        self.order: NDArray[np.int64] = np.zeros(0, np.int64)
        self.exchanges: Callable[[Conversation], look.Exchanged] = lambda _: ()
        self.severity: Callable[[str, int], int] = lambda kind, number: 0
        """The worst severity of findings about a conversation, 0 for none."""
        self.sort_key = "start"
        self.descending = False
        self.names: list[str | None] = []
        self.widths = look.Widths()
        self._wanted = look.Widths()
        self._lines: LRUCache[int, Line] = LRUCache(1024)
        self._version = 0
        self._late = False

    # What is shown.

    def show(self, source: ConversationSource, order: NDArray[np.int64], place: int | None = None) -> None:
        """Other conversations, or the same in another order; the cursor goes to `place`, if it is shown."""
        if source is not self.source:
            self.source = source
            self.names = [None] * len(source.columns) if len(source.columns) <= NAMED else []
            self._lines.clear()
            self._version += 1
        self.order = order
        found: Sequence[int] = np.flatnonzero(order == place).tolist() if place is not None else ()
        self.cursor = found[0] if found else 0
        self.limit_top()
        self.show_row(self.cursor)
        self._fetch()
        self.repaint()
        self.selected()

    @property
    def place(self) -> int | None:
        """The selected conversation's place in the columns."""
        return int(self.order[self.cursor]) if self.cursor < len(self.order) else None

    @property
    def conversation(self) -> Conversation | None:
        place = self.place
        return None if place is None else self._line(place)[0]

    def sentence(self) -> str:
        """The selected conversation in words."""
        place = self.place
        if place is None:
            return ""
        conversation, _, exchanges = self._line(place)
        return clean(sentence(conversation, exchanges))

    def _line(self, place: int) -> Line:
        line = self._lines.get(place)
        if line is None:
            assert self.source is not None
            conversation = self.source.conversation(place)
            exchanges = self.exchanges(conversation)
            line = conversation, look.texts_of(conversation, self._protocol(place)), exchanges
            self._lines[place] = line
        return line

    def _protocol(self, place: int) -> str:
        name = self.names[place] if self.names else None
        if name is None:
            assert self.source is not None
            name = self.source.protocol(place)
            if self.names:
                self.names[place] = name
        return name

    # What the base asks.

    @property
    def row_count(self) -> int:
        return len(self.order)

    def title_key(self) -> Hashable:
        return (self.widths, self.sort_key, self.descending, self.has_focus)

    def draw_title(self, key: Hashable, width: int) -> list[Segment]:
        widths, sort_key, descending, focused = cast("tuple[look.Widths, str, bool, bool]", key)
        style = self.palette.bright_heading if focused else self.palette.heading
        text = look.headings(widths, sort_key, descending, _UP, _DOWN)
        front = FOCUS if focused else " "
        return [Segment(cut(front + text[1:], width), style + Style(underline=True))]

    def row_key(self, row: int) -> Hashable:
        place = int(self.order[row])
        selected = row == self.cursor
        found = self._severity(place)
        return (place, self.widths, self._version, selected, selected and self.has_focus, place in self._lines, found)

    def _severity(self, place: int) -> int:
        assert self.source is not None
        columns = self.source.columns
        return self.severity(KINDS[columns.kind[place]], int(columns.number[place]))

    def draw_row(self, key: Hashable, width: int) -> list[Segment]:
        place, widths, _, selected, focused, known, severity = cast(
            "tuple[int, look.Widths, int, bool, bool, bool, int]", key
        )
        if not known:
            return [Segment(f"  {MARKER if selected else ' '} …", self.palette.quiet)]
        conversation, texts, exchanges = self._line(place)
        colours = self.palette
        sign = look.sign_of(conversation)
        wrong = colours.kind("tcp-reset" if sign == "×" else "tcp-bad")
        found = Segment(FOUND.get(severity, " "), colours.severity(severity))
        parts: list[tuple[str, Style | None]] = []
        for name, _, cells in widths.starts():
            text = texts[look.KEYS.index(name)]
            style = None
            if name == "protocol":
                style = colours.kind(_kind(text, conversation.kind))
            elif name == "trouble":
                style = colours.kind("tcp-bad")
            elif name == "state":
                text = look.words_of(conversation, exchanges, cells)
                style = wrong if sign in "×?" else None
            parts.append((look.cell(name, text, cells), style))
        gap = " " * widths.gap
        if selected:
            bar = colours.selection if focused else colours.faded
            line = MARKER + gap.join(text for text, _ in parts)
            return [found, Segment(sign, wrong), Segment(left(line, width - 2), bar)]
        segments = [found, Segment(sign, wrong), Segment(" ")]
        for text, style in parts:
            segments += [Segment(text, style), Segment(gap)]
        return segments[:-1]

    # Rows are made within the time that a frame may take.

    def window_moved(self) -> None:
        self._fetch()

    def on_resize(self) -> None:
        super().on_resize()
        self._fetch()

    def _fetch(self) -> None:
        if self.source is None:
            return
        deadline = time.perf_counter() + BUDGET
        wanted = self._wanted
        for row in sorted(self.on_screen, key=lambda row: row != self.cursor):
            if time.perf_counter() > deadline:
                self._later(0.005)
                break
            wanted = wanted.at_least(self._line(int(self.order[row]))[1])
        else:
            if None in self.names:
                self._later(0.05)
        self._wanted = wanted
        self.widths = look.fit(wanted, self.size.width - 1, self.sort_key)

    def _later(self, seconds: float) -> None:
        if not self._late:
            self._late = True
            self.set_timer(seconds, self._go_on)

    def _go_on(self) -> None:
        self._late = False
        self._name_some()
        self._fetch()
        self.repaint()

    def _name_some(self) -> None:
        """Name protocols of rows that nobody looks at yet, a little at a time."""
        if any(int(self.order[row]) not in self._lines for row in self.on_screen):
            return
        deadline = time.perf_counter() + BUDGET / 3
        while None in self.names and time.perf_counter() < deadline:
            self._protocol(self.names.index(None))

    def on_click(self, event: events.Click) -> None:
        """On the names; Textual calls the base's, too, which sees to the rows."""
        if event.y >= TITLE_ROWS:
            return
        for key, start, cells in self.widths.starts():
            if start <= event.x < start + cells + self.widths.gap:
                self.post_message(self.HeadingClicked(key))


def _kind(protocol: str, transport: str) -> str:
    return _KINDS.get(protocol, "tls" if protocol.startswith(("TLS", "SSL", "DTLS")) else transport)
