"""Window scale options of many TCP headers at once, read from the frames' bytes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from ..loader.records import Interface
from ..loader.table import PacketTable

_HEADER = 60
_BLOCK = 32_768
_WINDOW_SCALE = 3
MAX_SHIFT = 14


class Bytes(Protocol):
    """What the tracker asks of a source: the file's bytes."""

    @property
    def raw(self) -> NDArray[np.uint8]: ...


def gather(raw: NDArray[np.uint8], offsets: NDArray[np.int64], width: int) -> NDArray[np.uint8]:
    """Rows of `width` bytes from each offset, shape (n, width); zeros behind the end of `raw`."""
    rows = np.zeros((len(offsets), width), np.uint8)
    last = len(raw) - width
    whole = offsets <= last
    if last >= 0 and whole.any():
        records: NDArray[Any] = np.ndarray((last + 1,), f"V{width}", raw, strides=(1,))
        rows[whole] = records[offsets[whole]].view(np.uint8).reshape(-1, width)
    for row in np.flatnonzero(~whole).tolist():
        tail = raw[offsets[row] : offsets[row] + width]
        rows[row, : len(tail)] = tail
    return rows


def window_scales(table: PacketTable, packets: NDArray[np.int64], interfaces: Sequence[Interface],
                  sources: Sequence[Bytes]) -> NDArray[np.int8]:  # fmt: skip
    """The shift that each packet's window scale option asks for (at most 14, RFC 7323, 2.3), -1 without option."""
    shifts = np.full(len(packets), -1, np.int8)
    file_of = np.array([interface.file for interface in interfaces], np.int64)
    for start in range(0, len(packets), _BLOCK):
        part = packets[start : start + _BLOCK]
        transport = table["transport"][part].astype(np.int64)
        offsets = table["offset"][part] + transport
        room = np.clip(table["captured"][part] - transport, 0, _HEADER)
        files = file_of[table["interface"][part]]
        headers = np.zeros((len(part), _HEADER), np.uint8)
        for file in np.unique(files).tolist():
            mine = files == file
            headers[mine] = gather(sources[file].raw, offsets[mine], _HEADER)
        shifts[start : start + _BLOCK] = _walk(headers, np.minimum(room, (headers[:, 12] >> 4).astype(np.int64) * 4))
    return shifts


def _walk(headers: NDArray[np.uint8], ends: NDArray[np.int64]) -> NDArray[np.int8]:
    """Walk the options of all headers side by side (RFC 9293, 3.2); a broken length ends a header's walk."""
    shifts = np.full(len(headers), -1, np.int8)
    rows = np.flatnonzero(ends > 20)
    at = np.full(len(rows), 20)
    while len(rows):
        kind = headers[rows, at]
        length = np.where(kind == 1, 1, headers[rows, np.minimum(at + 1, _HEADER - 1)]).astype(np.int64)
        fits = at + length <= ends[rows]
        scale = (kind == _WINDOW_SCALE) & (length == 3) & fits
        shifts[rows[scale]] = np.minimum(headers[rows[scale], at[scale] + 2], MAX_SHIFT)
        goes_on = (kind != 0) & ((length >= 2) | (kind == 1)) & (at + length < ends[rows])
        rows, at = rows[goes_on], at[goes_on] + length[goes_on]
    return shifts
