"""DNS queries that nobody answers: name servers that are silent, names that get no answer, queries that are lost."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from .case import BILLION, LOOKED_AT, Case
from .claims import via
from .dns_view import QUERY, DnsView, dns_view
from .finding import Finding, Severity, finding
from .rules import rule
from .telling import times
from .words import count, duration, listed

WAIT = 2 * BILLION
"""ns that a query must have had for its answer before the capture ends."""
MOST = 20
LOST_SHARE = 0.2


@dataclass(slots=True)
class _Lookup:
    """One name asked for by one client: places of its unanswered queries, and whether it was answered besides."""

    client: int
    name: str
    places: list[int] = field(default_factory=list)
    answered: bool = False


@rule("dns-unanswered")
def unanswered(case: Case) -> Iterator[Finding]:
    """Names that nobody answered for: one finding a set of silent servers, one a client of servers that do speak."""
    view = dns_view(case)
    lookups = [one for one in _lookups(case, view) if one.places and not one.answered and _waited(case, view, one)]
    if not lookups:
        return
    speaking = set(view.server[view.reply].tolist())
    dead: dict[tuple[int, ...], list[_Lookup]] = defaultdict(list)
    single: dict[int, list[_Lookup]] = defaultdict(list)
    for one in lookups:
        servers = tuple(dict.fromkeys(view.server[one.places].tolist()))
        if speaking.isdisjoint(servers):
            dead[tuple(sorted(servers))].append(one)
        else:
            single[one.client].append(one)

    def packets(mine: list[_Lookup]) -> list[int]:
        return [int(view.packets[place]) for one in mine for place in one.places]

    for mine in case.few(dead.values(), MOST, packets):
        yield _nobody(case, view, mine)
    for mine in case.few(single.values(), MOST, packets):
        yield _some(case, view, mine)


def _waited(case: Case, view: DnsView, one: _Lookup) -> bool:
    return int(case.table["time"][case.count - 1]) - int(view.time[one.places[0]]) >= WAIT


def _lookups(case: Case, view: DnsView) -> list[_Lookup]:
    """All look-ups of the clients that lack an answer."""
    answered = view.answered()
    asked = ~view.reply & (view.opcode == QUERY)
    lacking = asked & ~answered & _to_one(case, view)
    clients = np.unique(view.client[lacking])
    found: dict[tuple[int, str], _Lookup] = {}
    places = np.flatnonzero(asked & np.isin(view.client, clients))[:LOOKED_AT]
    view.read(places)
    for place in places.tolist():
        kind, name = view.question(place)
        one = found.setdefault((int(view.client[place]), f"{kind} {name}"), _Lookup(int(view.client[place]), name))
        if answered[place]:
            one.answered = True
        elif lacking[place]:
            one.places.append(place)
    return list(found.values())


def _to_one(case: Case, view: DnsView) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Queries sent to one host: nobody need answer a group."""
    groups = [one for one in np.unique(view.server).tolist() if _group(case.capture.addresses.raw(one))]
    return ~np.isin(view.server, groups)


def _group(raw: bytes) -> bool:
    if len(raw) == 4:
        return raw[0] >= 224 or raw[3] == 255
    return raw[:1] == b"\xff"


def _story(case: Case, view: DnsView, mine: list[_Lookup]) -> tuple[list[int], list[str], list[str], list[str], float]:
    """Places, clients, servers, names, and the seconds from the first query to the last one."""
    places = sorted(place for one in mine for place in one.places)
    clients = [view.text(one) for one in dict.fromkeys(view.client[places].tolist())]
    servers = [view.text(one) for one in dict.fromkeys(view.server[places].tolist())]
    names = list(dict.fromkeys(one.name or "a name" for one in mine))
    return places, clients, servers, names, (int(view.time[places[-1]]) - int(view.time[places[0]])) / BILLION


