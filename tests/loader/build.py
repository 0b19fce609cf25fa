"""Capture files made of packets, block by block, and what the loader makes of them."""

from __future__ import annotations

import struct
import tempfile
from collections.abc import Sequence
from typing import Any

from pcaptui.loader.load import Loader

Record = tuple[int, int, bytes, int]
"""seconds, fraction, frame, length on the wire"""


def record(seconds: int = 1, fraction: int = 0, frame: bytes = b"frame", length: int | None = None) -> Record:
    return seconds, fraction, frame, len(frame) if length is None else length


def pcap(
    records: Sequence[Record] = (),
    magic: int = 0xA1B2C3D4,
    order: str = "<",
    snap: int = 262_144,
    network: int = 1,
    version: tuple[int, int] = (2, 4),
    in_header: bytes = b"",
    swapped: bool = False,
) -> bytes:
    """A pcap file; `in_header` stands between each record's header and frame."""
    parts = [struct.pack(order + "IHHiIII", magic, *version, 0, 0, snap, network)]
    for seconds, fraction, frame, length in records:
        sizes = (length, len(frame)) if swapped else (len(frame), length)
        parts += [struct.pack(order + "IIII", seconds, fraction, *sizes), in_header, frame]
    return b"".join(parts)


class Ng:
    """Blocks of pcapng in one byte order."""

    def __init__(self, order: str = "<") -> None:
        self.order = order

    def block(self, kind: int, body: bytes = b"", total: int | None = None, last: int | None = None) -> bytes:
        body += bytes(-len(body) % 4)
        size = len(body) + 12
        head = struct.pack(self.order + "II", kind, size if total is None else total)
        return head + body + struct.pack(self.order + "I", size if last is None else last)

    def option(self, code: int, value: bytes) -> bytes:
        return struct.pack(self.order + "HH", code, len(value)) + value + bytes(-len(value) % 4)

    def section(self, options: bytes = b"", version: tuple[int, int] = (1, 0)) -> bytes:
        return self.block(0x0A0D0D0A, struct.pack(self.order + "IHHq", 0x1A2B3C4D, *version, -1) + options)

    def interface(self, link_type: int = 1, snap: int = 0, options: bytes = b"") -> bytes:
        return self.block(1, struct.pack(self.order + "HHI", link_type, 0, snap) + options)

    def enhanced(
        self, frame: bytes = b"frame", ticks: int = 0, interface: int = 0, length: int | None = None,
        options: bytes = b"", captured: int | None = None, **sizes: int,
    ) -> bytes:  # fmt: skip
        size = len(frame) if captured is None else captured
        head = struct.pack(self.order + "5I", interface, ticks >> 32, ticks & 0xFFFFFFFF, size,
                           len(frame) if length is None else length)  # fmt: skip
        return self.block(6, head + frame + bytes(-len(frame) % 4) + options, **sizes)

    def simple(self, frame: bytes, length: int | None = None) -> bytes:
        return self.block(3, struct.pack(self.order + "I", len(frame) if length is None else length) + frame)

    def old_packet(self, frame: bytes, ticks: int = 0, interface: int = 0, options: bytes = b"") -> bytes:
        head = struct.pack(self.order + "2H4I", interface, 0xFFFF, ticks >> 32, ticks & 0xFFFFFFFF,
                           len(frame), len(frame))  # fmt: skip
        return self.block(2, head + frame + bytes(-len(frame) % 4) + options)


def load(*paths: Any) -> Loader:
    """Everything that the loader reads from these files."""
    loader = Loader([str(path) for path in paths])
    while loader.step():
        pass
    return loader


def load_bytes(data: bytes) -> Loader:
    with tempfile.NamedTemporaryFile(suffix=".capture") as file:
        file.write(data)
        file.flush()
        return load(file.name)


def packets(loader: Loader) -> list[tuple[bytes, int, int]]:
    """(frame, length on the wire, time in ns) of every packet."""
    table = loader.table
    rows = zip(table["offset"].tolist(), table["captured"].tolist(), table["length"].tolist(), table["time"].tolist(),
               table["interface"].tolist(), strict=True)  # fmt: skip
    return [(loader.sources[loader.interfaces[interface].file].bytes(offset, captured), length, time)
            for offset, captured, length, time, interface in rows]  # fmt: skip


def read(data: bytes) -> list[tuple[bytes, int, int]]:
    return packets(load_bytes(data))


def frames(data: bytes) -> list[bytes]:
    return [frame for frame, _, _ in read(data)]


def damage(data: bytes) -> list[tuple[int, str]]:
    return [(one.offset, one.reason) for one in load_bytes(data).damage]
