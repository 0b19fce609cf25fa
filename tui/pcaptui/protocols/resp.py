"""RESP, the protocol of Redis."""

from __future__ import annotations

from .packet import Conversation, Packet
from .registry import tcp_port
from .tcpstream import from_server, need
from .text import decode

DEPTH = 64
ELEMENTS = 20_000
_INFO = 4096


class _Incomplete(Exception):
    pass


class _Reader:
    """Reads values from `at` on. `words` collects what the row shows."""

    def __init__(self, data: bytes, at: int, request: bool, complete: bool) -> None:
        self.data = data
        self.at = at
        self.request = request
        self.complete = complete
        self.words: list[str] = []
        self.left = ELEMENTS

    def line(self) -> bytes:
        end = self.data.find(b"\r\n", self.at)
        if end < 0:
            raise _Incomplete
        line = self.data[self.at : end]
        self.at = end + 2
        return line

    def value(self, depth: int, shown: bool) -> None:
        self.left -= 1
        line = self.line()
        kind, rest = line[:1], line[1:]
        if kind == b"$":
            size = _number(rest)
            if size < 0:
                return
            if self.at + size + 2 > len(self.data):
                raise _Incomplete
            if shown:
                self.words.append(decode(self.data[self.at : self.at + size]))
            self.at += size + 2
        elif kind == b"*":
            count = _number(rest)
            if not self.request and depth == 0 and count > 0:
                self.words.append(f"Array({count})")
            for _ in range(count):
                if depth >= DEPTH or self.left <= 0:
                    raise _Incomplete
                self.value(depth + 1, shown and self.request)
        elif kind in b"+:-" and kind:
            if shown:
                self.words.append(("Error: " if kind == b"-" else "") + decode(rest))
        else:
            self.words.append("[fragment]")


def _number(text: bytes) -> int:
    digits = text[1:] if text[:1] == b"-" else text
    return int(text) if digits.isdigit() and len(text) < 12 else -1


@tcp_port(6379)
def resp(packet: Packet, data: bytes, conversation: Conversation, direction: int) -> int:
    request = not from_server(packet, 6379)
    packet.layers.append("resp")
    packet.set("RESP", "Request:" if request else "Response:")
    at = 0
    words: list[str] = []
    size = 0
    while at < len(data) and size < _INFO:
        reader = _Reader(data, at, request, packet.reassemble)
        try:
            reader.value(0, True)
        except _Incomplete:
            if packet.reassemble and data[at : at + 1] in b"$*+-:":
                words += [*reader.words, "[continuation]"] if not request else ["[continuation]"]
                packet.info += "".join(f" {word}" for word in words)
                return need(packet, at)
            words.append("[fragment]")
            break
        words += reader.words
        size += sum(map(len, reader.words))
        at = reader.at
    packet.info += "".join(f" {word}" for word in words)
    return len(data)
