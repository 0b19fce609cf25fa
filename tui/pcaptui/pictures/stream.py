"""One TCP stream's segments as columns, with numbers that do not wrap: what the stream graphs are made of."""

from __future__ import annotations

from bisect import bisect_right
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ..capture import Capture
from ..loader.table import NONE16, Layer
from ..tracker.flags import Flag
from ..tracker.segment_facts import StreamFacts, unwrap
from ..tracker.segments import ACK, FIN, RST, SYN
from .sack import Blocks, sack_blocks

Longs = NDArray[np.int64]
Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
_BEFORE = 1 << 24
"""Segments that came late may lie so far before a direction's first one."""
_GAPS = 10_000
_PROBES = Flag.keep_alive, Flag.zero_window_probe


class Stream:
    """n segments with a whole TCP header, in capture order; packets quoted in ICMP errors are left out.

    `time` is in s since the first of them. `sequence` is relative as tcp.seq shows it, and goes on where that wraps;
    `acknowledgment` likewise, in the other direction's numbers (only to be used where `has_ack`). `window` is scaled
    as tcp.window_size. `by_client` tells the direction. What costs more is made when it is asked for.
    """

    def __init__(self, capture: Capture, number: int) -> None:
        self.capture, self.number = capture, number
        self.loaded = len(capture)
        table = capture.table
        self._members = capture.stream_packets("tcp", number)
        packets = self._members[table["layers"][self._members] & np.uint16(Layer.QUOTED | Layer.TCP_CUT) == 0]
        self.packets: Longs = packets
        self.flags = table["tcp_flags"][packets]
        self.bits = table["analysis"][packets]
        self.length: Longs = table["payload_length"][packets].astype(np.int64)
        self.by_client: Bools = table["direction"][packets] == capture.tracker.client_direction("tcp", number)
        self.has_ack: Bools = self.flags & ACK != 0
        times: Longs = table["time"][packets]
        self.start = int(times[0]) if len(times) else 0
        self.time: Floats = (times - self.start) / 1e9
        self.sequence = self._unwrapped("relative_sequence")
        self.acknowledgment = self._unwrapped("relative_acknowledgment")

    def __len__(self) -> int:
        return len(self.packets)

    def _unwrapped(self, name: str) -> Longs:
        column = self.capture.table[name][self.packets]
        found = np.zeros(len(self), np.int64)
        for mine in (self.by_client, ~self.by_client):
            # Without ACK the number is raw, whatever it says.
            counted = mine & self.has_ack if name == "relative_acknowledgment" else mine
            found[counted] = unwrap(column[counted], np.uint32(0))
        return found

    @cached_property
    def facts(self) -> StreamFacts:
        """What the analysis tells of each segment; its places are those of these columns."""
        return StreamFacts(self.capture.table, self._members)

    @property
    def facts_at_hand(self) -> StreamFacts | None:
        """The same if somebody has asked for it: of half a million segments it takes a second."""
        found: StreamFacts | None = self.__dict__.get("facts")
        return found

    @cached_property
    def window(self) -> Longs:
        """The receive window that each segment tells, in bytes."""
        table = self.capture.table
        raw = table["window"][self.packets].astype(np.int64)
        shift = table["shift"][self.packets].astype(np.int64)
        shift[self.flags & SYN != 0] = 0
        found: Longs = raw << np.clip(shift, 0, 14)
        return found

    @cached_property
    def takes(self) -> Bools:
        """Segments that take up sequence numbers: data, SYN, FIN."""
        found: Bools = (self.length > 0) | (self.flags & (SYN | FIN) != 0)
        return found

    @cached_property
    def end(self) -> Longs:
        """The number behind each segment (as tcp.nxtseq)."""
        found: Longs = self.sequence + self.length + (self.flags & (SYN | FIN) != 0)
        return found

    @cached_property
    def is_reset(self) -> Bools:
        found: Bools = self.flags & RST != 0
        return found

    def flagged(self, *flags: Flag) -> Bools:
        """Segments in which the analysis found one of these."""
        bits = 0
        for flag in flags:
            bits |= int(flag)
        found: Bools = self.bits & np.uint32(bits) != 0
        return found

    @cached_property
    def sacks(self) -> Blocks:
        """The blocks of all SACK options: the place of the segment that has each, and its two ends as relative numbers
        of the other direction."""
        table = self.capture.table
        layers = table["layers"][self.packets]
        may = (layers & np.uint16(Layer.OPTIONS) != 0) & (layers & np.uint16(Layer.ASSEMBLED) == 0) & self.has_ack
        may &= table["transport"][self.packets] != NONE16
        places = np.flatnonzero(may)
        found = sack_blocks(self.capture, self.packets[places])
        place = places[found.place]
        raw = table["acknowledgment"][self.packets[place]]
        edges = [self.acknowledgment[place] + (edge.astype(np.uint32) - raw).view(np.int32)
                 for edge in (found.left, found.right)]  # fmt: skip
        return Blocks(place, *edges)

    @cached_property
    def round_trips(self) -> tuple[Longs, Longs]:
        """(places of acknowledgments, ns since the segment that each acknowledges), as tcp.analysis.ack_rtt."""
        places = np.flatnonzero(self.facts.acknowledged >= 0)
        time = self.capture.table["time"][self.packets]
        took = time[places] - time[self.facts.acknowledged[places]]
        return places[took != 0], took[took != 0]

    @cached_property
    def in_flight(self) -> Longs:
        """Bytes under way with each data segment, as tcp.analysis.bytes_in_flight; -1 where that is absent."""
        sacked = np.bincount(self.sacks.place, self.sacks.right - self.sacks.left, len(self)).astype(np.int64)
        peer = np.zeros(len(self), np.int64)
        order = np.arange(len(self))
        for mine in (self.by_client, ~self.by_client):
            latest = np.maximum.accumulate(np.where(~mine, order, -1)) if len(order) else order
            peer[mine] = latest[mine]
        moved = self.facts.in_flight - np.where(peer >= 0, sacked[np.maximum(peer, 0)], 0) if len(self) else peer
        return np.where((self.facts.in_flight > 0) & (moved > 0), moved, -1)

    @cached_property
    def ends(self) -> tuple[str, str]:
        """Address and port of client and server, as in '[2001:db8::1]:443'."""
        if not len(self):
            return "?", "?"
        table, first = self.capture.table, int(self.packets[0])
        found = []
        for which in ("source", "destination"):
            address = int(table[which][first])
            name = self.capture.addresses.text(address) if address >= 0 else "?"
            port = int(table[f"{which}_port"][first])
            found.append(f"[{name}]:{port}" if ":" in name else f"{name}:{port}")
        return (found[0], found[1]) if self.by_client[0] else (found[1], found[0])

    def fresh(self, by_client: bool) -> Longs:
        """How many of each segment's bytes were not in an earlier one of its direction; 0 for the other's."""
        found = np.zeros(len(self), np.int64)
        places = np.flatnonzero((self.by_client == by_client) & (self.length > 0) & ~self.flagged(*_PROBES))
        if len(places):
            found[places] = _fresh(self.sequence[places], self.sequence[places] + self.length[places])
        return found


