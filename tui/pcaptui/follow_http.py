"""A followed stream as HTTP/1 messages: heads as they are, bodies put together from chunks and decompressed."""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass

from .content import Decoder, Undecodable
from .follow import Chunk
from .protocols.http_head import Head, is_request

_HEAD_LIMIT = 64 << 10
_LINE_LIMIT = 4096
_OPEN_REQUESTS = 10_000


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of the view. `kind`: "head" (first line and fields, with the blank line), "body" (plain bytes), "raw"
    (not HTTP), "gap" (`size` bytes are missing), "note" (`data` is a sentence of ours). `packet` is the index of the
    packet that brought the part's last bytes."""

    packet: int
    side: str
    kind: str
    data: bytes
    size: int = 0


def http_view(chunks: Iterable[Chunk]) -> Iterator[Part]:
    """HTTP messages of both sides (RFC 9112), in the order in which they come; memory is bounded by one head."""
    methods: deque[str] = deque(maxlen=_OPEN_REQUESTS)
    sides = {"client": _Side("client", methods), "server": _Side("server", methods)}
    for chunk in chunks:
        side = sides[chunk.side]
        side.packet = chunk.packet
        yield from side.gap(chunk.gap) if chunk.gap else side.feed(chunk.data)
        if side.tunnel:
            for each in sides.values():
                yield from each.be_tunnel()
    for side in sides.values():
        yield from side.flush()


