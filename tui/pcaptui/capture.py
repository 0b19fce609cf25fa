"""Capture: what is open. The packet table, the frames' bytes and the conversations: the library's front door."""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from .choices import Choices
from .decode_as import NOTHING, DecodeAs
from .errors import Damage
from .gathering import gather, pieces
from .loader.addresses import AddressTable
from .loader.load import Loader
from .loader.notes import packet_facts
from .loader.records import Interface, Notes
from .loader.table import Layer, PacketTable
from .tracker import Flag, Tracker

if TYPE_CHECKING:
    from .tracker.conversations import Conversations

OPTIONS_READ = 4096
"""Bytes behind a packet that are looked at for its options."""


class Capture:
    """One or several capture files as one list of packets.

    `load_more` is called, from one thread, until it answers False; meanwhile other threads may read whatever is
    below `len(capture)`. Streams and TCP facts are known for packets below `tracked`.
    """

    def __init__(self, paths: Sequence[str], decode_as: DecodeAs = NOTHING) -> None:
        """Open the files without reading packets. Raises CaptureError where nothing can be read."""
        self.paths = list(paths)
        self.decode_as = decode_as
        self.choices = Choices()
        self._loader = Loader(self.paths)
        self._lock = threading.Lock()
        self.tracker = Tracker(
            self._loader.table, self._loader.interfaces, self._loader.sources, self._loader.addresses
        )
        self.tracked = 0

    @classmethod
    def open(cls, paths: Sequence[str], decode_as: DecodeAs = NOTHING) -> Capture:
        """Open the files and read the first block, so that there is something to show."""
        capture = cls(paths, decode_as)
        capture.load_more()
        return capture

    def load_more(self) -> bool:
        """Read, decode and track the next block; False when there is no more to come."""
        with self._lock:
            more = self._loader.step()
            if self.tracker.due or not more:
                self._track()
            if not more:
                self.tracker.finish()
            return more

    def load_all(self) -> None:
        """Read everything, and track it in one go at the end: streams are numbered meanwhile."""
        with self._lock:
            while self._loader.step():
                self.tracker.prepare()
            self._track()
            self.tracker.finish()

    def _track(self) -> None:
        self.tracker.update()
        self.tracked = self.tracker.tracked

    def cancel(self) -> None:
        """Stop loading; what was read stays."""
        self._loader.cancel()

    def close(self) -> None:
        self.cancel()
        for source in self._loader.sources:
            source.close()

    def __len__(self) -> int:
        return self.tracked

    @property
    def title(self) -> str:
        names = [os.path.basename(path) if path != "-" else "standard input" for path in self.paths]
        return names[0] if len(names) == 1 else f"{names[0]} and {len(names) - 1} more"

    @property
    def table(self) -> PacketTable:
        return self._loader.table

    @property
    def interfaces(self) -> list[Interface]:
        return self._loader.interfaces

    @property
    def addresses(self) -> AddressTable:
        return self._loader.addresses

    @property
    def notes(self) -> list[Notes]:
        return self._loader.notes

    @property
    def damage(self) -> list[Damage]:
        return self._loader.damage

    @property
    def complete(self) -> bool:
        return self._loader.complete

    @property
    def progress(self) -> float:
        """Part of the input that was read, 0..1; negative if nobody knows."""
        return self._loader.progress

    def interface(self, index: int) -> Interface:
        return self.interfaces[int(self.table["interface"][index])]

    def frame(self, index: int) -> bytes:
        """The captured bytes of a packet."""
        table = self.table
        source = self._loader.sources[self.interface(index).file]
        return source.bytes(int(table["offset"][index]), int(table["captured"][index]))

    def packet_comments(self, index: int) -> list[str]:
        """What the capture file remarks on a packet."""
        return self._loader.packet_comments.get(index, [])

    def packet_facts(self, index: int) -> dict[str, int]:
        """What a pcapng file tells of a packet in numbers, as loader.notes.packet_facts names them."""
        interface = self.interface(index)
        if not interface.section:
            return {}
        offset, captured = int(self.table["offset"][index]) - 28, int(self.table["captured"][index])
        source = self._loader.sources[interface.file]
        return packet_facts(source.bytes(offset, captured + OPTIONS_READ), captured)

    def link_type(self, index: int) -> int:
        return self.interface(index).link_type

    def payload(self, index: int) -> bytes:
        """The captured part of a packet's transport payload, without padding behind it."""
        table = self.table
        start = table["payload"].item(index)
        if start == 0xFFFF:
            return b""
        size = min(table["payload_length"].item(index), table["captured"].item(index) - start)
        if size <= 0:
            return b""
        source = self._loader.sources[self.interfaces[int(table["interface"].item(index))].file]
        return source.bytes(table["offset"].item(index) + start, size)

    def payloads(self, packets: NDArray[np.int64]) -> list[bytes]:
        """The same of many packets, quicker."""
        files = {interface.file for interface in self.interfaces}
        if len(files) != 1:
            return [self.payload(index) for index in packets.tolist()]
        table = self.table
        at = table["payload"][packets].astype(np.int64)
        size = np.minimum(table["payload_length"][packets], table["captured"][packets] - at)
        size[at == 0xFFFF] = 0
        return pieces(self.raw(files.pop()), table["offset"][packets] + at, np.maximum(size, 0))

    def stream_of(self, index: int) -> tuple[str, int] | None:
        """("tcp" or "udp", number) of a packet's stream."""
        return self.tracker.stream_of(index)

    def stream_label(self, index: int) -> str | None:
        """As in `--stream`: 'tcp:4', or None."""
        stream = self.stream_of(index)
        return f"{stream[0]}:{stream[1]}" if stream else None

    def stream_packets(self, kind: str, number: int) -> NDArray[np.int64]:
        """Packet indexes of a stream in capture order, empty where there is no such stream."""
        return self.tracker.packets(kind, number)

    def is_quoted(self, index: int) -> bool:
        """Whether the packet's transport header is one quoted in an ICMP error."""
        return bool(int(self.table["layers"][index]) & Layer.QUOTED)

    def anomalies(self) -> dict[str, int]:
        """How many packets carry each flag of the TCP analysis, the frequent ones first, none left out but zeros."""
        column = self.table["analysis"]
        counts = {flag.name or "": int(np.count_nonzero(column & np.uint32(flag))) for flag in Flag}
        return {name: count for name, count in sorted(counts.items(), key=lambda item: -item[1]) if count}

    def conversations(self) -> Conversations:
        """The conversations of what is tracked by now; while the capture grows, ask again."""
        from .tracker.conversations import Conversations  # not needed for a summary

        return Conversations(self.table, self.addresses, self.tracker.members, self.gather)

    def gather(self, packets: NDArray[np.int64], offsets: NDArray[np.int64], width: int) -> NDArray[np.uint8]:
        """Bytes of many frames at once, shape (n, width): `width` bytes from `offsets[i]` in frame `packets[i]`.

        Bytes behind the captured part of a frame are 0.
        """
        table = self.table
        places = table["offset"][packets] + offsets
        room = table["captured"][packets].astype(np.int64) - offsets
        if len({interface.file for interface in self.interfaces}) == 1:
            return gather(self.raw(self.interfaces[0].file), places, room, width)
        found = np.zeros((len(packets), width), np.uint8)
        files = np.array([interface.file for interface in self.interfaces])[table["interface"][packets]]
        for file in np.unique(files).tolist():
            mine = np.flatnonzero(files == file)
            found[mine] = gather(self.raw(file), places[mine], room[mine], width)
        return found

    def raw(self, file: int) -> NDArray[np.uint8]:
        """The bytes of one of the files as far as they were read (interfaces say which theirs is); only to look at."""
        return self._loader.sources[file].raw

    @property
    def files(self) -> list[str]:
        """The paths of the files that could be opened: an Interface's `file` counts here."""
        return [source.path for source in self._loader.sources]

    @property
    def commented(self) -> int:
        """How many packets have comments."""
        return len(self._loader.packet_comments)

    def compression(self, file: int) -> str:
        """How one of the files is compressed ("gzip" ...), "" where it is not."""
        return self._loader.sources[file].compression

    def words(self, packets: NDArray[np.int64] | slice, offsets: NDArray[np.int64]) -> NDArray[np.uint64]:
        """Eight bytes of each of many frames as one number, big-endian: those from `offsets[i]` in frame `packets[i]`.

        The quick way to read header fields: bytes behind a frame's captured part are whatever follows in the file, so
        ask only where the header is there. Offsets before the frame or behind the file are not allowed to matter.
        """
        table = self.table
        places = table["offset"][packets] + offsets
        if not len(places):  # and maybe no interface either
            return np.zeros(0, np.uint64)
        if len({interface.file for interface in self.interfaces}) < 2:
            return _words(self._loader.sources[self.interfaces[0].file].raw, places)
        files = np.array([interface.file for interface in self.interfaces])[table["interface"][packets]]
        found = np.zeros(len(places), np.uint64)
        for file in np.unique(files).tolist():
            mine = files == file
            found[mine] = _words(self._loader.sources[file].raw, places[mine])
        return found


def _words(raw: NDArray[np.uint8], places: NDArray[np.int64]) -> NDArray[np.uint64]:
    """Numbers of eight bytes, at places that need not be aligned; zeros behind the end."""
    if len(raw) < 8:
        raw = np.concatenate([raw, np.zeros(8, np.uint8)])
    last = len(raw) - 8
    view = np.ndarray((last + 1,), ">u8", raw, strides=(1,))
    if len(places) and places.min() >= 0 and places.max() <= last:
        return view[places].astype(np.uint64)
    found = view[np.clip(places, 0, last)].astype(np.uint64)
    late = np.flatnonzero(places > last)
    if len(late):
        found[late] <<= (8 * np.minimum(places[late] - last, 7)).astype(np.uint64)
    return found
