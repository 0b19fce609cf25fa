"""The screen of a statistic: its tables, sorted, filtered and folded; from a row to its packets; out to a file."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.screen import Screen
from textual.widgets import Input, Static

from ..statistics.registry import Make, find, load
from ..widgets.lines import FooterLine, KeyHint, Line, Piece, StatusLine, count_of
from ..widgets.notes import Notes
from ..widgets.palette import Palette
from ..widgets.statistics_table import Looked, StatisticsTable
from ..widgets.tab_line import TabLine
from ..widgets.text import clean, cut
from .help import HelpScreen
from .statistics_work import Arranged, Counted, Work, arrange

if TYPE_CHECKING:
    from .picture_host import PictureHost

_TICK = 0.2
"""Seconds between two looks at how far the work is, and whether the capture has grown to its end."""


class StatisticsScreen(Screen[None]):
    """Any registered statistic. It is counted in a thread; `counted` is one that was counted before."""

    DEFAULT_CSS = """
    StatisticsScreen { layout: vertical; overflow: hidden; background: ansi_default; color: ansi_default; }
    StatisticsScreen #filter { height: 1; width: 100%; display: none; }
    StatisticsScreen #filter Static { width: auto; }
    StatisticsScreen #filter Input { width: 1fr; background: ansi_default; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("question_mark,f1", "help", "Help", id="statistic.help", tooltip="All keys"),
        Binding("enter", "show", "Show in list", id="statistic.show",
                tooltip="The row's packets in the packet list; Esc there leads back"),
        Binding("F", "edit", "Edit filter", id="statistic.edit",
                tooltip="The same, with the display filter to be changed before"),
        Binding("tab,b", "tab(1)", "Next table", id="statistic.tab", tooltip="The next table"),
        Binding("shift+tab,B", "tab(-1)", "Previous table", id="statistic.tab_back", tooltip="The table before"),
        *(Binding(str(digit), f"go_tab({digit - 1})", "Table", id="statistic.go_tab", show=False,
                  tooltip="The table of this number") for digit in range(1, 10)),
        Binding("slash", "filter", "Filter", id="statistic.filter",
                tooltip="Only rows with these words; packets>100 compares a column with a number"),
        Binding("greater_than_sign,full_stop,s", "sort(1)", "Next column", id="statistic.sort",
                tooltip="Sort by the next column"),
        Binding("less_than_sign,comma", "sort(-1)", "Previous column", id="statistic.sort_back",
                tooltip="Sort by the previous column"),
        Binding("r", "reverse", "Reverse", id="statistic.reverse", tooltip="Sort the other way round"),
        Binding("a", "all", "All packets", id="statistic.all",
                tooltip="Count all packets, or those that the list is limited to"),
        Binding("u,ctrl+r", "again", "Count anew", id="statistic.again", tooltip="Count what is there by now"),
        Binding("y", "copy", "Copy", id="statistic.copy", tooltip="Copy the row or the table"),
        Binding("w", "write", "Write", id="statistic.write",
                tooltip="Write the table to a file: CSV, TSV, JSON, Markdown or text"),
        Binding("escape", "back", "Back", id="statistic.back",
                tooltip="Stop counting; show all rows again; back to the packets"),
        Binding("q", "leave", "Leave", id="statistic.leave", tooltip="Back to the packets"),
        Binding("ctrl+l", "app.repaint", "Repaint", id="statistic.repaint", tooltip="Draw the whole screen anew"),
        Binding("ctrl+z", "app.suspend_process", "Suspend", id="statistic.suspend", show=False),
        Binding("ctrl+c", "app.quit", "Quit", id="statistic.quit", tooltip="Leave the program"),
    ]  # fmt: skip

    def __init__(
        self, host: PictureHost, name: str, make: Make | None = None, counted: Counted | None = None, tab: int = 0
    ) -> None:  # fmt: skip
        """`make` is for tests; by default it is the statistic's."""
        super().__init__()
        self._host = host
        self._statistic = name
        self._make: Make = make or (lambda view: find(name)[1](view))
        self.colours: Palette = host.colours
        self._title = next((each.title for each in load() if each.name == name), name)
        self._limited = host.shown() is not None if counted is None else bool(counted.limit)
        self._work = Work() if counted is None else counted.work
        self._counted = counted
        self._before: Counted | None = None
        """What is shown while something else is being counted."""
        self._stopped = False
        self._to_top = False
        self._tab = tab
        self._text = ""
        self._shown_text = ""
        self._busy = False
        self._error = ""
        self.header_line = Line(id="header")
        self.tab_line = TabLine(id="tabs")
        self.table = StatisticsTable(id="statistics")
        self.notes = Notes(id="notes")
        self.status_line = StatusLine(id="status")
        self.footer_line = FooterLine(id="footer")
        self.filter_input = Input(compact=True, select_on_focus=False)
        for widget in (self.header_line, self.tab_line, self.table, self.notes, self.status_line, self.footer_line):
            widget.palette = self.colours
        self.table.selected = self._selected

    def compose(self) -> ComposeResult:
        yield self.header_line
        yield self.tab_line
        yield self.table
        yield self.notes
        yield self.status_line
        with Horizontal(id="filter"):
            yield Static(" Rows with: ", markup=False)
            yield self.filter_input
        yield self.footer_line

    def on_mount(self) -> None:
        self.tab_line.display = False
        self.table.focus()
        if self._counted is not None:
            self._arrange()
        else:
            self._count()
        self.set_interval(_TICK, self._tick)

    def on_unmount(self) -> None:
        self._work.begin()

    def on_resize(self) -> None:
        self.notes.fit()
        self._show_lines()

    # Counting, sorting, filtering, in a thread.

    def _count(self) -> None:
        """Begin anew, with what there is now."""
        shown = self._host.shown() if self._limited else None
        self._limited = shown is not None
        limit = (self._host.limit, self._host.limit_filter) if shown is not None else ("", "")
        view = self._work.view(self._host.capture, None if shown is None else np.array(shown, np.int64))
        self._before = self._counted if self.table.looked is not None else None
        self._stopped = False
        self._counted = Counted(self._work, self._make, view, *limit)
        self._arrange(self.table.looked)

    def _arrange(self, before: Looked | None = None) -> None:
        counted, tab, text = self._counted, self._tab, self._text
        assert counted is not None
        generation = self._work.begin()
        self._busy, self._error = True, ""
        self._remember_place()

        def run() -> None:
            arrange(generation, counted, tab, text, before, self.post_message)

        self._show_lines()
        self.run_worker(run, thread=True, group="arrange", exit_on_error=False)

    def _remember_place(self) -> None:
        if self.table.looked is not None:
            place = self.table.place
            self.table.looked.place = place if place is not None else self.table.looked.place

    @on(Arranged)
    def arranged(self, event: Arranged) -> None:
        if event.generation != self._work.generation:
            return
        self._busy, self._error = False, event.error
        counted = event.counted
        if event.looked is None:
            self.table.forget()
        else:
            self._shown_text = event.text
            if self._to_top:
                event.looked.place = None
            self.table.show(event.looked, event.order, unfolded=bool(event.text))
        self._to_top = False
        self.notes.show(event.looked.table.notes if event.looked is not None else ())
        self._tab = min(self._tab, max(0, len(counted.titles) - 1))
        self._show_tabs()
        self._show_lines()

    def _show_tabs(self) -> None:
        counted = self._counted
        if counted is None:
            return
        names = []
        for at, title in enumerate(brief(counted.titles, self._title)):
            count = counted.rows(at)
            names.append(clean(title) if count is None else f"{clean(title)} {count}")
        self.tab_line.show(names, self._tab)

    def _tick(self) -> None:
        """Count anew once all is loaded; tell how far the work is."""
        counted = self._counted
        grown = counted is not None and counted.view.loaded != len(self._host.capture)
        if grown and not self._busy and not self._stopped and self._host.capture.complete and self.is_current:
            self._count()
        elif self._busy:
            self._show_lines()

    # The lines.

    def _selected(self) -> None:
        self._remember_place()
        self._show_lines()

    def _show_lines(self) -> None:
        if not self.is_mounted:
            return
        self._show_header()
        self._show_status()
        self._show_footer()

    def _show_header(self) -> None:
        counted, colours, table = self._counted, self.colours, self.table
        left: list[Piece] = [(f" {self._title}", colours.bright_heading)]
        if counted is not None:
            count, loaded = len(counted.view), counted.view.loaded
            left.append((f"   {count_of(count, 'packet')}", None))
            if counted.limit:
                left.append((f" of {loaded}: {cut(clean(counted.limit), 40)}", colours.warning))
            if not self._host.capture.complete:
                left.append(("   of what is loaded", colours.quiet))
            elif loaded != len(self._host.capture):
                left.append((f"   of the first {loaded}", colours.quiet))
        if self._text:
            left.append((f"   / {cut(clean(self._text), 30)}", colours.warning))
        if self._busy and table.looked is not None:
            left.append((f"   {self._doing()}", colours.quiet))
        right = ""
        if table.looked is not None and not self._error:
            looked = table.looked
            if looked.sort >= 0:
                column = looked.table.columns[looked.sort]
                largest = ", largest first" if looked.descending and column.kind != "text" else ""
                right = f"by {column.title}{largest}  "
            right += f"{table.cursor + 1} of {len(table.order)} " if len(table.order) else ""
        self.header_line.put(left, [(f"  {right}", colours.quiet)])

    def _doing(self) -> str:
        part = self._work.part
        return "working …" if part is None else f"working … {int(part * 100)} %"

    def _show_status(self) -> None:
        table, colours = self.table, self.colours
        if self._error:
            self.say(f"! {self._error}")
        elif table.looked is None:
            part = self._work.part
            done = f"  {int(part * 100)} %" if part is not None else ""
            words = f" counting {count_of(len(self._counted.view), 'packet')} …{done}  Esc stops" if (
                self._busy and self._counted is not None) else " stopped: u counts anew, Esc leaves"  # fmt: skip
            self.status_line.put([(words, colours.quiet)])
        elif not len(table.order):
            self.tell("No row has these words" if self._shown_text else "There is nothing of this in these packets")
        else:
            self.status_line.put(self._about_row())

    def _about_row(self) -> list[Piece]:
        """What of the row is cut, and its filter."""
        pieces: list[Piece] = []
        for title, text in self.table.missing():
            pieces += [(f"  {title} " if title else " ", self.colours.quiet), (text, None)]
        row_filter = self._filter()
        if row_filter:
            pieces += [("  " if pieces else " ", None), (clean(row_filter), self.colours.quiet)]
        return pieces

    def _show_footer(self) -> None:
        hints = [KeyHint("?", "help", "screen.help")]
        counted, table = self._counted, self.table
        if self._busy and table.looked is None:
            self.footer_line.show([*hints, KeyHint("Esc", "stop", "screen.back")])
            return
        if self._filter():
            hints.append(KeyHint("Enter", "in list", "screen.show"))
        if counted is not None and len(counted.titles) > 1:
            hints.append(KeyHint("Tab", "table", "screen.tab(1)"))
        if table.looked is not None and table.looked.rows.parents is not None:
            hints.append(KeyHint("Space", "fold", "screen.fold"))
        hints += [KeyHint("/", "find rows", "screen.filter"), KeyHint("< >", "sort", "screen.sort(1)"),
                  KeyHint("r", "reverse", "screen.reverse"), KeyHint("w", "write", "screen.write"),
                  KeyHint("y", "copy", "screen.copy")]  # fmt: skip
        if self._host.shown() is not None:
            hints.append(KeyHint("a", "all packets" if self._limited else "shown packets", "screen.all"))
        self.footer_line.show([*hints, KeyHint("Esc", "rows" if self._text else "back", "screen.back")])

    def say(self, message: str) -> None:
        self.status_line.put([(f" {clean(message)}", self.colours.warning)])

    def tell(self, message: str) -> None:
        self.status_line.put([(f" {clean(message)}", None)])

    # Tables and columns.

    def action_tab(self, step: int) -> None:
        if self._counted is not None and (count := len(self._counted.titles)) > 1:
            self.action_go_tab((self._tab + step) % count)

    def action_go_tab(self, tab: int) -> None:
        if self._counted is not None and tab != self._tab and tab < len(self._counted.titles):
            self._remember_place()
            self._tab = tab
            if tab not in self._counted.looked:
                self.table.forget()
                self.notes.show(())
            self._show_tabs()
            self._arrange()

    @on(TabLine.Chosen)
    def tab_chosen(self, event: TabLine.Chosen) -> None:
        self.action_go_tab(event.place)

    def action_sort(self, step: int) -> None:
        looked = self.table.looked
        if looked is not None:
            count = len(looked.table.columns)
            self._sort_by((looked.sort + 1 + step) % (count + 1) - 1)

    def _sort_by(self, column: int) -> None:
        looked = self.table.looked
        assert looked is not None
        looked.sort = column
        looked.descending = column >= 0 and looked.table.columns[column].kind not in ("text", "moment")
        if column >= 0:
            self.table.show_column(column)
        self._sort()

    def action_reverse(self) -> None:
        looked = self.table.looked
        if looked is None:
            return
        if looked.sort < 0:
            self.tell("The rows are in no column's order: > sorts them")
            return
        looked.descending = not looked.descending
        self._sort()

    def _sort(self) -> None:
        """The cursor stays on its row; at the top it stays there, to see what comes first now."""
        self._to_top = self.table.cursor == 0
        self.table.repaint()
        self._arrange()

    @on(StatisticsTable.HeadingClicked)
    def heading_clicked(self, event: StatisticsTable.HeadingClicked) -> None:
        if self.table.looked is not None and event.column == self.table.looked.sort:
            self.action_reverse()
        else:
            self._sort_by(event.column)

    @on(StatisticsTable.Folded)
    def folded(self) -> None:
        self._arrange()

    def action_fold(self) -> None:
        self.table.action_fold()

    # Which packets, which rows.

    def action_all(self) -> None:
        if self._host.shown() is None and not self._limited:
            self.tell("The list is not limited: all packets are counted")
            return
        self._limited = not self._limited
        self._count()

    def action_again(self) -> None:
        self._count()

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
            if self._counted is not None:
                self._arrange()

    @on(Input.Submitted)
    def filter_entered(self) -> None:
        self._close_filter()

    # To the packets, and out of here.

    def _filter(self) -> str:
        """The display filter of the selected row, within what the counted packets are limited to."""
        looked, place = self.table.looked, self.table.place
        if looked is None or place is None or self._counted is None:
            return ""
        try:
            text = looked.table.filter(place)
        except Exception:  # of a row that holds something odd
            return ""
        limit = self._counted.limit_filter
        return f"({limit}) and ({text})" if text and limit else text

    def action_show(self) -> None:
        text = self._filter()
        if not text:
            self.say("There is no display filter for this row")
            return
        from ..filters import FilterError

        try:
            self._host.filter(text, self._reopener(), self._title.lower())
        except FilterError as problem:
            self.say(f"Not a filter: {text}: {problem}")

    def action_edit(self) -> None:
        if self.table.place is None:
            self.say("There is no row")
            return
        self._host.edit_filter(self._filter(), self._reopener(), self._title.lower())

    def _reopener(self) -> Callable[[], None]:
        """What opens this screen again, as it is."""
        app = self.app
        opened = partial(StatisticsScreen, self._host, self._statistic, self._make, self._counted, self._tab)

        def again() -> None:
            app.push_screen(opened())

        return again

    @on(StatisticsTable.Activated)
    def activated(self) -> None:
        self.action_show()

    def action_copy(self) -> None:
        if len(self.table.order):
            from .exporting import copy

            looked, place = self.table.looked, self.table.place
            assert looked is not None and place is not None
            copy(self, looked, place, self._filter(), self._shown_text)

    def action_write(self) -> None:
        if self._counted is not None and self._tab in self._counted.looked:
            from .exporting import export

            export(self, self._statistic, self._counted, self._tab, self._shown_text)

    def action_help(self) -> None:
        self.app.push_screen(HelpScreen.of(self, [self.table]))

    def action_back(self) -> None:
        """From the prompt, from work, from a filter, from the screen: one step at a time."""
        if self.filter_input.has_focus:
            self.filter_input.value = ""
            self._close_filter()
        elif self._busy:
            self._stop()
        elif self._text:
            self.filter_input.value = ""
        else:
            self.action_leave()

    def _stop(self) -> None:
        """What is counted is given up; what was counted before stays."""
        self._work.begin()
        self._busy, self._stopped = False, True
        if self._before is not None and self._counted is not None and self._counted.tables is None:
            self._counted = self._before
            self._limited = bool(self._counted.limit)
        self._show_lines()

    def action_leave(self) -> None:
        self.app.pop_screen()


def brief(titles: list[str], above: str = "") -> list[str]:
    """Without the words that all end with: 'TCP conversations', 'UDP conversations'; nor with those that stand above
    them: 'TLS certificates'."""
    words = [title.removeprefix(f"{above} ").split() for title in titles]
    while len(words) > 1 and all(len(one) > 1 and one[-1] == words[0][-1] for one in words):
        words = [one[:-1] for one in words]
    return [" ".join(one) for one in words]
