"""What the sequence analysis tells of every segment of one stream beside its flags: what it acknowledges, how much is
under way, and since when. Whole columns of one stream; the rules were found by experiment.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..loader.table import Layer, PacketTable
from .flags import Flag
from .flight import Flight, acknowledged, flight
from .segments import ACK, FIN, RST, SYN

Longs = NDArray[np.int64]
PSH = 8
CACHED = 1_000_000
"""So many segments' facts are kept, of the streams asked for last."""
_PLAIN = int(Flag.retransmission)
_REPEATED = int(Flag.retransmission | Flag.fast_retransmission | Flag.spurious_retransmission)
_ASIDE = int(Layer.QUOTED | Layer.TCP_CUT)


@dataclass(slots=True, frozen=True)
class Facts:
    """Of one segment. Packets are indexes, -1 for none; times in ns, None where nothing tells. `in_flight` counts
    what the peer has told of by SACK, too; `peer` is its latest packet before. `told`: there is something to tell."""

    completeness: int
    told: bool
    acks: int
    ack_rtt: int | None
    initial_rtt: int | None
    in_flight: int | None
    push_bytes: int | None
    rto: int | None
    rto_packet: int
    peer: int


class _Columns:
    """Columns of n packets, for the time of the computation."""

    def __init__(self, table: PacketTable, packets: Longs) -> None:
        self.time: Longs = table["time"][packets]
        self.flags = table["tcp_flags"][packets]
        self.bits = table["analysis"][packets]
        self.length = table["payload_length"][packets].astype(np.int64)
        self.sequence = table["sequence"][packets]
        self.ack = table["acknowledgment"][packets]


class StreamFacts:
    """Columns of one stream's n segments (those with a whole header), `packets` being their indexes, ascending."""

    def __init__(self, table: PacketTable, members: Longs) -> None:
        self._table = table
        self.packets: Longs = members[table["layers"][members] & np.uint16(_ASIDE) == 0]
        size = len(self.packets)
        self._second = table["direction"][self.packets] & 1 == 1
        self._acks = np.full(size, -1, np.int32)
        self._in_flight = np.full(size, -1, np.int64)
        self._oldest = np.full(size, -1, np.int32)
        self._push = np.zeros(size, np.uint32)
        self._counted = np.zeros(size, bool)
        self._beyond = np.zeros(size, bool)
        columns = _Columns(table, self.packets)
        for second in (False, True):
            self._direction(columns, second)
        self._completeness = _completeness(columns)
        self._known_from, self._round_trip = _initial_rtt(columns)
        self._answers = (columns.flags & (SYN | ACK)) == SYN | ACK

    @property
    def acknowledged(self) -> NDArray[np.int32]:
        """Of each segment the place of the one that it acknowledges, -1 for none."""
        return self._acks

    @property
    def in_flight(self) -> Longs:
        """Of each data segment the bytes under way with it (what SACK told of included), -1 where nobody counts."""
        return np.where(self._counted, self._in_flight, -1)

    def of(self, packet: int) -> Facts | None:
        """The facts of one packet, None where it is none of these segments."""
        place = int(np.searchsorted(self.packets, packet))
        if place == len(self.packets) or self.packets[place] != packet:
            return None
        bits = int(self._table["analysis"][packet])
        acks, oldest = int(self._acks[place]), int(self._oldest[place])
        told = bool(bits or acks >= 0 or self._counted[place] or self._beyond[place])
        waited = self._since(packet, oldest) if bits & _REPEATED == _PLAIN and oldest >= 0 else 0
        return Facts(
            completeness=int(self._completeness[place]),
            told=told,
            acks=int(self.packets[acks]) if acks >= 0 else -1,
            ack_rtt=self._since(packet, acks) or None if acks >= 0 else None,
            initial_rtt=self._round_trip if told and (place >= self._known_from or self._answers[place]) else None,
            in_flight=int(self._in_flight[place]) if self._counted[place] else None,
            push_bytes=int(self._push[place]) if self._counted[place] else None,
            rto=waited or None,
            rto_packet=int(self.packets[oldest]) if waited else -1,
            peer=self._peer(place),
        )

    def _since(self, packet: int, place: int) -> int:
        time = self._table["time"]
        return int(time[packet]) - int(time[self.packets[place]])

    def _peer(self, place: int) -> int:
        """The other side's latest packet before a place, -1 if there is none."""
        width = 64
        stop = place
        while stop > 0:
            start = max(stop - width, 0)
            found = np.flatnonzero(self._second[start:stop] != self._second[place])
            if len(found):
                return int(self.packets[start + found[-1]])
            stop, width = start, width * 16
        return -1

    def _direction(self, columns: _Columns, second: bool) -> None:
        """What `second` (or else the first direction) sent, and the other side's acknowledgments of it."""
        sent = np.flatnonzero(self._second == second)
        if not len(sent):
            return
        base = columns.sequence[sent[0]]
        start = unwrap(columns.sequence[sent], base)
        extra = (columns.flags[sent] & (SYN | FIN) != 0).astype(np.int64)
        carries = (columns.length[sent] > 0) | (extra > 0)
        told = np.flatnonzero((self._second != second) & (columns.flags & ACK != 0))
        value = unwrap(columns.ack[told], base)
        places = sent[carries]
        starts = start[carries]
        ends = starts + columns.length[places] + extra[carries]
        self._acks[told], self._beyond[told] = acknowledged(places, ends, told, value)
        reach = start + columns.length[sent] + extra
        advances = np.where(reach > np.concatenate([[start[0] - 1], np.maximum.accumulate(reach)[:-1]]), sent, -1)
        furthest = np.concatenate([[-1], np.maximum.accumulate(advances)[:-1]])[carries]
        found: Flight = flight(places, starts, ends, told, value, furthest)
        self._in_flight[places] = found.size - extra[carries]
        self._oldest[places] = found.oldest
        self._count(columns, sent, told)

    def _count(self, columns: _Columns, sent: Longs, told: Longs) -> None:
        """Data since the last PSH; nothing counts from a lost segment on until the peer sends again."""
        lost = np.where(columns.bits[sent] & int(Flag.lost_segment) != 0, sent, -1)
        lost = np.maximum.accumulate(lost)
        before = np.searchsorted(told, sent) - 1
        answered = np.where(before >= 0, told[np.maximum(before, 0)], -1) if len(told) else np.full(len(sent), -1)
        counted = sent[(columns.length[sent] > 0) & ((lost < 0) | (answered > lost))]
        if not len(counted):
            return
        self._counted[counted] = True
        total = np.cumsum(columns.length[counted])
        pushed = np.flatnonzero(columns.flags[counted][:-1] & PSH != 0)
        reset = np.zeros(len(counted), np.int64)
        reset[pushed + 1] = total[pushed]
        self._push[counted] = total - np.maximum.accumulate(reset)


