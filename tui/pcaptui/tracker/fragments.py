"""IP fragments: which packets carry one datagram, and the datagram itself when all of it is there."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np

from ..loader.table import NONE16, Layer, PacketTable

MAX_FRAGMENTS = 200_000
"""More fragments than this are not put together: a flood of them must not eat the memory."""
MAX_DATAGRAM = 65_535

_IPV4 = struct.Struct(">HHH").unpack_from
_FRAGMENT_HEADER = struct.Struct(">HI").unpack_from

Key = tuple[bytes, int]


@dataclass(slots=True)
class Piece:
    """One fragment: packet index, offset and bytes of the datagram's payload, whether more follow."""

    index: int
    start: int
    data: bytes
    more: bool
    key: Key


@dataclass(slots=True)
class Datagram:
    """`held`: bytes of all pieces; `end`: where the datagram ends as the first last fragment tells, -1 before that."""

    pieces: list[Piece] = field(default_factory=list)
    completed_by: int = -1
    held: int = 0
    end: int = -1

    def add(self, piece: Piece) -> None:
        self.pieces.append(piece)
        self.held += len(piece.data)
        if not piece.more and self.end < 0:
            self.end = piece.start + len(piece.data)

    def try_complete(self) -> bool:
        """Whether the pieces cover the datagram from 0 to the end that a last fragment gives."""
        if self.end < 0 or self.held < self.end:
            return False
        reached = 0
        for piece in sorted(self.pieces, key=_start):
            if piece.start > reached:
                return False
            reached = max(reached, piece.start + len(piece.data))
        return reached >= self.end

    def payload(self) -> bytes:
        """All pieces put together; where they overlap, the earlier packet's bytes stay."""
        size = min(max(piece.start + len(piece.data) for piece in self.pieces), MAX_DATAGRAM)
        whole = bytearray(size)
        for piece in reversed(self.pieces):
            end = min(piece.start + len(piece.data), size)
            whole[piece.start : end] = piece.data[: end - piece.start]
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
    return Piece(index, (word & 0x1FFF) * 8, data[header:total], bool(word & 0x2000), key)


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
    return Piece(index, word & 0xFFF8, data[at + 8 : end], bool(word & 1), key)


class Fragments:
    """Finds the datagram of a fragment; looks at the table's fragments once, when first asked."""

    def __init__(self, table: PacketTable, frame: Callable[[int], bytes]) -> None:
        self._table = table
        self._frame = frame
        self._seen = 0
        self._open: dict[Key, Datagram] = {}
        self._of: dict[int, Datagram] = {}

    def datagram(self, index: int) -> Datagram | None:
        """The datagram that packet `index` carries a fragment of; None if that packet is no readable fragment."""
        self._scan(index + 1)
        return self._of.get(index)

    def completed(self) -> Iterator[tuple[int, int, bytes]]:
        """All datagrams that are whole: packet index that completes it, IP protocol, payload."""
        self._scan(len(self._table))
        for index, datagram in self._of.items():
            if datagram.completed_by == index:
                yield index, datagram.pieces[0].key[0][-1], datagram.payload()

    def _scan(self, stop: int) -> None:
        if stop <= self._seen:
            return
        found = np.flatnonzero(self._table["layers"][self._seen : stop] & Layer.FRAGMENT) + self._seen
        self._seen = stop
        places = self._table["network"][found].tolist()
        for index, at in zip(found.tolist(), places, strict=True):
            if len(self._of) >= MAX_FRAGMENTS:
                return
            piece = _parse(index, self._frame(index)[at:]) if at != NONE16 else None
            if piece is not None:
                self._add(piece)

    def _add(self, piece: Piece) -> None:
        datagram = self._open.get(piece.key)
        if datagram is None:
            datagram = self._open[piece.key] = Datagram()
        datagram.add(piece)
        self._of[piece.index] = datagram
        if datagram.try_complete():
            datagram.completed_by = piece.index
            del self._open[piece.key]


def _parse(index: int, data: bytes) -> Piece | None:
    version = data[0] >> 4 if data else 0
    return parse_ipv4(index, data) if version == 4 else parse_ipv6(index, data) if version == 6 else None
