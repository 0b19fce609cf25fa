"""Every Ethernet, IPv4, IPv6, TCP or UDP header of the packets that count, as columns: who sent it to whom.

Those in tunnels count beside those that carry them; those that an ICMP error only quotes do not (by experiment).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..loader.addresses import address_text
from ..loader.decoders import LINK_TYPES, Next
from ..loader.keyindex import KeyIndex
from ..loader.table import NONE16, Layer
from ..tracker.fragments import Fragments
from .rewalk import Halves, Seen, rewalk
from .view import View

KINDS = ("eth", "ipv4", "ipv6", "tcp", "udp")
TITLES = {"eth": "Ethernet", "ipv4": "IPv4", "ipv6": "IPv6", "tcp": "TCP", "udp": "UDP"}
_PROTOCOLS = {"tcp": 6, "udp": 17}
_LEAST = {"tcp": 20, "udp": 8}
_INNER = int(Layer.TUNNEL | Layer.QUOTED)
_USUAL = int(Layer.FRAGMENT | Layer.CUT | Layer.TCP_CUT | Layer.UNTIMED | Layer.OPTIONS)
_FRAGMENTS = 50_000
_CARRIERS = (47, 97)
_USUAL_PLACE = 14  # of the network header
_ETHERNETS = [link_type for link_type, decoder in LINK_TYPES.items() if decoder == Next.ETHERNET]
_LOW32, _LOW16 = np.uint64(0xFFFF_FFFF), np.uint64(0xFFFF)
Ids = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Headers:
    """One entry a header, by packet. packet: index in the packet table; source, destination: numbers of addresses,
    below `addresses`, that `text` writes out; ports and stream: None where there are none."""

    packet: Ids
    source: Ids
    destination: Ids
    addresses: int
    text: Callable[[int], str]
    source_port: NDArray[np.int64] | None = None
    destination_port: NDArray[np.int64] | None = None
    stream: Ids | None = None


class Layers:
    """The headers of one view; what several kinds need is made once."""

    def __init__(self, view: View) -> None:
        self.view = view

    def of(self, kind: str) -> Headers:
        """The headers of one of KINDS."""
        self.view.go_on()
        if kind == "eth":
            return self._ethernet()
        return self._transport(kind) if kind in _PROTOCOLS else self._network(kind)

    @cached_property
    def _address_kinds(self) -> NDArray[np.uint8]:
        """0: IPv4, 1: MAC, 2: IPv6, by address number; behind them one 3 for number -1."""
        addresses = self.view.capture.addresses
        hi, _ = addresses.keys
        kinds = np.where(hi == addresses.ipv4_key, 0, np.where(hi == addresses.mac_key, 1, 2))
        return np.append(kinds, 3).astype(np.uint8)

    @cached_property
    def _odd(self) -> NDArray[np.bool_]:
        """Packets that count whose columns do not tell all of their Ethernet headers."""
        view = self.view
        layers = view.column("layers")
        protocol = view.column("ip_protocol")
        odd: NDArray[np.bool_] = layers & np.uint16(0xFFFF & ~_USUAL) != 0
        for number in _CARRIERS:
            odd |= protocol == number
        carriers = view.capture.table.outer["packet"]
        if len(carriers):
            odd |= _among(view.packets, carriers)
        network = view.column("network")
        odd |= (network != _USUAL_PLACE) & ((network != NONE16) | (view.column("ethertype") != 0))
        if not self._all_ethernet.all():
            odd |= ~self._all_ethernet[view.column("interface")]
        return odd

    @cached_property
    def _all_ethernet(self) -> NDArray[np.bool_]:
        """By interface."""
        return np.isin([interface.link_type for interface in self.view.capture.interfaces], _ETHERNETS)

    @cached_property
    def _seen(self) -> dict[str, Seen]:
        packets = self.view.packets[self._odd]
        return rewalk(self.view.capture, packets)

    def _ethernet(self) -> Headers:
        view = self.view
        packets = view.packets[~self._odd & (view.column("captured") >= 14)]
        found = [_mac_addresses(view, packets)]
        if self._odd.any() and (seen := self._seen["mac"]).packet:
            sides = [np.concatenate([lo for _, lo in side]) for side in (seen.source, seen.destination)]
            found.append((np.concatenate(seen.packet), sides[0], sides[1]))
        packet, source, destination = (np.concatenate(parts) for parts in zip(*found, strict=True))
        ids, values = _number(source, destination)
        return _ordered(
            Headers(packet, ids[0], ids[1], len(values), lambda row: address_text(int(values[row]).to_bytes(6, "big")))
        )

    def _network(self, kind: str) -> Headers:
        view = self.view
        capture = view.capture
        source, destination = view.column("source"), view.column("destination")
        layers = view.column("layers")
        mine = self._address_kinds[source] == (0 if kind == "ipv4" else 2)
        if kind == "ipv6":  # of a datagram in fragments only the one that completes it counts (found by experiment)
            pieces = np.flatnonzero(mine & (layers & np.uint16(Layer.FRAGMENT | Layer.ASSEMBLED) == Layer.FRAGMENT))
            mine[pieces] = self._completing(view.packets[pieces])
        inner = layers & np.uint16(_INNER) != 0
        # Of a tunnel in a datagram that was put together, nothing stands in the frame itself.
        plain = mine & (~inner | (layers & np.uint16(Layer.TUNNEL | Layer.ASSEMBLED) == Layer.TUNNEL | Layer.ASSEMBLED))
        found = [(view.packets[plain], source[plain].astype(np.int64), destination[plain].astype(np.int64))]
        count, text = len(capture.addresses), capture.addresses.text
        if inner.any() and (seen := self._seen[kind]).packet:
            packet = np.concatenate(seen.packet)
            inside = inner[np.searchsorted(view.packets, packet)]
            book = _Book(self.view, kind, seen)
            found.append((packet[inside], book.source[inside], book.destination[inside]))
            count, text = book.count, book.text
        columns = [np.concatenate(parts) for parts in zip(*found, strict=True)]
        return _ordered(Headers(columns[0], columns[1], columns[2], count, text))

    def _transport(self, kind: str) -> Headers:
        view, capture = self.view, self.view.capture
        at = view.column("transport").astype(np.int64)
        whole = (at == NONE16) | (at + _LEAST[kind] <= view.column("captured"))
        chosen = (view.column("ip_protocol") == _PROTOCOLS[kind]) & (view.column("stream") >= 0) & whole
        chosen &= view.column("layers") & np.uint16(Layer.QUOTED | Layer.TCP_CUT) == 0
        if kind == "tcp":
            chosen &= ~self._options_cut(at)
        names = ("source", "destination", "source_port", "destination_port", "stream")
        found = [[view.packets[chosen], *(view.column(name)[chosen].astype(np.int64) for name in names)]]
        outer = capture.table.outer
        if kind == "udp" and len(outer):
            counts = _among(outer["packet"], view.packets) & (outer["stream"] >= 0)
            # What turned out to carry no IP packet is what the columns describe.
            carrier, table = outer["packet"], capture.table
            counts &= (table["ip_protocol"][carrier] != 17) | (table["stream"][carrier] != outer["stream"])
            found.append([outer["packet"][counts], *(outer[name][counts].astype(np.int64) for name in names)])
        packet, source, destination, source_port, destination_port, stream = (
            np.concatenate(parts) for parts in zip(*found, strict=True)
        )
        return _ordered(
            Headers(packet, source, destination, len(capture.addresses), capture.addresses.text, source_port,
                    destination_port, stream)
        )  # fmt: skip

    def _completing(self, fragments: Ids) -> NDArray[np.bool_]:
        """Which of these IP fragments complete their datagrams: the first of them only, for they are put together."""
        found = np.zeros(len(fragments), np.bool_)
        if len(fragments):
            capture = self.view.capture
            pieces = Fragments(capture.table, capture.frame)
            for place, packet in enumerate(fragments[:_FRAGMENTS].tolist()):
                datagram = pieces.datagram(packet)
                found[place] = datagram is not None and datagram.completed_by == packet
        return found

    def _options_cut(self, transport: Ids) -> NDArray[np.bool_]:
        """Where a TCP header's options were not captured to their end: those are not counted (found by experiment)."""
        captured = self.view.column("captured").astype(np.int64)
        cut: NDArray[np.bool_] = self.view.column("payload") == captured
        cut &= (captured < self.view.column("length")) & (transport + 20 <= captured)
        places = np.flatnonzero(cut)
        offsets = self.view.capture.words(self.view.packets[places], transport[places] + 5) & np.uint64(0xFF)
        cut[places] = transport[places] + (offsets >> np.uint64(4)).astype(np.int64) * 4 > captured[places]
        return cut


