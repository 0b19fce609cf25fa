"""Some packets of a capture, and what the columns and headers say of them: what filters look at."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache, cached_property
from threading import Lock
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from ..capture import Capture
from ..loader.table import NONE16, Layer

Mask = NDArray[np.bool_]
Numbers = NDArray[Any]
ODD = int(Layer.TUNNEL | Layer.CUT | Layer.SCAPY | Layer.UNKNOWN | Layer.TCP_CUT | Layer.ASSEMBLED)
"""Around these packets there is more than the columns describe."""


BASES: dict[str, str | int] = {
    "frame": 0, "eth": 0, "ip": "outer", "ipv6": "network", "arp": "network", "tcp": "transport",
    "udp": "transport", "tcp.payload": "payload", "udp.payload": "payload",
}  # fmt: skip
"""Where layers begin: a column, or a place in the frame."""


@dataclass(slots=True)
class Lane:
    """One occurrence of a field in every packet: `values` where `present` (None: everywhere).

    Numbers, times and MAC addresses are whole numbers; IP addresses may be `indexed`: places in the address table.
    `size` is the field's length in bytes; `layer` counts headers of the same protocol, the outermost is 1.
    """

    values: Numbers
    present: Mask | None
    size: int = 0
    indexed: bool = False
    layer: int = 1


_MANY = 1 << 15
"""So many packets' bytes are read by two threads."""
_KEPT = 48 << 20
"""Bytes of header words kept a capture."""
_SHARED: WeakKeyDictionary[Capture, dict[str, Any]] = WeakKeyDictionary()


class _Keeper:
    """Header bytes of whole blocks, those asked for latest."""

    def __init__(self) -> None:
        self._words: OrderedDict[tuple[str, int, int], NDArray[np.uint64]] = OrderedDict()
        self._size = 0
        self._lock = Lock()

    def get(self, name: tuple[str, int, int]) -> NDArray[np.uint64] | None:
        with self._lock:
            found = self._words.get(name)
            if found is not None:
                self._words.move_to_end(name)
            return found

    def put(self, name: tuple[str, int, int], words: NDArray[np.uint64]) -> None:
        with self._lock:
            if name not in self._words:
                self._words[name] = words
                self._size += words.nbytes
            while self._size > _KEPT:
                self._size -= self._words.popitem(last=False)[1].nbytes


_KEEPERS: WeakKeyDictionary[Capture, _Keeper] = WeakKeyDictionary()


def _kept(capture: Capture) -> _Keeper:
    return _KEEPERS.setdefault(capture, _Keeper())


