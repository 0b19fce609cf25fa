"""LinePane: what the three panes have in common. A title line, rows below it, a scroll offset and a thin scroll bar.

Every line on the screen has a key that names all that its picture depends on. A change of any kind ends in `repaint`,
which compares the keys with those on the screen and refreshes the lines that differ: a cursor step two of them.
Textual's own scrolling is not used: its virtual size costs a layout per change.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.cache import LRUCache
from textual.geometry import Region, Size
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from .glyphs import HEAVY_RULE, RULE, THUMB
from .palette import DIM, Palette, palette

WHEEL_ROWS = 3
TITLE_ROWS = 1


class LinePane(Widget, can_focus=True):
    """Base of the panes. Subclasses say how many rows there are, name the key of each and draw it."""

    ALLOW_SELECT = False
    DEFAULT_CSS = "LinePane { width: 1fr; height: 1fr; }"

    class TitleDragged(Message):
        """The title line was pulled up or down by some rows."""

        def __init__(self, pane: LinePane, rows: int) -> None:
            super().__init__()
            self.pane = pane
            self.rows = rows

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.top = 0
        self.cursor = 0
        self.palette: Palette = palette(no_color=False)
        self._keys: list[Hashable] = []
        self._keyed_size = Size(0, 0)
        self._strips: LRUCache[Hashable, Strip] = LRUCache(512)
        self._grab: str = ""

    # What subclasses say.

    @property
    def row_count(self) -> int:
        raise NotImplementedError

    def row_key(self, row: int) -> Hashable:
        """Everything that the picture of a row depends on, but the width of the pane."""
        raise NotImplementedError

    def draw_row(self, key: Hashable, width: int) -> list[Segment]:
        """The segments of a row, at most `width` cells."""
        raise NotImplementedError

    def draw_blank(self) -> list[Segment]:
        """The segments of a line behind the last row."""
        return []

    def title_key(self) -> Hashable:
        raise NotImplementedError

    def draw_title(self, key: Hashable, width: int) -> list[Segment]:
        raise NotImplementedError

    blank_key: Hashable = None
    """What the picture of a line behind the last row depends on."""

    # Geometry.

    @property
    def page(self) -> int:
        """Rows that fit below the title."""
        return max(1, self.size.height - TITLE_ROWS)

    @property
    def on_screen(self) -> range:
        """The rows on the screen."""
        return range(self.top, min(self.top + self.page, self.row_count))

    def limit_top(self) -> None:
        self.top = max(0, min(self.top, self.row_count - self.page))

    def show_row(self, row: int) -> None:
        """Scroll as little as needed to have `row` on the screen."""
        if row < self.top:
            self.top = row
        elif row >= self.top + self.page:
            self.top = row - self.page + 1
        self.limit_top()

    def _thumb(self) -> range:
        """Lines of the scroll bar's thumb, none where everything fits."""
        page, count = self.page, self.row_count
        if count <= page:
            return range(0)
        size = max(1, page * page // count)
        start = round(self.top * (page - size) / (count - page))
        return range(TITLE_ROWS + start, TITLE_ROWS + start + size)

    # Drawing.

    def line_keys(self) -> list[Hashable]:
        """One key a line of the screen, title first."""
        width, height = self.size
        thumb, count, top = self._thumb(), self.row_count, self.top
        blank = ("row", width, False, None, self.blank_key)
        keys: list[Hashable] = [("title", width, self.title_key())]
        for line in range(TITLE_ROWS, height):
            row = top + line - TITLE_ROWS
            keys.append(("row", width, line in thumb, self.row_key(row)) if row < count else blank)
        return keys[:height]

    def repaint(self) -> None:
        """Refresh those lines whose key has changed."""
        size = self.size
        if not self.is_mounted or not size:
            return
        before, self._keys = self._keys, self.line_keys()
        if self._keyed_size != size or len(before) != len(self._keys):
            self._keyed_size = size
            self.refresh()
            return
        changed = [y for y, key in enumerate(self._keys) if key != before[y]]
        if changed:
            self.refresh(*self._regions(changed))

    def _regions(self, lines: Iterable[int]) -> list[Region]:
        width = self.size.width
        regions: list[Region] = []
        for y in lines:
            if regions and regions[-1].bottom == y:
                regions[-1] = regions[-1].grow((0, 0, 1, 0))
            else:
                regions.append(Region(0, y, width, 1))
        return regions

    def forget_strips(self) -> None:
        """Draw everything anew: something changed that no key names."""
        self._strips.clear()
        self._keys = []
        self.repaint()

    def render_line(self, y: int) -> Strip:
        if self._keyed_size != self.size or not self._keys:
            self._keys = self.line_keys()
            self._keyed_size = self.size
        if y >= len(self._keys):
            return Strip.blank(self.size.width)
        key = self._keys[y]
        strip = self._strips.get(key)
        if strip is None:
            strip = self._draw(key)
            self._strips[key] = strip
        return strip

    def _draw(self, key: Hashable) -> Strip:
        assert isinstance(key, tuple)
        width: int = key[1]
        if key[0] == "title":
            return Strip(self.draw_title(key[2], width)).adjust_cell_length(width)
        body = self.draw_blank() if key[3] is None else self.draw_row(key[3], width - 1)
        bar = Segment(THUMB if key[2] else " ", DIM)
        return Strip([*Strip(body).adjust_cell_length(width - 1, _last_style(body)), bar], width)

    # Scrolling and focus.

    def scroll_rows(self, rows: int) -> None:
        """Move the window, not the cursor."""
        self.top += rows
        self.limit_top()
        self.window_moved()
        self.repaint()

    def window_moved(self) -> None:
        """Called before a repaint with other rows on the screen."""

    def on_resize(self) -> None:
        self.limit_top()
        self.show_row(self.cursor)
        self.window_moved()
        self.repaint()

    def watch_has_focus(self, _has_focus: bool) -> None:
        """In place of Textual's, which styles the whole pane anew: nothing here hangs on :focus."""
        self.repaint()

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        event.stop()
        self.scroll_rows(WHEEL_ROWS)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        event.stop()
        self.scroll_rows(-WHEEL_ROWS)

    def on_mouse_down(self, event: events.MouseDown) -> None:
        if event.y < TITLE_ROWS:
            self._grab = "title"
        elif event.x == self.size.width - 1 and self._thumb():
            self._grab = "bar"
            self._drag_bar(event.y)
        else:
            return
        event.stop()
        self.capture_mouse()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        if self._grab == "bar":
            self._drag_bar(event.y)
        elif self._grab == "title" and event.y != 0:
            self.post_message(self.TitleDragged(self, event.y))

    def on_mouse_up(self) -> None:
        if self._grab:
            self._grab = ""
            self.release_mouse()

    def _drag_bar(self, y: int) -> None:
        span = max(1, self.page - len(self._thumb()))
        place = max(0, min(y - TITLE_ROWS - len(self._thumb()) // 2, span))
        self.top = round(place * (self.row_count - self.page) / span)
        self.scroll_rows(0)

    def on_click(self, event: events.Click) -> None:
        row = self.top + event.y - TITLE_ROWS
        if event.y >= TITLE_ROWS and event.x < self.size.width - 1 and row < self.row_count:
            self.row_clicked(row, event.x, event.chain)

    def row_clicked(self, row: int, x: int, chain: int) -> None:
        """A row was clicked, `x` cells from the left, for the `chain`-th time in a row."""


def nothing(*_: object) -> None:
    """What a pane calls as long as nobody listens."""


def _last_style(segments: list[Segment]) -> Style | None:
    """A bar of selection goes on to the right border: its background fills the rest of the row."""
    style = segments[-1].style if segments else None
    return style if isinstance(style, Style) and (style.bgcolor is not None or style.reverse) else None


def rule(label: str, width: int, focused: bool, colours: Palette) -> list[Segment]:
    """A title line: heavy and bold where the pane has the focus, light where not."""
    line = HEAVY_RULE if focused else RULE
    style = colours.bright_heading if focused else colours.heading
    text = f"{line} {label} "
    return [Segment(text + line * max(0, width - len(text)), style)]
