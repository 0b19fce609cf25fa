"""From a command line to the screen: the terminal is checked, first rows are painted, then Textual takes over."""

from __future__ import annotations

import gc
import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..errors import Damage, UsageError
from . import tty
from .quiet import standard_error_aside

if TYPE_CHECKING:
    from ..app import PcapApp
    from ..capture import Capture
    from ..options import Options

LARGE = 200_000
"""Packets from which on the worker loads scapy (58 MiB) only when one needs it, not ahead of that."""
ROW_BUDGET = 2000
"""Packets of a stream that one row on the screen may cause to be scanned."""


def open_screen(options: Options) -> Sequence[Damage]:
    """Show the captures until the user leaves; answers with the damaged places that were met.

    Raises CaptureError where nothing can be read, UsageError where there is no terminal to draw on, and
    whatever the program failed with. The terminal is given back in any case.
    """
    terminal = _terminal()
    # Collections of what the imports make cost a tenth of the start; the app turns them on again.
    gc.disable()
    try:
        with standard_error_aside():
            tty.current = terminal
            terminal.restore_on_signals()
            try:
                app = _run(terminal, options)
            finally:
                terminal.restore()
                tty.current = None
    finally:
        gc.enable()
    if app._exception is not None:
        raise app._exception
    return app.capture.damage


def _run(terminal: tty.Terminal, options: Options) -> PcapApp:
    from ..capture import Capture
    from ..dissect.rows import Rows
    from ..screens.beginning import Start
    from .prepaint import paint

    capture = Capture.open(options.files, options.decode_as)
    rows = Rows(capture, budget=ROW_BUDGET)
    start = Start(options.filter, options.stream)
    start = start or Start(packet=options.at)
    prepainted = paint(terminal, capture, None if start else rows)
    # The worker starts on the other core while Textual is imported here.
    from ..dissect.tree_client import TreeClient

    client = TreeClient(warm=_expected(capture) < LARGE)

    # Textual waits up to two frames at its usual 60 a second; frames are cheap here, and skipped on slow links.
    os.environ.setdefault("TEXTUAL_FPS", "250")
    from ..app import PcapApp

    app = PcapApp(capture, rows, prepainted=prepainted, start=start, client=client)
    try:
        app.run()
    finally:
        client.close()
    return app


def _expected(capture: Capture) -> float:
    """About how many packets the capture has, going by those of its first part."""
    if capture.complete:
        return len(capture)
    return len(capture) / capture.progress if capture.progress > 0 else float("inf")


def _terminal() -> tty.Terminal:
    term = os.environ.get("TERM", "")
    if term in ("", "dumb", "unknown"):
        name = f"TERM is '{term}'" if term else "TERM is not set"
        raise UsageError(
            f"{name}, but the screen needs a terminal with a cursor that moves; --print packets works anywhere"
        )
    try:
        return tty.Terminal.open()
    except OSError:
        raise UsageError("no terminal to read keys from; --print packets works without one") from None
