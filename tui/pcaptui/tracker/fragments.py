"""IP fragments: which packets carry one datagram, and the datagram itself when all of it is there."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from ..loader.table import NONE16, Layer, PacketTable
from .echoes import Gather

MAX_FRAGMENTS = 200_000
"""More fragments than this are not put together: a flood of them must not eat the memory."""
MAX_DATAGRAM = 65_535

_IPV4 = struct.Struct(">HHH").unpack_from
_FRAGMENT_HEADER = struct.Struct(">HI").unpack_from

Key = tuple[bytes, int]
Frame = Callable[[int], bytes]
"""The captured bytes of a packet."""
_HEAD = 48


@dataclass(slots=True)
class Piece:
    """One fragment: packet index, offset in the datagram's payload, where its bytes are in the frame (from `at` on,
    `size` of them), whether more follow."""

    index: int
    start: int
    at: int
    size: int
    more: bool
    key: Key


@dataclass(slots=True)
class Datagram:
    """`held`: bytes of all pieces; `end`: where the datagram ends as the first last fragment tells, -1 before that."""

    frame: Frame
    pieces: list[Piece] = field(default_factory=list)
    completed_by: int = -1
    held: int = 0
    end: int = -1

    def add(self, piece: Piece) -> None:
        self.pieces.append(piece)
        self.held += piece.size
        if not piece.more and self.end < 0:
            self.end = piece.start + piece.size

    def try_complete(self) -> bool:
        """Whether the pieces cover the datagram from 0 to the end that a last fragment gives."""
        if self.end < 0 or self.held < self.end:
            return False
        reached = 0
        for piece in sorted(self.pieces, key=_start):
            if piece.start > reached:
                return False
            reached = max(reached, piece.start + piece.size)
        return reached >= self.end

    @property
    def size(self) -> int:
        """Bytes of `payload`."""
        return min(max(piece.start + piece.size for piece in self.pieces), MAX_DATAGRAM)

    def head(self, count: int) -> bytes:
        """The first bytes of `payload`, seldom at the cost of all."""
        first = self.pieces[0]
        if first.start == 0 and first.size >= count:
            return self.frame(first.index)[first.at : first.at + count]
        return self.payload()[:count]

    def payload(self) -> bytes:
        """All pieces put together; where they overlap, the earlier packet's bytes stay."""
        size = self.size
        whole = bytearray(size)
        for piece in reversed(self.pieces):
            end = min(piece.start + piece.size, size)
            whole[piece.start : end] = self.frame(piece.index)[piece.at : piece.at + end - piece.start]
        return bytes(whole)


def _start(piece: Piece) -> int:
    return piece.start


def parse_ipv4(index: int, data: bytes) -> Piece | None:
    """RFC 791, 3.1: the fragment in an IPv4 packet that starts at data[0]; None if it is cut short."""
    if len(data) < 20:
        return None
    header = (data[0] & 15) * 4
    total, identification, word = _IPV4(data, 2)
    if header < 20 or len(data) < total or total < header:
        return None
    key = (data[12:20] + data[9:10], identification)
    return Piece(index, (word & 0x1FFF) * 8, header, total - header, bool(word & 0x2000), key)


def parse_ipv6(index: int, data: bytes) -> Piece | None:
    """RFC 8200, 4.5: the fragment in an IPv6 packet that starts at data[0], behind at most 8 other headers."""
    if len(data) < 48:
        return None
    end = 40 + int.from_bytes(data[4:6], "big")
    header, at = data[6], 40
    for _ in range(8):
        if header == 44:
            break
        if header not in (0, 43, 60) or at + 8 > len(data):
            return None
        header, at = data[at], at + 8 * (data[at + 1] + 1)
    if header != 44 or at + 8 > len(data) or len(data) < end:
        return None
    word, identification = _FRAGMENT_HEADER(data, at + 2)
    key = (data[8:40] + data[at : at + 1], identification)
    return Piece(index, word & 0xFFF8, at + 8, max(end - at - 8, 0), bool(word & 1), key)


