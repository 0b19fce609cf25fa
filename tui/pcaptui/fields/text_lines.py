"""Text as lines: 'Line-based text data', and what every text protocol's builder needs to find and show lines."""

from __future__ import annotations

import codecs
import re

from ..protocols.text import decode
from .branch import Branch, View, Walk

LINES = 20_000
_END = re.compile(rb"\r?\n|\r")
_BINARY = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_CHARSET = re.compile(r'charset\s*=\s*"?([A-Za-z0-9_.:+-]{1,40})', re.I)


def line_end(data: bytes, at: int, end: int) -> tuple[int, int]:
    """Where the line at `at` ends, and the length of its line end: 0 where there is none."""
    found = _END.search(data, at, end)
    return (found.start(), found.end() - found.start()) if found else (end, 0)


def visible(raw: bytes, charset: str = "") -> str:
    """A line of a packet as text; its line end is written out where the label is escaped."""
    if charset:
        return raw.decode(charset, "replace")
    return decode(raw)


def charset_of(header: str) -> str:
    """The charset that a Content-Type header names, "" where none that Python knows; UTF-8 counts as none."""
    found = _CHARSET.search(header)
    if not found:
        return ""
    try:
        b"".decode(found[1])
        name = codecs.lookup(found[1]).name
    except (LookupError, ValueError):
        return ""
    return "" if name == "utf-8" else name


def named(branch: Branch, field: str, name: str, at: int, size: int, text: str | None = None) -> Branch:
    """A line 'Name: text' of the bytes at `at` (or of the text made from them), and the branch below it."""
    if text is None:
        text = decode(branch.raw(at, size))
    return branch.add(f"{name}: {text}", field, text, at, size, len(name))


def text_lines(walk: Walk, view: View, kind: str = "", header: str = "") -> None:
    """A layer with a line for each line of the text; `kind` is its media type, `header` may name the charset."""
    words = f"Line-based text data: {kind}" if kind else "Line-based text data"
    branch = walk.layer(view, "data-text-lines", words)
    count = lines_below(branch, view.at, view.end, charset_of(header))
    branch.label(f"{words} ({count} lines)")


def lines_below(branch: Branch, at: int, end: int, charset: str = "") -> int:
    """Put lines below a branch; how many there are."""
    count = 0
    while at < end:
        stop, size = line_end(branch.data, at, end)
        count += 1
        if count <= LINES:
            branch.add(visible(branch.data[at : stop + size], charset), "", None, at, stop + size - at)
        at = stop + size
    return count


def is_text(raw: bytes) -> bool:
    """Whether bytes read as text: UTF-8 (the last character may be cut), no control characters but those of lines."""
    head = raw[:8192]
    if _BINARY.search(head):
        return False
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return False
    return bool(head)
