"""The follow screen: what the two sides of a stream said, as text, hex or raw bytes."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import ClassVar, Literal, cast

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Input, Static

from ..capture import Capture
from ..dissect.times import TimeFormat, format_time
from ..follow import likely_view, open_stream
from ..terminal.output import DiffApp
from ..tracker.reassembly import Plan
from ..whole_file import not_written
from ..widgets import follow_save
from ..widgets.conversation_row import endpoint
from ..widgets.follow_lines import LineIndex, Mode
from ..widgets.follow_search import Place, search
from ..widgets.follow_source import CLIENT, SERVER, Pieces, PlanPieces, http_pieces, tls_pieces
from ..widgets.follow_view import KINDS, SIGNS, FollowView
from ..widgets.lines import FooterLine, KeyHint, Line, Piece, StatusLine, count_of
from ..widgets.text import clean, cut
from .help import HelpScreen
from .streams import StreamHost

REPORT_EVERY = 0.08
_SIDES = {None: "both sides", CLIENT: "client only", SERVER: "server only"}
_DECODED = {"http": "HTTP bodies decoded", "tls": "TLS records", "": ""}
_HINTS = [
    KeyHint("?", "help", "screen.help"),
    KeyHint("Enter", "packet", "screen.go"),
    KeyHint("m", "text/hex/raw", "screen.mode"),
    KeyHint("d", "side", "screen.side"),
    KeyHint("/", "search", "screen.prompt('search')"),
    KeyHint("n N", "next", "screen.again(1)"),
    KeyHint("w", "write", "screen.prompt('write')"),
    KeyHint("y", "copy", "screen.copy"),
    KeyHint("Esc", "back", "screen.back"),
]


class Opened(Message):
    """The stream's plan is there, or why not."""

    def __init__(self, plan: Plan | None, error: str = "") -> None:
        super().__init__()
        self.plan = plan
        self.error = error


class Indexed(Message):
    """More lines are known."""

    def __init__(self, index: LineIndex, error: str = "") -> None:
        super().__init__()
        self.index = index
        self.error = error

    def can_replace(self, message: Message) -> bool:
        return isinstance(message, Indexed) and message.index is self.index


class Found(Message):
    """A search has ended."""

    def __init__(self, generation: int, place: Place | None, wrapped: bool) -> None:
        super().__init__()
        self.generation = generation
        self.place = place
        self.wrapped = wrapped


