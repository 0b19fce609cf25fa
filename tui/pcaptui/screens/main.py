"""The main screen: packet list, protocol tree and hex pane, and what ties them together."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from rich.style import Style
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.screen import Screen

from ..widgets.debounce import Debounce
from ..widgets.glyphs import ABOVE, BELOW
from ..widgets.hex_pane import HexPane
from ..widgets.lines import FooterLine, HeaderFacts, HeaderLine, KeyHint, Piece, StatusLine, count_of
from ..widgets.model import ListModel
from ..widgets.packet_list import PacketList
from ..widgets.palette import Palette
from ..widgets.pane import LinePane
from ..widgets.protocol_tree import ProtocolTree
from ..widgets.text import clean, width_of
from .feed import TreeFeed, TreeSource
from .filter_view import FilterMoved, FilterView, Run
from .goto import GoToScreen
from .help import HelpScreen
from .layout import Layout, Pane, Sizes, lay_out
from .loading import Loading, LoadProgress
from .looker import Conversing, Looked, MoreKnown
from .row import RowScreen
from .stream_view import StreamView

if TYPE_CHECKING:
    from ..filters.filter import Filter
    from ..history import History
    from .copier import Copier
    from .finder import Finder
    from .streams import StreamHost

READING = 4.0
"""Seconds that a message under the list is left alone, as long as the cursor stays."""
PANES: tuple[Pane, ...] = ("list", "tree", "hex")

_HINTS: dict[Pane, list[KeyHint]] = {
    "list": [KeyHint("/", "filter", "screen.filter"), KeyHint("s", "stream", "screen.stream"),
             KeyHint("f", "follow", "screen.follow"),
             KeyHint("c", "conversations", "screen.conversations"), KeyHint("Enter", "fields", "screen.enter"),
             KeyHint("Tab", "pane", "screen.pane(1)")],
    "tree": [KeyHint("Esc", "list", "screen.back"), KeyHint("Tab", "pane", "screen.pane(1)"),
             KeyHint("Enter", "fold, go", "screen.activate"), KeyHint("y", "copy", "screen.copy")],
    "hex": [KeyHint("Esc", "list", "screen.back"), KeyHint("Tab", "pane", "screen.pane(1)"),
            KeyHint("Shift+←→", "select", "screen.hex_select"), KeyHint("y", "copy", "screen.copy"),
            KeyHint("b", "next bytes", "screen.tab(1)")],
}  # fmt: skip
_HINTS_EVERYWHERE = [
    KeyHint("Ctrl+G", "go to", "screen.goto"),
    KeyHint("t", "time", "screen.time"),
    KeyHint("z", "maximise", "screen.maximise"),
    KeyHint("i", "row", "screen.row"),
    KeyHint("r", "related", "screen.related"),
]


class MainScreen(Screen[None]):
    """Opens with the list; tree and hex follow after the first frame."""

    DEFAULT_CSS = """
    MainScreen { layout: vertical; overflow: hidden hidden; background: ansi_default; color: ansi_default; }
    MainScreen #detail { height: 1fr; width: 1fr; overflow: hidden hidden; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("question_mark,f1", "help", "Help", id="main.help", tooltip="All keys"),
        Binding("tab", "pane(1)", "Next pane", id="main.next_pane", tooltip="Go to the next pane"),
        Binding("shift+tab", "pane(-1)", "Previous pane", id="main.previous_pane", tooltip="Go to the previous pane"),
        Binding("enter", "enter", "Fields", id="main.fields", tooltip="From the list into the protocol tree"),
        Binding("ctrl+g,colon", "goto", "Go to packet", id="main.goto", tooltip="Go to a packet by its number"),
        Binding("i", "row", "Whole row", id="main.row", tooltip="Show the selected row in full"),
        Binding("slash", "filter", "Display filter", id="main.filter",
                tooltip="Show only packets that pass a display filter: tcp.port == 80 and http"),
        Binding("ctrl+f", "find", "Find", id="main.find",
                tooltip="Find text, a regular expression, bytes or a filter in rows, fields or bytes"),
        Binding("n", "find_next(True)", "Find next", id="main.find_next", tooltip="Next packet that was searched for"),
        Binding("N", "find_next(False)", "Find previous", id="main.find_previous",
                tooltip="Previous packet that was searched for"),
        Binding("F", "filter_menu", "Filter from selection", id="main.filter_menu",
                tooltip="A filter from the selected field, bytes or packet: apply, not, and, or"),
        Binding("X", "filter_clear", "Clear filter", id="main.filter_clear", tooltip="Show all packets again"),
        Binding("s", "stream", "Only this stream", id="main.stream",
                tooltip="Only the packets of the selected packet's conversation, or all again"),
        Binding("right_square_bracket", "in_stream(1)", "Next of conversation", id="main.stream_next",
                tooltip="To the next packet of the same conversation"),
        Binding("left_square_bracket", "in_stream(-1)", "Previous of conversation", id="main.stream_previous",
                tooltip="To the previous packet of the same conversation"),
        Binding("r", "related", "Related packet", id="main.related",
                tooltip="To the answer, request or original of the packet; again: to the next one tied to it"),
        Binding("R", "related_back", "Back from related", id="main.related_back",
                tooltip="Back to the packet where the jumps to related ones began"),
        Binding("c", "conversations", "Conversations", id="main.conversations",
                tooltip="All conversations: who talked to whom, and how it went"),
        Binding("f", "follow", "Follow stream", id="main.follow",
                tooltip="What the two sides of the packet's conversation said"),
        Binding("S", "story", "Story", id="main.story",
                tooltip="Phases, exchanges and times of the packet's conversation"),
        Binding("y", "copy", "Copy", id="main.copy", tooltip="Copy field, bytes, tree, row or packet"),
        Binding("w", "write", "Write packets", id="main.write",
                tooltip="Write the shown packets, a conversation or all to a pcapng or pcap file"),
        Binding("b", "tab(1)", "Next bytes", id="main.tab",
                tooltip="Next tab of the hex pane: the frame, reassembled data, decoded bodies"),
        Binding("B", "tab(-1)", "Previous bytes", id="main.tab_back", show=False,
                tooltip="Previous tab of the hex pane"),
        Binding("t", "time", "Time format", id="main.time", tooltip="Next time format"),
        Binding("z,Z", "maximise", "Maximise", id="main.maximise", tooltip="Give the pane the whole screen, or back"),
        Binding("plus,equals_sign", "resize(1)", "Larger", id="main.larger", tooltip="Give the pane a row more"),
        Binding("minus", "resize(-1)", "Smaller", id="main.smaller", tooltip="Take a row from the pane"),
        Binding("less_than_sign", "divide(-2)", "Tree narrower", id="main.divide_left",
                tooltip="More room for the hex pane"),
        Binding("greater_than_sign", "divide(2)", "Tree wider", id="main.divide_right",
                tooltip="More room for the tree"),
        Binding("escape", "back", "Back", id="main.back",
                tooltip="Restore panes, go to the list, show all packets, or stop loading"),
        Binding("ctrl+l", "app.repaint", "Repaint", id="main.repaint", tooltip="Draw the whole screen anew"),
        Binding("ctrl+z", "app.suspend_process", "Suspend", id="main.suspend", tooltip="Back to the shell; fg returns"),
        Binding("q,ctrl+c", "app.quit", "Quit", id="main.quit", tooltip="Leave the program"),
    ]  # fmt: skip

    def __init__(
        self, model: ListModel, tree_source: TreeSource, colours: Palette, glances: Conversing | None = None
    ) -> None:
        super().__init__()
        self.model = model
        self.sizes = Sizes()
        self._colours = colours
        self._lower: Pane = "tree"
        self._shown = False
        self._layout_now: Layout | None = None
        self.header_line = HeaderLine(id="header")
        self.packet_list = PacketList(model, id="list")
        self.status_line = StatusLine(id="status")
        self.field_tree = ProtocolTree(id="tree")
        self.hex_pane = HexPane(id="hex")
        self.details = Container(self.field_tree, self.hex_pane, id="detail")
        self.footer_line = FooterLine(id="footer")
        for line in (self.header_line, self.status_line, self.footer_line):
            line.palette = colours
        for pane in (self.packet_list, self.field_tree, self.hex_pane):
            pane.palette = colours
        self.packet_list.selected = self._packet_selected
        self.filters = FilterView(model, self.packet_list, self._filter_moved)
        self.streams = StreamView(model, self.packet_list, glances, self.say, self._looked, lambda: self.filters.view)
        self._history: History | None = None
        self._said = -1
        self._said_until = 0.0
        self.field_tree.selected = self.hex_pane.mark
        self.field_tree.followed = self._follow_link
        self.hex_pane.selected = self.field_tree.reveal_byte
        self._copier: Copier | None = None
        self._finder: Finder | None = None
        self._feed = TreeFeed(self.field_tree, self._tree_arrived, tree_source)
        self._debounce = Debounce(self, self._show_details)
        self._reader = Loading(self, model.capture)
        self._stream_host: StreamHost | None = None

    def compose(self) -> ComposeResult:
        yield self.header_line
        yield self.packet_list
        yield self.status_line
        yield self.details
        yield self.footer_line

    def on_mount(self) -> None:
        self._arrange()
        self._show_header()
        self._show_footer()
        self.packet_list.focus()
        self.packet_list.grown()
        self.call_after_refresh(self._after_first_frame)

    def _after_first_frame(self) -> None:
        self.streams.grown()
        self.packet_list.repaint()
        self._show_details()
        self._reader.start()
        self._show_footer()

    def on_unmount(self) -> None:
        self._reader.cancel()
        self.filters.stop()
        if self._finder is not None:
            self._finder.stop()
        self._feed.close()
        self.streams.close()

    # The panes and their sizes.

    @property
    def panes(self) -> dict[Pane, LinePane]:
        return {"list": self.packet_list, "tree": self.field_tree, "hex": self.hex_pane}

    @property
    def focused_pane(self) -> Pane:
        return next((name for name, pane in self.panes.items() if pane is self.focused), "list")

    def on_resize(self) -> None:
        self._arrange()

    def _arrange(self) -> None:
        size = self.app.size
        layout = lay_out(size.width, size.height, self.sizes, self._lower)
        if layout == self._layout_now:
            return
        self._layout_now = layout
        for name, pane in self.panes.items():
            pane.display = name in layout.shown
        self.details.display = bool(layout.shown - {"list"})
        self.status_line.display = layout.status
        self.packet_list.styles.height = layout.list_height
        beside = layout.arrangement == "beside"
        self.details.styles.layout = "horizontal" if beside else "vertical"
        both = {"tree", "hex"} <= layout.shown
        self.hex_pane.bordered = beside and both
        self.field_tree.styles.width = layout.tree_width if both and beside else "1fr"
        self.field_tree.styles.height = layout.tree_height if both and not beside else "1fr"

    def _focus_pane(self, name: Pane) -> None:
        if name != "list":
            self._lower = name
        if self.sizes.maximised is not None:
            self.sizes.maximised = name
        self._arrange()
        self.panes[name].focus()

    def action_pane(self, direction: int) -> None:
        place = PANES.index(self.focused_pane)
        self._focus_pane(PANES[(place + direction) % len(PANES)])

    def action_enter(self) -> None:
        if self.focused_pane == "list":
            self._focus_pane("tree")

    def action_activate(self) -> None:
        self.field_tree.action_activate()

    def action_hex_select(self) -> None:
        self.hex_pane.action_select(1)

    def on_packet_list_activated(self) -> None:
        self.action_enter()

    def action_maximise(self) -> None:
        self.sizes.maximised = None if self.sizes.maximised else self.focused_pane
        self._arrange()

    def action_resize(self, rows: int) -> None:
        self._move_split(rows if self.focused_pane == "list" else -rows)

    def on_line_pane_title_dragged(self, event: LinePane.TitleDragged) -> None:
        if event.pane is not self.packet_list:
            self._move_split(event.rows)

    def _move_split(self, rows: int) -> None:
        layout = self._layout_now
        if layout is None or self.sizes.maximised is not None:
            return
        body = self.app.size.height - 2 - layout.status
        wanted = max(3, min(layout.list_height + rows, body - 3))
        self.sizes.list_share = wanted / max(1, body)
        self._arrange()

    def action_divide(self, cells: int) -> None:
        before = self._layout_now
        self.sizes.tree_shift += cells
        self._arrange()
        if self._layout_now == before:
            self.sizes.tree_shift -= cells

    def action_back(self) -> None:
        if self._finder is not None and self._finder.stop():
            self.say("Search stopped")
        elif self.sizes.maximised is not None:
            self.action_maximise()
        elif self.focused_pane != "list":
            self._focus_pane("list")
        elif self.streams.stream is not None:
            self.streams.leave()
            self._show_header()
            self._show_footer()
        elif self.filters.text:
            self.action_filter_clear()
        elif self._reader.running:
            self._reader.cancel()

    # The selected packet.

    def _packet_selected(self) -> None:
        self._show_header()
        self._debounce.trigger()

    def _show_details(self) -> None:
        """Tree, hex and status line of the packet under the cursor."""
        if not len(self.model):
            message = " no packets" if self.model.capture.complete else " reading …"
            if self.filters.text:
                message = " no packet passes the filter: Esc shows all again"
            self.status_line.put([(message, self._colours.quiet)])
            return
        self._shown = True
        index = self.model.index(self.packet_list.cursor)
        frame = self.model.capture.frame(index)
        self.hex_pane.show(frame, *self.field_tree.highlight())
        self._feed.want(index)
        self._show_status()

    def _tree_arrived(self, sources: Mapping[str, bytes]) -> None:
        self.hex_pane.add_sources(sources)
        self.hex_pane.mark(*self.field_tree.highlight())

    def _show_status(self) -> None:
        """The conversation of the packet in words; of other packets the Info, where the list cuts it."""
        position = self.packet_list.cursor
        if self._said == position and time.monotonic() < self._said_until:
            return  # what was said about this packet is to be read
        row = self.model.row(position)
        colours = self._colours
        name, words = self.streams.told()
        if name:
            words = clean(words)
            ties = self._ties()
            if sum(width_of(text) for text in (name, words, *(text for text, _ in ties))) + 3 > self.app.size.width:
                ties = []
            self.status_line.put([(f" {name} ", colours.key), (words, None)], ties)
            return
        label = self.model.capture.stream_label(row.number - 1)
        front = f" {label}  " if label else " "
        front += count_of(row.length, "byte")
        # At the end, where a blank costs nothing.
        info = clean(row.info) if self.packet_list.is_cut(position) else ""
        self.status_line.put([(front, colours.quiet), (f"  {info}", None)], self._ties())

    def _ties(self) -> list[Piece]:
        """The packets that the selected one is tied to, with an arrow to where they are."""
        here, related = self.streams.here, self.streams.related
        if not related:
            return []
        more = f" +{len(related) - 1}" if len(related) > 1 else ""
        arrow = ABOVE if related[0] < here else BELOW
        return [(f"  {arrow} {related[0] + 1}{more} ", self._colours.quiet)]

    def _looked(self, look: Looked) -> None:
        """In another thread: more is known of a packet's conversation."""
        self.post_message(MoreKnown(look))

    def on_more_known(self, event: MoreKnown) -> None:
        if self.streams.learn(event.look):
            self.packet_list.repaint()
            self._show_status()

    def say(self, message: str) -> None:
        self._put(message, self._colours.warning)

    def _put(self, message: str, style: Style | None) -> None:
        self._said, self._said_until = self.packet_list.cursor, time.monotonic() + READING
        self.status_line.put([(f" {clean(message)}", style)])

    def tell(self, message: str) -> None:
        """What was done, under the list."""
        self._put(message, None)

    # The lines.

    def _show_header(self) -> None:
        capture = self.model.capture
        damage = "; ".join(f"{item.reason} at byte {item.offset}" for item in capture.damage)
        running = self._reader.running or not capture.complete
        self.header_line.show(
            HeaderFacts(
                capture.title, len(capture), capture.progress if running and not self._reader.cancelled else None,
                damage or ("loading stopped" if self._reader.cancelled else ""),
                self.packet_list.cursor, len(self.model), self.view_name(),
            )
        )  # fmt: skip

    def view_name(self) -> str:
        """What the list is limited to."""
        if self.streams.stream is not None:
            return self.streams.name
        if not self.filters.text:
            return ""
        progress = self.filters.progress
        looking = f"  {int(progress * 100)} %" if progress is not None else ""
        return f"/ {self.filters.text}{looking}"

    def _show_footer(self) -> None:
        pane = self.focused_pane
        hints = [KeyHint("?", "help", "screen.help"), *_HINTS[pane], *_HINTS_EVERYWHERE]
        if self.streams.stream is not None:
            hints = [replace(hint, label="all packets") if hint.key == "s" else hint for hint in hints]
        if self._reader.running:
            hints.insert(1, KeyHint("Esc", "stop loading", "screen.back"))
        self.footer_line.show([*hints, KeyHint("q", "quit", "app.quit")])

    def on_descendant_focus(self) -> None:
        self._show_footer()

    def on_load_progress(self, event: LoadProgress) -> None:
        first = not self._shown
        if event.done:
            self.model.changed()
        self.streams.grown(event.done)
        self.filters.grown()
        self.packet_list.grown()
        self._show_header()
        self._show_footer()
        if first and len(self.model):
            self._show_details()
        if event.error:
            self.notify(clean(event.error), title="Loading stopped", severity="error", markup=False)

    # Actions.

    def action_time(self) -> None:
        self.model.time_format = self.model.time_format.following
        self.packet_list.reset_widths()
        self.status_line.put([(f" Time: {self.model.time_format.value}", None)])

    @property
    def colours(self) -> Palette:
        return self._colours

    def action_copy(self) -> None:
        if self._copier is None:
            from .copier import Copier  # with its menu, which the first frame does not need

            self._copier = Copier(self)
        self._copier.ask()

    def action_write(self) -> None:
        from .saver import Saver

        Saver(self).ask()

    def action_tab(self, step: int) -> None:
        if not self.hex_pane.next_tab(step):
            self.say("The frame is all there is: nothing was reassembled or decoded")

    def action_goto(self) -> None:
        if len(self.model):
            here = self.model.index(self.packet_list.cursor) + 1
            self.app.push_screen(GoToScreen(here, len(self.model.capture), self._colours), self._go_to)

    def _go_to(self, number: int | None) -> None:
        if number is not None and len(self.model):
            self.streams.go(number - 1)

    def _follow_link(self, number: int) -> None:
        """To the packet that a line of the tree names; R leads back."""
        if 0 < number <= len(self.model.capture):
            self.streams.follow(number - 1)
        else:
            self.say(f"Packet {number} is not loaded")

    def show_stream(self, kind: str, number: int, packet: int | None = None) -> bool:
        """Limit the list to one stream, and select packet index `packet` of it; False if there is no such stream."""
        shown = self.streams.show(kind, number)
        self._show_footer()
        if shown and packet is not None:
            self.streams.go(packet)
        return shown

    # The display filter.

    def action_filter(self, text: str | None = None) -> None:
        from ..history import History, history_file
        from .filter_bar import FilterBar

        if self._history is None:
            self._history = History(history_file())
        capture = self.model.capture

        def values(field: str, begun: str) -> Sequence[str]:
            from ..capture import Capture
            from ..filters.seen import seen

            return seen(capture, field, begun) if isinstance(capture, Capture) else ()

        def chosen(wanted: Filter | None) -> None:
            if wanted is not None:
                self.apply_filter(wanted)

        told = f"{len(self.model)} of {len(capture)}"
        bar = FilterBar(self.filters.text if text is None else text, self._history, self._colours, told, values)
        self.app.push_screen(bar, chosen)

    def apply_filter(self, wanted: Filter) -> None:
        """Show only packets that pass; an empty filter shows all."""
        if self.streams.stream is not None:
            self.streams.leave()
        if wanted.test is None:
            self.filters.clear()
        else:
            self.filters.apply(wanted)
        self._filter_shown()

    def action_filter_clear(self) -> None:
        if self.streams.stream is not None:
            self.streams.leave()
        self.filters.clear()
        self._filter_shown()

    def _filter_shown(self) -> None:
        self._show_header()
        self._show_footer()
        if not len(self.model):
            self._show_details()

    def _filter_moved(self, run: Run) -> None:
        """In another thread: a filter has looked at more packets."""
        self.post_message(FilterMoved(run))

    def on_filter_moved(self, event: FilterMoved) -> None:
        if event.run.error:
            self.say(f"The filter stopped: {event.run.error}")
        if self.streams.stream is None:
            self.filters.show(event.run)
        self._filter_shown()
        if not event.run.running:
            self.filters.grown()

    # Find.

    @property
    def finder(self) -> Finder:
        if self._finder is None:
            from .finder import Finder

            self._finder = Finder(self)
        return self._finder

    def action_find(self) -> None:
        self.finder.ask()

    def action_find_next(self, forward: bool) -> None:
        self.finder.next(forward)

    def action_filter_menu(self) -> None:
        if len(self.model):
            from .filter_chooser import FilterChooser

            FilterChooser(self).ask()

    def action_stream(self) -> None:
        self.streams.toggle()
        self._show_header()
        self._show_footer()

    def action_in_stream(self, direction: int) -> None:
        self.streams.step(direction)

    def action_related(self) -> None:
        self.streams.jump()

    def action_related_back(self) -> None:
        self.streams.back()

    def action_conversations(self) -> None:
        self._stream_screens().conversations()

    def action_follow(self) -> None:
        self._stream_screens().open_selected("follow")

    def action_story(self) -> None:
        self._stream_screens().open_selected("story")

    def _stream_screens(self) -> StreamHost:
        if self._stream_host is None:
            from .streams import StreamHost  # with what these screens need, which the first frame does not

            self._stream_host = StreamHost(self)
        return self._stream_host

    def action_row(self) -> None:
        if len(self.model):
            position = self.packet_list.cursor
            time = f"{self.model.time(position)} ({self.model.time_format.value})"
            self.app.push_screen(RowScreen(self.model.row(position), time, self._colours))

    def action_help(self) -> None:
        self.app.push_screen(HelpScreen.of(self, self.panes.values()))
