"""Hosts that stop answering in the middle of a conversation: data sent again and again, keep-alives into the void."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..tracker.arrays import run_starts
from ..tracker.flags import Flag
from ..tracker.lifecycle import NEVER, State
from .case import Case
from .finding import Finding, Severity, finding
from .rules import rule
from .summing import and_more
from .tcp_view import BILLION, Bools, Groups, Places
from .telling import times as often
from .tries import told, waits
from .words import count, duration, listed

if TYPE_CHECKING:
    from .tcp_view import TcpView

AGAIN = 2
PROBES = 3
_TOGETHER = 2
"""s within which several hosts fall silent for one reason."""
LARGE = 1200
"""Bytes of payload from which on a segment may be too large for some path (RFC 8200 section 5: 1280 always pass)."""
_PAUSE = BILLION
"""ns of silence before a keep-alive; without it, it is an empty segment like others."""
_AWAKE = 500_000_000
"""ns that the other side must have had."""


@dataclass(slots=True)
class Silences:
    """Of m conversations at whose end one side sends and the other says nothing: `places`; `talker`, the direction that
    sends; `since`, the last packet of the other side (-1: none at all); `again`, retransmitted segments since then;
    `probes`, keep-alives since then."""

    places: Places
    talker: Places
    since: Places
    again: Places
    probes: Places


def silences(view: TcpView) -> Silences:
    """Found once for all rules."""
    if view.silences is None:
        view.silences = _find(view)
    return view.silences


def silent(view: TcpView) -> Bools:
    """Conversations (n) in whose end data is sent again without answer: their retransmissions are told of."""
    found = np.zeros(len(view.case.tcp), bool)
    known = silences(view)
    found[known.places[known.again >= AGAIN]] = True
    return found


def _find(view: TcpView) -> Silences:
    case, table = view.case, view.case.table
    lives = case.tcp
    bits = np.uint32(Flag.retransmission | Flag.keep_alive)
    mask = (lives.bits & bits != 0) & ~np.isin(lives.state, (State.unanswered, State.refused, State.opening))
    packets, places = view.members(mask & ~view.scanning)
    if not len(packets):
        none = np.zeros(0, np.int64)
        return Silences(none, none, none, none, none)
    heads = np.flatnonzero(run_starts(places))
    run = np.cumsum(run_starts(places)) - 1
    direction = table["direction"][packets].astype(np.int64)
    latest = np.stack([np.maximum.reduceat(np.where(direction == side, packets, NEVER), heads) for side in (0, 1)])
    talker = latest.argmax(axis=0)
    since = latest.min(axis=0)
    behind = packets > since[run]
    analysis, loaded = table["analysis"][packets], table["payload_length"][packets] > 0
    resent = behind & loaded & (analysis & np.uint32(Flag.retransmission) != 0)
    probe = behind & (analysis & np.uint32(Flag.keep_alive) != 0)
    sent = behind & (loaded | probe)
    acks = table["acknowledgment"][packets]
    same = np.maximum.reduceat(np.where(sent, acks, 0), heads)
    same = same == np.minimum.reduceat(np.where(sent, acks, 0xFFFFFFFF), heads)
    begin = np.minimum.reduceat(np.where(sent, table["time"][packets], np.iinfo(np.int64).max), heads)
    waited = np.maximum.reduceat(np.where(sent, table["time"][packets], 0), heads) - begin
    begun = np.minimum.reduceat(np.where(resent, packets, np.iinfo(np.int64).max), heads)
    fresh = behind & loaded & ~resent & ~probe & (packets > begun[run])  # new data: something was acknowledged
    same &= (np.add.reduceat(fresh.astype(np.int64), heads) == 0) | _stuck(case, packets, resent, heads)
    again, probes = (np.add.reduceat(which.astype(np.int64), heads) for which in (resent, probe))
    keep = same & (waited >= _AWAKE) & ((again >= AGAIN) | (probes >= PROBES))
    return Silences(places[heads][keep], talker[keep], since[keep], again[keep], probes[keep])


def _stuck(case: Case, packets: Places, resent: Bools, heads: Places) -> Bools:
    """Runs whose last retransmission begins no further on than their first: nothing was acknowledged between, though
    the sender may have had more to send."""
    sequence = case.table["sequence"][packets].astype(np.int64)
    last = np.maximum.reduceat(np.where(resent, np.arange(len(packets)), -1), heads)
    first = np.minimum.reduceat(np.where(resent, np.arange(len(packets)), len(packets)), heads)
    ahead = (sequence[last] - sequence[np.minimum(first, len(packets) - 1)]) & 0xFFFFFFFF
    found: Bools = (last > first) & ((ahead == 0) | (ahead >= 2**31))
    return found


@rule("tcp-no-answer")
def no_answer(case: Case) -> Iterator[Finding]:
    """One finding a silent endpoint and host that waits for it."""
    view = case.tcp_view
    known = silences(view)
    places = known.places
    if not len(places):
        return
    by_client = known.talker == case.tcp.client[places]
    ends = view.ends
    silent_host = np.where(by_client, ends.server[places], ends.client[places])
    waiting = np.where(by_client, ends.client[places], ends.server[places])
    port = np.where(by_client, ends.server_port[places], 0)
    groups = Groups(np.maximum(silent_host, 0), np.maximum(waiting, 0), port, known.again >= AGAIN)
    told_of, rest = groups.largest()
    at_once: dict[tuple[int, int], list[Finding]] = defaultdict(list)
    for group in told_of:
        case.go_on()
        rows = groups.rows(group)
        worst = int(rows[np.argmax(known.again[rows] + known.probes[rows])])
        one, since = _told(case, known, rows, worst, bool(by_client[worst])), int(known.since[worst])
        when = case.seconds(since) if since >= 0 and one.rule == "tcp-no-answer" else -1000.0 * (group + 1)
        key = next((k for k in at_once if k[0] == waiting[worst] and abs(k[1] - when) <= _TOGETHER), None)
        at_once[key or (int(waiting[worst]), round(when))].append(one)
    for together in at_once.values():
        yield from [_all_at_once(together)] if len({one.hosts[0] for one in together}) > 1 else together
    left = case.tcp.first[places[np.isin(groups.of, rest)]].tolist()
    yield from and_more("tcp-no-answer", Severity.error, "conversation", left)


def _all_at_once(found: list[Finding]) -> Finding:
    """Several hosts that fell silent to one at the same time have one cause."""
    first = found[0]
    silent_hosts = list(dict.fromkeys(one.hosts[0] for one in found))
    return finding(
        first.rule, first.severity, f"{len(silent_hosts)} hosts stopped answering {first.hosts[1]} at once",
        f"{listed(silent_hosts)} fell silent to {first.hosts[1]} within {_TOGETHER} s of each other: look at its own "
        f"network, or what they have in common. The first: {first.detail}",
        [index for one in found for index in one.packets], hosts=(*silent_hosts[:20], first.hosts[1]),
        lesson=first.lesson,
    )  # fmt: skip


def _told(case: Case, known: Silences, rows: Places, worst: int, by_client: bool) -> Finding:
    view, table = case.tcp_view, case.table
    place, since = int(known.places[worst]), int(known.since[worst])
    other, talker = view.side(place, not by_client), view.side(place, by_client)
    hosts = (view.server(place), view.client(place)) if by_client else (view.client(place), view.server(place))
    packets = view.packets(place)
    behind = packets[packets > since]
    others = "" if len(rows) == 1 else f" The same happens in {count(len(rows) - 1, 'other connection')}."
    last = (
        "sends no packet in this connection"
        if since < 0
        else f"is silent after packet {since + 1} at {duration(case.seconds(since))}"
    )
    evidence = [since] * (since >= 0) + behind.tolist()
    if len(rows) > 1:
        evidence += [int(known.since[row]) for row in rows.tolist() if known.since[row] >= 0]
    if known.again[worst] < AGAIN:
        probes = behind[table["analysis"][behind] & np.uint32(Flag.keep_alive) != 0].tolist()
        return finding(
            "tcp-no-keep-alive", Severity.warning, f"{hosts[0]} does not answer keep-alives",
            f"{other} {last}: {talker} sent {count(len(probes), 'keep-alive')} in "
            f"{duration(case.between(probes[0], probes[-1]))} and got no answer. The host has gone, or something on "
            f"the way has forgotten the connection.{others}",
            evidence, hosts=hosts, stream=view.label(known.places[rows]), lesson="keep-alive",
        )  # fmt: skip
    tries, size = _tries(case, behind)
    gaps = told(waits(case, tries))
    length = case.between(tries[0], tries[-1])
    detail = (
        f"{other} {last}. {talker} sent {count(size, 'byte')}, and sent {'it' if size == 1 else 'them'} again "
        f"{often(len(tries) - 1)}: "
        f"{count(len(tries) - 1, 'retransmission')}, {gaps}. Nothing had come back after {duration(length)}, when the "
        f"last was sent.{_gave_up(case, place, behind, talker)}{others}"
    )
    hole = _too_large(case, packets[packets <= since], int(known.talker[worst]), size)
    what = "answers nothing" if since < 0 else "stopped answering"
    title = f"Large segments to {hosts[0]} are not answered" if hole else f"{other} {what}"
    return finding(
        "mtu-black-hole" if hole else "tcp-no-answer", Severity.error, title, detail + hole, evidence, hosts=hosts,
        stream=view.label(known.places[rows]), lesson="mtu" if hole else "no-answer",
    )  # fmt: skip


def _gave_up(case: Case, place: int, behind: Places, talker: str) -> str:
    """Whether the waiting side ended the connection itself."""
    stop = int(case.tcp.rst[place])
    if stop < 0 or stop not in behind:
        return ""
    return f" Then {talker} gave up and reset the connection (packet {stop + 1})."


def _tries(case: Case, behind: Places) -> tuple[list[int], int]:
    """All sendings of the segment that was sent most often, and its size."""
    table = case.table
    loaded = behind[table["payload_length"][behind] > 0]
    sequence = table["sequence"][loaded]
    values, counts = np.unique(sequence, return_counts=True)
    mine = loaded[sequence == values[counts.argmax()]]
    return mine.tolist(), int(table["payload_length"][mine[0]])


def _too_large(case: Case, before: Places, talker: int, size: int) -> str:
    """Whether only large segments go unanswered: smaller ones had been acknowledged, none so large ever was."""
    table = case.table
    if size < LARGE or len(before) == 0:
        return ""
    mine = before[(table["direction"][before] == talker) & (table["payload_length"][before] > 0)]
    if not len(mine) or int(table["payload_length"][mine].max()) >= LARGE:
        return ""
    return (
        f" Segments of up to {int(table['payload_length'][mine].max())} bytes were answered before, none of {size}: "
        f"perhaps something on the way drops packets that are too large for it and does not say so (path MTU black "
        f"hole)."
    )


@rule("tcp-keep-alive")
def keep_alives(case: Case) -> Iterator[Finding]:
    """One note: connections that are kept open by keep-alives."""
    view, table, lives = case.tcp_view, case.table, case.tcp
    known = silences(view)
    mask = (lives.bits & np.uint32(Flag.keep_alive) != 0) & (lives.bits & np.uint32(Flag.zero_window) == 0)
    mask[known.places] = False
    packets, places = view.members(mask & ~view.scanning)
    probing = table["analysis"][packets] & np.uint32(Flag.keep_alive) != 0
    probing[1:] &= (places[1:] == places[:-1]) & (np.diff(table["time"][packets]) >= _PAUSE)
    probes, rows = packets[probing], np.unique(places[probing])
    if not len(rows):
        return
    hosts = [view.at(place) for place in rows[:5].tolist()]
    longest = int((table["time"][lives.last[rows]] - table["time"][lives.first[rows]]).max()) / BILLION
    yield finding(
        "tcp-keep-alive", Severity.note, f"{count(len(rows), 'connection')} kept open by keep-alives",
        f"{count(len(probes), 'keep-alive')} in {count(len(rows), 'connection')} "
        f"({', '.join(dict.fromkeys(hosts))}), which {'last' if len(rows) > 1 else 'lasts'} up to "
        f"{duration(longest)}: nobody had anything to say, and a side "
        f"asked whether the other is still there.",
        np.sort(probes).tolist(), stream=view.label(rows), lesson="keep-alive",
    )  # fmt: skip
