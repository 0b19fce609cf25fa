"""From paths to a packet table, a block at a time: opens, tells formats, walks, decodes, reports damage."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from pcaptui.errors import CaptureError, Damage
from pcaptui.loader import headers, pcap, pcapng
from pcaptui.loader.addresses import AddressTable
from pcaptui.loader.records import NO_TIME, Interface, Notes, RecordBlock
from pcaptui.loader.source import Source
from pcaptui.loader.table import Layer, PacketTable
from pcaptui.threads import Ahead

FIRST_BLOCK = 512
BLOCK = 65_536
_PATIENCE = 0.25  # seconds of slow input after which a block is handed out as it is
_MORE = 1 << 23  # bytes to take at a time where input grows: long stretches are walked faster
_AHEAD = 8  # blocks found before they are needed: about a stretch that is walked at once
_HEADER = 28  # bytes that tell a format
_WAIT = 0.1

_Reader = pcap.PcapReader | pcapng.PcapngReader


class Loader:
    """Reads captures into `table`, one block a `step`.

    One thread calls `step`; it alone writes to the table, and so does whoever fills columns after it (the tracker)
    in that same thread: columns may be replaced by longer ones within `step`. Other threads may meanwhile read packets
    below a count that the stepping thread published after `step`: asking `table[...]` anew each time they get the old
    or the new column, both right up to that count. `cancel` may come from any thread.

    From the second block of a single file on, records are found in a thread of the loader's own while earlier ones are
    decoded. It ends by itself: with the file, by `cancel`, or when it is some blocks ahead.

    `interfaces`, `sources` and `notes` only ever grow; an Interface's `file` counts in `sources` and `notes`. Files
    that cannot be read stand in `damage`. Several files are walked wholly before the first block, for their packets
    are ordered by time (stable: of equal times the first file's come first).
    """

    def __init__(self, paths: Sequence[str]) -> None:
        """Open the files. Raises CaptureError if none can be opened."""
        self.table = PacketTable()
        self.interfaces: list[Interface] = []
        self.addresses = AddressTable()
        self.sources: list[Source] = []
        self.notes: list[Notes] = []
        self.damage: list[Damage] = []
        self.packet_comments: dict[int, list[str]] = {}
        self.complete = False
        self.progress = 0.0
        self._cancelled = False
        self._failures: list[CaptureError] = []
        for path in paths:
            try:
                self.sources.append(Source(path))
            except CaptureError as error:
                self._fail(path, error)
        self.notes.extend(Notes() for _ in self.sources)
        self._raise_if_nothing(len(self.sources))
        self._work = self._one() if len(self.sources) == 1 else self._several()

    def step(self) -> bool:
        """Read and decode the next block, a small one first; False when there are no more, or loading was cancelled.

        Raises CaptureError if nothing turns out to be a capture.
        """
        if self._cancelled:
            return False
        for _ in self._work:
            return not self._cancelled
        return False

    def cancel(self) -> None:
        """Make the running `step` come back soon and later ones do nothing. What was read stays."""
        self._cancelled = True

    def _fail(self, path: str, error: CaptureError) -> None:
        text = str(error)
        self._failures.append(error)
        self.damage.append(Damage(path, -1, text.removeprefix(f"{path}: ")))

    def _raise_if_nothing(self, readable: int) -> None:
        if not readable and self._failures:
            raise self._failures[0]

    # one file

    def _one(self) -> Iterator[None]:
        reader = self._open_reader(0)
        self._raise_if_nothing(0 if reader is None else 1)
        for block, part in self._blocks(reader) if reader else ():
            self.progress = part
            self._reserve(len(block))
            last = int(self.table["time"][-1]) if len(self.table) else 0
            self._decode(block, 0, fill_times(block, last))
            del block
            self.packet_comments = self.notes[0].packet_comments
            yield
        self._finish()

    def _blocks(self, reader: _Reader) -> Iterator[tuple[RecordBlock, float]]:
        """Blocks of the first file, and the part of it that was read with each: after the first one found in another
        thread while those before are decoded, unless one would wait for their bytes to come."""

        def next_block(limit: int = BLOCK) -> tuple[RecordBlock, float] | None:
            if self._cancelled:
                return None
            block = self._next_block(0, reader, limit)
            over = not len(block) and (reader.finished or self._cancelled)
            return None if over else (block, self._part_read(0, reader))

        found = next_block(FIRST_BLOCK)
        take = Ahead(next_block, _AHEAD).take if self.sources[0].regular else next_block
        while found is not None and not self._cancelled:
            block, part = found
            there = _wholly_there(block, self.sources[0].size)
            if there < len(block):  # the file was shortened since
                reader.finished = True
                while take() is not None:
                    pass
                self._note_shortened(self.sources[0])
                block = _choose(block, np.arange(there))
            yield block, part
            found = take()

    def _decode(self, block: RecordBlock, file: int, untimed: NDArray[np.bool_] | None) -> None:
        """Append the block to the table; `untimed` marks packets whose time is only that of the one before."""
        rows = headers.decode(block, self.sources[file].raw, self.interfaces.copy(), self.table, self.addresses)
        if untimed is not None:
            self.table["layers"][rows][untimed] |= np.uint16(Layer.UNTIMED)

    def _finish(self) -> None:
        if not self._cancelled:
            self.complete = True
            self.progress = 1.0

    def _reserve(self, more: int) -> None:
        """Room for the whole capture as the part that was read lets expect, so that columns are moved once."""
        needed = self.table.count + more
        if needed > self.table.capacity and more > FIRST_BLOCK:
            share = self.progress if self.progress > 0 else 0.5
            self.table.reserve(max(needed, int(needed / share * 1.02)) if share > 0.001 else needed * 2)

    # several files

    def _several(self) -> Iterator[None]:
        records: list[RecordBlock] = []
        files: list[int] = []
        for file in range(len(self.sources)):
            reader = self._open_reader(file)
            parts: list[RecordBlock] = []
            while reader and not self._cancelled:
                block = self._next_block(file, reader, BLOCK)
                if not len(block):
                    break
                parts.append(block)
                self.progress = (file + max(self._part_read(file, reader), 0)) / len(self.sources) / 2
                yield
            if reader:
                records.append(pcapng.join(parts))
                files.append(file)
        self._raise_if_nothing(len(records))
        yield from self._decode_in_order(records, files)
        self._finish()

    def _decode_in_order(self, records: list[RecordBlock], files: list[int]) -> Iterator[None]:
        """Decode the packets of all files by time: a stretch of each file at a time, then put into order."""
        sizes = [len(one) for one in records]
        owner = np.repeat(np.arange(len(records), dtype=np.uint32), sizes)
        untimed = [fill_times(one, 0) for one in records]
        order = np.argsort(np.concatenate([one.time for one in records]), kind="stable")
        self._number_comments(order, sizes, files)
        self.table.reserve(len(order))
        firsts = np.cumsum([0, *sizes])
        start, limit = 0, FIRST_BLOCK
        while start < len(order) and not self._cancelled:
            chosen = order[start : start + limit]
            mine = owner[chosen]
            for number, record in enumerate(records):
                which = chosen[mine == number] - firsts[number]
                without = untimed[number]
                self._decode(_choose(record, which), files[number], None if without is None else without[which])
            self.table.reorder(np.argsort(np.argsort(mine, kind="stable"), kind="stable"), start)
            start, limit = start + len(mine), BLOCK
            self.progress = 0.5 + start / len(order) / 2
            yield

    def _number_comments(self, order: NDArray[np.intp], sizes: list[int], files: list[int]) -> None:
        if not any(self.notes[file].packet_comments for file in files):
            return
        place = np.empty(len(order), np.int64)
        place[order] = np.arange(len(order))
        first = 0
        for size, file in zip(sizes, files, strict=True):
            for packet, texts in self.notes[file].packet_comments.items():
                self.packet_comments[int(place[first + packet])] = texts
            first += size

    # any file

    def _open_reader(self, file: int) -> _Reader | None:
        """The reader for what the source turns out to be; None if it is no capture, or loading was cancelled."""
        source = self.sources[file]
        try:
            while not source.complete and source.size < _HEADER:
                if not self._await(source):
                    return None
                source.pull()
            return self._reader(source, file)
        except CaptureError as error:
            whole = source.path == "-" and str(error).startswith("is ")
            self._fail(source.path, CaptureError(f"{'standard input' if whole else f'{source.path}:'} {error}"))
            return None

    def _reader(self, source: Source, file: int) -> _Reader:
        start = source.bytes(0, _HEADER)
        if pcap.is_pcap(start):
            return pcap.PcapReader(source.raw, file, self.interfaces)
        if pcapng.is_pcapng(start):
            return pcapng.PcapngReader(source.raw, file, self.interfaces, self.notes[file])
        if source.broken:
            raise CaptureError(source.broken)
        if not start:
            raise CaptureError("is empty")
        inside = f" inside the {source.compression} data" if source.compression else ""
        raise CaptureError(f"is not a pcap or pcapng capture{inside}")

    def _next_block(self, file: int, reader: _Reader, limit: int) -> RecordBlock:
        """The next records, fewer than `limit` only at the end, when cancelled, or while input is slow to come."""
        source = self.sources[file]
        parts: list[RecordBlock] = []
        count = 0
        deadline = time.monotonic() + _PATIENCE
        while count < limit and not self._cancelled and not reader.finished:
            block = reader.walk(source.raw, limit - count, source.complete)
            if len(block):
                parts.append(block)
                count += len(block)
            if reader.finished:
                self._note_damage(source, reader)
                break
            if len(block):
                continue
            if count and (time.monotonic() > deadline or not source.ready()):
                break
            self._pull(source, _MORE if limit > FIRST_BLOCK else 1, deadline)
        return pcapng.join(parts)

    def _pull(self, source: Source, size: int, deadline: float) -> None:
        """Take `size` more bytes of input; at least one piece of it, but no more if it is slow to come."""
        enough = source.size + size
        if self._await(source):
            source.pull()
        while not source.complete and source.size < enough and time.monotonic() < deadline and source.ready():
            source.pull()

    def _await(self, source: Source) -> bool:
        """Wait until the source has more to give; False when cancelled meanwhile."""
        while not self._cancelled:
            if source.ready(_WAIT):
                return True
        return False

    def _note_damage(self, source: Source, reader: _Reader) -> None:
        if source.complete and source.broken and (reader.damage is None or "cut short" in reader.damage[1]):
            offset = reader.damage[0] if reader.damage else source.size
            self.damage.append(Damage(source.path, offset, source.broken, source.compression))
        elif reader.damage:
            self.damage.append(Damage(source.path, *reader.damage, source.compression))

    def _note_shortened(self, source: Source) -> None:
        """Whatever else was found behind its new end."""
        self.damage[:] = [one for one in self.damage if one.path != source.path]
        self.damage.append(Damage(source.path, source.size, source.broken, source.compression))

    def _part_read(self, file: int, reader: _Reader) -> float:
        source = self.sources[file]
        return reader.position / max(source.size, 1) if source.mapped else source.progress


def _wholly_there(block: RecordBlock, size: int) -> int:
    """How many of the packets end within so many bytes of the source."""
    if not len(block) or int(block.offset[-1]) + int(block.captured[-1]) <= size:
        return len(block)
    return int(np.searchsorted(block.offset + block.captured, size, side="right"))


def _choose(block: RecordBlock, which: NDArray[np.intp]) -> RecordBlock:
    return RecordBlock(
        block.offset[which], block.captured[which], block.length[which], block.time[which], block.interface[which]
    )


def fill_times(block: RecordBlock, last: int) -> NDArray[np.bool_] | None:
    """Give packets without a time stamp that of the packet before them, `last` to the first ones.

    Returns which they are, None if there are none.
    """
    missing: NDArray[np.bool_] = block.time == NO_TIME
    if not missing.any():
        return None
    before = np.maximum.accumulate(np.where(missing, -1, np.arange(len(missing))))
    block.time = np.where(before < 0, last, block.time[before])
    return missing