class FollowScreen(Screen[None]):
    """One stream. Its plan, its lines, searches and files are made in threads."""

    DEFAULT_CSS = """
    FollowScreen { layout: vertical; overflow: hidden; background: ansi_default; color: ansi_default; }
    FollowScreen #prompt { height: 1; width: 100%; display: none; }
    FollowScreen #prompt Static { width: auto; }
    FollowScreen #prompt Input { width: 1fr; background: ansi_default; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("question_mark,f1", "help", "Help", id="follow.help", tooltip="All keys"),
        Binding("enter", "go", "Packet", id="follow.go", tooltip="To the line's packet in the list"),
        Binding("m", "mode", "Mode", id="follow.mode", tooltip="Text (decoded), hex, or raw bytes with escapes"),
        Binding("d", "side", "Side", id="follow.side", tooltip="Both sides, the client only, the server only"),
        Binding("slash", "prompt('search')", "Search", id="follow.search",
                tooltip="Search, letters of either case; in the hex view also bytes as hex digits"),
        Binding("n", "again(1)", "Next match", id="follow.again", tooltip="Next match, round the end"),
        Binding("N", "again(-1)", "Previous match", id="follow.again_back", tooltip="Previous match"),
        Binding("w", "prompt('write')", "Write", id="follow.write", tooltip="Write what is shown to a file"),
        Binding("y", "copy", "Copy", id="follow.copy", tooltip="Copy what is shown to the clipboard"),
        Binding("S", "story", "Story", id="follow.story", tooltip="Phases, exchanges and times of the conversation"),
        Binding("escape,f", "back", "Back", id="follow.back", tooltip="Stop searching, then back"),
        Binding("ctrl+l", "app.repaint", "Repaint", id="follow.repaint", tooltip="Draw the whole screen anew"),
        Binding("ctrl+z", "app.suspend_process", "Suspend", id="follow.suspend", show=False),
        Binding("q", "leave", "Leave", id="follow.leave", tooltip="Back"),
        Binding("ctrl+c", "app.quit", "Quit", id="follow.quit", tooltip="Leave the program"),
    ]  # fmt: skip

    def __init__(self, host: StreamHost, kind: str, number: int) -> None:
        super().__init__()
        self._host = host
        self._stream = kind, number
        self._colours = host.colours
        self._plan: Plan | None = None
        self._decoded = ""
        self._sources: dict[str, Pieces] = {}
        self._source_lock = threading.Lock()
        self._mode = Mode.TEXT
        self._side: int | None = None
        self._index: LineIndex | None = None
        self._shown = False
        self._target: tuple[int, int] | None = None
        self._target_packet: int | None = None
        self._pattern = ""
        self._match: tuple[int, Place] | None = None
        self._searches = 0
        self._searching = False
        self._asking: Literal["", "search", "write"] = ""
        self._overwrite = ""
        self._message: Piece | None = None
        self._error = ""
        self.header_line = Line(id="header")
        self.view = FollowView(id="follow")
        self.status_line = StatusLine(id="status")
        self.footer_line = FooterLine(id="footer")
        self.input = Input(compact=True, select_on_focus=False)
        for widget in (self.header_line, self.view, self.status_line, self.footer_line):
            widget.palette = self._colours
        self.view.selected = self._moved
        self.view.wider = self._lay_out

    def compose(self) -> ComposeResult:
        yield self.header_line
        yield self.view
        yield self.status_line
        with Horizontal(id="prompt"):
            yield Static("", id="question", markup=False)
            yield self.input
        yield self.footer_line

    def on_mount(self) -> None:
        self.footer_line.show(_HINTS)
        self.view.focus()
        self.view.digits = max(3, len(str(len(self._host.capture))))
        self._show_lines()
        self.call_after_refresh(self._in_thread, self._open)

    def on_unmount(self) -> None:
        self._index = None
        self._searches += 1

    def _in_thread(self, work: Callable[[], None]) -> None:
        self.run_worker(work, thread=True, exit_on_error=False)

    # Opening and indexing.

    def _open(self) -> None:
        try:
            plan = open_stream(self._host.capture, *self._stream)
            self._decoded = likely_view(plan)
            self.post_message(Opened(plan))
        except Exception as problem:  # whatever is in the capture, the screen stays
            self.post_message(Opened(None, str(problem) or type(problem).__name__))

    @on(Opened)
    def opened(self, event: Opened) -> None:
        self._plan, self._error = event.plan, event.error
        self._lay_out()
        self._show_lines()

    def _pieces(self) -> Pieces:
        assert self._plan is not None
        name = self._decoded if self._mode is Mode.TEXT else ""
        if name not in self._sources:
            make = {"http": http_pieces, "tls": tls_pieces}.get(name, PlanPieces)
            self._sources[name] = make(self._plan)
        return self._sources[name]

    def _lay_out(self) -> None:
        """Index the lines anew: for another mode, side or width. The cursor stays at its bytes or its packet."""
        if self._plan is None:
            return
        before = self.view.index
        pieces = self._pieces()
        if before is not None and before.row_count and self._shown:
            place = before.place_of(self.view.cursor)
            self._target, self._target_packet = (place, None) if before.pieces is pieces else (
                None, before.pieces.packet(place[0]))  # fmt: skip
        self._index = index = LineIndex(pieces, self._mode, self.view.text_width, self._side)
        self._shown = False
        self._match = None
        self._searches += 1
        self._searching = False
        self._in_thread(lambda: self._make_index(index))
        self._show_lines()

    def _make_index(self, index: LineIndex) -> None:
        """In a thread. The lock keeps two of them from growing the same pieces."""
        reported = 0.0
        try:
            with self._source_lock:
                while self._index is index and index.step():
                    now = time.monotonic()
                    if now - reported > REPORT_EVERY and index.row_count > 200:
                        reported = now
                        self.post_message(Indexed(index))
                        time.sleep(0.001)
            self.post_message(Indexed(index))
        except Exception as problem:  # an error in decoding must not close the screen
            index.complete = True
            self.post_message(Indexed(index, str(problem) or type(problem).__name__))

    @on(Indexed)
    def indexed(self, event: Indexed) -> None:
        index = event.index
        if index is not self._index:
            return
        self._error = event.error
        if not self._shown:
            self._show_index(index)
        else:
            self.view.grown()
        self._show_lines()

    def _show_index(self, index: LineIndex) -> None:
        """Show another index as soon as it reaches the place that the cursor shall have."""
        if self._target is None and self._target_packet is not None:
            piece = index.pieces.of_packet(self._target_packet)
            if piece is not None:
                self._target = piece, 0
            elif not index.complete:
                return
        if self._target is not None and not index.reached(*self._target):
            return
        row = index.row_at(*self._target) if self._target is not None else 0
        self._target = self._target_packet = None
        self._shown = True
        self.view.show(index, row)

    # The lines.

    def _moved(self) -> None:
        self._message = None
        self._show_status()

    def _show_lines(self) -> None:
        self._show_header()
        self._show_title()
        self._show_status()

    def _show_header(self) -> None:
        colours, plan = self._colours, self._plan
        kind, number = self._stream
        left: list[Piece] = [(f" Follow {kind}:{number}", colours.bright_heading)]
        if plan is not None:
            ends = ends_of(self._host.capture, kind, number)
            narrow = self.app.size.width < 100
            for side, name in ((CLIENT, "client"), (SERVER, "server")):
                size = count_of(plan.total(plan.client if side == CLIENT else 1 - plan.client), "byte")
                words = f"   {SIGNS[side]} {ends[side]}" if narrow else f"   {SIGNS[side]} {name} {ends[side]}, {size}"
                left.append((words, colours.kind(KINDS[side])))
        self.header_line.put(left)

    def _show_title(self) -> None:
        decoded = _DECODED[self._decoded] if self._mode is Mode.TEXT and self._plan is not None else ""
        words = [f"{self._mode.value}{': ' if decoded else ''}{decoded}", _SIDES[self._side]]
        index = self._index
        if index is not None and not index.complete:
            words.append(f"{index.row_count:,} lines so far …".replace(",", " "))
        self.view.label = " · ".join(words)
        self.view.repaint()

    def _show_status(self) -> None:
        colours, index = self._colours, self.view.index
        if self._error:
            self.status_line.put([(f" ! {clean(self._error)}", colours.warning)])
        elif self._message is not None:
            self.status_line.put([self._message])
        elif index is None or not self._shown:
            self.status_line.put([(" putting the stream together …", colours.quiet)])
        elif not index.row_count:
            words = "nothing was sent" if self._side is None else f"nothing was sent by the {_SIDES[self._side][:6]}"
            self.status_line.put([(f" {words}" if index.complete else " reading …", colours.quiet)])
        else:
            row = self.view.cursor
            packet = index.packet(row)
            when = format_time(self._host.capture, packet, TimeFormat.SINCE_START)
            side = "client" if index.side_of(index.block_of(row)[0]) == CLIENT else "server"
            place = f"line {row + 1} of {index.row_count}{'' if index.complete else '+'} "
            self.status_line.put([(f" packet {packet + 1}", colours.key), (f" of the {side} at {when} s", None)],
                                 [(f"  {place}", colours.quiet)])  # fmt: skip

    def _say(self, message: str, warning: bool = False) -> None:
        self._message = f" {clean(message)}", self._colours.warning if warning else None
        self._show_status()

    # Actions on what is shown.

    def action_mode(self) -> None:
        modes = list(Mode)
        self._mode = modes[(modes.index(self._mode) + 1) % len(modes)]
        self._lay_out()

    def action_side(self) -> None:
        sides = list(_SIDES)
        self._side = sides[(sides.index(self._side) + 1) % len(sides)]
        self._lay_out()

    def action_go(self) -> None:
        if self.view.index is not None and self.view.row_count:
            self._host.go_to(self.view.index.packet(self.view.cursor))

    @on(FollowView.Activated)
    def activated(self) -> None:
        self.action_go()

    def action_story(self) -> None:
        self._host.story(*self._stream)

    def action_help(self) -> None:
        self.app.push_screen(HelpScreen.of(self, [self.view]))

    def action_back(self) -> None:
        if self._asking:
            self._close_prompt()
        elif self._searching:
            self._searches += 1
            self._searching = False
            self._say("search stopped")
        elif self._pattern:
            self._pattern = self.view.pattern = ""
            self.view.repaint()
            self._moved()
        else:
            self.action_leave()

    def action_leave(self) -> None:
        self.app.pop_screen()

    # The prompt.

    def action_prompt(self, what: Literal["search", "write"]) -> None:
        self._asking = what
        self._overwrite = ""
        kind, number = self._stream
        ending = "bin" if self._mode is Mode.RAW else "txt"
        question = " Search: " if what == "search" else f" Write {self._mode.value}, {_SIDES[self._side]}, to: "
        self.query_one("#question", Static).update(question)
        self.input.value = "" if what == "search" else f"{kind}-{number}.{ending}"
        self.query_one("#prompt").display = True
        self.footer_line.display = False
        self.input.focus()
        self.input.cursor_position = len(self.input.value)

    def _close_prompt(self) -> None:
        self._asking = ""
        self.query_one("#prompt").display = False
        self.footer_line.display = True
        self.view.focus()

    @on(Input.Submitted)
    def submitted(self, event: Input.Submitted) -> None:
        asked, value = self._asking, event.value
        if asked == "write" and value.strip():
            self._write(value.strip())
            return
        self._close_prompt()
        if asked == "search" and value:
            self._pattern = self.view.pattern = value
            self._match = None
            self.view.repaint()
            self._search(forwards=True)

    # Searching.

    def action_again(self, direction: int) -> None:
        if self._pattern:
            self._search(forwards=direction > 0)
        else:
            self.action_prompt("search")

    def _search(self, forwards: bool) -> None:
        index = self.view.index
        if index is None or not index.row_count:
            return
        row = self.view.cursor
        number, line = index.block_of(row)
        start: Place = (number, index.block(number).rows[line][0])
        if self._match is not None and self._match[0] == row:
            start = self._match[1]
            start = (start[0], start[1] + 1) if forwards else start
        self._searches += 1
        generation, pattern = self._searches, self._pattern
        self._searching = True
        self._say(f"searching for {cut(clean(pattern), 40)} …")

        def work() -> None:
            found = search(index, pattern, start, forwards, lambda: generation == self._searches)
            wrapped = found is not None and (found < start if forwards else found > start)
            self.post_message(Found(generation, found, wrapped))

        self._in_thread(work)

    @on(Found)
    def found(self, event: Found) -> None:
        index = self.view.index
        if event.generation != self._searches or index is None:
            return
        self._searching = False
        if event.place is None:
            self._say(f"{cut(clean(self._pattern), 40)} is not in it", warning=True)
            return
        row = index.row_in_block(*event.place)
        self._match = row, event.place
        self.view.centre(row)
        self.view.repaint()
        if event.wrapped:
            self._say("search went round the end")
        else:
            self._moved()

    # To a file, to the clipboard.

    def _write(self, path: str) -> None:
        overwrite = self._overwrite == path
        pieces, mode, side = self._pieces(), self._mode, self._side

        def work() -> None:
            try:
                with self._source_lock:
                    size = follow_save.write(path, follow_save.content(pieces, mode, side), overwrite)
                self.app.call_from_thread(self._written, path, count_of(size, "byte"))
            except FileExistsError:
                self.app.call_from_thread(self._exists, path)
            except (OSError, ValueError, RuntimeError) as problem:
                self.app.call_from_thread(self._say, not_written(path, problem), True)

        self._in_thread(work)

    def _written(self, path: str, size: str) -> None:
        self._close_prompt()
        self._say(f"{size} written to {path}")

    def _exists(self, path: str) -> None:
        self._overwrite = path
        self._say(f"{path} exists: Enter again overwrites it, Esc leaves it", warning=True)

    def action_copy(self) -> None:
        pieces, mode, side = self._pieces(), self._mode, self._side

        def work() -> None:
            try:
                with self._source_lock:
                    told = follow_save.copy(
                        lambda: follow_save.content(pieces, mode, side),
                        lambda sequence: self.app.call_from_thread(cast(DiffApp, self.app).to_terminal, sequence),
                    )
                self.app.call_from_thread(self._say, told)
            except Exception as problem:  # clipboards have many ways to fail
                self.app.call_from_thread(self._say, f"Not copied: {problem}", True)

        if self._plan is not None:
            self._in_thread(work)


def ends_of(capture: Capture, kind: str, number: int) -> tuple[str, str]:
    """Client and server of a stream, each 'address:port'."""
    packets = capture.stream_packets(kind, number)
    table = capture.table
    first = int(packets[0])
    source, destination = (
        endpoint(capture.addresses.text(int(table[end][first])), int(table[f"{end}_port"][first]))
        for end in ("source", "destination")
    )
    forward = int(table["direction"][first]) == capture.tracker.client_direction(kind, number)
    return (source, destination) if forward else (destination, source)
