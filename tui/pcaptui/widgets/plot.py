"""Plot: a plot in a pane, drawn from `pictures.series.Plot`, with a cursor that goes from point to point.

    view = PlotView(id="plot")
    view.palette = host.colours
    view.selected = self.show_status          # called after every step of the cursor and change of the window
    view.show(pictures.series.Plot(...))      # a new picture; `keep=True` keeps window and cursor
    view.packet                               # the packet under the cursor, or None

Its own keys (PlotCursor.BINDINGS, for HelpScreen.of) move the cursor, zoom and pan. A line's key is what it shows, so
that only lines with other cells are drawn again.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable

import numpy as np
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.strip import Strip

from ..pictures.scales import ticks
from ..pictures.series import Series
from .canvas import Canvas
from .glyphs import BRAILLE
from .palette import DIM, PLAIN, REVERSE
from .plot_cursor import PlotCursor, nearest
from .plot_look import ASIDE, UP, cells, legend, put_grid, series_style, without_colour, x_axis

BELOW = 2
"""Lines below the canvas: the axis and its labels."""
TALL = 18
"""From so many lines on, two may tell the names of the series."""


class PlotView(PlotCursor):
    """`cursor_at` is (number of the series, number of the point) or None. `stretch` (x from, x to) is marked on the
    axis if it is set."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.stretch: tuple[float, float] | None = None
        self._drawn: Canvas | None = None
        self._drawn_for: Hashable = None
        self._gutter = 1
        self._above = 1

    @property
    def axis_width(self) -> int:
        """Cells left of the canvas."""
        return self._gutter

    def forget_picture(self) -> None:
        self._drawn_for = None

    # Lines.

    @property
    def row_count(self) -> int:
        return 0

    def line_keys(self) -> list[Hashable]:
        """What each line of the screen shows: the legend, the canvas, the axis."""
        width, height = self.size
        plot = self.plot
        if plot is None or plot.empty or height < 4 or width < 16:
            return [("blank", width, y) for y in range(height)]
        names = legend(
            self._series, plot.y_name, self._signed or not BRAILLE, self.palette, width, 2 if height >= TALL else 1
        )
        keys: list[Hashable] = [("legend", *names_in_line) for names_in_line in names]
        self._above = len(names)
        rows = height - self._above - BELOW
        upright = ticks(self.window.y0, self.window.y1, max(1, rows // 3), plot.y_unit)
        self._gutter = min(max((len(each.label) for each in upright), default=0) + 2, width // 2)
        canvas = self._canvas(width - self._gutter, rows)
        inner = canvas.columns
        across = ticks(self.window.x0, self.window.x1, max(1, inner // 14), plot.x_unit)
        places = [self._column(each.value, inner) for each in across]
        labels: dict[int, str] = {}
        for each in upright:
            labels[min(rows - 1, max(0, int((self.window.y1 - each.value) / self.window.height * rows)))] = each.label
        chars, styles = canvas.chars, canvas.styles
        put_grid(chars, list(labels), [place for place in places if 0 <= place < inner])
        cursor = self._cursor_cell(canvas)
        for row in range(rows):
            here = cursor[0] if cursor is not None and cursor[1] == row else -1
            keys.append(("row", self._gutter, labels.get(row, ""), here, chars[row].tobytes(), styles[row].tobytes()))
        line, below = x_axis(across, places, self._gutter, inner)
        stretch = self._stretch_columns(inner)
        keys.append(("axis", line, cursor[0] if cursor is not None else -1, self._gutter, stretch))
        keys.append(("labels", width, below, plot.x_name))
        return keys

    def _column(self, x: float, inner: int) -> int:
        return min(int((x - self.window.x0) / self.window.width * inner), inner - 1) if x >= self.window.x0 else -1

    def _stretch_columns(self, inner: int) -> tuple[int, int] | None:
        if self.stretch is None:
            return None
        low, high = sorted(self.stretch)
        if high < self.window.x0 or low > self.window.x1:
            return None
        return self._column(max(low, self.window.x0), inner), self._column(min(high, self.window.x1), inner)

    def _canvas(self, columns: int, rows: int) -> Canvas:
        """The canvas of what is shown, drawn anew only where window, size or picture are others."""
        wanted = (self.window, columns, rows, without_colour(self.palette))
        if self._drawn is None or self._drawn_for != wanted:
            self._drawn = Canvas(columns, rows, self.window, BRAILLE)
            signed = self._signed
            for number, each in enumerate(self._series):
                self._drawn.draw(each, number, signed)
            self._drawn_for = wanted
        return self._drawn

    @property
    def _signed(self) -> bool:
        """Whether series are told from each other by their signs, there being no colours."""
        curves = [each for each in self._series if each.kind != "marks"]
        return without_colour(self.palette) and len(curves) > 1

    def _cursor_cell(self, canvas: Canvas) -> tuple[int, int] | None:
        found = self.point
        return None if found is None else canvas.cell(float(found[0].x[found[1]]), float(found[0].y[found[1]]))

    def _draw(self, key: Hashable) -> Strip:
        assert isinstance(key, tuple)
        if key[0] == "blank":
            return Strip.blank(key[1])
        return Strip(_DRAW[key[0]](self, key)).adjust_cell_length(self.size.width)

    def _draw_legend(self, key: tuple[str | Segment, ...]) -> list[Segment]:
        return [piece for piece in key[1:] if isinstance(piece, Segment)]

    def _draw_row(self, key: tuple[str, int, str, int, bytes, bytes]) -> list[Segment]:
        _, gutter, label, here, raw, raw_styles = key
        looks = [PLAIN, *(series_style(each.style, self.palette) for each in self._series)]
        chars = np.frombuffer(raw, np.uint32).tolist()
        styles = np.frombuffer(raw_styles, np.uint8).tolist()
        grid = len(looks)
        looks.append(DIM)
        styles = [grid if char == 0xB7 and not style else style for char, style in zip(chars, styles, strict=True)]
        aside = ASIDE if here >= 0 else "┤" if label else "│"
        head = [Segment(label[: gutter - 1].rjust(gutter - 1), DIM), Segment(aside, REVERSE if here >= 0 else DIM)]
        if here < 0:
            return [*head, *cells(chars, styles, looks)]
        sign = chr(chars[here]) if chars[here] != 0x20 else "+"
        before, after = cells(chars[:here], styles[:here], looks), cells(chars[here + 1 :], styles[here + 1 :], looks)
        return [*head, *before, Segment(sign, self._cursor_style(looks[styles[here]])), *after]

    def _cursor_style(self, under: Style) -> Style:
        return self.palette.cursor if self.has_focus else under + REVERSE

    def _draw_axis(self, key: tuple[str, str, int, int, tuple[int, int] | None]) -> list[Segment]:
        _, line, here, gutter, stretch = key
        styles = [DIM] * len(line)
        signs = list(line)
        if stretch is not None:
            for column in range(stretch[0] + gutter, min(stretch[1] + gutter + 1, len(line))):
                signs[column], styles[column] = "━", self.palette.warning
        if here >= 0:
            signs[gutter + here], styles[gutter + here] = UP, REVERSE
        found: list[Segment] = []
        for sign, style in zip(signs, styles, strict=True):
            if found and found[-1].style == style:
                found[-1] = Segment(found[-1].text + sign, style)
            else:
                found.append(Segment(sign, style))
        return found

    def _draw_labels(self, key: tuple[str, int, str, str]) -> list[Segment]:
        _, width, text, name = key
        if name and len(text) + len(name) + 2 <= width:
            text = text.ljust(width - len(name) - 1) + name
        return [Segment(text, DIM)]

    # The mouse.

    def x_at(self, column: int) -> float:
        """The x of a column of the pane."""
        inner = max(self.size.width - self._gutter, 1)
        return self.window.x0 + (column - self._gutter + 0.5) / inner * self.window.width

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        event.stop()
        self.zoom_at(1 / 1.25, self.x_at(event.x))

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        event.stop()
        self.zoom_at(1.25, self.x_at(event.x))

    def on_mouse_down(self, event: events.MouseDown) -> None:
        event.stop()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        event.stop()

    def on_click(self, event: events.Click) -> None:
        canvas = self._drawn
        if canvas is None or self.plot is None:
            return
        y = self.window.y1 - (event.y - self._above + 0.5) / canvas.rows * self.window.height
        best: tuple[float, tuple[int, int]] | None = None
        for number, each in enumerate(self._series):
            distance, place = self._distance(each, self.x_at(event.x), y)
            if place >= 0 and (best is None or distance < best[0]):
                best = distance, (number, place)
        if best is not None:
            self.put_cursor(best[1])
            if event.chain == 2:
                self.post_message(self.Activated())

    def _distance(self, each: Series, x: float, y: float) -> tuple[float, int]:
        """The point nearest to a place, among those within a few cells, and how far it is, in cells."""
        reach = 4 * self.window.width / max(self.size.width, 1)
        part = each.between(x - reach, x + reach)
        if part.stop <= part.start:
            part = slice(nearest(each, x), nearest(each, x) + 1) if len(each) else slice(0, 0)
        across = (each.x[part] - x) / self.window.width * self.size.width
        upright = (each.y[part] - y) / self.window.height * self.size.height * 2
        away = np.nan_to_num(np.hypot(across, upright), nan=np.inf)
        if not len(away):
            return np.inf, -1
        place = int(np.argmin(away))
        return float(away[place]), part.start + place

    def on_resize(self) -> None:
        self.repaint()


_DRAW: dict[str, Callable[..., list[Segment]]] = {
    "legend": PlotView._draw_legend,
    "row": PlotView._draw_row,
    "axis": PlotView._draw_axis,
    "labels": PlotView._draw_labels,
}
