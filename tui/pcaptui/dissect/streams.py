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
from dataclasses import dataclass, field
from typing import Any

from ..protocols import registry
from ..protocols.messages import Message
from ..protocols.packet import AppRow, Packet, Short
from ..protocols.registry import REJECT, StreamDissector
from ..protocols.tcpstream import Expectation
from .pdus import WHOLE_LIMIT, Flow, Pdu
from .segments import FIN, RST, SYN, Segment, Segments
from .takes import Caller, Takes, small_facts

SEGMENT = "[TCP segment of a reassembled PDU]"
STREAMS = 256
"""So many streams' scans are kept."""
ROWS = 100_000
"""So many rows of one stream are kept, the latest ones."""
PIECES = 4000
MESSAGES = 50_000
"""So many messages of one stream are kept, the first ones."""
ANNOUNCED = 1000
"""So many announcements of one address and port are remembered."""
NO_PORTS: Mapping[int, StreamDissector | None] = {}
_NOTHING, _PIECE, _ROW, _DROPPED = range(4)
_PIECE_ROW = AppRow(suffix=" " + SEGMENT)


@dataclass(slots=True)
class StreamConversation:
    """What the dissectors of a stream share (protocols.packet.Conversation)."""

    number: int
    state: dict[str, Any] = field(default_factory=dict)
    client_port: int = 0
    server_port: int = 0


