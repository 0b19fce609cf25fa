"""Characters to tokens. The rules were found by experiment with tshark 4.0.

What may be a word is decided by the longest match, as addresses, byte strings, numbers and names overlap.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from .errors import FilterError

LONGEST = 20_000
"""Characters of a filter; longer ones are refused."""


@dataclass(frozen=True, slots=True)
class Lexeme:
    kind: str
    text: str
    value: Any
    start: int
    end: int


_QUAD = r"\d{1,3}(?:\.\d{1,3}){3}"
_HEXTET = r"[0-9A-Fa-f]{1,4}"
_IPV6 = (
    rf"(?:(?:{_HEXTET}:){{7}}{_HEXTET}"
    rf"|(?:{_HEXTET}(?::{_HEXTET}){{0,6}})?::(?:(?:{_HEXTET}:){{0,6}}(?:{_QUAD}|{_HEXTET}))?)"
)
_CANDIDATES = [
    re.compile(rf"{_IPV6}(?:/\d{{1,3}})?", re.ASCII),
    re.compile(rf"{_QUAD}(?:/\d{{1,2}})?", re.ASCII),
    re.compile(r":?[0-9A-Fa-f]{2}(?::[0-9A-Fa-f]{2})+", re.ASCII),
    re.compile(r":[0-9A-Za-z_]+", re.ASCII),
    re.compile(r"[0-9A-Za-z_][0-9A-Za-z_-]*(?:\.[0-9A-Za-z_-]+)*", re.ASCII),
]
_FIELD_ONLY = re.compile(r"\.[0-9A-Za-z_][0-9A-Za-z_-]*(?:\.[0-9A-Za-z_-]+)*", re.ASCII)
_SYMBOLS = {
    "===": "ALL_EQ", "!==": "ANY_NE", "==": "ANY_EQ", "!=": "ALL_NE", "~=": "ANY_NE", ">=": "GE", "<=": "LE",
    "&&": "AND", "||": "OR", "^^": "XOR", "..": "DOTS", ">": "GT", "<": "LT", "~": "MATCHES", "!": "NOT",
    "(": "OPEN", ")": "CLOSE", "{": "BRACE", "}": "UNBRACE", "[": "BRACKET", "]": "UNBRACKET", ",": "COMMA",
    "+": "PLUS", "-": "MINUS", "*": "TIMES", "/": "OVER", "%": "MODULO", "&": "BITS", "#": "LAYER",
}  # fmt: skip
KEYWORDS = {
    "eq": "ANY_EQ", "any_eq": "ANY_EQ", "all_eq": "ALL_EQ", "ne": "ALL_NE", "all_ne": "ALL_NE", "any_ne": "ANY_NE",
    "gt": "GT", "ge": "GE", "lt": "LT", "le": "LE", "contains": "CONTAINS", "matches": "MATCHES", "in": "IN",
    "and": "AND", "or": "OR", "xor": "XOR", "not": "NOT", "any": "ANY", "all": "ALL", "bitwise_and": "BITS",
}  # fmt: skip
_RANGES = re.compile(r"[^\]]*", re.ASCII)
_ESCAPES = {"a": 7, "b": 8, "f": 12, "n": 10, "r": 13, "t": 9, "v": 11, "'": 39, '"': 34, "\\": 92}
_OCTAL = re.compile(r"[0-7]{1,3}")
_HEX = re.compile(r"x([0-9A-Fa-f]{1,2})")


def lex(text: str) -> Iterator[Lexeme]:
    """All tokens of a filter. Raises FilterError at the first character that begins none."""
    if len(text) > LONGEST:
        raise FilterError(f"A filter has at most {LONGEST:,} characters", LONGEST)
    at = 0
    while True:
        while at < len(text) and text[at] in " \t\r\n":
            at += 1
        if at == len(text):
            return
        token = _token(text, at)
        yield token
        at = token.end
        if token.kind == "BRACKET":
            ranges = _ranges(text, at)
            yield ranges
            at = ranges.end


def _token(text: str, at: int) -> Lexeme:
    first = text[at]
    if first == '"':
        return _string(text, at, at + 1, raw=False)
    if first in "rR" and text[at + 1 : at + 2] == '"':
        return _string(text, at, at + 2, raw=True)
    if first == "'":
        return _character(text, at)
    end = max((match.end() for pattern in _CANDIDATES if (match := pattern.match(text, at))), default=at)
    if end > at:
        word = text[at:end]
        return Lexeme(KEYWORDS.get(word, "WORD"), word, word, at, end)
    if (match := _FIELD_ONLY.match(text, at)) is not None:
        return Lexeme("FIELD", match[0], match[0][1:], at, match.end())
    for size in (3, 2, 1):
        symbol = text[at : at + size]
        if symbol in _SYMBOLS and len(symbol) == size:
            return Lexeme(_SYMBOLS[symbol], symbol, symbol, at, at + size)
    if not first.isascii() or not first.isprintable():
        raise FilterError("Only ASCII characters may stand outside of double quotes", at)
    meant = {"=": "==", "|": "||", "^": "^^"}.get(first, "")
    raise FilterError(f'"{first}" was not expected here', at, 1, meant)


def _ranges(text: str, at: int) -> Lexeme:
    """What stands in brackets, up to the closing one."""
    match = _RANGES.match(text, at)
    assert match is not None
    return Lexeme("RANGES", match[0], match[0], at, match.end())


def _string(text: str, start: int, at: int, raw: bool) -> Lexeme:
    out = bytearray()
    while at < len(text):
        c = text[at]
        if c == '"':
            return Lexeme("STRING", text[start : at + 1], out.decode("latin-1"), start, at + 1)
        if c != "\\":
            out += c.encode("utf-8", "surrogatepass")
            at += 1
        elif raw:
            out += text[at : at + 2].encode("utf-8", "surrogatepass")
            at += 2
        else:
            value, at = _escape(text, at)
            out.append(value)
    raise FilterError("The final quote of this string is missing", start, len(text) - start)


def _escape(text: str, at: int) -> tuple[int, int]:
    """Value and end of the escape sequence at a backslash."""
    following = text[at + 1 : at + 2]
    if following in _ESCAPES and following:
        return _ESCAPES[following], at + 2
    if (match := _HEX.match(text, at + 1)) is not None:
        return int(match[1], 16), match.end()
    if (match := _OCTAL.match(text, at + 1)) is not None:
        if (value := int(match[0], 8)) > 255:
            raise FilterError(f"\\{match[0]} is larger than 255", at, len(match[0]) + 1)
        return value, match.end()
    if not following:
        raise FilterError("The final quote of this string is missing", at)
    raise FilterError(f"\\{following} is no escape sequence (write \\\\ for a backslash)", at, 2)


def _character(text: str, at: int) -> Lexeme:
    place = at + 1
    c = text[place : place + 1]
    if c == "\\":
        value, place = _escape(text, place)
    elif c == "'":
        raise FilterError("This character constant is empty", at, 2)
    else:
        value, place = ord(c) if c else 0, place + 1
    if text[place : place + 1] != "'":
        end = text.find("'", place)
        if end < 0:
            raise FilterError("The final quote of this character is missing", at, len(text) - at)
        raise FilterError("A character constant holds one character; strings stand in double quotes", at, end + 1 - at)
    if value > 255:
        raise FilterError("A character constant is one byte", at, place + 1 - at)
    return Lexeme("CHARACTER", text[at : place + 1], value, at, place + 1)