class _Side:
    """One direction. `_state` names what comes next: "start" (a message), "length", "size" (line of a chunk), "chunk",
    "trailer", "end" (body up to the end of the stream) or "raw"."""

    def __init__(self, name: str, methods: deque[str]) -> None:
        self._name = name
        self._methods = methods
        self._state = "start"
        self._buffer = b""
        self._left = 0
        self._decoder: Decoder | None = None
        self._muted = False
        self.packet = 0
        self.tunnel = False

    def feed(self, data: bytes) -> Iterator[Part]:
        data = self._buffer + data
        self._buffer = b""
        while data:
            step = getattr(self, "_" + self._state)
            before = self._state, len(data)
            data = yield from step(data)
            if (self._state, len(data)) == before:
                self._buffer = data
                return

    def _part(self, kind: str, data: bytes, size: int = 0) -> Part:
        return Part(self.packet, self._name, kind, data, size)

    def gap(self, size: int) -> Iterator[Part]:
        """Missing bytes: counted within a body, else what follows is looked at afresh."""
        yield from self.flush()
        yield self._part("gap", b"", size)
        if self._decoder is not None and not self._muted:
            self._muted = True
            yield self._part("note", b"[bytes are missing: the rest of this compressed body is not shown]")
        if self._state in ("length", "chunk") and size < self._left:
            self._left -= size
        elif self._state == "length" and size == self._left:
            self._state = "start"
        elif self._state not in ("end", "raw") or not self.tunnel:
            self._state, self._decoder = "start", None

    def flush(self) -> Iterator[Part]:
        """The beginning of something whose end never came."""
        if self._buffer:
            data, self._buffer = self._buffer, b""
            yield self._part("raw", data)

    def be_tunnel(self) -> Iterator[Part]:
        if not self.tunnel or self._buffer:
            yield from self.flush()
        self.tunnel = True
        self._state = "raw"

    # Steps: each takes bytes, yields parts and returns what it left; no change means that it needs more.

    def _start(self, data: bytes) -> Generator[Part, None, bytes]:
        data = data.lstrip(b"\r\n")
        if not data:
            return b""
        response = data.startswith(b"HTTP/1")
        if not response and not is_request(data):
            if len(data) < 20 and (b"HTTP/1".startswith(data) or b" " not in data):
                return data
            yield self._part("raw", data)
            return b""
        end, size = _end_of_head(data)
        if end < 0:
            if len(data) <= _HEAD_LIMIT:
                return data
            yield self._part("raw", data)
            return b""
        yield self._part("head", data[: end + size])
        yield from self._begin(data[:end], response)
        return data[end + size :]

    def _begin(self, head: bytes, response: bool) -> Iterator[Part]:
        first, _, fields = head.partition(b"\n")
        parsed = Head(first.rstrip(b"\r"), fields, response)
        method = ""
        if response:
            final = parsed.status // 100 != 1 or parsed.status == 101
            method = self._methods.popleft() if self._methods and final else ""
        elif len(self._methods) < _OPEN_REQUESTS:
            self._methods.append(parsed.method)
        self._muted, self._decoder = False, None
        self._state = "start"
        if parsed.status == 101 or (method == "CONNECT" and parsed.status // 100 == 2):
            self.tunnel = True
            self._state = "raw"
        elif parsed.may_have_body(method):
            self._expect(parsed)
            if self._state != "start" and parsed.encoded:
                yield from self._decode(fields)

    def _expect(self, head: Head) -> None:
        if head.chunked:
            self._state = "size"
        elif head.length is not None:
            self._left = head.length
            self._state = "length" if self._left else "start"
        else:
            self._state = "end"

    def _decode(self, fields: bytes) -> Iterator[Part]:
        try:
            self._decoder = Decoder(_value(fields, b"content-encoding"))
        except Undecodable as why:
            yield self._part("note", f"[body shown as it was sent: {why}]".encode())

    def _body(self, data: bytes) -> Iterator[Part]:
        if self._decoder is None:
            yield self._part("body", data)
            return
        if self._muted:
            return
        try:
            for plain in self._decoder.feed(data):
                yield self._part("body", plain)
        except Undecodable as why:
            self._muted = True
            yield self._part("note", f"[the rest of this compressed body is not shown: {why}]".encode())

    def _length(self, data: bytes) -> Generator[Part, None, bytes]:
        taken = data[: self._left]
        self._left -= len(taken)
        if not self._left:
            self._state = "start"
        yield from self._body(taken)
        return data[len(taken) :]

    def _end(self, data: bytes) -> Generator[Part, None, bytes]:
        yield from self._body(data)
        return b""

    def _raw(self, data: bytes) -> Generator[Part, None, bytes]:
        yield self._part("raw", data)
        return b""

    def _size(self, data: bytes) -> Generator[Part, None, bytes]:
        line, newline, rest = data.partition(b"\n")
        if not newline:
            if len(data) <= _LINE_LIMIT:
                return data
            line = b"?"
        digits = line.split(b";")[0].strip()
        try:
            self._left = int(digits, 16) if len(digits) <= 15 and digits.isalnum() else -1
        except ValueError:
            self._left = -1
        if self._left < 0:
            yield self._part("note", b"[wrong size of a chunk]")
            self._state = "start"
            return data
        self._state = "chunk" if self._left else "trailer"
        return rest

    def _chunk(self, data: bytes) -> Generator[Part, None, bytes]:
        if self._left:
            taken = data[: self._left]
            self._left -= len(taken)
            yield from self._body(taken)
            return data[len(taken) :]
        if data[:2] == b"\r" or not data:
            return data
        self._state = "size"
        return data[2:] if data.startswith(b"\r\n") else data[1:] if data.startswith(b"\n") else data

    def _trailer(self, data: bytes) -> Generator[Part, None, bytes]:
        line, newline, rest = data.partition(b"\n")
        if not newline and len(data) <= _LINE_LIMIT:
            return data
        if not line.strip():
            self._state = "start"
        else:
            yield self._part("head", line + newline)
        return rest


def _end_of_head(data: bytes) -> tuple[int, int]:
    """Where a head's blank line begins and how long it is, line end before it included; (-1, 0) where there is none."""
    found = [(at, len(mark)) for mark in (b"\r\n\r\n", b"\n\n") if (at := data.find(mark)) >= 0]
    return min(found, default=(-1, 0))


def _value(fields: bytes, name: bytes) -> str:
    for field in fields.split(b"\n"):
        key, _, value = field.partition(b":")
        if key.strip().lower() == name:
            return value.strip().decode("latin-1")
    return ""
