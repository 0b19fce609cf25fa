"""DNS answers that say no, that come late, that fit no query, that contradict each other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

import numpy as np

from ..protocols.dns_types import RCODES
from .case import BILLION, LOOKED_AT, Case
from .dns_view import QUERY, UPDATE, DnsView, addresses, dns_view
from .finding import Finding, Severity, finding
from .rules import rule
from .words import count, duration, listed

MOST = 20
_LEFT_OUT = "a name that the answer leaves out"
NO_FAILURE, FORMAT, FAILURE, NO_NAME, NOT_IMPLEMENTED, REFUSED = range(6)
SLOW, VERY_SLOW = 1.0, 3.0
"""Seconds that an answer may take before it is told of, and before a single one is worth a warning."""
CLOSE = 5 * BILLION
"""ns within which two answers are about one query."""


@rule("dns-failure")
def failures(case: Case) -> Iterator[Finding]:
    """Answers with an error, one finding a server and kind of error; 'no such name' is a note."""
    view = dns_view(case)
    bad = np.flatnonzero(view.reply & (view.rcode != NO_FAILURE))[:LOOKED_AT]
    groups: dict[tuple[int, int, int], list[int]] = defaultdict(list)
    for place in bad.tolist():
        groups[int(view.server[place]), int(view.rcode[place]), int(view.opcode[place])].append(place)
    for (server, rcode, opcode), places in case.few(
        groups.items(), 2 * MOST, lambda item: view.packets[item[1]].tolist()
    ):
        if opcode == QUERY and rcode == NO_NAME:
            yield _no_name(case, view, server, places)
        else:
            yield _failure(case, view, server, rcode, opcode, places)


def _asked(case: Case, view: DnsView, places: list[int]) -> list[str]:
    names: dict[str, None] = {}
    for place in places[:2000]:
        case.go_on()
        names[view.question(place)[1] or _LEFT_OUT] = None
    return list(names)


def _no_name(case: Case, view: DnsView, server: int, places: list[int]) -> Finding:
    names, host = _asked(case, view, places), view.text(server)
    clients = [view.text(one) for one in dict.fromkeys(view.client[places].tolist())]
    return finding(
        "dns-no-such-name", Severity.note,
        f"No such name: {names[0]}" if len(names) == 1 else f"No such name, {len(names)} names",
        f"{host} answered {listed(clients, 3)} that {listed(names, 8)} "
        f"{'does' if len(names) == 1 else 'do'} not exist ({count(len(places), 'answer')}).",
        view.packets[places].tolist(), hosts=(host, *clients), lesson="dns-failure",
    )  # fmt: skip


def _failure(case: Case, view: DnsView, server: int, rcode: int, opcode: int, places: list[int]) -> Finding:
    names, host = _asked(case, view, places), view.text(server)
    clients = [view.text(one) for one in dict.fromkeys(view.client[places].tolist())]
    word = RCODES.get(rcode) or f"Error {rcode}"
    mended = opcode == QUERY and _mended(case, view, places)
    severity = Severity.note if mended or opcode == UPDATE else Severity.warning
    about = names[0] if len(names) == 1 else f"{len(names)} names"
    act = "an update of" if opcode == UPDATE else "a query for"
    suggests = _SUGGESTS.get(rcode, "")
    tail = " Each was answered later." if mended else f" {suggests}" if suggests and opcode == QUERY else ""
    return finding(
        "dns-failure", severity, f"{word} by {host}" if names == [_LEFT_OUT] else f"{word} for {about}",
        f"{host} answered {act} {listed(names, 6)} from {listed(clients, 3)} with '{word}' "
        f"({count(len(places), 'answer')}).{tail}",
        view.packets[places].tolist(), hosts=(host, *clients), lesson="dns-failure",
    )  # fmt: skip


_SUGGESTS = {
    FAILURE: "The server could not find out: look at the servers that it asks in turn.",
    REFUSED: "The server does not want to answer this client, or not for this domain.",
    FORMAT: "The server did not understand the query.",
    NOT_IMPLEMENTED: "The server does not know this kind of query.",
}


def _mended(case: Case, view: DnsView, places: list[int]) -> bool:
    """Whether each of the names got a good answer after the bad one, from whomever."""
    clients = np.unique(view.client[places])
    good = view.reply & (view.rcode == NO_FAILURE) & (view.opcode == QUERY) & np.isin(view.client, clients)
    later = np.flatnonzero(good)[np.flatnonzero(good) > places[0]][:2000]
    answered: dict[tuple[str, str], int] = {}
    for place in later.tolist():
        case.go_on()
        answered[view.question(place)] = place
    return all(answered.get(view.question(place), -1) > place for place in places[:2000])


@rule("dns-slow")
def slow(case: Case) -> Iterator[Finding]:
    """Servers whose answers took more than a second, from the first time that they were asked."""
    view = dns_view(case)
    asked = np.flatnonzero(~view.reply & (view.partner >= 0) & (view.opcode == QUERY))
    asked = asked[view.reply[view.partner[asked]]]
    took = (view.time[view.partner[asked]] - view.time[asked]) / BILLION
    servers = np.unique(view.server[asked[took >= SLOW]]).tolist()
    for server in case.few(servers, MOST, lambda one: view.packets[asked[view.server[asked] == one]].tolist()):
        mine = view.server[asked] == server
        late = asked[mine & (took >= SLOW)]
        times = took[mine & (took >= SLOW)]
        many = int(np.count_nonzero(mine))
        often = len(late) > 2 and len(late) >= 0.1 * many
        host, names = view.text(server), _asked(case, view, late.tolist())
        usual = took[mine & (took < SLOW)]
        rest = f", the other {count(many - len(late), 'answer')} within {duration(usual.max())}" if len(usual) else ""
        longest = f"up to {duration(times.max())}" if len(late) > 1 else duration(times.max())
        yield finding(
            "dns-slow", Severity.warning if often or times.max() >= VERY_SLOW else Severity.note,
            f"DNS: {host} took {longest} to answer",
            f"{count(len(late), 'answer')} of {host} came {longest} after the query ({listed(names, 5)}){rest}. "
            f"Whatever needs these names waits for that long before it can begin.",
            np.concatenate([view.packets[late], view.packets[view.partner[late]]]).tolist(), hosts=(host,),
            lesson="dns-unanswered",
        )  # fmt: skip


def _packets(view: DnsView, groups: Iterable[Iterable[int]]) -> list[int]:
    return [int(view.packets[place]) for group in groups for place in group]


@rule("dns-mismatched")
def mismatched(case: Case) -> Iterator[Finding]:
    """Answers for the name that a client asks for, to the port it asks from, but with an id that it did not use."""
    view = dns_view(case)
    stray = np.flatnonzero(view.reply & (view.partner < 0) & (view.opcode == QUERY))[:LOOKED_AT]
    if not len(stray):
        return
    sockets: dict[tuple[int, int, int], list[int]] = defaultdict(list)
    chosen = ~view.reply & np.isin(view.client, np.unique(view.client[stray]))
    for place in np.flatnonzero(chosen)[:LOOKED_AT].tolist():
        sockets[int(view.client[place]), int(view.client_port[place]), int(view.server[place])].append(place)
    groups: dict[tuple[int, int], list[tuple[int, int]]] = defaultdict(list)
    for place in stray.tolist():
        case.go_on()
        key = int(view.client[place]), int(view.client_port[place]), int(view.server[place])
        for query in reversed(sockets.get(key, [])[-200:]):
            waits = 0 <= int(view.time[place]) - int(view.time[query]) <= CLOSE and query < place
            if waits and view.question(query) == view.question(place):
                groups[key[0], key[2]].append((query, place))
                break
    for (client, server), pairs in case.few(groups.items(), MOST, lambda item: _packets(view, item[1])):
        places = [place for pair in pairs for place in pair]
        host, asker = view.text(server), view.text(client)
        names = _asked(case, view, [pair[1] for pair in pairs])
        query, answer = pairs[0]
        many = len(pairs) > 5
        suggests = "so many wrong guesses look like an attempt to forge the answer" if many else (
            "a broken server or relay, or somebody who guesses; a client drops such answers")  # fmt: skip
        yield finding(
            "dns-mismatched", Severity.error if many else Severity.warning,
            f"DNS answers of {host} with the wrong id",
            f"{asker} asked {host} for {listed(names, 4)}; {count(len(pairs), 'answer')} came with another id than the "
            f"query had (first 0x{int(view.ident[answer]):04x} instead of 0x{int(view.ident[query]):04x}): {suggests}.",
            view.packets[places].tolist(), hosts=(host, asker), lesson="dns-forged",
        )  # fmt: skip


@rule("dns-contradiction")
def contradictions(case: Case) -> Iterator[Finding]:
    """Two answers to one query that have not one address in common, or of which one says that the name is not."""
    view = dns_view(case)
    answers = np.flatnonzero(view.reply & (view.partner >= 0))
    queries, many = np.unique(view.partner[answers], return_counts=True)
    groups: dict[int, list[list[int]]] = defaultdict(list)
    for query in queries[many > 1][:2000].tolist():
        case.go_on()
        mine = [int(one) for one in answers[view.partner[answers] == query][:8]]
        if _differ(view, mine):
            groups[int(view.server[query])].append([query, *mine])
    for server, found in case.few(groups.items(), MOST, lambda item: _packets(view, item[1])):
        host = view.text(server)
        names = list(dict.fromkeys(view.question(one[0])[1] for one in found))
        gap = (int(view.time[found[0][2]]) - int(view.time[found[0][1]])) / BILLION
        packets = [int(view.packets[place]) for one in found for place in one]
        yield finding(
            "dns-contradiction", Severity.warning, f"Two different answers for {names[0]}",
            f"{count(len(found), 'query', 'queries')} to {host} ({listed(names, 4)}) got more than one answer, and "
            f"the answers have nothing in common (the second came {duration(gap)} after the first). A client believes "
            f"the first. Somebody on the path may answer in the server's place.",
            packets, hosts=(host,), lesson="dns-forged",
        )  # fmt: skip


def _differ(view: DnsView, answers: list[int]) -> bool:
    first = answers[0]
    known = addresses(view.payload(first))
    for other in answers[1:]:
        if int(view.time[other]) - int(view.time[first]) > CLOSE or view.question(other) != view.question(first):
            continue
        told = addresses(view.payload(other))
        codes = {int(view.rcode[first]), int(view.rcode[other])}
        if codes == {NO_FAILURE, NO_NAME} or (known and told and known.isdisjoint(told)):
            return True
    return False


@rule("dns-disagreement")
def disagreements(case: Case) -> Iterator[Finding]:
    """A name that one server says does not exist and another gives an address for."""
    view = dns_view(case)
    denied = np.flatnonzero(view.reply & (view.rcode == NO_NAME) & (view.opcode == QUERY))[:2000]
    if not len(denied) or len(np.unique(view.server[view.reply])) < 2:
        return
    given = np.flatnonzero(view.reply & (view.rcode == NO_FAILURE) & (view.answers > 0))[:LOOKED_AT]
    view.read(given)
    names: dict[tuple[str, str], int] = {}
    for place in given.tolist():
        names.setdefault(view.question(place), place)
    found: dict[tuple[int, int], list[tuple[int, int]]] = defaultdict(list)
    for place in denied.tolist():
        case.go_on()
        other = names.get(view.question(place)) if view.question(place)[0] in ("A", "AAAA") else None
        if other is not None and view.server[other] != view.server[place]:
            found[int(view.server[place]), int(view.server[other])].append((place, other))
    for (no, yes), pairs in case.few(found.items(), MOST, lambda item: _packets(view, item[1])):
        about = _asked(case, view, [pair[0] for pair in pairs])
        yield finding(
            "dns-disagreement", Severity.note, f"Servers disagree whether {about[0]} exists",
            f"{view.text(no)} says that {listed(about, 4)} does not exist, {view.text(yes)} has an answer: servers "
            f"of different networks, or one that answers for names that are not there.",
            [int(view.packets[place]) for pair in pairs for place in pair],
            hosts=(view.text(no), view.text(yes)), lesson="dns-forged",
        )  # fmt: skip
