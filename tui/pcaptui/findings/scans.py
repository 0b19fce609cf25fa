"""Scans told as one finding each: ports of a host, hosts of a network, odd flags, floods; and ports over UDP."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ..tracker.arrays import once_each
from ..tracker.lifecycle import NEVER, State
from .case import BILLION, Case
from .finding import Finding, Severity, finding
from .probes import ODD_PORTS, Probing, probings
from .rules import rule
from .summing import and_more
from .tcp_view import MOST, Bools, Groups, Places
from .words import count, duration, listed, ports

UDP_PORTS, UDP_LOW_PORTS = 20, 8
_TRACEROUTE = (33434, 33626)


@rule("tcp-scan")
def scans(case: Case) -> Iterator[Finding]:
    """Port scans, host sweeps, odd flags and floods over TCP."""
    found = sorted(probings(case.tcp_view), key=lambda one: -len(one.places))
    for one in found[:MOST]:
        case.go_on()
        yield _TOLD.get(one.kind, _odd)(case, one)
    yield from and_more("tcp-scan", Severity.error, "scan", [int(case.tcp.first[one.places[0]]) for one in found[MOST:]
                                                            if len(one.places)])  # fmt: skip


def _packets(case: Case, places: Places) -> list[int]:
    """The probes and what came back."""
    lives = case.tcp
    columns = np.concatenate([column[places] for column in (lives.first, lives.syn_ack, lives.rst, lives.last)])
    found: list[int] = once_each(columns[columns != NEVER]).tolist()
    return found


def _span(case: Case, places: Places) -> str:
    times = case.table["time"]
    begin, end = times[case.tcp.first[places]].min(), times[case.tcp.last[places]].max()
    return duration(int(end - begin) / BILLION)


def _outcomes(case: Case, places: Places) -> str:
    """'Open: 22, 53. Closed (RST): 25. Silent: 994 ports.'"""
    lives, ends = case.tcp, case.tcp_view.ends
    port, state = ends.server_port[places], lives.state[places]
    opened = _ports(port[lives.syn_ack[places] != NEVER])
    closed = _ports(port[state == State.refused]) & ~opened
    silent = _ports(port) & ~opened & ~closed
    told = []
    for name, mask in (("Open", opened), ("Closed (RST)", closed), ("Silent", silent)):
        numbers = np.flatnonzero(mask)
        if len(numbers):
            told.append(f"{name}: {count(len(numbers), 'port')} ({ports(numbers.tolist())}).")
    return " ".join(told)


def _ports(numbers: Places) -> Bools:
    """Which of all ports there are."""
    found = np.zeros(1 << 16, bool)
    found[numbers] = True
    return found


def _syn(case: Case, one: Probing) -> Finding:
    view = case.tcp_view
    source, target = view.address(one.source), view.address(one.target)
    number = int(np.count_nonzero(_ports(view.ends.server_port[one.places])))
    return finding(
        "tcp-scan-ports", Severity.error, f"{source} probed {number} ports of {target}",
        f"{source} sent SYNs to {count(number, 'port')} of {target} in {_span(case, one.places)}, and sent no data: "
        f"a port scan. {_outcomes(case, one.places)}",
        _packets(case, one.places), hosts=(source, target), lesson="scan",
    )  # fmt: skip


def _ack(case: Case, one: Probing) -> Finding:
    view = case.tcp_view
    source, target = view.address(one.source), view.address(one.target)
    number = int(np.count_nonzero(_ports(view.ends.server_port[one.places])))
    reset = int(np.count_nonzero(case.tcp.rst[one.places] != NEVER))
    return finding(
        "tcp-scan-ack", Severity.error, f"{source} probed {number} ports of {target} with ACKs",
        f"{source} sent a bare ACK without connection to {count(number, 'port')} of {target} in "
        f"{_span(case, one.places)}; {reset} were answered with RST, so nothing filters those ports. This is how a "
        f"firewall's rules are explored.",
        _packets(case, one.places), hosts=(source, target), lesson="scan",
    )  # fmt: skip


def _sweep(case: Case, one: Probing) -> Finding:
    view, lives = case.tcp_view, case.tcp
    source = view.address(one.source)
    servers = view.ends.server[one.places]
    hosts = [view.address(i) for i in dict.fromkeys(servers.tolist())]
    there = once_each(servers[(lives.syn_ack[one.places] != NEVER) | (lives.state[one.places] == State.refused)])
    answered = [view.address(i) for i in there.tolist()]
    told = f"{count(len(answered), 'host')} answered: {listed(answered)}." if answered else "None answered."
    numbers = once_each(view.ends.server_port[one.places]).tolist()
    what = f"port{'' if len(numbers) == 1 else 's'} {ports(numbers, 6)}"
    return finding(
        "tcp-scan-hosts", Severity.error, f"{source} looked for {what} on {len(hosts)} hosts",
        f"{source} sent SYNs to {what} of {len(hosts)} hosts ({listed(hosts, 3)}) in "
        f"{_span(case, one.places)}, and connected to none of them: a sweep. {told}",
        _packets(case, one.places), hosts=(source, *hosts[:20]), lesson="scan",
    )  # fmt: skip


def _flood(case: Case, one: Probing) -> Finding:
    view, lives = case.tcp_view, case.tcp
    target, number = view.address(one.target), len(one.places)
    clients = once_each(view.ends.client[one.places])
    answered = int(np.count_nonzero(lives.syn_ack[one.places] != NEVER))
    source = view.address(one.source) if one.source >= 0 else f"{len(clients)} addresses"
    return finding(
        "tcp-flood", Severity.error, f"{number} SYNs flood {target} port {one.port}",
        f"{number} connections from {source} to {target}:{one.port} were begun in {_span(case, one.places)} and not "
        f"completed; {answered} got a SYN,ACK. A SYN flood fills the server's table of half-open connections"
        f"{'; so many senders may be invented' if len(clients) > 50 else ''}.",
        _packets(case, one.places), hosts=(target, *(view.address(i) for i in clients[:20].tolist())), lesson="flood",
    )  # fmt: skip


_FLAGS = {"NULL": "no flags", "XMAS": "FIN, PSH and URG", "FIN": "FIN alone", "SYN+FIN": "SYN and FIN",
          "odd": "flags such as none at all, or SYN, FIN, PSH and URG together,"}  # fmt: skip


def _odd(case: Case, one: Probing) -> Finding:
    view, table = case.tcp_view, case.table
    source, target = view.address(one.source), view.address(one.target)
    numbers = once_each(table["destination_port"][one.packets])
    flags = _FLAGS[one.kind]
    told = (
        f"{source} sent {count(len(one.packets), 'packet')} with {flags} to {count(len(numbers), 'port')} of {target}"
    )
    hosts = (source, target)
    if len(numbers) >= ODD_PORTS:
        packets = once_each(np.concatenate([one.packets, _packets(case, one.places)])).astype(np.int64)
        reset = once_each(view.ends.server_port[one.places[case.tcp.rst[one.places] != NEVER]])
        closed = f" Closed (RST): {ports(reset.tolist())}." if len(reset) else ""
        return finding(
            "tcp-scan-odd", Severity.error, f"{source} probed {len(numbers)} ports of {target} ({one.kind} scan)",
            f"{told} ({ports(numbers.tolist())}), outside of any connection: a {one.kind} scan. An open port says "
            f"nothing, a closed one answers RST.{closed}", packets.tolist(), hosts=hosts, lesson="scan",
        )  # fmt: skip
    return finding(
        "tcp-odd-flags", Severity.warning, f"{source} sends flags that no connection needs",
        f"{told} ({ports(numbers.tolist())}). No stack does that to connect; tools do, to find out what system "
        f"answers.",
        one.packets.tolist(), hosts=hosts, lesson="scan",
    )  # fmt: skip


_TOLD = {"SYN": _syn, "ACK": _ack, "sweep": _sweep, "flood": _flood}


@rule("udp-scan")
def udp_scans(case: Case) -> Iterator[Finding]:
    """Many ports of one host, low ones among them, get a datagram each and hardly any answers."""
    lives, table = case.udp, case.table
    rows = np.flatnonzero((lives.state == State.unanswered) & (lives.packets <= 3))
    if len(rows) < UDP_PORTS:
        return
    first = lives.first[rows]
    port = table["destination_port"][first].astype(np.int64)
    good = (port < _TRACEROUTE[0]) | (port > _TRACEROUTE[1])
    rows, first, port = rows[good], first[good], port[good]
    if len(rows) < UDP_PORTS:
        return
    groups = Groups(table["source"][first] + 1, table["destination"][first] + 1)
    for group in groups.largest(groups.distinct(port), MOST)[0]:
        inside = groups.rows(group)
        numbers = once_each(port[inside])
        if len(numbers) < UDP_PORTS or np.count_nonzero(numbers < 1024) < UDP_LOW_PORTS:
            continue
        source, target = case.source(int(first[inside[0]])), case.destination(int(first[inside[0]]))
        times = table["time"][first[inside]]
        yield finding(
            "udp-scan", Severity.error, f"{source} probed {len(numbers)} UDP ports of {target}",
            f"{source} sent datagrams to {len(numbers)} UDP ports of {target} ({ports(numbers.tolist())}) in "
            f"{duration(int(times.max() - times.min()) / BILLION)} and got no datagram back: a port scan. A closed "
            f"port answers with ICMP port unreachable, an open or filtered one says nothing.",
            first[inside].tolist(), hosts=(source, target), lesson="scan",
        )  # fmt: skip
