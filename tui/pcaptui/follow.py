"""Following a stream: its bytes in the reader's order, as they are or as text, and which view of them makes sense."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from .capture import Capture
from .errors import UsageError
from .protocols.http_head import is_request
from .tracker.reassembly import Plan, follow_plan

_TEXT = bytes(b if 32 <= b < 127 or b in b"\t\n" else 0x2E for b in range(256))


@dataclass(frozen=True, slots=True)
class Chunk:
    """A piece of a stream with its bytes; `gap` is the number of missing bytes, 0 where there are bytes.

    `packet` is a packet index, `side` "client" or "server", `start` the place in that side's bytes.
    """

    packet: int
    side: str
    start: int
    data: bytes
    gap: int = 0


def open_stream(capture: Capture, kind: str, number: int) -> Plan:
    """The plan of a stream of a capture that is loaded. Raises UsageError saying how many streams there are."""
    try:
        return follow_plan(capture, kind, number)
    except KeyError:
        raise UsageError(no_such_stream(capture, kind, number)) from None


def no_such_stream(capture: Capture, kind: str, number: int) -> str:
    return f"--stream {kind}:{number}: there is no such stream; {_known(capture, kind)}"


def _known(capture: Capture, kind: str) -> str:
    count = capture.tracker.tcp_streams if kind == "tcp" else capture.tracker.udp_streams
    if count > 1:
        return f"the capture has {count:,} {kind.upper()} streams, {kind}:0 to {kind}:{count - 1}"
    return f"the capture has {f'one {kind.upper()} stream, {kind}:0' if count else f'no {kind.upper()} stream'}"


def chunks(plan: Plan, start: int = 0) -> Iterator[Chunk]:
    """The stream from piece `start` on, read piece by piece."""
    for place in range(start, len(plan)):
        size = int(plan.length[place])
        gap = size if plan.gap[place] else 0
        yield Chunk(int(plan.packet[place]), plan.side(place), int(plan.start[place]), plan.read(place), gap)


class Text:
    """Bytes as text, piece by piece: printable ASCII, tabs and line ends (LF, CR LF) stay, each other byte is a dot."""

    def __init__(self) -> None:
        self._held = False

    def feed(self, data: bytes) -> str:
        """Text for more bytes of a side; a CR at the end waits for what follows."""
        if self._held:
            data = b"\r" + data
        self._held = data.endswith(b"\r")
        if self._held:
            data = data[:-1]
        return data.replace(b"\r\n", b"\n").translate(_TEXT).decode("ascii")

    def end(self) -> str:
        """What was still waited for."""
        held, self._held = self._held, False
        return "." if held else ""


def likely_view(plan: Plan) -> str:
    """ "http", "tls" or "" for a stream, told by the first bytes that each side sent."""
    if plan.kind != "tcp":
        return ""
    for direction in (plan.client, 1 - plan.client):
        start = plan.bytes_at(direction, 0, 40)
        if is_request(start) or start.startswith(b"HTTP/1."):
            return "http"
        if len(start) >= 5 and 20 <= start[0] <= 23 and start[1] == 3 and start[2] <= 4:
            return "tls"
    return ""
