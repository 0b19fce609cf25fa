"""Connections that did not come about: refused, unanswered."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import numpy as np

from ..tracker.lifecycle import State
from .case import Case
from .finding import Finding, Severity, finding
from .rules import rule
from .words import count

MANY_PORTS = 15
"""From so many ports of one server on it is a scan that speaks, not a connection that fails."""


@rule("tcp-refused")
def refused(case: Case) -> Iterator[Finding]:
    """One finding a pair of client and server port that answered SYNs with RST and never let one in."""
    for (client, server, port), streams in _pairs(case, State.refused).items():
        packets = [int(i) for number in streams for i in case.packets("tcp", number)[:20]]
        attempts = sum(int(case.tcp.attempts[_place(case, number)]) for number in streams)
        yield finding(
            "tcp-refused", Severity.error, f"{server} refuses port {port}",
            f"{server} answered {count(attempts, 'SYN')} of {client} to port {port} with RST. The host is up, and "
            f"nothing listens there, or a firewall rejects it.",
            packets, hosts=(server, client), stream=f"tcp:{streams[0]}" if len(streams) == 1 else None,
            lesson="refused",
        )  # fmt: skip


@rule("tcp-unanswered")
def unanswered(case: Case) -> Iterator[Finding]:
    """One finding a pair of client and server port that answered no SYN."""
    for (client, server, port), streams in _pairs(case, State.unanswered).items():
        packets = [int(i) for number in streams for i in case.packets("tcp", number)[:20]]
        attempts = sum(int(case.tcp.attempts[_place(case, number)]) for number in streams)
        yield finding(
            "tcp-unanswered", Severity.error, f"{server} does not answer on port {port}",
            f"{client} sent {count(attempts, 'SYN')} to {server}:{port} and got no answer: dropped, not refused.",
            packets, hosts=(server, client), stream=f"tcp:{streams[0]}" if len(streams) == 1 else None,
            lesson="unanswered",
        )  # fmt: skip


def _place(case: Case, number: int) -> int:
    return int(np.searchsorted(case.tcp_numbers, number))


def _pairs(case: Case, state: State) -> dict[tuple[str, str, int], list[int]]:
    """Streams in a state by (client, server, port), without those of scans."""
    found: dict[tuple[str, str, int], list[int]] = defaultdict(list)
    tried: dict[tuple[str, str], set[int]] = defaultdict(set)
    for place in np.flatnonzero(case.tcp.state == state).tolist():
        conversation = case.conversation("tcp", int(case.tcp_numbers[place]))
        key = conversation.client, conversation.server
        found[*key, conversation.server_port].append(conversation.number)
        tried[key].add(conversation.server_port)
    return {key: streams for key, streams in found.items() if len(tried[key[0], key[1]]) < MANY_PORTS}
