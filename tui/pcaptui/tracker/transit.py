"""What became of the bytes of TCP conversations on their way: round trips, bytes in flight, goodput, repetitions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..loader.table import Layer, PacketTable
from .arrays import run_starts
from .flags import Flag
from .lifecycle import ACK, FIN, NEVER, RST, SYN, Packets
from .times import TimeColumns

Longs = NDArray[np.int64]
Bools = NDArray[np.bool_]
_REPEATED = np.uint32(Flag.retransmission)
_PROBES = np.uint32(Flag.keep_alive | Flag.zero_window_probe)
_ROOM = 42
"""Bits for a place in the bytes of one direction; the number of the direction stands in front of them."""
_BEFORE = 1 << 24
"""So far below its direction's first sequence number may a segment lie that came late."""
_WRAP = 1 << 32


class Sides:
    """Some whole TCP streams, a stream's packets together and in order: n packets of `count` streams, the first of
    them number `base`. A place is a position in these columns. side: 0 for the client's packets, 1 for the server's;
    time: ns since the stream's first packet, never going back; data: segments with payload, probes left out; fresh:
    data that is no retransmission."""

    def __init__(self, table: PacketTable, keys: Longs, client: NDArray[np.uint8]) -> None:
        self.base = int(keys[0] >> 32)
        self.run = (keys >> 32) - self.base
        self.packets: Longs = keys & 0xFFFFFFFF
        self.heads = np.flatnonzero(run_starts(self.run))
        self.count = len(self.heads)
        self.tails = np.append(self.heads[1:], len(keys)) - 1
        self._keys = keys
        self.flags = table["tcp_flags"][self.packets]
        self.side = (table["direction"][self.packets] != client[keys >> 32]).astype(np.int64)
        self.length = table["payload_length"][self.packets].astype(np.int64)
        self.bits = table["analysis"][self.packets]
        self.time = self._clock(table["time"][self.packets])
        self.plain: Bools = (table["layers"][self.packets] & np.uint16(Layer.TCP_CUT) == 0) & (self.flags & RST == 0)
        self.data: Bools = self.plain & (self.length > 0) & (self.bits & _PROBES == 0)
        self.fresh: Bools = self.data & (self.bits & _REPEATED == 0)
        self._table = table

    def column(self, name: str, places: Longs) -> NDArray[np.uint32]:
        found: NDArray[np.uint32] = self._table[name][self.packets[places]]
        return found

    def places(self, packets: Packets) -> Longs:
        """The place of one packet of each stream, NEVER where it is that."""
        wanted = (np.arange(self.count) + self.base) << 32 | np.maximum(packets, 0)
        return np.where(packets == NEVER, NEVER, np.searchsorted(self._keys, wanted))

    def _clock(self, times: Longs) -> Longs:
        times = np.maximum(times - times[self.heads][self.run], 0)
        if (np.diff(times)[self.run[1:] == self.run[:-1]] < 0).any():
            values, ranks = np.unique(times, return_inverse=True)
            times = values[np.maximum.accumulate(self.run << 32 | ranks) & 0xFFFFFFFF]
        return times


@dataclass(slots=True)
class Transit:
    """acked: for each place of new data the place of the first ACK of it, NEVER without one (n entries)."""

    acked: Longs
    _data: Longs  # run, side and place of all data, sorted
    _seg: Sides

    def latest_data(self, places: Longs, side: Longs) -> Longs:
        """The latest place with data of a side up to each place, in the place's stream; NEVER if there is none."""
        group = self._seg.run[places] * 2 + side
        return _latest(self._data, group, places)


def transit_of(seg: Sides, found: TimeColumns, mine: slice) -> Transit:
    """Fill the columns about bytes; `mine` are the streams' places in `found`."""
    group = seg.run * 2 + seg.side
    acked = np.full(len(group), NEVER, np.int64)
    data = np.flatnonzero(seg.data)
    keys = np.sort(group[data] << 32 | data)
    if len(data):
        flows = _Flows(seg, group, keys)
        acked[flows.data] = flows.acked
        _count(seg, group, data, found, mine)
        _round_trips(seg, flows, found, mine)
        _flight(flows, seg, found, mine)
        _goodput(flows, seg, found, mine)
    if (seg.bits & np.uint32(Flag.zero_window)).any():
        _closed_windows(seg, group, found, mine)
    return Transit(acked, keys, seg)


