"""DNS messages of a capture as columns: over UDP from the packets' own columns, over TCP from its streams' messages."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ..capture import Capture
from ..dissect.rows import Rows
from ..exchanges.columns import looks_like_dns
from ..exchanges.tie import tie, words
from ..loader.table import NONE16, Layer
from ..protocols.apptext import u16
from ..protocols.dns import START
from ..protocols.dns_names import read_name
from ..protocols.packet import Malformed, Short
from .view import View

PORT, GROUP = 53, 5355
HEADER, PREFIX = 12, 2
STREAMS, ELSEWHERE = 5_000, 5_000
SEGMENTS = 20_000
"""So many TCP streams, datagrams that look like DNS on other ports, and packets of one stream, are dissected."""
ASSEMBLED = 20_000
AGAIN = 5_000_000_000
"""ns after which a query with the same id is another one, not the same again (found by experiment with tshark)."""
ROUNDS = 50
MULTICAST, NETBIOS = 5353, 137
NO_NAME = "<no question>"
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Question:
    """`name` as it stands there; `labels` of it are counted; `kind` and `group` are type and class, -1 without one."""

    name: str
    kind: int
    group: int
    labels: int


class DnsMessages:
    """n messages by packet, of the whole capture. packet: indexes; size: bytes of the message,
    over TCP with the two of its length in front (as tshark counts them); head: uint8 (n, 12);
    question: places in `questions`; partner: as tie() tells it."""

    def __init__(self, view: View) -> None:
        self._view = view
        capture = view.capture
        self.questions: list[Question] = []
        self._places: dict[bytes, int] = {}
        packets, starts, sizes = _datagrams(view)
        rows = Rows(capture)
        more = [*_in_streams(view, rows), *_elsewhere(view, rows)]
        starts += [start for _, start, _ in more]
        unsorted: Ints = np.concatenate([packets, np.array([packet for packet, _, _ in more], np.int64)])
        order = np.argsort(unsorted, kind="stable")
        self.packet: Ints = unsorted[order]
        self.size: Ints = np.concatenate([sizes, np.array([size for _, _, size in more], np.int64)])[order]
        heads = b"".join(start[:HEADER].ljust(HEADER, b"\0") for start in starts)
        self.head: NDArray[np.uint8] = np.frombuffer(heads, np.uint8).reshape(-1, HEADER)[order]
        asked = np.fromiter((self._question(start) for start in starts), np.int64, len(starts))
        self.question: Ints = asked[order]
        flags = words(self.head, 2, 2)
        self.ident: Ints = words(self.head, 0, 2)
        self.reply: Bools = flags >> 15 == 1
        self.opcode: Ints = flags >> 11 & 15
        self.rcode: Ints = flags & 15
        self.counts: Ints = np.stack([words(self.head, at, 2) for at in (4, 6, 8, 10)], axis=1)
        self.partner: Ints = self._tie(capture)

    def __len__(self) -> int:
        return len(self.packet)

    def _tie(self, capture: Capture) -> Ints:
        """By stream and id; LLMNR, asked of a group and answered by one of it, by who asks."""
        table, packets = capture.table, self.packet
        ports = [table[name][packets] for name in ("source_port", "destination_port")]
        stream = table["stream"][packets].astype(np.int64) * 2 + (table["ip_protocol"][packets] == 6)
        asker = np.where(self.reply, table["destination"][packets], table["source"][packets]).astype(np.int64) << 16
        asker |= np.where(self.reply, ports[1], ports[0])
        keys = [self.ident, np.where(self.grouped, asker, 0), np.where(self.grouped, -1, stream)]
        group = _numbered(keys)
        round_ = np.zeros(len(group), np.int64)
        for _ in range(ROUNDS):
            partner = tie([group, round_], self.reply)
            mate = np.maximum(partner, 0)
            late = ~self.reply & (partner >= 0)
            if not late.any():
                break
            late &= ~self.reply[mate] & (self.time - self.time[mate] > AGAIN)
            if not late.any():
                break
            first = np.full(int(group.max()) + 1, len(group), np.int64)
            np.minimum.at(first, group[late], np.flatnonzero(late))
            round_ += np.arange(len(group)) >= first[group]
        return partner

    @cached_property
    def grouped(self) -> Bools:
        """Messages of LLMNR."""
        table = self._view.capture.table
        ends = [table[name][self.packet] == GROUP for name in ("source_port", "destination_port")]
        found: Bools = ends[0] | ends[1]
        return found

    @cached_property
    def chosen(self) -> Bools:
        """Which of the messages are in packets that the view counts."""
        chosen = self._view.chosen
        return np.ones(len(self), bool) if chosen is None else np.isin(self.packet, chosen)

    @cached_property
    def time(self) -> Ints:
        """ns since 1970."""
        found: Ints = self._view.capture.table["time"][self.packet]
        return found

    @cached_property
    def server(self) -> Ints:
        """Who is asked, as an index into the address table; for LLMNR's questions the group."""
        table = self._view.capture.table
        found: Ints = np.where(self.reply, table["source"][self.packet], table["destination"][self.packet])
        return found.astype(np.int64)

    @cached_property
    def first(self) -> Bools:
        """Queries that do not repeat an earlier one."""
        known = self.partner >= 0
        mate = np.where(known, self.partner, 0)
        return ~self.reply & (~known | self.reply[mate]) if len(self) else np.zeros(0, bool)

    @cached_property
    def answered(self) -> Bools:
        """First queries that have an answer."""
        return self.first & (self.partner >= 0)

    @cached_property
    def first_answer(self) -> Bools:
        """Answers that are their query's first."""
        known = self.reply & (self.partner >= 0)
        mate = np.where(known, self.partner, 0)
        return known & (self.partner[mate] == np.arange(len(self))) if len(self) else known

    @cached_property
    def took(self) -> NDArray[np.float64]:
        """Seconds from a query to its first answer, at the answer's place; NaN elsewhere."""
        mate = np.where(self.first_answer, self.partner, 0)
        found = np.full(len(self), np.nan)
        if len(self):
            found[self.first_answer] = ((self.time - self.time[mate]) / 1e9)[self.first_answer]
        return found

    def _question(self, start: bytes) -> int:
        """The place of a message's first question: read once for all messages that ask the same."""
        key = start[HEADER : start.find(b"\0", HEADER) + 5] if len(start) > HEADER and start[4:6] != b"\0\0" else b""
        place = self._places.get(key)
        if place is None:
            place = self._places[key] = len(self.questions)
            self.questions.append(first_question(start))
        return place


