"""The cell-diff layer: only what differs from what the terminal shows is written, and no frame is queued.

The one place that hooks into Textual's private drawing (`App._display` and the compositor's updates). Where Textual is
not what it expects, drawing goes the stock way.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from rich.cells import cell_len
from textual.app import App
from textual.strip import Strip

from .cells import Row, blank_row, put
from .diff import ScreenDiff
from .driver import TerminalDriver
from .pens import DEFAULT, Pens

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.segment import Segment
    from rich.style import Style
    from textual.screen import Screen

    from .prepaint import Prepainted

RETRY = 0.02
"""Seconds until a frame is tried again that met a busy writer."""
ONE_PIECE = 200
"""Characters that reach a terminal in one piece anyway, without synchronised output."""
_SYNC_START, _SYNC_END = "\x1b[?2026h", "\x1b[?2026l"
_STYLED = re.compile(r"\x1b\[([0-9;]*)mX")


class Canvas:
    """The screen as Textual wants it: rows of cells, filled from the compositor's updates."""

    def __init__(self, pens: Pens) -> None:
        self.rows: list[Row] = []
        self._pens = pens
        self._styles: dict[Style, int] = {}

    def resize(self, width: int, height: int) -> bool:
        """Start over with blank rows if the size differs; whether it did."""
        if len(self.rows) == height and (not height or len(self.rows[0].chars) == width):
            return False
        self.rows = [blank_row(width) for _ in range(height)]
        return True

    def take(self, update: Any, console: Any) -> None:
        """Draw a LayoutUpdate or ChopsUpdate. Raises AttributeError or TypeError where it is neither."""
        if hasattr(update, "chops"):
            self._take_chops(update, console)
            return
        for y, strips in enumerate(update.strips, update.region.y):
            row = self._writable(y)
            x = update.region.x
            for strip in strips:
                x = self._strip(row, x, strip, console)

    def _take_chops(self, update: Any, console: Any) -> None:
        for y, start, stop in update.spans:
            row = self._writable(y)
            for end, (x, strip) in zip(update.chop_ends[y], update.chops[y].items(), strict=False):
                if strip is None or x >= stop or end <= start:
                    continue
                self._strip(row, x, strip.crop(0, min(end, stop) - x) if end > stop else strip, console)

    def _writable(self, y: int) -> Row | None:
        if not 0 <= y < len(self.rows):
            return None
        row = self.rows[y] = self.rows[y].copy()
        return row

    def _strip(self, row: Row | None, x: int, strip: Sequence[Segment], console: Any) -> int:
        for text, style, control in strip:
            if control:
                continue
            if row is not None:
                put(row, x, text, DEFAULT if style is None else self._pen(style, console))
            x += len(text) if text.isascii() else cell_len(text)
        return x

    def _pen(self, style: Style, console: Any) -> int:
        found = self._styles.get(style)
        if found is None:
            system = console._color_system
            match = _STYLED.search(Strip.render_style(style, "X", system)) if system is not None else None
            found = self._pens.number(match[1]) if match else DEFAULT
            if len(self._styles) > 4096:
                self._styles.clear()
            self._styles[style] = found
        return found


class CellLayer:
    """Between Textual's compositor and the terminal, for one app."""

    def __init__(self, app: DiffApp, prepainted: Prepainted | None) -> None:
        pens = prepainted.pens if prepainted is not None else Pens()
        self._app = app
        self._diff = ScreenDiff(pens, erases_cells=_erases_cells())
        self._canvas = Canvas(pens)
        self._waiting = False
        self._held = prepainted is not None
        self.stock = not _expected(app)
        if prepainted is not None:
            self._diff.shows(prepainted.rows)

    def release(self) -> None:
        """The first whole frame has been composed: from now on, frames are written."""
        self._held = False
        self._write()

    def repaint(self) -> None:
        """Clear the terminal and draw everything again."""
        self._diff.forget()
        self._write()

    def display(self, update: RenderableType) -> bool:
        """Take the update over; False if Textual has to draw it, now and from now on."""
        app = self._app
        try:
            if self._canvas.resize(*app.size) and not self._diff.knows(app.size.height, app.size.width):
                self._diff.forget()
            self._canvas.take(update, app.console)
        except (AttributeError, TypeError, ValueError, KeyError, IndexError):
            self.stock = True
            return False
        self._write()
        return True

    def _write(self) -> None:
        """Write what differs, in one piece; later, if the writer has not got rid of the frame before."""
        app, driver = self._app, self._app._driver
        if self._held or self._waiting or not self._canvas.rows or not isinstance(driver, TerminalDriver):
            return
        if driver.busy:
            self._waiting = True
            app.set_timer(RETRY, self._retry)
            return
        text = self._diff.frame(self._canvas.rows)
        if not text:
            return
        if app.cursor_position:
            x, y = app.cursor_position
            text += f"\x1b[{y + 1};{x + 1}H"
        if app._sync_available and len(text) > ONE_PIECE:
            text = f"{_SYNC_START}{text}{_SYNC_END}"
        driver.write(text)
        driver.flush()

    def _retry(self) -> None:
        self._waiting = False
        self._write()


class DiffApp(App[None]):
    """An App that writes differences. What is `prepainted` stands on the screen before Textual draws anything; with
    it, nothing is drawn until `cell_layer.release()`."""

    def __init__(self, *, prepainted: Prepainted | None = None, **options: Any) -> None:
        options.setdefault("driver_class", TerminalDriver)
        super().__init__(**options)
        self.cell_layer = CellLayer(self, prepainted)

    def _display(self, screen: Screen[Any], renderable: RenderableType | None) -> None:
        layer = self.cell_layer
        if layer.stock or renderable is None or not self._draws_cells():
            super()._display(screen, renderable)
        elif layer.display(renderable):
            self.post_display_hook()
        else:
            screen.refresh()
            super()._display(screen, renderable)

    def _draws_cells(self) -> bool:
        """Whether there is a full-screen terminal to draw on, and Textual would draw now."""
        driver = self._driver
        return (
            isinstance(driver, TerminalDriver) and not self.is_headless and not driver.is_inline
            and self._running and not self._closed and not self._batch_count
        )  # fmt: skip

    def action_repaint(self) -> None:
        """Clear the terminal and draw everything again: something else has written on it."""
        if self.cell_layer.stock:
            self.screen.refresh()
        else:
            self.cell_layer.repaint()

    def to_terminal(self, sequence: str) -> None:
        """Send a sequence that draws nothing (the clipboard's)."""
        if self._driver is not None:
            self._driver.write(sequence)

    def on_mount(self) -> None:
        # After Ctrl+Z and fg the terminal is blank, which Textual does not repaint.
        self.app_resume_signal.subscribe(self, lambda _: self.action_repaint())


def _erases_cells() -> bool:
    """Whether the terminal knows CSI X. GNU screen does not; tmux, which may call itself screen, does."""
    return not os.environ.get("TERM", "").startswith("screen") or "TMUX" in os.environ


def _expected(app: App[Any]) -> bool:
    """Whether Textual has the private parts that this layer stands on."""
    parts = ("_running", "_closed", "_batch_count", "_sync_available", "_driver", "console", "post_display_hook")
    try:
        from textual._compositor import ChopsUpdate, LayoutUpdate
    except ImportError:
        return False
    return (
        all(hasattr(app, part) for part in parts)
        and hasattr(Strip, "render_style")
        and hasattr(app.console, "_color_system")
        and LayoutUpdate is not None
        and ChopsUpdate is not None
    )
