"""Packet tables made of a few segments, with bytes behind them for the TCP options."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from tcp_machine import Segment

from pcaptui.loader.records import Interface
from pcaptui.loader.table import Layer, PacketTable
from pcaptui.tracker import Tracker

WIDTH = 64


class Memory:
    """Stands for an opened file."""

    def __init__(self, raw: np.ndarray) -> None:
        self.raw = raw


class Bench:
    """A table with a tracker, to which segments are added."""

    def __init__(self, total: int = 1000, protocol: int = 6) -> None:
        self.table = PacketTable()
        self.memory = Memory(np.zeros(0, np.uint8))
        self.protocol = protocol
        self.tracker = Tracker(self.table, [Interface(0, 1)], [self.memory])

    def add(self, segments: Sequence[Segment]) -> None:
        start = len(self.table)
        rows = self.table.append(len(segments))
        table = self.table
        frames = np.zeros((len(segments), WIDTH), np.uint8)
        for row, s in enumerate(segments):
            i = start + row
            options = b"" if s.scale is None else bytes((1, 3, 3, s.scale))
            size = 20 + len(options)
            frames[row, 12] = size // 4 << 4
            frames[row, 20:size] = list(options)
            values = {
                "time": s.time, "source": s.source[0], "destination": s.destination[0], "source_port": s.source[1],
                "destination_port": s.destination[1], "sequence": s.sequence, "acknowledgment": s.ack,
                "window": s.window, "tcp_flags": s.flags, "payload_length": s.length, "payload": size,
                "captured": size, "length": size,
                "layers": (Layer.QUOTED if s.quoted else 0) | (Layer.OPTIONS if options else 0),
            }  # fmt: skip
            for name, value in values.items():
                table[name][i] = value
        table["ip_protocol"][rows] = self.protocol
        table["transport"][rows] = 0
        table["offset"][rows] = np.arange(start, start + len(segments)) * WIDTH
        self.memory.raw = np.concatenate([self.memory.raw, frames.reshape(-1)])

    def track(self, segments: Sequence[Segment]) -> Tracker:
        self.add(segments)
        self.tracker.update()
        return self.tracker
