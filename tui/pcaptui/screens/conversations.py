"""The conversations screen: who talked to whom, how much, for how long, and how it ended."""

from __future__ import annotations

import time
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Input, Static

from ..tracker.conversations import Conversation
from ..widgets.conversation_data import CaptureConversations, ConversationSource, chosen, ordered, sort_columns
from ..widgets.conversation_row import HEADINGS, KEYS, LARGEST_FIRST, MEASURED, Exchanged
from ..widgets.conversation_table import ConversationTable
from ..widgets.lines import FooterLine, KeyHint, Line, Piece, StatusLine, count_of
from ..widgets.text import clean, cut
from .help import HelpScreen
from .streams import StreamHost

AGAIN = 2.0
"""Seconds, at least, between two readings of a capture that is still being loaded."""

_HINTS = [
    KeyHint("?", "help", "screen.help"),
    KeyHint("Enter", "show in list", "screen.show"),
    KeyHint("f", "follow", "screen.follow"),
    KeyHint("S", "story", "screen.story"),
    KeyHint("L", "flow", "screen.flow"),
    KeyHint("/", "filter", "screen.filter"),
    KeyHint("< >", "sort by", "screen.sort(1)"),
    KeyHint("r", "reverse", "screen.reverse"),
    KeyHint("w", "write", "screen.write"),
    KeyHint("Esc", "back", "screen.back"),
]


class Arranged(Message):
    """A thread has read, filtered or sorted the conversations."""

    def __init__(
        self, generation: int, source: ConversationSource | None, order: NDArray[np.int64], place: int | None,
        error: str = "",
    ) -> None:  # fmt: skip
        super().__init__()
        self.generation = generation
        self.source = source
        self.order = order
        self.place = place
        self.error = error


