"""What the printers share: cells of a line, times, and the phase of a packet."""

from __future__ import annotations

import json
import re

import numpy as np
from numpy.typing import NDArray

from .capture import Capture
from .protocols.text import escape
from .tracker.phases import Phase

BILLION = 1_000_000_000


def tsv_cell(value: object) -> str:
    if value is None:
        return ""
    text = ",".join(map(str, value)) if isinstance(value, list) else str(value)
    text = text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")
    return escape(text)


_ENCODE = json.JSONEncoder(ensure_ascii=False).encode
_BEYOND_JSON = re.compile("[\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufeff]")


def json_text(value: object, indent: int | None = None) -> str:
    """JSON as readable UTF-8, but for what JSON leaves alone and terminals or readers of lines do not: DEL, the C1
    controls, other line ends, and what turns the writing direction are \\u escapes."""
    text = _ENCODE(value) if indent is None else json.dumps(value, ensure_ascii=False, indent=indent)
    return text if text.isprintable() else _BEYOND_JSON.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def seconds(time: int, digits: int) -> str:
    """Nanoseconds as seconds with 6 or 9 digits, rounded as tshark's columns are (cut off, not rounded up)."""
    sign, time = ("-", -time) if time < 0 else ("", time)
    whole, rest = divmod(time, BILLION)
    return f"{sign}{whole}.{rest:09d}"[: len(sign) + len(str(whole)) + 1 + digits]


def epoch(time: int) -> str:
    """Nanoseconds since 1970 as seconds, none lost."""
    whole, rest = divmod(time, BILLION)
    return f"{whole}.{rest:09d}"


class Phases:
    """Names of packets' phases, worked out anew when the capture has grown."""

    def __init__(self, capture: Capture) -> None:
        self._capture = capture
        self._column: NDArray[np.uint8] = np.zeros(0, np.uint8)

    def name(self, index: int) -> str | None:
        if index >= len(self._column):
            self._column = self._capture.conversations().phases()
        phase = Phase(int(self._column[index]))
        return None if phase is Phase.none else phase.name
