"""How often and how long, in words."""

from __future__ import annotations

from .words import duration

_NUMBERS = ("", "once", "twice", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_DAY = 86_400


def times(number: int) -> str:
    """'once', 'seven times', '12 times'."""
    if 0 < number < 3:
        return _NUMBERS[number]
    return f"{_NUMBERS[number] if 0 < number < len(_NUMBERS) else number} times"


def span(seconds: float) -> str:
    """A time that may be years: '8 days', '3.5 years', else as words.duration has it."""
    days = seconds / _DAY
    if days >= 730:
        return f"{days / 365.25:.3g} years"
    return f"{days:.3g} days" if days >= 2 else duration(seconds)