class _Flows:
    """Data by direction: k segments, their ends as numbers that do not wrap, and the ACKs that cover them."""

    def __init__(self, seg: Sides, group: Longs, keys: Longs) -> None:
        self.data = data = keys & 0xFFFFFFFF
        self.group = keys >> 32
        start, self.heads = _unwrapped(seg.column("relative_sequence", data), self.group)
        size = seg.length[data]
        start += seg.flags[data] & SYN != 0
        self.first = np.minimum.reduceat(start, self.heads)
        self.spread = np.cumsum(run_starts(self.group)) - 1
        self.end = start + size
        self.reach = _rising(self.group, self.end)
        acks = np.flatnonzero(seg.plain & (seg.flags & ACK != 0))
        ack_keys = np.sort(group[acks] << 32 | acks)
        self.ack_places, ack_group = ack_keys & 0xFFFFFFFF, ack_keys >> 32
        number, _ = _unwrapped(seg.column("relative_acknowledgment", self.ack_places), ack_group)
        self.number = _rising(ack_group, number)
        self.ack_keys = ack_keys
        self.fin = (seg.flags[data] & FIN != 0).astype(np.int64)
        self._covering(ack_group)

    def _covering(self, ack_group: Longs) -> None:
        """The first ACK of each segment, and whether it is an ACK of just its end."""
        wanted, other = np.minimum(self.end, (1 << _ROOM - 1) - 1), self.group ^ 1
        at = np.searchsorted(_packed(ack_group, self.number), _packed(other, wanted))
        here = np.minimum(at, max(len(ack_group) - 1, 0))
        if not len(ack_group):
            self.acked, self.exact = np.full(len(self.data), NEVER, np.int64), np.zeros(len(self.data), bool)
            return
        places = self.ack_places[here]
        good = (at < len(ack_group)) & (ack_group[here] == other) & (places > self.data)
        self.acked = np.where(good, places, NEVER)
        beyond = self.number[here] - self.end
        self.exact = good & ((beyond == 0) | (beyond == self.fin))

    def acknowledged(self) -> Longs:
        """What the other side has acknowledged before each segment; the direction's first byte where nothing."""
        at = _latest(self.ack_keys, self.group ^ 1, self.data, positions=True)
        first: Longs = self.first[self.spread]
        known = np.flatnonzero(at != NEVER)
        first[known] = np.maximum(first[known], self.number[at[known]])
        return first


def _latest(keys: Longs, group: Longs, places: Longs, positions: bool = False) -> Longs:
    """The latest of sorted keys (group << 32 | place) that is of a group and at or before a place: its place, or its
    position in `keys` where `positions` are asked for; NEVER where there is none."""
    if not len(keys):
        return np.full(len(places), NEVER, np.int64)
    at = np.searchsorted(keys, group << 32 | places, "right") - 1
    good = (at >= 0) & (keys[np.maximum(at, 0)] >> 32 == group)
    found: Longs = np.where(good, at if positions else keys[np.maximum(at, 0)] & 0xFFFFFFFF, NEVER)
    return found


def _unwrapped(numbers: NDArray[np.uint32], group: Longs) -> tuple[Longs, Longs]:
    """Numbers of sorted groups as they would be without wrapping, and each group's first place."""
    heads = np.flatnonzero(run_starts(group))
    steps = np.zeros(len(numbers), np.int64)
    steps[1:] = (numbers[1:] - numbers[:-1]).view(np.int32)
    line = np.cumsum(steps)
    begin = numbers[heads].astype(np.int64)
    begin[begin >= _WRAP - _BEFORE] -= _WRAP
    line += np.repeat(begin - line[heads], np.diff(heads, append=len(numbers)))
    return line, heads


def _packed(group: Longs, numbers: Longs) -> Longs:
    """Group and number in one integer that sorts as both do."""
    half = 1 << _ROOM - 1
    packed: Longs = (group << _ROOM) + (np.clip(numbers, -half, half - 1) + half)
    return packed


def _rising(group: Longs, numbers: Longs) -> Longs:
    """The largest number up to each place of sorted groups."""
    highest: Longs = np.maximum.accumulate(_packed(group, numbers))
    return (highest & ((1 << _ROOM) - 1)) - (1 << _ROOM - 1)


def _by_side(values: Longs) -> Longs:
    return values.reshape(-1, 2)


def _sums(group: Longs, values: Longs, count: int) -> Longs:
    found = np.zeros(2 * count, np.int64)
    np.add.at(found, group, values)
    return _by_side(found)


