"""Headers that the packet table does not keep: outer ones of tunnels, and those around what an ICMP error quotes.

The table describes the innermost headers. For the packets that have others the loader's own decoders are run once more,
side by side, and every Ethernet and IP header is noted on the way.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from ..capture import Capture
from ..loader.decoders import Next
from ..loader.frames import Frames, Index, layout
from ..loader.headers import FILLED, first_decoders, walk
from ..loader.records import RecordBlock
from ..loader.table import PacketTable

BLOCK = 65_536
_MAC = layout(12, destination_hi=(">u2", 0), destination_lo=(">u4", 2), source_hi=(">u2", 6), source_lo=(">u4", 8))
_IPV4 = layout(20, source=(">u4", 12), destination=(">u4", 16))
_IPV6 = layout(40, source_hi=(">u8", 8), source_lo=(">u8", 16), destination_hi=(">u8", 24), destination_lo=(">u8", 32))
KINDS = {int(Next.ETHERNET): "mac", int(Next.IPV4): "ipv4", int(Next.IPV6): "ipv6"}
Halves = NDArray[np.uint64]


@dataclass(slots=True)
class Seen:
    """Headers of one kind, one entry a header in no order: packet indexes and the addresses as numbers in two halves
    (upper one 0 but in IPv6)."""

    packet: list[NDArray[np.int64]] = field(default_factory=list)
    source: list[tuple[Halves, Halves]] = field(default_factory=list)
    destination: list[tuple[Halves, Halves]] = field(default_factory=list)


def rewalk(capture: Capture, packets: NDArray[np.int64]) -> dict[str, Seen]:
    """All "mac", "ipv4" and "ipv6" headers of these packets, those that an ICMP error quotes left out."""
    found = {kind: Seen() for kind in KINDS.values()}
    files = np.array([interface.file for interface in capture.interfaces])[capture.table["interface"][packets]]
    for file in np.unique(files).tolist():
        mine = packets[files == file]
        for start in range(0, len(mine), BLOCK):
            _walk_block(capture, file, mine[start : start + BLOCK], found)
    return found


def _walk_block(capture: Capture, file: int, packets: NDArray[np.int64], found: dict[str, Seen]) -> None:
    table = capture.table
    block = RecordBlock(*(table[name][packets] for name in ("offset", "captured", "length", "time", "interface")))
    scratch = PacketTable(len(packets))
    rows = scratch.append(len(packets))
    frames = Frames(capture.raw(file), block, {name: scratch[name][rows] for name in FILLED}, int(packets[0]))
    first_decoders(frames, block, capture.interfaces)

    def watch(decoder: int, which: Index, before: NDArray[np.int32]) -> None:
        kind = KINDS.get(decoder)
        if kind is None:
            return
        chosen = np.arange(frames.size)[which]
        if kind == "mac":
            good = frames.captured[chosen] >= before + 14
        else:
            good = (frames.columns["network"][chosen] == before) & ~frames.quoted[chosen]
        if good.any():
            _note(frames, chosen[good], before[good], kind, packets, found[kind])

    walk(frames, watch)


def _note(
    frames: Frames, chosen: NDArray[np.intp], at: NDArray[np.int32], kind: str, packets: NDArray[np.int64], seen: Seen
) -> None:
    seen.packet.append(packets[chosen])
    if kind == "ipv4":
        header = frames.gather_at(chosen, _IPV4, at)
        none = np.zeros(len(chosen), np.uint64)
        seen.source.append((none, header["source"].astype(np.uint64)))
        seen.destination.append((none, header["destination"].astype(np.uint64)))
        return
    header = frames.gather_at(chosen, _MAC if kind == "mac" else _IPV6, at)
    for end, noted in (("source", seen.source), ("destination", seen.destination)):
        hi, lo = header[f"{end}_hi"].astype(np.uint64), header[f"{end}_lo"].astype(np.uint64)
        if kind == "mac":
            hi, lo = np.zeros(len(chosen), np.uint64), hi << np.uint64(32) | lo
        noted.append((hi, lo))
