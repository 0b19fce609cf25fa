"""Rows of the packet list: made from a packet's bytes at the moment they are drawn or printed."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Any

from ..capture import Capture
from ..protocols import registry
from ..protocols.driver import run
from ..protocols.messages import Message
from ..protocols.packet import AppRow, Conversation, Packet, TcpFacts
from ..tracker.echoes import ECHOING, echo_requests
from ..tracker.fragments import Datagram, Fragments
from .colours import kind_of
from .segments import CaptureSegments
from .streams import StreamRows

REPLAY = 64
"""So many earlier packets of a UDP stream are dissected first, where its dissector keeps state."""
FRAGMENTS_AHEAD = 20_000
"""Packets behind a fragment that are looked through for the rest of its datagram."""


@dataclass(slots=True, frozen=True)
class Row:
    """One line of the packet list. `time` is in ns since 1970; texts hold no control characters.

    `kind` is the class of colour (see colours.py); `marks` are the names of what the TCP analysis found.
    """

    number: int
    time: int
    source: str
    destination: str
    protocol: str
    length: int
    info: str
    kind: str
    marks: tuple[str, ...]
    layers: tuple[str, ...]


@dataclass(slots=True)
class UdpConversation:
    """The scratch pad of a UDP stream; `seen` counts its packets that were dissected already."""

    number: int
    client_port: int
    server_port: int
    state: dict[str, Any] = field(default_factory=dict)
    seen: int = 0


class Rows:
    """Makes rows of one capture. Asking in order is cheapest; any order gives the same rows within a stream's
    scanning budget. Not thread-safe: one instance a thread.

    `budget` is the number of earlier packets of a TCP stream that one row may cause to be scanned; None: all.
    """

    def __init__(self, capture: Capture, budget: int | None = None) -> None:
        registry.load()
        self.capture = capture
        self.budget = budget
        self.streams = StreamRows(CaptureSegments(capture), capture.decode_as.tcp)
        self._fragments = Fragments(capture.table, capture.frame, capture.gather)
        self._udp: OrderedDict[int, UdpConversation] = OrderedDict()
        self._echoes: dict[int, int] = {}
        self._echoes_known = 0
        self._current = 0

    def row(self, index: int) -> Row:
        """The row of packet `index` (from 0). Never raises for anything in the packet."""
        packet, facts_marks = self._dissect(index)
        return Row(
            index + 1, packet.time, packet.source, packet.destination, packet.protocol, packet.length, packet.info,
            kind_of(packet, facts_marks), facts_marks, tuple(packet.layers),
        )  # fmt: skip

    def messages(self, index: int) -> list[Message]:
        """What the dissectors of packet `index` have to say of its messages, other than those in TCP streams."""
        packet = self._packet(index)
        found: list[Message] = []
        packet.messages = found
        packet.direction = int(self.capture.table["direction"][index])
        run(packet)
        return found

    def _dissect(self, index: int) -> tuple[Packet, tuple[str, ...]]:
        packet = self._packet(index)
        run(packet)
        return packet, tuple(self.capture.tracker.analysis_names(index))

    def _packet(self, index: int) -> Packet:
        table = self.capture.table
        packet = Packet(
            index + 1, self.capture.frame(index), int(table["length"][index]), self.capture.link_type(index),
            int(table["time"][index]), self,
        )  # fmt: skip
        packet.asked = self.capture.decode_as.udp
        return packet

    # What dissectors may ask (protocols.packet.Services).

    def tcp(self, packet: Packet) -> TcpFacts | None:
        return self.capture.tracker.tcp_facts(packet.number - 1)

    def tcp_payload(self, packet: Packet, payload: bytes) -> AppRow | None:
        index = packet.number - 1
        stream = self.capture.stream_of(index)
        if stream is None or stream[0] != "tcp":
            return None
        return self.streams.app_row(stream[1], index, budget=self.budget)

    def udp_conversation(self, packet: Packet) -> Conversation | None:
        index = packet.number - 1
        stream = self.capture.stream_of(index)
        if stream is None or stream[0] != "udp":
            return None
        conversation = self._udp.get(stream[1])
        if conversation is None:
            ports = sorted((packet.source_port, packet.destination_port))
            conversation = self._udp[stream[1]] = UdpConversation(stream[1], ports[1], ports[0])
            if len(self._udp) > 10_000:
                self._udp.popitem(last=False)
            self._replay(conversation, index)
        return conversation

    def _replay(self, conversation: UdpConversation, index: int) -> None:
        """Dissect the first packets of the stream, whose keys and versions later ones depend on."""
        for earlier in self.capture.stream_packets("udp", conversation.number)[:REPLAY].tolist():
            if earlier >= index:
                return
            self._dissect(earlier)

    def fragments(self, packet: Packet) -> tuple[int, bytes | None] | None:
        index = packet.number - 1
        datagram = self._fragments.datagram(index)
        if datagram is None or datagram.completed_by < 0:
            return None
        whole = datagram.payload() if datagram.completed_by == index else None
        return datagram.completed_by + 1, whole

    def echo_peer(self, packet: Packet, identifier: int, sequence: int, reply: bool) -> int | None:
        """The number of the echo request that this echo reply answers."""
        if not reply:
            return None
        index = packet.number - 1
        request = self.echoes(index).get(index)
        return None if request is None else request + 1

    def echoes(self, index: int) -> dict[int, int]:
        """ICMP echo replies and the requests that they answer (packet indexes), up to packet `index` at least."""
        if index >= self._echoes_known:
            self._echoes = echo_requests(
                self.capture.table, self.capture.gather, datagrams=self._fragments.completed(ECHOING)
            )
            self._echoes_known = len(self.capture)
        return self._echoes

    def datagram(self, index: int) -> Datagram | None:
        """The IP datagram that packet `index` carries a fragment of, its later pieces too if they are not far off."""
        self._fragments.datagram(min(index + FRAGMENTS_AHEAD, len(self.capture) - 1))
        return self._fragments.datagram(index)
