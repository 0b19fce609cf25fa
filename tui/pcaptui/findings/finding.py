"""One finding: what was seen, in a title and some sentences, and the packets it rests on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

MOST = 10_000
"""Packets that a finding names; more are no better evidence."""
TITLE = 70
"""Characters of a title."""


class Severity(IntEnum):
    """What a finding means to the user: something does not work, something is odd, or something to know."""

    error = 3
    warning = 2
    note = 1

    @property
    def letter(self) -> str:
        return "EWN"[3 - self]


@dataclass(frozen=True, slots=True)
class Finding:
    """`packets` are indexes (from 0), ascending; `hosts` addresses; `stream` a label where it is about one stream.

    The sentences say what was seen, then what it suggests. A secret in `title` or `detail` stands as {0}, {1} ... and
    in `secrets`: `told` puts them in, masked unless asked otherwise. `lesson` names a text of lessons.py.
    """

    rule: str
    severity: Severity
    title: str
    detail: str
    packets: tuple[int, ...]
    hosts: tuple[str, ...] = ()
    stream: str | None = None
    secrets: tuple[str, ...] = ()
    lesson: str = ""

    def told(self, text: str, show_secrets: bool = False) -> str:
        """`title` or `detail` with its secrets, masked or not."""
        for place, secret in enumerate(self.secrets):
            text = text.replace(f"{{{place}}}", secret if show_secrets else MASK)
        return text


MASK = "••••••••"


def finding(
    rule: str, severity: Severity, title: str, detail: str, packets: Sequence[int], *, hosts: Sequence[str] = (),
    stream: str | None = None, secrets: Sequence[str] = (), lesson: str = "",
) -> Finding:  # fmt: skip
    """A finding with its packets in order, each once, and a bounded number of them; a long title is cut at a word."""
    if len(title) > TITLE:
        head = title[: TITLE - 1]
        title = (head.rpartition(" ")[0] or head).rstrip(",: ") + "…"
    return Finding(rule, severity, title, detail, tuple(sorted(set(packets)))[:MOST], tuple(dict.fromkeys(hosts)),
                   stream, tuple(secrets), lesson)  # fmt: skip
