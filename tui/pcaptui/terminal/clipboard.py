"""Text on its way to the person's clipboard: this machine's where the program runs locally, else through the terminal.

OSC 52 asks the terminal to set its clipboard. tmux takes it from its own command line, with which it passes it on; GNU
screen passes a device control string on, up to 768 bytes each (found in their manuals and by trying).
"""

from __future__ import annotations

import base64
import os
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass

OSC52_LIMIT = 48_000
"""Bytes for the terminal's clipboard: some terminals take no more than 64 kB in base64."""
LOCAL_LIMIT = 8 << 20
_SCREEN_STRING = 700
_TMUX_PATIENCE = 2.0


@dataclass(frozen=True)
class Copied:
    """`way` says in words where the text went, `cut` how many of its bytes were too many (0: none)."""

    way: str
    cut: int = 0


def over_ssh(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether a clipboard of this machine is not the one of the person."""
    return any(environment.get(name) for name in ("SSH_CONNECTION", "SSH_TTY", "SSH_CLIENT"))


def limit() -> int:
    """Bytes that a copy may have at most, by the way it would take."""
    return OSC52_LIMIT if over_ssh() else LOCAL_LIMIT


def copy(text: str, write: Callable[[str], None]) -> Copied:
    """Put text on the clipboard and say which way it went; `write` sends a sequence to the terminal."""
    if not over_ssh() and _locally(text):
        return Copied("to the clipboard")
    raw = text.encode("utf-8", "replace")
    head = raw[:OSC52_LIMIT].decode("utf-8", "ignore")
    lost = max(0, len(raw) - OSC52_LIMIT)
    if os.environ.get("TMUX") and _tmux(head):
        return Copied("through tmux to the terminal's clipboard", lost)
    if os.environ.get("STY"):
        write(screen_sequence(head))
        return Copied("through screen to the terminal's clipboard", lost)
    write(osc52(head))
    return Copied("to the terminal's clipboard", lost)


def osc52(text: str) -> str:
    """The sequence that sets a terminal's clipboard."""
    return f"\x1b]52;c;{base64.b64encode(text.encode('utf-8', 'replace')).decode()}\a"


def screen_sequence(text: str) -> str:
    """The same wrapped for GNU screen, which hands the inside of a device control string to its own terminal."""
    inner = osc52(text)
    parts = (inner[at : at + _SCREEN_STRING] for at in range(0, len(inner), _SCREEN_STRING))
    return "".join(f"\x1bP{part}\x1b\\" for part in parts)


def _locally(text: str) -> bool:
    import pyperclip

    try:
        pyperclip.copy(text)
    except (pyperclip.PyperclipException, OSError):
        return False  # no clipboard here: the terminal may have one
    return True


def _tmux(text: str) -> bool:
    """Into tmux's buffer and, with -w (tmux 3.2), on to the terminal around it."""
    try:
        done = subprocess.run(
            ["tmux", "load-buffer", "-w", "-"], input=text.encode("utf-8", "replace"), capture_output=True,
            timeout=_TMUX_PATIENCE, check=False,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0
