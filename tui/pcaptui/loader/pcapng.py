"""The pcapng format: a tight walk over Enhanced Packet Blocks, the few other blocks one at a time.

Formats: IETF draft-ietf-opsawg-pcapng. What counts as damage was found by experiment with tshark 4.0.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pcaptui.errors import CaptureError
from pcaptui.loader import notes as noting
from pcaptui.loader.chain import FAR, Chain, Walker
from pcaptui.loader.gather import gather
from pcaptui.loader.pcap import longest_frame, shown_lengths
from pcaptui.loader.records import NO_TIME, PSEUDO_HEADERS, Interface, Notes, RecordBlock
from pcaptui.loader.timestamps import nanoseconds

_SECTION, _INTERFACE, _OLD_PACKET, _SIMPLE, _NAMES, _STATISTICS, _ENHANCED = 0x0A0D0D0A, 1, 2, 3, 4, 5, 6
_SECRETS = 10
_MAX_BLOCK = 134_348_832  # a longer block is taken for damage, as tshark does
_MAX_INTERFACES = 0xFFFF
_SMALLEST = {_SECTION: 28, _INTERFACE: 20, _OLD_PACKET: 32, _SIMPLE: 16, _STATISTICS: 24, _ENHANCED: 32, _SECRETS: 20}
_SHORT_RUN = 256
_REACH = 2048  # bytes in which a guess looks for a block


_FEW = 16
_ONE_BY_ONE = 256
_ENHANCED_LAYOUT = ("kind", "total", "interface", "high", "low", "captured", "length")


class _Damaged(Exception):
    """The block at hand is damaged; the text says how."""


class PcapngReader:
    """Reads the packets of one file; `walk` hands out those that are wholly there. The same face as PcapReader.

    Interfaces are added to the list that all files share, notes to `notes` as their blocks come by.
    """

    def __init__(self, raw: NDArray[np.uint8], file: int, interfaces: list[Interface], notes: Notes) -> None:
        self._file = file
        self._interfaces = interfaces
        self._notes = notes
        self._order = "<"
        self._base = len(interfaces)  # of the section's first interface in the shared list
        self._position = 0
        self._sections = 0
        self._packets = 0
        self._walker = self._new_walker()
        self._run_length = _SHORT_RUN
        self._starved = False  # the next block is not wholly there
        self.finished = False
        self.damage: tuple[int, str] | None = None
        if len(raw) < 12:
            raise CaptureError(f"cut short in its first block, after {len(raw)} bytes")
        if not _byte_order(raw[8:12].tobytes()):
            raise CaptureError("not a pcapng file (its byte-order magic is unknown)")

    @property
    def position(self) -> int:
        """Bytes of the file that were read so far."""
        return self._position

    def walk(self, raw: NDArray[np.uint8], limit: int, complete: bool) -> RecordBlock:
        """At most `limit` next packets. None of them means that more bytes are needed, or `finished`."""
        blocks: list[RecordBlock] = []
        count = 0
        self._starved = False
        while count < limit and not self.finished and not self._starved:
            block = self._run(raw, limit - count)
            if self._run_length == _SHORT_RUN and len(block) < _FEW and count + len(block) < limit:
                blocks.append(block)
                count += len(block)
                block = self._one_by_one(raw, limit - count, complete)
            blocks.append(block)
            count += len(block)
        return join(blocks)

    def _new_walker(self) -> Walker:
        return Walker(Chain(self._order, 4, 0, 12, self._guess))

    # Enhanced Packet Blocks, many at a time

    def _guess(self, raw: NDArray[np.uint8], known: int, places: NDArray[np.int64], end: int) -> NDArray[np.int64]:
        """Likely block starts: an Enhanced Packet Block's type and two equal lengths."""
        word = np.dtype(self._order + "u4")
        places = places + (known - places) % 4
        windows = gather(raw, places, np.dtype((np.void, _REACH))).view(word).reshape(-1, _REACH // 4)
        lane, column = np.nonzero(windows == _ENHANCED)
        at = places[lane] + column * 4
        total = gather(raw, at + 4, word).astype(np.int64)
        likely = (total >= 32) & (total & 3 == 0) & (at + total <= end)
        lane, at, total = lane[likely], at[likely], total[likely]
        likely = gather(raw, at + total - 4, word) == total
        first = np.full(len(places), -1, np.int64)
        first[lane[likely][::-1]] = at[likely][::-1]
        return first

    def _run(self, raw: NDArray[np.uint8], limit: int) -> RecordBlock:
        """The Enhanced Packet Blocks in a row from the position on; stops before the first that is not sound."""
        offsets, _ = self._walker.starts(raw, self._position, min(limit, self._run_length), limit > FAR)
        offsets = offsets[: np.searchsorted(offsets, len(raw) - 28, side="right")]
        if not len(offsets):
            self._run_length = _SHORT_RUN
            return join([])
        headers = gather(raw, offsets, np.dtype([(name, self._order + "u4") for name in _ENHANCED_LAYOUT]))
        total = headers["total"].astype(np.int64)
        ends = offsets + total
        interface, captured = headers["interface"], headers["captured"].astype(np.uint32)
        inside = ends <= len(raw)
        trailers = gather(raw, np.where(inside & (total >= 32), ends - 4, 0), np.dtype(self._order + "u4"))
        limits = self._per_interface(interface, _longest)
        sound = (headers["kind"] == _ENHANCED) & inside & (total >= 32) & (total & 3 == 0) & (trailers == total)
        sound &= (interface < len(self._interfaces) - self._base) & (captured <= limits) & (captured <= total - 32)
        wrong = np.flatnonzero(~sound)
        good = int(wrong[0]) if len(wrong) else len(offsets)
        self._run_length = _SHORT_RUN if len(wrong) else self._run_length * 4
        self._position = int(offsets[good]) if len(wrong) else int(ends[-1])
        headers, offsets = headers[:good], offsets[:good]
        self._comments(raw, offsets, total[:good], captured[:good])
        self._packets += good
        return RecordBlock(
            offsets + 28,
            captured[:good],
            shown_lengths(headers["length"], self._per_interface(headers["interface"], _pseudo_header)),
            self._times(headers),
            (headers["interface"] + np.uint32(self._base)).astype(np.uint16),
        )

    def _per_interface(self, numbers: NDArray[Any], fact: Callable[[Interface], int]) -> NDArray[np.uint32]:
        """What `fact` says of each packet's interface, 0 for interfaces that are not known."""
        known = len(self._interfaces) - self._base
        facts = np.zeros(len(numbers), np.uint32)
        for one, mask in _groups(numbers):
            facts[mask] = fact(self._interfaces[self._base + one]) if one < known else 0
        return facts

    def _times(self, headers: NDArray[Any]) -> NDArray[np.int64]:
        ticks = headers["high"].astype(np.uint64) << np.uint64(32) | headers["low"]
        times = np.zeros(len(ticks), np.int64)
        for one, mask in _groups(headers["interface"]):
            times[mask] = nanoseconds(ticks[mask], self._interfaces[self._base + one])
        return times

    def _comments(
        self, raw: NDArray[np.uint8], offsets: NDArray[np.int64], total: NDArray[Any], captured: NDArray[Any]
    ) -> None:
        starts = offsets + 28 + (captured.astype(np.int64) + 3 & -4)
        found = noting.comments(raw, starts, offsets + total - 4, self._order)
        for index, texts in found.items():
            self._notes.packet_comments[self._packets + index] = texts

    # every other block, one at a time

    def _one_by_one(self, raw: NDArray[np.uint8], limit: int, complete: bool) -> RecordBlock:
        """The next blocks of any type, a bounded number; where sound blocks end it says why."""
        packets: list[_Packet] = []
        for _ in range(_ONE_BY_ONE):
            if len(packets) >= limit or self.finished:
                break
            try:
                block = self._next_block(raw)
                if block is None:
                    self._starve(raw, complete)
                    break
                kind, body, total = block
                packet = self._take(kind, body)
            except _Damaged as error:
                self._end(f"damaged: {error}")
                break
            if packet:
                packets.append(packet)
                self._packets += 1
            self._position += total
        return _columns(packets)

    def _starve(self, raw: NDArray[np.uint8], complete: bool) -> None:
        self._starved = True
        if complete:
            self._end("" if self._position == len(raw) else "cut short in the middle of a block")

    def _end(self, reason: str) -> None:
        self.finished = True
        if reason:
            self.damage = (self._position, reason)

    def _next_block(self, raw: NDArray[np.uint8]) -> tuple[int, bytes, int] | None:
        """Type, body (between the two lengths) and whole length of the block at the position; None if not all there."""
        head = raw[self._position : self._position + 12].tobytes()
        if len(head) < 12:
            return None
        kind = struct.unpack_from(self._order + "I", head)[0]
        order = self._order
        if kind == _SECTION:
            order = _byte_order(head[8:])
            if not order:
                raise _Damaged("a section header with an unknown byte-order magic")
        claimed: int = struct.unpack_from(order + "I", head, 4)[0]
        total = claimed + 3 & -4
        if total < _SMALLEST.get(kind, 12) or total > _MAX_BLOCK:
            raise _Damaged(f"a block of type {kind:#x} that claims to be {claimed} bytes long")
        end = self._position + total
        if end > len(raw):
            return None
        last: int = struct.unpack(order + "I", raw[end - 4 : end].tobytes())[0]
        if last + 3 & -4 != total:
            raise _Damaged(f"the lengths of a block do not match, {claimed} at its start and {last} at its end")
        if order != self._order:
            self._order = order
            self._walker = self._new_walker()
        return kind, raw[self._position + 8 : end - 4].tobytes(), total

    def _take(self, kind: int, body: bytes) -> _Packet | None:
        """Act on one block. Raises _Damaged."""
        handler = _HANDLERS.get(kind)
        if handler is None:
            self._notes.skipped_blocks[kind] = self._notes.skipped_blocks.get(kind, 0) + 1
            return None
        return handler(self, body)

    def _section(self, body: bytes) -> None:
        major, minor = struct.unpack_from(self._order + "HH", body, 4)
        if major != 1 or minor not in (0, 2):
            raise _Damaged(f"a section of version {major}.{minor}, which nobody reads")
        self._base = len(self._interfaces)
        self._sections += 1
        noting.section(body[16:], self._order, self._notes)

    def _interface(self, body: bytes) -> None:
        if len(self._interfaces) >= _MAX_INTERFACES:
            raise _Damaged(f"more than {_MAX_INTERFACES} interfaces")
        told = noting.interface(body, self._order, self._file)
        number = len(self._interfaces) - self._base
        self._interfaces.append(replace(told, section=self._sections, number=number))

    def _enhanced(self, body: bytes) -> _Packet:
        index, high, low, captured, length = struct.unpack_from(self._order + "5I", body)
        return self._packet(body, 20, index, high << 32 | low, captured, length)

    def _old_packet(self, body: bytes) -> _Packet:
        index, _, high, low, captured, length = struct.unpack_from(self._order + "2H4I", body)
        return self._packet(body, 20, index, high << 32 | low, captured, length)

    def _simple(self, body: bytes) -> _Packet:
        length = struct.unpack_from(self._order + "I", body)[0]
        snap = self._known(0).snap_length
        return self._packet(body, 4, 0, None, min(length, snap) if snap else length, length)

    def _known(self, index: int) -> Interface:
        if index >= len(self._interfaces) - self._base:
            raise _Damaged(f"a packet of interface {index}, which no block before it describes")
        return self._interfaces[self._base + index]

    def _packet(self, body: bytes, start: int, index: int, ticks: int | None, captured: int, length: int) -> _Packet:
        interface = self._known(index)
        if captured > _longest(interface):
            raise _Damaged(f"a packet of {captured} bytes, more than {_longest(interface)}")
        if captured > len(body) - start:
            raise _Damaged(f"a packet of {captured} bytes in a block that has room for {len(body) - start}")
        texts = noting.block_comments(body[start + (captured + 3 & -4) :], self._order)
        if texts:
            self._notes.packet_comments[self._packets] = texts
        time = NO_TIME if ticks is None else int(nanoseconds(np.array([ticks], np.uint64), interface)[0])
        shown = max(min(length, 0x7FFFFFFF) - _pseudo_header(interface), 0)
        return self._position + 8 + start, captured, shown, time, self._base + index

    def _names(self, body: bytes) -> None:
        noting.names(body, self._order, self._notes)

    def _statistics(self, body: bytes) -> None:
        index = struct.unpack_from(self._order + "I", body)[0]
        if index < len(self._interfaces) - self._base:
            noting.statistics(body, self._order, self._base + index, self._notes)

    def _secrets(self, body: bytes) -> None:
        kind, length = struct.unpack_from(self._order + "II", body)
        self._notes.secrets.append((kind, body[8 : 8 + length]))


_Packet = tuple[int, int, int, int, int]
"""offset, captured, length, time, interface"""

_HANDLERS: dict[int, Callable[[PcapngReader, bytes], _Packet | None]] = {
    _SECTION: PcapngReader._section,
    _INTERFACE: PcapngReader._interface,
    _OLD_PACKET: PcapngReader._old_packet,
    _SIMPLE: PcapngReader._simple,
    _NAMES: PcapngReader._names,
    _STATISTICS: PcapngReader._statistics,
    _ENHANCED: PcapngReader._enhanced,
    _SECRETS: PcapngReader._secrets,
}


def _groups(numbers: NDArray[Any]) -> Iterator[tuple[int, Any]]:
    """Each number that occurs and where; nearly always there is only one."""
    if len(numbers) and (numbers == numbers[0]).all():
        yield int(numbers[0]), slice(None)
        return
    order = np.argsort(numbers, kind="stable")
    starts = np.flatnonzero(np.diff(numbers[order], prepend=-1))
    for which in np.split(order, starts[1:]) if len(numbers) else ():
        yield int(numbers[which[0]]), which


def _longest(interface: Interface) -> int:
    return longest_frame(interface.link_type)


def _pseudo_header(interface: Interface) -> int:
    return PSEUDO_HEADERS.get(interface.link_type, 0)


def _byte_order(magic: bytes) -> str:
    return {b"\x4d\x3c\x2b\x1a": "<", b"\x1a\x2b\x3c\x4d": ">"}.get(magic, "")


def is_pcapng(start: bytes) -> bool:
    return start[:4] == b"\x0a\x0d\x0d\x0a"


def _columns(packets: list[_Packet]) -> RecordBlock:
    offset, captured, length, time, interface = zip(*packets, strict=True) if packets else ((),) * 5
    return RecordBlock(
        np.array(offset, np.int64),
        np.array(captured, np.uint32),
        np.array(length, np.uint32),
        np.array(time, np.int64),
        np.array(interface, np.uint16),
    )


def join(blocks: list[RecordBlock]) -> RecordBlock:
    """Blocks behind each other as one."""
    blocks = [block for block in blocks if len(block)]
    if len(blocks) == 1:
        return blocks[0]
    if not blocks:
        return _columns([])
    names = ("offset", "captured", "length", "time", "interface")
    return RecordBlock(*(np.concatenate([getattr(block, name) for block in blocks]) for name in names))
