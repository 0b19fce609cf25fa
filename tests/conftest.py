"""What tests of several rooms share."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy
import pytest

from pcaptui.dissect.segments import Segment
from pcaptui.dissect.streams import StreamRows
from pcaptui.protocols.packet import AppRow

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared" / "captures"

Run = Callable[..., subprocess.CompletedProcess[bytes]]


@pytest.fixture(scope="session")
def shared_captures() -> Path:
    """The folder of real captures beside the repository; the test is skipped where there is none."""
    if not SHARED.is_dir():
        pytest.skip("the real captures (../shared/captures) are not here")
    return SHARED


@pytest.fixture(scope="session")
def sample() -> Path:
    """The capture of one visit to a web site."""
    return ROOT / "sample_pcaps" / "web-visit.pcapng"


@pytest.fixture(scope="session")
def pcaptui() -> Run:
    """Run the real command with arguments; the finished process has its output as bytes."""

    def run(*arguments: str | Path, **options: object) -> subprocess.CompletedProcess[bytes]:
        command = [sys.executable, "-m", "pcaptui", *map(str, arguments)]
        return subprocess.run(command, capture_output=True, timeout=120, **options)  # type: ignore[call-overload,no-any-return]

    return run


class Talk:
    """A TCP stream made by hand for the stream engine: say what each side sends, then ask for the rows.

    `rows()` answers (protocol, text) for every packet, text being the application's Info, or its suffix.
    """

    def __init__(self, port: int) -> None:
        self.port = port
        self.segments: list[Segment] = []
        self._next = [1, 1]

    def send(self, direction: int, payload: bytes = b"", **changes: Any) -> Talk:
        """Append a segment. `changes` are fields of Segment (`flags`, `dissect`, `length`, `sequence`)."""
        ports = (40000, self.port) if direction == 0 else (self.port, 40000)
        fields: dict[str, Any] = {"flags": 24, "length": len(payload), "sequence": self._next[direction], **changes}
        hosts = (b"\x0a\0\0\1", b"\x0a\0\0\2")
        segment = Segment(
            number=len(self.segments) + 1, payload=payload, direction=direction, source_port=ports[0],
            destination_port=ports[1], source=hosts[direction], destination=hosts[1 - direction], **fields,
        )  # fmt: skip
        self.segments.append(segment)
        self._next[direction] = segment.sequence + segment.length
        return self

    def client(self, *payloads: bytes) -> Talk:
        for payload in payloads:
            self.send(0, payload)
        return self

    def server(self, *payloads: bytes) -> Talk:
        for payload in payloads:
            self.send(1, payload)
        return self

    def lose(self, direction: int, size: int) -> Talk:
        self._next[direction] += size
        return self

    def packets(self, stream: int) -> Any:
        return numpy.arange(len(self.segments), dtype=numpy.int64)

    def segment(self, index: int) -> Segment | None:
        return self.segments[index]

    def server_port(self, stream: int) -> int:
        return self.port

    def announcers(self, stream: int) -> list[int]:
        return []

    def rows(self) -> list[tuple[str, str]]:
        engine = StreamRows(self)
        return [self.text(engine.app_row(0, index)) for index in range(len(self.segments))]

    @staticmethod
    def text(row: AppRow | None) -> tuple[str, str]:
        if row is None:
            return "", ""
        return row.protocol or "", (row.info or "") + row.suffix


@pytest.fixture
def talk() -> Callable[[int], Talk]:
    """Make a hand-made TCP stream to a server's port."""
    return Talk
