"""Axes: round numbers for ticks, and numbers with their units in words."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

_STEPS = (1, 2, 5, 10)
_DECIMAL = ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k"), (1.0, ""))
_TIMES = ((1.0, "s", 1.0), (1e-3, "ms", 1e-3), (1e-6, "µs", 1e-6), (0.0, "ns", 1e-9))
MOST_TICKS = 200


@dataclass(frozen=True, slots=True)
class Tick:
    value: float
    label: str


def round_step(least: float) -> float:
    """The smallest of 1, 2, 5, 10, 20, 50 ... (and their fractions) that is not below `least`."""
    if not least > 0 or not math.isfinite(least):
        return 1.0
    power = 10.0 ** math.floor(math.log10(least))
    return next((step * power for step in _STEPS if step * power >= least * (1 - 1e-9)), 10 * power)


@lru_cache(256)
def ticks(low: float, high: float, most: int, unit: str = "") -> tuple[Tick, ...]:
    """At most `most` + 1 ticks in low..high at round numbers, all labels with one prefix and equally many decimals.

    Units: "s" (seconds), "bytes", "bits/s", anything else stands behind the number as it is ("" for counts).
    """
    if not (math.isfinite(low) and math.isfinite(high)) or high <= low:
        return ()
    step = round_step((high - low) / max(1, min(most, MOST_TICKS)))
    if unit in ("bytes", "packets", "") and step < 1 and high - low >= 1:
        step = 1.0
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    if last - first > MOST_TICKS or abs(first) > 1e15 or abs(last) > 1e15:
        return ()
    values = [place * step for place in range(first, last + 1)]
    factor, name = _scale(max(map(abs, values), default=0.0), unit)
    decimals = max(0, min(9, -math.floor(math.log10(step / factor) + 1e-9)))
    return tuple(Tick(value, f"{value / factor:.{decimals}f}{name}" if value else f"0{name}") for value in values)


def _scale(largest: float, unit: str) -> tuple[float, str]:
    """What numbers up to `largest` are divided by, and what is written behind them."""
    if unit == "s" and largest:
        for least, name, factor in _TIMES:
            if largest >= least:
                return factor, f" {name}"
    if unit == "s":
        return 1.0, " s"
    prefixed = {"bytes": "B", "bytes/s": "B/s", "bits/s": "bit/s", "bits": "bit"}.get(unit)
    if prefixed is None and unit not in ("", "packets", "packets/s"):
        return 1.0, f" {unit}"
    for factor, prefix in _DECIMAL:
        if largest >= factor * (1 if prefixed else 10) or not prefix:
            return factor, f" {prefix}{prefixed}" if prefixed else prefix
    return 1.0, ""


def value_text(value: float, unit: str) -> str:
    """One number with its unit, with as many digits as tell something: '12.5 ms', '1.23 Mbit/s', '1448 B'."""
    if not math.isfinite(value):
        return "?"
    if unit in ("bytes", "packets", "") and abs(value) < 1e5 and value == int(value):
        return f"{int(value)}{' B' if unit == 'bytes' else ''}"
    factor, name = _scale(abs(value), unit)
    scaled = value / factor
    digits = 4 if abs(scaled) >= 1000 else 3
    text = f"{scaled:.{digits}g}" if abs(scaled) < 1e6 else f"{scaled:.0f}"
    return f"{text}{name}"
