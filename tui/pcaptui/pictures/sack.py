"""The blocks of SACK options (RFC 2018, 3) of many TCP headers at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..capture import Capture

Longs = NDArray[np.int64]
_HEADER = 60
_PART = 32_768
_NOP, _SACK = 1, 5


@dataclass(slots=True)
class Blocks:
    """m blocks: `place` (ascending) of the segment that tells each, its first number and the one behind its last."""

    place: Longs
    left: Longs
    right: Longs


def sack_blocks(capture: Capture, packets: Longs) -> Blocks:
    """The blocks in the TCP headers of `packets`; `place` counts in these, numbers are raw. Blocks cut short by the
    end of the frame or of the header are left out."""
    table = capture.table
    found: list[tuple[Longs, Longs, Longs]] = []
    for start in range(0, len(packets), _PART):
        part = packets[start : start + _PART]
        transport = table["transport"][part].astype(np.int64)
        headers = capture.gather(part, transport, _HEADER)
        size = (headers[:, 12] >> 4).astype(np.int64) * 4
        ends = np.minimum(size, table["captured"][part].astype(np.int64) - transport)
        found += [(place + start, left, right) for place, left, right in _walk(headers, np.minimum(ends, _HEADER))]
    if not found:
        none = np.zeros(0, np.int64)
        return Blocks(none, none, none)
    place, left, right = (np.concatenate(column) for column in zip(*found, strict=True))
    order = np.argsort(place, kind="stable")
    return Blocks(place[order], left[order], right[order])


def _walk(headers: NDArray[np.uint8], ends: Longs) -> list[tuple[Longs, Longs, Longs]]:
    """Walk the options of all headers side by side (RFC 9293, 3.2); a broken length ends a header's walk."""
    found: list[tuple[Longs, Longs, Longs]] = []
    rows = np.flatnonzero(ends > 21)
    at = np.full(len(rows), 20)
    while len(rows):
        kind = headers[rows, at]
        length = np.where(kind == _NOP, 1, headers[rows, np.minimum(at + 1, _HEADER - 1)]).astype(np.int64)
        sack = np.flatnonzero((kind == _SACK) & (length >= 10))
        if len(sack):
            stop = np.minimum(at[sack] + length[sack], ends[rows[sack]])
            found += _edges(headers, rows[sack], at[sack] + 2, stop)
        on = (kind != 0) & ((length >= 2) | (kind == _NOP)) & (at + length + 1 < ends[rows])
        rows, at = rows[on], at[on] + length[on]
    return found


def _edges(headers: NDArray[np.uint8], rows: Longs, at: Longs, stop: Longs) -> list[tuple[Longs, Longs, Longs]]:
    found: list[tuple[Longs, Longs, Longs]] = []
    while True:
        whole = at + 8 <= stop
        rows, at, stop = rows[whole], at[whole], stop[whole]
        if not len(rows):
            return found
        found.append((rows, _number(headers, rows, at), _number(headers, rows, at + 4)))
        at = at + 8


def _number(headers: NDArray[Any], rows: Longs, at: Longs) -> Longs:
    number = np.zeros(len(rows), np.int64)
    for byte in range(4):
        number = number << 8 | headers[rows, at + byte]
    return number