def _nobody(case: Case, view: DnsView, mine: list[_Lookup]) -> Finding:
    places, clients, servers, names, _ = _story(case, view, mine)
    packets = view.packets[places].tolist()
    heard = _heard(case, view, mine[0].client, packets[0])
    told = f"{listed(clients, 3)} asked {listed(servers)} {times(len(places))} for {listed(names, 4)}"
    span = f" in {duration(case.between(packets[0], case.count - 1))}"
    advice = "" if heard else (
        " Nothing that was sent to the client is in the capture: perhaps only one direction was captured."
    )  # fmt: skip
    severe = Severity.error if heard and len(places) > 1 else Severity.warning
    title = (
        f"DNS: {servers[0]} does not answer" if len(servers) == 1 else f"DNS: none of {len(servers)} servers answers"
    )
    return finding(
        "dns-unanswered", severe, title, f"{told}: no answer{span}.{_path(case, packets, servers)}{advice}", packets,
        hosts=(*clients, *servers), stream=_stream(case, packets), lesson="dns-unanswered",
    )  # fmt: skip


def _path(case: Case, packets: list[int], servers: list[str]) -> str:
    """What the capture knows of the first hop: whom the queries are sent to on the link, as ARP tells."""
    hop = via(case, packets[0])
    if hop is None:
        return ""
    if hop in servers:
        return f" {hop} itself can be reached (it tells its MAC address): look at the name service there."
    return f" The queries go through {hop}, which answers ARP: look at the path beyond it."


def _heard(case: Case, view: DnsView, client: int, index: int) -> bool:
    """Whether the capture holds anything sent to the client itself."""
    table = case.table
    if (table["destination"][: case.count] == client).any():
        return True
    frame = case.capture.frame(index)
    if case.capture.link_type(index) != 1 or len(frame) < 14:
        return False
    own = np.frombuffer(frame[6:12], np.uint8)
    some = np.arange(min(case.count, LOOKED_AT), dtype=np.int64)
    heads = case.capture.gather(some, np.zeros(len(some), np.int64), 6)
    return bool((heads == own).all(axis=1).any())


def _some(case: Case, view: DnsView, mine: list[_Lookup]) -> Finding:
    places, clients, servers, names, took = _story(case, view, mine)
    packets = view.packets[places].tolist()
    again = any(len(one.places) > 1 for one in mine)
    told = f" in {duration(took)}" if took else ""
    return finding(
        "dns-unanswered", Severity.warning if again else Severity.note,
        f"No answer for {names[0]}" if len(names) == 1 else f"No answer for {count(len(names), 'name')}",
        f"{clients[0]} asked {listed(servers)} {times(len(places))}{told} for {listed(names, 6)} and got no answer, "
        f"while other queries were answered: the server could not find out, or packets were lost.",
        packets, hosts=(*clients, *servers), stream=_stream(case, packets), lesson="dns-unanswered",
    )  # fmt: skip


def _stream(case: Case, packets: list[int]) -> str | None:
    labels = {case.capture.stream_label(index) for index in packets[:200]}
    return labels.pop() if len(labels) == 1 else None


@rule("dns-lost")
def lost(case: Case) -> Iterator[Finding]:
    """Servers whose lack of answers cost only time: the name was answered by another one, or when asked again."""
    view = dns_view(case)
    places = [place for one in _lookups(case, view) if one.answered for place in one.places]
    if len(places) < 3:
        return
    end = int(case.table["time"][case.count - 1])
    at = np.array([place for place in places if end - int(view.time[place]) >= WAIT], np.int64)
    asked = ~view.reply & (view.opcode == QUERY)
    for server in np.unique(view.server[at]).tolist()[:MOST]:
        mine = at[view.server[at] == server]
        every = int(np.count_nonzero(asked & (view.server == server)))
        told = bool((view.reply & (view.server == server)).any())
        if len(mine) < 3 or (told and len(mine) < LOST_SHARE * every):
            continue
        name = view.text(server)
        packets = view.packets[mine].tolist()
        seen = f"{len(mine)} of {count(every, 'query', 'queries')} to {name} had no answer"
        suggests = "look-ups wait until they are asked again"
        yield finding(
            "dns-lost", Severity.warning,
            f"DNS: {name} often does not answer" if told else f"DNS: {name} does not answer, others do",
            f"{seen}; the names were answered when asked again or by another server: {suggests}.", packets,
            hosts=(name,), lesson="dns-unanswered",
        )  # fmt: skip
