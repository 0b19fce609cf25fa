"""Searching packets: text, a pattern or bytes in rows, trees or frames, or a display filter; from packet to packet."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from .capture import Capture
from .errors import UsageError

CHUNK = 4096
"""Packets between two reports of how far a search is."""
LONGEST = 10_000
SCATTERED = 64
"""Packets that lie so many times further apart than in the capture's order are all asked at once."""


class Kind(Enum):
    """What is searched for."""

    TEXT = "text"
    PATTERN = "regex"
    BYTES = "hex"
    FILTER = "filter"


class Where(Enum):
    """In what it is searched for; a filter looks for itself."""

    ROWS = "rows"
    TREES = "fields"
    FRAMES = "bytes"


class SearchError(UsageError):
    """What was asked for makes no sense; the message says why."""


@dataclass(frozen=True)
class Query:
    """A search. Text is found in upper and lower case alike as long as it has no capital."""

    text: str
    kind: Kind = Kind.TEXT
    where: Where = Where.ROWS


@dataclass(frozen=True)
class Hit:
    """A packet that was found. `wrapped`: the search went round the end of the list to get there."""

    index: int
    wrapped: bool


Test = Callable[[int], bool]


def search(
    capture: Capture,
    query: Query,
    order: NDArray[np.int64] | None,
    start: int,
    forward: bool = True,
    *,
    cancelled: Callable[[], bool] = lambda: False,
    progress: Callable[[float], None] = lambda part: None,
) -> Hit | None:
    """The next packet that matches, from behind (or before) packet `start` on and round to it; None: no other does.

    `order` are the packets to be looked at, in the order of the list; None: all. Raises SearchError; None
    where cancelled.
    """
    packets = np.arange(len(capture), dtype=np.int64) if order is None else order
    if query.kind is not Kind.FILTER:
        packets = capture.choices.without_ignored(packets)
    ahead, behind = _parts(packets, start, forward)
    test = tests_of(capture, query)
    looked, total = 0, max(1, len(ahead) + len(behind))
    for part, wrapped in ((ahead, False), (behind, True)):
        for piece in _pieces(part):
            if cancelled():
                return None
            for index in test(piece):
                return Hit(index, wrapped)
            looked += len(piece)
            progress(looked / total)
    return None


def _parts(packets: NDArray[np.int64], start: int, forward: bool) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The packets in the order in which they are looked at: up to the end of the list, then the rest with `start`."""
    found = np.flatnonzero(packets == start)
    place = int(found[0]) if len(found) else int(np.searchsorted(packets, start))
    if forward:
        place += len(found[:1])
        return packets[place:], packets[:place]
    return packets[:place][::-1], packets[place:][::-1]


def _pieces(part: NDArray[np.int64]) -> Iterator[NDArray[np.int64]]:
    """Small ones first, so that what is near is found at once."""
    at, size = 0, 64
    while at < len(part):
        yield part[at : at + size]
        at += size
        size = min(CHUNK, 2 * size)


Tests = Callable[[NDArray[np.int64]], Iterator[int]]


def tests_of(capture: Capture, query: Query) -> Tests:
    """What finds the packets that match among some, in their order. Raises SearchError."""
    if not query.text:
        raise SearchError("nothing to search for")
    if len(query.text) > LONGEST:
        raise SearchError("too long to search for")
    if query.kind is Kind.FILTER:
        return _filtering(capture, query.text)
    if query.where is Where.FRAMES or query.kind is Kind.BYTES:
        return _each(_in_frames(capture, query))
    matches = _matcher(query)
    return _each(_in_rows(capture, matches) if query.where is Where.ROWS else _in_trees(capture, matches))


def _each(test: Test) -> Tests:
    def find(packets: NDArray[np.int64]) -> Iterator[int]:
        return (index for index in packets.tolist() if test(index))

    return find


def _filtering(capture: Capture, text: str) -> Tests:
    from .filters import FilterError, compile
    from .filters.trees import TreeFields

    try:
        wanted = compile(text)
    except FilterError as error:
        raise SearchError(error.message) from None
    source = TreeFields(capture)
    everywhere: NDArray[np.bool_] | None = None

    def find(packets: NDArray[np.int64]) -> Iterator[int]:
        nonlocal everywhere
        first, last = int(packets.min()), int(packets.max())
        if last - first > SCATTERED * len(packets):  # sorted by another column
            if everywhere is None:
                everywhere = wanted.run(capture, 0, len(capture), source=source)
            known = packets[packets < len(everywhere)]
            return iter(known[everywhere[known]].tolist())
        mask = wanted.run(capture, first, last + 1, source=source)
        return iter(packets[mask[packets - first]].tolist())

    return find


def _pattern(query: Query) -> re.Pattern[str]:
    text = re.escape(query.text) if query.kind is Kind.TEXT else query.text
    flags = re.NOFLAG if query.text != query.text.lower() else re.IGNORECASE
    try:
        return re.compile(text, flags)
    except (re.error, RecursionError, OverflowError) as error:
        raise SearchError(f"not a regular expression: {error}") from None


def _matcher(query: Query) -> Callable[[str], bool]:
    if query.kind is Kind.TEXT:
        text = query.text
        if text == text.lower():
            return lambda line: text in line.lower()
        return lambda line: text in line
    pattern = _pattern(query)
    return lambda line: pattern.search(line[:LONGEST]) is not None


def _in_rows(capture: Capture, matches: Callable[[str], bool]) -> Test:
    from .dissect.rows import Rows

    rows = Rows(capture)

    def test(index: int) -> bool:
        row = rows.row(index)
        return matches(f"{row.source} {row.destination} {row.protocol} {row.info}")

    return test


def _in_trees(capture: Capture, matches: Callable[[str], bool]) -> Test:
    from .fields.node import tree_lines
    from .fields.tree import dissect
    from .surroundings import Surroundings

    around = Surroundings(capture)

    def test(index: int) -> bool:
        context = around.context(index)
        context.with_scapy = False  # a library that may take for ever has no place in a search
        return any(matches(node.label) for _, node in tree_lines(dissect(context).nodes))

    return test


def _in_frames(capture: Capture, query: Query) -> Test:
    if query.kind is Kind.BYTES:
        wanted = hex_bytes(query.text)
        return lambda index: wanted in capture.frame(index)
    if query.kind is Kind.TEXT and query.text != query.text.lower():
        needle = query.text.encode()
        return lambda index: needle in capture.frame(index)
    pattern = re.compile(_pattern(query).pattern.encode(), _pattern(query).flags & re.IGNORECASE)
    return lambda index: pattern.search(capture.frame(index)) is not None


def hex_bytes(text: str) -> bytes:
    """'47 45 54', '47:45:54', '474554' or '0x474554' as bytes. Raises SearchError."""
    digits = re.sub(r"[\s:.,-]|0x", "", text)
    try:
        found = bytes.fromhex(digits)
    except ValueError:
        raise SearchError("not hexadecimal bytes: 47 45 54, 47:45:54 or 474554") from None
    if not found:
        raise SearchError("nothing to search for")
    return found


def describe(query: Query) -> str:
    """The search in a few words."""
    place = "" if query.kind is Kind.FILTER else f" in {query.where.value}"
    return f"{query.kind.value} {query.text}{place}"


KINDS: Sequence[Kind] = tuple(Kind)
PLACES: Sequence[Where] = tuple(Where)
