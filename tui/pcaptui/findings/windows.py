"""Receivers that could not keep up: zero windows, and windows that were full."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ..tracker.flags import Flag
from ..tracker.lifecycle import NEVER, RST, SYN
from ..tracker.times import SLOW
from .case import Case
from .finding import Finding, Severity, finding
from .rules import rule
from .silence import silent
from .summing import and_more
from .tcp_view import BILLION, MOST, Places
from .telling import times as often
from .words import count, duration

_STEPS = 6
_STALL = 1.0


@dataclass(slots=True)
class Closed:
    """A receive window that was 0: from packet `begin` until packet `end` (-1: to the end); `zeros`, all packets that
    said so."""

    begin: int
    end: int
    zeros: Places


@rule("tcp-zero-window")
def zero_windows(case: Case) -> Iterator[Finding]:
    """One finding a conversation and side whose receive buffer was full."""
    view, lives = case.tcp_view, case.tcp
    rows = np.flatnonzero((lives.bits & np.uint32(Flag.zero_window) != 0) & ~view.scanning)
    if not len(rows):
        return
    times = case.conversations.times()
    closed, still = times.column("closed_window")[rows], times.column("still_closed")[rows]
    weight = closed.max(axis=1) + (still.max(axis=1) > 0) * np.int64(10**15)
    order = np.argsort(-weight, kind="stable")
    for place in rows[np.sort(order[:MOST])].tolist():
        case.go_on()
        for client in (True, False):
            one = _zero_window(case, place, client)
            if one is not None:
                yield one
    left = lives.first[rows[np.sort(order[MOST:])]].tolist()
    yield from and_more("tcp-zero-window", Severity.note, "conversation", left)


def _side(case: Case, place: int, client: bool) -> Places:
    """One side's packets of a conversation that tell of its window."""
    table = case.table
    packets = case.tcp_view.packets(place)
    direction = int(case.tcp.client[place]) if client else 1 - int(case.tcp.client[place])
    packets = packets[table["direction"][packets] == direction]
    found: Places = packets[table["tcp_flags"][packets] & RST == 0]
    return found


def _spans(case: Case, packets: Places) -> list[Closed]:
    """When a side's window was 0."""
    table = case.table
    zero = table["analysis"][packets] & np.uint32(Flag.zero_window) != 0
    zero |= (table["window"][packets] == 0) & (table["tcp_flags"][packets] & SYN == 0)
    edges = np.flatnonzero(np.diff(zero.astype(np.int8), prepend=0, append=0))
    found = []
    for begin, stop in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        end = int(packets[stop]) if stop < len(packets) else NEVER
        found.append(Closed(int(packets[begin]), end, packets[begin:stop]))
    return found


def _window(case: Case, index: int) -> int:
    table = case.table
    shift = 0 if int(table["tcp_flags"][index]) & SYN else max(int(table["shift"][index]), 0)
    return int(table["window"][index]) << min(shift, 14)


def _zero_window(case: Case, place: int, client: bool) -> Finding | None:
    view, lives = case.tcp_view, case.tcp
    packets = _side(case, place, client)
    spans = _spans(case, packets)
    if not spans:
        return None
    last = int(lives.last[place])
    lengths = [case.between(span.begin, span.end if span.end != NEVER else last) for span in spans]
    worst = spans[int(np.argmax(lengths))]
    dead = spans[-1].end == NEVER
    fins = lives.fin[place][lives.fin[place] != NEVER]
    ending = bool(lives.rst[place] != NEVER or (len(fins) and int(fins.min()) <= spans[-1].begin + 1))
    severity = Severity.note
    if max(lengths) >= SLOW and not ending:
        severity = Severity.error if dead and lengths[-1] >= _STALL else Severity.warning
    host = view.client(place) if client else view.server(place)
    other = view.server(place) if client else view.client(place)
    if dead and ending and not sum(lengths):
        return None  # the last word of a connection that is over
    times = f"{len(spans)} times, {duration(sum(lengths))} in all" if len(spans) > 1 else f"for {duration(lengths[0])}"
    if dead:
        stuck = "still closed when the connection ends" if ending else "still closed at the end"
        times = f"{times}, {stuck}"
    probes = _probes(case, place, spans)
    detail = (
        f"{view.side(place, client)} closed its receive window {times}: its program did not read what {other} sent."
        f"{_sank(case, packets, worst)}{_opened(case, worst)}{probes[0]}"
    )
    title = f"{host}'s receive buffer was full for {duration(sum(lengths))}"
    if severity is Severity.error:
        title = f"{host} reads nothing any more: stalled for {duration(lengths[-1])}"
    evidence = [int(i) for span in spans for i in (*span.zeros.tolist(), span.end) if i != NEVER]
    return finding(
        "tcp-zero-window", severity, title, detail, [*evidence, *probes[1]], hosts=(host, other),
        stream=view.label([place]), lesson="zero-window",
    )  # fmt: skip


