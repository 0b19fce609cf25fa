"""Display filters in Wireshark's language: text to syntax tree to masks over packets.

`compile(text)` gives a Filter; nothing of the grammar is loaded before it is called.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .errors import FilterError

if TYPE_CHECKING:
    from .filter import Filter


def compile(text: str) -> Filter:
    """A filter from its text; an empty one lets all packets pass. Raises FilterError with the place in the text."""
    from .bind import bind
    from .filter import Filter
    from .grammar import parse

    try:
        tree = parse(text)
        return Filter(text, None if tree is None else bind(tree))
    except FilterError as error:
        error.text = text
        raise
    except RecursionError:
        wrong = FilterError("Nested too deeply", 0)
        wrong.text = text
        raise wrong from None


__all__ = ["FilterError", "compile"]
