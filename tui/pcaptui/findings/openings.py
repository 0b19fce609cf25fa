"""Connections that did not come about: refused, unanswered, half-open."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator

import numpy as np

from ..tracker.lifecycle import NEVER, SYN, State
from .case import BILLION, Case
from .finding import Finding, Severity, finding
from .icmp_view import icmp_view
from .rules import rule
from .summing import and_more
from .tcp_view import Bools, Groups, Places, endpoint
from .tries import told, waits
from .words import count, duration, listed

PATIENCE = 0.9
"""s that an answer may take before it is said to be missing; a SYN is repeated after one (RFC 6298 section 2.1)."""
_BROWSED = (80, 443, 8080)


@rule("tcp-refused")
def refused(case: Case) -> Iterator[Finding]:
    """One finding a pair of client and server port that answered SYNs with RST."""
    for places, rest in _pairs(case, case.tcp.state == State.refused):
        if rest:
            yield from and_more("tcp-refused", Severity.error, "refused connection", rest)
            break
        view, lives = case.tcp_view, case.tcp
        client, server, port = view.client(places[0]), view.server(places[0]), view.port(places[0])
        attempts = int(lives.attempts[places].sum())
        each = f" of {len(places)} connections" if len(places) > 1 else ""
        others = _let_in(case, places)
        why = (
            f"It took {count(len(others), 'other connection')} there in the same capture: the program does not run "
            f"all the time, is overloaded, or refuses on purpose." if len(others)
            else "The host is up, and nothing listens there, or a firewall rejects it."
        )  # fmt: skip
        severity = Severity.warning if len(others) else Severity.error
        if own := _own(case, places):
            severity, why = Severity.note, f"{own} then took it in: the program there listens at that address only."
        wait = lives.asked[places[0]]
        once = "the first " if attempts > 1 else ""
        first = f", {once}after {duration(case.between(int(wait), int(lives.rst[places[0]])))}" if wait >= 0 else ""
        yield finding(
            "tcp-refused", severity, f"{server} refuses port {port}",
            f"{server} answered {count(attempts, 'SYN')}{each} from {client} to port {port} with RST{first}. {why}"
            f"{'' if own else _unasked(case, places)}",
            view.evidence(places), hosts=(server, client), stream=view.label(places), lesson="refused",
        )  # fmt: skip


@rule("tcp-unanswered")
def unanswered(case: Case) -> Iterator[Finding]:
    """One finding a pair of client and server port that answered no SYN, though there was time to."""
    lives, view = case.tcp, case.tcp_view
    silent = (lives.state == State.unanswered) & ~view.one_way & ~icmp_view(case).explained
    young: list[Places] = []
    for places, rest in _pairs(case, silent):
        if rest:
            yield from and_more("tcp-unanswered", Severity.error, "unanswered connection", rest)
            break
        client, server, port = view.client(places[0]), view.server(places[0]), view.port(places[0])
        attempts = int(lives.attempts[places].sum())
        hosts, packets = (server, client), view.evidence(places)
        watched = _watched(case, places)
        if watched < PATIENCE and attempts < 3 and not _name_server(case, places):
            young.append(places)
            continue
        yield finding(
            "tcp-unanswered", Severity.error, f"{server} does not answer on port {port}",
            f"{client} sent {_attempts(case, places)} to {endpoint(server, port)} and got no answer"
            f"{_until(case, places, watched)}{_elsewhere(case, places)}",
            packets, hosts=hosts, stream=view.label(places), lesson="unanswered",
        )  # fmt: skip
    yield from _yet(case, young)


def _yet(case: Case, all_places: list[Places]) -> Iterator[Finding]:
    """One note: connections for whose answer the capture is too short."""
    if not all_places:
        return
    view, places = case.tcp_view, np.concatenate(all_places)
    at = list(dict.fromkeys(view.at(place) for place in places[:200].tolist()))
    yield finding(
        "tcp-unanswered-yet", Severity.note, f"{count(len(places), 'connection')} not answered yet at the end",
        f"SYNs to {listed(at, 3)} have no answer in this capture, which ends "
        f"{duration(_watched(case, places))} after the first of them: before an answer was due.",
        view.evidence(places), hosts=[view.server(place) for place in places[:20].tolist()],
        stream=view.label(places), lesson="unanswered",
    )  # fmt: skip


def _watched(case: Case, places: Places) -> float:
    """s from the first packet of some conversations to the end of the capture."""
    return (case.tcp_view.last_time - int(case.table["time"][case.tcp.first[places]].min())) / BILLION


@rule("capture-one-way")
def one_way(case: Case) -> Iterator[Finding]:
    """One note: connections of which only one side is in the capture."""
    view = case.tcp_view
    rows = np.flatnonzero(view.one_way)
    if not len(rows):
        return
    hosts = [view.address(i) for i in np.unique(view.ends.client[rows])[:20].tolist()]
    yield finding(
        "capture-one-way", Severity.note, f"{count(len(rows), 'connection')} with one side only",
        f"Of {count(len(rows), 'connection')} the capture has only what {listed(hosts, 3)} sent, which acknowledges "
        f"what is "
        f"not here: the other side's packets took another way, or were filtered out. Nothing can be told of answers.",
        case.tcp.first[rows].tolist(), hosts=hosts, stream=view.label(rows), lesson="capture-gaps",
    )  # fmt: skip


@rule("tcp-half-open")
def half_open(case: Case) -> Iterator[Finding]:
    """Servers whose SYN,ACK nobody answers, though there was time to."""
    lives, view = case.tcp, case.tcp_view
    table = case.table
    mask = (lives.state == State.opening) & (lives.syn != NEVER) & (lives.syn_ack != NEVER)
    mask &= view.last_time - table["time"][np.maximum(lives.syn_ack, 0)] >= int(PATIENCE * BILLION)
    for places, rest in _pairs(case, mask):
        if rest:
            yield from and_more("tcp-half-open", Severity.warning, "half-open connection", rest)
            break
        client = view.client(places[0])
        many = f"{len(places)} connections" if len(places) > 1 else "a connection"
        again = sum(_answers(case, place) for place in places) - len(places)
        repeated = f", and sent it {count(again, 'time')} more" if again > 0 else ""
        yield finding(
            "tcp-half-open", Severity.warning, f"{client} does not complete connections to {view.at(places[0])}",
            f"{client} began {many} to {view.at(places[0])}, which answered with SYN,ACK{repeated}; no ACK followed. "
            f"The SYN,ACK does not reach the client, the client has gone, or it only looked whether the port is open.",
            view.evidence(places), hosts=(client, view.server(places[0])), stream=view.label(places),
            lesson="half-open",
        )  # fmt: skip


def _pairs(case: Case, mask: Bools) -> Iterator[tuple[Places, list[int]]]:
    """Conversations of `mask` that belong to no scan, by client, server and port: (places, []), and at last those of
    all pairs that are too many to tell: (places, their first packets)."""
    view = case.tcp_view
    rows = np.flatnonzero(mask & ~view.scanning)
    if not len(rows):
        return
    ends = view.ends
    groups = Groups(ends.client[rows], ends.server[rows], ends.server_port[rows])
    told_of, rest = groups.largest()
    for group in told_of:
        case.go_on()
        yield rows[groups.rows(group)], []
    if len(rest):
        left = rows[np.isin(groups.of, rest)]
        yield left, case.tcp.first[left].tolist()


def _let_in(case: Case, places: Places) -> Places:
    """Conversations with the same server port that came about."""
    view, lives = case.tcp_view, case.tcp
    ends = view.ends
    mine: Places = view.of_server(int(ends.server[places[0]]))
    same = (ends.server_port[mine] == ends.server_port[places[0]]) & (lives.syn_ack[mine] != NEVER)
    found: Places = mine[same]
    return found


def _own(case: Case, places: Places) -> str:
    """Where a host's own address refuses and another of its own takes the client in at once: "localhost" has one
    address of each kind, and programs try both."""
    view, lives = case.tcp_view, case.tcp
    ends = view.ends
    if not ipaddress.ip_address(view.server(places[0])).is_loopback:
        return ""
    later = (lives.syn_ack != NEVER) & (ends.server_port == ends.server_port[places[0]])
    later &= (ends.server != ends.server[places[0]]) & (lives.first > lives.first[places[0]])
    for place in np.flatnonzero(later)[:20].tolist():
        soon = case.between(int(lives.rst[places[-1]]), int(lives.first[place])) < 1.0
        if soon and ipaddress.ip_address(view.server(place)).is_loopback:
            return view.server(place)
    return ""


def _unasked(case: Case, places: Places) -> str:
    """Where a browser's address cannot have come from a name server that was asked in this capture."""
    view = case.tcp_view
    if view.port(places[0]) not in _BROWSED or view.ends.client[places[0]] in view.askers:
        return ""
    return f" {view.client(places[0])} asked no DNS here: the address came from a cache, a hosts file or was typed in."


