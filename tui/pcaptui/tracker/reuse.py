"""Which SYNs begin a new stream on a pair of endpoints that is known already.

A pure SYN whose sequence number is not the base of its direction opens a new stream, whether the old one was closed or
not (found by experiment). A pair is regular while it began with a SYN and only that side sends SYNs: then the base is
the SYN before, and whole columns are compared. The few other pairs are followed packet by packet.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from .arrays import Growing, run_starts, sort_by_group

SYN, ACK = 2, 16
_MASK = 0xFFFFFFFF


@dataclass(slots=True)
class Headers:
    """Columns of the TCP packets of one block, in capture order.

    pair: int32; first: the pair's first packet ever; side: 0 if the lower endpoint sends; flags, sequence,
    acknowledgment as in the table; plain: takes part in the analysis (is not quoted and not cut).
    """

    pair: NDArray[np.int32]
    first: NDArray[np.bool_]
    side: NDArray[np.uint8]
    flags: NDArray[np.uint16]
    sequence: NDArray[np.uint32]
    acknowledgment: NDArray[np.uint32]
    plain: NDArray[np.bool_]

    def take(self, chosen: NDArray[np.int64]) -> Headers:
        return Headers(
            self.pair[chosen], self.first[chosen], self.side[chosen], self.flags[chosen], self.sequence[chosen],
            self.acknowledgment[chosen], self.plain[chosen],
        )  # fmt: skip


@dataclass(slots=True)
class PairBases:
    """Base sequence numbers of the two sides of a pair that is followed packet by packet."""

    base: list[int | None] = field(default_factory=lambda: [None, None])

    def opens(self, side: int, flags: int, sequence: int, acknowledgment: int) -> bool:
        """Take one packet in; whether it opens a new stream."""
        known = self.base[side]
        handshake = flags & (SYN | ACK)
        opened = handshake == SYN and known is not None and sequence != known
        if opened:
            self.base = [None, None]
        if opened or handshake == SYN | ACK or known is None:
            self.base[side] = sequence if flags & SYN else (sequence - 1) & _MASK
        if flags & ACK and self.base[1 - side] is None:
            self.base[1 - side] = (acknowledgment - 1) & _MASK
        return opened


class PortReuse:
    """Finds the SYNs that reuse ports, block by block."""

    def __init__(self) -> None:
        self._regular = Growing(np.bool_)
        self._side = Growing(np.uint8)
        self._sequence = Growing(np.uint32)
        self._followed: dict[int, PairBases] = {}
        self._is_followed = Growing(np.bool_)

    def concerned(self, flags: NDArray[np.uint16], pair: NDArray[np.int32], pairs: int) -> NDArray[np.bool_]:
        """Which packets `find` has to be given: those with SYN, and all of pairs that are followed packet by packet."""
        self._is_followed.resize(pairs)
        concerned: NDArray[np.bool_] = flags & SYN != 0
        if self._followed:
            concerned |= self._is_followed.values.take(pair)
        return concerned

    def find(self, block: Headers, pairs: int) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
        """Mask of the packets that reuse ports, and pairs whose earlier packets must be replayed first.

        `pairs` is the number of pairs known by now. Where pairs are returned, call `follow` with their earlier
        packets, then ask again.
        """
        for column in (self._regular, self._side, self._sequence, self._is_followed):
            column.resize(pairs)
        handshake = block.flags & (SYN | ACK)
        syns = np.flatnonzero((handshake == SYN) & block.plain)
        first = block.first.take(syns)
        opening, again = syns.take(np.flatnonzero(first)), syns.take(np.flatnonzero(~first))
        self._regular.values[block.pair[opening]] = True
        self._side.values[block.pair[opening]] = block.side[opening]
        self._spoil(block, np.flatnonzero((handshake == SYN | ACK) & block.plain))
        reuse = np.zeros(len(block.pair), bool)
        if len(again):
            self._spoil(block, again, keep=True)
            odd = np.unique(block.pair[again][~self._regular.values[block.pair[again]]])
            odd = odd[~self._is_followed.values[odd]]
            if len(odd):
                return reuse, odd.astype(np.int64)
            several = np.zeros(pairs, bool)
            several[block.pair[again]] = True
            several = several[block.pair[syns]]
            opening = syns[~several]
            reuse[self._regular_reuse(block, syns[several])] = True
        self._sequence.values[block.pair[opening]] = block.sequence[opening]
        if self._followed:
            mine = np.flatnonzero(self._is_followed.values[block.pair])
            reuse[mine] = self._walk(block.take(mine))
        return reuse, np.zeros(0, np.int64)

    def follow(self, pairs: NDArray[np.int64], earlier: Headers) -> None:
        """From now on watch these pairs packet by packet; `earlier` are all their packets before this block."""
        self._is_followed.values[pairs] = True
        for pair in pairs.tolist():
            self._followed[pair] = PairBases()
        self._walk(earlier)

    def _spoil(self, block: Headers, chosen: NDArray[np.int64], keep: bool = False) -> None:
        """Pairs cease to be regular by a SYN+ACK from the side that sent the SYN, or (`keep`) by the other's SYN."""
        pair = block.pair[chosen]
        same = block.side[chosen] == self._side.values[pair]
        self._regular.values[pair[~same if keep else same]] = False

    def _regular_reuse(self, block: Headers, syns: NDArray[np.int64]) -> NDArray[np.int64]:
        """Positions of SYNs with another sequence number than the SYN before, in regular pairs."""
        keys = sort_by_group(block.pair[syns], syns)
        pair, position = keys >> 32, keys & _MASK
        sequence = block.sequence[position]
        before = np.empty(len(keys), np.uint32)
        before[1:] = sequence[:-1]
        heads = np.flatnonzero(run_starts(pair))
        before[heads] = self._sequence.values[pair[heads]]
        self._sequence.values[pair] = sequence
        differs = (sequence != before) & ~block.first[position] & self._regular.values[pair]
        found: NDArray[np.int64] = position[differs]
        return found

    def _walk(self, block: Headers) -> list[bool]:
        found = []
        columns = (block.pair, block.plain, block.side, block.flags, block.sequence, block.acknowledgment)
        for pair, plain, *header in zip(*(column.tolist() for column in columns), strict=True):
            found.append(plain and self._followed[pair].opens(*header))
        return found
