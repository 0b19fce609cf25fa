"""What the first frame does not need, imported while the person looks at it: no key waits for an import later on."""

from __future__ import annotations

import importlib
import threading

IDLE = 1.0
"""Seconds after the first frame."""
_SCREENS = (
    "filter_bar", "filter_chooser", "finder", "conversations", "follow", "story", "copier", "saver", "goto", "row",
)  # fmt: skip


def warm() -> None:
    """Import in a thread, which gives way to the screen every few milliseconds."""
    threading.Thread(target=_import, name="warming", daemon=True).start()


def _import() -> None:
    for name in _SCREENS:
        importlib.import_module(f"{__package__}.{name}")
    from .filter_bar import names

    names("a", 0)  # reads the table of names
