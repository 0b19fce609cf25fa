"""Packets that are too large for a part of the way: ICMP says so, and the sender heeds it or not."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from ..loader.table import NONE16, Layer
from .case import BILLION, Case
from .finding import Finding, Severity, finding
from .rules import rule
from .summing import and_more
from .tcp_view import Groups, Places
from .telling import times as often
from .words import count

_HEADER = 8
_HEED = 2 * BILLION
"""ns after the first error in which what is under way may still be too large."""


@rule("mtu-too-small")
def too_small(case: Case) -> Iterator[Finding]:
    """One finding a sender and receiver between which a router could not pass a packet on (RFC 1191, RFC 8201)."""
    errors, limits = _errors(case)
    if not len(errors):
        return
    table = case.table
    groups = Groups(np.maximum(table["source"][errors], 0), np.maximum(table["destination"][errors], 0))
    told_of, rest = groups.largest()
    for group in told_of:
        case.go_on()
        rows = groups.rows(group)
        yield _told(case, errors[rows], int(limits[rows].min()))
    yield from and_more("mtu-too-small", Severity.note, "path", errors[groups.first[rest]].tolist())


def _errors(case: Case) -> tuple[Places, NDArray[np.int64]]:
    """ICMP 'fragmentation needed' and ICMPv6 'packet too big', and the MTU that they tell. The ICMP header is the eight
    bytes before the IP header that is quoted."""
    table, count_of = case.table, case.count
    quoting = table["layers"][:count_of] & np.uint16(Layer.QUOTED) != 0
    network = table["network"][:count_of]
    found = np.flatnonzero(quoting & (network != NONE16) & (network >= _HEADER))
    if not len(found):
        return found, found
    head = case.capture.gather(found, network[found].astype(np.int64) - _HEADER, _HEADER + 1).astype(np.int64)
    four, six = head[:, _HEADER] >> 4 == 4, head[:, _HEADER] >> 4 == 6
    needed = (four & (head[:, 0] == 3) & (head[:, 1] == 4)) | (six & (head[:, 0] == 2) & (head[:, 1] == 0))
    short = head[:, 6] << 8 | head[:, 7]
    limits = np.where(four, short, head[:, 4] << 24 | head[:, 5] << 16 | short)
    return found[needed], limits[needed]


def _told(case: Case, errors: Places, limit: int) -> Finding:
    first = int(errors[0])
    source, target, router = case.source(first), case.destination(first), _router(case, first)
    heeded, later = _heeded(case, first, limit)
    which = f"more than {limit} bytes" if limit else "that size"
    seen = f"{router} told {source} {often(len(errors))} that packets of {which} cannot pass on the way to {target}" + (
        f" (MTU {limit})." if limit else "."
    )
    meaning = (
        " It sent smaller ones after that: path MTU discovery works." if heeded
        else f" It went on sending {count(len(later), 'packet')} that are larger, which cannot arrive." if len(later)
        else ""
    )  # fmt: skip
    return finding(
        "mtu-too-small", Severity.warning if len(later) and not heeded else Severity.note,
        f"Packets from {source} are too large for the way to {target}", seen + meaning,
        [*errors.tolist(), *later.tolist()], hosts=(source, target, router), lesson="mtu",
    )  # fmt: skip


def _heeded(case: Case, error: int, limit: int) -> tuple[bool, Places]:
    """Whether the sender sent nothing too large any more; and what it did send, some time after the error."""
    table, count_of = case.table, case.count
    mine = (table["source"][:count_of] == table["source"][error]) & case.plain
    mine &= (table["destination"][:count_of] == table["destination"][error]) & (table["payload_length"][:count_of] > 0)
    mine[: error + 1] = False
    later = np.flatnonzero(mine)
    sizes = table["length"][later].astype(np.int64) - table["network"][later]
    late = table["time"][later] - table["time"][error] >= _HEED
    large = later[late & (sizes > limit)] if limit else later[:0]
    return bool(len(later)) and not len(large), large


def _router(case: Case, error: int) -> str:
    """The address that the error comes from, in the IP header before its own."""
    inner = int(case.table["network"][error])
    frame = case.capture.frame(error)
    if inner >= _HEADER + 40 and frame[inner - _HEADER - 40] >> 4 == 6 and frame[inner] >> 4 == 6:
        start = inner - _HEADER - 40 + 8
        return str(ipaddress.IPv6Address(frame[start : start + 16]))
    start = inner - _HEADER - 20 + 12
    if start >= 12 and len(frame) >= start + 4:
        return str(ipaddress.IPv4Address(frame[start : start + 4]))
    return "A router"
