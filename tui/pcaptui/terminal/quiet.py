"""Keeps what libraries write on standard error off the screen: warnings, logging, and writers in C."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator

DEBUG = "PCAPTUI_DEBUG"
"""Environment variable: set, it shows tracebacks and what was written on standard error, after the screen."""


def debugging() -> bool:
    return bool(os.environ.get(DEBUG))


@contextlib.contextmanager
def standard_error_aside() -> Iterator[None]:
    """Send descriptor 2, and with it sys.stderr and child processes, to nowhere; to standard error afterwards if
    PCAPTUI_DEBUG is set."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        sys.stderr.flush()
    try:
        kept = os.dup(2)
    except OSError:  # nobody has a standard error to write to
        yield
        return
    aside = _unlinked_file() if debugging() else os.open(os.devnull, os.O_RDWR)
    os.dup2(aside, 2)
    try:
        yield
    finally:
        with contextlib.suppress(OSError, ValueError, AttributeError):
            sys.stderr.flush()
        os.dup2(kept, 2)
        os.close(kept)
        if debugging():
            _replay(aside)
        os.close(aside)


def _unlinked_file() -> int:
    import tempfile

    number, path = tempfile.mkstemp(prefix="pcaptui-stderr-")
    os.unlink(path)
    return number


def _replay(source: int) -> None:
    os.lseek(source, 0, os.SEEK_SET)
    while data := os.read(source, 1 << 16):
        os.write(2, data)
