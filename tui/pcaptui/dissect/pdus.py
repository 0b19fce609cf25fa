"""Messages that span segments: where in one direction of a stream they lie, and what of them has come."""

from __future__ import annotations

from typing import Any

from ..protocols.messages import Message
from ..protocols.packet import UNTIL_FIN

LIMIT = 16 << 20
"""A message with more bytes to keep than this is followed to its end, but not dissected."""
WHOLE_LIMIT = 256 << 10
"""The same where the dissector does not know the length and asks for one segment after the other."""
_KEPT = 8
_OPEN = 1 << 30
_GAPS = 256
_LOST = 10_000


class Pdu:
    """One message that is not complete. `start` and `end` are positions in the stream, `end` as far as known.

    `have` counts its contiguous bytes. `kept` are those of them that the dissector has not seen yet. `number` is that
    of the packet in which it began.
    """

    __slots__ = (
        "end",
        "have",
        "held",
        "kept",
        "number",
        "overflow",
        "skip",
        "start",
        "unfinished",
        "until_fin",
        "waiting",
        "whole",
    )

    def __init__(self, start: int, data: bytes, want: int, held: Any, number: int = 0) -> None:
        self.start = start
        self.number = number
        self.unfinished: Message | None = None
        self.have = len(data)
        self.held = held
        self.kept: list[bytes] = [] if held is not None else [data]
        self.waiting: dict[int, bytes] = {}
        self.ask(want)
        self.overflow = want > LIMIT and not self.skip

    def ask(self, want: int) -> None:
        self.until_fin = want == UNTIL_FIN
        self.whole = want == 0
        self.skip = self.held is not None and want != 0
        end = self.start + self.have
        self.end = end + _OPEN if self.until_fin else end + (want or 1)

    def add(self, at: int, data: bytes) -> bool:
        """Add bytes at a position; whether the message is complete as far as was asked for."""
        if self.whole:
            self.whole = False
            self.end = max(at + len(data), self.start + self.have)
        if at > self.start + self.have:
            if len(self.waiting) < _GAPS:
                self.waiting[at] = data
            return False
        self._append(at, data)
        while self.waiting:
            at = min(self.waiting)
            if at > self.start + self.have:
                break
            self._append(at, self.waiting.pop(at))
        return self.start + self.have >= self.end

    def _append(self, at: int, data: bytes) -> None:
        known = self.start + self.have - at
        if known >= len(data):
            return
        fresh = data[known:] if known else data
        self.have += len(fresh)
        if not self.skip and not self.overflow:
            self.kept.append(fresh)

    def take(self) -> bytes:
        """The bytes for the dissector's next turn."""
        return self.kept[0] if len(self.kept) == 1 else b"".join(self.kept)


class Flow:
    """One direction of a stream: absolute positions, and its unfinished messages (the latest few)."""

    __slots__ = ("lost", "pdus", "position")

    def __init__(self) -> None:
        self.position = 0
        self.pdus: list[Pdu] = []
        self.lost: list[Message] = []

    def absolute(self, sequence: int) -> int:
        """A 32-bit relative sequence number as a position that does not wrap."""
        step = (sequence - self.position) & 0xFFFFFFFF
        return self.position + (step if step < 0x80000000 else step - 0x100000000)

    def find(self, at: int) -> Pdu | None:
        """The unfinished message that the byte at a position belongs to."""
        for pdu in reversed(self.pdus):
            if pdu.start <= at < pdu.end:
                return pdu
        return None

    def begin(self, start: int, data: bytes, want: int, held: Any, number: int = 0) -> Pdu:
        pdu = Pdu(start, data, want, held, number)
        self.pdus.append(pdu)
        if len(self.pdus) > _KEPT:
            given_up = self.pdus.pop(0).unfinished
            if given_up is not None and len(self.lost) < _LOST:
                self.lost.append(given_up)
        return pdu

    def unfinished(self) -> list[Message]:
        """What is known of messages that are not complete."""
        return self.lost + [pdu.unfinished for pdu in self.pdus if pdu.unfinished is not None]
