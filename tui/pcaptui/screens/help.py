"""The help screen, built from the bindings that are in force, so that it cannot differ from them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.dom import DOMNode
from textual.screen import ModalScreen
from textual.widgets import Static

from ..widgets.glyphs import ABOVE, BELOW, MARKER, RESET, STAR
from ..widgets.palette import BOLD
from ..widgets.text import width_of

KEY_WIDTH = 20
"""Cells of the keys' column, on narrow screens less."""
_NAMES = {
    "up": "↑", "down": "↓", "left": "←", "right": "→", "pageup": "PgUp", "pagedown": "PgDn", "home": "Home",
    "end": "End", "question_mark": "?", "colon": ":", "plus": "+", "minus": "-", "equals_sign": "=",
    "less_than_sign": "<", "left_square_bracket": "[", "right_square_bracket": "]", "slash": "/",
    "greater_than_sign": ">", "enter": "Enter", "space": "Space", "tab": "Tab", "escape": "Esc", "f1": "F1",
    "apostrophe": "'", "comma": ",", "full_stop": ".", "left_curly_bracket": "{", "right_curly_bracket": "}",
    "ampersand": "&", "vertical_line": "|", "semicolon": ";", "backspace": "Backspace", "delete": "Del",
}  # fmt: skip

Section = tuple[str, list[tuple[str, str]]]


def key_name(key: str) -> str:
    """A key as people write it: 'ctrl+g' is 'Ctrl+G'."""
    *modifiers, last = key.split("+")
    last = _NAMES.get(last, last.upper() if modifiers and len(last) == 1 else last)
    return "+".join([*(modifier.capitalize() for modifier in modifiers), last])


def section(title: str, node: DOMNode) -> Section:
    """The keys that a node understands, in the order of its class, keys of one action together."""
    order = [binding.id for binding in type(node).BINDINGS if isinstance(binding, Binding)]
    keys: dict[str, tuple[list[str], str]] = {}
    for key, bindings in node._bindings.key_to_bindings.items():
        for binding in bindings:
            if binding.id in order:
                entry = keys.setdefault(binding.id or "", ([], binding.tooltip or binding.description))
                entry[0].append(key_name(key))
    return title, [(", ".join(keys[id_][0]), keys[id_][1]) for id_ in order if id_ in keys]


_FILTERING = [
    ("Tab", "In the filter bar: take the completion"),
    ("↑, ↓", "Choose a completion; without any: earlier and later filters"),
    ("Tab, Shift+Tab", "While one is asked what to find: as what, and in what"),
    ("→ in the tree", "The line leads to another packet: Enter goes there, R comes back"),
]
_SIGNS = [
    (MARKER, "Selected packet"),
    (STAR, "Marked packet"),
    ("┌ │ └", "Handshake of the selected packet's conversation"),
    ("► ◄ ·", "Its requests, its responses, other packets of it"),
    ("╓ ║ ╙", "Its end"),
    (f"{ABOVE} {BELOW}", "The selected packet is tied to this one: answer, request, original"),
    ("!", "Bad TCP, an ICMP error, or malformed"),
    ("×", "Connection reset"),
    ("E W", "An error or a warning among the findings names the packet"),
    ("…", "Cut: → shows more of Info, i shows the whole row"),
]
_LADDER = [
    ("┌ │ └", "Handshake of the conversation under the cursor"),
    ("► ◄ ·", "Its requests, its responses, other packets of it"),
    ("╓ ║ ╙", "Its end"),
    (f"──{RESET}│", "A reset (RST)"),
    (f"── {RESET} │", "Nothing in the capture shows that it arrived: unanswered, or sent again"),
    ("!", "Something is wrong with this packet: n goes from one to the next"),
    ("… 4.9 s …", "So long nothing was sent"),
    ("*", "Groups and everybody: multicast, broadcast"),
    ("« »", "Hosts whose columns are not shown: < > shows others"),
]
_TITLES = {"list": "Packet list", "tree": "Protocol tree", "hex": "Hex pane",
           "findings": "List of findings", "finding": "Finding in full",
           "statistics": "Table", "flow": "Flow graph", "plot": "Plot"}  # fmt: skip


class HelpScreen(ModalScreen[None]):
    """All keys, by where they work."""

    DEFAULT_CSS = """
    HelpScreen { background: transparent; align: center middle; }
    HelpScreen VerticalScroll {
        width: 76; max-width: 100%; height: auto; max-height: 100%; padding: 0 1;
        border: round ansi_default; background: ansi_default; scrollbar-size-vertical: 1;
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,question_mark,q,ctrl+c,f1", "dismiss", "Close", id="help.close", tooltip="Back"),
        Binding("j", "scroll(1)", "Down", id="help.down", show=False),
        Binding("k", "scroll(-1)", "Up", id="help.up", show=False),
    ]

    def __init__(self, sections: list[Section]) -> None:
        super().__init__()
        self._sections = sections

    @classmethod
    def of(cls, screen: DOMNode, panes: Iterable[DOMNode]) -> HelpScreen:
        """Help for a screen and its panes."""
        panes = list(panes)
        sections = [section("Everywhere", screen)]
        sections[0][1].append(("Ctrl+P", "Command palette"))
        sections += [section(_TITLES.get(pane.id or "", pane.id or ""), pane) for pane in panes]
        if any(pane.id == "tree" for pane in panes):
            sections += [("Filters, find, links", _FILTERING), ("Signs in the list", _SIGNS)]
        if any(pane.id == "flow" for pane in panes):
            sections.append(("Signs in the flow graph", _LADDER))
        return cls(sections)

    def compose(self) -> ComposeResult:
        parts: list[RenderableType] = []
        for title, entries in self._sections:
            parts += [Text(title, BOLD), self._table(entries), Text("")]
        box = VerticalScroll(Static(Group(*parts[:-1])))
        box.border_title = "Keys"
        box.border_subtitle = "Esc closes"
        yield box

    def _table(self, entries: list[tuple[str, str]]) -> Table:
        """Keys at the left; what they do beside them, also where it takes several lines."""
        widest = max(width_of(keys) for _, entries in self._sections for keys, _ in entries)
        table = Table.grid(padding=(0, 1))
        table.add_column(width=2 + min(widest, KEY_WIDTH, self.app.size.width // 3))
        table.add_column(ratio=1)
        for keys, meaning in entries:
            table.add_row(Padding(Text(keys), (0, 0, 0, 2)), Text(meaning))
        return table

    def action_scroll(self, rows: int) -> None:
        self.query_one(VerticalScroll).scroll_relative(y=rows, animate=False)
