"""A followed stream as TLS records: what can be told of them without keys."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from .follow import Chunk
from .protocols.packet import Short
from .protocols.tls_handshake import Session, handshake_record
from .protocols.tls_names import ALERT, APPLICATION_DATA, CHANGE_CIPHER_SPEC, HANDSHAKE, HEARTBEAT, VERSIONS, alert_text

HEADER = 5
_MAX_RECORD = 0x4000 + 2048
_KINDS = {
    CHANGE_CIPHER_SPEC: "Change Cipher Spec",
    ALERT: "Alert",
    HANDSHAKE: "Handshake",
    APPLICATION_DATA: "Application Data",
    HEARTBEAT: "Heartbeat",
}


@dataclass(frozen=True, slots=True)
class Record:
    """One record, or bytes that are none (`kind` 0). `packet` is the index of the packet it begins in, `start` its
    place in the bytes of its side, `length` that of its body as its header tells; `missing`: bytes of the body that are
    not in the capture. `text` names what is inside."""

    packet: int
    side: str
    start: int
    kind: int
    version: int
    length: int
    missing: int
    text: str

    @property
    def version_text(self) -> str:
        """The version in the record's header, which is not always the one that is spoken."""
        return VERSIONS.get(self.version, f"0x{self.version:04x}") if self.kind else ""


def tls_records(chunks: Iterable[Chunk]) -> Iterator[Record]:
    """The records of both sides, each when its last byte came, unfinished ones at the end. Bytes in front of the first
    record (STARTTLS) and those between a gap and the next record come as kind 0. One record of a side is held."""
    session = Session()
    sides = {"client": _Side("client", 0, session), "server": _Side("server", 1, session)}
    for chunk in chunks:
        yield from sides[chunk.side].gap(chunk) if chunk.gap else sides[chunk.side].feed(chunk)
    for side in sides.values():
        yield from side.end()


class _Side:
    def __init__(self, name: str, direction: int, session: Session) -> None:
        self._name = name
        self._direction = direction
        self._session = session
        self._buffer = bytearray()
        self._packet = 0
        self._start = 0
        self._missing = 0

    def feed(self, chunk: Chunk) -> Iterator[Record]:
        if not self._buffer:
            self._packet, self._start = chunk.packet, chunk.start
        self._buffer += chunk.data
        yield from self._records(chunk.packet)

    def _records(self, packet: int) -> Iterator[Record]:
        at, data = 0, self._buffer
        while len(data) - at >= HEADER:
            if not _sane(data, at):
                yield self._other(at, len(data) - at)
                at = len(data)
                break
            end = at + HEADER + (data[at + 3] << 8 | data[at + 4])
            if len(data) < end:
                break
            yield self._record(at, bytes(data[at + HEADER : end]))
            at, self._packet = end, packet
        del data[:at]
        self._start += at

    def gap(self, chunk: Chunk) -> Iterator[Record]:
        """Missing bytes inside a record's body are counted; behind its end the next record has to be found again."""
        data = self._buffer
        rest = HEADER + (data[3] << 8 | data[4]) - len(data) if len(data) >= HEADER else 0
        if 0 < chunk.gap <= rest:
            self._missing += chunk.gap
            data += bytes(chunk.gap)
            yield from self._records(chunk.packet)
        else:
            yield from self.end()

    def end(self) -> Iterator[Record]:
        data = self._buffer
        if len(data) >= HEADER and _sane(data, 0):
            self._missing += HEADER + (data[3] << 8 | data[4]) - len(data)
            yield self._record(0, bytes(data[HEADER:]))
        elif data:
            yield self._other(0, len(data))
        data.clear()

    def _other(self, at: int, size: int) -> Record:
        return Record(self._packet, self._name, self._start + at, 0, 0, size, 0, "not TLS")

    def _record(self, at: int, body: bytes) -> Record:
        data = self._buffer
        kind, version, length = data[at], data[at + 1] << 8 | data[at + 2], data[at + 3] << 8 | data[at + 4]
        missing, self._missing = self._missing, 0
        text = _KINDS[kind] if missing else self._text(kind, version, body)
        return Record(self._packet, self._name, self._start + at, kind, version, length, missing, text)

    def _text(self, kind: int, version: int, body: bytes) -> str:
        session = self._session
        number = self._packet + 1
        if kind == CHANGE_CIPHER_SPEC:
            session.ciphered[self._direction] = number
        elif kind == ALERT:
            return alert_text(body[0], body[1]) if len(body) == 2 else "Encrypted Alert"
        elif kind == HANDSHAKE:
            words: list[str] = []
            session.version = session.version or version
            try:
                # Within one packet, too, what follows the Change Cipher Spec is encrypted.
                handshake_record(session, number + 1, self._direction, body, words)
            except Short:
                words.append("cut short")
            return ", ".join(words) or "Handshake"
        return _KINDS[kind]


def _sane(data: bytearray, at: int) -> bool:
    return data[at] in _KINDS and data[at + 1] == 3 and data[at + 2] <= 4 and (data[at + 3] << 8) <= _MAX_RECORD
