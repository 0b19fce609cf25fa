"""A DNS message under way: where its bytes begin, its names, and the record whose data is being read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from ..protocols.apptext import printable
from ..protocols.dns_names import MAX_NAME, MAX_POINTERS, read_name
from ..protocols.packet import Short
from .branch import Branch
from .cursor import Cursor

LOOP = "<Name contains a pointer that loops>"
TOO_LONG = "<Name too long>"
ROOT = "<Root>"
MAX_ODD = 100
"""Names with labels of unusual kinds that are looked at in one message: those take long."""


class Run(NamedTuple):
    """Labels that stand together, their length as a name, where they end, and where a pointer goes on (-1: nowhere).

    `odd`: there is a label of another kind than RFC 1035's."""

    text: str
    size: int
    end: int
    target: int = -1
    odd: bool = False


class Rest(NamedTuple):
    """What a pointer leads to: the labels and their length as a name; `problem` instead, where it is none."""

    text: str
    size: int
    problem: str = ""


@dataclass(slots=True)
class Message:
    """`base` is where the message begins in its buffer: what compressed names count from.

    What pointers lead to is kept: a message of ten thousand names that all point into one long one is read fast.
    """

    branch: Branch
    base: int
    bytes: bytes
    multicast: bool
    rests: dict[int, Rest] = field(default_factory=dict)
    odd: int = 0

    def name(self, at: int) -> tuple[str, int]:
        """The domain name at a position of the buffer, and how many bytes stand there for it. Raises Short."""
        start = at - self.base
        run = self._run(start, len(self.bytes))
        if 0 <= run.target == run.end - 2:
            return LOOP, run.end - start
        rest = self._rest(run.target) if run.target >= 0 and not run.odd else Rest("", 0)
        if run.odd or rest.problem == "odd":
            return self._odd(start, run)
        if rest.problem:
            return rest.problem, run.end - start
        if run.size + rest.size - 1 > MAX_NAME:
            return TOO_LONG, run.end - start
        parts = [part for part in (run.text, rest.text) if part]
        return ".".join(parts) or ROOT, run.end - start

    def _odd(self, start: int, run: Run) -> tuple[str, int]:
        self.odd += 1
        if self.odd > MAX_ODD and run.target >= 0:
            return TOO_LONG, run.end - start
        text, end = read_name(self.bytes, start)
        return text, end - start

    def _run(self, at: int, longest: int) -> Run:
        """The labels from `at` on, until so many bytes have been seen."""
        message = self.bytes
        labels: list[bytes] = []
        size = 0
        while size <= longest:
            if at >= len(message):
                raise Short
            kind = message[at]
            at += 1
            if kind == 0:
                return Run(_text(labels), size, at)
            if kind >= 0xC0:
                if at >= len(message):
                    raise Short
                return Run(_text(labels), size, at + 1, (kind & 0x3F) << 8 | message[at])
            if kind >= 0x40:
                return Run("", size, at, odd=True)
            if at + kind > len(message):
                raise Short
            if size <= MAX_NAME:
                labels.append(message[at : at + kind])
            at += kind
            size += kind + 1
        return Run("", size, at)

    def _rest(self, target: int) -> Rest:
        """Follow pointers; what every one of them leads to is kept."""
        path: list[tuple[int, Run]] = []
        met = set()
        rest = Rest("", 0)
        while target >= 0:
            if target in self.rests:
                rest = self.rests[target]
                break
            if target in met or len(path) >= MAX_POINTERS:
                rest = Rest("", 0, LOOP)
                break
            met.add(target)
            run = self._run(target, 2 * MAX_NAME)
            path.append((target, run))
            if run.odd:
                rest = Rest("", 0, "odd")
                break
            target = run.target
        for place, run in reversed(path):
            if not rest.problem:
                size = run.size + rest.size
                text = ".".join(part for part in (run.text, rest.text) if part)
                rest = Rest(text, size) if size - 1 <= MAX_NAME else Rest("", size, TOO_LONG)
            self.rests[place] = rest
        return rest


def _text(labels: list[bytes]) -> str:
    return ".".join(map(printable, labels))


class Record(Cursor):
    """The data of a resource record; `branch` is the record's own node, whose label tells the essence."""

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