class ConversationsScreen(Screen[None]):
    """A table of all conversations, made in a thread."""

    DEFAULT_CSS = """
    ConversationsScreen { layout: vertical; overflow: hidden; background: ansi_default; color: ansi_default; }
    ConversationsScreen #filter { height: 1; width: 100%; display: none; }
    ConversationsScreen #filter Static { width: auto; }
    ConversationsScreen #filter Input { width: 1fr; background: ansi_default; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("question_mark,f1", "help", "Help", id="conversations.help", tooltip="All keys"),
        Binding("enter", "show", "Show in list", id="conversations.show",
                tooltip="Only this conversation in the packet list"),
        Binding("f", "follow", "Follow", id="conversations.follow", tooltip="What the two sides said"),
        Binding("S,space", "story", "Story", id="conversations.story",
                tooltip="Phases, exchanges and times of the conversation"),
        Binding("L", "flow", "Flow graph", id="conversations.flow", tooltip="An arrow a packet, between the two hosts"),
        Binding("slash", "filter", "Filter", id="conversations.filter",
                tooltip="Only those with these words: address, port, protocol, state, anomaly, number"),
        Binding("greater_than_sign,full_stop,s", "sort(1)", "Next column", id="conversations.sort",
                tooltip="Sort by the next column"),
        Binding("less_than_sign,comma", "sort(-1)", "Previous column", id="conversations.sort_back",
                tooltip="Sort by the previous column"),
        Binding("r", "reverse", "Reverse", id="conversations.reverse", tooltip="Sort the other way round"),
        Binding("w", "write", "Write", id="conversations.write",
                tooltip="Write the table to a file: CSV, TSV, JSON, Markdown or text"),
        Binding("escape,c", "back", "Back", id="conversations.back",
                tooltip="Show all conversations again, then back to the packets"),
        Binding("ctrl+l", "app.repaint", "Repaint", id="conversations.repaint", tooltip="Draw the whole screen anew"),
        Binding("ctrl+z", "app.suspend_process", "Suspend", id="conversations.suspend", show=False),
        Binding("q", "leave", "Leave", id="conversations.leave", tooltip="Back to the packets"),
        Binding("ctrl+c", "app.quit", "Quit", id="conversations.quit", tooltip="Leave the program"),
    ]  # fmt: skip

    def __init__(self, host: StreamHost, source: ConversationSource | None = None) -> None:
        """`source` is for tests; by default the capture is read."""
        super().__init__()
        self._host = host
        self._given = source
        self.colours = host.colours
        self._text = ""
        self._shown_text = ""
        self._generation = 0
        self._busy = True
        self._error = ""
        self._read = 0
        self._read_at = 0.0
        self._took = 0.0
        self.header_line = Line(id="header")
        self.table = ConversationTable(id="conversations")
        self.status_line = StatusLine(id="status")
        self.footer_line = FooterLine(id="footer")
        self.filter_input = Input(compact=True, select_on_focus=False)
        for widget in (self.header_line, self.table, self.status_line, self.footer_line):
            widget.palette = self.colours
        self.table.selected = self._show_lines
        self.table.exchanges = self._exchanges
        self.table.severity = host.severity

    def compose(self) -> ComposeResult:
        yield self.header_line
        yield self.table
        yield self.status_line
        with Horizontal(id="filter"):
            yield Static(" Filter: ", markup=False)
            yield self.filter_input
        yield self.footer_line

    def on_mount(self) -> None:
        self.footer_line.show(_HINTS)
        self.table.focus()
        self._show_lines()
        self.call_after_refresh(self._arrange, read=True)
        self.set_interval(0.5, self._grown)

    def _exchanges(self, conversation: Conversation) -> Exchanged:
        return [(each.summary, each.time) for each in self._host.exchanges(conversation.kind, conversation.number)]

    # Reading, filtering and sorting, in a thread.

    def _grown(self) -> None:
        """Read again what a capture that is being loaded has more by now; findings may have come, too."""
        self.table.repaint()
        if self._given is None and not self._busy and len(self._host.capture) != self._read:
            pause = max(AGAIN, 5 * self._took)
            if self._host.capture.complete or time.monotonic() - self._read_at > pause:
                self._arrange(read=True)

    def _arrange(self, read: bool = False) -> None:
        self._generation += 1
        self._busy = True
        source = None if read else self.table.source
        names = list(self.table.names) if source is not None else []
        key, descending, text, generation = self.table.sort_key, self.table.descending, self._text, self._generation
        place = self.table.place
        before = self.table.source

        def work() -> None:
            try:
                mine = source or self._make()
                if generation != self._generation:
                    return
                order = ordered(sort_columns(mine, key, names), descending)
                if text:
                    order = order[chosen(mine, text, names)[order]]
                kept = place if source is not None else _same(before, mine, place)
                self.post_message(Arranged(generation, mine, order, kept))
            except Exception as problem:  # whatever is in the capture, the screen stays
                reason = str(problem) or type(problem).__name__
                self.post_message(Arranged(generation, None, np.zeros(0, np.int64), None, reason))

        self._show_header()
        self.run_worker(work, thread=True, group="arrange", exit_on_error=False)

    def _make(self) -> ConversationSource:
        if self._given is not None:
            return self._given
        started = time.monotonic()
        self._read = len(self._host.capture)
        made = CaptureConversations(self._host.capture)
        self._read_at = time.monotonic()
        self._took = self._read_at - started
        return made

    @on(Arranged)
    def arranged(self, event: Arranged) -> None:
        if event.generation != self._generation:
            return
        self._busy = False
        self._error = event.error
        if event.source is not None:
            self._shown_text = self._text
            self.table.show(event.source, event.order, event.place)
        self._show_lines()

    # The lines.

    def _show_lines(self) -> None:
        self._show_header()
        table = self.table
        if self._error:
            self.status_line.put([(f" ! {clean(self._error)}", self.colours.warning)])
        elif table.source is None:
            self.status_line.put([(" reading the conversations …", self.colours.quiet)])
        elif not len(table.order):
            words = "no conversation has these words" if self._shown_text else "no TCP or UDP conversations"
            self.status_line.put([(f" {words}", self.colours.quiet)])
        else:
            found = table.conversation
            assert found is not None
            self.status_line.put([(f" {found.name}  ", self.colours.quiet), (table.sentence(), None)])

    def _show_header(self) -> None:
        table, colours = self.table, self.colours
        left: list[Piece] = [(" Conversations", colours.bright_heading)]
        if table.source is not None:
            count, shown = len(table.source.columns), len(table.order)
            left.append((f"   {count_of(shown, 'conversation')}", None) if shown == count else
                        (f"   {shown} of {count_of(count, 'conversation')}", None))  # fmt: skip
        if self._text:
            left.append((f"   / {cut(clean(self._text), 30)}", colours.warning))
        if not self._host.capture.complete:
            left.append(("   of what is loaded", colours.quiet))
        if self._busy:
            left.append(("   working …", colours.quiet))
        order = "largest first" if table.descending else ""
        by = f"by {HEADINGS[table.sort_key].lower()}{', ' + order if order else ''} "
        place = f"{table.cursor + 1} of {len(table.order)} " if len(table.order) else ""
        self.header_line.put(left, [(f"  {by}  {place}", colours.quiet)])

    # Actions.

    def action_sort(self, step: int) -> None:
        shown = [key for key, _, _ in self.table.widths.starts()]
        keys = [key for key in KEYS if key in shown or key in MEASURED or key == self.table.sort_key]
        self._sort_by(keys[(keys.index(self.table.sort_key) + step) % len(keys)])

    def _sort_by(self, key: str) -> None:
        self.table.descending = key in LARGEST_FIRST
        self.table.sort_key = key
        self.table.repaint()
        self._arrange()

    def action_reverse(self) -> None:
        self.table.descending = not self.table.descending
        self.table.repaint()
        self._arrange()

    @on(ConversationTable.HeadingClicked)
    def heading_clicked(self, event: ConversationTable.HeadingClicked) -> None:
        if event.key == self.table.sort_key:
            self.action_reverse()
        else:
            self._sort_by(event.key)

    def action_filter(self) -> None:
        self.query_one("#filter").display = True
        self.footer_line.display = False
        self.filter_input.focus()

    def _close_filter(self) -> None:
        self.query_one("#filter").display = False
        self.footer_line.display = True
        self.table.focus()

    @on(Input.Changed)
    def filter_changed(self, event: Input.Changed) -> None:
        if event.value.strip() != self._text:
            self._text = event.value.strip()
            self._arrange()

    @on(Input.Submitted)
    def filter_entered(self) -> None:
        self._close_filter()

    def _chosen(self) -> tuple[str, int] | None:
        found = self.table.conversation if len(self.table.order) else None
        return None if found is None else (found.kind, found.number)

    def action_show(self) -> None:
        if chosen := self._chosen():
            self._host.show_stream(*chosen)

    @on(ConversationTable.Activated)
    def activated(self) -> None:
        self.action_show()

    def action_follow(self) -> None:
        if chosen := self._chosen():
            self._host.follow(*chosen)

    def action_flow(self) -> None:
        if chosen := self._chosen():
            self._host.flow(*chosen)

    def action_story(self) -> None:
        if chosen := self._chosen():
            self._host.story(*chosen)

    def action_write(self) -> None:
        source, order = self.table.source, self.table.order
        if source is not None and len(order):
            from .conversation_export import as_table
            from .exporting import ask_and_write

            ask_and_write(self, "Table", "conversations.csv", lambda: [as_table(source, order)])

    def say(self, message: str) -> None:
        self.status_line.put([(f" {clean(message)}", self.colours.warning)])

    def tell(self, message: str) -> None:
        self.status_line.put([(f" {clean(message)}", None)])

    def action_help(self) -> None:
        self.app.push_screen(HelpScreen.of(self, [self.table]))

    def action_back(self) -> None:
        """From the prompt, from a filter, from the screen: one step at a time."""
        if self.filter_input.has_focus or self._text:
            self.filter_input.value = ""
            self._close_filter()
        else:
            self.action_leave()

    def action_leave(self) -> None:
        self.app.pop_screen()


def _same(before: ConversationSource | None, after: ConversationSource, place: int | None) -> int | None:
    """Where the conversation at `place` stands among more of them."""
    if before is None or place is None:
        return None
    columns: Any = after.columns
    kind, number = before.columns.kind[place], before.columns.number[place]
    found = np.flatnonzero((columns.kind == kind) & (columns.number == number))
    return int(found[0]) if len(found) else None
