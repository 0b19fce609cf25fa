"""IPv6 neighbour discovery: addresses that two hosts have, neighbours that do not answer, redirects (RFC 4861)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from ..loader.addresses import address_text
from ..loader.table import NONE16
from .case import BILLION, Case, Known
from .finding import Finding, Severity, finding
from .rules import rule
from .telling import times
from .words import count, duration, listed

SOLICITATION, ADVERTISEMENT, REDIRECT = 135, 136, 137
MOST = 20
LOOKED_AT = 20_000
TRIES, PATIENCE = 3, 2 * BILLION
OVERRIDE = 0x20


@dataclass(slots=True)
class Said:
    """One message. source, target, other: addresses as text (`other`: a redirect's destination); mac: the link-layer
    address option, "" without one; override: the O flag."""

    index: int
    kind: int
    source: str
    target: str
    other: str
    mac: str
    override: bool


_known: Known[list[Said]] = Known()


def _said(case: Case) -> list[Said]:
    found = _known.get(case)
    if found is not None:
        return found
    table, n = case.table, case.count
    packets = np.flatnonzero((table["ip_protocol"][:n] == 58) & case.plain & (table["transport"][:n] != NONE16))
    start = table["transport"][packets].astype(np.int64)
    room = table["captured"][packets].astype(np.int64) - start
    packets, start = packets[room >= 24].astype(np.int64), start[room >= 24]
    kinds = case.capture.gather(packets, start, 1)[:, 0]
    mine = np.flatnonzero((kinds >= SOLICITATION) & (kinds <= REDIRECT))[:LOOKED_AT]
    packets, start = packets[mine], start[mine]
    heads = case.capture.gather(packets, start, 40)
    found = []
    for index, head in zip(packets.tolist(), heads, strict=True):
        case.go_on()
        raw = head.tobytes()
        option = raw[24] in (1, 2) and raw[25] == 1 and raw[0] != REDIRECT
        found.append(Said(
            index, raw[0], case.source(index), address_text(raw[8:24]), address_text(raw[24:40]),
            address_text(raw[26:32]) if option else "", bool(raw[4] & OVERRIDE),
        ))  # fmt: skip
    _known[case] = found
    return found


@rule("nd-conflict")
def conflicts(case: Case) -> Iterator[Finding]:
    """Addresses that two link-layer addresses advertise as their own, by turns or one after the other."""
    claims: dict[str, list[Said]] = defaultdict(list)
    for one in _said(case):
        if one.kind == ADVERTISEMENT and one.mac and one.override:
            claims[one.target].append(one)
    disputed = {address: mine for address, mine in claims.items() if len({one.mac for one in mine}) > 1}
    for address, mine in case.few(disputed.items(), MOST, lambda item: [one.index for one in item[1]]):
        macs = list(dict.fromkeys(one.mac for one in mine))
        changes = sum(one.mac != two.mac for one, two in pairwise(mine))
        moved = changes == 1
        suggests = "It moved to another card, or somebody takes its traffic." if moved else (
            "Two hosts have it, or one poses as the other to get its traffic.")  # fmt: skip
        yield finding(
            "nd-conflict", Severity.warning if moved else Severity.error,
            f"{len(macs)} MAC addresses claim {address}",
            f"{listed(macs)} advertise {address} as their own{'' if moved else ', by turns'} "
            f"({count(len(mine), 'advertisement')}). {suggests}",
            [one.index for one in mine], hosts=(address, *macs[:20]), lesson="arp",
        )  # fmt: skip


@rule("nd-duplicate-address")
def duplicates(case: Case) -> Iterator[Finding]:
    """Duplicate address detection that found a duplicate (RFC 4862 section 5.4)."""
    probes: dict[str, list[Said]] = defaultdict(list)
    told: set[str] = set()
    for one in _said(case):
        if one.kind == SOLICITATION and one.source == "::":
            probes[one.target].append(one)
        elif one.kind == ADVERTISEMENT and one.target in probes and one.target not in told:
            probe = probes[one.target][-1]
            late = case.between(probe.index, one.index) * BILLION > PATIENCE
            if late or _sender(case, probe.index) == _sender(case, one.index) or len(told) >= MOST:
                continue
            told.add(one.target)
            yield finding(
                "nd-duplicate-address", Severity.warning, f"{one.target} is in use already",
                f"{_sender(case, probe.index) or 'A host'} asked whether {one.target} is free, and "
                f"{one.mac or _sender(case, one.index) or 'another'} answered that it has that address: the first one "
                f"must not use it.",
                [*(p.index for p in probes[one.target]), one.index], hosts=(one.target,), lesson="arp",
            )  # fmt: skip


def _sender(case: Case, index: int) -> str:
    """The MAC address a packet came from, "" if its link has none that we know of."""
    frame = case.capture.frame(index)
    return address_text(frame[6:12]) if case.capture.link_type(index) == 1 and len(frame) >= 14 else ""


@rule("nd-unanswered")
def unanswered(case: Case) -> Iterator[Finding]:
    """Neighbours asked for again and again that do not advertise themselves."""
    said = _said(case)
    present = {one.target for one in said if one.kind == ADVERTISEMENT}
    asked: dict[str, dict[str, list[Said]]] = defaultdict(lambda: defaultdict(list))
    for one in said:
        if one.kind == SOLICITATION and one.source != "::" and one.target not in present:
            asked[one.source][one.target].append(one)
    end = int(case.table["time"][case.count - 1])
    find, table = case.capture.addresses.find, case.table
    for source, targets in list(asked.items())[:200]:
        case.go_on()
        lacking = {target: mine for target, mine in targets.items() if len(mine) >= TRIES
                   and end - int(table["time"][mine[0].index]) >= PATIENCE
                   and not (table["source"][: case.count] == find(target)).any()}  # fmt: skip
        if not lacking:
            continue
        mine = sorted(one.index for some in lacking.values() for one in some)
        heard = bool((table["destination"][: case.count] == find(source)).any())
        names = list(lacking)
        many = len(names) >= 30
        yield finding(
            "nd-unanswered", Severity.warning if heard and not many else Severity.note,
            (f"Nobody has {names[0]}" if len(names) == 1 else f"Nobody has {len(names)} addresses asked for"),
            f"{source} asked {times(len(mine))} in {duration(case.between(mine[0], mine[-1]))} for the neighbour "
            f"{listed(names, 4)}, without an answer"
            f"{'.' if heard else '; nothing else sent to it is here, so answers may only not have been captured.'}",
            mine, hosts=(source, *names[:20]), lesson="arp",
        )  # fmt: skip


@rule("nd-redirect")
def redirects(case: Case) -> Iterator[Finding]:
    """Routers that tell a better next hop (RFC 4861 section 8)."""
    groups: dict[tuple[str, str, str], list[Said]] = defaultdict(list)
    for one in _said(case):
        if one.kind == REDIRECT:
            groups[one.source, case.destination(one.index), one.target].append(one)
    for (router, host, target), mine in case.few(groups.items(), MOST, lambda item: [one.index for one in item[1]]):
        others = list(dict.fromkeys(one.other for one in mine))
        yield finding(
            "nd-redirect", Severity.note, f"{host} is redirected to {target}",
            f"{router} told {host} {times(len(mine))} to reach {listed(others, 3)} "
            f"through {target}. Nobody but the router of that link should tell so.",
            [one.index for one in mine], hosts=(router, host, target), lesson="icmp",
        )  # fmt: skip
