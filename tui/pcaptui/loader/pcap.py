"""The pcap format and its dialects: record offsets by a tight walk, everything else by whole columns.

Which dialects exist and how they are told apart was found by experiment with tshark 4.0.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pcaptui.errors import CaptureError
from pcaptui.loader.chain import FAR, Chain, Walker
from pcaptui.loader.gather import gather
from pcaptui.loader.records import PSEUDO_HEADERS, Interface, RecordBlock

HEADER_SIZE = 24
MAX_CAPTURED = 262_144
"""A longer packet is taken for damage, as tshark does."""
_LONG_FRAMES = {231: 1 << 27, 249: 1 << 27, 279: 1 << 25}  # D-Bus, USBPcap, EBHSCR
_FIRST_RECORDS = 4
_TEN_YEARS = 315_360_000
_REACH = 2048  # bytes in which a guess looks for a record: more than an Ethernet frame
_NEAR = 1 << 22  # seconds


@dataclass(frozen=True, slots=True)
class Dialect:
    """`header`: bytes of the file header and of a record's; `unit`: ns in one of the smaller time stamp field."""

    magic: int
    header: int
    record: int
    unit: int


_DIALECTS = (
    Dialect(0xA1B2C3D4, 24, 16, 1000),
    Dialect(0xA1B23C4D, 24, 16, 1),
    Dialect(0xA1B2CD34, 24, 24, 1000),  # Kuznetzov's patch for old Linux libpcap
    Dialect(0x1C0001AC, 28, 16, 1000),  # IXIA, hardware and software capture
    Dialect(0x1C0001AB, 28, 16, 1000),
)
_DISGUISED = {0xA1B2C3D4: (24, 20), 0xA1B2CD34: (28,)}
"""Record sizes of files that carry another dialect's magic: the same patch, Nokia's, its later version."""


def longest_frame(link_type: int) -> int:
    """The most bytes that a packet of this link type may have kept; more are damage."""
    return _LONG_FRAMES.get(link_type, MAX_CAPTURED)


def shown_lengths(length: NDArray[np.uint32], before: int | NDArray[np.uint32]) -> NDArray[np.uint32]:
    """Lengths on the wire without the bytes that stand before the frame; never above 2^31-1, as in tshark."""
    return (np.minimum(length, 0x7FFFFFFF) - np.minimum(length, before)).astype(np.uint32)


def is_pcap(start: bytes) -> bool:
    return _find(start) is not None


def _find(start: bytes) -> tuple[Dialect, str] | None:
    for order in "<>":
        magic = struct.unpack_from(order + "I", start)[0] if len(start) >= 4 else 0
        for dialect in _DIALECTS:
            if dialect.magic == magic:
                return dialect, order
    return None


