"""XDR (RFC 4506), read from front to back."""

from __future__ import annotations

from .packet import Short


class Reader:
    """Every method reads the next item and raises Short where the bytes end."""

    __slots__ = ("at", "data", "note")

    def __init__(self, data: bytes, at: int = 0) -> None:
        self.data = data
        self.at = at
        self.note = 0  # what a call leaves for its reply

    def u32(self) -> int:
        return int.from_bytes(self.raw(4))

    def u64(self) -> int:
        return int.from_bytes(self.raw(8))

    def raw(self, size: int) -> bytes:
        end = self.at + size
        if end > len(self.data):
            raise Short
        out = self.data[self.at : end]
        self.at = end
        return out

    def opaque(self) -> bytes:
        """Bytes with their length before them, filled up to four."""
        size = self.u32()
        out = self.raw(size)
        self.at += -size % 4
        return out
