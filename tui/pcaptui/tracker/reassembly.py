"""The byte streams of a conversation: a plan made from columns, and bytes read from the capture when asked for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ..loader.table import NONE16, Layer, PacketTable
from .bytestream import Bools, Longs, SegmentColumns, arrange
from .carriers import Carried, carried
from .segments import ACK, FIN, RST, SYN
from .tracker import Tracker

_SET_ASIDE = int(Layer.QUOTED | Layer.TCP_CUT)
_TCP_HEADER = 20


class Frames(Protocol):
    """What a plan asks of a capture."""

    @property
    def table(self) -> PacketTable: ...

    @property
    def tracker(self) -> Tracker: ...

    def frame(self, index: int) -> bytes: ...

    def gather(self, packets: Longs, offsets: Longs, width: int) -> NDArray[np.uint8]: ...


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of bytes of one direction, from one packet, or a gap of `length` bytes before that packet.

    `start` counts the bytes of its direction before it, gaps included. `packet` is a packet index.
    """

    packet: int
    direction: int
    start: int
    length: int
    gap: bool


@dataclass(slots=True)
class _Payloads:
    """The packets of a stream that take part, one entry each. `at`: where the payload begins in the frame, -1: in an
    assembled datagram; `captured`: bytes of it that are there; `length`: bytes on the wire."""

    packet: Longs
    direction: NDArray[np.uint8]
    at: Longs
    captured: Longs
    length: Longs


class Plan:
    """The pieces of a stream in the order in which they became contiguous for a reader, as columns of m entries.

    packet: packet index; direction: 0 or 1 as in the table; start: place in the stream of that direction; skip: place
    in the packet's payload; length; gap: whether the bytes are missing. Pieces of a direction follow each other
    without holes. `client` is the direction in which the client sends. Nothing is read before it is asked for.
    """

    def __init__(self, frames: Frames, kind: str, number: int, payloads: _Payloads, pieces: tuple[Longs, ...],
                 missing: Bools) -> None:  # fmt: skip
        self._frames = frames
        self.kind = kind
        self.number = number
        self.client = frames.tracker.client_direction(kind, number)
        row, start, end, begin = pieces
        row, start, length, skip, gap = _split(row, start, end, begin, payloads.captured[row], missing)
        first = _gap_starts(gap, payloads.direction[row])
        self.length: Longs = np.add.reduceat(length, first) if len(first) else length
        row = row[first]
        self.packet: Longs = payloads.packet[row]
        self.direction: NDArray[np.uint8] = payloads.direction[row]
        self.start: Longs = start[first]
        self.skip: Longs = skip[first]
        self.gap: Bools = gap[first]
        self._at = payloads.at[row]
        self._of: dict[int, Longs] = {}

    def __len__(self) -> int:
        return len(self.packet)

    def piece(self, place: int) -> Piece:
        return Piece(
            int(self.packet[place]), int(self.direction[place]), int(self.start[place]), int(self.length[place]),
            bool(self.gap[place]),
        )  # fmt: skip

    def __iter__(self) -> Iterator[Piece]:
        return map(self.piece, range(len(self)))

    def side(self, place: int) -> str:
        """Who sent a piece: "client" or "server"."""
        return "client" if int(self.direction[place]) == self.client else "server"

    def read(self, place: int) -> bytes:
        """The bytes of one piece; b"" for a gap."""
        if self.gap[place]:
            return b""
        at, skip, size = int(self._at[place]), int(self.skip[place]), int(self.length[place])
        packet = int(self.packet[place])
        if at < 0:
            return self._frames.tracker.assembled_payload(packet)[skip : skip + size]
        return self._frames.frame(packet)[at + skip : at + skip + size]

    def places(self, direction: int) -> Longs:
        """The pieces of one direction, in their order, which is that of their starts."""
        if direction not in self._of:
            self._of[direction] = np.flatnonzero(self.direction == direction)
        return self._of[direction]

    def total(self, direction: int) -> int:
        """Bytes of a direction that are there."""
        return int(self.length[(self.direction == direction) & ~self.gap].sum())

    def missing(self, direction: int) -> int:
        """Bytes of a direction that are in gaps."""
        return int(self.length[(self.direction == direction) & self.gap].sum())

    def piece_at(self, direction: int, position: int) -> int | None:
        """The piece that holds a byte of a direction's stream, None behind its end."""
        places = self.places(direction)
        found = int(np.searchsorted(self.start[places], position, side="right")) - 1
        if found < 0 or position >= self.start[places[found]] + self.length[places[found]]:
            return None
        return int(places[found])

    def bytes_at(self, direction: int, position: int, count: int) -> bytes:
        """Up to `count` bytes of a direction from a position on; they end before the next gap."""
        place = self.piece_at(direction, position)
        if place is None or count <= 0:
            return b""
        places = self.places(direction)
        parts, have = [], 0
        for following in places[np.searchsorted(places, place) :]:
            if have >= count or self.gap[following]:
                break
            data = self.read(int(following))[position + have - int(self.start[following]) :]
            parts.append(data[: count - have])
            have += len(parts[-1])
        return b"".join(parts)

    def find(self, pattern: bytes, direction: int | None = None, after: int = 0) -> tuple[int, int] | None:
        """(piece, position in its direction) of the first match that begins in piece `after` or later, looking through
        the pieces in the reader's order; matches may cross pieces, not gaps. Memory is bounded by the pattern."""
        if not pattern:
            return None
        tails = [b"", b""]
        places = np.flatnonzero(~self.gap if direction is None else ~self.gap & (self.direction == direction))
        ends = [-1, -1]
        for place in places[np.searchsorted(places, after) :].tolist():
            side, start = int(self.direction[place]), int(self.start[place])
            tail = tails[side] if ends[side] == start else b""
            data = tail + self.read(place)
            found = data.find(pattern)
            if found >= 0:
                position = start - len(tail) + found
                holder = self.piece_at(side, position)
                return (place if holder is None else holder), position
            keep = len(pattern) - 1
            tails[side], ends[side] = data[-keep:] if keep else b"", start + int(self.length[place])
        return None

    def turns(self) -> Longs:
        """Places where the direction changes, with 0 and the number of pieces around them: the bounds of runs that one
        side sent without an answer between."""
        changes = np.flatnonzero(np.diff(self.direction)) + 1
        return np.concatenate([[0], changes, [len(self)]]).astype(np.int64) if len(self) else np.zeros(1, np.int64)


