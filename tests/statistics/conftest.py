"""Captures made by hand, as what statistics count."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from pcaptui.capture import Capture
from pcaptui.statistics import Table, View

ViewOf = Callable[..., View]


@pytest.fixture
def view_of(tmp_path: Path) -> ViewOf:
    """Write scapy packets to a capture (10 ms apart, unless they have a time) and open it, or open a path."""

    def make(packets: Sequence[Any] | Path, chosen: NDArray[np.int64] | None = None) -> View:
        path = packets if isinstance(packets, Path) else written(packets)
        capture = Capture.open([str(path)])
        capture.load_all()
        return View(capture, chosen)

    def written(packets: Sequence[Any]) -> Path:
        from scapy.utils import wrpcap

        path = tmp_path / "made.pcap"
        for place, packet in enumerate(packets):
            packet.time = 1_000_000_000 + place / 100
        wrpcap(str(path), list(packets), linktype=1)
        return path

    return make


@pytest.fixture
def rows() -> Callable[[Table], list[dict[str, Any]]]:
    """A table's rows as objects."""

    def read(table: Table) -> list[dict[str, Any]]:
        return [
            {column.key: table.value(row, place) for place, column in enumerate(table.columns)}
            for row in range(len(table))
        ]

    return read
