"""Words for findings: times, counts and lists as people say them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from ..tracker.words import duration, size

__all__ = ["count", "duration", "listed", "ports", "size"]


def count(number: int, noun: str, plural: str = "") -> str:
    """'1 packet', '3 packets'."""
    return f"{number} {noun if number == 1 else plural or noun + 's'}"


def listed(items: Sequence[str], most: int = 5) -> str:
    """'a, b and c'; of many the first, and how many more."""
    if len(items) > most:
        return f"{', '.join(items[:most])} and {len(items) - most} more"
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}" if items else ""


def ports(numbers: Sequence[int], most: int = 12) -> str:
    """Ports in order, neighbours as ranges: '22, 80, 8000–8003'."""
    ordered = sorted(set(numbers))
    breaks = [place for place in range(1, len(ordered)) if ordered[place] != ordered[place - 1] + 1]
    ranges = [
        (ordered[begin], ordered[end - 1]) for begin, end in pairwise([0, *breaks, len(ordered)] if ordered else [])
    ]
    parts = [str(low) if low == high else f"{low}–{high}" for low, high in ranges]
    rest = f" and {len(parts) - most} more" if len(parts) > most else ""
    return ", ".join(parts[:most]) + rest