class Block:
    """`selection` is a slice or ascending packet indexes. Nothing here changes the capture."""

    def __init__(self, capture: Capture, selection: slice | NDArray[np.int64]) -> None:
        self.capture = capture
        self.selection = selection
        self._known: dict[str, list[Lane]] = {}
        self._given: dict[str, Lane] = {}
        self._columns: dict[str, Numbers] = {}

    def __len__(self) -> int:
        return len(self.column("time"))

    def narrow(self, mask: Mask) -> Block:
        """The packets of this block for which `mask` is true."""
        part = Block(self.capture, self.packets[mask])
        for name, lane in self._given.items():
            part.give(name, lane.values[mask])
        return part

    @cached_property
    def packets(self) -> NDArray[np.int64]:
        """Their indexes."""
        if isinstance(self.selection, slice):
            return np.arange(self.selection.start, self.selection.stop)
        return self.selection

    def column(self, name: str) -> Numbers:
        """One of the table's columns (loader/table.py), or "outer"."""
        if name == "outer":
            return self.outer
        found = self._columns.get(name)
        if found is None:
            found = self._columns[name] = self.capture.table[name][self.selection]
        return found

    def take(self, column: Numbers) -> Numbers:
        """The entries of a column over all packets."""
        taken: Numbers = column[self.selection]
        return taken

    @cached_property
    def odd(self) -> Mask:
        """Packets that the columns do not describe wholly; of ICMP errors over Ethernet and IPv4 both headers are
        known (`outer`)."""
        odd: Mask = (self.column("layers") & np.uint16(ODD)) != 0
        if self.quoted.any():
            odd = odd | (self.quoted & ((self.outer == NONE16) | (self.column("ethertype") != 0x800)))
        return odd

    @cached_property
    def quoted(self) -> Mask:
        """ICMP errors: the columns are about the packet that they quote."""
        return self.flagged(Layer.QUOTED)

    @cached_property
    def outer(self) -> Numbers:
        """Where the outermost IPv4 header begins, as in the column `network`; NONE16 where nobody knows."""
        network = self.column("network")
        places = np.flatnonzero(self.quoted)
        if not len(places):
            return network
        # Only of these: reading the types of all frames would be the dearest part of many a filter.
        types = (self.capture.words(self.packets[places], np.full(1, 8)) >> np.uint64(16)) & np.uint64(0xFFFF)
        tagged = self.column("layers")[places] & np.uint16(int(Layer.VLAN)) != 0
        found: Numbers = network.copy()
        found[places] = np.where(self.ethernet[places] & ~tagged & (types == 0x800), 14, NONE16)
        return found

    def flagged(self, layer: Layer) -> Mask:
        found: Mask = (self.column("layers") & np.uint16(int(layer))) != 0
        return found

    # Header bytes.

    def number(self, base: str | int, at: int, size: int) -> Numbers:
        """`size` bytes (up to 8) as int64, `at` bytes behind the start of a header ("network", "transport", or a
        place in the frame); only sensible where that is there."""
        first = at // 8 * 8
        if at + size > first + 8:
            first = at  # across two words: one of its own is read faster than both
        word = self._word(base, first) >> np.uint64(8 * (first + 8 - at - size))
        if size < 8:
            word = word & np.uint64((1 << 8 * size) - 1)
        return word.astype(np.int64)

    def number_of(self, where: Mask, base: str | int, at: int, size: int) -> Numbers:
        """As `number`; sensible only for some packets, and read only for those where they are few."""
        if 4 * np.count_nonzero(where) < len(where):
            return self.number_where(where, base, at, size)
        return self.number(base, at, size)

    def number_where(self, where: Mask, base: str | int, at: int, size: int) -> Numbers:
        """As `number`, read only for some packets; 0 for the others."""
        found = np.zeros(len(where), np.int64)
        found[where] = self.narrow(where).number(base, at, size)
        return found

    def _word(self, base: str | int, at: int) -> NDArray[np.uint64]:
        """Eight bytes at a distance from a header. Those of whole blocks are kept for the next filter."""
        key = f"{base}+{at}"
        found = self._columns.get(key)
        if found is None:
            keeper = _kept(self.capture)
            whole = self.selection if isinstance(self.selection, slice) else None
            name = (key, whole.start, whole.stop) if whole is not None else None
            found = keeper.get(name) if name is not None else None
            if found is None:
                found = self._read(base, at)
                if name is not None:
                    keeper.put(name, found)
            self._columns[key] = found
        return found

    def _read(self, base: str | int, at: int) -> NDArray[np.uint64]:
        """Half of them in another thread where they are many: what takes time is waiting for memory."""
        capture, size = self.capture, len(self)
        start = np.full(size, base) if isinstance(base, int) else self.column(base).astype(np.int64)
        places = start + at
        if size < _MANY:
            return capture.words(self.selection, places)
        packets, half = self.packets, size // 2
        rest = _helper().submit(capture.words, packets[half:], places[half:])
        return np.concatenate([capture.words(packets[:half], places[:half]), rest.result()])

    def files(self) -> Iterator[tuple[memoryview, Mask | None]]:
        """The bytes of each file, and which packets are its; None: all."""
        capture = self.capture
        files = [interface.file for interface in capture.interfaces]
        if len(set(files)) == 1:
            yield capture.raw(files[0]).data, None
            return
        mine = np.array(files)[self.column("interface")]
        for file in np.unique(mine).tolist():
            yield capture.raw(file).data, mine == file

    @cached_property
    def link_type(self) -> Numbers:
        kinds = np.array([interface.link_type for interface in self.capture.interfaces], np.int64)
        return kinds[self.column("interface")]

    # What whole captures know.

    def shared(self, name: str, make: Callable[[], Any]) -> Any:
        """Something worked out once for the capture as it is now; made again when it has grown."""
        known = _SHARED.setdefault(self.capture, {})
        size, value = known.get(name, (-1, None))
        if size != len(self.capture):
            value = make()
            known[name] = (len(self.capture), value)
        return value

    @cached_property
    def ipv4_values(self) -> Numbers:
        """The number of every IPv4 address by its index; -1 for others, and at -1."""
        return self.shared("ipv4", lambda: _ipv4_values(self.capture))  # type: ignore[no-any-return]

    # Which headers are there.

    @cached_property
    def ethernet(self) -> Mask:
        found: Mask = (self.link_type == 1) & (self.column("captured") >= 14)
        return found

    def _network(self, ethertype: int) -> Mask:
        found: Mask = (self.column("ethertype") == ethertype) & (self.column("network") != NONE16)
        return found

    @cached_property
    def ipv4(self) -> Mask:
        return self._network(0x800)

    @cached_property
    def ipv6(self) -> Mask:
        return self._network(0x86DD)

    @cached_property
    def arp(self) -> Mask:
        return self._network(0x806)

    def _transport(self, protocol: int) -> Mask:
        there = (self.column("ip_protocol") == protocol) & (self.column("transport") != NONE16)
        found: Mask = there
        return found

    @cached_property
    def tcp(self) -> Mask:
        return self._transport(6)

    @cached_property
    def udp(self) -> Mask:
        return self._transport(17)

    def layer(self, name: str) -> tuple[Numbers, Numbers, Numbers]:
        """Of a layer of BASES: where it begins in each frame, how many bytes are its own, and where what it carries
        ends, padding left out; only sensible where it is there (and then not behind the captured part)."""
        base = BASES[name]
        captured = self.column("captured").astype(np.int64)
        start = np.full(len(captured), base) if isinstance(base, int) else self.column(base).astype(np.int64)
        if isinstance(base, int) or base in ("network", "outer"):
            end = self._network_end(start, captured) if name in ("ip", "ipv6") else captured
            own = {"eth": np.full(len(captured), 14), "ipv6": np.full(len(captured), 40)}.get(name, captured - start)
            if name == "ip":
                own = (self.number("outer", 0, 1) & 15) * 4
            return start, own, end
        payload = self.column("payload").astype(np.int64)
        end = np.where(payload == NONE16, captured, payload + self.column("payload_length"))
        end = np.minimum(end, captured)
        return start, np.full(len(captured), 8) if name == "udp" else end - start, end

    def _network_end(self, start: Numbers, captured: Numbers) -> Numbers:
        length = np.where(self.ipv4, self.number("outer", 2, 2), self.number("network", 4, 2) + 40)
        # Segmentation offload leaves the length 0.
        return np.where((length < 20) | self.arp, captured, np.minimum(start + length, captured))

    def give(self, name: str, values: Numbers) -> None:
        """Say what a column field is here, instead of what whole captures know."""
        self._given[name] = Lane(values, None)
        self._known[name] = [self._given[name]]

    def lanes(self, name: str) -> list[Lane]:
        """The occurrences of a column field; KeyError for any other."""
        found = self._known.get(name)
        if found is None:
            from .columns import COLUMN_FIELDS

            found = self._known[name] = COLUMN_FIELDS[name](self)
        return found


@cache
def _helper() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(1, "header bytes")


def _ipv4_values(capture: Capture) -> Numbers:
    addresses = capture.addresses
    hi, lo = addresses.keys
    values = np.full(len(hi) + 1, -1, np.int64)
    values[:-1] = np.where(hi == addresses.ipv4_key, lo.astype(np.int64), -1)
    return values
