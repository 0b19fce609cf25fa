"""The cursor of a plot, from point to point, and the window through which it is seen: zoom and pan."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import ClassVar

import numpy as np
from textual.binding import Binding, BindingType
from textual.message import Message

from ..pictures.series import Plot, Series, Window
from .pane import LinePane, nothing

ZOOM = 2.0
PAN = 0.25
_FINEST = 1e-12
"""Part of the x values below which a window cannot be told from a point."""


class PlotCursor(LinePane):
    """What PlotView knows without drawing. `cursor_at` is (number of the series, number of the point) or None."""

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
        self.selected: Callable[[], None] = nothing
        self._whole = self.window
        self._fits = True

    # What is shown.

    def show(self, plot: Plot | None, packet: int | None = None, keep: bool = False) -> None:
        """Show a picture, as a whole or (`keep`) through the window from and to the same x, with the cursor on a
        packet's point or the nearest one before it; `packet` None: on the first point."""
        self.plot = plot
        self.forget_picture()
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

    def forget_picture(self) -> None:
        """Called where another picture has to be drawn, whatever the window."""

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
        self.put_cursor((number, nearest(self._series[number], x)))

    def action_leap(self, step: int) -> None:
        found = self.point
        if found is None or self.cursor_at is None:
            return
        each, place = found
        goal = nearest(each, float(each.x[place]) + step * self.window.width * PAN)
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


def nearest(each: Series, x: float) -> int:
    """The point with the x nearest to one; series must not be empty."""
    at = int(np.searchsorted(each.x, x))
    if at == len(each):
        return at - 1
    return at - 1 if at and x - each.x[at - 1] < each.x[at] - x else at