class _Book:
    """The capture's addresses, and behind them those of headers that its table does not describe."""

    def __init__(self, view: View, kind: str, seen: Seen) -> None:
        addresses = view.capture.addresses
        self._addresses = addresses
        self._kind = kind
        self._known = len(addresses)
        keys = KeyIndex()
        known_hi, known_lo = addresses.keys
        keys.lookup_or_add(known_hi.copy(), known_lo.copy())
        self.source, self.destination = (
            keys.lookup_or_add(*self._halves(side)).astype(np.int64) for side in (seen.source, seen.destination)
        )
        self.count = len(keys)
        self._hi, self._lo = keys.keys

    def _halves(self, side: list[tuple[Halves, Halves]]) -> tuple[Halves, Halves]:
        hi, lo = (np.concatenate(part) for part in zip(*side, strict=True))
        return (np.full(len(hi), self._addresses.ipv4_key) if self._kind == "ipv4" else hi), lo

    def text(self, index: int) -> str:
        if index < self._known:
            return self._addresses.text(index)
        lo = int(self._lo[index])
        if self._kind == "ipv4":
            return address_text(lo.to_bytes(4, "big"))
        return address_text(int(self._hi[index]).to_bytes(8, "big") + lo.to_bytes(8, "big"))


def _mac_addresses(view: View, packets: Ids) -> tuple[Ids, Halves, Halves]:
    """Packets of Ethernet interfaces and their two addresses as numbers: source, destination."""
    words = view.capture.words
    first = words(packets, np.zeros(len(packets), np.int64))
    second = words(packets, np.full(len(packets), 4, np.int64))
    return packets, second & np.uint64(0xFFFF_FFFF_FFFF), first >> np.uint64(16)


