"""The main screen: what its keys do with packet list, protocol tree and hex pane."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, ClassVar

from textual.binding import BindingType

from ..widgets.model import ListModel
from ..widgets.palette import Palette
from .beginning import Beginning, Start
from .feed import TreeSource
from .filter_view import FilterMoved, FilterView, Run
from .goto import GoToScreen
from .help import HelpScreen
from .loading import LoadProgress
from .looker import Conversing
from .main_keys import BINDINGS
from .row import RowScreen
from .timeline_actions import TimelineActions

if TYPE_CHECKING:
    from ..filters.filter import Filter
    from ..history import History
    from .copier import Copier
    from .finder import Finder
    from .picture_host import PictureHost
    from .streams import StreamHost

NO_LIMIT = Start()


class MainScreen(TimelineActions):
    """The packet list with its panes. Screens and helpers that the first frame does not need are imported when asked
    for."""

    BINDINGS: ClassVar[list[BindingType]] = BINDINGS

    def __init__(
        self, model: ListModel, tree_source: TreeSource, colours: Palette, glances: Conversing | None = None,
        start: Start = NO_LIMIT,
    ) -> None:  # fmt: skip
        super().__init__(model, tree_source, colours, glances)
        self.filters = FilterView(model, self.packet_list, self._filter_moved)
        self._beginning = Beginning(
            start, self.apply_filter, self._begin_with_stream, self.say, self._limited, self._begin_at
        )
        self.field_tree.followed = self._follow_link
        self._history: History | None = None
        self._copier: Copier | None = None
        self._finder: Finder | None = None
        self._stream_host: StreamHost | None = None

    def on_mount(self) -> None:
        self.call_later(self._beginning.begin)

    def on_load_progress(self, event: LoadProgress) -> None:
        self.call_later(self._beginning.grown, event.done)

    def _begin_with_stream(self, kind: str, number: int) -> bool:
        shown = self.show_stream(kind, number)
        self._show_header()
        return shown

    def _begin_at(self, number: int) -> bool:
        if self.packet_list.cursor:  # the user was quicker
            return True
        if len(self.model) < number:
            return False
        self.streams.go(number - 1)
        return True

    def _limited(self) -> bool:
        return bool(self.filters.text) or self.streams.stream is not None

    def on_unmount(self) -> None:
        self.filters.stop()
        if self._finder is not None:
            self._finder.stop()

    def action_back(self) -> None:
        if self._finder is not None and self._finder.stop():
            self.say("Search stopped")
        elif self.sizes.maximised is not None:
            self.action_maximise()
        elif self.focused_pane != "list":
            self._focus_pane("list")
        elif self.leave_finding():
            return
        elif self.streams.stream is not None:
            self.streams.leave()
            self._show_header()
            self._show_footer()
        elif self.filters.text:
            self.action_filter_clear()
        elif self._reader.running:
            self._reader.cancel()

    # Actions.

    def action_time(self) -> None:
        self.model.time_format = self.model.time_format.following
        self.packet_list.reset_widths()
        self.status_line.put([(f" Time: {self.model.time_format.value}", None)])

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
        self.ask_filter(self.filters.text if text is None else text, self.apply_filter)

    def ask_filter(self, text: str, use: Callable[[Filter], None]) -> None:
        """Show a filter to be changed; `use` gets it if the person goes on."""
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
                use(wanted)

        told = f"{len(self.model)} of {len(capture)}"
        bar = FilterBar(text, self._history, self._colours, told, values)
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
        self.stream_screens().conversations()

    def action_follow(self) -> None:
        self.stream_screens().open_selected("follow")

    def action_story(self) -> None:
        self.stream_screens().open_selected("story")

    def stream_screens(self) -> StreamHost:
        if self._stream_host is None:
            from .streams import StreamHost  # with what these screens need, which the first frame does not

            self._stream_host = StreamHost(self)
        return self._stream_host

    def picture_host(self) -> PictureHost:
        from .picture_host import PictureHost

        return PictureHost(self)

    def action_row(self) -> None:
        if len(self.model):
            position = self.packet_list.cursor
            time = f"{self.model.time(position)} ({self.model.time_format.value})"
            self.app.push_screen(RowScreen(self.model.row(position), time, self._colours))

    def action_help(self) -> None:
        self.app.push_screen(HelpScreen.of(self, self.panes.values()))
