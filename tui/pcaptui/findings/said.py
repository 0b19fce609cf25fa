"""What applications sent over TCP, as columns: every segment that brings something new, with its first eight bytes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..loader.table import NONE16
from ..tracker.arrays import run_starts, sort_by_group
from ..tracker.flags import Flag
from .case import Case, Known

Ints = NDArray[np.int64]
_AGAIN = np.uint32(Flag.retransmission | Flag.spurious_retransmission | Flag.keep_alive | Flag.zero_window_probe)
_HEAD = 16 << 10
_PIECES = 64


class Said:
    """Segments with payload, by stream and in packet order within one; n entries each.

    packet: indexes. word: uint64, the first eight bytes of the payload, big-endian, zeros behind its end. stream:
    int32. client: bool, sent by the client. begins: where each stream's run begins, s + 1 entries; `numbers`:
    the streams.
    """

    def __init__(self, case: Case) -> None:
        table, count = case.table, case.count
        self._case = case
        chosen = (table["ip_protocol"][:count] == 6) & (table["payload_length"][:count] > 0) & case.plain
        chosen &= (table["payload"][:count] != NONE16) & (table["stream"][:count] >= 0)
        bits = table["analysis"][:count]
        chosen &= (bits & _AGAIN == 0) | (bits & np.uint32(Flag.fast_retransmission) != 0)
        packets = np.flatnonzero(chosen).astype(np.int64)
        packets = sort_by_group(table["stream"][packets], packets) & 0xFFFFFFFF
        at = table["payload"][packets].astype(np.int64)
        there = np.minimum(table["payload_length"][packets], table["captured"][packets] - at)
        packets, at, there = packets[there > 0], at[there > 0], np.minimum(there[there > 0], 8)
        self.packet: Ints = packets
        self.word = case.capture.words(packets, at) & (~np.uint64(0) << (64 - 8 * there).astype(np.uint64))
        self.stream: NDArray[np.int32] = table["stream"][packets]
        starts = run_starts(self.stream)
        first = np.flatnonzero(starts)
        self.numbers: NDArray[np.int32] = self.stream[first]
        self.begins: Ints = np.append(first, len(packets)).astype(np.int64)
        client = case.tcp.client[np.searchsorted(case.tcp_numbers, self.numbers)]
        self.client: NDArray[np.bool_] = table["direction"][packets] == np.repeat(client, np.diff(self.begins))

    def starts(self, client: bool) -> Ints:
        """The place of the first segment of one side in each stream that has one, in the order of streams."""
        mine = np.flatnonzero(self.client == client)
        return mine[run_starts(self.stream[mine])]

    def run(self, stream: int) -> slice:
        """Places of one stream's segments."""
        place = int(np.searchsorted(self.numbers, stream))
        if place == len(self.numbers) or self.numbers[place] != stream:
            return slice(0, 0)
        return slice(int(self.begins[place]), int(self.begins[place + 1]))

    def payloads(self, places: Ints) -> list[bytes]:
        """The payloads at many places."""
        return self._case.capture.payloads(self.packet[places])

    def text(self, place: int, least: int = 0, mark: bytes = b"") -> bytes:
        """The payload at a place, and what the same side sends behind it until there are `least` bytes and `mark`."""
        capture = self._case.capture
        found = capture.payload(self.packet.item(place))
        stop = min(place + _PIECES, len(self.packet))
        stream, client = self.stream.item(place), self.client.item(place)
        for later in range(place + 1, stop):
            if len(found) >= _HEAD or (len(found) >= least and (not mark or mark in found)):
                break
            if self.stream.item(later) != stream:
                break
            if self.client.item(later) == client:
                found += capture.payload(self.packet.item(later))
        return found


_known: Known[Said] = Known()


def said(case: Case) -> Said:
    """The same for every rule of a case."""
    found = _known.get(case)
    if found is None:
        found = _known[case] = Said(case)
    return found


def word(text: bytes) -> np.uint64:
    """Eight bytes as Said.word has them."""
    return np.uint64(int.from_bytes(text[:8].ljust(8, b"\0"), "big"))


def begins(words: NDArray[np.uint64], *texts: bytes) -> NDArray[np.bool_]:
    """Which words begin with one of these texts, at most eight bytes each."""
    found = np.zeros(len(words), bool)
    for text in texts:
        shift = np.uint64(64 - 8 * len(text))
        found |= words >> shift == word(text) >> shift
    return found


def rows_with(heads: NDArray[np.uint8], mark: bytes) -> list[int]:
    """Which rows of bytes hold a mark, ascending."""
    width, data = heads.shape[1], heads.tobytes()
    found: list[int] = []
    at = data.find(mark)
    while at >= 0:
        row, column = divmod(at, width)
        if column + len(mark) <= width:
            found.append(row)
            at = data.find(mark, (row + 1) * width)
        else:  # it begins in one row and ends in the next
            at = data.find(mark, at + 1)
    return found
