"""The main screen's panes and lines: what is shown where, and what follows from the selected packet."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace

from rich.style import Style
from textual.app import ComposeResult
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
from .filter_view import FilterView
from .layout import Layout, Pane, Sizes, lay_out
from .loading import Loading, LoadProgress
from .looker import Conversing, Looked, MoreKnown
from .main_keys import HINTS, HINTS_EVERYWHERE, PANES
from .stream_view import StreamView
from .warming import IDLE, warm

READING = 4.0
"""Seconds that a message under the list is left alone, as long as the cursor stays."""


class MainBase(Screen[None]):
    """Opens with the list; tree and hex follow after the first frame. What keys do stands in MainScreen."""

    DEFAULT_CSS = """
    MainBase { layout: vertical; overflow: hidden hidden; background: ansi_default; color: ansi_default; }
    MainBase #detail { height: 1fr; width: 1fr; overflow: hidden hidden; }
    """

    filters: FilterView
    lines_taken = 0
    """Lines between the header and the list."""

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
        self.streams = StreamView(model, self.packet_list, glances, self.say, self._looked, lambda: self.filters.view)
        self._said = -1
        self._said_until = 0.0
        self.field_tree.selected = self.hex_pane.mark
        self.hex_pane.selected = self.field_tree.reveal_byte
        self._feed = TreeFeed(self.field_tree, self._tree_arrived, tree_source)
        self._debounce = Debounce(self, self._show_details)
        self._reader = Loading(self, model.capture)

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
        self.set_timer(IDLE, warm)

    def on_unmount(self) -> None:
        self._reader.cancel()
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
        layout = lay_out(size.width, size.height - self.lines_taken, self.sizes, self._lower)
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
        body = self.app.size.height - 2 - layout.status - self.lines_taken
        wanted = max(3, min(layout.list_height + rows, body - 3))
        self.sizes.list_share = wanted / max(1, body)
        self._arrange()

    def action_divide(self, cells: int) -> None:
        before = self._layout_now
        self.sizes.tree_shift += cells
        self._arrange()
        if self._layout_now == before:
            self.sizes.tree_shift -= cells

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
                self.packet_list.cursor, len(self.model), self.view_name(), tuple(self.verdict_pieces()),
            )
        )  # fmt: skip

    def verdict_pieces(self) -> Sequence[Piece]:
        """What the header tells of findings."""
        return ()

    def extra_hints(self) -> list[KeyHint]:
        """Keys that come first in the footer, besides help."""
        return []

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
        hints = [KeyHint("?", "help", "screen.help"), *HINTS[pane], *HINTS_EVERYWHERE]
        if self.streams.stream is not None:
            hints = [replace(hint, label="all packets") if hint.key == "s" else hint for hint in hints]
        hints[1:1] = self.extra_hints()
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

    @property
    def colours(self) -> Palette:
        return self._colours