def _number(source: Halves, destination: Halves) -> tuple[tuple[Ids, Ids], Halves]:
    """Dense numbers of both columns' values, and the values. Of packets that have the pair of the one before, or the
    same turned round, nothing needs looking up."""
    if not len(source):
        none = np.zeros(0, np.int64)
        return (none, none), np.zeros(0, np.uint64)
    low, high = np.minimum(source, destination), np.maximum(source, destination)
    heads = np.ones(len(source), np.bool_)
    heads[1:] = (low[1:] != low[:-1]) | (high[1:] != high[:-1])
    run = np.cumsum(heads) - 1
    keys = KeyIndex()
    pairs = np.stack([low[heads], high[heads]], axis=1).ravel()
    ids = keys.lookup_or_add(np.zeros(len(pairs), np.uint64), pairs).reshape(-1, 2).astype(np.int64)
    low_id, high_id = ids[run, 0], ids[run, 1]
    upright = source == low
    numbers = np.where(upright, low_id, high_id), np.where(upright, high_id, low_id)
    return numbers, keys.keys[1]


def _among(packets: NDArray[Any], others: NDArray[Any]) -> NDArray[np.bool_]:
    """Which of these packets are among the others."""
    size = int(max(packets.max(initial=0), others.max(initial=0))) + 1
    marked = np.zeros(size, np.bool_)
    marked[others] = True
    among: NDArray[np.bool_] = marked[packets]
    return among


def _ordered(headers: Headers) -> Headers:
    """By packet, a packet's headers in the order given."""
    if not (headers.packet[1:] < headers.packet[:-1]).any():
        return headers
    order = np.argsort(headers.packet, kind="stable")
    columns = [
        None if column is None else column[order]
        for column in (headers.packet, headers.source, headers.destination, headers.source_port,
                       headers.destination_port, headers.stream)
    ]  # fmt: skip
    packet, source, destination = columns[:3]
    assert packet is not None and source is not None and destination is not None
    return Headers(packet, source, destination, headers.addresses, headers.text, *columns[3:])
