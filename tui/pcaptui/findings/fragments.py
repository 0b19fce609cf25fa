"""IP fragments: datagrams that never complete, and pieces that overlap."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import numpy as np

from ..loader.addresses import address_text
from ..loader.table import Layer
from ..tracker.fragments import Datagram, Fragments, Piece
from .case import BILLION, Case, Known
from .finding import Finding, Severity, finding
from .rules import rule
from .summing import and_more
from .words import count, listed

MOST = 20
LOOKED_AT = 50_000
PATIENCE = 2 * BILLION
"""ns that the missing pieces may take before the capture ends."""
TOGETHER = 60 * BILLION
"""Pieces this far apart are of different datagrams with one number (RFC 791: 15 s, RFC 8200: 60 s)."""

_known: Known[list[Datagram]] = Known()


def _datagrams(case: Case) -> list[Datagram]:
    """Every datagram that came in pieces, in the order of the first ones."""
    found = _known.get(case)
    if found is None:
        pieces = np.flatnonzero(case.table["layers"][: case.count] & np.uint16(Layer.FRAGMENT))[:LOOKED_AT].tolist()
        fragments = Fragments(case.table, case.capture.frame, case.capture.gather)
        if pieces:
            fragments.datagram(pieces[-1])
        seen: dict[int, Datagram] = {}
        for index in pieces:
            case.go_on()
            datagram = fragments.datagram(index)
            if datagram is not None:
                seen.setdefault(id(datagram), datagram)
        found = _known[case] = list(seen.values())
    return found


@rule("fragments-incomplete")
def incomplete(case: Case) -> Iterator[Finding]:
    """One finding a pair of hosts: how many of its datagrams lack pieces, and which."""
    end = int(case.table["time"][case.count - 1])
    groups: dict[tuple[str, str], list[Datagram]] = defaultdict(list)
    whole: dict[tuple[str, str], int] = defaultdict(int)
    for one in _datagrams(case):
        key = _ends(one)
        last = one.pieces[-1].index
        if one.completed_by >= 0:
            whole[key] += 1
        elif end - int(case.table["time"][last]) >= PATIENCE and not _tail_cut(one):
            groups[key].append(one)
    rest: list[int] = []
    for told, ((source, destination), mine) in enumerate(groups.items()):
        packets = [piece.index for one in mine for piece in one.pieces]
        if told >= MOST:
            rest += packets
            continue
        lacks = [_lacks(one) for one in mine]
        words = [f"{word} missing in {lacks.count(word)}" for word in dict.fromkeys(lacks)]
        beside = f" ({whole[source, destination]} others are whole)" if whole[source, destination] else ""
        yield finding(
            "fragments-incomplete", Severity.warning, f"Fragments from {source} never make a whole",
            f"{count(len(mine), 'datagram')} from {source} to {destination} came in pieces and lack some: "
            f"{listed(words)}{beside}. The receiver must throw away what did come: pieces are lost, or a firewall "
            f"drops them.",
            packets, hosts=(source, destination), lesson="fragments",
        )  # fmt: skip
    yield from and_more("fragments-incomplete", Severity.warning, "fragment", rest)


def _ends(one: Datagram) -> tuple[str, str]:
    """Addresses of the header that the fragments belong to."""
    addresses = one.pieces[0].key[0][:-1]
    half = len(addresses) // 2
    return address_text(addresses[:half]), address_text(addresses[half:])


def _tail_cut(one: Datagram) -> bool:
    """Nothing to say of pieces without any bytes."""
    return all(piece.size == 0 for piece in one.pieces)


def _lacks(one: Datagram) -> str:
    pieces = sorted(one.pieces, key=lambda piece: piece.start)
    if pieces[0].start:
        return "the first piece"
    return "the last piece" if one.end < 0 else "a middle piece"


@rule("fragments-overlapping")
def overlapping(case: Case) -> Iterator[Finding]:
    """Pieces that cover the same bytes of a datagram, other than a piece sent (or captured) twice."""
    groups: dict[tuple[str, str], list[tuple[Piece, Piece, bool]]] = defaultdict(list)
    for one in _datagrams(case):
        case.go_on()
        found = _overlap(case, one)
        if found is not None:
            groups[_ends(one)].append(found)
    for (source, destination), mine in case.few(
        groups.items(), MOST, lambda item: [piece.index for pair in item[1] for piece in pair[:2]]
    ):
        differ = any(other for _, _, other in mine)
        first, second, _ = mine[0]
        yield finding(
            "fragments-overlapping", Severity.warning, f"Overlapping fragments from {source}",
            f"{count(len(mine), 'datagram')} from {source} to {destination} {'has' if len(mine) == 1 else 'have'} "
            f"pieces that overlap (first: bytes {first.start} to {first.start + first.size} and {second.start} to "
            f"{second.start + second.size}), {'with different data' if differ else 'with the same data'}. No honest "
            f"sender does that: it is meant to get past a filter, or to crash the receiver.",
            [piece.index for pair in mine for piece in pair[:2]], hosts=(source, destination), lesson="fragments",
        )  # fmt: skip


def _overlap(case: Case, one: Datagram) -> tuple[Piece, Piece, bool] | None:
    time = case.table["time"]
    pieces = sorted(one.pieces[:10_000], key=lambda piece: (piece.start, -piece.size))
    if not pieces:
        return None
    furthest = pieces[0]
    for piece in pieces[1:]:
        reached = furthest.start + furthest.size
        same = (piece.start, piece.size) == (furthest.start, furthest.size)
        near = abs(int(time[piece.index]) - int(time[furthest.index])) <= TOGETHER
        if piece.start < reached and piece.size and near:
            differ = _bytes(one, piece, piece.start, reached) != _bytes(one, furthest, piece.start, reached)
            if differ or not same:
                return furthest, piece, differ
        if piece.start + piece.size > reached:
            furthest = piece
    return None


def _bytes(one: Datagram, piece: Piece, start: int, end: int) -> bytes:
    """A piece's bytes between two places of the datagram, as far as both ends of the overlap reach."""
    end = min(end, piece.start + piece.size)
    at = piece.at + start - piece.start
    return one.frame(piece.index)[at : at + end - start]
