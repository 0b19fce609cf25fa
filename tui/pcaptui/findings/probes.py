"""Which packets and conversations are probes: scans of ports and of hosts, floods, and flags that nobody means well."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ..loader.table import Layer
from ..tracker.arrays import once_each
from ..tracker.lifecycle import ACK, FIN, NEVER, RST, SYN, State
from .tcp_view import BILLION, Bools, Groups, Places

if TYPE_CHECKING:
    from .case import Case
    from .tcp_view import TcpView

MANY_PORTS = 15
MANY_HOSTS, NEIGHBOURS = 15, 5
MANY_HALF_OPEN = 200
FLOOD_RATE = 20.0
"""SYNs a second, over all of a flood."""
ODD_PORTS = 5
"""So many ports that got a FIN, no flags or all of them: nobody does that by mistake."""
_PSH, _URG = 8, 32
_SIX = 63
XMAS = FIN | _PSH | _URG
ODD = {"NULL": (0,), "FIN": (FIN,), "XMAS": (XMAS, XMAS | SYN, _SIX), "SYN+FIN": (SYN | FIN,)}
"""Flags (of the lower six) that no connection needs (RFC 9293 section 3.10.7.4 has no use for them)."""
WORMS = (22, 23, 135, 139, 445, 1433, 2323, 3389, 5900)
"""Ports that are tried at any address."""
_FAILED = (State.refused, State.unanswered, State.opening)


@dataclass(slots=True)
class Probing:
    """`kind`: "SYN", "ACK", "sweep", "flood", a name of ODD, or "odd": some of them at few ports. `places` of
    conversations, ascending; `packets` for kinds of ODD only. source, target: indexes of addresses, -1 where there
    are many."""

    kind: str
    source: int
    target: int
    places: Places
    packets: Places
    port: int = -1


def claimed(view: TcpView) -> Bools:
    """Conversations (n) that are told of as scans, floods or odd probes."""
    found = np.zeros(len(view.case.tcp), bool)
    for one in probings(view):
        found[one.places] = True
    return found


def probings(view: TcpView) -> list[Probing]:
    """Everything that looks like probing, each conversation in one of them only."""
    known = view.probings
    if known is None:
        left = np.ones(len(view.case.tcp), bool)
        known = []
        for look in (_odd, _ports, _sweeps, _floods):
            for one in look(view, left):
                left[one.places] = False
                known.append(one)
        view.probings = known
    return known


_NONE = np.zeros(0, np.int64)


def _bare(view: TcpView) -> Bools:
    """Begun with a SYN, and no byte was sent."""
    lives = view.case.tcp
    found: Bools = (lives.syn != NEVER) & (view.payload == 0) & ~view.one_way
    return found


def _ports(view: TcpView, left: Bools) -> list[Probing]:
    """One host tries many ports of another, and most of what it tries comes to nothing."""
    lives, ends = view.case.tcp, view.ends
    found = []
    acks = _acks(view)
    for kind, mask in (("SYN", _bare(view) & left), ("ACK", acks & left)):
        rows = np.flatnonzero(mask)
        if len(rows) < MANY_PORTS:
            continue
        groups = Groups(ends.client[rows], ends.server[rows])
        many = groups.distinct(ends.server_port[rows]) >= MANY_PORTS
        failing = np.isin(lives.state[rows], (*_FAILED, State.reset)) | (kind == "ACK")
        failed = groups.total(failing)
        for group in np.flatnonzero(many & (2 * failed >= groups.sizes)).tolist():
            places = rows[groups.rows(group)]
            source, target = int(ends.client[places[0]]), int(ends.server[places[0]])
            found.append(Probing(kind, source, target, places, _NONE))
    return found


def _acks(view: TcpView) -> Bools:
    """Conversations that are one bare ACK out of nowhere, and at most a RST."""
    case = view.case
    lives, table = case.tcp, case.table
    first = lives.first
    found: Bools = (lives.syn == NEVER) & (lives.syn_ack == NEVER) & (view.payload == 0)
    found &= (lives.packets <= 2) & (table["tcp_flags"][first] & _SIX == ACK)
    found &= (lives.packets == 1) | (lives.rst != NEVER)
    found &= table["direction"][first] == lives.client
    return found


def _sweeps(view: TcpView, left: Bools) -> list[Probing]:
    """One host tries one port of many hosts that do not let it in, without insisting."""
    lives, ends = view.case.tcp, view.ends
    rows = np.flatnonzero(_bare(view) & left & np.isin(lives.state, _FAILED) & (lives.attempts <= 2))
    if len(rows) < NEIGHBOURS:
        return []
    groups = Groups(ends.client[rows], ends.server_port[rows])
    found = []
    taken = np.zeros(len(rows), bool)
    for group in np.flatnonzero(groups.distinct(ends.server[rows]) >= MANY_HOSTS).tolist():
        places = rows[groups.rows(group)]
        port = int(ends.server_port[places[0]])
        hosts = [view.address(i) for i in once_each(ends.server[places])[:1000].tolist()]
        if port in WORMS or neighbours(hosts) >= 0.5:
            taken[groups.rows(group)] = True
            found.append(Probing("sweep", int(ends.client[places[0]]), -1, places, _NONE, port))
    return found + _near(view, rows[~taken])


def _near(view: TcpView, rows: Places) -> list[Probing]:
    """One host tries some ports of a few hosts of one network, and nobody lets it in."""
    ends = view.ends
    if len(rows) < NEIGHBOURS:
        return []
    groups = Groups(ends.client[rows])
    found = []
    for group in np.flatnonzero(groups.distinct(ends.server[rows]) >= NEIGHBOURS).tolist():
        places = rows[groups.rows(group)]
        hosts = [view.address(i) for i in once_each(ends.server[places])[:1000].tolist()]
        if neighbours(hosts) == 1.0:
            found.append(Probing("sweep", int(ends.client[places[0]]), -1, places, _NONE))
    return found


def neighbours(hosts: list[str]) -> float:
    """How large a part of some addresses share their first parts: more than half is a range that is gone through."""
    nets = [host.rpartition("." if "." in host else ":")[0] for host in hosts]
    return max((nets.count(net) for net in set(nets)), default=0) / max(len(nets), 1)


def _floods(view: TcpView, left: Bools) -> list[Probing]:
    """A port gets SYN after SYN, and hardly any connection comes about."""
    case = view.case
    lives, ends = case.tcp, view.ends
    rows = np.flatnonzero((lives.syn != NEVER) & left)
    bare = _bare(view)[rows] & np.isin(lives.state[rows], (*_FAILED, State.reset))
    if np.count_nonzero(bare) < MANY_HALF_OPEN:
        return []
    groups = Groups(ends.server[rows], ends.server_port[rows])
    failed = groups.total(bare)
    found = []
    for group in np.flatnonzero((failed >= MANY_HALF_OPEN) & (failed >= 0.8 * groups.sizes)).tolist():
        inside = groups.rows(group)
        places = rows[inside][bare[inside]]
        times = case.table["time"][lives.first[places]]
        seconds = max(int(times.max() - times.min()) / BILLION, 0.001)
        if len(places) / seconds >= FLOOD_RATE:
            sources = once_each(ends.client[places])
            source = int(sources[0]) if len(sources) == 1 else -1
            found.append(Probing("flood", source, int(ends.server[places[0]]), places, _NONE,
                                 int(ends.server_port[places[0]])))  # fmt: skip
    return found


def _odd(view: TcpView, left: Bools) -> list[Probing]:
    """Packets whose flags no connection needs, by pair of hosts; with them goes whatever else the sender tried there
    without saying a byte, if it is little."""
    packets, flags = odd_packets(view.case)
    if not len(packets):
        return []
    table = view.case.table
    found, few = [], []
    for kind, values in ODD.items():
        mine = packets[np.isin(flags, values)]
        groups = Groups(table["source"][mine], table["destination"][mine])
        ports = groups.distinct(table["destination_port"][mine])
        for group in groups.largest()[0]:
            rows = mine[groups.rows(group)]
            if ports[group] >= ODD_PORTS:
                found.append(_odd_of(view, kind, rows, left))
            elif kind != "FIN":  # some stacks close so
                few.append(rows)
    rest = np.concatenate(few) if few else _NONE
    groups = Groups(table["source"][rest], table["destination"][rest])
    return found + [_odd_of(view, "odd", np.sort(rest[groups.rows(g)]), left) for g in groups.largest()[0]]


def _odd_of(view: TcpView, kind: str, packets: Places, left: Bools) -> Probing:
    source, target = (int(view.case.table[name][packets[0]]) for name in ("source", "destination"))
    return Probing(kind, source, target, _streams_of(view, packets, source, target, left), packets)


def odd_packets(case: Case) -> tuple[Places, NDArray[np.uint16]]:
    """TCP packets with flags of ODD, and their lower six flags."""
    table, count = case.table, case.count
    flags = table["tcp_flags"][:count] & np.uint16(_SIX)
    odd = (flags & np.uint16(ACK | RST) == 0) & (flags != SYN) & (table["ip_protocol"][:count] == 6)
    odd &= table["stream"][:count] >= 0
    found = np.flatnonzero(odd)
    aside = np.uint16(Layer.QUOTED | Layer.TCP_CUT | Layer.CUT)
    found = found[(table["layers"][found] & aside == 0) & (table["payload_length"][found] == 0)]
    wanted = np.isin(flags[found], [value for values in ODD.values() for value in values])
    return found[wanted], flags[found[wanted]]


def _streams_of(view: TcpView, packets: Places, source: int, target: int, left: Bools) -> Places:
    case, ends = view.case, view.ends
    named = once_each(np.searchsorted(case.tcp_numbers, case.table["stream"][packets]))
    pair = view.of_server(target)
    pair = pair[left[pair] & (ends.client[pair] == source) & (view.payload[pair] == 0)]
    if len(once_each(ends.server_port[pair])) < MANY_PORTS:
        named = np.union1d(named, pair)
    return named[left[named]].astype(np.int64)
