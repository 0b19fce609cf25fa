"""Fields one behind the other: a branch and the place where its next field begins."""

from __future__ import annotations

from ..protocols.packet import Short
from .branch import Branch
from .words import BILLION, DEC, Names, lasting, moment


class Cursor:
    """Puts fields on a branch, each where the one before ended; none reaches behind `end` (raises Short)."""

    __slots__ = ("at", "branch", "end")

    def __init__(self, branch: Branch, at: int, end: int) -> None:
        self.branch = branch
        self.at = at
        self.end = end

    @property
    def left(self) -> int:
        """Bytes between here and the end."""
        return max(0, self.end - self.at)

    def on(self, branch: Branch) -> Cursor:
        """The same place, with the fields on another branch."""
        return Cursor(branch, self.at, self.end)

    def take(self, size: int) -> int:
        """Step over so many bytes; where they began."""
        at = self.at
        if size < 0 or at + size > self.end:
            raise Short
        self.at = at + size
        return at

    def peek(self, size: int) -> int:
        """A number without stepping over it."""
        if self.at + size > self.end:
            raise Short
        return self.branch.number(self.at, size)

    def uint(self, field: str, name: str, size: int, form: str = DEC, names: Names | None = None, unit: str = "",
             unknown: str = "Unknown") -> int:  # fmt: skip
        return self.branch.uint(field, name, self.take(size), size, form, names, unit, unknown=unknown)

    def duration(self, field: str, name: str, size: int = 4) -> int:
        """Seconds, also in words: '3600 (1 hour)'."""
        at = self.take(size)
        value = self.branch.number(at, size)
        self.branch.add(f"{name}: {value} ({lasting(value)})", field, value, at, size)
        return value

    def moment(self, field: str, name: str, size: int = 4) -> int:
        """Seconds since 1970, as a date."""
        at = self.take(size)
        value = self.branch.number(at, size)
        text = moment(value * BILLION, utc=True)
        self.branch.add(f"{name}: {text}", field, text, at, size)
        return value

    def ipv4(self, field: str, name: str) -> str:
        return self.branch.ipv4(field, name, self.take(4))

    def ipv6(self, field: str, name: str) -> str:
        return self.branch.ipv6(field, name, self.take(16))

    def mac(self, field: str, name: str) -> str:
        return self.branch.mac(field, name, self.take(6))

    def blob(self, field: str, name: str, size: int = -1) -> bytes:
        """Bytes; all that are left unless a size is given."""
        size = self.left if size < 0 else size
        return self.branch.blob(field, name, self.take(size), size)

    def text(self, field: str, name: str, size: int = -1, encoding: str = "ascii") -> str:
        """Text; all that is left unless a size is given."""
        size = self.left if size < 0 else size
        return self.branch.string(field, name, self.take(size), size, encoding)

    def counted(self, length_field: str, length_name: str, field: str, name: str) -> str:
        """A byte with a length, and text of that length."""
        return self.text(field, name, self.uint(length_field, length_name, 1))
