"""Stream numbers, as tshark counts tcp.stream and udp.stream: by pair of endpoints, in order of first appearance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from ..loader.keyindex import KeyIndex
from ..loader.table import NONE16, Layer, PacketTable
from .arrays import Growing, sort_by_group
from .reuse import Headers, PortReuse
from .socks import Frame, Proxied

TCP, UDP, UDP_LITE = 6, 17, 136
SNMP = (161, 162)
_BLOCK = 1 << 16
_AT_ONCE = 16
"""So many blocks' endpoints are looked up together, which is faster; the rest goes block by block, in little memory."""


def carries(ip_protocol: NDArray[np.uint8], protocol: int) -> NDArray[np.bool_]:
    """Which IP protocols are numbered as this one; UDP-Lite (RFC 3828) shares UDP's streams (found by experiment)."""
    mask: NDArray[np.bool_] = ip_protocol == protocol
    if protocol == UDP:
        mask |= ip_protocol == UDP_LITE
    return mask


class _Headers(Protocol):
    def __getitem__(self, name: str, /) -> NDArray[Any]: ...


@dataclass(slots=True)
class _Part:
    """The packets of a block up to `stop`, with the places of tunnels' UDP headers (see `_with_carriers`).

    `side` is which end sent the packet (0: the lower one); `kept` are the places where the unordered pair of endpoints
    is another one than before, `lower` and `upper` those pairs.
    """

    stop: int
    packets: NDArray[np.int64]
    carriers: NDArray[np.int64] | None
    side: NDArray[np.uint8]
    kept: NDArray[np.int64]
    upper: NDArray[np.uint64]
    lower: NDArray[np.uint64]

    def take_ends(self) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
        """`upper` and `lower`, which are forgotten here."""
        ends = self.upper, self.lower
        self.upper = self.lower = np.zeros(0, np.uint64)
        return ends


