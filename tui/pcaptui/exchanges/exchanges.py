"""Exchanges of a capture: those of one stream, and which packets a packet belongs with."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field

import numpy as np

from ..capture import Capture
from ..dissect.rows import Rows
from ..protocols.messages import Message
from .exchange import Exchange
from .links import Links
from .pairing import pair

AHEAD = 200_000
"""So many packets of a TCP stream behind the one asked for are looked at for its answer."""
DATAGRAMS = 5_000
"""So many packets of a UDP stream are dissected for its exchanges."""
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
    said: int = 0
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
        self._openings: tuple[int, dict[tuple[int, int], list[int]]] = (-1, {})

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
        if self._links is None or self._links.count != len(capture):
            self._links = Links(capture)
        found.update(self._links.partners(index))
        stream = capture.stream_of(index)
        if stream is not None and stream[0] == "tcp" and not capture.is_quoted(index):
            found.update(self._stream(*stream, index).partners.get(index, ()))
        found.discard(index)
        return sorted(found)

    # Streams.

    def _stream(self, kind: str, number: int, index: int) -> _Stream:
        known = self._streams.get((kind, number))
        if known is not None:
            self._streams.move_to_end((kind, number))
            if known.complete and known.count == len(self.capture):
                return known
        packets = self.capture.stream_packets(kind, number)
        place = int(np.searchsorted(packets, index))
        if known is not None and known.stop >= min(len(packets), place + self._ahead // 2):
            return known
        stop = min(len(packets), place + self._ahead)
        made = self._of_tcp(number, stop, known) if kind == "tcp" else self._of_udp(number)
        self._streams[kind, number] = made
        if len(self._streams) > STREAMS:
            self._streams.popitem(last=False)
        return made

    def _of_tcp(self, number: int, stop: int, known: _Stream | None) -> _Stream:
        messages, complete = self._rows.streams.messages(number, stop)
        if known is not None and known.said == len(messages):
            known.stop, known.complete, known.count = stop, complete, len(self.capture)
            return known
        exchanges = pair(messages)
        return _Stream(exchanges, complete, stop, len(self.capture), len(messages), partners_of(exchanges))

    def _of_udp(self, number: int) -> _Stream:
        packets = self.capture.stream_packets("udp", number)
        messages: list[Message] = []
        for place, index in enumerate(packets[:DATAGRAMS].tolist()):
            if place == SILENT and not messages:
                break
            if not self.capture.is_quoted(index):
                messages += self._rows.messages(index)
        exchanges = pair(messages)
        return _Stream(exchanges, len(packets) <= DATAGRAMS, len(packets), len(self.capture))


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
