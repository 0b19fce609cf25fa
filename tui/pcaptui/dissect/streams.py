"""Applications over TCP: runs their dissectors along a stream and answers the row of any of its segments.

It behaves as tshark's desegmentation in one pass (found by experiment): a dissector that does not use up its bytes gets
them again with what follows; segments meanwhile stay TCP rows with a note; the segment that completes the message shows
it. Lost bytes are not waited for beyond the message they are missing in; repeated and reordered segments are
left alone.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import OrderedDict
from collections.abc import Mapping

from ..protocols import registry
from ..protocols.messages import Message
from ..protocols.packet import AppRow, Packet
from ..protocols.registry import REJECT, StreamDissector
from ..protocols.tcpstream import Expectation
from .scan import MESSAGES, PIECE_ROW, SEGMENT, Scan
from .segments import FIN, RST, SYN, Segment, Segments
from .turn import Turn

STREAMS = 256
"""So many streams' scans are kept."""
ANNOUNCED = 1000
"""So many announcements of one address and port are remembered."""
NO_PORTS: Mapping[int, StreamDissector | None] = {}


class StreamRows:
    """The application rows of TCP segments. Asking in order costs one dissection a packet.

    `asked`: ports and the dissectors that the user wants there, None where the bytes are data.
    Not thread-safe: one instance a thread.
    """

    def __init__(self, segments: Segments, asked: Mapping[int, StreamDissector | None] = NO_PORTS) -> None:
        registry.load()
        self._asked = asked
        self._segments = segments
        self._scans: OrderedDict[tuple[int, bool], Scan] = OrderedDict()
        self._packets: dict[int, list[int]] = {}
        self._expected: dict[tuple[bytes, int], list[tuple[int, Expectation]]] = {}
        self.called = ""
        """The module of the dissector that was called last."""

    def app_row(self, stream: int, index: int, budget: int | None = None) -> AppRow | None:
        """The application's row for the segment in packet `index` of a stream; None: the TCP row stays as it is.

        `budget`: where more earlier packets of the stream than this would have to be dissected, begin afresh a
        bounded distance before; such a row is marked provisional.
        """
        position = self._position(stream, index)
        if position is None:
            return None
        scan = self._scan(stream, False)
        known, row = scan.row(position)
        if known:
            return row
        if position >= scan.done and (budget is None or position - scan.done <= budget):
            return self._advance(scan, position)
        return self._provisional(stream, position, budget or 1000)

    def messages(self, stream: int, stop: int) -> tuple[list[Message], bool]:
        """What a stream's dissectors said up to its packet number `stop` (counted in the stream, from 0), and whether
        that is all of it: the stream has ended there, and no message was left out."""
        packets = self._stream(stream)
        scan = self._scan(stream, False)
        if scan.done < min(stop, len(packets)):
            self._advance(scan, min(stop, len(packets)) - 1)
        unfinished = scan.flows[0].unfinished() + scan.flows[1].unfinished()
        found = sorted(scan.messages + unfinished, key=lambda message: message.packet)
        return found, scan.done >= len(packets) and len(scan.messages) < MESSAGES

    def scanned(self, stream: int, index: int, ahead: int, budget: int | None = None) -> tuple[Scan, list[int]] | None:
        """A scan that has been through packet `index` of a stream, and up to `ahead` more packets where that is asked
        for, with the indexes of the stream's packets; None where the stream has no such packet. `budget` as in
        app_row."""
        position = self._position(stream, index)
        if position is None:
            return None
        packets = self._packets[stream]
        scan = self._scan(stream, False)
        behind = position - scan.done
        if (behind >= 0 and budget is not None and behind > budget) or max(t.forgotten for t in scan.takes) >= position:
            room = budget or 1000
            scan = self._scan(stream, True)
            if not scan.first <= position <= scan.done + room:
                scan = self._scans[stream, True] = Scan(stream, max(0, position - room // 2))
        last = min(position + ahead, len(packets) - 1)
        if scan.done <= last:
            self._advance(scan, last)
        return scan, packets

    def scanned_up_to(self, stream: int) -> int:
        """How many packets of a stream have been dissected in order from its beginning."""
        scan = self._scans.get((stream, False))
        return 0 if scan is None else scan.done

    def _stream(self, stream: int) -> list[int]:
        """Packet indexes of a stream."""
        packets = self._packets.get(stream)
        found = self._segments.packets(stream)
        if packets is None or len(packets) != len(found):
            if len(self._packets) > STREAMS:
                self._packets.clear()
            packets = self._packets[stream] = found.tolist()
        return packets

    def _provisional(self, stream: int, position: int, budget: int) -> AppRow | None:
        scan = self._scan(stream, True)
        known, row = scan.row(position)
        if not known:
            if not scan.done <= position <= scan.done + budget:
                scan = Scan(stream, max(0, position - budget // 2))
                self._scans[stream, True] = scan
            row = self._advance(scan, position)
        if row is None:
            return AppRow(provisional=True)
        return AppRow(row.protocol, row.info, row.suffix, row.layers, True)

    def _position(self, stream: int, index: int) -> int | None:
        packets = self._packets.get(stream)
        if packets is None or not packets or packets[-1] < index:
            packets = self._segments.packets(stream).tolist()
            if len(self._packets) > STREAMS:
                self._packets.clear()
            self._packets[stream] = packets
        position = bisect_left(packets, index)
        return position if position < len(packets) and packets[position] == index else None

    def _scan(self, stream: int, window: bool) -> Scan:
        scan = self._scans.get((stream, window))
        if scan is None:
            scan = self._scans[stream, window] = Scan(stream, 0)
            if len(self._scans) > STREAMS:
                self._scans.popitem(last=False)
        else:
            self._scans.move_to_end((stream, window))
        return scan

    def _advance(self, scan: Scan, position: int) -> AppRow | None:
        packets = self._packets[scan.conversation.number]
        row = None
        while scan.done <= position:
            segment = self._segments.segment(packets[scan.done])
            row = self._step(scan, segment) if segment is not None else None
            scan.keep(row)
        return row

    # One segment.

    def _step(self, scan: Scan, segment: Segment) -> AppRow | None:
        if not segment.dissect or segment.flags & RST:
            return None
        if not scan.begun:
            self._begin(scan, segment)
        flow = scan.flows[segment.direction & 1]
        at = flow.absolute(segment.sequence + (1 if segment.flags & SYN else 0))
        flow.position = at
        turn = Turn(self, scan, segment, flow)
        if segment.flags & FIN:
            for pdu in flow.pdus:
                if pdu.until_fin and pdu.start <= at <= pdu.start + pdu.have:
                    return turn.finish(pdu, at)
        if not segment.payload:
            return None
        row = turn.run(at)
        return self._end(turn, row, at) if segment.flags & FIN else row

    def _end(self, turn: Turn, row: AppRow | None, at: int) -> AppRow | None:
        """The row of a segment with a FIN: a message that lasts until then, and has begun in it, is complete."""
        end = at + turn.segment.length
        pdu = next((pdu for pdu in turn.flow.pdus if pdu.until_fin and pdu.start + pdu.have == end), None)
        if pdu is None:
            return row
        if row is None or row is PIECE_ROW or row.info is None or row.info.endswith(SEGMENT):
            turn = Turn(self, turn.scan, turn.segment, turn.flow)  # nothing else in it was complete
        return turn.finish(pdu, at)

    def _begin(self, scan: Scan, segment: Segment) -> None:
        """Tell client from server, and whether the stream was announced."""
        scan.begun = True
        source, destination = segment.source_port, segment.destination_port
        server = self._segments.server_port(scan.conversation.number)
        if server in (source, destination):
            from_server = source == server
        elif self._known(source) != self._known(destination):
            from_server = self._known(source)
        else:
            from_server = source < destination
        conversation = scan.conversation
        conversation.client_port, conversation.server_port = (
            (destination, source) if from_server else (source, destination)
        )
        if not self._known(source) and not self._known(destination):
            self._ask_announcers(scan, segment)

    def _known(self, port: int) -> bool:
        return port in registry.tcp_ports or port in self._asked

    def _ask_announcers(self, scan: Scan, segment: Segment) -> None:
        index = segment.number - 1
        for number in self._segments.announcers(scan.conversation.number):
            control = self._scan(number, False)
            self._position(number, index)
            packets = self._packets.get(number, [])
            before = bisect_left(packets, index) - 1
            if before >= control.done:
                self._advance(control, before)
        for end in ((segment.source, segment.source_port), (segment.destination, segment.destination_port)):
            earlier = [one for number, one in self._expected.get(end, ()) if number < segment.number]
            if earlier:  # the control stream may have been scanned further than that
                scan.dissector = earlier[-1].dissector
                scan.conversation.state = earlier[-1].state

    def dissect(self, scan: Scan, packet: Packet, data: bytes, direction: int) -> int:
        """Hand bytes to the stream's dissector, found as tshark does; REJECT where nobody takes them."""
        conversation = scan.conversation
        used = REJECT
        self.called = ""
        packet.matched = scan.matched
        if scan.dissector is not None:
            self.called = _module(scan.dissector)
            used = scan.dissector(packet, data, conversation, direction)
        if used < 0:
            used = self._choose(scan, packet, data, direction)
        state = conversation.state
        if "dissector" in state:
            scan.dissector = state.pop("dissector")
        if "expect" in state:
            for expectation in state.pop("expect"):
                known = self._expected.setdefault((expectation.address, expectation.port), [])
                known.append((packet.number, expectation))
                del known[:-ANNOUNCED]
        return used

    def _choose(self, scan: Scan, packet: Packet, data: bytes, direction: int) -> int:
        conversation = scan.conversation
        low, high = sorted((packet.source_port, packet.destination_port))
        packet.matched = scan.matched = 0
        for port in (low, high) if self._asked else ():
            if port not in self._asked:
                continue
            dissector = self._asked[port]
            if dissector is None:
                return REJECT
            packet.matched = scan.matched = port
            used = REJECT if dissector is scan.dissector else self._try(scan, dissector, packet, data, direction)
            if used >= 0:
                return used
        packet.matched = scan.matched = 0
        for port in dict.fromkeys((conversation.server_port, low, high)):
            dissector = registry.tcp_ports.get(port)
            if dissector is None or dissector is scan.dissector:
                continue
            used = self._try(scan, dissector, packet, data, direction)
            if used >= 0:
                return used
        for test, dissector in registry.tcp_heuristics:
            if test(packet, data, conversation, direction):
                scan.dissector = dissector
                self.called = _module(dissector)
                return dissector(packet, data, conversation, direction)
        return REJECT

    def _try(self, scan: Scan, dissector: StreamDissector, packet: Packet, data: bytes, direction: int) -> int:
        self.called = _module(dissector)
        used = dissector(packet, data, scan.conversation, direction)
        if used >= 0:
            scan.dissector = dissector
        else:
            packet.protocol = packet.info = ""
        return used


def _module(dissector: StreamDissector) -> str:
    return str(getattr(dissector, "__module__", "")).rpartition(".")[2]
