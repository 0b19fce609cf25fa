"""Where the time went: on the wire, in the client or in the server; and pauses."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ..tracker.flags import Flag
from ..tracker.lifecycle import NEVER
from ..tracker.times import SLOW, Times
from .case import BILLION, Case
from .finding import Finding, Severity, finding
from .rules import rule
from .silence import silences
from .summing import and_more
from .tcp_view import Bools, Groups, Places
from .telling import span
from .telling import times as often
from .tls_kept import kept
from .words import count, duration

_NS = int(SLOW * BILLION)
_LONG_IDLE = 5 * BILLION
_SAME = 0.9
"""Part of a pause that somebody's slowness fills: then it is the same pause."""
_BESIDE = 5 * BILLION
WIRE, CLIENT, SERVER = 0, 1, 2
_LOOKED_AT = 1000
_WEB = (80, 3128, 8000, 8080, 8088)
_REQUESTS = (b"GET ", b"POST", b"HEAD", b"PUT ", b"OPTI", b"DELE", b"PATC", b"CONN", b"HTTP")


@rule("tcp-slow")
def slow(case: Case) -> Iterator[Finding]:
    """One finding a pair of client, server port and who was slow."""
    view = case.tcp_view
    blame, longest = _blame(case)
    rows = np.flatnonzero((blame >= 0) & ~view.scanning)
    rows = rows[~_repeated(case, rows, blame[rows])]
    if not len(rows):
        return
    ends = view.ends
    grave = _grave(case, rows, blame[rows])
    groups = Groups(ends.client[rows], ends.server[rows], ends.server_port[rows], blame[rows], grave)
    weight = np.zeros(len(groups), np.int64)
    np.maximum.at(weight, groups.of, longest[rows] + grave * 10**15)
    told_of, rest = groups.largest(weight)
    for group in told_of:
        case.go_on()
        inside = groups.rows(group)
        places = rows[inside]
        worst = int(places[int(longest[places].argmax())])
        severity = Severity.warning if grave[inside[0]] else Severity.note
        yield _TELL[int(blame[worst])](case, places, worst, severity)
    left = case.tcp.first[rows[np.isin(groups.of, rest)]].tolist()
    yield from and_more("tcp-slow", Severity.note, "slow conversation", left)


def _blame(case: Case) -> tuple[Places, Places]:
    """Of all conversations: who kept it waiting most (-1: nobody did for SLOW), and for how many ns, as Times.slow."""
    times = case.conversations.times()
    wire = np.maximum(times.column("connect_server"), times.column("wire_longest"))
    waits = np.stack([wire, times.column("client_first"), times.column("server_longest")])
    longest = waits.max(axis=0)
    return np.where(longest >= _NS, waits.argmax(axis=0), -1), longest


def _repeated(case: Case, rows: Places, blame: Places) -> Bools:
    """Whether a request was acknowledged late because it was sent again: loss, which other rules tell of."""
    times = case.conversations.times()
    found = np.zeros(len(rows), bool)
    again = case.tcp.bits[rows] & np.uint32(Flag.retransmission) != 0
    suspect = (blame == WIRE) & again & (times.column("connect_server")[rows] < _NS)
    at = times.column("wire_at")[rows]
    for one in np.flatnonzero(suspect & (at >= 0))[:_LOOKED_AT].tolist():
        place, stop = int(rows[one]), int(at[one])
        packets = case.tcp_view.packets(place)
        begin = int(case.table["time"][stop]) - int(times.of(place).wire_longest * BILLION) - 1
        inside = packets[(packets < stop) & (case.table["time"][packets] >= begin)]
        mine = inside[case.table["direction"][inside] == case.tcp.client[place]]
        found[one] = bool((case.table["analysis"][mine] & np.uint32(Flag.retransmission) != 0).any())
    return found


def _grave(case: Case, rows: Places, blame: Places) -> Bools:
    """Whether it is a fault. A server that speaks what no request is known of, or is encrypted, may have had nothing to
    say, and so may its client; a client with another connection to the same server had this one in reserve."""
    asking = case.conversations.asking("tcp")[rows]
    found: Bools = (blame == WIRE) | asking
    lives, ends = case.tcp, case.tcp_view.ends
    for at in np.flatnonzero(found & (blame == SERVER) & np.isin(ends.server_port[rows], _WEB))[:_LOOKED_AT].tolist():
        found[at] = _speaks_http(case, int(rows[at]))
    waiting = np.flatnonzero(blame == CLIENT)[:_LOOKED_AT]
    for at in waiting.tolist():
        place = rows[at]
        pair = (ends.client == ends.client[place]) & (ends.server_port == ends.server_port[place])
        near = np.abs(case.table["time"][lives.first] - case.table["time"][lives.first[place]]) < _BESIDE
        found[at] &= np.count_nonzero(pair & near) < 2
    return found