def _sank(case: Case, packets: Places, span: Closed) -> str:
    """' The window sank: 8760, 5840, 2920, 0.'"""
    stop = int(np.searchsorted(packets, span.begin))
    steps = [0]
    for index in reversed(packets[max(stop - 50, 0) : stop].tolist()):
        window = _window(case, index)
        if window < steps[-1] or len(steps) >= _STEPS:
            break
        if window > steps[-1]:
            steps.append(window)
    if len(steps) < 3:
        return ""
    return f" The window sank {', '.join(str(step) for step in reversed(steps))}."


def _opened(case: Case, span: Closed) -> str:
    if span.end == NEVER:
        return ""
    return f" It opened again (packet {span.end + 1}: {_window(case, span.end)})."


def _probes(case: Case, place: int, spans: list[Closed]) -> tuple[str, list[int]]:
    """Keep-alives and window probes that asked meanwhile."""
    packets = case.tcp_view.packets(place)
    bits = case.table["analysis"][packets]
    asked = packets[bits & np.uint32(Flag.keep_alive | Flag.zero_window_probe) != 0]
    mine: list[int] = [
        index for index in asked.tolist()
        if any(span.begin < index and (span.end == NEVER or index < span.end) for span in spans)
    ]  # fmt: skip
    return (f" The other side asked {often(len(mine))} whether it is open again." if mine else ""), mine


@rule("tcp-window-full")
def full_windows(case: Case) -> Iterator[Finding]:
    """Senders that had to stop because the receiver's window was used up, where it never said 0."""
    view, lives, table = case.tcp_view, case.tcp, case.table
    mask = (lives.bits & np.uint32(Flag.window_full) != 0) & (lives.bits & np.uint32(Flag.zero_window) == 0)
    mask &= ~view.scanning
    if not mask.any():
        return
    packets, places = view.members(mask)
    full = table["analysis"][packets] & np.uint32(Flag.window_full) != 0
    rows, counts = np.unique(places[full], return_counts=True)
    order = np.argsort(-counts, kind="stable")
    lost = silent(view)
    for at in np.sort(order[:MOST]).tolist():
        case.go_on()
        yield _full(case, int(rows[at]), packets[places == rows[at]], bool(lost[rows[at]]))
    rest = rows[np.sort(order[MOST:])]
    yield from and_more("tcp-window-full", Severity.note, "conversation", lives.first[rest].tolist())


def _full(case: Case, place: int, packets: Places, lost: bool) -> Finding:
    table, view = case.table, case.tcp_view
    bits = table["analysis"][packets]
    full = packets[bits & np.uint32(Flag.window_full) != 0]
    sender = int(table["direction"][full[0]])
    updates = (bits & np.uint32(Flag.window_update) != 0) & (table["direction"][packets] != sender)
    times = table["time"][packets]
    gaps = np.diff(times, prepend=times[:1])
    waited = int(gaps[updates].sum()) / BILLION
    by_client = sender == int(case.tcp.client[place])
    reader, writer = view.side(place, not by_client), view.side(place, by_client)
    many = int(np.count_nonzero(updates))
    slow = waited >= _STALL
    opened = f" {writer} waited for {count(many, 'window update')}, {duration(waited)} in all." if many else ""
    more = "" if lost or not slow else " The reader is slower than the network."
    hosts = (view.server(place), view.client(place)) if by_client else (view.client(place), view.server(place))
    return finding(
        "tcp-window-full", Severity.warning if slow else Severity.note, f"{reader} is slower than its sender",
        f"{writer} filled the receive window of {reader} {often(len(full))} and had to stop.{opened}{more}",
        [*full.tolist(), *packets[updates].tolist()], hosts=hosts, stream=view.label([place]), lesson="zero-window",
    )  # fmt: skip
