"""What a followed stream's lines are made of: pieces in the reader's order, each of one side and one packet."""

from __future__ import annotations

import os
import tempfile
import threading
from array import array
from collections.abc import Iterator
from typing import Protocol

import numpy as np

from ..follow import chunks
from ..follow_http import http_view
from ..follow_tls import Record, tls_records
from ..tracker.reassembly import Plan

CLIENT, SERVER = 0, 1
DATA, GAP, NOTE = 0, 1, 2
"""Kinds of pieces: bytes of the stream, missing bytes (no content), a line of ours."""
_BUFFER = 1 << 20


class Pieces(Protocol):
    """Pieces by their place; those below `count` are there. `read` gives bytes of one, also of a note."""

    @property
    def count(self) -> int: ...
    @property
    def complete(self) -> bool: ...
    def grow(self) -> None:
        """Make some more. Only one thread may call this."""

    def side(self, place: int) -> int: ...
    def kind(self, place: int) -> int: ...
    def packet(self, place: int) -> int: ...
    def size(self, place: int) -> int:
        """Bytes to read, of a gap the missing ones."""

    def start(self, place: int) -> int:
        """Where the piece begins among its side's bytes."""

    def read(self, place: int, start: int, stop: int) -> bytes: ...
    def of_packet(self, packet: int) -> int | None:
        """The first piece that a packet brought, None where there is none so far."""


class PlanPieces:
    """A stream's bytes as they are, read from the capture whenever they are asked for."""

    complete = True

    def __init__(self, plan: Plan) -> None:
        self._plan = plan

    @property
    def count(self) -> int:
        return len(self._plan)

    def grow(self) -> None:
        pass

    def side(self, place: int) -> int:
        return CLIENT if int(self._plan.direction[place]) == self._plan.client else SERVER

    def kind(self, place: int) -> int:
        return GAP if self._plan.gap[place] else DATA

    def packet(self, place: int) -> int:
        return int(self._plan.packet[place])

    def size(self, place: int) -> int:
        return int(self._plan.length[place])

    def start(self, place: int) -> int:
        return int(self._plan.start[place])

    def read(self, place: int, start: int, stop: int) -> bytes:
        return self._plan.read(place)[start:stop]

    def of_packet(self, packet: int) -> int | None:
        found = np.flatnonzero(self._plan.packet == packet)
        return int(found[0]) if len(found) else None


class Spool:
    """Pieces that were decoded on the way, kept in a file without a name: memory holds 22 bytes for each."""

    def __init__(self, parts: Iterator[tuple[int, int, int, bytes, int]]) -> None:
        """`parts`: side, kind, packet, bytes, missing bytes."""
        self._parts = parts
        self._file = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115  (lives as long as the spool)
        self._lock = threading.Lock()
        self._pending = bytearray()
        self._written = 0
        self._what = array("B")
        self._packets = array("q")
        self._starts = array("q")
        self._missing: dict[int, int] = {}
        self.complete = False

    @property
    def count(self) -> int:
        return len(self._what) if self.complete else max(0, len(self._what) - 1)

    def grow(self) -> None:
        for _ in range(64):
            part = next(self._parts, None)
            if part is None:
                self.complete = True
                return
            with self._lock:
                self._add(*part)

    def _add(self, side: int, kind: int, packet: int, data: bytes, missing: int) -> None:
        if kind == GAP:
            self._missing[len(self._what)] = missing
        self._starts.append(self._written + len(self._pending))
        self._packets.append(packet)
        self._pending += data
        if len(self._pending) > _BUFFER:
            self._flush()
        self._what.append(side << 4 | kind)

    def _flush(self) -> None:
        os.pwrite(self._file.fileno(), self._pending, self._written)
        self._written += len(self._pending)
        self._pending = bytearray()

    def side(self, place: int) -> int:
        return self._what[place] >> 4

    def kind(self, place: int) -> int:
        return self._what[place] & 15

    def packet(self, place: int) -> int:
        return self._packets[place]

    def start(self, place: int) -> int:
        return self._starts[place]

    def of_packet(self, packet: int) -> int | None:
        packets = np.array(self._packets[: self.count])
        found = np.flatnonzero(packets >= packet)  # a message has the number of the packet that completes it
        return int(found[0]) if len(found) else None

    def size(self, place: int) -> int:
        if place in self._missing:
            return self._missing[place]
        end = self._starts[place + 1] if place + 1 < len(self._starts) else self._written + len(self._pending)
        return end - self._starts[place]

    def read(self, place: int, start: int, stop: int) -> bytes:
        if place in self._missing:
            return b""
        begin = self._starts[place] + start
        with self._lock:
            size = max(0, self._starts[place] + min(stop, self.size(place)) - begin)
            if begin >= self._written:
                at = begin - self._written
                return bytes(self._pending[at : at + size])
            found = os.pread(self._file.fileno(), size, begin)
            return found + bytes(self._pending[: size - len(found)])


def http_pieces(plan: Plan) -> Spool:
    """HTTP messages with their bodies dechunked and decompressed."""
    kinds = {"gap": GAP, "note": NOTE}
    return Spool(
        (_side(part.side), kinds.get(part.kind, DATA), part.packet, part.data, part.size)
        for part in http_view(chunks(plan))
    )


def tls_pieces(plan: Plan) -> Spool:
    """One line a TLS record."""
    return Spool(
        (_side(record.side), NOTE, record.packet, _told(record).encode(), 0) for record in tls_records(chunks(plan))
    )


def _told(record: Record) -> str:
    version = f"{record.version_text:<7}  " if record.kind else ""
    missing = f", {record.missing} of them missing" if record.missing else ""
    unit = "byte" if record.length == 1 else "bytes"
    return f"{version}{record.text}  ({record.length} {unit}{missing})"


def _side(name: str) -> int:
    return CLIENT if name == "client" else SERVER
