"""Words of our own: what the tracker knows of a packet's conversation (stream.state, stream.closed_by ...) and the
packet's phase in it.

Numbers are lanes like those of columns.py. Texts are few different ones, each tested once: a column of codes and the
text of every code, code -1 standing for packets without one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from ..loader.table import Layer
from ..tracker.community import community_ids
from ..tracker.conversations import Conversations
from ..tracker.lifecycle import NEVER, Lives, State
from ..tracker.phases import Phase
from . import bound
from .block import Block, Lane, Mask, Numbers
from .types import Type
from .values import Found, holds

Coded = tuple[Numbers, Sequence[str | tuple[str, ...]]]
"""A packet may have several texts at once."""


def _conversations(block: Block) -> Conversations:
    return block.shared("conversations", block.capture.conversations)  # type: ignore[no-any-return]


def _of_streams(block: Block, name: str, make: Callable[[Lives], Numbers], none: int = NEVER) -> Numbers:
    """A column over all packets with something of each one's conversation."""

    def fill() -> Numbers:
        table = block.capture.table
        column = np.full(len(table), none, np.int64)
        found = _conversations(block)
        for kind, protocols in (("tcp", (6,)), ("udp", (17, 136))):
            lives, numbers = found.lives(kind)
            if not len(numbers):
                continue
            mine = np.flatnonzero(np.isin(table["ip_protocol"], protocols) & (table["stream"] >= 0))
            place = np.searchsorted(numbers, table["stream"][mine])
            place = np.minimum(place, len(numbers) - 1)
            known = numbers[place] == table["stream"][mine]
            column[mine[known]] = make(lives)[place[known]]
        return column

    return block.shared(f"own {name}", fill)  # type: ignore[no-any-return]


# Texts.


def _phase(block: Block) -> Coded:
    column = block.shared("own phase", lambda: _conversations(block).phases().astype(np.int64) - 1)
    return block.take(column), [phase.name for phase in Phase if phase is not Phase.none]


def _state(block: Block) -> Coded:
    states = sorted(State)
    return block.take(_of_streams(block, "state", lambda lives: lives.state.astype(np.int64))), [s.name for s in states]


def _closed_by(block: Block) -> Coded:
    def closer(lives: Lives) -> Numbers:
        told: Numbers = np.where(lives.closer == NEVER, NEVER, (lives.closer != lives.client).astype(np.int64))
        return told

    return block.take(_of_streams(block, "closer", closer)), ["client", "server"]


def _end(client: bool) -> Callable[[Block], Coded]:
    """The address of one end of the conversation, as text."""

    def coded(block: Block) -> Coded:
        table = block.capture.table

        def address(lives: Lives) -> Numbers:
            forward = table["direction"][lives.first] == lives.client
            return np.where(forward == client, table["source"][lives.first], table["destination"][lives.first])

        codes = block.take(_of_streams(block, f"end {client}", address))
        used, dense = np.unique(codes, return_inverse=True)
        texts = [block.capture.addresses.text(index) if index >= 0 else "" for index in used.tolist()]
        return np.where(codes >= 0, dense, -1), texts

    return coded


def _findings(what: str) -> Callable[[Block], Coded]:
    """Rules or severities of the findings that name a packet."""

    def coded(block: Block) -> Coded:
        from ..found import report_of, told_of_packets  # with all rules, which few filters need

        def make() -> Coded:
            report = report_of(block.capture)
            told = (lambda one: one.rule) if what == "rule" else (lambda one: one.severity.name)
            return told_of_packets(report, len(block.capture.table), told)

        codes, texts = block.shared(f"own findings {what}", make)
        return block.take(codes), texts

    return coded


def _community(block: Block) -> Coded:
    """Community IDs of the packets' conversations."""
    capture = block.capture

    def make() -> Coded:
        table = capture.table
        texts: list[str] = []
        codes = np.full(len(table), NEVER, np.int64)
        for kind, protocol in (("tcp", 6), ("udp", 17)):
            lives, numbers = _conversations(block).lives(kind)
            packets, streams = capture.tracker.members(protocol)
            plain = table["layers"][packets] & np.uint16(Layer.QUOTED) == 0
            codes[packets[plain]] = np.searchsorted(numbers, streams[plain]) + len(texts)
            first = lives.first
            texts += community_ids(capture.addresses, protocol, table["source"][first], table["destination"][first],
                                   table["source_port"][first], table["destination_port"][first])  # fmt: skip
        return codes, texts

    codes, texts = block.shared("own community", make)
    return block.take(codes), texts


TEXTS: dict[str, Callable[[Block], Coded]] = {
    "communityid": _community,
    "finding": _findings("rule"),
    "finding.severity": _findings("severity"),
    "phase": _phase,
    "stream.state": _state,
    "stream.closed_by": _closed_by,
    "stream.client": _end(True),
    "stream.server": _end(False),
}


class _One:
    """A packet that has one field with one value."""

    def __init__(self) -> None:
        self.found: Sequence[Found] = ()

    def field(self, name: str, kind: Type) -> Sequence[Found]:
        return self.found


def by_texts(test: bound.Leaf, block: Block) -> Mask | None:
    """Packets that pass a test on one text of our own; None for any other test."""
    fields = list(bound.fields_of(test))
    if len(fields) != 1 or fields[0].name not in TEXTS:
        return None
    codes, texts = TEXTS[fields[0].name](block)
    one = _One()
    passes = np.zeros(len(texts) + 1, bool)
    for code, text in enumerate(texts):
        one.found = [Found(part, len(part)) for part in ((text,) if isinstance(text, str) else text)]
        passes[code] = holds(test, one)
    return passes[codes]


# Numbers.


def _packets(block: Block) -> list[Lane]:
    column = block.take(_of_streams(block, "packets", lambda lives: lives.packets.astype(np.int64)))
    return [Lane(column, column >= 0, 4)]


def _duration(block: Block) -> list[Lane]:
    times = block.capture.table["time"]
    column = block.take(_of_streams(block, "duration", lambda lives: times[lives.last] - times[lives.first]))
    return [Lane(column, column >= 0)]


def _number(block: Block) -> list[Lane]:
    return [Lane(block.column("stream"), block.column("stream") >= 0, 4)]


NUMBERS: dict[str, Callable[[Block], list[Lane]]] = {
    "stream.packets": _packets,
    "stream.duration": _duration,
    "stream.number": _number,
}