def _name_server(case: Case, places: Places) -> bool:
    """Whether a name server reaches for another one over TCP: that is a LAN away as a rule, and the capture shows what
    it could not tell its own client meanwhile."""
    view, table = case.tcp_view, case.table
    if view.port(places[0]) != 53:
        return False
    answers = (table["source_port"][: case.count] == 53) & (table["ip_protocol"][: case.count] == 17)
    return bool((answers & (table["source"][: case.count] == view.ends.client[places[0]])).any())


def _attempts(case: Case, places: Places) -> str:
    """'3 SYNs (499 ms and 500 ms after the one before)', 'SYNs for 9 connections, 95 in all (...)'."""
    lives = case.tcp
    attempts = lives.attempts[places]
    most = int(places[int(attempts.argmax())])
    syns = _syns(case, most)
    gaps = told(waits(case, syns))
    if len(places) == 1:
        return count(len(syns), "SYN") + (f" ({gaps})" if gaps else "")
    detail = f", up to {len(syns)} each ({gaps})" if gaps else ""
    return f"{int(attempts.sum())} SYNs for {len(places)} connections{detail}"


def _syns(case: Case, place: int) -> list[int]:
    packets = case.tcp_view.packets(place)
    found: list[int] = packets[case.table["tcp_flags"][packets] & SYN != 0].tolist()
    return found


