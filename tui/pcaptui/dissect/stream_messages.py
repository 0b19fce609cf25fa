"""The messages of a stream that a segment has a part in, with the bytes of those that it completes."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass

import numpy as np

from ..capture import Capture
from ..fields.context import Interval, Message
from ..loader.table import Layer
from ..tracker.flags import payload_left_alone
from .scan import Scan
from .segments import FIN, SYN
from .streams import StreamRows
from .takes import Take

AHEAD = (16, 64, 256, 1024)
"""So many packets further along the stream the end of a message is looked for, step by step."""
LONGEST = 16 << 20
"""No more bytes of one message than these are put together."""
PIECES = 10_000
_UNREADABLE = int(Layer.QUOTED | Layer.TCP_CUT)
_MASK, _HALF = 0xFFFFFFFF, 1 << 31


@dataclass(slots=True)
class _Part:
    """A segment's payload within its direction of the stream: positions `start` to `end`."""

    index: int
    position: int
    direction: int
    start: int
    end: int
    from_server: bool


class StreamMessages:
    """Answers for one capture. Not thread-safe: one instance a thread.

    `streams` is the caller's, so that streams are dissected once; `budget` bounds what one question may cause to be
    dissected (as in StreamRows.app_row).
    """

    def __init__(self, capture: Capture, streams: StreamRows, budget: int | None = None) -> None:
        self._capture = capture
        self._streams = streams
        self._budget = budget

    def of(self, index: int) -> list[Message]:
        """Messages in packet `index` in the order of their bytes: those in it alone, those that it completes, and one
        that goes on behind it. Empty where nobody dissects the payload."""
        table = self._capture.table
        layers, flags = int(table["layers"][index]), int(table["tcp_flags"][index])
        length = int(table["payload_length"][index])
        if layers & _UNREADABLE or (not length and not flags & FIN):
            return []
        if payload_left_alone(int(table["analysis"][index])):
            return []
        stream = int(table["stream"][index])
        found = self._streams.scanned(stream, index, 0, self._budget)
        if found is None:
            return []
        scan, packets = found
        part = self._part(scan, packets, index)
        if part is None:
            return []
        takes = scan.takes[part.direction]
        messages = []
        reached = part.start
        for take in takes.completed(part.position):
            if take.end is not None:
                messages.append(self._completed(part, take, packets))
                reached = max(reached, take.end)
        if reached < part.end:
            going_on = self._going_on(part, scan, stream, reached)
            if going_on is not None:
                messages.append(going_on)
        return messages

    def _part(self, scan: Scan, packets: list[int], index: int) -> _Part | None:
        table = self._capture.table
        position = bisect_left(packets, index)
        direction = int(table["direction"][index]) & 1
        near = scan.takes[direction].near(position)
        if near is None:
            return None
        sequence = int(table["relative_sequence"][index]) + (1 if int(table["tcp_flags"][index]) & SYN else 0)
        step = (sequence - near) & _MASK
        start = near + (step if step < _HALF else step - _MASK - 1)
        conversation = scan.conversation
        ports = int(table["source_port"][index]), int(table["destination_port"][index])
        from_server = ports[0] == conversation.server_port and (ports[0] != ports[1] or direction == 1)
        return _Part(index, position, direction, start, start + int(table["payload_length"][index]), from_server)

    def _message(self, part: _Part, take: Take, start: int, end: int) -> Message:
        """`start` and `end` are positions in the stream; what lies in front of the segment is left out."""
        start = min(max(start, part.start), part.end)
        end = min(max(end, start), part.end)
        facts = dict(take.caller.facts)
        return Message(
            start - part.start, end - start, take.caller.module, direction=part.direction, facts=facts,
            layer=take.caller.layer, from_server=part.from_server, sizes=take.caller.sizes,
        )  # fmt: skip

    def _completed(self, part: _Part, take: Take, packets: list[int]) -> Message:
        end = take.end if take.end is not None else part.end
        message = self._message(part, take, take.start, end)
        message.completed_by = part.index + 1
        if take.start < part.start or end > part.end:
            message.pieces, message.data = self._assemble(part, take, end, packets)
            if len(message.pieces) == 1 and message.pieces[0].number == part.index + 1:
                message.data, message.pieces = None, []
        return message

    def _going_on(self, part: _Part, scan: Scan, stream: int, at: int) -> Message | None:
        """The message that takes the rest of the segment, complete later or never."""
        takes = scan.takes[part.direction]
        take = takes.later(part.position, at)
        opened = takes.waiting(part.position, at)
        if take is None and opened is None:
            return None
        for ahead in AHEAD:
            if take is not None:
                break
            found = self._streams.scanned(stream, part.index, ahead, self._budget)
            if found is None or found[0] is not scan:
                break
            take = takes.later(part.position, at)
        if take is not None and take.end is not None:
            message = self._message(part, take, take.start, take.end)
            packets = self._capture.stream_packets("tcp", stream)
            message.completed_by = int(packets[take.position]) + 1 if take.position < len(packets) else 0
        else:
            assert opened is not None
            message = self._message(part, opened, at, part.end)
        message.waits = True
        return message

    def _assemble(self, part: _Part, take: Take, end: int, packets: list[int]) -> tuple[list[Interval], bytes]:
        """Where a message's bytes come from, in the order of the bytes, and the bytes."""
        table = self._capture.table
        first = min(bisect_left(packets, take.begun - 1), part.position)
        rows = np.array(packets[first : part.position + 1], np.int64)
        flags = table["tcp_flags"][rows]
        relative = table["relative_sequence"][rows] + ((flags & SYN) != 0).astype(np.uint32)
        step = (relative - np.uint32(take.start & _MASK)).view(np.int32).astype(np.int64)
        size = table["payload_length"][rows].astype(np.int64)
        good = (table["direction"][rows] & 1 == part.direction) & (size > 0) & (step + size > 0)
        good &= (step < end - take.start) & (table["layers"][rows] & np.uint16(_UNREADABLE) == 0)
        bits = table["analysis"][rows]
        for odd in np.flatnonzero(good & (bits != 0)).tolist():
            good[odd] = not payload_left_alone(int(bits[odd]))
        chosen = np.flatnonzero(good)
        chosen = chosen[np.argsort(step[chosen], kind="stable")]
        pieces: list[Interval] = []
        data: list[bytes] = []
        covered, room = 0, min(end - take.start, LONGEST)
        for row in chosen[:PIECES].tolist():
            low, high = max(covered, int(step[row])), min(int(step[row] + size[row]), room)
            if high <= low:
                continue
            index = int(rows[row])
            payload = self._capture.payload(index)
            if covered < low:
                data.append(bytes(low - covered))
            bytes_ = payload[low - int(step[row]) : high - int(step[row])]
            data.append(bytes_.ljust(high - low, b"\0"))
            pieces.append(Interval(index + 1, low, high - low))
            covered = high
        return pieces, b"".join(data)
