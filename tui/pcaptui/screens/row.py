"""One row of the list in full, for columns that the list had to cut."""

from __future__ import annotations

from typing import ClassVar

from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

from ..widgets.palette import Palette
from ..widgets.rowlike import RowLike
from ..widgets.text import clean


class RowScreen(ModalScreen[None]):
    """All columns one under the other, long ones wrapped."""

    DEFAULT_CSS = """
    RowScreen { background: transparent; align: center middle; }
    RowScreen VerticalScroll {
        width: 90%; max-width: 110; height: auto; max-height: 90%; padding: 0 1;
        border: round ansi_default; background: ansi_default; scrollbar-size-vertical: 1;
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,i,q,enter,ctrl+c", "dismiss", "Close", id="row.close", tooltip="Back to the list")
    ]

    def __init__(self, row: RowLike, time: str, colours: Palette) -> None:
        super().__init__()
        self._row = row
        self._time = time
        self._colours = colours

    def compose(self) -> ComposeResult:
        row = self._row
        table = Table.grid(padding=(0, 2))
        for name, value in (
            ("Time", self._time), ("Source", row.source), ("Destination", row.destination),
            ("Protocol", row.protocol), ("Length", str(row.length)), ("Info", row.info),
        ):  # fmt: skip
            table.add_row(Text(name, self._colours.quiet), Text(clean(value), overflow="fold"))
        box = VerticalScroll(Static(table))
        box.border_title = f"Packet {row.number}"
        yield box