class PcapReader:
    """Reads the records of one file; `walk` hands out those that are wholly there.

    `damage` is (offset, reason) once reading ended early; `finished` is set then and at the end of the file.
    Raises CaptureError (without the path) if the file header is cut short or not of a version we know.
    """

    def __init__(self, raw: NDArray[np.uint8], file: int, interfaces: list[Interface]) -> None:
        found = _find(raw[:4].tobytes())
        if found is None:
            raise CaptureError("not a pcap file")
        self._dialect, self._order = found
        if len(raw) < self._dialect.header:
            raise CaptureError(f"cut short in its file header, after {len(raw)} bytes")
        _, major, minor, _, _, snap, network = struct.unpack(self._order + "IHHiIII", raw[:HEADER_SIZE].tobytes())
        if major < 2:
            raise CaptureError(f"pcap version {major}.{minor}, which nobody reads")
        self._old_order = "always" if major == 543 or (major == 2 and minor < 3) else "longer" if minor == 3 else ""
        self._unit = self._dialect.unit
        self._skip = 0
        link_type = network & 0xFFFF
        if (major, minor) == (2, 2) and link_type in _AIX_LINK_TYPES:
            self._unit = 1
            link_type, self._skip = _AIX_LINK_TYPES[link_type]
        self._pseudo = PSEUDO_HEADERS.get(link_type, 0)
        self._max = longest_frame(link_type)
        self._record = self._dialect.record
        self._checked = False
        self._walker: Walker
        self._position = self._dialect.header
        self._interface = len(interfaces)
        fcs = (network >> 28) * 2 if network & 0x04000000 else 0
        interfaces.append(Interface(file, link_type, snap, ticks_per_second=10**9 // self._unit, fcs_length=fcs))
        self.finished = False
        self.damage: tuple[int, str] | None = None

    @property
    def position(self) -> int:
        """Bytes of the file that were read so far."""
        return self._position

    def walk(self, raw: NDArray[np.uint8], limit: int, complete: bool) -> RecordBlock:
        """At most `limit` next records. None of them means that more bytes are needed, or `finished`."""
        if not self._checked:
            self._record = self._tell_record_size(raw, complete)
            self._walker = Walker(Chain(self._order, 8, self._record, self._record, self._guess))
        offsets = self._walk_offsets(raw, limit)
        block, good = self._columns(raw, offsets)
        if good < len(offsets):
            self._position = int(offsets[good])
        if good < max(len(offsets), 1):
            self._stop_at(raw, complete)
        self._checked = self._checked or good > 0
        return block

    def _walk_offsets(self, raw: NDArray[np.uint8], limit: int) -> NDArray[np.int64]:
        """Where the next records begin, those whose last byte is there; sets the position behind them."""
        if self._old_order:
            offsets, after = self._walk_old(raw, limit)
        else:
            offsets, after = self._walker.starts(raw, self._position, limit, limit > FAR)
        if after > len(raw) and len(offsets):
            after = int(offsets[-1])
            offsets = offsets[:-1]
        self._position = after
        return offsets

    def _walk_old(self, raw: NDArray[np.uint8], limit: int) -> tuple[NDArray[np.int64], int]:
        """The same for old files, whose captured and original lengths may stand in the other order."""
        at = self._position
        offsets: list[int] = []
        pair = struct.Struct(self._order + "II").unpack_from
        view: memoryview = raw.data
        while len(offsets) < limit and at + self._record <= len(raw):
            offsets.append(at)
            first, second = pair(view, at + 8)
            at += self._record + (second if self._old_order == "always" else min(first, second))
        return np.array(offsets, np.int64), at

    def _columns(self, raw: NDArray[np.uint8], offsets: NDArray[np.int64]) -> tuple[RecordBlock, int]:
        """The block up to the first record that cannot be one, and how many that are."""
        order = self._order
        headers = gather(raw, offsets, np.dtype([(name, order + "u4") for name in ("s", "f", "captured", "length")]))
        captured, length = headers["captured"].astype(np.uint32), headers["length"].astype(np.uint32)
        if self._old_order:
            swap = (captured > length) | (self._old_order == "always")
            captured, length = np.where(swap, length, captured), np.where(swap, captured, length)
        bad = np.flatnonzero(captured > self._max)
        good = int(bad[0]) if len(bad) else len(offsets)
        time = headers["s"].astype(np.int64) * 1_000_000_000 + headers["f"].astype(np.int64) * self._unit
        skip = np.minimum(captured, self._skip).astype(np.uint32)
        block = RecordBlock(
            (offsets + self._record + skip)[:good],
            (captured - skip)[:good],
            shown_lengths(length, self._skip + self._pseudo)[:good],
            time[:good],
            np.full(good, self._interface, np.uint16),
        )
        return block, good

    def _guess(self, raw: NDArray[np.uint8], known: int, places: NDArray[np.int64], end: int) -> NDArray[np.int64]:
        """Likely record starts: two headers in a row with sound lengths and seconds near the known record's."""
        layout = np.dtype([(name, self._order + "u4") for name in ("seconds", "part", "captured", "length")])
        top = 0 if self._order == ">" else 3
        near = gather(raw, np.array([known]), layout)["seconds"].astype(np.int64)
        windows: NDArray[np.uint8] = (
            np.ndarray((len(raw) - _REACH - top,), f"V{_REACH}", raw[top:], strides=(1,))[places]
            .view(np.uint8)
            .reshape(-1, _REACH)
        )
        lane, column = np.nonzero(windows == raw[known + top])
        at = places[lane] + column
        for _ in range(2):
            inside = at + self._record <= end
            lane, at, column = lane[inside], at[inside], column[inside]
            head = gather(raw, at, layout)
            captured, length = head["captured"].astype(np.int64), head["length"].astype(np.int64)
            likely = (captured > 0) & (captured <= self._max) & (captured <= length) & (length <= self._max)
            likely &= np.abs(head["seconds"] - near) < _NEAR
            lane, column = lane[likely], column[likely]
            at = at[likely] + self._record + captured[likely]
        first = np.full(len(places), -1, np.int64)
        first[lane[::-1]] = (places[lane] + column)[::-1]
        return first

    def _stop_at(self, raw: NDArray[np.uint8], complete: bool) -> None:
        """End at the position: the end of the file, a record that is cut short, or one that cannot be one."""
        left = len(raw) - self._position
        if left >= self._record:
            captured = self._captured_at(raw, self._position)
            if captured > self._max:
                self._end(f"damaged: a packet of {captured} bytes, more than {self._max}")
            elif complete:
                self._end("cut short in the middle of a packet")
        elif complete:
            self._end("cut short in the middle of a packet header" if left else "")

    def _captured_at(self, raw: NDArray[np.uint8], at: int) -> int:
        first, second = struct.unpack(self._order + "II", raw[at + 8 : at + 16].tobytes())
        if self._old_order == "always":
            return int(second)
        return int(min(first, second)) if self._old_order else int(first)

    def _end(self, reason: str) -> None:
        self.finished = True
        if reason:
            self.damage = (self._position, reason)

    def _tell_record_size(self, raw: NDArray[np.uint8], complete: bool) -> int:
        """The record header's size, from the magic number unless the first records say that it lies."""
        usual = self._dialect.record
        fits = self._fits(raw, usual, False)
        others = _DISGUISED.get(self._dialect.magic, ())
        self._checked = complete or fits >= _FIRST_RECORDS or not others
        if fits >= 0:
            return usual
        for size in others:
            if self._fits(raw, size, True) > 0:
                return size
        return usual

    def _fits(self, raw: NDArray[np.uint8], size: int, strict: bool) -> int:
        """How many of the first records make sense with headers of `size` bytes; -1 if one does not.

        A disguised dialect is believed on strict terms only: no empty packets, time stamps close together, and two
        records at least or one that ends where the file does.
        """
        at, first, sense = self._dialect.header, 0, 0
        while sense < _FIRST_RECORDS and at + size <= len(raw):
            second, part, captured, length = struct.unpack(self._order + "IIII", raw[at : at + 16].tobytes())
            if self._old_order:
                captured, length = min(captured, length), max(captured, length)
            first = first or second
            if captured > min(length, self._max) or part * self._unit >= 10**9:
                return -1
            if strict and (not captured or abs(second - first) > _TEN_YEARS):
                return -1
            at += size + captured
            if at > len(raw):
                break
            sense += 1
        return sense if sense > 1 or at == len(raw) or not strict else -1


_AIX_LINK_TYPES = {6: (1, 0), 9: (6, 0), 15: (10, 3)}
"""AIX writes interface types for link types, time stamps in ns, and three bytes before FDDI frames."""
