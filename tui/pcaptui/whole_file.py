"""Files that are there whole or not at all."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from typing import BinaryIO

_NUMBERS = count(1)


@contextmanager
def whole_file(path: str | Path) -> Iterator[BinaryIO]:
    """Open a file that takes its name only when the block ends without an exception; until then what stood there stays.

    A link is followed and a replaced file's permissions are kept. What is no regular file (a device, a pipe) cannot be
    replaced and is written to as it is: a draft moved over /dev/null would take everybody's /dev/null away.
    Raises OSError, ValueError (a NUL in the name).
    """
    target = Path(path).expanduser()
    if target.exists() and not target.is_file():
        with target.open("wb") as file:
            yield file
        return
    target = Path(os.path.realpath(target))
    draft = target.with_name(f".pcaptui-{os.getpid()}-{next(_NUMBERS)}{target.suffix[:16]}")
    try:
        with draft.open("xb") as file:
            yield file
        with suppress(OSError):
            shutil.copymode(target, draft)
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)


def not_written(path: str, problem: Exception) -> str:
    """Why a file was not written, in the system's words without Python's numbers around them."""
    reason = getattr(problem, "strerror", None)
    why = f"{path}: {reason.lower()}" if reason else str(problem) or type(problem).__name__
    return f"Not written: {why}"
