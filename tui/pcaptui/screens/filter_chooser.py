"""The menu that makes a filter of what is selected: the field, the bytes, or the packet's row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, cast

from textual import events
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll

from ..fields.node import Node
from ..filters import FilterError, compile
from ..loader.table import Layer
from ..widgets.palette import Palette
from . import filter_menu
from .copy_menu import CopyMenu, Offer

if TYPE_CHECKING:
    from .main import MainScreen

WIDE = 60
"""On narrower screens there is no room for both a filter and what it means."""


class TestMenu(CopyMenu):
    """Answers with the key of the join and the number of the test, as in "&2"."""

    __test__ = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,F,ctrl+c", "cancel", "Close", id="copy.close", tooltip="Leave the filter as it is"),
    ]

    def __init__(self, offers: list[Offer], colours: Palette) -> None:
        keys = ", ".join(f"{key} {words}" for key, (words, _) in filter_menu.JOINS.items())
        super().__init__("selection", offers, colours, "Filter by", f"Enter or {keys}")

    def on_mount(self) -> None:
        if self.app.size.width < WIDE:  # the filters alone, which say it all
            self._offers = [Offer(offer.key, offer.preview or offer.label, "") for offer in self._offers]
            self.query_one(VerticalScroll).border_subtitle = "a apply, n not, & | -, p bar"

    def action_choose(self) -> None:
        self.dismiss(f"a{self.chosen}")

    def on_key(self, event: events.Key) -> None:
        if self.is_current and event.character is not None and event.character in filter_menu.JOINS:
            event.stop()
            self.dismiss(f"{event.character}{self.chosen}")

    def on_click(self, event: events.Click) -> None:
        if (place := self.place_of(event)) is not None:
            self.dismiss(f"a{place}")


class FilterChooser:
    """Asks how to use the selection as a filter, and does it."""

    def __init__(self, screen: MainScreen) -> None:
        self._screen = screen

    def ask(self) -> None:
        """Open the menu, or say that there is nothing to filter by."""
        screen = self._screen
        tests = self._tests()
        if not tests:
            screen.say("Nothing here to filter by")
            return
        offers = [Offer(" ", words, text if text != words else "") for words, text in tests]
        texts = [text for _, text in tests]
        screen.app.push_screen(TestMenu(offers, screen.colours), lambda answer: self._chosen(answer, texts))

    def _tests(self) -> list[tuple[str, str]]:
        screen = self._screen
        if screen.focused_pane == "tree":
            node = cast("Node | None", screen.field_tree.field_at_cursor)
            test = filter_menu.of_node(node) if node is not None else ""
            tests = [(test, test)] if test else []
            if node is not None and test and test != node.field:
                tests.append((f"any {node.field}", node.field))
            if test and filter_menu.is_protocol(test):  # a line like Frame tests little: the packet's cells as well
                tests += [each for each in self._row_tests() if each[1] != test]
            return tests
        if screen.focused_pane == "hex" and screen.hex_pane.source is None:
            pane = screen.hex_pane
            start = pane.marked.start if pane.marked else pane.byte
            test = filter_menu.of_bytes(pane.chosen if pane.marked else pane.data[pane.byte : pane.byte + 1], start)
            return [(test, test)] if test else []
        return self._row_tests()

    def _row_tests(self) -> list[tuple[str, str]]:
        """(words, filter) of what the packet's row tells."""
        screen = self._screen
        row = screen.model.row(screen.packet_list.cursor)
        index = row.number - 1
        stream = screen.model.capture.stream_of(index)
        found = filter_menu.of_row(row.source, row.destination, row.protocol, stream)
        return found + filter_menu.of_cells(
            row.source, row.destination, self._ports(index) if stream else None, stream[0] if stream else "",
            row.length, self._time(index),
        )  # fmt: skip

    def _ports(self, index: int) -> tuple[int, int]:
        table: Any = self._screen.model.capture.table
        return int(table["source_port"][index]), int(table["destination_port"][index])

    def _time(self, index: int) -> str:
        """Seconds since the first packet or the latest reference, as frame.time_relative has them."""
        model = self._screen.model
        table: Any = model.capture.table
        if int(table["layers"][index]) & Layer.UNTIMED:
            return ""
        since = int(table["time"][index]) - int(table["time"][model.choices.reference(index) or 0])
        whole, rest = divmod(abs(since), 1_000_000_000)
        return f"{'-' if since < 0 else ''}{whole}.{rest:09d}"

    def _chosen(self, answer: str | None, texts: list[str]) -> None:
        if answer is None:
            return
        text = filter_menu.joined(answer[0], self._screen.filters.text, texts[int(answer[1:])])
        if answer[0] == "p":
            self._screen.action_filter(text)
            return
        try:
            self._screen.apply_filter(compile(text))
        except FilterError as error:
            self._screen.say(f"{error.message}: {text}")