class Numbering:
    """Numbers the streams of one transport protocol and says who sent their first packet.

    An endpoint is an address around the transport header with a port; VLANs, interfaces and outer headers are no part
    of the key. Headers quoted in ICMP errors are numbered too.
    """

    def __init__(self, table: PacketTable, protocol: int, frame: Frame | None = None) -> None:
        """`frame` gives a packet's bytes, in which proxies' dialogs are looked for (see socks.py)."""
        self._table = table
        self._proxied = Proxied(table, frame) if protocol == TCP and frame is not None else None
        self._protocol = protocol
        self._keys = KeyIndex()
        self._reuse = PortReuse() if protocol == TCP else None
        self._current = Growing(np.int32)
        self._pair = Growing(np.int32)
        self._side = Growing(np.uint8)
        self._reused = Growing(np.bool_)
        self._alone = Growing(np.bool_)
        self._alone_left = 0
        self._known = 0
        self.unseen = 0
        """Numbers that were taken by what no packet shows (see socks.py)."""
        self.done = 0

    @property
    def count(self) -> int:
        """Streams so far."""
        return len(self._side)

    def finish(self) -> None:
        """Let go of what only more packets would need; there must be none."""
        self._keys, self._reuse = KeyIndex(), None

    @property
    def reused(self) -> NDArray[np.bool_]:
        """By stream: whether its SYN reused the ports of an earlier stream."""
        return self._reused.values

    def update(self, stop: int) -> None:
        """Fill columns stream and direction of this protocol's packets below `stop`."""
        while self.done < stop:
            starts = range(self.done, min(self.done + _AT_ONCE * _BLOCK, stop), _BLOCK)
            parts = [self._ends(start, min(start + _BLOCK, stop)) for start in starts]
            upper, lower = (np.concatenate(ends) for ends in zip(*(part.take_ends() for part in parts), strict=True))
            pairs = self._keys.lookup_or_add(upper, lower)
            del upper, lower
            self._current.resize(len(self._keys))
            looked_up = 0
            for part in parts:
                after = looked_up + len(part.kept)
                if after > looked_up:
                    self._number(part, pairs[looked_up:after])
                looked_up = after
                self.done = part.stop

    def _number(self, part: _Part, pairs: NDArray[np.int32]) -> None:
        packets, side = part.packets, part.side
        pair = np.repeat(pairs, np.diff(part.kept, append=len(packets)))
        first = self._firsts(pair, pairs, part.kept)
        again = (
            self._reused_among_own(part, pair, first) if self._protocol == TCP else self._agents(packets, pair, first)
        )
        opens = first if again is None else first | again
        stream = self._streams(pair, opens, again)
        opening = np.flatnonzero(opens)
        self._pair.extend(pair[opening])
        self._side.extend(side[opening])
        self._reused.extend(np.zeros(len(opening), bool) if again is None else again[opening])
        direction = side ^ self._side.values.take(stream)
        own = packets
        if part.carriers is not None:
            is_own = part.carriers < 0
            if self._protocol == UDP:
                self._table.outer["stream"][part.carriers[~is_own]] = stream[~is_own]
            else:
                self.unseen += int(np.count_nonzero(opens & ~is_own))
            own, stream, direction = packets[is_own], stream[is_own], direction[is_own]
        self._table["stream"][own] = stream
        self._table["direction"][own] = direction

    def _firsts(self, pair: NDArray[np.int32], pairs: NDArray[np.int32], kept: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Mask of the packets that are their pair's first ever; pairs are numbered as they appear."""
        top = np.maximum.accumulate(np.concatenate((np.array([self._known - 1], np.int32), pairs)))
        first = np.zeros(len(pair), bool)
        first[kept[pairs > top[:-1]]] = True
        self._known = int(top[-1]) + 1
        return first

    def _mask(self, start: int, stop: int) -> NDArray[np.bool_]:
        """Which packets have readable ports: four bytes of transport header were captured."""
        table = self._table
        transport = table["transport"][start:stop]
        mask: NDArray[np.bool_] = table["captured"][start:stop] >= transport.astype(np.uint32) + 4
        mask &= transport != NONE16
        mask |= table["layers"][start:stop] & np.uint16(Layer.ASSEMBLED) != 0
        mask &= carries(table["ip_protocol"][start:stop], self._protocol)
        return mask

    def _with_carriers(
        self, own: NDArray[np.int64], start: int, stop: int
    ) -> tuple[NDArray[np.int64], NDArray[np.int64] | None, _Headers]:
        """Packets with the UDP headers around tunnels, outermost first, or with what proxies carry behind them; places
        of these in the columns given last, -1 for a packet's own header; None where there are none."""
        outer: _Headers = self._table.outer
        low = high = 0
        if self._proxied is not None:
            proxied = self._proxied.find(own)
            if proxied is not None:
                outer, high = proxied, len(proxied["packet"])
        elif self._protocol == UDP and len(self._table.outer):
            low, high = np.searchsorted(outer["packet"], [start, stop]).tolist()
        if low == high:
            return own, None, outer
        packets = np.concatenate([outer["packet"][low:high], own])
        places = np.concatenate([np.arange(low, high), np.full(len(own), -1)])
        if self._protocol == TCP:
            packets, places = np.roll(packets, len(own)), np.roll(places, len(own))
        order = np.argsort(packets, kind="stable")
        return packets[order], places[order], outer

    def _ends(self, start: int, stop: int) -> _Part:
        """The endpoints of the packets from `start` to `stop`."""
        packets, carriers, outer = self._with_carriers(np.flatnonzero(self._mask(start, stop)) + start, start, stop)
        ends = []
        others = None if carriers is None else np.flatnonzero(carriers >= 0)
        for address, port in (("source", "source_port"), ("destination", "destination_port")):
            end = self._table[address].take(packets).astype(np.int64)
            number = self._table[port].take(packets)
            if carriers is not None and others is not None:
                end[others] = outer[address][carriers[others]]
                number[others] = outer[port][carriers[others]]
            end += 1
            end <<= 16
            end |= number
            ends.append(end)
        side = (ends[0] > ends[1]).view(np.uint8)
        lower, upper = np.minimum(*ends), np.maximum(*ends)
        changes = np.ones(len(packets), bool)
        changes[1:] = (lower[1:] != lower[:-1]) | (upper[1:] != upper[:-1])
        kept = np.flatnonzero(changes)
        return _Part(
            stop, packets, carriers, side, kept, upper.take(kept).view(np.uint64), lower.take(kept).view(np.uint64)
        )

    def _agents(
        self, packets: NDArray[np.int64], pair: NDArray[np.int32], first: NDArray[np.bool_]
    ) -> NDArray[np.bool_] | None:
        """Second packets of SNMP conversations: the first one stays alone in its stream (found by experiment)."""
        self._alone.resize(len(self._keys))
        opening = np.flatnonzero(first)
        asks = self._table["payload_length"][packets[opening]] > 0
        ports = (self._table[name][packets[opening]] for name in ("source_port", "destination_port"))
        asks &= np.logical_or(*((port == SNMP[0]) | (port == SNMP[1]) for port in ports))
        self._alone.values[pair[opening[asks]]] = True
        if not asks.any() and not self._alone_left:
            return None
        waiting = np.flatnonzero(self._alone.values[pair] & ~first)
        pairs, places = np.unique(pair[waiting], return_index=True)
        self._alone.values[pairs] = False
        self._alone_left += int(asks.sum()) - len(pairs)
        if not len(pairs):
            return None
        again = np.zeros(len(packets), bool)
        again[waiting[places]] = True
        return again

    def _reused_among_own(
        self, part: _Part, pair: NDArray[np.int32], first: NDArray[np.bool_]
    ) -> NDArray[np.bool_] | None:
        """What a proxy carries reuses nothing."""
        if part.carriers is None:
            return self._reused_ports(part.packets, pair, part.side, first)
        own = np.flatnonzero(part.carriers < 0)
        reused = self._reused_ports(part.packets[own], pair[own], part.side[own], first[own])
        if reused is None:
            return None
        found = np.zeros(len(part.packets), bool)
        found[own] = reused
        return found

    def _reused_ports(self, packets: NDArray[np.int64], pair: NDArray[np.int32], side: NDArray[np.uint8],
                      first: NDArray[np.bool_]) -> NDArray[np.bool_] | None:  # fmt: skip
        if self._reuse is None:
            return None
        some = np.flatnonzero(self._reuse.concerned(self._table["tcp_flags"].take(packets), pair, len(self._keys)))
        block = self._headers(packets.take(some), pair.take(some), side.take(some), first.take(some))
        reused, pairs = self._reuse.find(block, len(self._keys))
        if len(pairs):
            self._reuse.follow(pairs, self._earlier(pairs))
            some = np.arange(len(packets))
            reused, _ = self._reuse.find(self._headers(packets, pair, side, first), len(self._keys))
        if not reused.any():
            return None
        found = np.zeros(len(packets), bool)
        found[some[reused]] = True
        return found

    def _headers(self, packets: NDArray[np.int64], pair: NDArray[np.int32], side: NDArray[np.uint8],
                 first: NDArray[np.bool_]) -> Headers:  # fmt: skip
        table = self._table
        return Headers(
            pair, first, side, table["tcp_flags"][packets], table["sequence"][packets],
            table["acknowledgment"][packets], table["layers"][packets] & int(Layer.QUOTED | Layer.TCP_CUT) == 0,
        )  # fmt: skip

    def _earlier(self, pairs: NDArray[np.int64]) -> Headers:
        """The packets of these pairs that were numbered before this block."""
        wanted = np.zeros(len(self._keys), bool)
        wanted[pairs] = True
        packets = np.flatnonzero(carries(self._table["ip_protocol"][: self.done], self._protocol))
        streams = self._table["stream"][packets]
        packets, streams = packets[streams >= 0], streams[streams >= 0]
        mine = wanted[self._pair.values[streams]]
        packets, streams = packets[mine], streams[mine]
        side = self._table["direction"][packets] ^ self._side.values[streams]
        return self._headers(packets, self._pair.values[streams], side, np.zeros(len(packets), bool))

    def _streams(self, pair: NDArray[np.int32], opens: NDArray[np.bool_],
                 reused: NDArray[np.bool_] | None) -> NDArray[np.int32]:  # fmt: skip
        """The stream of every packet; `opens` marks those that begin one."""
        current = self._current.values
        if reused is None:
            opening = np.flatnonzero(opens)
            current[pair.take(opening)] = np.arange(self.count, self.count + len(opening))
            return current.take(pair)
        number = np.cumsum(opens, dtype=np.int32)
        number += self.count - 1
        busy = np.zeros(len(self._keys), bool)
        busy[pair[reused]] = True
        several = busy[pair]
        plain = opens & ~several
        current[pair[plain]] = number[plain]
        stream = current[pair]
        chosen = np.flatnonzero(several)
        keys = sort_by_group(pair[chosen], chosen)
        group, position = keys >> 32, keys & 0xFFFFFFFF
        value = np.where(opens[position], number[position], current[group])
        known = opens[position]
        known[:1] = True
        known[1:] |= group[1:] != group[:-1]
        latest = value[np.maximum.accumulate(np.where(known, np.arange(len(keys)), 0))]
        stream[position] = latest
        current[group] = latest
        return stream
