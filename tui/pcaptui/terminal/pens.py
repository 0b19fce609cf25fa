"""Pens: what SGR sequences select, numbered, and the shortest way from one pen to another."""

from __future__ import annotations

from dataclasses import dataclass

_OFF = {1: 22, 2: 22, 3: 23, 4: 24, 5: 25, 6: 25, 7: 27, 8: 28, 9: 29, 21: 24, 51: 54, 52: 54, 53: 55}
_ON_BLANKS = frozenset({4, 7, 9, 21, 51, 52, 53})
"""Attributes that a blank cell shows: underlines, reverse, strike, frames."""

DEFAULT = 0
"""The number of the pen without any attribute, in the terminal's own colours."""


@dataclass(frozen=True, slots=True)
class Pen:
    """Colours are SGR parameters ('31', '48;5;17'), empty for the terminal's own; flags are SGR numbers."""

    foreground: str = ""
    background: str = ""
    flags: frozenset[int] = frozenset()

    def codes(self) -> str:
        parts = [*map(str, sorted(self.flags)), self.foreground, self.background]
        return ";".join(part for part in parts if part)


def parse_codes(codes: str) -> Pen:
    """The pen that the SGR parameters select after a reset. Unknown parameters are left out."""
    foreground = background = ""
    flags: set[int] = set()
    numbers = [int(part) if part.isdecimal() else 0 for part in codes.split(";")] if codes else []
    at = 0
    while at < len(numbers):
        code = numbers[at]
        used = 1
        if code in (38, 48):
            used = {5: 3, 2: 5}.get(numbers[at + 1] if at + 1 < len(numbers) else 0, 1)
            colour = ";".join(map(str, numbers[at : at + used])) if used > 1 else ""
            foreground, background = (colour, background) if code == 38 else (foreground, colour)
        elif 30 <= code <= 37 or 90 <= code <= 97:
            foreground = str(code)
        elif 40 <= code <= 47 or 100 <= code <= 107:
            background = str(code)
        elif code == 39:
            foreground = ""
        elif code == 49:
            background = ""
        elif code in _OFF:
            flags.add(code)
        at += used
    return Pen(foreground, background, frozenset(flags))


class Pens:
    """Numbers pens, so that cells hold and compare small integers. `blank[n]` is how pen n looks on a blank cell."""

    def __init__(self) -> None:
        self._pens: list[Pen] = []
        self._numbers: dict[Pen, int] = {}
        self._by_codes: dict[str, int] = {}
        self._changes: dict[tuple[int | None, int], str] = {}
        self.blank: list[int] = []
        self._number(Pen())

    def number(self, codes: str) -> int:
        """The number of the pen that these SGR parameters select after a reset."""
        found = self._by_codes.get(codes)
        if found is None:
            found = self._by_codes[codes] = self._number(parse_codes(codes))
        return found

    def _number(self, pen: Pen) -> int:
        found = self._numbers.get(pen)
        if found is None:
            found = self._numbers[pen] = len(self._pens)
            self._pens.append(pen)
            self.blank.append(found)
            if pen.flags.isdisjoint(_ON_BLANKS):
                self.blank[found] = self._number(Pen("", pen.background))
        return found

    def change(self, before: int | None, after: int) -> str:
        """The sequence that turns pen `before` (None: nobody knows) into `after`, empty if there is nothing to do."""
        if before == after:
            return ""
        found = self._changes.get((before, after))
        if found is None:
            found = self._changes[before, after] = self._shortest(before, after)
        return found

    def _shortest(self, before: int | None, after: int) -> str:
        codes = self._pens[after].codes()
        reset = f"\x1b[0;{codes}m" if codes else "\x1b[m"
        if before is None:
            return reset
        step = f"\x1b[{';'.join(_differences(self._pens[before], self._pens[after]))}m"
        return step if len(step) <= len(reset) else reset


def _differences(old: Pen, new: Pen) -> list[str]:
    off = {_OFF[flag] for flag in old.flags - new.flags}
    # One number ends two attributes (22 bold and dim): those that stay are set again.
    on = {flag for flag in new.flags if flag not in old.flags or _OFF[flag] in off}
    parts = [*map(str, sorted(off)), *map(str, sorted(on))]
    if old.foreground != new.foreground:
        parts.append(new.foreground or "39")
    if old.background != new.background:
        parts.append(new.background or "49")
    return parts
