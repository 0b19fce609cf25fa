"""A DNS message under way: where its bytes begin, and the record whose data is being read."""

from __future__ import annotations

from dataclasses import dataclass

from ..protocols.dns_names import read_name
from .branch import Branch
from .cursor import Cursor


@dataclass(slots=True)
class Message:
    """`base` is where the message begins in its buffer: what compressed names count from."""

    branch: Branch
    base: int
    bytes: bytes
    multicast: bool

    def name(self, at: int) -> tuple[str, int]:
        """The domain name at a position of the buffer, and how many bytes stand there for it."""
        text, end = read_name(self.bytes, at - self.base)
        return text, end + self.base - at


class Record(Cursor):
    """The data of a resource record; `line` is the record's own node, whose label tells the essence."""

    __slots__ = ("message",)

    def __init__(self, branch: Branch, at: int, end: int, message: Message) -> None:
        super().__init__(branch, at, end)
        self.message = message

    def name(self, field: str, label: str) -> str:
        """A domain name; it may lie elsewhere in the message, its bytes are those that stand here."""
        text, size = self.message.name(self.at)
        self.branch.add(f"{label}: {text}", field, text, self.at, size)
        self.at += size
        return text

    def say(self, text: str) -> None:
        """Add to the record's line."""
        self.branch.suffix(f", {text}")
