"""Links of a packet to the other half of its exchange: request and response over TCP, query and answer over UDP."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from .capture import Capture
from .dissect.rows import Rows
from .exchanges import Exchange, Exchanges
from .exchanges.pairing import pair
from .fields.context import Link
from .loader.table import Layer

AHEAD = 500
"""So many packets behind the one asked for are looked at for its answer."""
STREAMS = 200
LOADING = 50_000
"""While more packets than this are there and more are to come, queries over UDP are not paired."""
MOST = 20
"""So many exchanges of one packet are told."""
_PAIRED = ("HTTP", "FTP", "SMTP", "POP", "IMAP", "DNS")
_SOLICITED = ("dns", "llmnr")
_QUERIES = ("dns", "llmnr", "nbns")


@dataclass(slots=True)
class _Stream:
    """The exchanges among a stream's first `stop` packets: those that a packet has a part in, by its index, as
    (protocol, place among that protocol's exchanges, whether it asks). Of packets below index `until` the answers were
    looked for far enough."""

    until: int
    exchanges: dict[str, list[Exchange]] = field(default_factory=dict)
    of_packet: dict[int, list[tuple[str, int, bool]]] = field(default_factory=dict)


class ExchangeLinks:
    """Answers for one capture. Not thread-safe: one instance a thread.

    Links of exchanges over TCP have facts: "number" and "total" of the exchange on its connection, "uri" for HTTP
    (what the request asked for), "place": which of the packet's messages of that protocol is meant, from 0. Role
    "itself" (with the packet's own number) only carries these; "request", "response", "previous_request",
    "previous_response", "next_request", "next_response" lead elsewhere.
    """

    def __init__(self, capture: Capture, rows: Rows, exchanges: Exchanges) -> None:
        self._capture = capture
        self._rows = rows
        self._exchanges = exchanges
        self._streams: OrderedDict[int, _Stream] = OrderedDict()

    def unsolicited(self, index: int, layers: tuple[str, ...], links: list[Link]) -> bool:
        """Whether the packet is a DNS or LLMNR response over UDP that nothing in the capture asked for."""
        kind = next((layer for layer in reversed(layers) if layer in _SOLICITED), "")
        if not kind or any(link.role == "request" for link in links) or not self._settled:
            return False
        stream = self._capture.stream_of(index)
        return stream is not None and stream[0] == "udp" and self._is_response(index) is True

    def links(self, index: int, layers: tuple[str, ...]) -> list[Link]:
        """Links of packet `index`, whose row dissectors met `layers`."""
        stream = self._capture.stream_of(index)
        if stream is None or self._capture.is_quoted(index):
            return []
        if stream[0] == "udp":
            kind = next((layer for layer in reversed(layers) if layer in _QUERIES), "")
            return self._query(index, kind) if kind else []
        if (
            not int(self._capture.table["payload_length"][index])
            and not int(self._capture.table["tcp_flags"][index]) & 1
        ):
            return []
        known = self._stream(stream[1], index)
        if known is None:
            return []
        found: list[Link] = []
        places: dict[str, int] = {}
        for kind, number, asks in known.of_packet.get(index, ())[:MOST]:
            place = places.get(kind, 0)
            places[kind] = place + 1
            found += self._of_exchange(known.exchanges[kind], number, asks, index, place)
        return found

    @property
    def _settled(self) -> bool:
        return self._capture.complete or len(self._capture) <= LOADING

    # TCP.

    def _stream(self, number: int, index: int) -> _Stream | None:
        known = self._streams.get(number)
        if known is not None and index < known.until:
            self._streams.move_to_end(number)
            return known
        packets = self._capture.stream_packets("tcp", number)
        position = int(np.searchsorted(packets, index))
        budget = self._rows.budget
        if budget is not None and self._rows.streams.scanned_up_to(number) + budget < position:
            return None
        stop = position + AHEAD + position // 4
        until = int(packets[stop - AHEAD // 2]) if stop < len(packets) else len(self._capture)
        made = self._pair(number, min(len(packets), stop), until)
        self._streams[number] = made
        self._streams.move_to_end(number)
        if len(self._streams) > STREAMS:
            self._streams.popitem(last=False)
        return made

    def _pair(self, number: int, stop: int, until: int) -> _Stream:
        messages, _ = self._rows.streams.messages(number, stop)
        made = _Stream(until)
        for exchange in pair([message for message in messages if message.protocol in _PAIRED]):
            kind = exchange.kind.lower()
            mine = made.exchanges.setdefault(kind, [])
            place = len(mine)
            mine.append(exchange)
            made.of_packet.setdefault(exchange.request, []).append((kind, place, True))
            if exchange.response is not None:
                made.of_packet.setdefault(exchange.response, []).append((kind, place, False))
        return made

    def _of_exchange(self, exchanges: list[Exchange], place: int, asks: bool, index: int, nth: int) -> list[Link]:
        exchange = exchanges[place]
        kind = exchange.kind.lower()
        facts: dict[str, Any] = {"number": place + 1, "total": len(exchanges), "place": nth}
        if kind == "http":
            facts["uri"] = exchange.request_text.partition(" ")[2]
        links = [self._link(kind, "itself", index, index, facts)]
        if asks and exchange.response is not None:
            links.append(self._link(kind, "response", exchange.response, index, facts))
        elif not asks:
            links.append(self._link(kind, "request", exchange.request, index, facts))
        for word, step in (("previous", -1), ("next", 1)):
            if 0 <= place + step < len(exchanges):
                other = exchanges[place + step]
                links.append(self._link(kind, f"{word}_request", other.request, index, facts))
                if other.response is not None:
                    links.append(self._link(kind, f"{word}_response", other.response, index, facts))
        return links

    # UDP.

    def _query(self, index: int, kind: str) -> list[Link]:
        if not self._settled:
            return []
        mine = self._is_response(index)
        found = []
        for other in self._exchanges.related(index):
            if mine is None or (theirs := self._is_response(other)) is None:
                continue
            if mine and not theirs:
                found.append(self._link(kind, "request", other, index))
                first = [packet for packet in self._exchanges.related(other) if self._is_response(packet)]
                if first and first[0] < index:
                    found.append(self._link(kind, "original_response", first[0], index))
            elif mine:
                continue
            elif theirs:
                found.append(self._link(kind, "response", other, index))
            elif other < index:
                found.append(self._link(kind, "original_request", other, index))
        return found

    def _is_response(self, index: int) -> bool | None:
        """The QR bit of a DNS message (RFC 1035 section 4.1.1), None where there is none."""
        if int(self._capture.table["layers"][index]) & Layer.ASSEMBLED:
            data = self._capture.tracker.assembled_payload(index)
        else:
            data = self._capture.payload(index)
        return data[2] & 0x80 != 0 if len(data) > 2 else None

    def _link(self, kind: str, role: str, other: int, index: int, facts: dict[str, Any] | None = None) -> Link:
        time = self._capture.table["time"]
        took = int(time[index]) - int(time[other])
        return Link(kind, role, other + 1, took if role.endswith("request") else -took, facts or {})