class Scan:
    """A stream dissected from its packet number `first` (0: from its beginning) up to `done`."""

    def __init__(self, number: int, first: int) -> None:
        self.conversation = StreamConversation(number)
        self.flows = (Flow(), Flow())
        self.takes = (Takes(), Takes())
        self.dissector: StreamDissector | None = None
        self.first = first
        self.done = first
        self.codes = bytearray()
        self.rows: dict[int, AppRow] = {}
        self.messages: list[Message] = []
        self.begun = False
        self.matched = 0

    def keep(self, row: AppRow | None) -> None:
        if row is None:
            self.codes.append(_NOTHING)
        elif row is _PIECE_ROW:
            self.codes.append(_PIECE)
        else:
            self.codes.append(_ROW)
            self.rows[self.done] = row
            if len(self.rows) > ROWS:
                self._forget()
        self.done += 1

    def _forget(self) -> None:
        for position in list(self.rows)[: ROWS // 2]:
            del self.rows[position]
            self.codes[position - self.first] = _DROPPED

    def row(self, position: int) -> tuple[bool, AppRow | None]:
        """(whether it is known, the row) of a packet of the stream."""
        if not self.first <= position < self.done:
            return False, None
        code = self.codes[position - self.first]
        if code == _ROW:
            return True, self.rows[position]
        return code != _DROPPED, _PIECE_ROW if code == _PIECE else None


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
        turn = _Turn(self, scan, segment, flow)
        if segment.flags & FIN:
            for pdu in flow.pdus:
                if pdu.until_fin and pdu.start <= at <= pdu.start + pdu.have:
                    return turn.finish(pdu, at)
        if not segment.payload:
            return None
        return turn.run(at)

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


class _Turn:
    """The dissection of one segment."""

    __slots__ = ("_caller", "_flow", "_locked", "_packet", "_rows", "_scan", "_segment", "_waits")

    def __init__(self, rows: StreamRows, scan: Scan, segment: Segment, flow: Flow) -> None:
        self._rows = rows
        self._scan = scan
        self._segment = segment
        self._flow = flow
        self._locked = ""
        self._waits = False
        self._caller = Caller("")
        self._packet = Packet(segment.number, b"", segment.length, 0, segment.time)
        self._packet.source_port = segment.source_port
        self._packet.destination_port = segment.destination_port
        self._packet.ip_source = segment.source
        self._packet.ip_destination = segment.destination
        self._packet.direction = segment.direction & 1
        if len(scan.messages) < MESSAGES:
            self._packet.messages = scan.messages

    def run(self, at: int) -> AppRow | None:
        """Dissect the payload, which begins at position `at`: continued messages, then new ones."""
        rest = self._segment.payload
        self._packet.reassemble = len(rest) >= self._segment.length
        for _ in range(PIECES):
            pdu = self._flow.find(at) if self._packet.reassemble else None
            size = len(rest)
            if pdu is None:
                self._fresh(at, rest)
            else:
                size = size if pdu.whole else min(size, pdu.end - at)
                if pdu.overflow or not pdu.add(at, rest[:size]):
                    self._overflowed(pdu, size)
                    self._piece()
                elif self._complete(pdu, size):
                    at += size
                    rest = rest[size:]
                    if rest:
                        continue
                    break
            if size >= len(rest):
                break
            at += size
            rest = rest[size:]
            self._fence()
        return self._row()

    def finish(self, pdu: Pdu, at: int) -> AppRow | None:
        """Dissect a message that ends with its direction of the stream."""
        payload = self._segment.payload
        if payload:
            pdu.add(at, payload)
        self._flow.pdus.remove(pdu)
        self._packet.reassemble = False
        self._packet.state["seen"] = pdu.have
        self._packet.begun = pdu.number
        if self._call(pdu.take(), pdu.held) >= 0:
            self._took(pdu.start, pdu.start + pdu.have, pdu.number)
        return self._row()

    def _took(self, start: int, end: int | None, begun: int) -> None:
        """Note what the last call took, or that it waits."""
        scan = self._scan
        scan.takes[self._segment.direction & 1].add(scan.done, start, end, begun, self._caller)

    def _overflowed(self, pdu: Pdu, size: int) -> None:
        if pdu.overflow:
            pdu.have += size
            if pdu.start + pdu.have >= pdu.end and pdu in self._flow.pdus:
                self._flow.pdus.remove(pdu)

    def _fresh(self, at: int, rest: bytes) -> None:
        self._packet.begun = 0
        used = self._call(rest, None)
        if used < 0:
            return
        packet = self._packet
        if used > 0:
            self._took(at, at + used, packet.number)
        if packet.reassemble and (used < len(rest) or packet.held is not None):
            self._took(at + used, None, packet.number)
            pdu = self._flow.begin(at + used, rest[used:], packet.want, packet.held, packet.number)
            pdu.unfinished = packet.unfinished
            if used == 0:
                self._piece()

    def _complete(self, pdu: Pdu, size: int) -> bool:
        """Dissect a message whose awaited bytes have come; whether it turned out to need more of them."""
        data = pdu.take()
        was_held = pdu.held is not None
        self._flow.pdus.remove(pdu)
        self._packet.state["seen"] = pdu.have
        self._packet.begun = pdu.number
        used = self._call(data, pdu.held)
        packet = self._packet
        start = pdu.start + pdu.have - len(data) + used
        if used > 0 or (used == 0 == len(data) and packet.held is None):  # of a held message all was seen before
            self._took(pdu.start, start, pdu.number)
        if used < 0 or (used >= len(data) and packet.held is None):
            return False
        if was_held and used == 0:
            pdu.held = packet.held
            pdu.kept = [] if packet.held is not None else [data]
            pdu.ask(packet.want)
            pdu.unfinished = packet.unfinished or pdu.unfinished
            self._flow.pdus.append(pdu)
        elif pdu.have < WHOLE_LIMIT or packet.want or packet.held is not None:
            begun = pdu.number if used == 0 else packet.number
            if used:
                self._took(start, None, begun)
            self._flow.begin(start, data[used:], packet.want, packet.held, begun).unfinished = packet.unfinished
        if used == 0:
            self._piece()
        return used <= len(data) - size

    def _call(self, data: bytes, held: Any) -> int:
        packet = self._packet
        packet.want = 0
        packet.unfinished = None
        packet.held = held
        packet.data = data
        packet.cuts.clear()
        packet.length = len(data) if packet.reassemble else max(self._segment.length, len(data))
        facts = small_facts(self._scan.conversation.state)
        layers = len(packet.layers)
        try:
            used = self._dissect(data, held)
        except Exception as error:  # whatever a packet did to a dissector, the row shows as far as it got
            short = isinstance(error, Short) and len(self._segment.payload) < self._segment.length
            packet.info += "[Packet size limited during capture]" if short else "[Malformed Packet]"
            packet.held = None
            used = len(data)
        if self._locked:
            packet.protocol = self._locked
        name = self._rows.called
        layer = packet.layers[layers] if len(packet.layers) > layers else ""
        sizes = (0,) if packet.cuts == [used] else tuple(packet.cuts)
        self._caller = Caller(name, layer, facts, sizes)
        return used

    def _dissect(self, data: bytes, held: Any) -> int:
        packet = self._packet
        used = self._rows.dissect(self._scan, packet, data, self._segment.direction & 1)
        if packet.held is held and used >= len(data):
            packet.held = None  # a dissector that does not know of holding
        return min(used, len(data))

    def _piece(self) -> None:
        """Mark the row as one of a message that is completed later."""
        packet = self._packet
        if self._locked:
            return  # a message that was completed in this segment speaks for it
        if not packet.protocol and not packet.info:
            self._waits = True
            return
        packet.info = f"{packet.info} {SEGMENT}" if packet.info else SEGMENT
        packet.protocol = "TCP"

    def _fence(self) -> None:
        """What follows in the segment is another message: what stands in the columns stays."""
        self._packet.fence = len(self._packet.info)
        self._locked = self._packet.protocol

    def _row(self) -> AppRow | None:
        packet = self._packet
        if not packet.protocol and not packet.info:
            return _PIECE_ROW if self._waits else None
        return AppRow(packet.protocol or None, packet.info, "", tuple(packet.layers))