def _count(seg: Sides, group: Longs, data: Longs, found: TimeColumns, mine: slice) -> None:
    mine_too, size = group[data], seg.length[data]
    again = seg.bits[data] & _REPEATED != 0
    one = np.ones_like(size)
    found.own("segments")[mine] = _sums(mine_too, one, seg.count)
    found.own("sent")[mine] = _sums(mine_too, size, seg.count)
    found.own("repeated")[mine] = _sums(mine_too[again], one[again], seg.count)
    found.own("repeated_bytes")[mine] = _sums(mine_too[again], size[again], seg.count)


def _round_trips(seg: Sides, flows: _Flows, found: TimeColumns, mine: slice) -> None:
    """Of new segments that were acknowledged before anything of their stream was sent again."""
    repeats = np.cumsum(seg.data & ~seg.fresh)
    acked = np.maximum(flows.acked, 0)
    good = np.flatnonzero(flows.exact & seg.fresh[flows.data] & (repeats[acked] == repeats[flows.data]))
    group = flows.group[good]
    took = seg.time[acked[good]] - seg.time[flows.data[good]]
    found.own("rtt_count")[mine] = _sums(group, np.ones_like(took), seg.count)
    found.own("rtt_sum")[mine] = _sums(group, took, seg.count)
    most, least = np.zeros(2 * seg.count, np.int64), np.full(2 * seg.count, np.iinfo(np.int64).max)
    np.maximum.at(most, group, took)
    np.minimum.at(least, group, took)
    found.own("rtt_most")[mine] = _by_side(most)
    found.own("rtt_least")[mine] = np.where(found.own("rtt_count")[mine] > 0, _by_side(least), NEVER)


def _flight(flows: _Flows, seg: Sides, found: TimeColumns, mine: slice) -> None:
    under_way = np.maximum(flows.reach - flows.acknowledged(), 0)
    most = np.zeros(2 * seg.count, np.int64)
    np.maximum.at(most, flows.group, under_way)
    reached = np.flatnonzero((under_way > 0) & (under_way == most[flows.group]))[::-1]
    at = np.full(2 * seg.count, NEVER, np.int64)
    at[flows.group[reached]] = seg.packets[flows.data[reached]]
    found.own("flight")[mine], found.own("flight_at")[mine] = _by_side(most), _by_side(at)


def _goodput(flows: _Flows, seg: Sides, found: TimeColumns, mine: slice) -> None:
    """Bytes sent, each once, and the time from the first segment to the ACK of the last one (or to itself)."""
    heads = flows.heads
    tails = np.append(heads[1:], len(flows.data)) - 1
    group = flows.group[heads]
    reach = flows.reach[tails] - flows.first
    fresh = np.minimum(reach, np.add.reduceat(seg.length[flows.data], heads))
    last = np.maximum(flows.data, flows.acked)
    sending = seg.time[np.maximum.reduceat(last, heads)] - seg.time[flows.data[heads]]
    for column, values in ((found.own("fresh"), fresh), (found.own("sending"), sending)):
        both = np.zeros(2 * seg.count, np.int64)
        both[group] = values
        column[mine] = _by_side(both)


def _closed_windows(seg: Sides, group: Longs, found: TimeColumns, mine: slice) -> None:
    """From each zero window to the side's next segment with another, or to the stream's end."""
    told = np.flatnonzero(seg.plain & (seg.flags & (SYN | ACK) == ACK))
    keys = np.sort(group[told] << 32 | told)
    places, group = keys & 0xFFFFFFFF, keys >> 32
    shut = seg.column("window", places) == 0
    new = run_starts(group)
    begins = shut.copy()
    begins[1:] &= new[1:] | ~shut[:-1]
    ends = np.ones(len(places) + 1, bool)
    ends[:-1] = new | ~shut
    stops = np.flatnonzero(ends)
    at = np.flatnonzero(begins)
    stop = stops[np.searchsorted(stops, at, "right")]
    inside = np.minimum(stop, len(places) - 1)
    opened = (stop < len(places)) & (group[inside] == group[at])
    until = np.where(opened, places[inside], seg.tails[group[at] >> 1])
    found.own("closed_window")[mine] = _sums(group[at], seg.time[until] - seg.time[places[at]], seg.count)
    found.own("still_closed")[mine] = _sums(group[at[~opened]], np.ones(int((~opened).sum()), np.int64), seg.count)
