"""What the streams tell about one packet's TCP and UDP headers, for its tree."""

from __future__ import annotations

from .capture import Capture
from .dissect.rows import Rows
from .dissect.stream_messages import StreamMessages
from .fields.context import TcpContext, UdpContext
from .loader.table import Layer
from .tracker.flags import Flag

_TCP, _UDPS = 6, (17, 136)
_MASK = 0xFFFFFFFF
_UNANALYSED = int(Layer.QUOTED | Layer.TCP_CUT)


class Transports:
    """Answers for one capture. Not thread-safe: one instance a thread."""

    def __init__(self, capture: Capture, rows: Rows) -> None:
        self._capture = capture
        self._messages = StreamMessages(capture, rows.streams, rows.budget)

    def tcp(self, index: int) -> TcpContext | None:
        """The stream's facts about the TCP header in packet `index`, None where it has none (or no stream)."""
        table = self._capture.table
        if int(table["ip_protocol"][index]) != _TCP or int(table["stream"][index]) < 0:
            return None
        layers = int(table["layers"][index])
        context = TcpContext(
            stream=int(table["stream"][index]),
            sequence=int(table["relative_sequence"][index]),
            acknowledgment=int(table["relative_acknowledgment"][index]),
            offset=-1 if layers & Layer.ASSEMBLED else int(table["transport"][index]),
            quoted=bool(layers & Layer.QUOTED),
        )
        if layers & _UNANALYSED:
            return context
        context.own_base = (int(table["sequence"][index]) - context.sequence) & _MASK
        context.other_base = (int(table["acknowledgment"][index]) - context.acknowledgment) & _MASK
        context.shift = int(table["shift"][index])
        context.analysis = int(table["analysis"][index])
        if context.analysis & Flag.duplicate_ack:
            context.duplicate_of = self._capture.tracker.duplicate_of(index)
        context.messages = self._messages.of(index)
        return context

    def udp(self, index: int) -> list[UdpContext]:
        """The streams of the UDP headers of packet `index`, outermost first."""
        table = self._capture.table
        if int(table["ip_protocol"][index]) not in _UDPS or int(table["stream"][index]) < 0:
            return []
        return [UdpContext(int(table["stream"][index]))]
