"""TCP segments of a capture as the stream engine wants them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from ..capture import Capture
from ..loader.table import Layer

FIN, SYN, RST, ACK = 1, 2, 4, 16
_CONTROL_PORTS = (21,)
_UNREADABLE = int(Layer.QUOTED | Layer.TCP_CUT)
_COLUMNS = ("payload_length", "tcp_flags", "layers", "analysis", "relative_sequence", "direction", "source_port",
            "destination_port", "source", "destination", "time")  # fmt: skip


@dataclass(slots=True)
class Segment:
    """One segment with payload or FIN. `payload` is its captured part, `length` its length on the wire."""

    number: int
    sequence: int
    length: int
    payload: bytes
    direction: int
    flags: int
    source_port: int
    destination_port: int
    source: bytes = b""
    destination: bytes = b""
    time: int = 0
    dissect: bool = True


class Segments(Protocol):
    """Where the engine gets its segments from; tests use a list."""

    def packets(self, stream: int) -> NDArray[np.int64]:
        """Packet indexes of a TCP stream in order."""

    def segment(self, index: int) -> Segment | None:
        """The segment of a packet; None if there is nothing in it for a dissector."""

    def server_port(self, stream: int) -> int:
        """The server's port as the stream's SYN tells it, 0 where there is none."""

    def announcers(self, stream: int) -> list[int]:
        """Streams between the same hosts that may have announced this one."""


class CaptureSegments:
    """Segments of an open capture."""

    def __init__(self, capture: Capture) -> None:
        self._capture = capture
        self._known = -1
        self._count = -1
        self._columns: tuple[NDArray[Any], ...] = ()
        self._raw: dict[int, bytes] = {}
        self._control_ports = (*_CONTROL_PORTS, *capture.decode_as.ports("tcp.port", "ftp"))
        self._controls: dict[tuple[int, int], list[int]] = {}

    def packets(self, stream: int) -> NDArray[np.int64]:
        return self._capture.stream_packets("tcp", stream)

    def segment(self, index: int) -> Segment | None:
        if self._count != self._capture.table.count:  # the columns have grown, and perhaps moved
            self._count = self._capture.table.count
            self._columns = tuple(self._capture.table[name] for name in _COLUMNS)
        length, flags, layers, analysis, sequence, direction, *ports, source, destination, time = [
            column.item(index) for column in self._columns
        ]
        if (not length and not flags & FIN) or layers & _UNREADABLE:
            return None
        dissect = True
        if analysis:
            facts = self._capture.tracker.tcp_facts(index)
            dissect = facts is not None and facts.dissect
        payload = self._capture.payload(index) if length and dissect else b""
        return Segment(
            index + 1, sequence, length, payload, direction, flags, ports[0], ports[1],
            self._address(source), self._address(destination), time, dissect,
        )  # fmt: skip

    def _address(self, index: int) -> bytes:
        raw = self._raw.get(index)
        if raw is None:
            if len(self._raw) > 10_000:
                self._raw.clear()
            raw = self._raw[index] = self._capture.addresses.raw(index)
        return raw

    def server_port(self, stream: int) -> int:
        packets = self.packets(stream)
        if not len(packets):
            return 0
        table, first = self._capture.table, int(packets[0])
        flags = int(table["tcp_flags"][first])
        if not flags & SYN:
            return 0
        return int(table["source_port" if flags & ACK else "destination_port"][first])

    def announcers(self, stream: int) -> list[int]:
        table = self._capture.table
        if self._known != table.count:
            self._known = table.count
            self._find_controls()
        packets = self.packets(stream)
        if not len(packets) or not self._controls:
            return []
        first = int(packets[0])
        pair = _pair(int(table["source"][first]), int(table["destination"][first]))
        return [number for number in self._controls.get(pair, []) if number != stream]

    def _find_controls(self) -> None:
        table = self._capture.table
        self._controls = {}
        is_control = np.zeros(len(table), bool)
        for end in ("source_port", "destination_port"):
            is_control |= np.isin(table[end], self._control_ports)
        rows = np.flatnonzero(is_control & (table["ip_protocol"] == 6) & (table["stream"] >= 0))
        streams, first = np.unique(table["stream"][rows], return_index=True)
        for number, row in zip(streams.tolist(), rows[first].tolist(), strict=True):
            pair = _pair(int(table["source"][row]), int(table["destination"][row]))
            self._controls.setdefault(pair, []).append(number)


def _pair(a: int, b: int) -> tuple[int, int]:
    return (a, b) if a <= b else (b, a)
