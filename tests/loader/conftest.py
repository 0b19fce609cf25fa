"""What tests of the loader share."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from pcaptui.loader.addresses import AddressTable
from pcaptui.loader.headers import decode
from pcaptui.loader.records import Interface, RecordBlock
from pcaptui.loader.table import NONE16, Layer, PacketTable


@dataclass
class Decoded:
    """A table made of some frames, and its addresses."""

    table: PacketTable
    addresses: AddressTable

    def row(self, index: int = 0) -> dict[str, Any]:
        """One packet's columns with texts for addresses, None for what is not there."""
        row: dict[str, Any] = {}
        for name in ("network", "transport", "payload", "payload_length", "ethertype", "ip_protocol", "source_port",
                     "destination_port", "sequence", "acknowledgment", "window", "tcp_flags"):  # fmt: skip
            row[name] = int(self.table[name][index])
        for name in ("network", "transport", "payload"):
            row[name] = None if row[name] == NONE16 else row[name]
        for name in ("source", "destination"):
            number = int(self.table[name][index])
            row[name] = None if number < 0 else self.addresses.text(number)
        row["layers"] = Layer(int(self.table["layers"][index]))
        row["ports"] = row["source_port"], row["destination_port"]
        row["addresses"] = row["source"], row["destination"]
        return row


@pytest.fixture(scope="session")
def decode_frames() -> Callable[..., Decoded]:
    """Decode frames (bytes or scapy packets) that lie one behind the other, in blocks of `block_size` packets.

    `link_types`: one for all or one a frame; `lengths`: lengths on the wire; `behind`: bytes after the last frame.
    """

    def run(
        frames: Sequence[Any],
        link_types: int | Sequence[int] = 1,
        *,
        lengths: Sequence[int] | None = None,
        block_size: int = 1 << 20,
        behind: bytes = b"",
    ) -> Decoded:
        data = [bytes(frame) for frame in frames]
        raw = np.frombuffer(b"".join(data) + behind, np.uint8)
        captured = np.array([len(frame) for frame in data], np.uint32)
        offset = np.cumsum(captured, dtype=np.int64) - captured
        length = captured if lengths is None else np.array(lengths, np.uint32)
        kinds = [link_types] * len(data) if isinstance(link_types, int) else list(link_types)
        interfaces = [Interface(0, kind) for kind in sorted(set(kinds))]
        number = {interface.link_type: index for index, interface in enumerate(interfaces)}
        interface = np.array([number[kind] for kind in kinds], np.uint16)
        decoded = Decoded(PacketTable(), AddressTable())
        for start in range(0, len(data), block_size):
            part = slice(start, start + block_size)
            block = RecordBlock(offset[part], captured[part], length[part], offset[part] * 1000, interface[part])
            decode(block, raw, interfaces, decoded.table, decoded.addresses)
        return decoded

    return run


@pytest.fixture(scope="session")
def build() -> ModuleType:
    """The module build.py beside this file, which makes capture files."""
    spec = importlib.util.spec_from_file_location("build_captures", Path(__file__).with_name("build.py"))
    assert spec and spec.loader
    module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
