"""Bytes from many places of a file at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def gather(raw: NDArray[np.uint8], places: NDArray[np.int64], room: NDArray[np.int64], width: int) -> NDArray[np.uint8]:
    """`width` bytes from each of the places in `raw`, shape (n, width): those beyond `room` (n) and the end are 0.

    A whole row is copied as one item wherever it is there: ten times as quick as byte by byte.
    """
    inside = (places >= 0) & (places <= len(raw) - width)
    if width and len(raw) >= width and inside.all():
        found = _rows(raw, places, width)
    else:
        found = np.zeros((len(places), width), np.uint8)
        if width and inside.any():
            found[inside] = _rows(raw, places[inside], width)
        partly = ~inside & (places < len(raw)) & (places > -width)  # the file may have been shortened
        for place in np.flatnonzero(partly).tolist():
            begin = int(places[place])
            there = raw[max(begin, 0) : max(begin + width, 0)]
            found[place, max(-begin, 0) : max(-begin, 0) + len(there)] = there
    short = np.flatnonzero(room < width)
    if len(short):
        part = found[short]
        part[np.arange(width) >= room[short, None]] = 0
        found[short] = part
    return found


def _rows(raw: NDArray[np.uint8], places: NDArray[np.int64], width: int) -> NDArray[np.uint8]:
    rows = np.ndarray((len(raw) - width + 1,), f"V{width}", raw, strides=(1,))
    return rows[places].view(np.uint8).reshape(-1, width)


def pieces(raw: NDArray[np.uint8], begin: NDArray[np.int64], size: NDArray[np.int64]) -> list[bytes]:
    """The bytes from each place on, `size` (not negative) of them, fewer at the end."""
    ends = (begin + size).tolist()
    return [raw[one:end].tobytes() for one, end in zip(begin.tolist(), ends, strict=True)]
