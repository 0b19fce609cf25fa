"""The terminal as a resource: its modes are changed once and given back once, whatever happens in between."""

from __future__ import annotations

import contextlib
import os
import signal
import termios
from typing import Any

ENTER = b"\x1b[?1049h\x1b[?7l\x1b[?25l\x1b[H\x1b[2J"
"""Alternate screen, no wrapping at the right border, no cursor."""

LEAVE = (
    b"\x18\x1b[?2026l\x1b[r\x1b[m"  # CAN ends a sequence that was cut off
    b"\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1006l\x1b[?2004l\x1b[?1004l"
    b"\x1b[<u\x1b[?7h\x1b[?1049l\x1b[?25h"
)
"""Ends every mode that the program may have set; harmless where one was not."""


class Terminal:
    """The terminal that the program draws on and reads keys from.

    `output` and `input` are file descriptors of its own, so that 0, 1 and 2 may be redirected meanwhile.
    """

    def __init__(self, output: int, input: int) -> None:
        self.output = output
        self.input = input
        self.attributes: list[Any] | None = None
        self.entered = False
        self.closed = False
        self._busy = False

    @classmethod
    def open(cls) -> Terminal:
        """Of standard output for drawing; keys from standard input, or from /dev/tty where that is a capture.

        Raises OSError where there is no terminal.
        """
        output = os.dup(1)
        os.set_inheritable(output, False)
        if os.isatty(0):
            source = os.dup(0)
        else:
            source = os.open("/dev/tty", os.O_RDONLY | os.O_CLOEXEC)
        return cls(output, source)

    def size(self) -> tuple[int, int]:
        """Columns and rows."""
        with contextlib.suppress(OSError):
            width, height = os.get_terminal_size(self.output)
            if width and height:
                return width, height
        return 80, 24

    def quiet_keys(self) -> None:
        """Stop echoing keys; what was typed already stays readable. Ctrl+C still interrupts."""
        with contextlib.suppress(termios.error):
            self.attributes = termios.tcgetattr(self.input)
            changed = termios.tcgetattr(self.input)
            changed[3] &= ~(termios.ECHO | termios.ICANON)
            changed[6][termios.VMIN] = 1
            changed[6][termios.VTIME] = 0
            # Ctrl+Z before the program can repaint would leave the shell on our screen.
            changed[6][termios.VSUSP] = b"\0"
            termios.tcsetattr(self.input, termios.TCSANOW, changed)

    def enter(self, picture: bytes = b"") -> None:
        """Switch to the alternate screen and write `picture` on it."""
        self.entered = True
        self.write(ENTER + picture)

    def write(self, data: bytes) -> None:
        """Write all of it, blocking. Writes nothing after `restore`; a terminal that went away is no error here."""
        view = memoryview(data)
        self._busy = True
        try:
            while view and not self.closed:
                view = view[os.write(self.output, view) :]
        except BlockingIOError:
            self._write_slowly(view)
        except OSError:
            self.closed = True
        finally:
            self._busy = False

    def _write_slowly(self, view: memoryview) -> None:
        """Somebody made the terminal non-blocking: wait until it takes more."""
        import select

        while view and not self.closed:
            select.select([], [self.output], [], 1.0)
            with contextlib.suppress(BlockingIOError):
                view = view[os.write(self.output, view) :]

    @property
    def busy(self) -> bool:
        """Whether a write has not returned yet."""
        return self._busy

    def restore(self) -> None:
        """Give the terminal back as it was found. May be called several times, also from a signal handler."""
        self.closed = True
        if self.entered:
            self.entered = False
            with contextlib.suppress(OSError):
                os.write(self.output, LEAVE)
        if self.attributes is not None:
            with contextlib.suppress(termios.error, OSError):
                termios.tcsetattr(self.input, termios.TCSANOW, self.attributes)

    def restore_on_signals(self) -> None:
        """Have SIGTERM and SIGHUP restore the terminal before they end the program."""

        def end(number: int, _frame: object) -> None:
            self.restore()
            signal.signal(number, signal.SIG_DFL)
            os.kill(os.getpid(), number)

        for number in (signal.SIGTERM, signal.SIGHUP):
            if signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, end)


current: Terminal | None = None
"""The terminal in use: Textual makes the driver, so it cannot be handed over."""
