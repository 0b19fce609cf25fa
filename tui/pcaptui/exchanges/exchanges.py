"""Exchanges of a capture: those of one stream, and which packets a packet belongs with."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from ..capture import Capture
from ..dissect.rows import Rows
from ..protocols.messages import Message
from ..protocols.text import escape
from .exchange import ARROW, Exchange
from .links import Links
from .pairing import pair

AHEAD = 200_000
"""So many packets of a TCP stream behind the one asked for are looked at for its answer."""
DATAGRAMS = 5_000
"""So many packets of a UDP stream are dissected for its exchanges."""
BEFORE = 50
OPENINGS = 200_000
"""So many SYNs are looked through for FTP's data connections."""
SILENT = 4
"""A UDP stream whose first packets, so many, have no messages has none at all."""
STREAMS = 2_000
"""So many streams' exchanges are kept."""


@dataclass(slots=True)
class _Stream:
    exchanges: list[Exchange]
    complete: bool
    stop: int  # packets of the stream looked at
    count: int  # packets of the capture then
    partners: dict[int, list[int]] = field(default_factory=dict)


class Exchanges:
    """Answers for one capture, also while it grows. Not thread-safe: one instance a thread.

    `rows` are those that the caller makes rows with: streams are then dissected once for both. `ahead` bounds how many
    packets of a stream one question may cause to be dissected.
    """

    def __init__(self, capture: Capture, rows: Rows | None = None, ahead: int = AHEAD) -> None:
        self.capture = capture
        self._rows = rows if rows is not None else Rows(capture)
        self._ahead = ahead
        self._streams: OrderedDict[tuple[str, int], _Stream] = OrderedDict()
        self._links: Links | None = None
        self._openings: tuple[int, NDArray[np.int64], NDArray[np.uint16]] | None = None

    def of_stream(self, kind: str, number: int) -> list[Exchange]:
        """The exchanges of stream "tcp" or "udp" number, in the order of their requests; see `complete`."""
        return self._stream(kind, number, 0).exchanges

    def complete(self, kind: str, number: int) -> bool:
        """Whether `of_stream` told all of the stream that is loaded."""
        return self._stream(kind, number, 0).complete

    def related(self, index: int) -> list[int]:
        """Indexes of the packets that packet `index` belongs with, ascending: request and response, query and answer,
        echo pairs, ARP, an ICMP error and what it quotes, a retransmission's original, a duplicate ACK's first."""
        capture = self.capture
        if index >= len(capture):
            return []
        found = set(capture.tracker.related(index))
        found.update(self._partners(index))
        stream = capture.stream_of(index)
        if stream is not None and stream[0] == "tcp" and not capture.is_quoted(index):
            found.update(self._stream(*stream, index).partners.get(index, ()))
        found.discard(index)
        return sorted(found)

    def beside_streams(self, index: int) -> Exchange | None:
        """The exchange of a packet that has no stream: ARP, neighbour discovery, an echo and its reply, or the ICMP
        error that came for it. None where nothing is tied to the packet."""
        capture = self.capture
        if index >= len(capture) or capture.stream_of(index) is not None:
            return None
        partners = self._partners(index)
        if not partners:
            return None
        request, response = sorted((index, partners[0]))
        asked, answered = self._rows.row(request), self._rows.row(response)
        took = (int(capture.table["time"][response]) - int(capture.table["time"][request])) / 1e9
        first, second = (row.info.partition("  ")[0] for row in (asked, answered))
        return Exchange(asked.protocol, request, response, escape(first + ARROW + second), took, first, second)

    # Streams.

    def _stream(self, kind: str, number: int, index: int) -> _Stream:
        known = self._streams.get((kind, number))
        if known is not None:
            self._streams.move_to_end((kind, number))
            if known.complete and known.count == len(self.capture):
                return known
        count = len(self.capture)  # before anything is read: the capture may grow meanwhile, in another thread
        packets = self.capture.stream_packets(kind, number)
        place = int(np.searchsorted(packets, index))
        if known is not None and known.stop >= min(len(packets), place + self._ahead // 2):
            return known
        stop = min(len(packets), place + self._ahead)
        made = self._of_tcp(number, stop, count) if kind == "tcp" else self._of_udp(number, count)
        self._streams[kind, number] = made
        if len(self._streams) > STREAMS:
            self._streams.popitem(last=False)
        return made

    def _of_tcp(self, number: int, stop: int, count: int) -> _Stream:
        messages, complete = self._rows.streams.messages(number, stop)
        announced = {message.packet: data for message in messages if (data := message.facts.get("data"))}
        exchanges = [self._with_data(exchange, announced) for exchange in pair(messages)]
        partners = partners_of(exchanges)
        for message in messages:
            command = message.facts.get("command") if message.protocol == "FTP-DATA" else None
            if command:
                partners.setdefault(message.packet - 1, []).append(command - 1)
        return _Stream(exchanges, complete, stop, count, partners)

    def _with_data(self, exchange: Exchange, announced: dict[int, tuple[bytes, int]]) -> Exchange:
        """An FTP command with the data connection that it used: the first one opened to the place announced, from
        then on (a passive one may be opened just before the command)."""
        data = announced.get(exchange.request + 1)
        if data is None:
            return exchange
        table = self.capture.table
        for index in self._opened(data[1]):
            if index > exchange.request - BEFORE and self.capture.addresses.raw(table["destination"][index]) == data[0]:
                label = self.capture.stream_label(index)
                streams = (label,) if label is not None else ()
                told = f"{exchange.summary} (data in {label})"
                return replace(exchange, more=tuple(sorted({*exchange.more, index})), streams=streams, summary=told)
        return exchange

    def _opened(self, port: int) -> list[int]:
        """Indexes of the SYNs to a port, ascending."""
        if self._openings is None or self._openings[0] != len(self.capture):
            table = self.capture.table
            syn = (table["tcp_flags"] & 0x12 == 2) & (table["ip_protocol"] == 6) & (table["stream"] >= 0)
            packets = np.flatnonzero(syn)[:OPENINGS].astype(np.int64)
            order = np.argsort(table["destination_port"][packets], kind="stable")
            self._openings = len(self.capture), packets[order], table["destination_port"][packets[order]]
        _, packets, ports = self._openings
        found: list[int] = packets[np.searchsorted(ports, port) : np.searchsorted(ports, port, side="right")].tolist()
        return found

    def _of_udp(self, number: int, count: int) -> _Stream:
        packets = self.capture.stream_packets("udp", number)
        own = packets[:DATAGRAMS].tolist()
        said = self._said(own)
        elsewhere = {other for index in own for other in self._partners(index)} - set(own) if said else set()
        if elsewhere:  # answers from elsewhere: DHCP, LLMNR
            said = sorted(said + self._said(sorted(elsewhere)[:DATAGRAMS]), key=lambda message: message.packet)
        mine = set(own)
        exchanges = [exchange for exchange in pair(said) if not mine.isdisjoint(exchange.packets)]
        return _Stream(exchanges, len(packets) <= DATAGRAMS, len(packets), count)

    def _said(self, packets: list[int]) -> list[Message]:
        messages: list[Message] = []
        for place, index in enumerate(packets):
            if place == SILENT and not messages:
                break
            if not self.capture.is_quoted(index):
                messages += self._rows.messages(index)
        return messages

    def _partners(self, index: int) -> list[int]:
        if self._links is None or self._links.count != len(self.capture):
            self._links = Links(self.capture)
        return self._links.partners(index)


def partners_of(exchanges: list[Exchange]) -> dict[int, list[int]]:
    """Packet -> packets it belongs with: request and response each other, the rest to the request."""
    found: dict[int, list[int]] = {}
    for exchange in exchanges:
        if exchange.response is not None:
            found.setdefault(exchange.request, []).append(exchange.response)
            found.setdefault(exchange.response, []).append(exchange.request)
        for other in exchange.more:
            found.setdefault(other, []).append(exchange.request)
    return found
