"""DNS over UDP as columns: who asked whom, which answer belongs to which query, what was asked."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..exchanges.tie import tie, words
from ..loader.table import NONE16, Layer
from ..protocols.apptext import u16
from ..protocols.dns_names import read_name
from ..protocols.dns_types import type_name
from ..protocols.packet import Malformed, Short
from ..protocols.text import escape
from .case import LOOKED_AT, Case, Known

PORT = 53
HEADER = 12
QUERY, UPDATE = 0, 5
MOST_RECORDS = 64
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


class DnsView:
    """n messages in capture order. packets: indexes; reply, truncated: bool; ident, opcode, rcode: numbers;
    client, server: indexes into the address table; client_port; partner: as tie() tells it."""

    def __init__(self, case: Case) -> None:
        self.case = case
        table = case.table
        self.packets = _messages(case)
        head = _heads(case, self.packets)
        flags = words(head, 2, 2)
        self.ident: Ints = words(head, 0, 2)
        self.reply: Bools = flags >> 15 == 1
        self.opcode: Ints = flags >> 11 & 15
        self.truncated: Bools = flags >> 9 & 1 == 1
        self.rcode: Ints = flags & 15
        self.answers: Ints = words(head, 6, 2)
        ends = [table[name][self.packets].astype(np.int64) for name in ("source", "destination")]
        ports = [table[name][self.packets].astype(np.int64) for name in ("source_port", "destination_port")]
        self.client: Ints = np.where(self.reply, ends[1], ends[0])
        self.server: Ints = np.where(self.reply, ends[0], ends[1])
        self.client_port: Ints = np.where(self.reply, ports[1], ports[0])
        self.time: Ints = table["time"][self.packets]
        self.partner = tie([self.ident, self.client, self.client_port, self.server], self.reply)
        self._assembled: Bools = table["layers"][self.packets] & np.uint16(Layer.ASSEMBLED) != 0
        self._questions: dict[int, tuple[str, str]] = {}
        self._alike: dict[bytes, tuple[str, str]] = {}

    def __len__(self) -> int:
        return len(self.packets)

    def answered(self) -> Bools:
        """Whether a query, or an earlier one that it repeats, has an answer; False for answers."""
        known = self.partner >= 0
        mate = np.where(known, self.partner, 0)
        if not len(self):
            return np.zeros(0, bool)
        further = np.where(self.partner[mate] >= 0, self.partner[mate], 0)
        return ~self.reply & known & (self.reply[mate] | (self.partner[mate] >= 0) & self.reply[further])

    def text(self, address: int) -> str:
        return self.case.capture.addresses.text(address)

    def payload(self, place: int) -> bytes:
        capture, index = self.case.capture, self.packets.item(place)
        return capture.tracker.assembled_payload(index) if self._assembled.item(place) else capture.payload(index)

    def question(self, place: int) -> tuple[str, str]:
        """(type, name) of the first question, name in lower case; ("", "") where it cannot be read."""
        found = self._questions.get(place)
        if found is None:
            found = self._questions[place] = self._read(self.payload(place))
        return found

    def read(self, places: Ints) -> None:
        """Look at the questions of many messages at once, which is quicker than one by one. Raises TooLong."""
        places = places[~self._assembled[places]]
        for begin in range(0, len(places), 1000):
            self.case.go_on()
            part = places[begin : begin + 1000]
            for place, data in zip(part.tolist(), self.case.capture.payloads(self.packets[part]), strict=True):
                if place not in self._questions:
                    self._questions[place] = self._read(data)

    def _read(self, data: bytes) -> tuple[str, str]:
        """The question of a message; one that has been read already, in other messages, is not read again."""
        end = data.find(0, HEADER) + 5  # behind the name (without pointers), its type and class
        key = data[4:6] + data[HEADER:end]
        plain = HEADER + 5 <= end <= len(data) and key.isascii() and (data[4] or data[5])
        found = self._alike.get(key) if plain else None
        if found is None:
            found, behind = _question(data)
            if plain and behind == end:
                self._alike[key] = found
        return found


def question(data: bytes) -> tuple[str, str]:
    """(type, name) of the first question of a DNS message (RFC 1035 section 4.1.2), ("", "") without one."""
    return _question(data)[0]


def _question(data: bytes) -> tuple[tuple[str, str], int]:
    """The same, and the place behind it, -1 where it cannot be read."""
    try:
        if len(data) < HEADER or not u16(data, 4):
            return ("", ""), -1
        name, at = read_name(data, HEADER)
        return (type_name(u16(data, at)), escape(name.lower())[:120]), at + 4
    except (Short, Malformed):
        return ("", ""), -1


def addresses(data: bytes) -> set[str]:
    """Addresses (A and AAAA records) of a message's answer section, a bounded number, as hexadecimal digits."""
    found: set[str] = set()
    try:
        at = HEADER
        for _ in range(min(u16(data, 4), MOST_RECORDS)):
            at = read_name(data, at)[1] + 4
        for _ in range(min(u16(data, 6), MOST_RECORDS)):
            at = read_name(data, at)[1]
            kind, size = u16(data, at), u16(data, at + 8)
            body = data[at + 10 : at + 10 + size]
            if (kind, len(body)) in ((1, 4), (28, 16)):
                found.add(body.hex())
            at += 10 + size
    except (Short, Malformed):
        pass
    return found


def payload(case: Case, index: int) -> bytes:
    """A datagram's payload, of one that came in fragments too."""
    if int(case.table["layers"][index]) & Layer.ASSEMBLED:
        return case.capture.tracker.assembled_payload(index)
    return case.capture.payload(index)


def _messages(case: Case) -> Ints:
    table, count = case.table, case.count
    asks, tells = table["destination_port"][:count] == PORT, table["source_port"][:count] == PORT
    chosen = np.flatnonzero((asks | tells) & (table["ip_protocol"][:count] == 17) & case.plain)
    layers = table["layers"][chosen]
    start = table["payload"][chosen].astype(np.int64)
    size = np.minimum(table["payload_length"][chosen], table["captured"][chosen].astype(np.int64) - start)
    whole = (start != NONE16) & (size >= HEADER) & (table["source"][chosen] >= 0)
    found: Ints = chosen[whole | (layers & np.uint16(Layer.ASSEMBLED) != 0)].astype(np.int64)
    return found


def _heads(case: Case, packets: Ints) -> NDArray[np.uint8]:
    table = case.table
    head = case.capture.gather(packets, table["payload"][packets].astype(np.int64), HEADER)
    assembled = np.flatnonzero(table["layers"][packets] & np.uint16(Layer.ASSEMBLED) != 0)
    for place in assembled[:LOOKED_AT].tolist():
        raw = case.capture.tracker.assembled_payload(int(packets[place]))[:HEADER]
        head[place] = np.frombuffer(raw.ljust(HEADER, b"\0"), np.uint8)
    return head


_views: Known[DnsView] = Known()


def dns_view(case: Case) -> DnsView:
    """The capture's DNS messages over UDP, found once a case."""
    found = _views.get(case)
    if found is None:
        found = _views[case] = DnsView(case)
    return found
