"""The TCP stream graphs: one stream, one direction, five pictures of it, and a cursor that names the packet."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.screen import Screen

from ..drawing import write_drawing
from ..pictures.plot_svg import draw_plot
from ..pictures.scales import value_text
from ..pictures.series import Plot
from ..pictures.stream import Stream
from ..pictures.stream_plots import KINDS, SEQUENCE, direction_name, made, main_direction
from ..pictures.stream_words import neighbour, place_words, segment_words
from ..widgets.lines import FooterLine, KeyHint, Line, Piece, StatusLine
from ..widgets.plot import PlotView
from ..widgets.text import clean
from .help import HelpScreen
from .picture_file import ask_and_draw
from .picture_host import PictureHost

ROOMY = 120
"""Cells of a line from which on the header tells figures, too."""
MOST_FINER = 12
_HINTS = [
    KeyHint("?", "help", "screen.help"),
    KeyHint("← →", "point", "screen.nothing"),
    KeyHint("Enter", "packet", "screen.go"),
    KeyHint("1-5", "graph", "screen.next_kind"),
    KeyHint("d", "direction", "screen.turn"),
    KeyHint("+ -", "zoom", "screen.zoom"),
    KeyHint("[ ]", "stream", "screen.stream(1)"),
    KeyHint("n", "mark", "screen.mark"),
    KeyHint("w", "write", "screen.write"),
    KeyHint("Esc", "back", "screen.back"),
]


class Drawn(Message):
    """A thread has read a stream and made a graph of it, or says why not."""

    def __init__(
        self, generation: int, stream: Stream | None, by_client: bool, plot: Plot | None, error: str,
        nothing: bool = False,
    ) -> None:  # fmt: skip
        """`nothing`: neither direction has anything to draw."""
        super().__init__()
        self.generation = generation
        self.nothing = nothing
        self.stream = stream
        self.by_client = by_client
        self.plot = plot
        self.error = error


class StreamGraphScreen(Screen[None]):
    """`kind` is a name of pictures.stream_plots.KINDS, `packet` the one that the cursor starts on."""

    DEFAULT_CSS = """
    StreamGraphScreen { layout: vertical; overflow: hidden; background: ansi_default; color: ansi_default; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("question_mark,f1", "help", "Help", id="graph.help", tooltip="All keys"),
        Binding("enter", "go", "Packet", id="graph.go", tooltip="To the packet under the cursor, in the list"),
        *(Binding(str(place), f"kind('{name}')", kind.title, id=f"graph.{name}", tooltip=kind.about)
          for place, (name, kind) in enumerate(KINDS.items(), 1)),
        Binding("d", "turn", "Direction", id="graph.turn", tooltip="What the other side sent"),
        Binding("right_square_bracket", "stream(1)", "Next stream", id="graph.next",
                tooltip="The next TCP stream with data"),
        Binding("left_square_bracket", "stream(-1)", "Stream before", id="graph.previous",
                tooltip="The TCP stream with data before"),
        Binding("less_than_sign,comma", "finer(1)", "Finer", id="graph.finer",
                tooltip="Throughput: intervals half as long"),
        Binding("greater_than_sign,full_stop", "finer(-1)", "Coarser", id="graph.coarser",
                tooltip="Throughput: intervals twice as long"),
        Binding("s", "show", "Show in list", id="graph.show", tooltip="Only this stream in the packet list"),
        Binding("w", "write", "Write", id="graph.write", tooltip="Write what is shown to an SVG or PNG file"),
        Binding("escape,q", "back", "Back", id="graph.back", tooltip="Back"),
        Binding("ctrl+l", "app.repaint", "Repaint", id="graph.repaint", tooltip="Draw the whole screen anew"),
        Binding("ctrl+z", "app.suspend_process", "Suspend", id="graph.suspend", show=False),
        Binding("ctrl+c", "app.quit", "Quit", id="graph.quit", tooltip="Leave the program"),
    ]  # fmt: skip

    def __init__(self, host: PictureHost, kind: str, stream: int, packet: int | None = None) -> None:
        super().__init__()
        self._host = host
        self._colours = host.colours
        self._kind = kind
        self._number = stream
        self._packet = packet
        self._by_client: bool | None = None
        self._finer = 0
        self._generation = 0
        self._busy = True
        self._keep = False
        self._both_empty = False
        self._error = ""
        self._told = ""
        self.stream: Stream | None = None
        self.header_line = Line(id="header")
        self.view = PlotView(id="plot")
        self.status_line = StatusLine(id="status")
        self.footer_line = FooterLine(id="footer")
        for widget in (self.header_line, self.view, self.status_line, self.footer_line):
            widget.palette = self._colours
        self.view.selected = self._moved

    def compose(self) -> ComposeResult:
        yield self.header_line
        yield self.view
        yield self.status_line
        yield self.footer_line

    def on_mount(self) -> None:
        self.footer_line.show(_HINTS)
        self.view.focus()
        self._show_lines()
        self.call_after_refresh(self._draw)
        self.set_interval(1, self._grown)

    # Making the graph, in a thread.

    def _grown(self) -> None:
        """Once the capture is loaded as a whole, show what the stream has more by now."""
        capture, stream = self._host.capture, self.stream
        if not self._busy and stream is not None and capture.complete and stream.loaded != len(capture):
            self._draw(keep=True)

    def _draw(self, keep: bool = False) -> None:
        self._generation += 1
        self._busy, self._told = True, ""
        generation, kind, number, wanted = self._generation, self._kind, self._number, self._by_client
        known, finer = self.stream, self._finer
        capture = self._host.capture

        def work() -> None:
            try:
                reads = known is None or known.number != number or known.loaded != len(capture)
                stream = Stream(capture, number) if reads or known is None else known
                by_client = main_direction(stream) if wanted is None else wanted
                plot = made(stream, kind, by_client, finer)
                nothing = False
                if plot.empty:
                    other = made(stream, kind, not by_client, finer)
                    nothing = other.empty
                    if wanted is None and not nothing:
                        by_client, plot = not by_client, other
                self.post_message(Drawn(generation, stream, by_client, plot, "", nothing))
                if stream.facts_at_hand is None and stream.facts:
                    self.app.call_from_thread(self._show_lines)
            except Exception as problem:  # whatever is in the capture, the screen stays
                self.post_message(Drawn(generation, None, False, None, str(problem) or type(problem).__name__))

        self._show_lines()
        self._keep = keep
        self.run_worker(work, thread=True, group="draw", exit_on_error=False)

    @on(Drawn)
    def drawn(self, event: Drawn) -> None:
        if event.generation != self._generation:
            return
        self._busy = False
        self._error, self._both_empty = event.error, event.nothing
        if event.stream is not None:
            self.stream, self._by_client = event.stream, event.by_client
            self.view.show(event.plot, self._packet, event.plot is not None and self._keep and self._same_time())
        self._show_lines()

    def _same_time(self) -> bool:
        """Whether the window is one of this stream: graphs of one stream share their time."""
        return self.view.plot is not None and not self.view.plot.empty

    # The lines.

    def _moved(self) -> None:
        if self.view.packet is not None:
            self._packet = self.view.packet
        self._told = ""
        self._show_lines()

    def _show_lines(self) -> None:
        self._show_header()
        colours, stream = self._colours, self.stream
        point = self.view.point
        if self._error:
            self.status_line.put([(f" ! {clean(self._error)}", colours.warning)])
        elif self._told:
            self.status_line.put([(f" {clean(self._told)}", None)])
        elif stream is None or (self._busy and point is None):
            self.status_line.put([(" reading the stream …", colours.quiet)])
        elif point is None:
            self.status_line.put([(f" {self._nothing()}", colours.quiet)])
        else:
            self.status_line.put(self._point_words(stream))

    def _nothing(self) -> str:
        side = "client" if self._by_client else "server"
        if self._both_empty:
            return "Nothing of what was sent was acknowledged" if self._kind == "rtt" else "Neither side sent data"
        if self._kind == "rtt":
            return f"Nothing that the {side} sent was acknowledged; d shows the other direction"
        return f"The {side} sent no data; d shows the other direction"

    def _point_words(self, stream: Stream) -> list[Piece]:
        found, plot = self.view.point, self.view.plot
        assert found is not None and plot is not None
        series, place = found
        if plot.y_name == SEQUENCE:
            value = place_words(series, place)
        else:
            value = value_text(float(series.y[place]), plot.y_unit)
        pieces: list[Piece] = [(f" {series.name} ", self._colours.key), (f"{value}", None)]
        if self._kind == "throughput":
            pieces.append((f" from {value_text(float(series.x[place]), 's')} on", None))
        packet = self.view.packet
        if packet is not None:
            pieces.append((f"   {segment_words(stream, packet, self._kind)}", None))
        return pieces

    def _show_header(self) -> None:
        colours, stream = self._colours, self.stream
        left: list[Piece] = [(f" {KINDS[self._kind].title}", colours.bright_heading), (f"  tcp:{self._number}", None)]
        if stream is not None and stream.number == self._number and self._by_client is not None:
            side = "client sends" if self._by_client else "server sends"
            left += [(f"  {clean(direction_name(stream, self._by_client))}", None), (f"  {side}", colours.quiet)]
            roomy = self.app.size.width >= ROOMY
            notes = self.view.plot.notes if self.view.plot is not None and roomy else []
            left += [(f"   {clean(note)}", colours.quiet) for note in notes]
        if self._busy:
            left.append(("   working …", colours.quiet))
        if not self._host.capture.complete:
            left.append(("   of what is loaded", colours.quiet))
        self.header_line.put(left, [(self._place(), colours.quiet)])

    def _place(self) -> str:
        """Which part of the time is on the screen, where it is not all."""
        view, plot = self.view, self.view.plot
        if plot is None or plot.empty or view.shows_all:
            return ""
        return f"  {value_text(view.window.x0, 's')} to {value_text(view.window.x1, 's')} "

    # Actions.

    def action_kind(self, name: str) -> None:
        if name != self._kind:
            self._kind = name
            self._draw(keep=True)

    def action_next_kind(self) -> None:
        names = list(KINDS)
        self.action_kind(names[(names.index(self._kind) + 1) % len(names)])

    def action_finer(self, steps: int) -> None:
        if self._kind == "throughput" and -MOST_FINER <= self._finer + steps <= MOST_FINER:
            self._finer += steps
            self._draw(keep=True)

    def action_turn(self) -> None:
        if self._by_client is not None:
            self._by_client = not self._by_client
            self._draw(keep=True)

    def action_stream(self, step: int) -> None:
        number = neighbour(self._host.capture, self._number, step)
        if number is None:
            self._told = "No other TCP stream with data " + ("behind this one" if step > 0 else "before this one")
            self._show_lines()
            return
        self._number, self._by_client, self._packet, self._finer = number, None, None, 0
        self._draw()

    def action_zoom(self) -> None:
        self.view.action_zoom(1)

    def action_mark(self) -> None:
        self.view.action_mark(1)

    def action_nothing(self) -> None:
        """The arrow keys' hint was clicked."""

    def action_go(self) -> None:
        packet = self.view.packet
        if packet is not None:
            self._host.go_to(packet)

    @on(PlotView.Activated)
    def activated(self) -> None:
        self.action_go()

    def action_show(self) -> None:
        self._host.filter(f"tcp.stream == {self._number}")

    def action_write(self) -> None:
        plot, window, stream, below = self.view.plot, self.view.window, self.stream, self._host.capture.title
        if plot is None or plot.empty or stream is None:
            return
        title = f"{KINDS[self._kind].title}, tcp:{stream.number}, {direction_name(stream, bool(self._by_client))}"

        def write(path: str) -> str:
            return f"Written to {write_drawing(draw_plot(plot, title, below=below, window=window), path, title)}"

        ask_and_draw(self, "Graph (.svg or .png)", f"tcp-{self._number}-{self._kind}.svg", self._colours, write)

    def say(self, text: str) -> None:
        self._told = text
        self._show_lines()

    def action_help(self) -> None:
        self.app.push_screen(HelpScreen.of(self, [self.view]))

    def action_back(self) -> None:
        self.app.pop_screen()