def first_question(start: bytes) -> Question:
    """The first question (RFC 1035 section 4.1.2) of a message that begins with these bytes."""
    try:
        if not u16(start, 4):
            return Question("", -1, -1, 0)
        name, at = read_name(start, HEADER)
        return Question(name, u16(start, at), u16(start, at + 2), _labels(start))
    except (Short, Malformed):
        return Question(NO_NAME, -1, -1, 0)


def _labels(start: bytes) -> int:
    """Labels in front of the end or a pointer."""
    at, count = HEADER, 0
    while at < len(start) and 0 < start[at] < 0x40:
        at += 1 + start[at]
        count += 1
    return count


def _numbered(keys: list[Ints]) -> Ints:
    """Numbers of the different combinations of keys."""
    order = np.lexsort(keys)
    new = np.zeros(len(order), bool)
    for key in keys:
        new[1:] |= key[order][1:] != key[order][:-1]
    found = np.zeros(len(order), np.int64)
    found[order] = np.cumsum(new)
    return found


def _elsewhere(view: View, rows: Rows) -> list[tuple[int, bytes, int]]:
    """Packet, beginning and size of messages over UDP on other ports: those that the dissectors take for DNS."""
    capture, table, count = view.capture, view.capture.table, view.loaded
    udp = (table["ip_protocol"][:count] == 17) & (table["layers"][:count] & np.uint16(Layer.QUOTED) == 0)
    udp &= (table["payload"][:count] != NONE16) & (table["payload_length"][:count] > HEADER)
    ends = [table[name][:count] for name in ("source_port", "destination_port")]
    for port in (PORT, GROUP, MULTICAST, NETBIOS):
        udp &= (ends[0] != port) & (ends[1] != port)
    packets = np.flatnonzero(udp).astype(np.int64)
    likely = looks_like_dns(capture.gather(packets, table["payload"][packets].astype(np.int64), HEADER + 1))
    asked = list(capture.decode_as.udp)
    if asked:
        likely |= np.isin(ends[0][packets], asked) | np.isin(ends[1][packets], asked)
    found = []
    for place, packet in enumerate(packets[likely][:ELSEWHERE].tolist()):
        if not place % 100:
            view.go_on(0.75)
        for message in rows.messages(packet):
            if message.protocol == "DNS" and "start" in message.facts:
                found.append((packet, message.facts["start"], int(message.facts["size"])))
    return found


def _datagrams(view: View) -> tuple[Ints, list[bytes], Ints]:
    """Packets, what their messages begin with, and sizes: those over UDP."""
    capture, table, count = view.capture, view.capture.table, view.loaded
    udp = (table["ip_protocol"][:count] == 17) & (table["layers"][:count] & np.uint16(Layer.QUOTED) == 0)
    asks, tells = table["destination_port"][:count], table["source_port"][:count]
    known = (asks == PORT) | (tells == PORT) | (asks == GROUP) | (tells == GROUP)
    start = table["payload"][:count].astype(np.int64)
    there = (start != NONE16) & (table["payload_length"][:count] >= HEADER)
    assembled = table["layers"][:count] & np.uint16(Layer.ASSEMBLED) != 0
    plain = np.flatnonzero(udp & known & there & ~assembled).astype(np.int64)
    kept = table["captured"][plain].astype(np.int64) - start[plain] >= HEADER
    plain = plain[kept]
    payloads = capture.payloads(plain)
    view.go_on(0.1)
    packets, starts = [plain], [payload[:START] for payload in payloads]
    sizes = [table["payload_length"][plain].astype(np.int64)]
    whole = np.flatnonzero(udp & known & assembled)[:ASSEMBLED].astype(np.int64)
    data = [capture.tracker.assembled_payload(index) for index in whole.tolist()]
    good = [place for place, one in enumerate(data) if len(one) >= HEADER]
    packets.append(whole[good])
    starts += [data[place][:START] for place in good]
    sizes.append(np.array([len(data[place]) for place in good], np.int64))
    return np.concatenate(packets), starts, np.concatenate(sizes)


def _in_streams(view: View, rows: Rows) -> list[tuple[int, bytes, int]]:
    """Packet, beginning and size of the messages over TCP."""
    table, count = view.capture.table, view.loaded
    at_port = (table["source_port"][:count] == PORT) | (table["destination_port"][:count] == PORT)
    said = (table["ip_protocol"][:count] == 6) & (table["payload_length"][:count] > 2) & (table["stream"][:count] >= 0)
    streams = np.unique(table["stream"][:count][at_port & said])[:STREAMS].tolist()
    found = []
    for done, stream in enumerate(streams):
        if not done % 20:
            view.go_on(0.2 + 0.5 * done / len(streams))
        for message in rows.streams.messages(stream, SEGMENTS)[0]:
            start = message.facts.get("start")
            if message.protocol == "DNS" and start is not None:
                found.append((message.packet - 1, start, int(message.facts["size"]) + PREFIX))
    return found
