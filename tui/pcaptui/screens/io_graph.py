"""The I/O graph: packets, bytes or bits over time, a line a display filter, and where TCP went wrong beneath."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.screen import Screen

from ..filters import compile
from ..filters.evaluate import Cancelled
from ..filters.filter import Filter
from ..options import LINES
from ..pictures.io_counts import BILLION, UNITS, Unit, nice_step
from ..pictures.io_plot import NAMES, Counted, Line, counted, look, plot, step_text, stretch_filter
from ..pictures.scales import value_text
from ..pictures.series import Window
from ..widgets.io_strip import ErrorStrip
from ..widgets.lines import FooterLine, KeyHint, Piece, StatusLine
from ..widgets.lines import Line as TextLine
from ..widgets.plot import PlotView
from ..widgets.plot_look import series_style
from ..widgets.text import clean, cut
from .help import HelpScreen
from .picture_file import ask_and_draw

if TYPE_CHECKING:
    from .picture_host import PictureHost

AGAIN = 1.0
"""Seconds, at least, between two looks at a capture that is still being loaded."""
SLOWEST = 20
"""So many times longer than counting took nobody counts again while the capture grows."""
_NAME = "I/O graph"
_HINTS = [
    KeyHint("?", "help", "screen.help"),
    KeyHint("/", "add line", "screen.add"),
    KeyHint("u", "unit", "screen.unit"),
    KeyHint("[ ]", "step", "screen.coarser(1)"),
    KeyHint("+ -", "zoom", "screen.zoom(1)"),
    KeyHint("Space", "stretch", "screen.stretch"),
    KeyHint("Enter", "packets", "screen.go"),
    KeyHint("w", "write", "screen.write"),
    KeyHint("Esc", "back", "screen.back"),
]


class CountedMessage(Message):
    """A thread has counted, or says why not."""

    def __init__(self, generation: int, found: Counted | None, lines: list[Line], error: str) -> None:
        super().__init__()
        self.generation = generation
        self.found = found
        self.lines = lines
        self.error = error


class IOGraphScreen(Screen[None]):
    """Counts in a thread, anew after each change of lines, step or window."""

    DEFAULT_CSS = """
    IOGraphScreen { layout: vertical; overflow: hidden; background: ansi_default; color: ansi_default; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("question_mark,f1", "help", "Help", id="io.help", tooltip="All keys"),
        Binding("enter", "go", "Packets", id="io.go",
                tooltip="To the packets of the stretch, or the first packet of the step under the cursor"),
        Binding("space,v", "stretch", "Stretch", id="io.stretch",
                tooltip="Begin a stretch of time here, and end it; Enter filters the packets to it"),
        Binding("slash", "add", "Add line", id="io.add", tooltip="Another line, of the packets that pass a filter"),
        Binding("e", "edit", "Change line", id="io.edit", tooltip="Change the filter of the line under the cursor"),
        Binding("x,delete", "remove", "Remove line", id="io.remove", tooltip="Remove the line under the cursor"),
        *(Binding(str(number), f"show_line({number - 1})", f"Line {number}", id=f"io.toggle_{number}", show=False,
                  tooltip=f"Show or hide line {number}") for number in range(1, LINES + 1)),
        Binding("u", "unit", "Unit", id="io.unit", tooltip="Packets, bytes, bits a second, TCP errors"),
        Binding("right_square_bracket", "coarser(1)", "Longer steps", id="io.coarser", tooltip="Longer steps of time"),
        Binding("left_square_bracket", "coarser(-1)", "Shorter steps", id="io.finer", tooltip="Shorter steps of time"),
        Binding("s", "automatic", "Fitting steps", id="io.automatic", tooltip="Steps that fit the window again"),
        Binding("A", "limit", "All or shown", id="io.limit",
                tooltip="Of all packets, or of those that the list shows"),
        Binding("w", "write", "Write", id="io.write", tooltip="Write the graph as SVG or PNG, its numbers as CSV"),
        Binding("escape,q", "back", "Back", id="io.back", tooltip="Forget the stretch, then back to the packets"),
        Binding("ctrl+l", "app.repaint", "Repaint", id="io.repaint", tooltip="Draw the whole screen anew"),
        Binding("ctrl+z", "app.suspend_process", "Suspend", id="io.suspend", show=False),
        Binding("ctrl+c", "app.quit", "Quit", id="io.quit", tooltip="Leave the program"),
    ]  # fmt: skip

    def __init__(self, host: PictureHost, lines: list[Line] | None = None, unit: Unit = "packets") -> None:
        super().__init__()
        self._host = host
        self._colours = host.colours
        self._lines = lines or first_lines(host)
        self.unit: Unit = unit
        self._chosen: int | None = None
        """The step that was chosen, in ns; None: whatever fits."""
        self._limited = False
        self._found: Counted | None = None
        self._generation = 0
        self._cancel = threading.Event()
        self._busy = False
        self._error = self._note = ""
        self._read, self._read_at, self._took = -1, 0.0, 0.0
        self._counted_for: tuple[int, float] | None = None
        self._begun: float | None = None
        self.header_line = TextLine(id="header")
        self.view = PlotView(id="plot")
        self.strip = ErrorStrip(id="errors")
        self.status_line = StatusLine(id="status")
        self.footer_line = FooterLine(id="footer")
        for widget in (self.header_line, self.view, self.strip, self.status_line, self.footer_line):
            widget.palette = self._colours
        self.view.selected = self._moved

    def compose(self) -> ComposeResult:
        yield self.header_line
        yield self.view
        yield self.strip
        yield self.status_line
        yield self.footer_line

    def on_mount(self) -> None:
        self.footer_line.show(_HINTS)
        self.view.focus()
        self._show_lines()
        self.call_after_refresh(self._count, self._host.selected_packet())
        self.set_interval(0.5, self._grown)

    def on_unmount(self) -> None:
        self._cancel.set()

    # Counting, in a thread.

    def _count(self, packet: int | None = None) -> None:
        """Count anew; the cursor goes to the step of a packet, None: stays."""
        self._generation += 1
        self._cancel.set()
        self._cancel = cancel = threading.Event()
        generation, capture, lines, size = self._generation, self._host.capture, list(self._lines), self._step()
        limit = self._host.shown() if self._limited else None
        self._busy, self._read = True, len(capture)
        self._start = packet if packet is not None else self.view.packet
        started = time.monotonic()

        def work() -> None:
            try:
                looked = [look(line, capture, cancel.is_set) for line in lines]
                message = CountedMessage(generation, counted(capture, looked, limit, size, self._wanted), looked, "")
            except Cancelled:
                return
            except Exception as problem:  # whatever is in the capture, the screen stays
                message = CountedMessage(generation, None, lines, str(problem) or type(problem).__name__)
            self._read_at = time.monotonic()
            self._took = self._read_at - started
            self.post_message(message)

        self._show_header()
        self.run_worker(work, thread=True, group="io", exit_on_error=False)

    @property
    def _wanted(self) -> int:
        """Steps that fit the screen: one a cell."""
        return max(10, self.app.size.width - 12)

    def _step(self) -> int | None:
        """The step to count in, in ns; None: one that fits the whole capture."""
        if self._chosen is not None:
            return self._chosen
        if self._found is None or self._is_whole():
            return None
        return nice_step(round(self.view.window.width * BILLION), self._wanted)

    def _is_whole(self) -> bool:
        return self.view.plot is None or self.view.window.width >= self.view.plot.whole().width

    def _grown(self) -> None:
        """Count again what a capture that is being loaded has more by now."""
        capture = self._host.capture
        if not self._busy and len(capture) != self._read:
            pause = max(AGAIN, SLOWEST * self._took)
            if capture.complete or time.monotonic() - self._read_at > pause:
                self._count()

    @on(CountedMessage)
    def arrived(self, event: CountedMessage) -> None:
        if event.generation != self._generation:
            return
        self._busy, self._error = False, event.error
        if event.found is not None:
            keep = self._found is not None
            number = self.view.cursor_at[0] if self.view.cursor_at is not None else 0
            self._found, self._lines = event.found, event.lines
            self._draw(keep)
            at = self.view.nearest_packet(self._start)
            shown = len(self.view.plot.series) if self.view.plot is not None else 0
            if at is not None and shown:
                self.view.cursor_at = min(number, shown - 1), at[1]
                self.view.repaint()
            self._counted_for = len(self._host.capture), self.view.window.width
        self._show_lines()

    def _draw(self, keep: bool = True) -> None:
        if self._found is not None:
            window: Window = self.view.window
            self.view.show(plot(self._found, self.unit), keep=keep)
            if keep and self.view.window.width < window.width:
                self.view.action_reset()

    def on_resize(self) -> None:
        self.call_after_refresh(self._show_lines)

    # The cursor and the window have moved.

    def _moved(self) -> None:
        if self._begun is not None:
            self.view.stretch = self._begun, self._here()
            self.view.repaint()
        if self._chosen is None and not self._busy and self._counted_for is not None:
            before = self._found.steps.size if self._found is not None else 0
            wanted = self._step() or nice_step(round(self.view.window.width * BILLION), self._wanted)
            if before and wanted != before:
                self._count()
        self._show_lines()

    def _here(self) -> float:
        found = self.view.point
        return float(found[0].x[found[1]]) if found is not None else 0.0

    @property
    def _line(self) -> Line | None:
        """The line under the cursor."""
        shown = [line for line in self._lines if line.shown]
        at = self.view.cursor_at
        return shown[at[0]] if at is not None and at[0] < len(shown) else None

    # The lines of text.

    def _show_lines(self) -> None:
        self._show_header()
        self._show_strip()
        self._show_status()

    def _show_header(self) -> None:
        colours, found = self._colours, self._found
        left: list[Piece] = [(f" {_NAME}", colours.bright_heading)]
        if found is not None:
            left.append((f"   {NAMES[self.unit]}", None))
            style = None if self._chosen is None else colours.warning
            left.append((f"   steps of {step_text(found.steps.size)}", style))
        if self._limited:
            left.append((f"   of {cut(clean(self._host.limit), 40)}", colours.warning))
        for line in self._lines:
            if not line.shown:
                left.append((f"   {line.place + 1} hidden", colours.quiet))
        if not self._host.capture.complete:
            left.append(("   of what is loaded", colours.quiet))
        if self._busy:
            left.append(("   counting …", colours.quiet))
        window = self.view.window
        right = "" if self._is_whole() else f"{window.x0:.6g} to {window.x1:.6g} s "
        self.header_line.put(left, [(f"  {right}", colours.quiet)])

    def _show_strip(self) -> None:
        found = self._found
        if found is None:
            return
        bad = np.zeros(0) if self.unit == "errors" else found.whole.bad
        self.strip.show(bad, found.steps.seconds, self.view)

    def _show_status(self) -> None:
        colours = self._colours
        if self._error:
            self.status_line.put([(f" ! {clean(self._error)}", colours.warning)])
        elif self._note:
            self.status_line.put([(f" {clean(self._note)}", colours.warning)])
        elif self._found is None:
            self.status_line.put([(" counting …", colours.quiet)])
        else:
            self.status_line.put(self._told(self._found))
        self._note = ""

    def _told(self, found: Counted) -> list[Piece]:
        """The step under the cursor, and each line's value in it."""
        point = self.view.point
        if point is None:
            return [(" no packets", self._colours.quiet)]
        place = point[1]
        begin = place * found.steps.seconds
        pieces: list[Piece] = [(f" {begin:.6g} s to {begin + found.steps.seconds:.6g} s ", self._colours.quiet)]
        if self.view.stretch is not None:
            low, high = sorted(self.view.stretch)
            pieces = [(f" stretch {low:.6g} s to {high + found.steps.seconds:.6g} s: Enter shows its packets ",
                       self._colours.warning)]  # fmt: skip
        unit = {"packets": "packets", "bytes": "bytes", "bits/s": "bits/s", "errors": ""}[self.unit]
        for line, counts in found.lines:
            if line.shown:
                number = line.place % 6
                style = series_style(("main", "second", "third", "fourth", "fifth", "sixth")[number], self._colours)
                value = value_text(float(counts.values(self.unit, found.steps)[place]), unit)
                pieces.append((f"  {cut(clean(line.name), 30)} {value}", style))
        bad = int(found.whole.bad[place])
        if bad and self.unit != "errors":
            pieces.append((f"  ! {bad} TCP error{'s' if bad > 1 else ''}", self._colours.warning))
        return pieces

    def say(self, message: str) -> None:
        self._note = message
        self._show_status()

    # Lines.

    def action_add(self) -> None:
        if len(self._lines) >= LINES:
            self.say(f"{LINES} lines are all that can be told apart: x removes one")
        else:
            self._host.ask_filter("", self._add)

    def _add(self, wanted: Filter) -> None:
        if wanted.test is None:
            return
        taken = {line.place for line in self._lines}
        self._lines.append(Line(min(set(range(LINES)) - taken), wanted))
        self._count()

    def action_edit(self) -> None:
        line = self._line
        if line is not None:
            text = line.filter.text if line.filter is not None else ""
            self._host.ask_filter(text, partial(self._change, line))

    def _change(self, line: Line, wanted: Filter) -> None:
        new = Line(line.place, wanted if wanted.test is not None else None)
        self._lines = [new if each.place == line.place else each for each in self._lines]
        self._count()

    def action_remove(self) -> None:
        line = self._line
        if line is None or len(self._lines) < 2:
            self.say("The last line stays: e changes it")
            return
        self._lines = [each for each in self._lines if each.place != line.place]
        self._count()

    def action_show_line(self, place: int) -> None:
        lines = [replace(line, shown=not line.shown) if line.place == place else line for line in self._lines]
        if lines == self._lines or not any(line.shown for line in lines):
            self.say(f"There is no line {place + 1}" if lines == self._lines else "One line has to be shown")
            return
        self._lines = lines
        self._count()

    # What is counted, and how.

    def action_unit(self) -> None:
        self.unit = UNITS[(UNITS.index(self.unit) + 1) % len(UNITS)]
        self._draw()
        self._show_lines()

    def action_coarser(self, direction: int) -> None:
        if self._found is None:
            return
        size = self._found.steps.size
        span = max(size * self._found.steps.count, 1)
        wanted = nice_step(size * 3, 2) if direction > 0 else nice_step(size, 3)
        if direction > 0 and size >= span:
            self.say("All is in one step")
        elif direction < 0 and (wanted >= size or span / wanted > 2_000_000):
            self.say("Steps cannot be shorter")
        else:
            self._chosen = wanted
            self._count()

    def action_automatic(self) -> None:
        self._chosen = None
        self._count()

    def action_limit(self) -> None:
        if self._host.shown() is None:
            self.say("The list shows all packets")
            return
        self._limited = not self._limited
        self._count()

    def action_zoom(self, steps: int) -> None:
        self.view.action_zoom(steps)

    # To the packets.

    def action_stretch(self) -> None:
        if self._begun is None:
            self._begun = self._here()
            self.view.stretch = self._begun, self._begun
        else:
            self._begun = None
        self.view.repaint()
        self._show_lines()

    def action_go(self) -> None:
        found, stretch = self._found, self.view.stretch
        if found is None:
            return
        if stretch is not None:
            low, high = sorted(stretch)
            lines, unit = [replace(line) for line in self._lines], self.unit
            self._host.filter(stretch_filter(low, high + found.steps.seconds), partial(_again, self._host, lines, unit),
                              _NAME)  # fmt: skip
        elif self.view.packet is not None:
            self._host.go_to(self.view.packet)

    @on(PlotView.Activated)
    def activated(self) -> None:
        self.action_go()

    # Out of the terminal.

    def action_write(self) -> None:
        found, unit, window, title = self._found, self.unit, self.view.window, self._host.capture.title
        if found is None:
            return

        def write(path: str) -> str:
            from ..writing_io import write_io

            return write_io(found, unit, path, title, window)

        ask_and_draw(self, _NAME, "io.svg", self._colours, write)

    def action_help(self) -> None:
        self.app.push_screen(HelpScreen.of(self, [self.view]))

    def action_back(self) -> None:
        if self.view.stretch is not None:
            self._begun = self.view.stretch = None
            self.view.repaint()
            self._show_lines()
        else:
            self.app.pop_screen()


def _again(host: PictureHost, lines: list[Line], unit: Unit) -> None:
    host.open(IOGraphScreen(host, lines, unit))


def first_lines(host: PictureHost) -> list[Line]:
    """What the graph opens with: all packets, and those that the list is limited to by a filter."""
    text = host.limit_filter
    return [Line(0), *([Line(1, compile(text))] if text else [])]
