"""Window scale options of many TCP headers at once, read from the frames' bytes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from ..loader.records import Interface
from ..loader.table import Layer, PacketTable
from .segments import Segments

_HEADER = 60
_BLOCK = 32_768
_SMALLEST = 24
_NOP, _WINDOW_SCALE = 1, 3
MAX_SHIFT = 14
_SACK_LAST = 0x01010402
_NOP_SCALE = 0x010303


class Bytes(Protocol):
    """What the tracker asks of a source: the file's bytes."""

    @property
    def raw(self) -> NDArray[np.uint8]: ...


def gather(raw: NDArray[np.uint8], offsets: NDArray[np.int64], width: int) -> NDArray[np.uint8]:
    """Rows of `width` bytes from each offset, shape (n, width); zeros behind the end of `raw`."""
    last = len(raw) - width
    whole = offsets <= last
    records: NDArray[Any] = np.ndarray((max(last + 1, 0),), f"V{width}", raw, strides=(1,))
    if whole.all():
        return records[offsets].view(np.uint8).reshape(-1, width)
    rows = np.zeros((len(offsets), width), np.uint8)
    rows[whole] = records[offsets[whole]].view(np.uint8).reshape(-1, width)
    for row in np.flatnonzero(~whole).tolist():
        tail = raw[offsets[row] : offsets[row] + width]
        rows[row, : len(tail)] = tail
    return rows


def asking_scales(seg: Segments, table: PacketTable, interfaces: Sequence[Interface],
                  sources: Sequence[Bytes]) -> tuple[NDArray[np.int64], NDArray[np.int8]]:  # fmt: skip
    """Places of all segments with SYN and of others with a window scale option; the shift that each asks for (at most
    14, RFC 7323, 2.3), -1 without option."""
    reader = Reader(table, interfaces, sources)
    syns = np.flatnonzero(seg.has_syn)
    others = np.flatnonzero((table["layers"][seg.packets] & np.uint16(Layer.OPTIONS) != 0) & ~seg.has_syn)
    size = table["payload"][seg.packets[others]] - table["transport"][seg.packets[others]]
    others, size = others[whole := (size >= _SMALLEST) & (size <= _HEADER)], size[whole]
    others = others[reader.unusual(seg.packets[others], size)]
    shifts = reader.scales(seg.packets[others])
    others, shifts = others[shifts >= 0], shifts[shifts >= 0]
    wanted = reader.scales(seg.packets[syns])
    if not len(others):
        return syns, wanted
    places = np.concatenate([syns, others])
    order = np.argsort(places)
    return places[order], np.concatenate([wanted, shifts])[order]


class Reader:
    """Reads headers of many packets from the frames' bytes."""

    def __init__(self, table: PacketTable, interfaces: Sequence[Interface], sources: Sequence[Bytes]) -> None:
        self._table = table
        self._sources = sources
        self._files = np.array([interface.file for interface in interfaces], np.int64)

    def headers(self, packets: NDArray[np.int64], start: int, width: int) -> NDArray[np.uint8]:
        """`width` bytes from byte `start` of each TCP header; behind the captured ones anything may stand."""
        return self.read(packets, self._table["transport"][packets].astype(np.int64) + start, width)

    def read(self, packets: NDArray[np.int64], at: NDArray[np.int64], width: int) -> NDArray[np.uint8]:
        """`width` bytes from byte `at` of each frame; behind the captured ones anything may stand."""
        table = self._table
        offsets = table["offset"][packets] + at
        if len(self._sources) == 1:
            return gather(self._sources[0].raw, offsets, width)
        files = self._files[table["interface"][packets]]
        rows = np.zeros((len(packets), width), np.uint8)
        for file in np.unique(files).tolist():
            mine = files == file
            rows[mine] = gather(self._sources[file].raw, offsets[mine], width)
        return rows

    def unusual(self, packets: NDArray[np.int64], size: NDArray[np.uint16]) -> NDArray[np.bool_]:
        """Whether there may be more than two NOPs and one other option, as nearly all segments have (time stamps)."""
        head = self.headers(packets, 20, 4)
        usual: NDArray[np.bool_] = (head[:, 0] == _NOP) & (head[:, 1] == _NOP) & (head[:, 2] != _WINDOW_SCALE)
        usual &= head[:, 3] == size - 22
        return ~usual

    def scales(self, packets: NDArray[np.int64]) -> NDArray[np.int8]:
        """The shift that each packet's window scale option asks for, -1 without one."""
        shifts = np.full(len(packets), -1, np.int8)
        for start in range(0, len(packets), _BLOCK):
            part = packets[start : start + _BLOCK]
            headers = self.headers(part, 0, _HEADER)
            captured = self._table["captured"][part].astype(np.int64)
            room = np.clip(captured - self._table["transport"][part], 0, _HEADER)
            size = (headers[:, 12] >> 4).astype(np.int64) * 4
            found, usual = _usual(headers, np.where(room >= size, size, 0))
            rest = np.flatnonzero(~usual)
            found[rest] = _walk(headers[rest], np.minimum(room, size)[rest])
            shifts[start : start + _BLOCK] = found
        return shifts


def _usual(headers: NDArray[np.uint8], size: NDArray[np.int64]) -> tuple[NDArray[np.int8], NDArray[np.bool_]]:
    """What `_walk` finds in usual SYNs, and which headers (of `size` bytes) are such: the maximum segment size first,
    the window scale behind one NOP as the second, third or fifth word, or absent."""
    maximum, second, third, fifth, sixth = (
        np.ascontiguousarray(headers[:, at : at + 4]).view(">u4")[:, 0] for at in (20, 24, 28, 36, 40)
    )
    early = (size == 32) & (third == _SACK_LAST)
    early |= (size == 44) & (third == 0x0101080A) & (sixth == 0x04020000)
    early &= second >> 8 == _NOP_SCALE
    middle = (size == 32) & (second == _SACK_LAST) & (third >> 8 == _NOP_SCALE)
    late = (size == 40) & (second == 0x0402080A) & (fifth >> 8 == _NOP_SCALE)
    none = (size == 24) | (size == 28) & ((second == _SACK_LAST) | (second == 0x04020000))
    shifts = np.minimum(np.where(late, fifth, np.where(middle, third, second)) & 0xFF, MAX_SHIFT).astype(np.int8)
    shifts[none] = -1
    return shifts, (early | middle | late | none) & (maximum >> 16 == 0x0204)


def _walk(headers: NDArray[np.uint8], ends: NDArray[np.int64]) -> NDArray[np.int8]:
    """Walk the options of all headers side by side (RFC 9293, 3.2); a broken length ends a header's walk."""
    shifts = np.full(len(headers), -1, np.int8)
    rows = np.flatnonzero(ends > 20)
    at = np.full(len(rows), 20)
    while len(rows):
        kind = headers[rows, at]
        length = np.where(kind == _NOP, 1, headers[rows, np.minimum(at + 1, _HEADER - 1)]).astype(np.int64)
        fits = at + length <= ends[rows]
        scale = (kind == _WINDOW_SCALE) & (length == 3) & fits
        shifts[rows[scale]] = np.minimum(headers[rows[scale], at[scale] + 2], MAX_SHIFT)
        goes_on = (kind != 0) & ((length >= 2) | (kind == _NOP)) & (at + length < ends[rows])
        rows, at = rows[goes_on], at[goes_on] + length[goes_on]
    return shifts
