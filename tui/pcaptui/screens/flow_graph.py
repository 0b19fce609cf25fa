"""The flow graph: hosts side by side, time downwards, an arrow a packet."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.screen import Screen

from ..glance import Glances
from ..pictures.ladder import Ladder
from ..widgets.ladder_view import LadderView
from ..widgets.lines import FooterLine, KeyHint, Line, Piece, StatusLine, count_of
from ..widgets.rowlike import RowLike
from ..widgets.text import clean, cut
from .flow_choice import Choice, Scope, next_conversation
from .help import HelpScreen
from .looker import Looked, Looker, MoreKnown
from .picture_file import ask_and_draw

if TYPE_CHECKING:
    from .picture_host import PictureHost

TICK = 0.15
"""Seconds between two looks at how far the work is."""
AGAIN = 2.0
"""Seconds, at least, between two readings of a capture that is still being loaded."""
WORDY = 100
"""From so many cells on the header tells the conversation in words."""
ROW_BUDGET = 2000
"""Packets of a stream that one row may cause to be looked at, as in the packet list."""

_HINTS = [
    KeyHint("?", "help", "screen.help"),
    KeyHint("Enter", "packet", "screen.go"),
    KeyHint("n N", "anomaly", "screen.wrong(1)"),
    KeyHint("[ ]", "conversation", "screen.neighbour(1)"),
    KeyHint("h", "host", "screen.host"),
    KeyHint("s", "shown", "screen.shown"),
    KeyHint("t", "time", "screen.time"),
    KeyHint("< >", "columns", "screen.columns(1)"),
    KeyHint("w", "write", "screen.write"),
    KeyHint("Esc", "back", "screen.back"),
]


class Made(Message):
    """A thread has made a ladder, or says why not."""

    def __init__(self, generation: int, choice: Choice, ladder: Ladder | None, packet: int | None, error: str) -> None:
        super().__init__()
        self.generation = generation
        self.choice = choice
        self.ladder = ladder
        self.packet = packet
        self.error = error


class FlowGraphScreen(Screen[None]):
    """One ladder at a time, made in a thread; rows are dissected when they come onto the screen."""

    DEFAULT_CSS = """
    FlowGraphScreen { layout: vertical; overflow: hidden; background: ansi_default; color: ansi_default; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("question_mark,f1", "help", "Help", id="flow.help", tooltip="All keys"),
        Binding("enter", "go", "Packet", id="flow.go", tooltip="To the arrow's packet in the list"),
        Binding("n", "wrong(1)", "Next anomaly", id="flow.wrong",
                tooltip="To the next arrow with ! (sent again, unanswered, reset, window ...)"),
        Binding("N", "wrong(-1)", "Previous anomaly", id="flow.wrong_back", tooltip="To the one before"),
        Binding("right_square_bracket", "neighbour(1)", "Next conversation", id="flow.next",
                tooltip="The next conversation"),
        Binding("left_square_bracket", "neighbour(-1)", "Previous conversation", id="flow.previous",
                tooltip="The conversation before"),
        Binding("c", "conversation", "Conversation", id="flow.conversation",
                tooltip="Only the conversation of the arrow under the cursor"),
        Binding("h", "host", "Host", id="flow.host",
                tooltip="All that the sender of this packet said and heard; again: the receiver"),
        Binding("s", "shown", "Shown", id="flow.shown", tooltip="The packets that the list shows; again: all"),
        Binding("a", "all", "All", id="flow.all", tooltip="All packets"),
        Binding("t", "time", "Time", id="flow.time",
                tooltip="Time since the first arrow, the previous one, the capture's first packet; time of day"),
        Binding("greater_than_sign,full_stop", "columns(1)", "Columns right", id="flow.right",
                tooltip="More hosts to the right"),
        Binding("less_than_sign,comma", "columns(-1)", "Columns left", id="flow.left", tooltip="Hosts to the left"),
        Binding("right,l", "column(1)", "One column right", id="flow.one_right", show=False,
                tooltip="One host further to the right"),
        Binding("left", "column(-1)", "One column left", id="flow.one_left", show=False,
                tooltip="One host further to the left"),
        Binding("w", "write", "Write", id="flow.write", tooltip="Write the graph to a file: SVG, PNG or text"),
        Binding("escape,q", "back", "Back", id="flow.back", tooltip="Back to the packets"),
        Binding("ctrl+l", "app.repaint", "Repaint", id="flow.repaint", tooltip="Draw the whole screen anew"),
        Binding("ctrl+z", "app.suspend_process", "Suspend", id="flow.suspend", show=False),
        Binding("ctrl+c", "app.quit", "Quit", id="flow.quit", tooltip="Leave the program"),
    ]  # fmt: skip

    def __init__(self, host: PictureHost, stream: tuple[str, int] | None = None) -> None:
        """Of a stream; None: of the selected packet's, or of what the list shows."""
        super().__init__()
        self._host = host
        self._stream = stream
        self._colours = host.colours
        self._generation = 0
        self._busy, self._part = False, 0.0
        self._error = ""
        self._note = ""
        self._read, self._read_at, self._took = 0, 0.0, 0.0
        self._sentence = ""
        self.choice = self._first_choice()
        self.header_line = Line(id="header")
        self.hosts_line = Line(id="hosts")
        self.view = LadderView(id="flow")
        self.status_line = StatusLine(id="status")
        self.footer_line = FooterLine(id="footer")
        for widget in (self.header_line, self.hosts_line, self.view, self.status_line, self.footer_line):
            widget.palette = self._colours
        self.view.selecting = self._look
        self.view.selected = self._show_lines
        self.view.hosts_moved = self._show_heads
        self._looker = Looker(Glances(host.capture), self._late)
        self._make_row = _rows(host)

    def _first_choice(self) -> Choice:
        stream = self._stream or self._host.selected_stream()
        return Choice(Scope.CONVERSATION, stream) if stream is not None else self._shown()

    @property
    def _stream_name(self) -> str:
        """The name of the conversation that is shown, "" for other choices."""
        stream = self.choice.stream
        return f"{stream[0]}:{stream[1]}" if stream is not None else ""

    def _shown(self) -> Choice:
        shown = self._host.shown()
        return Choice(Scope.ALL) if shown is None else Choice(Scope.SHOWN, shown=shown, limit=self._host.limit)

    def compose(self) -> ComposeResult:
        yield self.header_line
        yield self.hosts_line
        yield self.view
        yield self.status_line
        yield self.footer_line

    def on_mount(self) -> None:
        self.hosts_line.display = False
        self.footer_line.show(_HINTS)
        self.view.focus()
        self._show_lines()
        self.call_after_refresh(self._make, self.choice, self._host.selected_packet())
        self.set_interval(0.5, self._grown)
        self.set_interval(TICK, self._tick)

    def on_unmount(self) -> None:
        self._looker.close()

    # Making a ladder, in a thread.

    def _make(self, choice: Choice, packet: int | None) -> None:
        self._generation += 1
        self._busy, self._note, self._part = True, "", 0.0
        generation, capture = self._generation, self._host.capture
        self._read = len(capture)
        started = time.monotonic()

        def progress(part: float) -> None:
            if generation == self._generation:
                self._part = part

        def work() -> None:
            try:
                made = choice.make(capture, progress)
                message = Made(generation, choice, made, packet, "")
            except Exception as problem:  # whatever is in the capture, the screen stays
                message = Made(generation, choice, None, packet, str(problem) or type(problem).__name__)
            self._read_at = time.monotonic()
            self._took = self._read_at - started
            self.post_message(message)

        self._show_header()
        self.run_worker(work, thread=True, group="ladder", exit_on_error=False)

    def _tick(self) -> None:
        if self._busy and self._part and self.is_current:
            self._show_header()

    def _grown(self) -> None:
        """Read again what a capture that is being loaded has more by now."""
        capture = self._host.capture
        if self._busy or len(capture) == self._read or self.choice.scope in (Scope.SHOWN,):
            return
        if capture.complete or time.monotonic() - self._read_at > max(AGAIN, 5 * self._took):
            self._make(self.choice, self.view.packet)

    @on(Made)
    def made(self, event: Made) -> None:
        if event.generation != self._generation:
            return
        self._busy, self._error = False, event.error
        if event.ladder is not None:
            if self.choice != event.choice:
                self._sentence = ""
            self.choice = event.choice
            self.view.show(self._host.capture, event.ladder, self._make_row, event.packet)
        self._show_lines()

    # The conversation of the arrow under the cursor.

    def _look(self) -> None:
        packet = self.view.packet
        if packet is None:
            return
        look = self._looker.want(packet)
        if look is not None:
            self._looked(look)

    def _late(self, look: Looked) -> None:
        self.post_message(MoreKnown(look))

    @on(MoreKnown)
    def more_known(self, event: MoreKnown) -> None:
        if event.look.index == self.view.packet:
            self._looked(event.look)
            self.view.repaint()

    def _looked(self, look: Looked) -> None:
        self.view.marks.follow(look.glance)
        self.view.marks.select(look.index, look.related)
        if look.glance is not None and self.choice.stream is not None and look.glance.name == self._stream_name:
            self._sentence = look.glance.sentence
            self._show_header()

    # The lines.

    def _show_heads(self) -> None:
        lines = self.view.heads()
        self.hosts_line.display = len(lines) > 1
        if len(lines) > 1:
            self.hosts_line.put([(" " * self.view.front + lines[0], self._colours.bright_heading)])

    def _show_lines(self) -> None:
        self._show_header()
        self._show_status()

    def _show_header(self) -> None:
        colours, ladder, choice = self._colours, self.view.ladder, self.choice
        left: list[Piece] = [(" Flow graph", colours.bright_heading)]
        left.append((f"   {cut(choice.words(self._host.capture), 60)}", None))
        if self._sentence and choice.stream is not None and self.app.size.width >= WORDY:
            left.append((f"  {cut(clean(self._sentence), self.app.size.width - 60)}", None))
        if ladder is not None:
            left.append((f"   {count_of(len(ladder), 'packet')}", colours.quiet))
            wrong = int(np.count_nonzero(ladder.wrong))
            if wrong:
                left.append((f"   ! {wrong}", colours.warning))
        if not self._host.capture.complete:
            left.append(("   of what is loaded", colours.quiet))
        if self._busy:
            done = f" {self._part:.0%}" if self._part else ""
            left.append((f"   working …{done}", colours.quiet))
        at = self.view.arrow
        place = f"{at + 1} of {len(ladder)} " if at is not None and ladder is not None else ""
        self.header_line.put(left, [(f"  {place}", colours.quiet)])

    def _show_status(self) -> None:
        colours = self._colours
        packet = self.view.packet
        if self._error:
            self.status_line.put([(f" ! {clean(self._error)}", colours.warning)])
        elif self._note:
            self.status_line.put([(f" {clean(self._note)}", colours.warning)])
        elif self.view.ladder is None:
            self.status_line.put([(" reading …", colours.quiet)])
        elif packet is None:
            self.status_line.put([(" no packets", colours.quiet)])
        else:
            self.status_line.put(self._told(packet))
        self._note = ""

    def _told(self, packet: int) -> list[Piece]:
        """The packet's whole row."""
        row = self.view.row(packet)
        ends = f"{row.source} → {row.destination}  " if self.app.size.width >= 100 else ""
        return [(f" #{packet + 1}  ", self._colours.quiet), (clean(f"{ends}{row.protocol}  "), self._colours.quiet),
                (clean(row.info), None)]  # fmt: skip

    def say(self, message: str) -> None:
        self._note = message
        self._show_status()

    # Actions.

    def action_go(self) -> None:
        packet = self.view.packet
        if packet is not None:
            self._host.go_to(packet)

    @on(LadderView.Activated)
    def activated(self) -> None:
        self.action_go()

    def action_wrong(self, step: int) -> None:
        ladder, at = self.view.ladder, self.view.arrow
        if ladder is None or at is None:
            return
        found = ladder.next_wrong(at, step)
        if found is None:
            self.say("No anomaly behind this arrow" if step > 0 else "No anomaly before this arrow")
        else:
            self.view.centre(ladder.row_of(found))

    def action_neighbour(self, step: int) -> None:
        packet = self.view.packet if self.view.packet is not None else self._host.selected_packet()
        capture = self._host.capture
        stream = self.choice.stream or (capture.stream_of(packet) if packet is not None else None)
        found = next_conversation(capture, stream or ("tcp", -1), step) if stream or step > 0 else None
        if found is None:
            self.say("This is the last conversation" if step > 0 else "This is the first conversation")
        else:
            self._make(Choice(Scope.CONVERSATION, found), None)

    def action_conversation(self) -> None:
        packet = self.view.packet
        if packet is None:
            return
        stream = self._host.capture.stream_of(packet)
        choice = Choice(Scope.DIALOGUE, packet=packet) if stream is None else Choice(Scope.CONVERSATION, stream)
        self._make(choice, packet)

    def action_host(self) -> None:
        packet = self.view.packet
        if packet is None:
            return
        table = self._host.capture.table
        ends = [int(table[name][packet]) for name in ("source", "destination")]
        shown = self._host.shown()
        if self.choice.scope is Scope.HOST and self.choice.address == ends[0]:
            ends.reverse()
        known = [address for address in ends if address >= 0]
        if not known:
            self.say("This packet has no address")
            return
        limit = self._host.limit if shown is not None else ""
        self._make(Choice(Scope.HOST, address=known[0], shown=shown, limit=limit), packet)

    def action_shown(self) -> None:
        self._make(Choice(Scope.ALL) if self.choice.scope is Scope.SHOWN else self._shown(), self.view.packet)

    def action_all(self) -> None:
        self._make(Choice(Scope.ALL), self.view.packet)

    def action_time(self) -> None:
        self.view.set_time(self.view.time_form.following)
        self.say(f"Times {self.view.time_form.value}")

    def action_columns(self, step: int) -> None:
        self.view.shift(step * max(1, len(self.view.shape.places) - 1))

    def action_column(self, step: int) -> None:
        self.view.shift(step)

    def action_write(self) -> None:
        ladder, capture, title = self.view.ladder, self._host.capture, self.choice.words(self._host.capture)
        if ladder is None or not len(ladder):
            return

        def write(path: str) -> str:
            from ..writing_flow import write_flow

            return write_flow(capture, ladder, path, title)

        ask_and_draw(self, "Flow graph", "flow.svg", self._colours, write)

    def action_help(self) -> None:
        self.app.push_screen(HelpScreen.of(self, [self.view]))

    def action_back(self) -> None:
        self.app.pop_screen()


class _rows:
    """Makes rows, from the first one that is asked for."""

    def __init__(self, host: PictureHost) -> None:
        self._host = host
        self._made: object = None

    def __call__(self, packet: int) -> RowLike:
        from ..dissect.rows import Rows

        if not isinstance(self._made, Rows):
            self._made = Rows(self._host.capture, budget=ROW_BUDGET)
        return self._made.row(packet)
