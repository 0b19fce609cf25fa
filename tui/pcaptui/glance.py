"""One conversation at a glance: which part each of its packets plays, and the conversation in words.

All of it comes from the packets of that one stream: it costs what the stream does, not what the capture does.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from .loader.table import Layer
from .tracker.conversations import Conversation, Conversations
from .tracker.flags import Flag
from .tracker.lifecycle import NEVER, Lives, State
from .tracker.numbering import carries
from .tracker.phases import Phase, tcp_phases, udp_phases
from .tracker.words import duration, sentence

if TYPE_CHECKING:
    from .capture import Capture
    from .exchanges import Exchange, Exchanges

_PROTOCOLS = {"tcp": 6, "udp": 17}
KEPT = 64
"""Glances kept."""
AHEAD = 5_000
"""Packets of a stream that are dissected to find its exchanges."""
_HOST = re.compile(r"^([A-Z]{3,10} )https?://[^/ ]+(?=/)")
"""The server's name in front of a path: in a sentence about one server's conversation it may go."""
RELATED_MOST = 1000
"""Packets told as related to one packet."""


class Part(Enum):
    """What a packet is in its conversation. Begin and end are named where the whole phase is there."""

    handshake_begin = "handshake begins"
    handshake = "handshake"
    handshake_end = "handshake complete"
    request = "request"
    response = "response"
    exchange = "exchange"
    data = "data"
    teardown_begin = "teardown begins"
    teardown = "teardown"
    teardown_end = "teardown complete"
    reset = "reset"
    about = "speaks of it"
    """An ICMP error that quotes one of the conversation's packets, or a packet carried inside it."""


class Glance:
    """One stream of a capture: `kind` "tcp" or "udp". `packets` are the indexes of all its packets, ascending."""

    def __init__(
        self, capture: Capture, kind: str, number: int, packets: NDArray[np.int64], exchanges: Sequence[Exchange] = ()
    ) -> None:
        self.kind = kind
        self.number = number
        self.packets = packets
        self._table = capture.table
        self._own = self._of_its_own()
        self._alone = Conversations.of_stream(capture.table, capture.addresses, capture.gather, kind, number, self._own)
        self._lives: Lives | None = self._alone.lives(kind)[0] if len(self._own) else None
        self._asking = self._alone.asking(kind) if len(self._own) else np.zeros(0, bool)
        self._edges = self._phase_edges()
        self._told = {exchange.request: Part.request for exchange in exchanges}
        self._told.update((e.response, Part.response) for e in exchanges if e.response is not None)
        self._told_until = max(self._told, default=-1)
        self.sentence = self._in_words([(_HOST.sub(r"\1", exchange.summary), exchange.time) for exchange in exchanges])
        """The conversation in words, without its name."""

    @property
    def name(self) -> str:
        return f"{self.kind}:{self.number}"

    def _of_its_own(self) -> NDArray[np.int64]:
        """Without packets that only quote the stream's headers, or are carried in it as a tunnel."""
        table, packets = self._table, self.packets
        plain = table["layers"][packets] & int(Layer.QUOTED) == 0
        own: NDArray[np.int64] = packets[plain & (table["stream"][packets] == self.number)]
        return own

    def parts(self, indexes: NDArray[np.int64]) -> list[Part | None]:
        """The part that each of some packets plays, None for packets of other conversations."""
        inside = _within(indexes, self.packets)
        found: list[Part | None] = [None] * len(indexes)
        mine = indexes[inside]
        for at, part in zip(np.flatnonzero(inside).tolist(), self._parts_of(mine), strict=True):
            found[at] = part
        return found

    def _parts_of(self, mine: NDArray[np.int64]) -> list[Part]:
        table, lives = self._table, self._lives
        if lives is None or not len(mine):
            return [Part.about] * len(mine)
        own = _within(mine, self._own)
        phases = self._phases(mine).tolist()
        forward = (table["direction"][mine] == int(lives.client[0])).tolist()
        loaded = (table["payload_length"][mine] > 0).tolist()
        return [
            self._part(*facts) if is_own else Part.about
            for is_own, *facts in zip(own.tolist(), mine.tolist(), phases, forward, loaded, strict=True)
        ]

    def _phases(self, packets: NDArray[np.int64]) -> NDArray[np.uint8]:
        assert self._lives is not None
        make = tcp_phases if self.kind == "tcp" else udp_phases
        found: NDArray[np.uint8] = make(
            self._table, packets, np.zeros(len(packets), np.int32), self._lives, self._asking
        )
        return found

    def _part(self, index: int, phase: int, forward: bool, loaded: bool) -> Part:
        if index in self._edges:
            return self._edges[index]
        if index in self._told:
            return self._told[index]
        if phase == Phase.exchange and loaded and index > self._told_until:
            return Part.request if forward else Part.response
        return Part[Phase(phase).name]

    def _phase_edges(self) -> dict[int, Part]:
        """The packets that begin and end handshake and teardown; no end where it was never reached."""
        lives = self._lives
        if lives is None or self.kind != "tcp":
            return {}
        edges: dict[int, Part] = {}
        begun = [int(index) for index in (lives.syn[0], lives.syn_ack[0]) if index != NEVER]
        if begun:
            edges[min(begun)] = Part.handshake_begin
            if lives.ack[0] != NEVER:
                edges[int(lives.ack[0])] = Part.handshake_end
        fins = [int(index) for index in lives.fin[0] if index != NEVER]
        if fins:
            edges[min(fins)] = Part.teardown_begin
            if int(lives.state[0]) == State.closed:
                tail = self._own[np.searchsorted(self._own, max(fins)) :]
                closing = tail[self._phases(tail) == Phase.teardown]
                if len(closing):  # a SYN behind the FINs may have begun it anew
                    edges[int(closing[-1])] = Part.teardown_end
        return edges

    @property
    def conversation(self) -> Conversation | None:
        """Its counts, times and state; None for a stream of quoted headers only."""
        return self._alone.find(self.kind, self.number)

    def _in_words(self, exchanges: Sequence[tuple[str, float | None]]) -> str:
        conversation = self.conversation
        return "" if conversation is None else sentence(conversation, exchanges)

    def repeats_of(self, index: int) -> list[int]:
        """What repeats a packet later on, indexes in order: retransmissions of the segment, duplicates of the ACK."""
        if self.kind != "tcp" or index not in self._own[np.searchsorted(self._own, index) :][:1]:
            return []
        table = self._table
        later = self._own[np.searchsorted(self._own, index, "right") :]
        flags = table["analysis"][later]
        found: list[int] = []
        for flag, name in ((Flag.retransmission, "sequence"), (Flag.duplicate_ack, "acknowledgment")):
            if flag is Flag.duplicate_ack and int(table["analysis"][index]) & flag:
                continue  # a duplicate is tied to the first one, not to its fellows
            repeats = later[flags & np.uint32(flag) != 0]
            for column in ("direction", name):
                repeats = repeats[table[column][repeats] == table[column][index]]
            if flag is Flag.retransmission and not int(table["payload_length"][index]):
                repeats = repeats[table["payload_length"][repeats] == 0]
            found += repeats[:RELATED_MOST].tolist()
        return sorted(found)


