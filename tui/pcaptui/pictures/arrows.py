"""The arrows of a ladder one by one: ends, ports and words, made when they are drawn."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from .hosts import end_texts
from .ladder import Ladder
from .ladder_cells import Arrow
from .ladder_words import Told, Words, words_of

if TYPE_CHECKING:
    from ..capture import Capture

Show = Callable[[str], str]
"""Makes text from a packet safe for where it goes."""


class Arrows:
    """`row` makes a packet's row (see dissect.rows.Rows); only `words` asks for it."""

    def __init__(self, capture: Capture, ladder: Ladder, row: Callable[[int], Told], show: Show) -> None:
        self.ladder = ladder
        self._capture = capture
        self._row = row
        self._show = show

    def arrow(self, at: int) -> Arrow:
        """An arrow without words: the table's columns tell all of it."""
        ladder = self.ladder
        packet = int(ladder.packets[at])
        source, destination = int(ladder.hosts.source[at]), int(ladder.hosts.destination[at])
        ports = [str(port) if port else "" for port in
                 (int(ladder.source_ports[at]), int(ladder.destination_ports[at]))]  # fmt: skip
        if ports[0] or ports[1]:
            ports = [port or "0" for port in ports]
        names = [ladder.hosts.names[source], ladder.hosts.names[destination]]
        if not (ladder.is_host(source) and ladder.is_host(destination)):
            found = end_texts(self._capture, packet)
            names = [address or name for address, name in zip(found, names, strict=True)]
        full = [_joined(self._show(name), port) for name, port in zip(names, ports, strict=True)]
        ends = [port if ladder.is_host(column) else whole
                for column, port, whole in zip((source, destination), ports, full, strict=True)]  # fmt: skip
        aside = source == destination and not ladder.is_host(source)
        lost, reset = bool(ladder.lost[at]), bool(ladder.resets[at])
        return Arrow(source, destination, ends[0], ends[1], lost, reset, full[0], full[1], aside)

    def words(self, at: int) -> Words:
        """What stands on an arrow: dissects its packet."""
        ladder = self.ladder
        found = words_of(self._row(int(ladder.packets[at])), bool(ladder.unanswered[at]), int(ladder.again[at]))
        return Words(tuple(self._show(form) for form in found.forms), found.tail, found.good)


def _joined(address: str, port: str) -> str:
    if not port:
        return address
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"
