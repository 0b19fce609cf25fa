"""One segment on its way through its stream's dissector: continued messages, then new ones."""

from __future__ import annotations

from typing import Any, Protocol

from ..protocols.packet import AppRow, Packet, Short
from .pdus import WHOLE_LIMIT, Flow, Pdu
from .scan import MESSAGES, PIECE_ROW, SEGMENT, Scan
from .segments import Segment
from .takes import Caller, small_facts

PIECES = 4000


class Dissecting(Protocol):
    """Who finds a stream's dissector and calls it; see streams.StreamRows. `called` is the module of the latest one."""

    called: str

    def dissect(self, scan: Scan, packet: Packet, data: bytes, direction: int) -> int: ...


class Turn:
    """The dissection of one segment."""

    __slots__ = ("_caller", "_locked", "_packet", "_rows", "_waits", "flow", "scan", "segment")

    def __init__(self, rows: Dissecting, scan: Scan, segment: Segment, flow: Flow) -> None:
        self._rows = rows
        self.scan = scan
        self.segment = segment
        self.flow = flow
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
        rest = self.segment.payload
        self._packet.reassemble = len(rest) >= self.segment.length
        for _ in range(PIECES):
            pdu = self.flow.find(at) if self._packet.reassemble else None
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
        payload = self.segment.payload
        if payload:
            pdu.add(at, payload)
        self.flow.pdus.remove(pdu)
        self._packet.reassemble = False
        self._packet.state["seen"] = pdu.have
        self._packet.begun = pdu.number
        if self._call(pdu.take(), pdu.held) >= 0:
            self._took(pdu.start, pdu.start + pdu.have, pdu.number)
        return self._row()

    def _took(self, start: int, end: int | None, begun: int) -> None:
        """Note what the last call took, or that it waits."""
        scan = self.scan
        scan.takes[self.segment.direction & 1].add(scan.done, start, end, begun, self._caller)

    def _overflowed(self, pdu: Pdu, size: int) -> None:
        if pdu.overflow:
            pdu.have += size
            if pdu.start + pdu.have >= pdu.end and pdu in self.flow.pdus:
                self.flow.pdus.remove(pdu)

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
            pdu = self.flow.begin(at + used, rest[used:], packet.want, packet.held, packet.number)
            pdu.unfinished = packet.unfinished
            if used == 0:
                self._piece()

    def _complete(self, pdu: Pdu, size: int) -> bool:
        """Dissect a message whose awaited bytes have come; whether it turned out to need more of them."""
        data = pdu.take()
        was_held = pdu.held is not None
        self.flow.pdus.remove(pdu)
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
            self.flow.pdus.append(pdu)
        elif pdu.have < WHOLE_LIMIT or packet.want or packet.held is not None:
            begun = pdu.number if used == 0 else packet.number
            if used:
                self._took(start, None, begun)
            self.flow.begin(start, data[used:], packet.want, packet.held, begun).unfinished = packet.unfinished
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
        packet.length = len(data) if packet.reassemble else max(self.segment.length, len(data))
        facts = small_facts(self.scan.conversation.state)
        layers = len(packet.layers)
        try:
            used = self._dissect(data, held)
        except Exception as error:  # whatever a packet did to a dissector, the row shows as far as it got
            short = isinstance(error, Short) and len(self.segment.payload) < self.segment.length
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
        used = self._rows.dissect(self.scan, packet, data, self.segment.direction & 1)
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
            return PIECE_ROW if self._waits else None
        return AppRow(packet.protocol or None, packet.info, "", tuple(packet.layers))