@dataclass(frozen=True, slots=True)
class Look:
    """What there is to say about one packet: its conversation, and the packets tied to it, ascending. `told`: where it
    has no conversation, what it asks or answers, and in what time; else ""."""

    index: int
    glance: Glance | None
    related: tuple[int, ...]
    told: str = ""


class Glances:
    """Glances of a capture's conversations, made when asked for and kept; right also while the capture grows.

    `look` may take long where a conversation is long, and belongs into a thread: one and the same, always.
    """

    def __init__(self, capture: Capture) -> None:
        self._capture = capture
        self._kept: dict[tuple[str, int], tuple[int, Glance]] = {}
        self._exchanges: Exchanges | None = None

    def packets(self, kind: str, number: int, start: int = 0, stop: int | None = None) -> NDArray[np.int64]:
        """Indexes of a stream's packets in start..stop (else all). Looks at all packets once, without sorting them."""
        stop = self._capture.tracked if stop is None else stop
        table = self._capture.table
        same = table["stream"][start:stop] == number
        same &= carries(table["ip_protocol"][start:stop], _PROTOCOLS[kind])
        found = np.flatnonzero(same) + start
        outer = table.outer
        if kind == "udp" and len(outer):
            inside = outer["packet"][outer["stream"] == number]
            found = np.union1d(found, inside[(inside >= start) & (inside < stop)])
        return found.astype(np.int64)

    def look(self, index: int) -> Look:
        """What there is to say about a packet."""
        capture = self._capture
        if self._exchanges is None:
            from .exchanges import Exchanges  # which the first frame does not need

            self._exchanges = Exchanges(capture, ahead=AHEAD)
        stream = capture.stream_of(index)
        glance = None if stream is None else self.stream(*stream)
        related = set(self._exchanges.related(index))
        if glance is not None:
            related.update(glance.repeats_of(index))
        beside = self._exchanges.beside_streams(index) if glance is None else None
        told = "" if beside is None or beside.time is None else f"{beside.summary} in {duration(beside.time)}"
        return Look(index, glance, tuple(sorted(related - {index})), told)

    def stream(self, kind: str, number: int) -> Glance:
        """One conversation as it is by now. The same object as before unless packets came to it."""
        tracked = self._capture.tracked
        known = self._kept.pop((kind, number), None)
        if known is None:
            known = tracked, self._make(kind, number, self.packets(kind, number, 0, tracked))
        elif known[0] != tracked:
            more = self.packets(kind, number, known[0], tracked)
            packets = np.concatenate([known[1].packets, more])
            known = tracked, self._make(kind, number, packets) if len(more) else known[1]
        self._kept[kind, number] = known
        while len(self._kept) > KEPT:
            del self._kept[next(iter(self._kept))]
        return known[1]

    def _make(self, kind: str, number: int, packets: NDArray[np.int64]) -> Glance:
        exchanges = self._exchanges.of_stream(kind, number) if self._exchanges is not None else []
        return Glance(self._capture, kind, number, packets, exchanges)


def _within(indexes: NDArray[np.int64], packets: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which of `indexes` are among `packets`, which ascend; the cost hardly depends on how many those are."""
    if not len(packets):
        return np.zeros(len(indexes), bool)
    places = np.minimum(np.searchsorted(packets, indexes), len(packets) - 1)
    found: NDArray[np.bool_] = packets[places] == indexes
    return found