def follow_plan(frames: Frames, kind: str, number: int) -> Plan:
    """Plan a stream's bytes; `kind` is "tcp" or "udp". Raises KeyError where the capture has no such stream."""
    packets = frames.tracker.packets(kind, number)
    if not len(packets):
        raise KeyError(f"{kind}:{number}")
    return _tcp(frames, number, packets) if kind == "tcp" else _udp(frames, number, packets)


def _payloads(table: PacketTable, packets: Longs) -> _Payloads:
    """As the table has them."""
    layers = table["layers"][packets]
    length = table["payload_length"][packets].astype(np.int64)
    at = table["payload"][packets].astype(np.int64)
    room = np.where(at == NONE16, 0, table["captured"][packets].astype(np.int64) - at)
    captured = np.clip(room, 0, length)
    assembled = layers & np.uint16(Layer.ASSEMBLED) != 0
    at[assembled], captured[assembled] = -1, length[assembled]
    return _Payloads(packets, table["direction"][packets], at, captured, length)


def _tcp(frames: Frames, number: int, packets: Longs) -> Plan:
    table = frames.table
    packets = packets[table["layers"][packets] & np.uint16(_SET_ASIDE) == 0]
    at, header = table["payload"][packets], table["transport"][packets]
    packets = packets[(at == NONE16) | (header == NONE16) | (at >= header.astype(np.int64) + _TCP_HEADER)]
    payloads = _payloads(table, packets)
    flags = table["tcp_flags"][packets]
    columns = SegmentColumns(
        payloads.direction,
        table["sequence"][packets] + (flags & SYN != 0).astype(np.uint32),
        flags & SYN != 0,
        flags & FIN != 0,
        payloads.length,
        table["acknowledgment"][packets],
        (flags & (ACK | RST)) == ACK,
    )
    found = arrange(columns)
    pieces = (found.row, found.start, found.end, found.position[found.row])
    return Plan(frames, "tcp", number, payloads, pieces, found.missing)


def _udp(frames: Frames, number: int, packets: Longs) -> Plan:
    table = frames.table
    own = packets[(table["layers"][packets] & np.uint16(Layer.QUOTED) == 0) & (table["stream"][packets] == number)]
    own = own[table["ip_protocol"][own] == 17]
    payloads = _payloads(table, own)
    outer = carried(frames, number, own)
    if len(outer.packet):
        payloads = _joined(payloads, outer)
    start = np.zeros(len(payloads.packet), np.int64)
    for direction in (0, 1):
        mine = payloads.direction == direction
        start[mine] = np.cumsum(payloads.length[mine]) - payloads.length[mine]
    row = np.flatnonzero(payloads.length > 0)
    pieces = (row, start[row], (start + payloads.length)[row], start[row])
    return Plan(frames, "udp", number, payloads, pieces, np.zeros(len(row), bool))


def _joined(own: _Payloads, outer: Carried) -> _Payloads:
    """Datagrams that a table row describes and those around a tunnel, each once, in the order of packets."""
    names = _Payloads.__slots__
    columns = {name: np.concatenate([getattr(outer, name), getattr(own, name)]) for name in names}
    columns["direction"][len(outer.packet) :] = outer.own_direction
    _, first = np.unique(columns["packet"] << 16 | columns["at"] & NONE16, return_index=True)
    return _Payloads(**{name: columns[name][first] for name in names})


def _gap_starts(gap: Bools, direction: NDArray[np.uint8]) -> Longs:
    """The pieces without those gaps that go on another one right before them."""
    goes_on = np.zeros(len(gap), bool)
    goes_on[1:] = gap[1:] & gap[:-1] & (direction[1:] == direction[:-1])
    return np.flatnonzero(~goes_on)


def _split(row: Longs, start: Longs, end: Longs, begin: Longs, captured: Longs,
           missing: Bools) -> tuple[Longs, Longs, Longs, Longs, Bools]:  # fmt: skip
    """Part pieces into what was captured and what was cut off; returns row, start, length, skip and gap."""
    skip = np.where(missing, 0, start - begin)
    have = np.where(missing, 0, np.clip(captured - skip, 0, end - start))
    lost = end - start - have
    rows = np.repeat(row, 2)
    starts = np.stack([start, start + have], 1).ravel()
    lengths = np.stack([have, lost], 1).ravel()
    skips = np.stack([skip, skip + have], 1).ravel()
    gaps = np.tile(np.array([False, True]), len(row))
    there = lengths > 0
    return rows[there], starts[there], lengths[there], skips[there], gaps[there]
