"""Connections that ended badly: reset in the middle, closed by the server instead of an answer."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ..tracker.arrays import run_starts
from ..tracker.flags import Flag
from ..tracker.lifecycle import NEVER, Packets, State
from .case import Case
from .finding import Finding, Severity, finding
from .rules import rule
from .silence import silences
from .summing import and_more
from .tcp_view import Bools, Groups, Places
from .telling import times as often
from .visits import visits
from .words import count, duration, size

_IDLE = 1.0
UNUSED, UNANSWERED, ANSWERED, IDLE = range(4)
_BILLION = 1_000_000_000


@dataclass(slots=True)
class Ending:
    """Of m conversations: `places`; `stop`, the packet that ended them; `by_client`, who sent it; `said`, the last
    packet with payload before (-1: none), and whether the client sent that; `more`, segments with payload after it that
    were not the ender's."""

    places: Places
    stop: Places
    by_client: Bools
    said: Places
    said_by_client: Bools
    more: Places


def _endings(case: Case, mask: Bools, stops: Packets) -> Ending | None:
    """`stops` (n): the packet that ends each conversation."""
    lives, table = case.tcp, case.table
    packets, places = case.tcp_view.members(mask)
    if not len(packets):
        return None
    heads = np.flatnonzero(run_starts(places))
    mine = places[heads]
    stop = stops[mine].astype(np.int64)
    loaded = table["payload_length"][packets] > 0
    said = np.maximum.reduceat(np.where(loaded & (packets < stops[places]), packets, NEVER), heads)
    direction = table["direction"]
    by_client = direction[stop] == lives.client[mine]
    others = loaded & (packets > stops[places]) & (direction[packets] != direction[stops[places]])
    more = np.add.reduceat(others.astype(np.int64), heads)
    return Ending(mine, stop, by_client, said, direction[np.maximum(said, 0)] == lives.client[mine], more)


@rule("tcp-reset")
def resets(case: Case) -> Iterator[Finding]:
    """One finding a pair of client and server port, who reset, and after what; not where a FIN had come before."""
    lives, view, table = case.tcp, case.tcp_view, case.table
    fin = np.where(lives.fin == NEVER, np.iinfo(np.int32).max, lives.fin).min(axis=1)
    mask = (lives.state == State.reset) & (lives.rst < fin) & ~view.scanning
    mask &= (view.payload > 0) | ((lives.syn_ack != NEVER) & (lives.ack != NEVER))
    ended = _endings(case, mask, lives.rst)
    if ended is None:
        return
    waited = table["time"][ended.stop] - table["time"][np.maximum(ended.said, 0)]
    kind = np.where(ended.by_client == ended.said_by_client, ANSWERED, UNANSWERED)
    kind = np.where(ended.by_client & (kind == UNANSWERED), ANSWERED, kind)
    kind = np.where((waited >= int(_IDLE * _BILLION)) & (kind == ANSWERED), IDLE, kind)
    kind = np.where(ended.said == NEVER, UNUSED, kind)
    known = silences(view)
    opened = (lives.syn_ack[ended.places] != NEVER) & (lives.ack[ended.places] != NEVER)
    given_up = np.isin(ended.places, known.places)  # told of there
    some = np.flatnonzero(((ended.said != NEVER) | opened) & ~given_up)
    ends = view.ends
    columns = [column[ended.places[some]] for column in (ends.client, ends.server, ends.server_port)]
    groups = Groups(*columns, ended.by_client[some], kind[some])
    told_of, rest = groups.largest()
    for group in told_of:
        case.go_on()
        rows = some[groups.rows(group)]
        yield _reset(case, ended, rows, int(kind[rows[0]]))
    left = ended.stop[some[np.isin(groups.of, rest)]].tolist()
    yield from and_more("tcp-reset", Severity.note, "reset connection", left)


def _reset(case: Case, ended: Ending, rows: Places, kind: int) -> Finding:
    view, lives = case.tcp_view, case.tcp
    row = int(rows[0])
    place, stop, said = int(ended.places[row]), int(ended.stop[row]), int(ended.said[row])
    by_client = bool(ended.by_client[row])
    ender = view.client(place) if by_client else view.server(place)
    after = ""
    if said != NEVER:
        last = view.client(place) if ended.said_by_client[row] else view.server(place)
        after = f", {duration(case.between(said, stop))} after the last data, which {last} had sent (packet {said + 1})"
    begun = int(lives.first[place])
    sent = f", {size(int(lives.payload[place].sum()))} in all" if said != NEVER else ""
    when = f"{duration(case.between(begun, stop))} after its start{after}{sent}"
    what, why, severity = _meaning(kind, by_client, int(ended.more[row]))
    if kind == UNANSWERED and (again := _resent(case, place, stop)):
        why = f"That data had been sent again {often(again)} without an ACK before the RST came. {why}"
    if kind == UNANSWERED and _said_goodbye(case, said):
        what, why, severity = _meaning(ANSWERED, by_client, 0)
    if kind in (ANSWERED, IDLE) and not by_client and _cut_short(case, place):
        what, severity = "broke its answer off by RST", Severity.warning
        why = "The answer is not complete: the program there failed, or something between them cut the connection."
    others = "" if len(rows) == 1 else f" So it went with {count(len(rows) - 1, 'other connection')}."
    packets = [int(i) for r in rows[:200].tolist() for i in (ended.said[r], ended.stop[r]) if i != NEVER]
    return finding(
        "tcp-reset", severity, f"{ender} {what}",
        f"{ender} ended {_whose(case, place, by_client)} by RST {when}. {why}{others}",
        packets, hosts=(ender, view.server(place) if by_client else view.client(place)),
        stream=view.label(ended.places[rows]), lesson="reset",
    )  # fmt: skip