def _fresh(starts: Longs, ends: Longs) -> Longs:
    """The bytes of each segment that none before it had: all that is beyond the furthest, and what fills a gap."""
    reached = np.concatenate([starts[:1], np.maximum.accumulate(ends)[:-1]])
    found: Longs = ends - np.clip(reached, starts, ends)
    lows, highs = [int(starts[0]) - _BEFORE], [int(starts[0])]
    for place in np.flatnonzero(starts != reached).tolist():
        start, end, before = int(starts[place]), int(ends[place]), int(reached[place])
        if start > before:
            lows.append(before)
            highs.append(start)
            if len(lows) > _GAPS:
                del lows[0], highs[0]
        else:
            found[place] += _fill(lows, highs, start, end)
    return found


def _fill(lows: list[int], highs: list[int], start: int, end: int) -> int:
    """How much of start..end lies in gaps, which are ascending and apart; they are left with what remains of them."""
    filled = 0
    at = bisect_right(highs, start)
    while at < len(lows) and lows[at] < end:
        low, high = lows[at], highs[at]
        filled += min(high, end) - max(low, start)
        rest = [(low, start)] * (low < start) + [(end, high)] * (end < high)
        lows[at : at + 1] = [one for one, _ in rest]
        highs[at : at + 1] = [other for _, other in rest]
        at += len(rest)
    return filled
