"""Stand-ins with the interfaces that the screen codes against, so that its tests need no reader and no dissector."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from pcaptui.errors import Damage
from pcaptui.fields.node import Dissection, Node
from pcaptui.loader.records import Interface

START = 1_573_121_343_000_000_000
PROTOCOLS = (("TCP", "tcp"), ("DNS", "dns"), ("HTTP", "http"), ("ARP", "arp"), ("ICMP", "icmp"), ("TCP", "tcp-bad"))


@dataclass(frozen=True)
class FakeRow:
    number: int
    time: int
    source: str
    destination: str
    protocol: str
    length: int
    info: str
    kind: str = "tcp"


class Series:
    """A column that is computed, so that ten million entries take no memory."""

    def __init__(self, first: int, step: int) -> None:
        self.first = first
        self.step = step

    def __getitem__(self, index: int) -> int:
        return self.first + index * self.step


class FakeCapture:
    """A capture of `count` packets, loaded in blocks; rows and frames follow from the packet's index."""

    def __init__(self, count: int, block: int = 0, damage: Sequence[Damage] = ()) -> None:
        self.count = count
        self.block = block or count
        self.loaded = min(count, self.block)
        self.title = "web-visit.pcapng"
        self.damage = list(damage)
        self.interfaces = [Interface(0, 1)]
        self.table = {
            "time": Series(START, 1_500_000),
            "length": Series(60, 1),
        }
        self.stopped = False
        self.gate = threading.Event()
        self.gate.set()

    def __len__(self) -> int:
        return self.loaded

    @property
    def complete(self) -> bool:
        return self.loaded >= self.count

    @property
    def progress(self) -> float:
        return self.loaded / self.count if self.count else 1.0

    def load_more(self) -> bool:
        self.gate.wait(10)
        if self.stopped or self.complete:
            return False
        self.loaded = min(self.count, self.loaded + self.block)
        return not self.complete

    def cancel(self) -> None:
        self.stopped = True
        self.gate.set()

    def frame(self, index: int) -> bytes:
        return frame_of(index)

    def link_type(self, index: int) -> int:
        return 1

    def stream_of(self, index: int) -> tuple[str, int] | None:
        return ("tcp", index % 3)

    def stream_label(self, index: int) -> str | None:
        return f"tcp:{index % 3}"

    def stream_packets(self, kind: str, number: int) -> NDArray[np.int64]:
        return np.arange(number, self.loaded, 3, dtype=np.int64)


@dataclass
class FakeRows:
    """Rows with texts one can recognise; `asked` remembers which packets were dissected."""

    capture: FakeCapture
    infos: dict[int, str] = field(default_factory=dict)
    asked: list[int] = field(default_factory=list)

    def row(self, index: int) -> FakeRow:
        self.asked.append(index)
        protocol, kind = PROTOCOLS[index % len(PROTOCOLS)]
        info = self.infos.get(index, f"50825 → 80 [ACK] Seq={index} Ack={index * 7} Win=65535 Len={index % 1400}")
        times = self.capture.table["time"]
        return FakeRow(
            index + 1,
            int(times[index]),
            f"115.140.24.{index % 250}",
            "120.50.132.112",
            protocol,
            60 + index % 1400,
            info,
            kind,
        )


class FakeTrees:
    """Answers with a small tree; `delays` holds seconds to wait for single packets, `sources` their other bytes."""

    def __init__(
        self, delays: dict[int, float] | None = None, sources: dict[int, dict[str, bytes]] | None = None
    ) -> None:
        self.delays = delays or {}
        self.sources = sources or {}
        self.asked: list[int] = []

    async def dissection(self, index: int, hurry: bool = False) -> Dissection:
        self.asked.append(index)
        await asyncio.sleep(self.delays.get(index, 0))
        return Dissection(tree_of(index, frame_of(index)), dict(self.sources.get(index, {})))

    def close(self) -> None:
        pass


def frame_of(index: int) -> bytes:
    return bytes((index + place) & 0xFF for place in range(60 + index % 200))


def tree_of(index: int, frame: bytes) -> list[Node]:
    ports = [
        Node(f"Source Port: {index}", "tcp.srcport", index, 34, 2),
        Node("Destination Port: 80", "tcp.dstport", 80, 36, 2),
        Node("[Stream index: 4]", "tcp.stream", 4),
    ]
    return [
        Node(f"Frame {index + 1}: {len(frame)} bytes", "frame", None, 0, len(frame)),
        Node(
            "Ethernet II, Src: 00:11:22:33:44:55, Dst: 66:77:88:99:aa:bb",
            "eth",
            None,
            0,
            14,
            [
                Node("Destination: 66:77:88:99:aa:bb", "eth.dst", None, 0, 6),
                Node("Source: 00:11:22:33:44:55", "eth.src", None, 6, 6),
            ],
        ),
        Node("Internet Protocol Version 4", "ip", None, 14, 20, [Node("Time to Live: 64", "ip.ttl", 64, 22, 1)]),
        Node("Transmission Control Protocol", "tcp", None, 34, 20, ports),
    ]