def _resent(case: Case, place: int, stop: int) -> int:
    """Retransmissions between the last two packets of who ended a conversation."""
    table, packets = case.table, case.tcp_view.packets(place)
    before = packets[packets < stop]
    own = before[table["direction"][before] == table["direction"][stop]]
    behind = before[before > (own[-1] if len(own) else -1)]
    return int(np.count_nonzero(table["analysis"][behind] & np.uint32(Flag.retransmission) != 0))


def _whose(case: Case, place: int, by_client: bool) -> str:
    """A connection, as the one who ends it would call it."""
    view = case.tcp_view
    return f"its connection with {view.at(place)}" if by_client else (
        f"the connection of {view.client(place)} to its port {view.port(place)}")  # fmt: skip


def _cut_short(case: Case, place: int) -> bool:
    """Whether the last answer in a conversation says itself that more was to come."""
    exchanges = case.of_stream("tcp", int(case.tcp_numbers[place]))
    return bool(exchanges) and exchanges[-1].response_text.endswith("(incomplete)")


_GOODBYE = re.compile(r"unbindRequest|^(?:[CS]|Request): (?:\S+ )?(?:QUIT|LOGOUT)\b", re.I)


def _said_goodbye(case: Case, packet: int) -> bool:
    """Whether the last request asked for the end, which needs no answer (LDAP's unbind: RFC 4511 section 4.3)."""
    return packet != NEVER and _GOODBYE.search(case.rows.row(packet).info[:500]) is not None


def _meaning(kind: int, by_client: bool, more: int) -> tuple[str, str, Severity]:
    """(what, why, how grave)."""
    if kind == UNANSWERED:
        return ("reset the connection instead of answering", "What was sent to it last got no answer: the program "
                "there failed, did not want it, or something between them cut the "
                "connection.", Severity.warning)  # fmt: skip
    if kind == UNUSED and not by_client:
        return ("reset a connection right after it was opened", "Nothing had been said: the program there gave up, or "
                "does not let this client in.", Severity.warning)  # fmt: skip
    if kind == UNUSED:
        return ("reset a connection that it did not use", "Nothing had been said: it only looked whether the port is "
                "open, or needed the connection no more.", Severity.note)  # fmt: skip
    if kind == IDLE:
        return "reset an idle connection", "It ended what was no longer used, by RST instead of FIN.", Severity.note
    if by_client and more:
        return ("broke the connection off", f"The server was still sending: {count(more, 'segment')} came after that. "
                "The program was closed, or had enough.", Severity.note)  # fmt: skip
    return (
        "ended the connection with RST",
        "It broke off, or is of those that end by RST instead of FIN.",
        Severity.note,
    )


def _told_elsewhere(case: Case, packets: Places) -> Bools:
    """Which packets are web requests or Client Hellos: their own rules tell that nothing answered them."""
    web = visits(case)
    head = case.capture.gather(packets, case.table["payload"][packets].astype(np.int64), 6)
    hello = (head[:, 0] == 0x16) & (head[:, 1] == 3) & (head[:, 5] == 1)
    found: Bools = hello | np.isin(packets, web.said.packet[web.request])
    return found


@rule("tcp-closed-unanswered")
def closed_unanswered(case: Case) -> Iterator[Finding]:
    """Servers of requests that close first although the last request got no answer."""
    lives, view = case.tcp, case.tcp_view
    server_fin = lives.fin[np.arange(len(lives)), 1 - lives.client.astype(np.int64)] if len(lives) else lives.rst
    mask = np.isin(lives.state, (State.closed, State.closing)) & (lives.closer == 1 - lives.client.astype(np.int8))
    mask &= (server_fin != NEVER) & (view.payload > 0) & ~view.scanning
    if not mask.any():
        return
    mask &= case.conversations.asking("tcp")
    ended = _endings(case, mask, server_fin)
    if ended is None:
        return
    table = case.table
    own = table["payload_length"][ended.stop] > 0
    missed = lives.bits[ended.places] & np.uint32(Flag.lost_segment | Flag.ack_lost_segment) != 0
    rows = np.flatnonzero((ended.said != NEVER) & ended.said_by_client & ~own & ~missed)
    rows = rows[~_told_elsewhere(case, ended.said[rows])]
    if not len(rows):
        return
    ends = view.ends
    groups = Groups(*(column[ended.places[rows]] for column in (ends.client, ends.server, ends.server_port)))
    told_of, rest = groups.largest()
    for group in told_of:
        case.go_on()
        inside = rows[groups.rows(group)]
        row = int(inside[0])
        place, said, stop = int(ended.places[row]), int(ended.said[row]), int(ended.stop[row])
        others = "" if len(inside) == 1 else f" So it went with {count(len(inside) - 1, 'other connection')}."
        packets = [int(i) for r in inside[:200].tolist() for i in (ended.said[r], ended.stop[r])]
        yield finding(
            "tcp-closed-unanswered", Severity.note, f"{view.server(place)} closed first, without an answer",
            f"{view.at(place)} closed the connection of {view.client(place)} {duration(case.between(said, stop))} "
            f"after packet {said + 1}, to which it sent no answer. As a rule the client closes first, or the server "
            f"when "
            f"it has answered.{others}",
            packets, hosts=(view.server(place), view.client(place)), stream=view.label(ended.places[inside]),
            lesson="closing",
        )  # fmt: skip
    left = ended.stop[rows[np.isin(groups.of, rest)]].tolist()
    yield from and_more("tcp-closed-unanswered", Severity.note, "connection", left)