def _speaks_http(case: Case, place: int) -> bool:
    """Whether the first data is a request: other protocols are found at these ports too."""
    packets = case.tcp_view.packets(place)
    loaded = packets[case.table["payload_length"][packets] > 0][:1].tolist()
    return bool(loaded) and case.capture.payload(loaded[0])[:4] in _REQUESTS


def _connect(times: Times, attempts: int) -> str:
    if times.connect_server is None:
        return ""
    tries = f" (the SYN was sent {attempts} times)" if attempts > 1 else ""
    return f"SYN,ACK {duration(times.connect_server)} after the SYN{tries}"


def _both(case: Case, places: Places) -> str:
    return "" if len(places) == 1 else f" The same holds for {count(len(places) - 1, 'other connection')}."


def _evidence(case: Case, places: Places, *more: int | None) -> list[int]:
    lives = case.tcp
    columns = np.concatenate([column[places] for column in (lives.syn, lives.syn_ack, lives.ack)])
    return [*columns[columns != NEVER].tolist(), *(one for one in more if one is not None)]


def _asked(case: Case, place: int, at: int | None) -> list[int]:
    """The client's last packet with payload before a packet: the request."""
    if at is None:
        return []
    table, packets = case.table, case.tcp_view.packets(place)
    packets = packets[(packets < at) & (table["payload_length"][packets] > 0)]
    found: list[int] = packets[table["direction"][packets] == case.tcp.client[place]][-1:].tolist()
    return found


def _acknowledged(case: Case, place: int, asked: list[int], at: int | None) -> str:
    """When a request was acknowledged by a packet of its own, before the answer."""
    if not asked or at is None:
        return ""
    table, packets = case.table, case.tcp_view.packets(place)
    packets = packets[(packets > asked[0]) & (packets < at)]
    packets = packets[table["direction"][packets] != case.tcp.client[place]]
    return f" (its ACK came after {duration(case.between(asked[0], int(packets[0])))})" if len(packets) else ""


def _wire(case: Case, places: Places, worst: int, severity: Severity) -> Finding:
    view = case.tcp_view
    times = case.conversations.times().of(worst)
    told = [_connect(times, int(case.tcp.attempts[worst]))]
    if int(case.tcp.attempts[worst]) > 1 and _at_last(case, worst) < SLOW and times.wire_longest < SLOW:
        return _again(case, places, worst, severity)
    at = None
    if times.wire_longest >= SLOW:
        at = times.wire_at
        told.append(f"a request was acknowledged after {duration(times.wire_longest)}")
    server = f"; the server itself took {duration(times.server_longest)} at most" if times.answers else ""
    text = ", and ".join(part for part in told if part)
    return finding(
        "tcp-slow-wire", severity, f"The way to {view.server(worst)} is slow",
        f"From {view.client(worst)} to {view.at(worst)}: {text}{server}. The time is lost on the wire: the network, "
        f"not client or server.{_both(case, places)}",
        _evidence(case, places, at, *_asked(case, worst, at)), hosts=(view.server(worst), view.client(worst)),
        stream=view.label(places), lesson="slow",
    )  # fmt: skip


def _at_last(case: Case, place: int) -> float:
    """s from the SYN that was answered to its answer."""
    asked, answer = int(case.tcp.asked[place]), int(case.tcp.syn_ack[place])
    return case.between(asked, answer) if asked >= 0 and answer >= 0 else 0.0


def _again(case: Case, places: Places, worst: int, severity: Severity) -> Finding:
    """A connection that took long to come about because a SYN had no answer."""
    view, attempts = case.tcp_view, int(case.tcp.attempts[worst])
    packets = view.packets(worst)
    syns = packets[case.table["tcp_flags"][packets] & 18 == 2].tolist()
    waited = duration(case.conversations.times().of(worst).connect_server or 0)
    return finding(
        "tcp-slow-connect", severity, f"{view.at(worst)} answers only when asked {often(attempts)}",
        f"{view.client(worst)} sent {count(attempts, 'SYN')} to {view.at(worst)}; the answer came {waited} after the "
        f"first and {duration(_at_last(case, worst))} after the last. What came before got lost on the way there or "
        f"back, or the server did not take it in.{_both(case, places)}",
        [*_evidence(case, places), *syns], hosts=(view.server(worst), view.client(worst)), stream=view.label(places),
        lesson="slow-connect",
    )  # fmt: skip


