"""One conversation at a glance: which part each of its packets plays, and the conversation in words.

All of it comes from the packets of that one stream: it costs what the stream does, not what the capture does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from enum import Enum
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from .loader.table import Layer
from .tracker.conversations import Conversation, Conversations
from .tracker.flags import Flag
from .tracker.lifecycle import NEVER, Lives, State
from .tracker.phases import Phase, tcp_phases, udp_phases
from .tracker.words import sentence

if TYPE_CHECKING:
    from .capture import Capture

_PROTOCOLS = {"tcp": 6, "udp": 17}
KEPT = 64
"""Glances kept."""
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

    def __init__(self, capture: Capture, kind: str, number: int, packets: NDArray[np.int64]) -> None:
        self.kind = kind
        self.number = number
        self.packets = packets
        self._table = capture.table
        self._own = self._of_its_own()
        nothing = np.zeros(0, np.int64)
        # A stream by itself is number 0 of its own small world.
        self._alone = Conversations(
            capture.table, capture.addresses, gather=capture.gather,
            members=lambda protocol: (own := self._own if protocol == _PROTOCOLS[kind] else nothing,
                                      np.zeros(len(own), np.int32)),
        )  # fmt: skip
        self._lives: Lives | None = self._alone.lives(kind)[0] if len(self._own) else None
        self._asking = self._alone.asking(kind) if len(self._own) else np.zeros(0, bool)
        self._edges = self._phase_edges()

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
        if phase == Phase.exchange and loaded:
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
                edges[int(closing[-1])] = Part.teardown_end
        return edges

    @property
    def conversation(self) -> Conversation | None:
        """Its counts, times and state; None for a stream of quoted headers only."""
        found = self._alone.find(self.kind, 0)
        return None if found is None else replace(found, number=self.number)

    def sentence(self, exchanges: Sequence[tuple[str, float | None]] = ()) -> str:
        """The conversation in words, without its name."""
        conversation = self.conversation
        return "" if conversation is None else sentence(conversation, exchanges)

    def repeats_of(self, index: int) -> list[int]:
        """The retransmissions of a segment, indexes in order: the same direction and sequence number, later."""
        if self.kind != "tcp":
            return []
        table = self._table
        later = self._own[np.searchsorted(self._own, index, "right") :]
        same = table["analysis"][later] & np.uint32(Flag.retransmission) != 0
        later = later[same]
        for name in ("direction", "sequence"):
            later = later[table[name][later] == table[name][index]]
        found: list[int] = later[:RELATED_MOST].tolist()
        return found


def _within(indexes: NDArray[np.int64], packets: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which of `indexes` are among `packets`, which ascend; the cost hardly depends on how many those are."""
    if not len(packets):
        return np.zeros(len(indexes), bool)
    places = np.minimum(np.searchsorted(packets, indexes), len(packets) - 1)
    found: NDArray[np.bool_] = packets[places] == indexes
    return found


class Glances:
    """Glances of a capture's conversations, made when asked for and kept; right also while the capture grows."""

    def __init__(self, capture: Capture) -> None:
        self._capture = capture
        self._kept: dict[tuple[str, int], tuple[int, Glance]] = {}

    def of(self, index: int) -> Glance | None:
        """The conversation of a packet, None for packets without one."""
        stream = self._capture.stream_of(index)
        return None if stream is None else self.stream(*stream)

    def stream(self, kind: str, number: int) -> Glance:
        """One conversation as it is by now. The same object as before unless packets came to it."""
        tracked = self._capture.tracked
        known = self._kept.pop((kind, number), None)
        if known is None or known[0] != tracked:
            packets = self._capture.stream_packets(kind, number)
            if known is None or len(known[1].packets) != len(packets):
                known = tracked, Glance(self._capture, kind, number, packets)
            known = tracked, known[1]
        self._kept[kind, number] = known
        while len(self._kept) > KEPT:
            del self._kept[next(iter(self._kept))]
        return known[1]

    def related(self, index: int) -> list[int]:
        """Indexes of the packets that a packet is tied to, ascending: what it repeats, and what repeats it."""
        glance = self.of(index)
        found = set(self._capture.tracker.related(index))
        if glance is not None:
            found.update(glance.repeats_of(index))
        return sorted(found - {index})

    def told(self, index: int) -> str:
        """The conversation of a packet in words, behind its name; "" for packets without one."""
        glance = self.of(index)
        return "" if glance is None else f"{glance.name} {glance.sentence()}"