class Fragments:
    """Finds the datagram of a fragment; looks at the table's fragments once, when first asked."""

    def __init__(self, table: PacketTable, frame: Frame, gather: Gather | None = None) -> None:
        """With `gather` (see echoes.py) the usual headers are read all at once."""
        self._table = table
        self._frame = frame
        self._gather = gather
        self._seen = 0
        self._open: dict[Key, Datagram] = {}
        self._of: dict[int, Datagram] = {}

    def datagram(self, index: int) -> Datagram | None:
        """The datagram that packet `index` carries a fragment of; None if that packet is no readable fragment."""
        self._scan(index + 1)
        return self._of.get(index)

    def completed(self, protocols: Sequence[int]) -> Iterator[tuple[int, int, bytes]]:
        """All datagrams of some IP protocols that are whole: packet index that completes it, protocol, and the first 8
        bytes of the payload."""
        self._scan(len(self._table))
        for index, datagram in self._of.items():
            protocol = datagram.pieces[0].key[0][-1]
            if datagram.completed_by == index and protocol in protocols:
                yield index, protocol, datagram.head(8)

    def _scan(self, stop: int) -> None:
        if stop <= self._seen:
            return
        found = np.flatnonzero(self._table["layers"][self._seen : stop] & Layer.FRAGMENT) + self._seen
        self._seen = stop
        found = found[self._table["network"][found] != NONE16][: MAX_FRAGMENTS - len(self._of)]
        for piece in self._pieces(found):
            self._add(piece)

    def _pieces(self, found: NDArray[np.int64]) -> Iterator[Piece]:
        at = self._table["network"][found].astype(np.int64)
        room = self._table["captured"][found] - at
        usual = _usual(self._gather(found, at, _HEAD), room) if self._gather else [None] * len(found)
        for index, place, known in zip(found.tolist(), at.tolist(), usual, strict=True):
            if known is not None:
                yield Piece(index, known[0], place + known[1], *known[2:])
                continue
            piece = _parse(index, self._frame(index)[place:])
            if piece is not None:
                piece.at += place
                yield piece

    def _add(self, piece: Piece) -> None:
        datagram = self._open.get(piece.key)
        if datagram is None:
            datagram = self._open[piece.key] = Datagram(self._frame)
        datagram.add(piece)
        self._of[piece.index] = datagram
        if datagram.try_complete():
            datagram.completed_by = piece.index
            del self._open[piece.key]


def _usual(heads: NDArray[np.uint8], room: NDArray[np.int64]) -> list[tuple[int, int, int, bool, Key] | None]:
    """What parse_ipv4 and parse_ipv6 find in whole fragments with nothing before IPv6's fragment header: (start, at,
    size, more, key); None for all others. `heads`: the first 48 bytes of each, `room`: how many were captured."""
    six = heads[:, 0] >> 4 == 6
    header = np.where(six, 48, (heads[:, 0] & 15).astype(np.int64) * 4)
    size = np.where(six, _word(heads, 4) + 40, _word(heads, 2)) - header
    word = np.where(six, _word(heads, 42), _word(heads, 6))
    start = np.where(six, word & 0xFFF8, (word & 0x1FFF) * 8)
    more = np.where(six, word & 1, word & 0x2000) != 0
    number = np.where(six, _word(heads, 44) << 16 | _word(heads, 46), _word(heads, 4))
    good = (room >= header + size) & (size >= 0)
    good &= np.where(six, heads[:, 6] == 44, (heads[:, 0] >> 4 == 4) & (header >= 20))
    data = heads.tobytes()
    known: list[tuple[int, int, int, bool, Key] | None] = []
    columns = (good, six, start, header, size, more, number)
    for row, (whole, version6, first, at, length, follows, identification) in enumerate(
        zip(*(column.tolist() for column in columns), strict=True)
    ):
        here = row * _HEAD
        ends = (here + 8, here + 40, here + 40) if version6 else (here + 12, here + 20, here + 9)
        key = data[ends[0] : ends[1]] + data[ends[2] : ends[2] + 1]
        known.append((first, at, length, follows, (key, identification)) if whole else None)
    return known


def _word(heads: NDArray[np.uint8], at: int) -> NDArray[np.int64]:
    return heads[:, at].astype(np.int64) << 8 | heads[:, at + 1]


def _parse(index: int, data: bytes) -> Piece | None:
    version = data[0] >> 4 if data else 0
    return parse_ipv4(index, data) if version == 4 else parse_ipv6(index, data) if version == 6 else None
