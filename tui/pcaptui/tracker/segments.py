"""The segments of whole streams side by side, as columns, and who came before whom."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..loader.table import PacketTable
from .arrays import Scalar, masked, run_starts

FIN, SYN, RST, ACK = 1, 2, 4, 16
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
    stream's ordinal here; by stream: `heads` are first places, `sizes` numbers of segments. `end` is the sequence
    number after the segment (SYN or FIN count once).
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
        self.sizes = np.diff(self.heads, append=self.size)
        self.run = self.spread(np.arange(len(self.heads)))
        self.start: Places = self.spread(self.heads.astype(np.int32))
        self._times = table["time"]
        self._order = np.arange(self.size, dtype=np.int32)
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
        found: Places = np.full(self.size, -1, np.int32)
        size = self.size - before
        np.bitwise_or(self._order[:size], np.negative((~mask[:size]).view(np.int8)), out=found[int(before) :])
        np.maximum.accumulate(found, out=found)
        found |= np.negative((found < self.start).view(np.int8))
        return found

    def spread(self, by_stream: NDArray[Scalar]) -> NDArray[Scalar]:
        """One value a stream, given to all its segments."""
        return np.repeat(by_stream, self.sizes)

    def split(self, first: NDArray[Scalar], second: NDArray[Scalar]) -> tuple[NDArray[Scalar], NDArray[Scalar]]:
        """Values kept by direction, turned into (those of the sender's direction, those of the other)."""
        exchange: NDArray[Any] = masked(self.second, np.bitwise_xor(first, second))
        return exchange ^ first, exchange ^ second


def at(column: NDArray[Scalar], places: Places) -> NDArray[Scalar]:
    """column[places], 0 where the place is -1."""
    found: NDArray[Scalar] = column.take(places, mode="wrap")
    found *= places >= 0
    return found
