"""DNS over TCP: zone transfers, and answers that did not fit into a datagram."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import numpy as np

from ..protocols.messages import REQUEST, RESPONSE
from .case import BILLION, LOOKED_AT, Case
from .dns_view import PORT, DnsView, dns_view
from .finding import Finding, Severity, finding
from .rules import rule
from .said import rows_with
from .words import count, listed

LOOKED_INTO = 120
"""Bytes of a packet to the name server that are searched for a query of a zone transfer."""
TRANSFERS = (b"\x00\xfc\x00\x01", b"\x00\xfb\x00\x01")
"""The end of a question: type AXFR (RFC 5936) or IXFR (RFC 1995), class IN."""
MOST = 50
SOON = 30 * BILLION


@rule("dns-zone-transfer")
def zone_transfers(case: Case) -> Iterator[Finding]:
    """One finding a zone, client and server."""
    told = 0
    for number in _streams(case):
        if told == MOST:
            return
        messages = case.tcp_messages(number)
        for one in messages:
            kind, _, zone = str(one.facts.get("question", "")).partition(" ")
            if one.role == REQUEST and kind in ("AXFR", "IXFR") and told < MOST:
                told += 1
                mine = [m for m in messages if m.role == RESPONSE and m.key[:4] == one.key[:4]]
                rcode = next((int(m.facts.get("rcode", 0)) for m in mine), -1)
                records = sum(int(m.facts.get("answers", 0)) for m in mine)
                packets = [one.packet - 1, *(m.packet - 1 for m in mine)]
                yield _transfer(case, number, kind, zone, rcode, records, packets)


def _streams(case: Case) -> list[int]:
    """TCP streams in which a packet to port 53 may ask for a zone transfer."""
    table, n = case.table, case.count
    chosen = (table["ip_protocol"][:n] == 6) & (table["destination_port"][:n] == PORT) & case.plain
    packets = np.flatnonzero(chosen & (table["payload_length"][:n] > 14) & (table["stream"][:n] >= 0))[:LOOKED_AT]
    packets = packets.astype(np.int64)
    heads = case.capture.gather(packets, table["payload"][packets].astype(np.int64), LOOKED_INTO)
    rows = np.unique([row for mark in TRANSFERS for row in rows_with(heads, mark)]).astype(np.int64)
    return list(dict.fromkeys(table["stream"][packets[rows]].tolist()))


def _transfer(case: Case, number: int, kind: str, zone: str, rcode: int, records: int, packets: list[int]) -> Finding:
    client, server = case.source(packets[0]), case.destination(packets[0])
    zone = zone[:200]
    if rcode == 0 and records:
        title = f"Zone transfer of {zone} handed out"
        told = f"{server} handed {client} the zone {zone} ({kind}), {count(records, 'record')}"
        suggests = "in order for a secondary name server; anybody else now knows all names of the domain."
    elif rcode >= 0:
        title = f"Zone transfer of {zone} refused"
        told = f"{client} asked {server} for the zone {zone} ({kind}) and got none of it (reply code {rcode})"
        suggests = "the server gives it to others only, or has no such zone."
    else:
        title = f"Zone transfer of {zone} not answered"
        told = f"{client} asked {server} for the zone {zone} ({kind}); no answer is in the capture"
        suggests = "it may have come later."
    return finding(
        "dns-zone-transfer", Severity.note, title, f"{told}: {suggests}", packets, hosts=(server, client),
        stream=f"tcp:{number}", lesson="dns-zone",
    )  # fmt: skip


@rule("dns-over-tcp")
def retried(case: Case) -> Iterator[Finding]:
    """Answers over UDP that were cut, and what the client did about it."""
    view = dns_view(case)
    cut = np.flatnonzero(view.reply & view.truncated)[:2000]
    if not len(cut):
        return
    table, n = case.table, case.count
    opened = (table["ip_protocol"][:n] == 6) & (table["destination_port"][:n] == PORT) & case.plain
    syns = np.flatnonzero(opened & (table["tcp_flags"][:n] & 0x12 == 2))
    groups: dict[tuple[int, int], list[int]] = defaultdict(list)
    for place in cut.tolist():
        groups[int(view.client[place]), int(view.server[place])].append(place)
    told: dict[bool, list[tuple[list[int], list[int]]]] = {True: [], False: []}
    for (client, server), places in groups.items():
        mine = syns[(table["source"][syns] == client) & (table["destination"][syns] == server)]
        first = int(view.time[places[0]])
        mine = mine[(table["time"][mine] >= first) & (table["time"][mine] <= int(view.time[places[-1]]) + SOON)]
        case.go_on()
        told[bool(len(mine))].append((places, mine.tolist()[:50]))
    for again, cases in told.items():
        if cases:
            yield _cut(view, again, cases)


def _cut(view: DnsView, again: bool, cases: list[tuple[list[int], list[int]]]) -> Finding:
    """All answers that were cut, and the clients that asked again over TCP, or did not."""
    places = [place for mine, _ in cases for place in mine]
    askers, hosts = (
        [view.text(one) for one in dict.fromkeys(column[places].tolist())] for column in (view.client, view.server)
    )
    names = list(dict.fromkeys(view.question(place)[1] for place in places[:500]))
    did = "asked again over TCP" if again else "did not ask again over TCP in this capture"
    who = askers[0] if len(askers) == 1 else f"{len(askers)} clients" if again else "the clients"
    return finding(
        "dns-over-tcp", Severity.note,
        f"DNS answer too long for UDP: {names[0]}" if len(names) == 1 else "DNS answers too long for UDP",
        f"{count(len(places), 'answer')} of {listed(hosts, 3)} to {listed(askers, 3)} ({listed(names, 5)}) had to be "
        f"cut; {who} {did}.",
        [*view.packets[places].tolist(), *(index for _, syns in cases for index in syns)],
        hosts=(*hosts[:20], *askers[:20]), lesson="dns-tcp",
    )  # fmt: skip
