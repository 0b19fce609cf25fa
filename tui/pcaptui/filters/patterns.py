"""Regular expressions as Wireshark's (PCRE2, case ignored) in Python's, over bytes."""

from __future__ import annotations

import re
import warnings

_CLASSES = {
    "alpha": "a-zA-Z", "digit": "0-9", "alnum": "a-zA-Z0-9", "upper": "A-Z", "lower": "a-z", "space": r"\s",
    "xdigit": "0-9a-fA-F", "word": r"\w", "blank": r" \t", "punct": r"!-/:-@\[-`{-~", "cntrl": r"\x00-\x1f\x7f",
    "print": r"\x20-\x7e", "graph": r"\x21-\x7e", "ascii": r"\x00-\x7f",
}  # fmt: skip
_CLASS = re.compile(r"\[:(\w+):\]")
_QUOTED = re.compile(r"\\Q(.*?)(?:\\E|\Z)", re.DOTALL)
_OPENING = re.compile(r"\(\?(-?)([imsx]+)\)")
_ESCAPED = {"\\h": r"[ \t]", "\\R": r"(?:\r\n|\n|\r)", "\\z": r"\Z", "\\Z": r"(?=\n?\Z)", "\\K": ""}
_ESCAPE = re.compile(r"\\.", re.DOTALL)
LONGEST = 4096


class BadPattern(Exception):
    """The text says what is wrong."""


def compile_pattern(text: str) -> re.Pattern[bytes]:
    """A pattern, one character a byte. Raises BadPattern."""
    if len(text) > LONGEST:
        raise BadPattern(f"A regular expression has at most {LONGEST} characters")
    flags = re.IGNORECASE
    if (opening := _OPENING.match(text)) is not None:
        text = text[opening.end() :]
        for letter in opening[2]:
            flag = {"i": re.IGNORECASE, "m": re.MULTILINE, "s": re.DOTALL, "x": re.VERBOSE}[letter]
            flags = flags & ~flag if opening[1] else flags | flag
    text = _QUOTED.sub(lambda match: re.escape(match[1]), text)
    text = _ESCAPE.sub(lambda match: _ESCAPED.get(match[0], match[0]), text)
    text = _CLASS.sub(lambda match: _CLASSES.get(match[1], match[0]), text)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return re.compile(text.encode("latin-1"), flags)
    except (re.error, RecursionError, OverflowError, ValueError, UnicodeError) as error:
        reason = error.msg if isinstance(error, re.error) else str(error) or "too complicated"
        raise BadPattern(f"The regular expression is wrong: {reason}") from None