def _completeness(columns: _Columns) -> NDArray[np.uint8]:
    """tcp.completeness as it was before each segment."""
    flags, length = columns.flags, columns.length
    syn, ack = flags & SYN != 0, flags & ACK != 0
    bits = np.where(syn & ack, 2, 0).astype(np.uint8)
    bits[~syn & ack & (length == 0)] = 4
    bits[~syn & (length > 0)] = 8
    bits[~syn & ack & (flags & FIN != 0)] |= 16
    bits[~syn & (flags & RST != 0)] |= 32
    before = np.zeros(len(flags), np.uint8)
    if len(flags):
        opens = bool(syn[0] and not ack[0])
        bits[0] = (9 if length[0] else 1) if opens else 0
        before[1:] = np.bitwise_or.accumulate(bits)[:-1]
        if opens and columns.bits[0] & int(Flag.reused_ports):
            before[0] = 1
    return before


def _initial_rtt(columns: _Columns) -> tuple[int, int | None]:
    """(the place from which it is known, the time): from the latest pure SYN to the first ACK without SYN."""
    syn, ack = columns.flags & SYN != 0, columns.flags & ACK != 0
    opening = np.maximum.accumulate(np.where(syn & ~ack, np.arange(len(syn)), -1)) if len(syn) else np.zeros(0, int)
    closing = np.flatnonzero(ack & ~syn & (opening >= 0))
    if len(closing):
        begun = columns.time[opening[closing]]
        took = columns.time[closing] - begun
        good = np.flatnonzero((took != 0) & (begun != 0))[:1]
        if len(good):
            return int(closing[good[0]]), int(took[good[0]])
    return 0, None


def unwrap(numbers: NDArray[np.uint32], base: np.uint32) -> Longs:
    """32-bit numbers as positions from `base` on that do not wrap, each near the one before."""
    if not len(numbers):
        return np.zeros(0, np.int64)
    steps = np.diff(numbers, prepend=base).astype(np.uint32)
    return np.cumsum(steps.view(np.int32).astype(np.int64))


class SegmentFacts:
    """Facts of any packet of a table: a stream's columns are made when first asked for, and kept for a while."""

    def __init__(self, table: PacketTable) -> None:
        self._table = table
        self._streams: OrderedDict[int, tuple[int, StreamFacts]] = OrderedDict()
        self._held = 0

    def of(self, stream: int, members: Longs, packet: int) -> Facts | None:
        """`members` are the packet indexes of the stream as of now."""
        known = self._streams.get(stream)
        if known is None or known[0] != len(members):
            if known is not None:
                self._held -= self._streams.pop(stream)[0]
            known = self._streams[stream] = len(members), StreamFacts(self._table, members)
            self._held += len(members)
            while self._held > CACHED and len(self._streams) > 1:
                self._held -= self._streams.popitem(last=False)[1][0]
        else:
            self._streams.move_to_end(stream)
        return known[1].of(packet)
