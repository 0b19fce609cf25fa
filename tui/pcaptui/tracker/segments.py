"""The segments of whole streams side by side, as columns, and who came before whom."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from ..loader.table import PacketTable
from .arrays import run_starts

FIN, SYN, RST, ACK = 1, 2, 4, 16
Scalar = TypeVar("Scalar", bound=np.integer[Any])
Bools = NDArray[np.bool_]
Words = NDArray[np.uint32]
Places = NDArray[np.int32]


def signed(difference: Words) -> NDArray[np.int32]:
    """Sequence numbers wrap: a difference modulo 2**32 read as a signed number (RFC 9293, 3.4)."""
    return difference.view(np.int32)


def chunks(keys: NDArray[np.int64], size: int) -> Iterator[NDArray[np.int64]]:
    """Cut sorted keys (stream << 32 | packet) into pieces of about `size` that hold whole streams."""
    start = 0
    while start < len(keys):
        stop = start + size
        if stop < len(keys):
            stop = int(np.searchsorted(keys, ((keys[stop - 1] >> 32) + 1) << 32))
        yield keys[start:stop]
        start = stop


class Segments:
    """Columns of n segments, stream after stream, in capture order within a stream.

    A place is a position in these columns. `prev` and `opp` are the places of the latest earlier segment of the same
    stream in the same and in the other direction, -1 if there is none; `start` is the stream's first place, `run` the
    stream's ordinal here. `end` is the sequence number after the segment (SYN or FIN count once).
    """

    def __init__(self, table: PacketTable, keys: NDArray[np.int64]) -> None:
        self.packets = keys & 0xFFFFFFFF
        streams = keys >> 32
        self.size = len(keys)
        self.sequence: Words = table["sequence"][self.packets]
        self.ack: Words = table["acknowledgment"][self.packets]
        self.window: NDArray[np.uint16] = table["window"][self.packets]
        self.flags: NDArray[np.uint16] = table["tcp_flags"][self.packets]
        self.length: Words = table["payload_length"][self.packets]
        self.second: Bools = table["direction"][self.packets] == 1
        self.new = run_starts(streams)
        self.heads = np.flatnonzero(self.new)
        self.streams = streams[self.heads]
        self.run = np.cumsum(self.new) - 1
        self.places: Places = np.arange(self.size, dtype=np.int32)
        self.start: Places = self.heads.astype(np.int32)[self.run]
        self._times = table["time"]
        self.has_ack: Bools = (self.flags & ACK) != 0
        self.has_syn: Bools = (self.flags & SYN) != 0
        self.plain: Bools = (self.flags & (SYN | FIN | RST)) == 0
        self.end: Words = self.sequence + self.length
        self.end += (self.flags & (SYN | FIN)) != 0
        self.first = ~self.second
        self.prev, self.opp = self.split(self.latest(self.first, True), self.latest(self.second, True))

    def times(self, places: NDArray[np.int64] | Places) -> NDArray[np.int64]:
        """ns since 1970 of some segments."""
        taken: NDArray[np.int64] = self._times[self.packets[places]]
        return taken

    def latest(self, mask: Bools, before: bool = False) -> Places:
        """The latest place of the same stream where `mask` holds, up to each place (or strictly before); else -1."""
        found = np.maximum.accumulate(np.where(mask, self.places, np.int32(-1)))
        if before:
            found[1:] = found[:-1].copy()
            found[:1] = -1
        found[found < self.start] = -1
        return found

    def split(self, first: NDArray[np.int32], second: NDArray[np.int32]) -> tuple[Places, Places]:
        """Values kept by direction, turned into (those of the sender's direction, those of the other)."""
        return np.where(self.second, second, first), np.where(self.second, first, second)


def at(column: NDArray[Scalar], places: Places) -> NDArray[Scalar]:
    """column[places], 0 where the place is -1."""
    found: NDArray[Scalar] = column[places]
    found *= places >= 0
    return found
