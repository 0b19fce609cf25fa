"""Payloads of many packets, and of what follows them in their TCP streams, without a message's reader in between."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator

import numpy as np

from ..capture import Capture
from ..loader.table import NONE16
from .block import Block

PIECES = 20_000
"""Packets of a stream that are looked through for the rest of a message."""
LONGEST = 8 << 20


def payloads(block: Block) -> Iterator[tuple[int, bytes]]:
    """Each packet of the block and the captured part of its transport payload, as Capture.payload."""
    start = block.column("payload").astype(np.int64)
    end = start + np.minimum(block.column("payload_length"), block.column("captured") - start)
    start = np.where(start == NONE16, end, start)
    offset = block.column("offset")
    capture = block.capture
    raws = [capture.raw(interface.file).data for interface in capture.interfaces]
    columns = (block.packets, block.column("interface"), offset + start, offset + np.maximum(end, start))
    for index, interface, first, last in zip(*(column.tolist() for column in columns), strict=True):
        yield index, raws[interface][first:last].tobytes()


class Runs:
    """Payloads that follow on each other without a gap, in each direction of each TCP stream: where the byte so far
    behind a segment comes is found without a look at what lies between."""

    def __init__(self, capture: Capture) -> None:
        table = capture.table
        loaded = (table["ip_protocol"] == 6) & (table["payload_length"] > 0) & (table["stream"] >= 0)
        packets = np.flatnonzero(loaded)
        side = table["stream"][packets].astype(np.int64) * 2 + (table["direction"][packets] & 1)
        order = np.argsort(side, kind="stable")
        side, packets = side[order], packets[order]
        length = table["payload_length"][packets].astype(np.int64)
        sequence = table["sequence"][packets].astype(np.int64)
        joins = (side[1:] == side[:-1]) & (sequence[1:] == (sequence[:-1] + length[:-1]) & 0xFFFFFFFF)
        self.packets = packets
        self.sides = side
        self._bytes = np.cumsum(length)
        breaks = np.append(np.flatnonzero(~joins) + 1, len(packets))
        self._breaks = breaks
        self.places = np.full(len(table), -1, np.int64)
        self.places[packets] = np.arange(len(packets))

    def reaching(self, packet: int, size: int) -> int | None:
        """The packet with the last of `size` bytes from the beginning of this packet's payload; None where they do
        not all follow in a row."""
        place = int(self.places[packet])
        if place < 0:
            return None
        before = int(self._bytes[place - 1]) if place else 0
        end = int(self._breaks[np.searchsorted(self._breaks, place, side="right")])
        found = place + int(np.searchsorted(self._bytes[place:end], before + size))
        return int(self.packets[found]) if found < end else None

    def ends_with(self, packet: int, last: int, size: int) -> bool:
        """Whether so many bytes from the beginning of a packet's payload end where that of another packet does."""
        place, stop = int(self.places[packet]), int(self.places[last])
        return 0 <= place <= stop and int(self._bytes[stop] - (self._bytes[place - 1] if place else 0)) == size


def runs(block: Block) -> Runs:
    """Those of the block's capture."""
    return block.shared("runs of payload", lambda: Runs(block.capture))  # type: ignore[no-any-return]


class Joined:
    """Payload of one direction of a TCP stream from a segment on, as far as it was asked for and nothing is missing.

    A UDP datagram is alone.
    """

    def __init__(self, capture: Capture, index: int, payload: bytes, runs: Runs) -> None:
        self._capture = capture
        self._runs = runs
        self.data = bytearray(payload)
        self._ends = [len(self.data)]
        self._packets = [index]
        self._rest: Iterator[int] | None = None

    def _following(self, index: int) -> Iterator[int]:
        """The packets behind this one in its direction, while each goes on where the one before ended."""
        capture, table = self._capture, self._capture.table
        if int(table["ip_protocol"][index]) != 6:
            return
        packets = capture.tracker.packets("tcp", int(table["stream"][index]))
        packets = packets[int(np.searchsorted(packets, index)) + 1 :][:PIECES]
        loaded = (table["payload_length"][packets] > 0) & (table["direction"][packets] == table["direction"][index])
        wanted = int(table["sequence"][index]) + int(table["payload_length"][index])
        for packet in packets[loaded].tolist():
            if int(table["sequence"][packet]) == wanted & 0xFFFFFFFF:
                yield packet
                wanted += int(table["payload_length"][packet])

    def more(self) -> bool:
        """Take the next segment; False where there is none."""
        if self._rest is None:
            self._rest = self._following(self._packets[0])
        packet = next(self._rest, None) if len(self.data) < LONGEST else None
        if packet is None:
            return False
        self.data += self._capture.payload(packet)
        self._ends.append(len(self.data))
        self._packets.append(packet)
        return True

    def reach(self, size: int) -> bool:
        """Have at least so many bytes."""
        while len(self.data) < size:
            if not self.more():
                return False
        return True

    def reaching(self, size: int) -> int | None:
        """The packet that brings the last of so many bytes, None where they do not come."""
        if size > self._ends[-1]:
            found = self._runs.reaching(self._packets[0], size)
            if found is not None:
                return found
        return self.packet(size) if self.reach(size) else None

    def find(self, what: bytes, at: int) -> int:
        """Where that stands, at `at` or behind; -1."""
        while (found := self.data.find(what, at)) < 0:
            at = max(at, len(self.data) - len(what) + 1)
            if not self.more():
                return -1
        return found

    def packet(self, size: int) -> int:
        """The packet that brings the last of so many bytes."""
        return self._packets[min(bisect_left(self._ends, size), len(self._packets) - 1)]


def joined(block: Block) -> Iterator[tuple[int, Joined]]:
    """Each packet of the block, and its payload with what follows."""
    capture, known = block.capture, runs(block)
    for index, payload in payloads(block):
        yield index, Joined(capture, index, payload, known)
