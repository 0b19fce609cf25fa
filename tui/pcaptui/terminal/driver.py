"""Textual's driver, on our terminal: fewer mouse reports, no second alternate screen, and it says when it is busy."""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING, Any

from textual.drivers.linux_driver import LinuxDriver

from . import tty

if TYPE_CHECKING:
    from textual.app import App

_ALTERNATE_SCREEN = "\x1b[?1049h"


class _Output:
    """What Textual's writer thread takes for a text file: UTF-8 whatever the locale, unbuffered."""

    def __init__(self, terminal: tty.Terminal) -> None:
        self._terminal = terminal

    def write(self, text: str) -> int:
        self._terminal.write(text.encode("utf-8", "replace"))
        return len(text)

    def flush(self) -> None:
        pass

    def fileno(self) -> int:
        return self._terminal.output

    def isatty(self) -> bool:
        return True


class TerminalDriver(LinuxDriver):
    """Draws on and reads from `tty.current`; like Textual's own driver where there is none."""

    def __init__(
        self, app: App[Any], *, debug: bool = False, mouse: bool = True, size: tuple[int, int] | None = None
    ) -> None:
        super().__init__(app, debug=debug, mouse=mouse, size=size)
        self.terminal = tty.current
        if self.terminal is not None:
            self._file = _Output(self.terminal)  # type: ignore[assignment]
            self.fileno = self.terminal.input
            self.input_tty = True

    def _get_terminal_size(self) -> tuple[int, int]:
        if self.terminal is not None:
            with contextlib.suppress(OSError):
                width, height = os.get_terminal_size(self.terminal.output)
                if width and height:
                    return width, height
        return super()._get_terminal_size()

    def start_application_mode(self) -> None:
        super().start_application_mode()  # type: ignore[no-untyped-call]
        terminal = self.terminal
        if terminal is not None:
            terminal.entered = True
            if terminal.attributes is not None:
                # Textual has taken down modes that were changed before it started.
                self.attrs_before = terminal.attributes

    def stop_application_mode(self) -> None:
        super().stop_application_mode()
        if self.terminal is not None:
            self.terminal.entered = False

    def close(self) -> None:
        super().close()
        self._writer_thread = None

    def write(self, data: str) -> None:
        if data == _ALTERNATE_SCREEN and self.terminal is not None and self.terminal.entered:
            return
        if self._writer_thread is not None:
            super().write(data)

    @property
    def can_suspend(self) -> bool:
        """Not where no shell with job control runs us (`ssh -t host pcaptui FILE`): no `fg` would bring us back."""
        return os.getpgrp() != os.getsid(0) and super().can_suspend

    @property
    def busy(self) -> bool:
        """Whether something that was written is still on its way out of the program."""
        thread = self._writer_thread
        if thread is None or self.terminal is None:
            return False
        with contextlib.suppress(AttributeError):
            return self.terminal.busy or not thread._queue.empty()
        return False

    # Clicks, drags and the wheel; not every motion of the mouse, which costs bytes both ways.

    def _enable_mouse_support(self) -> None:
        if self._mouse:
            self.write("\x1b[?1000h\x1b[?1002h\x1b[?1006h")

    def _disable_mouse_support(self) -> None:
        if self._mouse:
            self.write("\x1b[?1006l\x1b[?1002l\x1b[?1000l")

    def _query_in_band_window_resize(self) -> None:
        """Not asked for: with it come mouse places in pixels, a report for each; SIGWINCH tells sizes as well."""
