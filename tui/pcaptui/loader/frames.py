"""A block of frames on its way through the header decoders."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from pcaptui.loader.outer import Noted
from pcaptui.loader.records import RecordBlock
from pcaptui.loader.table import NONE16, Layer

Index = NDArray[np.intp] | slice
"""Which packets of the block: all of them (a slice, which numpy handles without gathering), or a list."""

_TAIL = 256
_HEAD = np.dtype("V96")
LONGEST = NONE16 - 1
"""Headers are looked for in this many bytes of a frame; offsets are kept in 16 bits."""


class Frames:
    """The state of n packets while their headers are walked, layer by layer.

    position: where the next header starts; end: where its bytes end on the wire (both from the frame's first byte);
    next: the decoder it goes to, 0 for none. captured is clipped to what the source holds and to LONGEST, and
    position never passes it; limit is the nearer of captured and end. quoted: behind an ICMP error's header;
    padded: an 802.11 header that is filled up to whole words.
    source_at, destination_at, address_kind: where the addresses found so far stand;
    source_ipv4, destination_ipv4: their values if the kind is 4.
    link_type: of each frame's interface. given: IPv6 addresses that stand nowhere in the frame, by packet.
    outer: UDP headers that carry tunnels.
    _head: the first bytes of every frame, fetched at once: most headers stand at one place in all packets.
    `columns` are the block's part of the packet table, `first` its first packet's index there.
    """

    def __init__(
        self, raw: NDArray[np.uint8], block: RecordBlock, columns: dict[str, NDArray[Any]], first: int
    ) -> None:
        size = len(block)
        self.raw = raw
        self.columns = columns
        self.first = first
        self.size = size
        self.start = np.clip(block.offset, 0, len(raw)).astype(np.int64, copy=False)
        room = np.minimum(len(raw) - self.start, LONGEST)
        self.captured = np.minimum(room, block.captured).astype(np.int32)
        self.end = np.minimum(np.maximum(block.length, block.captured), 0x7FFF_FFFF).astype(np.int32)
        self.limit = np.minimum(self.captured, self.end)
        self.position = np.zeros(size, np.int32)
        self.next = np.zeros(size, np.uint8)
        self.address_kind = np.zeros(size, np.uint8)
        self.source_at = np.full(size, NONE16, np.uint16)
        self.destination_at = np.full(size, NONE16, np.uint16)
        self.source_ipv4 = np.zeros(size, np.uint32)
        self.destination_ipv4 = np.zeros(size, np.uint32)
        self.link_type = np.zeros(0, np.int64)
        self.given: dict[int, tuple[bytes, bytes]] = {}
        self.outer: list[Noted] = []
        self.quoted = np.zeros(size, np.bool_)
        self.padded = np.zeros(size, np.bool_)
        last = int((self.start + self.captured).max()) if size else 0
        self._inside = last + _TAIL <= len(raw)
        self._tail_start = max(0, len(raw) - _TAIL)
        self._tail = np.concatenate([raw[self._tail_start :], np.zeros(2 * _TAIL, np.uint8)])
        self._head = self._fetch(self.start, _HEAD)

    def gather(self, which: Index, header: np.dtype[Any], ahead: Any = None) -> NDArray[Any]:
        """Headers at the positions of these packets (plus `ahead` bytes), as a structured array of shape (k,).

        Bytes behind a packet's captured ones belong to others, or are 0: look at `room` before trusting them.
        """
        width = header.itemsize
        position = self.position[which]
        if ahead is None and len(position):
            first = int(position[0])
            if first + width <= _HEAD.itemsize and (position == first).all():
                heads: NDArray[Any] = np.ndarray(self.size, f"V{width}", self._head, first, _HEAD.itemsize)
                return heads[which].view(header)
        place = self.start[which] + position
        if ahead is not None:
            place = np.minimum(place + ahead, self.start[which] + self.captured[which])
        return self._fetch(place, header)

    def _fetch(self, place: NDArray[np.int64], header: np.dtype[Any]) -> NDArray[Any]:
        """Headers at these bytes of the source."""
        width = header.itemsize
        late = None if self._inside else place > len(self.raw) - width
        if late is None or not late.any():
            found: NDArray[Any] = _records(self.raw, width)[place]
            return found.view(header)
        found = np.zeros(len(place), f"V{width}")
        found[~late] = _records(self.raw, width)[place[~late]]
        found[late] = _records(self._tail, width)[place[late] - self._tail_start]
        return found.view(header)

    def gather_at(self, which: Index, header: np.dtype[Any], at: NDArray[Any]) -> NDArray[Any]:
        """As `gather`, at offsets counted from each frame's first byte."""
        return self.gather(which, header, at.astype(np.int32) - self.position[which])

    def room(self, which: Index) -> NDArray[np.int32]:
        """Bytes from the position on that are captured and belong to the enclosing headers; may be negative."""
        room: NDArray[np.int32] = self.limit[which] - self.position[which]
        return room

    def keep(self, which: Index, *headers: NDArray[Any], good: NDArray[np.bool_]) -> tuple[Any, ...]:
        """These packets and arrays of theirs without those that are not good, which stop here as cut."""
        if good.all():
            return (which, *headers)
        self.flag(select(which, ~good), Layer.CUT)
        return (select(which, good), *(header[good] for header in headers))

    def advance(self, which: Index, distance: Any, decoder: Any) -> None:
        """Move on by `distance` bytes to the decoder with this number."""
        self.position[which] = np.minimum(self.position[which] + distance, self.captured[which])
        self.next[which] = decoder

    def shorten(self, which: Index, end: NDArray[Any]) -> None:
        """The bytes of these packets end here at the latest."""
        shorter = np.minimum(self.end[which], end)
        self.end[which] = shorter
        self.limit[which] = np.minimum(self.limit[which], shorter)

    def flag(self, which: Index, layer: int) -> None:
        self.columns["layers"][which] |= np.uint16(layer)

    def hardware_addresses(self, which: Index, source: Any, destination: Any) -> None:
        """Note MAC addresses where no IP header has been seen yet."""
        outermost = self.address_kind[which] <= 1
        if outermost.all():
            self.addresses(which, 1, source, destination)
            return
        outer = select(which, outermost)
        places = (np.broadcast_to(place, len(outermost))[outermost] for place in (source, destination))
        self.addresses(outer, 1, *places)

    def addresses(self, which: Index, kind: int, source: Any, destination: Any) -> None:
        """Note where addresses stand (offsets in the frame, NONE16 for none): 1 MAC, 4 IPv4, 6 IPv6."""
        self.address_kind[which] = kind
        self.source_at[which] = source
        self.destination_at[which] = destination


def _records(raw: NDArray[np.uint8], width: int) -> NDArray[Any]:
    """`raw` as overlapping records, one starting at every byte."""
    return np.ndarray((max(len(raw) - width + 1, 0),), f"V{width}", buffer=raw, strides=(1,))


def select(which: Index, mask: NDArray[np.bool_]) -> NDArray[np.intp]:
    return np.flatnonzero(mask) if isinstance(which, slice) else which[mask]


def layout(size: int, **fields: tuple[str, int]) -> np.dtype[Any]:
    """A structured dtype of `size` bytes: name=(format, offset)."""
    return np.dtype(
        {
            "names": list(fields),
            "formats": [form for form, _ in fields.values()],
            "offsets": [offset for _, offset in fields.values()],
            "itemsize": size,
        }
    )
