"""Traceroutes, each told as one with its hops."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import numpy as np

from .case import BILLION, LOOKED_AT, Case
from .finding import Finding, Severity, finding
from .icmp_view import Report, hop_limits, icmp_view
from .rules import rule
from .summing import and_more
from .words import count, duration

MOST = 30
HOPS = 64
AFTER = 10 * BILLION


@rule("traceroute")
def traceroutes(case: Case) -> Iterator[Finding]:
    """One note a source and destination."""
    rest: list[int] = []
    for told, ((source, destination), mine) in enumerate(icmp_view(case).traced.items()):
        case.go_on()
        if told >= MOST:
            rest += [one.index for one in mine]
        else:
            yield _told(case, source, destination, mine)
    yield from and_more("traceroute", Severity.note, "hop", rest)


def _told(case: Case, source: str, destination: str, mine: list[Report]) -> Finding:
    lives = icmp_view(case).lives
    by_hop: dict[int, list[Report]] = defaultdict(list)
    unknown: list[Report] = []
    for one in mine:
        (by_hop[lives[one.quoted]] if one.quoted >= 0 else unknown).append(one)
    probes = _probes(case, source, destination, mine)
    end = _end(case, source, destination, mine, probes)
    if end:
        by_end = [hop for hop, packets in probes.items() if end[0] in packets]
        last = min(by_end, default=0)
        first = min((hop for hop, packets in probes.items() if set(end[1]) & set(packets)), default=last)
    else:
        first = 0
    hops = _hops(case, by_hop, probes, first, destination, end)
    if not by_hop:
        hops = list(dict.fromkeys(one.reporter for one in unknown))
    length = first or max(by_hop, default=len(hops))
    reached = f"{destination} is {count(length, 'hop')} away" if first else (
        f"{destination} answered" if end else f"{destination} itself did not answer")  # fmt: skip
    packets = [one.index for one in mine] + [one.quoted for one in mine if one.quoted >= 0]
    packets += [index for some in probes.values() for index in some[:20]] + ([*end[1], *end[2]] if end else [])
    return finding(
        "traceroute", Severity.note, f"Traceroute to {destination}, {count(length, 'hop')}",
        f"{source} traced the way to {destination}: {', '.join(hops)}. {reached}.", packets,
        hosts=(source, destination, *dict.fromkeys(one.reporter for one in mine)), lesson="traceroute",
    )  # fmt: skip


def _hops(
    case: Case, by_hop: dict[int, list[Report]], probes: dict[int, list[int]], first: int, destination: str,
    end: tuple[int, list[int], list[int]] | None,
) -> list[str]:  # fmt: skip
    """'1 10.0.0.1 (2.0 ms)', '2 silent' ... up to the destination."""
    told = []
    tried = set(probes) | set(by_hop)
    for hop in sorted(tried)[:HOPS]:
        if first and hop > first and hop not in by_hop:
            continue
        mine = by_hop.get(hop, [])
        if mine:
            routers = list(dict.fromkeys(one.reporter for one in mine))
            least = min(case.between(one.quoted, one.index) for one in mine)
            told.append(f"{hop} {' or '.join(routers[:3])} ({duration(max(least, 0))})")
        elif hop == first and end:
            least = min(case.between(ask, answer) for ask, answer in zip(end[1], end[2], strict=True))
            told.append(f"{hop} {destination} ({duration(max(least, 0))})")
        else:
            told.append(f"{hop} silent")
    return told


def _probes(case: Case, source: str, destination: str, mine: list[Report]) -> dict[int, list[int]]:
    """TTL → packets of the same protocol to the destination, from the first probe on that is known."""
    known = [one.quoted for one in mine if one.quoted >= 0]
    if not known:
        return {}
    table, find = case.table, case.capture.addresses.find
    chosen = case.plain & (table["source"][: case.count] == find(source))
    chosen &= table["destination"][: case.count] == find(destination)
    chosen &= table["ip_protocol"][: case.count] == table["ip_protocol"][known[0]]
    packets = np.flatnonzero(chosen)
    after = int(table["time"][max(known)]) + AFTER
    packets = packets[(packets >= min(known)) & (table["time"][packets] <= after)][:LOOKED_AT]
    found: dict[int, list[int]] = defaultdict(list)
    for index, hops in zip(packets.tolist(), hop_limits(case, packets.tolist()), strict=True):
        if hops <= HOPS:
            found[hops].append(index)
    return found


def _end(
    case: Case, source: str, destination: str, mine: list[Report], probes: dict[int, list[int]]
) -> tuple[int, list[int], list[int]] | None:
    """Probes that the destination itself answered (the first of them, all, and the answers)."""
    pairs: dict[int, int] = {}
    for one in icmp_view(case).reports:
        if one.unreachable and one.reporter == destination and one.source == source and one.quoted >= 0:
            pairs.setdefault(one.quoted, one.index)
    wanted = {index for some in probes.values() for index in some}
    if wanted and int(case.table["ip_protocol"][min(wanted)]) in (1, 58):
        for reply, request in case.rows.echoes(case.count - 1).items():
            if request in wanted:
                pairs.setdefault(request, reply)
    elif wanted and int(case.table["ip_protocol"][min(wanted)]) == 6:
        pairs.update(_answers(case, source, destination, sorted(wanted)))
    pairs = {ask: answer for ask, answer in pairs.items() if ask in wanted}
    if not pairs:
        return None
    asks = sorted(pairs)
    return asks[0], asks, [pairs[ask] for ask in asks]


def _answers(case: Case, source: str, destination: str, wanted: list[int]) -> dict[int, int]:
    """SYNs and what the destination sent back to their port."""
    table, find = case.table, case.capture.addresses.find
    back = case.plain & (table["source"][: case.count] == find(destination))
    back &= (table["destination"][: case.count] == find(source)) & (table["ip_protocol"][: case.count] == 6)
    answers = np.flatnonzero(back)
    found: dict[int, int] = {}
    for index in wanted[:500]:
        port = int(table["source_port"][index])
        mine = answers[(answers > index) & (table["destination_port"][answers] == port)]
        if len(mine):
            found[index] = int(mine[0])
    return found
