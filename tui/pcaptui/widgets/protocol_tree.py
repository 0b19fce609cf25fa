"""The protocol tree: layers and fields of the selected packet, as a flat list of visible nodes."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import ClassVar, cast

from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding, BindingType

from .glyphs import CLOSED, LINK, OPEN
from .nodes import Line, NodeLike, Openness, Path, flatten, path_to_byte
from .pane import LinePane, nothing, rule
from .text import clean, cut, left

INDENT = 2


class ProtocolTree(LinePane):
    """The tree with its cursor. Open branches and the selected field are kept from packet to packet by their kind."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "step(-1)", "Previous field", id="tree.up", show=False, tooltip="One field up"),
        Binding("down,j", "step(1)", "Next field", id="tree.down", show=False, tooltip="One field down"),
        Binding("left,h", "close", "Collapse", id="tree.close", show=False, tooltip="Collapse, or go to the parent"),
        Binding("right,l", "open", "Expand", id="tree.open", show=False, tooltip="Expand, or go to the first child"),
        Binding("enter", "activate", "Go or toggle", id="tree.activate", show=False,
                tooltip="To the packet that the line names; else expand or collapse"),
        Binding("space", "fold", "Toggle", id="tree.toggle", show=False, tooltip="Expand or collapse"),
        Binding("E", "all(True)", "Expand all", id="tree.open_all", show=False, tooltip="Expand every branch"),
        Binding("C", "all(False)", "Collapse all", id="tree.close_all", show=False, tooltip="Collapse every branch"),
        Binding("pageup,ctrl+b,ctrl+u", "page(-1)", "Page up", id="tree.page_up", show=False, tooltip="One page up"),
        Binding("pagedown,ctrl+d", "page(1)", "Page down", id="tree.page_down", show=False, tooltip="One page down"),
        Binding("home,g", "step(-1000000)", "First field", id="tree.first", show=False, tooltip="To the first line"),
        Binding("end,G", "step(1000000)", "Last field", id="tree.last", show=False, tooltip="To the last line"),
    ]  # fmt: skip

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.roots: Sequence[NodeLike] = ()
        self.lines: list[Line] = []
        self.message = ""
        self.openness = Openness()
        self.selected: Callable[[int, int, str | None], None] = nothing
        """Called with start, length and source of the selected field's bytes, (0, 0, None) if it has none."""
        self.followed: Callable[[int], None] = nothing
        """Called with the number of the packet that a line leads to."""
        self._wish: Path = ()

    # What the base asks.

    @property
    def row_count(self) -> int:
        return len(self.lines) or 1

    def title_key(self) -> Hashable:
        return self.has_focus

    def draw_title(self, key: Hashable, width: int) -> list[Segment]:
        return rule("Protocol tree", width, bool(key), self.palette)

    def row_key(self, row: int) -> Hashable:
        if not self.lines:
            return self.message
        line = self.lines[row]
        sign = (OPEN if line.open else CLOSED) if line.node.children else LINK if line.node.link else " "
        chosen = row == self.cursor and (2 if self.has_focus else 1 if self._wish else 0)
        return (line.depth, sign, line.node.label, int(chosen), line.node.start is None)

    def draw_row(self, key: Hashable, width: int) -> list[Segment]:
        if isinstance(key, str):
            return [Segment(f" {cut(clean(key), width - 1)}", self.palette.quiet)]
        depth, sign, label, chosen, computed = cast("tuple[int, str, str, int, bool]", key)
        # Deep nests keep some room for their text.
        indent = min(depth * INDENT, max(0, width - 24))
        text = left(f" {' ' * indent}{sign} {clean(label)}", width)
        if chosen:
            return [Segment(text, self.palette.selection if chosen == 2 else self.palette.faded)]
        style = Style(bold=True) if depth == 0 else self.palette.quiet if computed else None
        return [Segment(text.rstrip(), style)]

    # Content.

    def show(self, roots: Sequence[NodeLike]) -> None:
        """Another packet's tree; the selected field is looked for in it."""
        self.roots = roots
        self.message = "" if roots else "no fields"
        self._rebuild()
        self.cursor = max(0, min(self.cursor, len(self.lines) - 1))
        if self._wish:
            self._select_path(self._wish)
        self.limit_top()
        self.show_row(self.cursor)
        self.repaint()

    def show_message(self, message: str) -> None:
        """A line instead of a tree, while it is made or where there is none."""
        self.roots, self.lines, self.message = (), [], message
        self.repaint()

    def highlight(self) -> tuple[int, int, str | None]:
        """Start, length and source of the selected field's bytes; (0, 0, None) as long as nobody has selected one."""
        node = self.chosen
        if node is None or node.start is None:
            return 0, 0, None
        return node.start, node.length or 0, node.source

    @property
    def chosen(self) -> NodeLike | None:
        """The node that somebody has selected, where this packet has it."""
        if not self._wish or not self.lines:
            return None
        line = self.lines[self.cursor]
        return line.node if line.path == self._wish else None

    @property
    def at_cursor(self) -> NodeLike | None:
        """The node under the cursor."""
        return self.lines[self.cursor].node if self.lines else None

    @property
    def field_at_cursor(self) -> NodeLike | None:
        """The node under the cursor, or the nearest above it that is a field: lines of mere text have no name."""
        row = self.cursor if self.lines else -1
        while row >= 0 and not self.lines[row].node.field:
            row = self.lines[row].parent
        return self.lines[row].node if row >= 0 else None

    def _rebuild(self) -> None:
        self.lines = flatten(self.roots, self.openness)

    def _select_path(self, path: Path) -> bool:
        for row, line in enumerate(self.lines):
            if line.path == path:
                self.cursor = row
                return True
        return False

    def reveal_byte(self, byte: int, source: str | None = None) -> None:
        """Select the innermost field that holds a byte of the frame or of another source, opening what hides it."""
        path = path_to_byte(self.roots, byte, source)
        if not path:
            return
        for depth in range(1, len(path)):
            self.openness.set(path[:depth], True)
        self._rebuild()
        self._select_path(path)
        self._moved()

    # The cursor.

    def _moved(self) -> None:
        if self.lines:
            self._wish = self.lines[self.cursor].path
        self.show_row(self.cursor)
        self.repaint()
        self.selected(*self.highlight())

    def action_step(self, rows: int) -> None:
        self.cursor = max(0, min(self.cursor + rows, len(self.lines) - 1))
        self._moved()

    def action_page(self, pages: int) -> None:
        self.action_step(pages * max(1, self.page - 1))

    def action_activate(self) -> None:
        link = self.lines[self.cursor].node.link if self.lines else None
        if link is not None:
            self.followed(link)
        else:
            self.action_fold()

    def action_fold(self) -> None:
        if self.lines and self.lines[self.cursor].node.children:
            self._set_open(not self.lines[self.cursor].open)

    def action_open(self) -> None:
        if not self.lines:
            return
        line = self.lines[self.cursor]
        if line.open:
            self.action_step(1)
        elif line.node.children:
            self._set_open(True)

    def action_close(self) -> None:
        if not self.lines:
            return
        line = self.lines[self.cursor]
        if line.open:
            self._set_open(False)
        elif line.parent >= 0:
            self.action_step(line.parent - self.cursor)

    def _set_open(self, is_open: bool) -> None:
        self.openness.set(self.lines[self.cursor].path, is_open)
        self._rebuild()
        self.limit_top()
        self._moved()

    def action_all(self, is_open: bool) -> None:
        path = self.lines[self.cursor].path if self.lines else ()
        for _ in range(8):
            before = len(self.lines)
            for line in self.lines:
                if line.node.children:
                    self.openness.set(line.path, is_open)
            self._rebuild()
            if len(self.lines) == before:
                break
        while path and not self._select_path(path):
            path = path[:-1]
        self.limit_top()
        self._moved()

    def row_clicked(self, row: int, x: int, chain: int) -> None:
        if row >= len(self.lines):
            return
        self.cursor = row
        line = self.lines[row]
        if line.node.children and (x <= line.depth * INDENT + 2 or chain == 2):
            self._set_open(not line.open)
        else:
            self._moved()
            if chain == 2 and line.node.link is not None:
                self.followed(line.node.link)
