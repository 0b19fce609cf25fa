"""The times of all TCP conversations at once, from whole columns, some whole streams at a time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..loader.table import PacketTable
from .arrays import sort_by_group
from .flags import Flag
from .lifecycle import NEVER, Lives, Packets
from .segments import chunks
from .times import BILLION, IDLE, TimeColumns
from .transit import Sides, Transit, transit_of

Longs = NDArray[np.int64]
Bools = NDArray[np.bool_]
_CHUNK = 65_536
_PAUSE = int(IDLE * BILLION)


@dataclass(slots=True)
class _Marks:
    """Of some conversations: the direction in which the client sends, and packets of the handshake (as Lives)."""

    client: NDArray[np.uint8]
    syn: Packets
    answer: Packets
    ack: Packets
    asked: Packets


def tcp_times(table: PacketTable, packets: Longs, streams: NDArray[np.int32], lives: Lives) -> TimeColumns:
    """The times of TCP conversations. `packets`, `streams`, `lives`: as lifecycle.tcp_lives takes and gives them."""
    time = table["time"]
    measured = lives.payload.any(axis=1) | (time[lives.last] - time[lives.first] >= _PAUSE)
    measured |= lives.bits & np.uint32(Flag.zero_window) != 0
    answered = _between(time, lives.syn, lives.syn_ack)
    acked = np.where(answered == NEVER, NEVER, _between(time, lives.syn_ack, lives.ack))
    found = TimeColumns(measured, (answered, acked))
    if not measured.all():
        chosen = measured[streams]
        packets, streams = packets[chosen], (np.cumsum(measured) - 1)[streams[chosen]].astype(np.int32)
    marks = _Marks(*(column[measured] for column in (lives.client, lives.syn, lives.syn_ack, lives.ack, lives.asked)))
    for keys in chunks(sort_by_group(streams, packets), _CHUNK):
        _Measure(table, keys, marks, found).run()
    return found


def _between(time: Longs, first: Packets, second: Packets) -> Longs:
    """ns from one packet of each conversation to another, NEVER where either is or they come the other way round."""
    known = (first != NEVER) & (second >= first)
    return np.where(known, np.maximum(time[second] - time[first], 0), NEVER) if len(time) else first.astype(np.int64)


class _Measure:
    """Some whole streams; fills their places in `found`."""

    def __init__(self, table: PacketTable, keys: Longs, marks: _Marks, found: TimeColumns) -> None:
        self._seg = seg = Sides(table, keys, marks.client)
        self._found = found
        self._mine = slice(seg.base, seg.base + seg.count)
        self._syn, self._answer, self._ack, self._asked = (
            seg.places(column[self._mine]) for column in (marks.syn, marks.answer, marks.ack, marks.asked)
        )
        known = self._known(self._asked, self._answer)
        self._trip = np.where(known, seg.time[self._answer] - seg.time[self._asked], 0)
        self._open = self._known(self._syn, self._answer) & self._known(self._answer, self._ack)

    @staticmethod
    def _known(first: Longs, second: Longs) -> Bools:
        found: Bools = (first != NEVER) & (second != NEVER) & (second >= first)
        return found

    def run(self) -> None:
        self._idles()
        transit = transit_of(self._seg, self._found, self._mine)
        self._turns(transit)

    def _idles(self) -> None:
        seg, found = self._seg, self._found
        gaps = np.diff(seg.time)
        long = np.flatnonzero((gaps >= _PAUSE) & (seg.run[1:] == seg.run[:-1]))
        if not len(long):
            return
        where = seg.run[long] + seg.base
        np.add.at(found.own("idle"), where, gaps[long])
        np.add.at(found.own("idle_count"), where, 1)
        longest(found.own("idle_longest"), found.own("idle_at"), where, gaps[long], seg.packets[long + 1])

    def _turns(self, transit: Transit) -> None:
        """Runs of new data in one direction, what passes within them, and from one to the next."""
        seg = self._seg
        places = np.flatnonzero(seg.fresh)
        if not len(places):
            return
        run, side = seg.run[places], seg.side[places]
        # What passes before the handshake is done belongs to it.
        answered = np.where(self._known(self._syn, self._answer), seg.time[self._answer], 0)
        done = np.where(self._open, seg.time[self._ack], answered)
        time = np.maximum(seg.time[places], done[run])
        begins = np.ones(len(places), bool)
        begins[1:] = (run[1:] != run[:-1]) | (side[1:] != side[:-1])
        self._within(time, run, side, begins)
        starts = np.flatnonzero(begins)
        ends = np.append(starts[1:], len(places)) - 1
        first = np.ones(len(starts), bool)
        first[1:] = run[starts][1:] != run[starts][:-1]
        self._beginnings(places[starts[first]], time[starts[first]], done)
        self._waits(transit, places, time, starts[~first], ends[np.flatnonzero(~first) - 1])

    def _within(self, time: Longs, run: Longs, side: Longs, begins: Bools) -> None:
        found, base, count = self._found, self._seg.base, self._seg.count
        steps = np.diff(time, prepend=time[:1])
        steps[begins] = 0
        stalls = steps >= _PAUSE
        found.own("stalled")[self._mine] = _sums(run[stalls], steps[stalls], count)
        both = _sums(run[~stalls] * 2 + side[~stalls], steps[~stalls], 2 * count)
        found.own("transfer")[base : base + count] = both.reshape(-1, 2)

    def _beginnings(self, places: Longs, time: Longs, done: Longs) -> None:
        """From the handshake's end to the first byte of either side."""
        seg, found = self._seg, self._found
        run = seg.run[places]
        known = self._open[run] & (places >= self._ack[run])
        waited, run, side = (time - done[run])[known], run[known], seg.side[places[known]]
        by_client, where = side == 0, run + seg.base
        mine = where[by_client]
        found.own("client_first")[mine] = found.own("client_longest")[mine] = waited[by_client]
        found.own("client")[mine] += waited[by_client]
        theirs = where[~by_client]
        found.own("server")[theirs] += waited[~by_client]
        longest(
            found.own("server_longest"),
            found.own("server_at"),
            theirs,
            waited[~by_client],
            seg.packets[places[known][~by_client]],
        )

    def _waits(self, transit: Transit, places: Longs, time: Longs, starts: Longs, before: Longs) -> None:
        """From the end of one side's data to the beginning of the other's: `before`, `starts` are positions in
        `places` and `time` of the segments around each wait."""
        seg, found = self._seg, self._found
        waited = time[starts] - time[before]
        where = seg.run[places[starts]] + seg.base
        asking = seg.side[places[starts]] == 0
        mine = where[asking]
        np.add.at(found.own("client"), mine, waited[asking])
        np.maximum.at(found.own("client_longest"), mine, waited[asking])
        starts, before, where, waited = (column[~asking] for column in (starts, before, where, waited))
        wire, arrived = self._wire(transit, places[before], places[starts], time[before])
        wire = np.minimum(wire, waited)
        server = waited - wire
        for name, values in (("wire", wire), ("server", server), ("answers", np.ones_like(wire))):
            np.add.at(found.own(name), where, values)
        last = seg.packets[places[starts]]
        longest(found.own("server_longest"), found.own("server_at"), where, server, last)
        longest(found.own("wire_longest"), found.own("wire_at"), where, wire, seg.packets[arrived])

    def _wire(self, transit: Transit, asked: Longs, answered: Longs, since: Longs) -> tuple[Longs, Longs]:
        """ns from a request's last segment until it has arrived, as far as that can be told, and the place of the
        packet that tells it."""
        seg = self._seg
        acked = transit.acked[asked]
        apart = (acked != NEVER) & (acked < answered)
        by_ack = seg.time[np.where(apart, acked, 0)] - since
        again = transit.latest_data(answered - 1, seg.side[asked])
        by_repeat = np.where(again > asked, seg.time[np.maximum(again, 0)] - since, 0)
        trip = self._trip[seg.run[asked]]
        took = np.maximum(np.where(apart, by_ack, np.maximum(by_repeat, trip)), 0)
        return took, np.where(apart, acked, answered)


def longest(most: Longs, at: Longs, where: Longs, values: Longs, packets: Longs) -> None:
    """Raise `most` at the places `where` to the largest of `values` there, and note the packet of the first of them
    in `at`. Values of 0 are no wait."""
    np.maximum.at(most, where, values)
    reached = np.flatnonzero((values > 0) & (values == most[where]))[::-1]
    at[where[reached]] = packets[reached]


def _sums(groups: Longs, values: Longs, count: int) -> Longs:
    """Exact sums of integers by group, shape (count,)."""
    found = np.zeros(count, np.int64)
    np.add.at(found, groups, values)
    return found
