"""UDP headers around tunnels: what they carry, as payload of their own stream."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ..loader.table import PacketTable

Longs = NDArray[np.int64]
_LOOK = 192
_BLOCK = 16_384
_UDP = 17


class Gatherer(Protocol):
    @property
    def table(self) -> PacketTable: ...

    def gather(self, packets: Longs, offsets: Longs, width: int) -> NDArray[np.uint8]: ...


@dataclass(slots=True)
class Carried:
    """One entry a packet: its index, direction (0: as the stream's first packet), where the payload begins in the
    frame, how many of its bytes were captured and how many there were. `own_direction`: of the packets of the stream
    that the table describes itself."""

    packet: Longs
    direction: NDArray[np.uint8]
    at: Longs
    captured: Longs
    length: Longs
    own_direction: NDArray[np.uint8]


def carried(frames: Gatherer, number: int, own: Longs) -> Carried:
    """What the UDP headers of stream `number` carry that stand around a tunnel. Headers that are not found in the first
    192 bytes, behind an IPv4 header without options or an IPv6 header without extensions, are left out. `own`:
    packets of the stream that the table describes."""
    table, outer = frames.table, frames.table.outer
    entries = np.flatnonzero(outer["stream"] == number) if len(outer) else np.zeros(0, np.int64)
    parts = [_block(frames, entries[at : at + _BLOCK]) for at in range(0, len(entries), _BLOCK)]
    if not parts:
        nothing, sides = np.zeros(0, np.int64), np.zeros(0, np.uint8)
        return Carried(nothing, sides, nothing, nothing, nothing, sides)
    packet, entry, at, captured, length = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    if len(own) and own[0] < outer["packet"][entries[0]]:
        first = int(table["source"][own[0]]), int(table["source_port"][own[0]])
    else:
        first = int(outer["source"][entries[0]]), int(outer["source_port"][entries[0]])
    turned = (outer["source"][entry] != first[0]) | (outer["source_port"][entry] != first[1])
    own_turned = (table["source"][own] != first[0]) | (table["source_port"][own] != first[1])
    return Carried(packet, turned.astype(np.uint8), at, captured, length, own_turned.astype(np.uint8))


def _block(frames: Gatherer, entries: Longs) -> tuple[Longs, Longs, Longs, Longs, Longs]:
    """Columns packet, entry, at, captured and length of the headers that are found."""
    table, outer = frames.table, frames.table.outer
    packets = outer["packet"][entries].astype(np.int64)
    head = frames.gather(packets, np.zeros(len(packets), np.int64), _LOOK)
    at = _find(head, outer["source_port"][entries], outer["destination_port"][entries])
    found = np.flatnonzero(at >= 0)
    at, packets, entries, head = at[found], packets[found], entries[found], head[found]
    rows = np.arange(len(at))
    length = head[rows, at + 4].astype(np.int64) * 256 + head[rows, at + 5] - 8
    captured = np.clip(table["captured"][packets].astype(np.int64) - at - 8, 0, length)
    return packets, entries, at + 8, captured, length


def _find(head: NDArray[np.uint8], source: NDArray[np.uint16], destination: NDArray[np.uint16]) -> Longs:
    """Place of the first UDP header with these ports in each row, -1 where there is none."""
    found = np.full(len(head), -1, np.int64)
    wanted = [(source >> 8), (source & 255), (destination >> 8), (destination & 255)]
    for at in range(20, _LOOK - 8):
        match = found < 0
        for place, byte in enumerate(wanted):
            match &= head[:, at + place] == byte
        if not match.any():
            continue
        ip = (head[:, at - 20] == 0x45) & (head[:, at - 11] == _UDP)
        if at >= 40:
            ip |= (head[:, at - 40] >> 4 == 6) & (head[:, at - 34] == _UDP)
        sane = (head[:, at + 4] > 0) | (head[:, at + 5] >= 8)
        found[match & ip & sane] = at
    return found
