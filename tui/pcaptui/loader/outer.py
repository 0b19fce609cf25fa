"""UDP headers that carry a tunnel: the table describes what is inside, but they belong to streams too."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from .addresses import AddressTable
    from .frames import Frames

_COLUMNS = {
    "packet": "i8",
    "source": "i4",
    "destination": "i4",
    "source_port": "u2",
    "destination_port": "u2",
    "stream": "i4",
}
_IPV4 = np.dtype([("lo", ">u4")])
_IPV6 = np.dtype([("hi", ">u8"), ("lo", ">u8")])
NONE16 = 0xFFFF


class OuterHeaders:
    """One entry a header, in the order of packets, a packet's outermost header first; columns asked for by name.

    packet: index in the packet table; source, destination: indexes into the address table; stream: filled by the
    tracker, -1 before.
    """

    def __init__(self) -> None:
        self._columns: dict[str, NDArray[Any]] = {name: np.zeros(0, kind) for name, kind in _COLUMNS.items()}

    def __len__(self) -> int:
        return len(self._columns["packet"])

    def __getitem__(self, name: str) -> NDArray[Any]:
        """One column, writable, shape (len,)."""
        return self._columns[name]

    def of(self, packet: int) -> slice:
        """The entries of one packet."""
        low, high = np.searchsorted(self._columns["packet"], [packet, packet + 1])
        return slice(int(low), int(high))

    def append(self, **columns: NDArray[Any]) -> None:
        """Add headers of packets behind those that are here already, sorted by packet."""
        columns["stream"] = np.full(len(columns["packet"]), -1)
        for name, kind in _COLUMNS.items():
            self._columns[name] = np.concatenate([self._columns[name], columns[name].astype(kind)])

    def insert(self, other: OuterHeaders) -> None:
        """Add headers of packets anywhere, behind those that a packet has already."""
        names = [name for name in _COLUMNS if name != "stream"]
        self.append(**{name: other[name] for name in names})
        packets = self._columns["packet"]
        if len(packets) and (packets[1:] < packets[:-1]).any():
            order = np.argsort(packets, kind="stable")
            self._columns = {name: column[order] for name, column in self._columns.items()}

    def reorder(self, order: NDArray[np.intp], start: int = 0) -> None:
        """Follow the packets from `start` on into a new order: packet start + order[i] becomes start + i."""
        packets = self._columns["packet"]
        moved = packets >= start
        if not moved.any():
            return
        place = np.empty(len(order), np.int64)
        place[order] = np.arange(start, start + len(order))
        packets[moved] = place[packets[moved] - start]
        by_packet = np.argsort(packets, kind="stable")
        self._columns = {name: column[by_packet] for name, column in self._columns.items()}


@dataclass(slots=True)
class Noted:
    """Headers seen by a decoder: where the addresses around them stand in the frames, and their ports."""

    which: NDArray[np.intp]
    kind: NDArray[np.uint8]
    source_at: NDArray[np.uint16]
    destination_at: NDArray[np.uint16]
    source_port: NDArray[np.uint16]
    destination_port: NDArray[np.uint16]


def note(frames: Frames, which: NDArray[np.intp], source: NDArray[np.uint16], destination: NDArray[np.uint16]) -> None:
    """Remember these packets' UDP headers before what they carry takes their place in the table."""
    at = frames.source_at[which], frames.destination_at[which]
    frames.outer.append(Noted(which, frames.address_kind[which], *at, source, destination))


def collect(frames: Frames, first: int, outer: OuterHeaders, addresses: AddressTable) -> None:
    """Move what was noted to the table; `first` is the index of the block's first packet."""
    if not frames.outer:
        return
    columns: dict[str, NDArray[Any]] = {}
    for name in ("source_port", "destination_port"):
        columns[name] = np.concatenate([getattr(noted, name) for noted in frames.outer])
    for name in ("source", "destination"):
        at = f"{name}_at"
        columns[name] = np.concatenate(
            [_addresses(frames, noted.which, noted.kind, getattr(noted, at), addresses) for noted in frames.outer]
        )
    columns["packet"] = np.concatenate([noted.which for noted in frames.outer]) + first
    order = np.argsort(columns["packet"], kind="stable")
    outer.append(**{name: column[order] for name, column in columns.items()})


def _addresses(frames: Frames, which: NDArray[np.intp], kind: NDArray[np.uint8], at: NDArray[np.uint16],
               addresses: AddressTable) -> NDArray[np.int32]:  # fmt: skip
    """Indexes of the IP addresses at these places, -1 where there is none."""
    found = np.full(len(which), -1, np.int32)
    for number, layout in ((4, _IPV4), (6, _IPV6)):
        mine = np.flatnonzero((kind == number) & (at != NONE16))
        if len(mine):
            header = frames.gather_at(which[mine], layout, at[mine])
            hi = header["hi"] if number == 6 else np.full(len(mine), addresses.ipv4_key)
            found[mine] = addresses.add(hi.astype(np.uint64), header["lo"].astype(np.uint64))
    return found
