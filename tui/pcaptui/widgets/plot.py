"""Plot: a plot in a pane, drawn from `pictures.series.Plot`, with a cursor that goes from point to point.

    view = PlotView(id="plot")
    view.palette = host.colours
    view.selected = self.show_status          # called after every step of the cursor and change of the window
    view.show(pictures.series.Plot(...))      # a new picture; `keep=True` keeps window and cursor
    view.packet                               # the packet under the cursor, or None

Its own keys (PlotView.BINDINGS, for HelpScreen.of) move the cursor, zoom and pan. A line's key is what it shows, so
that only lines with other cells are drawn again.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import replace
from typing import ClassVar

import numpy as np
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.strip import Strip

from ..pictures.scales import ticks
from ..pictures.series import Plot, Series, Window
from .canvas import Canvas
from .glyphs import BRAILLE
from .palette import DIM, PLAIN, REVERSE
from .pane import LinePane, nothing
from .plot_look import ASIDE, UP, cells, legend, put_grid, series_style, without_colour, x_axis

ZOOM = 2.0
PAN = 0.25
BELOW = 2
"""Lines below the canvas: the axis and its labels."""
TALL = 18
"""From so many lines on, two may tell the names of the series."""
_FINEST = 1e-12
"""Part of the x values below which a window cannot be told from a point."""


class PlotView(LinePane):
    """`cursor_at` is (number of the series, number of the point) or None. `stretch` (x from, x to) is marked on the
    axis if it is set."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,h", "step(-1)", "Left", id="plot.left", show=False, tooltip="To the point before"),
        Binding("right,l", "step(1)", "Right", id="plot.right", show=False, tooltip="To the next point"),
        Binding("up,k", "change(-1)", "Up", id="plot.up", show=False, tooltip="To the series before, near by"),
        Binding("down,j", "change(1)", "Down", id="plot.down", show=False, tooltip="To the next series, near by"),
        Binding("pageup,ctrl+b", "leap(-1)", "Back", id="plot.page_up", show=False,
                tooltip="A quarter of the picture back"),
        Binding("pagedown,ctrl+f", "leap(1)", "On", id="plot.page_down", show=False,
                tooltip="A quarter of the picture on"),
        Binding("home,g", "end(0)", "First", id="plot.first", show=False, tooltip="To the first point"),
        Binding("end,G", "end(-1)", "Last", id="plot.last", show=False, tooltip="To the last point"),
        Binding("n", "mark(1)", "Next mark", id="plot.mark", show=False, tooltip="To the next marked point"),
        Binding("N", "mark(-1)", "Mark before", id="plot.mark_back", show=False, tooltip="To the marked point before"),
        Binding("plus,equals_sign,i", "zoom(1)", "Zoom in", id="plot.zoom_in", show=False,
                tooltip="Zoom in around the cursor"),
        Binding("minus,o", "zoom(-1)", "Zoom out", id="plot.zoom_out", show=False, tooltip="Zoom out"),
        Binding("I", "zoom_y(1)", "Zoom in upright", id="plot.zoom_y_in", show=False, tooltip="Zoom in, upright only"),
        Binding("O", "zoom_y(-1)", "Zoom out upright", id="plot.zoom_y_out", show=False,
                tooltip="Zoom out, upright only"),
        Binding("shift+left,H", "pan(-1,0)", "Pan left", id="plot.pan_left", show=False,
                tooltip="Move the window to the left"),
        Binding("shift+right,L", "pan(1,0)", "Pan right", id="plot.pan_right", show=False,
                tooltip="Move the window to the right"),
        Binding("shift+up,K", "pan(0,1)", "Pan up", id="plot.pan_up", show=False, tooltip="Move the window up"),
        Binding("shift+down,J", "pan(0,-1)", "Pan down", id="plot.pan_down", show=False,
                tooltip="Move the window down"),
        Binding("a", "fit", "Fit", id="plot.fit", show=False, tooltip="As high as what is shown"),
        Binding("0", "reset", "Whole", id="plot.reset", show=False, tooltip="The whole picture again"),
    ]  # fmt: skip

    class Activated(Message):
        """A point was double-clicked."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.plot: Plot | None = None
        self.window = Window(0.0, 1.0, 0.0, 1.0)
        self.cursor_at: tuple[int, int] | None = None
        self.stretch: tuple[float, float] | None = None
        self.selected: Callable[[], None] = nothing
        self._whole = self.window
        self._fits = True
        self._drawn: Canvas | None = None
        self._drawn_for: Hashable = None
        self._gutter = 1
        self._above = 1

    # What is shown.

    def show(self, plot: Plot | None, packet: int | None = None, keep: bool = False) -> None:
        """Show a picture, as a whole or (`keep`) through the window from and to the same x, with the cursor on a
        packet's point or the nearest one before it; `packet` None: on the first point."""
        self.plot = plot
        self._drawn_for = None
        if plot is not None:
            zoomed = keep and not self.shows_all
            self._whole = plot.whole()
            if not zoomed:
                self.window, self._fits = self._whole, True
            else:
                x0, x1 = self.window.x0, self.window.x1
                width = min(x1 - x0, self._whole.width)
                start = max(min(x0, self._whole.x1 - width), self._whole.x0)
                self.window, self._fits = plot.fitted(start, start + width), True
            self.cursor_at = self.nearest_packet(packet)
        self.repaint()

    def _stands(self) -> bool:
        at = self.cursor_at
        return at is not None and at[0] < len(self._series) and at[1] < len(self._series[at[0]])

    @property
    def _series(self) -> list[Series]:
        return list(self.plot.series) if self.plot is not None else []

    @property
    def point(self) -> tuple[Series, int] | None:
        """The series and the number of the point under the cursor."""
        if not self._stands():
            return None
        assert self.cursor_at is not None
        return self._series[self.cursor_at[0]], self.cursor_at[1]

    @property
    def shows_all(self) -> bool:
        """Whether the window is as wide as the picture."""
        return (self.window.x0, self.window.x1) == (self._whole.x0, self._whole.x1)

    @property
    def packet(self) -> int | None:
        """The packet (index) of the point under the cursor."""
        found = self.point
        return None if found is None or found[0].packets is None else int(found[0].packets[found[1]])

    def nearest_packet(self, packet: int | None) -> tuple[int, int] | None:
        """The point of a packet, or of the last packet before it: (series, point); None where there are no points."""
        best: tuple[int, tuple[int, int]] | None = None
        for number, each in enumerate(self._series):
            if not len(each):
                continue
            if packet is None or each.packets is None:
                return best[1] if best is not None else (number, 0)
            before = np.flatnonzero(each.packets <= packet)
            place = int(before[np.argmax(each.packets[before])]) if len(before) else 0
            distance = abs(int(each.packets[place]) - packet)
            if best is None or distance < best[0]:
                best = distance, (number, place)
        return best[1] if best is not None else None

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
        names = legend(self._series, plot.y_name, self._signed, self.palette, width, 2 if height >= TALL else 1)
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
        wanted = (self.window, columns, rows, id(self.plot), without_colour(self.palette))
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

    # The cursor.

    def put_cursor(self, at: tuple[int, int]) -> None:
        """The cursor on a point, with the window moved so that it is seen."""
        self.cursor_at = at
        found = self.point
        if found is not None:
            x, y = float(found[0].x[found[1]]), float(found[0].y[found[1]])
            window = self.window
            if not window.x0 <= x <= window.x1:
                window = self._moved(window, x - window.x0 - window.width / 2)
            if not self._fits and np.isfinite(y) and not window.y0 <= y <= window.y1:
                window = window.upright(y - window.height / 2, y + window.height / 2)
            self._look(window)
        self.repaint()
        self.selected()

    def action_step(self, points: int) -> None:
        found = self.point
        if found is None or self.cursor_at is None:
            return
        each, place = found
        goal = place + points
        while 0 <= goal < len(each) and not np.isfinite(each.y[goal]):
            goal += points
        if 0 <= goal < len(each):
            self.put_cursor((self.cursor_at[0], goal))

    def action_change(self, step: int) -> None:
        """To another series that has points, at the nearest x."""
        found = self.point
        if found is None or self.cursor_at is None:
            return
        shown = [number for number, each in enumerate(self._series) if len(each)]
        number = shown[(shown.index(self.cursor_at[0]) + step) % len(shown)]
        x = float(found[0].x[found[1]])
        self.put_cursor((number, _nearest(self._series[number], x)))

    def action_leap(self, step: int) -> None:
        found = self.point
        if found is None or self.cursor_at is None:
            return
        each, place = found
        goal = _nearest(each, float(each.x[place]) + step * self.window.width * PAN)
        if goal == place:
            goal = min(max(place + step, 0), len(each) - 1)
        self.put_cursor((self.cursor_at[0], goal))

    def action_end(self, place: int) -> None:
        found = self.point
        if found is not None and self.cursor_at is not None:
            self.put_cursor((self.cursor_at[0], place % len(found[0])))

    def action_mark(self, step: int) -> None:
        """To the next point of the series that are marks, before or behind the cursor."""
        found = self.point
        if found is None or self.cursor_at is None:
            return
        here = (float(found[0].x[found[1]]), *self.cursor_at)
        best: tuple[float, int, int] | None = None
        for number, each in enumerate(self._series):
            if each.kind != "marks" or not len(each):
                continue
            at = int(np.searchsorted(each.x, here[0]))
            for place in range(max(at - 2, 0), min(at + 3, len(each))):
                one = (float(each.x[place]), number, place)
                if (one > here and (best is None or one < best)) if step > 0 else (
                    one < here and (best is None or one > best)):  # fmt: skip
                    best = one
        if best is not None:
            self.put_cursor(best[1:])

    # The window.

    def _look(self, window: Window) -> None:
        if self.plot is not None and self._fits and (window.x0, window.x1) != (self.window.x0, self.window.x1):
            whole = (window.x0, window.x1) == (self._whole.x0, self._whole.x1)
            window = self._whole if whole else self.plot.fitted(window.x0, window.x1)
        self.window = window

    def _moved(self, window: Window, by: float) -> Window:
        """Moved sideways, but not off the picture."""
        start = max(min(window.x0 + by, self._whole.x1 - window.width), self._whole.x0)
        return window.across(start, start + window.width)

    def look_at(self, x0: float, x1: float) -> None:
        """Show a stretch of x."""
        whole = self._whole
        least = max(abs(whole.x0), abs(whole.x1), 1e-3) * _FINEST * max(self.size.width, 1) * 2
        width = min(max(x1 - x0, least), whole.width)
        middle = (x0 + x1) / 2
        start = max(min(middle - width / 2, whole.x1 - width), whole.x0)
        self._look(self.window.across(start, start + width) if width < whole.width
                   else self.window.across(whole.x0, whole.x1))  # fmt: skip
        self.repaint()
        self.selected()

    def zoom_at(self, factor: float, x: float) -> None:
        """Zoom by a factor, x staying where it is."""
        part = (x - self.window.x0) / self.window.width
        width = self.window.width / factor
        self.look_at(x - part * width, x + (1 - part) * width)

    def action_zoom(self, steps: int) -> None:
        found = self.point
        x = float(found[0].x[found[1]]) if found is not None else self.window.x0 + self.window.width / 2
        if not self.window.x0 <= x <= self.window.x1:
            x = self.window.x0 + self.window.width / 2
        self.zoom_at(ZOOM**steps, x)

    def action_zoom_y(self, steps: int) -> None:
        found = self.point
        window = self.window
        y = float(found[0].y[found[1]]) if found is not None else window.y0 + window.height / 2
        if not window.y0 <= y <= window.y1:
            y = window.y0 + window.height / 2
        part, height = (y - window.y0) / window.height, window.height / ZOOM**steps
        floor = max(abs(window.y0), abs(window.y1), 1e-3) * _FINEST * 1000
        if height >= floor and height <= 1e3 * max(self._whole.height, floor):
            self._fits = False
            self.window = replace(window, y0=y - part * height, y1=y + (1 - part) * height)
            self.repaint()
            self.selected()

    def action_pan(self, across: int, up: int) -> None:
        window = self._moved(self.window, across * PAN * self.window.width) if across else self.window
        if up:
            self._fits = False
            by = up * PAN * window.height
            window = window.upright(window.y0 + by, window.y1 + by)
        self._look(window)
        self.repaint()
        self.selected()

    def action_fit(self) -> None:
        """As high as what is between the window's ends, now and after every zoom."""
        self._fits = True
        if self.plot is not None:
            self.window = self.plot.fitted(self.window.x0, self.window.x1)
        self.repaint()
        self.selected()

    def action_reset(self) -> None:
        self._fits = True
        self.window = self._whole
        self.repaint()
        self.selected()

    @property
    def axis_width(self) -> int:
        """Cells left of the canvas."""
        return self._gutter

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
            part = slice(_nearest(each, x), _nearest(each, x) + 1) if len(each) else slice(0, 0)
        across = (each.x[part] - x) / self.window.width * self.size.width
        upright = (each.y[part] - y) / self.window.height * self.size.height * 2
        away = np.nan_to_num(np.hypot(across, upright), nan=np.inf)
        if not len(away):
            return np.inf, -1
        place = int(np.argmin(away))
        return float(away[place]), part.start + place

    def on_resize(self) -> None:
        self.repaint()


def _nearest(each: Series, x: float) -> int:
    """The point with the x nearest to one; series must not be empty."""
    at = int(np.searchsorted(each.x, x))
    if at == len(each):
        return at - 1
    return at - 1 if at and x - each.x[at - 1] < each.x[at] - x else at


_DRAW: dict[str, Callable[..., list[Segment]]] = {
    "legend": PlotView._draw_legend,
    "row": PlotView._draw_row,
    "axis": PlotView._draw_axis,
    "labels": PlotView._draw_labels,
}
