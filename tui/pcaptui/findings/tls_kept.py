"""TLS connections that are kept open, so that later requests need no new handshake."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ..protocols.tls_hello import server_name
from ..tracker.times import IDLE
from .case import BILLION, Case
from .finding import Finding, Severity, finding
from .rules import rule
from .said import said
from .tcp_view import Bools, Places
from .telling import span, times
from .tls import hellos
from .words import count

APPLICATION = 0x1703
ALERT = 24
"""Bytes of an encrypted alert's record at most: two of its own, its type, and what protects them."""
PAUSE = int(5 * IDLE * BILLION)
"""ns of a pause from which on it is remarkable that the connection was still there."""


def exchanges(case: Case) -> Places:
    """Of all TCP conversations (n): how often the client begins to send application data anew, 0 without a handshake
    in the capture (RFC 8446 section 5.1: what TLS 1.3 encrypts of the handshake looks like data, too)."""
    spoken = said(case)
    found = np.zeros(len(case.tcp), np.int64)
    begun = np.unique(spoken.stream[hellos(spoken, 1)])
    if not len(begun):
        return found
    data = np.flatnonzero((spoken.word >> np.uint64(48) == APPLICATION) & np.isin(spoken.stream, begun))
    client, stream = spoken.client[data], spoken.stream[data]
    anew = client.copy()
    anew[1:] &= ~client[:-1] | (stream[1:] != stream[:-1])
    numbers, many = np.unique(stream[anew], return_counts=True)
    found[np.searchsorted(case.tcp_numbers, numbers)] = many
    return found


def kept(case: Case) -> Bools:
    """TCP conversations (n) that paused for long and were then used again without another handshake."""
    times_of = case.conversations.times()
    after = times_of.column("idle_at")
    pauses: Bools = (times_of.column("idle_longest") >= PAUSE) & (after >= 0)
    rows = np.flatnonzero(pauses)
    if len(rows):
        pauses[rows] = _carries_data(case, after[rows])
        pauses &= exchanges(case) > 1
    return pauses


def _carries_data(case: Case, packets: Places) -> Bools:
    """Whether packets begin with application data that is more than TLS 1.3's encrypted goodbye."""
    table = case.table
    words = case.capture.words(packets, table["payload"][packets].astype(np.int64))
    found: Bools = (table["payload_length"][packets] >= 5) & (words >> np.uint64(48) == APPLICATION)
    return found & ((words >> np.uint64(24)) & np.uint64(0xFFFF) > ALERT)


@rule("tls-kept-open")
def kept_open(case: Case) -> Iterator[Finding]:
    """One note for all such connections, told of the one with the longest pause."""
    rows = np.flatnonzero(kept(case))
    if not len(rows):
        return
    view, lives, columns = case.tcp_view, case.tcp, case.conversations.times()
    pauses, places = columns.column("idle_longest")[rows], columns.column("idle_at")[rows]
    row = int(pauses.argmax())
    worst = int(rows[row])
    one = columns.of(worst)
    spoken = said(case)
    first = hellos(spoken, 1)
    hello = int(first[np.searchsorted(spoken.stream[first], int(case.tcp_numbers[worst]))])
    name = server_name(spoken.text(hello, least=600)[9:])[:60]
    many = int(exchanges(case)[worst])
    whole = span(case.between(int(lives.first[worst]), int(lives.last[worst])))
    pause = f"paused {times(one.idle_count)}, for up to {span(pauses[row] / BILLION)}"
    others = f" So did {count(len(rows) - 1, 'other connection')}." if len(rows) > 1 else ""
    servers = list(dict.fromkeys(view.server(place) for place in rows[:50].tolist()))
    about = f"1 TLS connection to {name or servers[0]}" if len(rows) == 1 else f"{len(rows)} TLS connections"
    yield finding(
        "tls-kept-open", Severity.note, f"{about} kept open, {'one handshake' if len(rows) == 1 else 'one each'}",
        f"{view.client(worst)} made one TLS handshake with {view.at(worst)}{f' ({name})' if name else ''} and then "
        f"sent data {times(many)} in {whole}: the connection {pause}, and no new handshake was needed.{others}",
        [int(spoken.packet[hello]), *places[places >= 0].tolist()],
        hosts=(*servers[:20], view.client(worst)), stream=view.label(rows), lesson="tls-kept-open",
    )  # fmt: skip
