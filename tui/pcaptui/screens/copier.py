"""Copying from the main screen: what is offered, made into text, and sent to the clipboard or a file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, cast

from .. import copying
from ..fields.node import Node
from ..terminal import clipboard
from ..terminal.output import DiffApp
from ..whole_file import not_written, whole_file
from ..widgets.lines import count_of
from .copy_menu import CopyMenu, Offer
from .file_prompt import FilePrompt

if TYPE_CHECKING:
    from .findings import FindingsScreen
    from .main import MainScreen
    from .statistics import StatisticsScreen

_FORM_KEYS = {"x": "hex stream", "d": "hex dump", "c": "C array", "p": "Python bytes", "6": "base64",
              "a": "printable text"}  # fmt: skip
_LOOK = 60
"""Bytes that a preview is made of."""


class Copier:
    """Offers what the selected packet has to copy, from the pane in focus, and does it."""

    def __init__(self, screen: MainScreen) -> None:
        self._screen = screen
        self._makers: dict[str, tuple[str, Callable[[], str]]] = {}

    def ask(self) -> None:
        """Open the menu."""
        screen = self._screen
        if not len(screen.model):
            return
        row = screen.model.row(screen.packet_list.cursor)
        node = self._node()
        data, whose = self._bytes(node)
        self._makers = {}
        offers: list[Offer] = []

        def offer(key: str, label: str, look: str, make: Callable[[], str]) -> None:
            self._makers[key] = label, make
            offers.append(Offer(key, label, look))

        if node is not None:
            value, line = copying.value_text(node), node.label
            offer("v", "value", value, lambda: value)
            offer("l", "line", line, lambda: line)
            if node.children:
                offer("b", "branch", f"{line} and what is below it", lambda: copying.tree_text([node]))
        roots = cast("Sequence[Node]", screen.field_tree.roots)
        if roots:
            offer("t", "tree", "all layers and fields, as text", lambda: copying.tree_text(roots))
        for key, name in _FORM_KEYS.items():
            form = copying.FORMS[name]
            look = form(data[:_LOOK]).replace(f"[{_LOOK}]", f"[{len(data)}]", 1)  # the size that a C array gives
            offer(key, f"{whose} as {name}", look, lambda form=form: form(data))  # type: ignore[misc]
        offer("w", f"{whose} raw to a file", count_of(len(data), "byte"), str)
        text = f"{row.number} {row.source} → {row.destination} {row.protocol} {row.length} {row.info}"
        offer("r", "row", text, lambda: text)
        offer("s", "packet as scapy code", "Ether(...)/IP(...)/...", str)
        title = f"packet {row.number}"
        screen.app.push_screen(CopyMenu(title, offers, screen.colours), lambda key: self._chosen(key, data))

    def _node(self) -> Node | None:
        tree = self._screen.field_tree
        node = tree.at_cursor if self._screen.focused_pane == "tree" else tree.chosen
        return cast("Node | None", node)

    def _bytes(self, node: Node | None) -> tuple[bytes, str]:
        """The bytes that are meant, and how they are called."""
        pane = self._screen.hex_pane
        if pane.marked and (self._screen.focused_pane == "hex" or node is not None):
            return pane.chosen, "bytes" if self._screen.focused_pane == "hex" else "its bytes"
        return pane.data, "frame" if pane.source is None else "tab"

    def _chosen(self, key: str | None, data: bytes) -> None:
        screen = self._screen
        if key is None:
            return
        if key == "w":
            number = screen.model.index(screen.packet_list.cursor) + 1
            prompt = FilePrompt("Bytes", f"packet-{number}.bin", screen.colours)
            screen.app.push_screen(prompt, lambda path: self._write(path, data))
            return
        if key == "s":
            index = screen.model.index(screen.packet_list.cursor)
            frame, link_type = screen.model.capture.frame(index), screen.model.capture.link_type(index)
            screen.tell("scapy writes the packet as code …")
            self._in_thread("packet as scapy code", lambda: copying.scapy_code(frame, link_type))
            return
        label, make = self._makers[key]
        self._in_thread(label, make)

    def _in_thread(self, label: str, make: Callable[[], str]) -> None:
        copy_in_thread(self._screen, label, make)

    def _write(self, path: str | None, data: bytes) -> None:
        if path is None:
            return
        try:
            with whole_file(path) as file:
                file.write(data)
        except (OSError, ValueError) as problem:
            self._screen.say(not_written(path, problem))
        else:
            self._screen.tell(f"{count_of(len(data), 'byte')} written to {path}")


def copy_in_thread(screen: MainScreen | FindingsScreen | StatisticsScreen, label: str, make: Callable[[], str]) -> None:
    """Copy what `make` makes, and say on the screen how it went."""
    app = cast(DiffApp, screen.app)

    def work() -> None:
        try:
            text = make()
            copied = clipboard.copy(text, lambda sequence: app.call_from_thread(app.to_terminal, sequence))
            kept = f", the first {clipboard.OSC52_LIMIT // 1000} kB of it only" if copied.cut else ""
            size = count_of(len(text.encode("utf-8", "replace")), "byte")
            told = f"Copied {label} {copied.way} ({size}{kept})"
        except Exception as problem:  # clipboards have many ways to fail
            app.call_from_thread(screen.say, f"Not copied: {problem}")
            return
        app.call_from_thread(screen.tell, told)

    screen.run_worker(work, thread=True, exclusive=False, exit_on_error=False)
