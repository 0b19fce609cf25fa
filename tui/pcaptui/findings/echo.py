"""Echo requests (ping) without a reply, over IPv4 and IPv6."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from ..exchanges.tie import tie, words
from ..loader.table import NONE16
from .case import BILLION, Case
from .finding import Finding, Severity, finding
from .icmp_view import icmp_view
from .rules import rule
from .summing import and_more
from .words import count, duration, listed

MOST = 20
PATIENCE = BILLION
"""ns that a reply may take before the capture ends."""
SWEEP = 15
REQUESTS, REPLIES = {1: 8, 58: 128}, {1: 0, 58: 129}


@rule("echo-unanswered")
def unanswered(case: Case) -> Iterator[Finding]:
    """Pings that had no reply, one finding a pair of hosts; of a host that pings many, one for all."""
    packets, lacking, sent = _lacking(case)
    table = case.table
    pairs: dict[tuple[int, int], list[int]] = defaultdict(list)
    for index in packets[lacking].tolist():
        pairs[int(table["source"][index]), int(table["destination"][index])].append(index)
    by_source: dict[int, list[int]] = defaultdict(list)
    for source, destination in pairs:
        by_source[source].append(destination)
    rest: list[int] = []
    told = 0
    for source, destinations in by_source.items():
        if len(destinations) >= SWEEP:
            mine = [index for destination in destinations for index in pairs[source, destination]]
            yield _sweep(case, source, destinations, mine)
            continue
        for destination in destinations:
            told += 1
            if told > MOST:
                rest += pairs[source, destination]
            else:
                yield _pair(case, source, destination, pairs[source, destination], sent[source, destination])
    yield from and_more("echo-unanswered", Severity.note, "ping", rest)


def _lacking(case: Case) -> tuple[NDArray[np.int64], NDArray[np.bool_], dict[tuple[int, int], int]]:
    """ICMP echo messages, which of them are requests that should have had a reply, and requests by pair of hosts."""
    table, n = case.table, case.count
    chosen = np.isin(table["ip_protocol"][:n], (1, 58)) & case.plain & (table["transport"][:n] != NONE16)
    packets = np.flatnonzero(chosen & (table["source"][:n] >= 0)).astype(np.int64)
    head = case.capture.gather(packets, table["transport"][packets].astype(np.int64), 8)
    protocol = table["ip_protocol"][packets]
    request = head[:, 0] == np.where(protocol == 1, REQUESTS[1], REQUESTS[58])
    reply = head[:, 0] == np.where(protocol == 1, REPLIES[1], REPLIES[58])
    echo = request | reply
    packets, head, request, reply = packets[echo], head[echo], request[echo], reply[echo]
    source, destination = (table[name][packets].astype(np.int64) for name in ("source", "destination"))
    asker, asked = np.where(reply, destination, source), np.where(reply, source, destination)
    partner = tie([words(head, 4, 4), asker, asked], reply)
    answered = (partner >= 0) & reply[np.where(partner >= 0, partner, 0)]
    repeats = (partner >= 0) & ~answered
    lacking = request & ~answered & ~repeats
    if lacking.any():
        end = int(table["time"][n - 1])
        lacking &= table["time"][packets] <= end - PATIENCE
        view = icmp_view(case)
        lacking &= ~np.isin(packets, [one.quoted for one in view.reports])
        find = case.capture.addresses.find
        for one, other in view.traced:
            lacking &= ~((source == find(one)) & (destination == find(other)))
        for address in np.unique(destination[lacking]).tolist():
            raw = case.capture.addresses.raw(address)
            if raw[:1] == b"\xff" or (len(raw) == 4 and (raw[0] >= 224 or raw[3] in (0, 255))):
                lacking &= destination != address
    keys = np.unique(np.stack([source[lacking], destination[lacking]]), axis=1)
    sent = {
        (one, other): int(np.count_nonzero(request & (source == one) & (destination == other)))
        for one, other in keys.T[:2000].tolist()
    }
    return packets, lacking, defaultdict(int, sent)


def _sweep(case: Case, source: int, destinations: list[int], mine: list[int]) -> Finding:
    text = case.capture.addresses.text
    names = listed([text(one) for one in destinations])
    return finding(
        "echo-sweep", Severity.note, f"{text(source)} pings {len(destinations)} hosts that do not reply",
        f"{text(source)} sent {count(len(mine), 'ping')} to {len(destinations)} addresses "
        f"({names}) without a reply: it looks for hosts, or watches some that are off.",
        mine, hosts=(text(source),), lesson="echo",
    )  # fmt: skip


def _pair(case: Case, source: int, destination: int, mine: list[int], sent: int) -> Finding:
    text = case.capture.addresses.text
    asker, host = text(source), text(destination)
    sent = max(sent, len(mine))
    span = duration(case.between(mine[0], mine[-1])) if len(mine) > 1 else ""
    within = f" in {span}" if span else ""
    if len(mine) == sent:
        severity = Severity.warning if sent > 2 else Severity.note
        title = f"{host} does not reply to ping"
        told = f"{asker} sent {host} {count(sent, 'ping')}{within}, and no reply came: it is off, the way there or "
        told += "back is broken, or a firewall drops pings."
    else:
        share = len(mine) / sent
        severity = Severity.warning if len(mine) > 1 and share >= 0.02 else Severity.note
        title = f"{len(mine)} of {sent} pings to {host} lost"
        told = f"{len(mine)} of {count(sent, 'ping')} from {asker} to {host} had no reply ({share:.0%}): packets are "
        told += "lost on the way there or back."
    return finding("echo-unanswered", severity, title, told, mine, hosts=(host, asker), lesson="echo")