def _answers(case: Case, place: int) -> int:
    """How many SYN,ACKs there are."""
    packets = case.tcp_view.packets(place)
    return int(np.count_nonzero(case.table["tcp_flags"][packets] & 18 == 18))


def _until(case: Case, places: Places, watched: float) -> str:
    """How long whoever waited for these connections was stalled."""
    lives, times = case.tcp, case.table["time"]
    longest = int((times[lives.last[places]] - times[lives.first[places]]).max()) / BILLION
    dns = " DNS over TCP serves zone transfers and long answers." if case.tcp_view.port(places[0]) == 53 else ""
    if watched < PATIENCE:
        when = f"before the capture ends {duration(watched)} later" if watched else "here: the capture ends with it"
        return f" {when}.{dns}"
    if longest < PATIENCE:
        return f" in {duration(watched)}: dropped, not refused.{dns}"
    stalled = f"up to {duration(longest)}" if len(places) > 1 else duration(longest)
    return f": dropped, not refused. What waits for it is stalled for {stalled}.{dns}"


def _elsewhere(case: Case, places: Places) -> str:
    """Whether the same client reached others meanwhile: then its own network is not to blame."""
    view, lives = case.tcp_view, case.tcp
    ends = view.ends
    mine = view.of_client(int(ends.client[places[0]]))
    mine = mine[(ends.server[mine] != ends.server[places[0]]) & (lives.syn_ack[mine] != NEVER)]
    others = [view.address(i) for i in np.unique(ends.server[mine]).tolist()[:100]]
    if others:
        return f" It did reach {listed(others, 3)}."
    return " DNS did answer." if ends.client[places[0]] in view.told else ""
