"""Fields described by lines of text: one line a field, for layouts of many bits that change only with the standard.

A line is `KEY|FIELD|NAME|FORM|WORD|WORD...`. KEY is `@2` for the next two bytes (`@*`: all that are left) or a mask in
hexadecimal, for bits of the field before. FIELD that begins with a dot goes on behind the record's prefix.
FORM: `d` decimal, `x` hexadecimal, `i` signed, `h` bytes, `m` MAC address, `4` IPv4 address, `s` text, `b` true or
false (`b24`: bits are drawn in 24), with a unit behind a blank. WORDs are `3 name` or `4-7 name`; those of `b`
are for true and for false: `bs` supported, `bt` set, `bp` present, `bk` known.
"""

from __future__ import annotations

from functools import cached_property

from .branch import Branch
from .words import bit_pattern, number, shift_of

_PAIRS = {"s": ("Supported", "Not supported"), "t": ("Set", "Not set"), "p": ("Present", "Absent"),
          "k": ("Known", "Unknown")}  # fmt: skip
WIDEST = 1024
"""A range of values in a description is no longer than that."""


class Line:
    """One field: `size` bytes (-1: all that are left), or the bits of `mask`."""

    __slots__ = ("field", "form", "mask", "name", "pair", "size", "unit", "width", "words")

    def __init__(self, prefix: str, text: str) -> None:
        key, field, self.name, form, *words = text.split("|")
        self.mask = 0 if key.startswith("@") else int(key, 16)
        self.size = 0 if self.mask else -1 if key == "@*" else int(key[1:])
        self.field = prefix + field if field.startswith(".") or not field else field
        self.form, _, unit = form.partition(" ")
        self.unit = f" {unit}" if unit else ""
        self.pair, self.width, self.words = ("True", "False"), 0, _words(words) if form[0] != "b" else {}
        if form[0] == "b":
            rest = self.form[1:]
            self.form = "b"
            self.width = int(rest) if rest.isdigit() else 0
            self.pair = (words[0], words[1]) if len(words) > 1 else _PAIRS.get(rest, self.pair)

    def said(self, value: int, digits: int) -> str:
        """The value in words."""
        if self.form == "b":
            return self.pair[0] if value else self.pair[1]
        text = number(value, "x" if self.form == "x" else "d", digits)
        if self.words:
            text = f"{self.words.get(value, 'Unknown')} ({text})"
        return text + self.unit


def _words(parts: list[str]) -> dict[int, str]:
    found: dict[int, str] = {}
    for part in parts:
        key, _, word = part.partition(" ")
        first, _, last = key.partition("-")
        low, high = int(first), int(last or first)
        for value in range(low, min(high, low + WIDEST) + 1):
            found.setdefault(value, word)
    return found


class Record:
    """Fields one behind the other. The description is read when it is first needed."""

    def __init__(self, prefix: str, text: str, little: bool = True) -> None:
        self.prefix = prefix
        self.little = little
        self._text = text

    @cached_property
    def lines(self) -> list[Line]:
        return [Line(self.prefix, line) for line in self._text.splitlines() if line]

    def put(self, branch: Branch, at: int, end: int) -> int:
        """Put the fields on a branch, from `at` on, bits below the field that they are of; the place behind the last.
        Raises Short where they do not fit before `end`."""
        return self._put(branch.within(at, end), at, end, True)

    def flat(self, branch: Branch, at: int, end: int) -> int:
        """The same, with the bits beside the fields that they are of."""
        return self._put(branch.within(at, end), at, end, False)

    def bits(self, branch: Branch, at: int, size: int) -> None:
        """Put only bits, those of `size` bytes."""
        whole = branch.number(at, size, self.little)
        for line in self.lines:
            _bits(branch, line, whole, at, size)

    def _put(self, branch: Branch, at: int, end: int, nested: bool) -> int:
        below, whole, last, place = branch, 0, 0, at
        for line in self.lines:
            if line.mask:
                _bits(below, line, whole, place, last)
                continue
            place, last = at, (max(0, end - at) if line.size < 0 else line.size)
            if line.size < 0 and last == 0:
                continue
            made = self.one(branch, line, place, last)
            below = made if nested else branch
            whole = branch.number(place, last, self.little) if last <= 8 else 0
            at += last
        return at

    def one(self, branch: Branch, line: Line, at: int, size: int) -> Branch:
        """One field that has its bytes for itself."""
        raw = branch.raw(at, size)
        form = line.form
        if form == "m":
            text = raw.hex(":")
            return branch.add(f"{line.name}: {text}", line.field, text, at, size)
        if form == "4":
            text = ".".join(map(str, raw))
            return branch.add(f"{line.name}: {text}", line.field, text, at, size)
        if form == "h":
            branch.blob(line.field, line.name, at, size)
            return Branch(branch.walk, branch.view, branch.node.children[-1])
        if form == "s":
            branch.string(line.field, line.name, at, size)
            return Branch(branch.walk, branch.view, branch.node.children[-1])
        value = int.from_bytes(raw, "little" if self.little else "big", signed=form == "i")
        shown: bool | int = bool(value) if form == "b" else value
        return branch.add(f"{line.name}: {line.said(value, 2 * size)}", line.field, shown, at, size)


def _bits(branch: Branch, line: Line, whole: int, at: int, size: int) -> None:
    mask = line.mask
    shift = shift_of(mask)
    value = (whole & mask) >> shift
    if line.form == "i" and value >> (mask >> shift).bit_length() - 1:
        value -= (mask >> shift) + 1
    digits = ((mask >> shift).bit_length() + 3) // 4
    pattern = bit_pattern(whole, mask, line.width or 8 * size)
    shown: bool | int = bool(value) if line.form == "b" else value
    branch.add(f"{pattern} = {line.name}: {line.said(value, digits)}", line.field, shown, at, size)
