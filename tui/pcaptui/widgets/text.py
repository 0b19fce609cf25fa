"""Text on its way to the terminal: escaped, measured in cells, cut to a width."""

from __future__ import annotations

from functools import lru_cache

from rich.cells import cell_len, chop_cells

ELLIPSIS = "…"


def clean(text: str) -> str:
    """The text without anything that could steer a terminal or reorder what stands on the line.

    Control, format (also bidirectional overrides), surrogate, private and unassigned characters and variation
    selectors are written as escapes; wherever the text comes from, this is the last gate.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(map(_clean_character, text))


@lru_cache(1024)
def _clean_character(character: str) -> str:
    code = ord(character)
    if character == "\t":
        return " "
    if character.isprintable() and not 0xFE00 <= code <= 0xFE0F and not 0xE0100 <= code <= 0xE01EF:
        return character
    if code == 0xA0:
        return " "
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def width_of(text: str) -> int:
    """Cells that the text takes in a terminal."""
    return len(text) if text.isascii() else cell_len(text)


def cut(text: str, width: int) -> str:
    """The text in at most `width` cells; '…' at its end says that something was left out."""
    if width <= 0:
        return ""
    if width_of(text) <= width:
        return text
    if text.isascii():
        return text[: width - 1] + ELLIPSIS
    head = chop_cells(text[: 2 * width + 64], width - 1) if width > 1 else []
    return (head[0] if head else "") + ELLIPSIS


def left(text: str, width: int) -> str:
    """The text cut or filled to exactly `width` cells, flush left."""
    text = cut(text, width)
    return text + " " * (width - width_of(text))


def right(text: str, width: int) -> str:
    """The text cut or filled to exactly `width` cells, flush right."""
    text = cut(text, width)
    return " " * (width - width_of(text)) + text


def skip(text: str, cells: int) -> str:
    """The text from the given cell on, for horizontal scrolling; '…' at its front if anything was left out."""
    if cells <= 0 or not text:
        return text
    if text.isascii():
        return ELLIPSIS + text[cells + 1 :] if cells < len(text) else ELLIPSIS
    passed = 0
    for place, character in enumerate(text):
        if passed > cells:
            return ELLIPSIS + text[place:]
        passed += cell_len(character)
    return ELLIPSIS
