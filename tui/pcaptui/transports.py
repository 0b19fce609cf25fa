"""What the streams tell about one packet's TCP and UDP headers, for its tree."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .capture import Capture
from .dissect.rows import Rows
from .dissect.stream_messages import StreamMessages
from .fields.context import TcpContext, UdpContext
from .loader.table import NONE16, Layer
from .mail import tell_mail
from .tracker.flags import Flag
from .tracker.segment_facts import Facts, SegmentFacts

_TCP, _UDPS = 6, (17, 136)
_MASK = 0xFFFFFFFF
_FIN = 1


class Transports:
    """Answers for one capture. Not thread-safe: one instance a thread."""

    def __init__(self, capture: Capture, rows: Rows) -> None:
        self._capture = capture
        self._messages = StreamMessages(capture, rows.streams, rows.budget)
        self._facts = SegmentFacts(capture.table)
        self._latest: tuple[str, int, int, NDArray[np.int64]] = ("", -1, 0, np.zeros(0, np.int64))

    def tcp(self, index: int) -> TcpContext | None:
        """The stream's facts about the TCP header in packet `index`, None where it has none (or no stream)."""
        table = self._capture.table
        if int(table["ip_protocol"][index]) != _TCP or int(table["stream"][index]) < 0:
            return None
        layers = int(table["layers"][index])
        stream = int(table["stream"][index])
        context = TcpContext(
            stream=stream,
            sequence=int(table["relative_sequence"][index]),
            acknowledgment=int(table["relative_acknowledgment"][index]),
            offset=-1 if layers & Layer.ASSEMBLED else int(table["transport"][index]),
            quoted=bool(layers & Layer.QUOTED),
        )
        if layers & Layer.QUOTED:
            return context
        members = self._members("tcp", stream)
        context.since_first, context.since_previous = self._times(members, index)
        if layers & Layer.TCP_CUT:
            return context
        context.own_base = (int(table["sequence"][index]) - context.sequence) & _MASK
        context.other_base = (int(table["acknowledgment"][index]) - context.acknowledgment) & _MASK
        context.shift = int(table["shift"][index])
        context.analysis = int(table["analysis"][index])
        if context.analysis & Flag.duplicate_ack:
            context.duplicate_of = self._capture.tracker.duplicate_of(index)
        facts = self._facts.of(stream, members, index)
        if facts is not None:
            self._tell(context, facts)
        context.closed_first = self._closed_first(members, index)
        context.messages = self._messages.of(index)
        tell_mail(self._capture, self._messages, context, index)
        return context

    def _closed_first(self, members: NDArray[np.int64], index: int) -> bool:
        """Whether the first FIN of a packet's stream is of this one's direction, for a packet with a FIN."""
        table = self._capture.table
        if not int(table["tcp_flags"][index]) & _FIN:
            return True
        unread = table["layers"][members] & np.uint16(Layer.QUOTED | Layer.TCP_CUT) != 0
        first = members[(table["tcp_flags"][members] & _FIN != 0) & ~unread][:1]
        return bool((table["direction"][first] == table["direction"][index]).all())

    def _members(self, kind: str, stream: int) -> NDArray[np.int64]:
        """The packets of a stream; those of the one asked for last are at hand."""
        wanted = (kind, stream, len(self._capture))
        if self._latest[:3] != wanted:
            self._latest = (*wanted, self._capture.stream_packets(kind, stream))
        return self._latest[3]

    def _tell(self, context: TcpContext, facts: Facts) -> None:
        context.completeness, context.examined = facts.completeness, facts.told
        context.acks_frame, context.ack_rtt = facts.acks + 1, facts.ack_rtt
        context.initial_rtt = facts.initial_rtt
        context.rto, context.rto_frame = facts.rto, facts.rto_packet + 1
        if facts.in_flight is not None:
            moved = facts.in_flight - self._sacked(facts.peer)
            if moved > 0:
                context.bytes_in_flight, context.push_bytes = moved, facts.push_bytes

    def _sacked(self, index: int) -> int:
        """Bytes in the SACK blocks of a packet (RFC 2018 section 3)."""
        table = self._capture.table
        if index < 0 or not int(table["layers"][index]) & Layer.OPTIONS or int(table["transport"][index]) == NONE16:
            return 0
        at = int(table["transport"][index])
        header = self._capture.frame(index)[at : at + 60]
        size = (header[12] >> 4) * 4 if len(header) > 12 else 0
        return sum((right - left) & _MASK for left, right in sack_blocks(header[20:size]))

    def _times(self, members: NDArray[np.int64], index: int) -> tuple[int | None, int | None]:
        """ns since the stream's first packet, and since the one before (0 for the first)."""
        table = self._capture.table
        place = int(np.searchsorted(members, index))
        first = previous = index
        if (table["layers"][members[:1]] & np.uint16(Layer.QUOTED)).any():
            members = members[table["layers"][members] & np.uint16(Layer.QUOTED) == 0]
            place = int(np.searchsorted(members, index))
        if place:
            first = int(members[0])
        for earlier in members[max(place - 100, 0) : place][::-1].tolist():
            if not int(table["layers"][earlier]) & Layer.QUOTED:
                previous = earlier
                break
        time = int(table["time"][index])
        return time - int(table["time"][first]), time - int(table["time"][previous])

    def udp(self, index: int) -> list[UdpContext]:
        """The streams of the UDP headers of packet `index`, outermost first."""
        table = self._capture.table
        found = []
        outer = table.outer
        carriers = outer.of(index)
        for stream in outer["stream"][carriers].tolist():
            if stream >= 0:
                found.append(self._udp(stream, index))
        if int(table["ip_protocol"][index]) in _UDPS and int(table["stream"][index]) >= 0:
            assembled = int(table["layers"][index]) & Layer.ASSEMBLED
            at = -1 if assembled else int(table["transport"][index])
            found.append(self._udp(int(table["stream"][index]), index, at))
        return found

    def _udp(self, stream: int, index: int, offset: int = -1) -> UdpContext:
        members = self._members("udp", stream)
        return UdpContext(stream, offset, *self._times(members, index))


def sack_blocks(options: bytes) -> list[tuple[int, int]]:
    """(left, right) edges, raw, in a header's options."""
    found = []
    at = 0
    while at + 1 < len(options) and options[at]:
        if options[at] == 1:
            at += 1
            continue
        size = options[at + 1]
        if size < 2:
            break
        if options[at] == 5:
            for edge in range(at + 2, min(at + size, len(options)) - 7, 8):
                found.append((int.from_bytes(options[edge : edge + 4]), int.from_bytes(options[edge + 4 : edge + 8])))
        at += size
    return found
