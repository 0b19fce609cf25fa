"""Signs that the panes draw with; the Linux console's fonts have only those of old PCs."""

from __future__ import annotations

import os

_CONSOLE = os.environ.get("TERM", "").startswith("linux")

MARKER = "►" if _CONSOLE else "▸"
OPEN = "▼" if _CONSOLE else "▾"
CLOSED = "►" if _CONSOLE else "▸"
STAR = "*"
"""Beside a packet that the person has marked."""
LINK = "→"
"""In front of a line of the tree that leads to another packet."""
FOCUS = "►" if _CONSOLE else "▶"
SCROLLED = "◄" if _CONSOLE else "◂"
RISING, FALLING = "▲", "▼"
"""Beside the name of the column that the list is sorted by."""
THUMB = "▐"
BAR_PARTS = "▌█" if _CONSOLE else "▏▎▍▌▋▊▉█"
"""Of a cell of a bar, from the least to the whole."""
RULE, HEAVY_RULE = "─", "═" if _CONSOLE else "━"
TEE, HEAVY_TEE = "┬", "╤" if _CONSOLE else "┯"
BORDER = "│"
RESET = "X" if _CONSOLE else "✗"
ABOVE, ALONG, BELOW = ("→", "│", "→") if _CONSOLE else ("↱", "┆", "↳")
"""Ties of the selected packet: a packet above it, what lies between, a packet below it."""
BRAILLE = not _CONSOLE
"""Whether the terminal has the dots that plots are drawn with."""