def _client(case: Case, places: Places, worst: int, severity: Severity) -> Finding:
    view = case.tcp_view
    times = case.conversations.times().of(worst)
    packets = view.packets(worst)
    loaded = packets[case.table["payload_length"][packets] > 0][:1].tolist()
    spare = "The time is lost in the client."
    if severity is not Severity.warning:
        spare = "Perhaps it had nothing to say, or held the connection in reserve."
    connect = (
        ""
        if times.connect_server is None
        else f", though the server answered the SYN in {duration(times.connect_server)}"
    )
    return finding(
        "tcp-slow-client", severity, f"{view.client(worst)} waits {duration(times.client_first or 0)} with its request",
        f"{view.client(worst)} sent its first byte to {view.at(worst)} {duration(times.client_first or 0)} after the "
        f"handshake{connect}. {spare}{_both(case, places)}",
        _evidence(case, places, *loaded), hosts=(view.client(worst), view.server(worst)), stream=view.label(places),
        lesson="slow",
    )  # fmt: skip


def _server(case: Case, places: Places, worst: int, severity: Severity) -> Finding:
    view = case.tcp_view
    times = case.conversations.times().of(worst)
    many = f", the longest of {times.answers} answers" if times.answers > 1 else ""
    asked = _asked(case, worst, times.server_at)
    acked = _acknowledged(case, worst, asked, times.server_at)
    wire = f" The network needs {duration(times.connect_server)} there and back." if times.connect_server else ""
    own = "The time is lost in the server." if severity is Severity.warning else "Perhaps it had nothing to say before."
    at = [int(i) for i in case.conversations.times().column("server_at")[places] if i >= 0]
    return finding(
        "tcp-slow-server", severity, f"{view.server(worst)} takes {duration(times.server_longest)} to answer",
        f"{view.at(worst)} sent the first byte of its answer to {view.client(worst)} "
        f"{duration(times.server_longest)} after the request had arrived{acked}{many}.{wire} "
        f"{own}{_both(case, places)}",
        [*_evidence(case, places, *asked), *at],
        hosts=(view.server(worst), view.client(worst)), stream=view.label(places), lesson="slow",
    )  # fmt: skip


_TELL = {WIRE: _wire, CLIENT: _client, SERVER: _server}


@rule("tcp-idle")
def idle(case: Case) -> Iterator[Finding]:
    """One note: connections in which nothing happened for long, and no other rule tells why."""
    times = case.conversations.times()
    longest = times.column("idle_longest")
    mask = (longest >= _LONG_IDLE) & (case.tcp_view.payload > 0)
    mask &= case.tcp.bits & np.uint32(Flag.zero_window | Flag.window_full | Flag.keep_alive) == 0
    mask[silences(case.tcp_view).places] = False
    blame, waited = _blame(case)
    mask &= ((blame < 0) | (waited < _SAME * longest)) & ~kept(case)
    rows = np.flatnonzero(mask)
    if not len(rows):
        return
    view = case.tcp_view
    worst = int(rows[int(longest[rows].argmax())])
    ends = times.column("idle_at")[rows]
    each = f" The longest was between {view.client(worst)} and {view.at(worst)}." if len(rows) > 1 else ""
    pause = span(int(longest[worst]) / BILLION)
    where = f"{view.client(worst)} and {view.at(worst)}" if len(rows) == 1 else f"{len(rows)} connections"
    yield finding(
        "tcp-idle", Severity.note,
        f"{count(len(rows), 'connection')} idle for {'up to ' if len(rows) > 1 else ''}{pause}",
        f"Nothing was sent for {pause} {'between' if len(rows) == 1 else 'at most in'} "
        f"{where}, while the connection{'s were' if len(rows) > 1 else ' was'} open: nobody had anything to say, or "
        f"somebody "
        f"waited for something that is not in these connections.{each}",
        ends[ends >= 0].tolist(), stream=view.label(rows), lesson="idle",
    )  # fmt: skip
