"""The times of all TCP conversations at once, from whole columns, some whole streams at a time."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..loader.table import PacketTable
from .arrays import sort_by_group
from .lifecycle import NEVER, Lives
from .segments import chunks
from .times import BILLION, IDLE, TimeColumns
from .transit import Sides, Transit, transit_of

Longs = NDArray[np.int64]
Bools = NDArray[np.bool_]
_CHUNK = 65_536
_PAUSE = int(IDLE * BILLION)


def tcp_times(table: PacketTable, packets: Longs, streams: NDArray[np.int32], lives: Lives) -> TimeColumns:
    """The times of TCP conversations. `packets`, `streams`, `lives`: as lifecycle.tcp_lives takes and gives them."""
    found = TimeColumns(len(lives))
    for keys in chunks(sort_by_group(streams, packets), _CHUNK):
        _Measure(table, keys, lives, found).run()
    return found


class _Measure:
    """Some whole streams; fills their places in `found`."""

    def __init__(self, table: PacketTable, keys: Longs, lives: Lives, found: TimeColumns) -> None:
        self._seg = seg = Sides(table, keys, lives.client)
        self._lives = lives
        self._found = found
        self._mine = slice(seg.base, seg.base + seg.count)
        self._syn, self._answer, self._ack, self._asked = (
            seg.places(column[self._mine]) for column in (lives.syn, lives.syn_ack, lives.ack, lives.asked)
        )
        self._open = self._known(self._syn, self._answer) & self._known(self._answer, self._ack)

    @staticmethod
    def _known(first: Longs, second: Longs) -> Bools:
        found: Bools = (first != NEVER) & (second != NEVER) & (second >= first)
        return found

    def run(self) -> None:
        self._connects()
        self._idles()
        transit = transit_of(self._seg, self._found, self._mine)
        self._turns(transit)

    def _between(self, first: Longs, second: Longs) -> Longs:
        """ns from one place of each stream to another, NEVER where either is."""
        time = self._seg.time
        return np.where(self._known(first, second), time[second] - time[first], NEVER)

    def _connects(self) -> None:
        self._found.column("connect_server")[self._mine] = self._between(self._syn, self._answer)
        answered = np.where(self._open, self._answer, NEVER)
        self._found.column("connect_client")[self._mine] = self._between(answered, self._ack)

    def _idles(self) -> None:
        seg, found = self._seg, self._found
        gaps = np.diff(seg.time)
        long = np.flatnonzero((gaps >= _PAUSE) & (seg.run[1:] == seg.run[:-1]))
        if not len(long):
            return
        where = seg.run[long] + seg.base
        np.add.at(found.column("idle"), where, gaps[long])
        np.add.at(found.column("idle_count"), where, 1)
        longest(found.column("idle_longest"), found.column("idle_at"), where, gaps[long], seg.packets[long + 1])

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
        found.column("stalled")[self._mine] = _sums(run[stalls], steps[stalls], count)
        both = _sums(run[~stalls] * 2 + side[~stalls], steps[~stalls], 2 * count)
        found.column("transfer")[base : base + count] = both.reshape(-1, 2)

    def _beginnings(self, places: Longs, time: Longs, done: Longs) -> None:
        """From the handshake's end to the first byte of either side."""
        seg, found = self._seg, self._found
        run = seg.run[places]
        known = self._open[run] & (places >= self._ack[run])
        waited, run, side = (time - done[run])[known], run[known], seg.side[places[known]]
        by_client, where = side == 0, run + seg.base
        mine = where[by_client]
        found.column("client_first")[mine] = found.column("client_longest")[mine] = waited[by_client]
        found.column("client")[mine] += waited[by_client]
        theirs = where[~by_client]
        found.column("server")[theirs] += waited[~by_client]
        longest(
            found.column("server_longest"),
            found.column("server_at"),
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
        np.add.at(found.column("client"), mine, waited[asking])
        np.maximum.at(found.column("client_longest"), mine, waited[asking])
        starts, before, where, waited = (column[~asking] for column in (starts, before, where, waited))
        wire, arrived = self._wire(transit, places[before], places[starts], time[before])
        wire = np.minimum(wire, waited)
        server = waited - wire
        for name, values in (("wire", wire), ("server", server), ("answers", np.ones_like(wire))):
            np.add.at(found.column(name), where, values)
        last = seg.packets[places[starts]]
        longest(found.column("server_longest"), found.column("server_at"), where, server, last)
        longest(found.column("wire_longest"), found.column("wire_at"), where, wire, seg.packets[arrived])

    def _wire(self, transit: Transit, asked: Longs, answered: Longs, since: Longs) -> tuple[Longs, Longs]:
        """ns from a request's last segment until it has arrived, as far as that can be told, and the place of the
        packet that tells it."""
        seg = self._seg
        acked = transit.acked[asked]
        apart = (acked != NEVER) & (acked < answered)
        by_ack = seg.time[np.where(apart, acked, 0)] - since
        again = transit.latest_data(answered - 1, seg.side[asked])
        by_repeat = np.where(again > asked, seg.time[np.maximum(again, 0)] - since, 0)
        trip = self._between(self._asked, self._answer)[seg.run[asked]]
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
