"""A followed stream on its way out of the program: into a file, or to the clipboard."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from errno import EEXIST
from pathlib import Path

from ..terminal import clipboard
from ..whole_file import whole_file
from .follow_lines import BLOCK, Mode, hex_text
from .follow_source import DATA, GAP, NOTE, Pieces


def content(pieces: Pieces, mode: Mode, side: int | None) -> Iterator[bytes]:
    """What the view shows, as bytes: in raw the stream's own alone, else with lines of ours for what is missing."""
    open_line = False
    for place in _places(pieces):
        kind = pieces.kind(place)
        if side is not None and pieces.side(place) != side:
            continue
        if kind == DATA:
            for at in range(0, pieces.size(place), BLOCK):
                data = pieces.read(place, at, at + BLOCK)
                if mode is Mode.HEX:
                    sign = ">" if pieces.side(place) == 0 else "<"
                    begin = pieces.start(place) + at
                    lines = (
                        f"{sign} {hex_text(begin + row, data[row : row + 16], 16)}\n" for row in range(0, len(data), 16)
                    )
                    data = "".join(lines).encode()
                open_line = not data.endswith(b"\n")
                yield data
        elif mode is not Mode.RAW:
            line = f"[{pieces.size(place)} bytes missing]".encode() if kind == GAP else b""
            if kind == NOTE:
                line = pieces.read(place, 0, BLOCK)
            yield (b"\n" if open_line else b"") + line + b"\n"
            open_line = False


def _places(pieces: Pieces) -> Iterator[int]:
    place = 0
    while True:
        if place < pieces.count:
            yield place
            place += 1
        elif pieces.complete:
            return
        else:
            pieces.grow()


def write(path: str, parts: Iterator[bytes], overwrite: bool) -> int:
    """Write a file and return its size. Raises OSError, FileExistsError where it must not be overwritten."""
    if not overwrite and Path(path).expanduser().exists():
        raise FileExistsError(EEXIST, os.strerror(EEXIST), path)
    size = 0
    with whole_file(path) as file:
        for part in parts:
            size += file.write(part)
    return size


def head(parts: Iterator[bytes], limit: int) -> tuple[str, bool]:
    """The first bytes as text, and whether there were more."""
    taken = bytearray()
    for part in parts:
        taken += part
        if len(taken) > limit:
            return bytes(taken[:limit]).decode("utf-8", "replace"), True
    return bytes(taken).decode("utf-8", "replace"), False


def copy(parts: Callable[[], Iterator[bytes]], by_terminal: Callable[[str], None]) -> str:
    """Put text on the clipboard, here or through the terminal, and say which way it went."""
    most = clipboard.limit()
    text, cut = head(parts(), most)
    copied = clipboard.copy(text, by_terminal)
    kept = clipboard.OSC52_LIMIT if copied.cut else most
    rest = f": the first {kept // 1000} kB only, w writes all to a file" if cut or copied.cut else ""
    return f"Copied {copied.way}{rest}"
