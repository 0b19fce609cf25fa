"""DHCP: each exchange told as one, and what goes wrong in it (RFC 2131)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from ..protocols.messages import REQUEST, RESPONSE, Message
from .case import BILLION, Case, Known
from .finding import Finding, Severity, finding
from .rules import rule
from .telling import times
from .words import count, duration, listed

DISCOVER, OFFER, ASK, DECLINE, ACK, NAK, RELEASE, INFORM = range(1, 9)
MOST = 30
LOOKED_AT = 3000
PATIENCE = 4 * BILLION
FOREVER = 0xFFFFFFFF
NOBODY = "0.0.0.0"

Group = list[Message]


def groups_of(messages: Sequence[Message]) -> list[Group]:
    """Messages of one client and transaction, up to its ACK or NAK (a repeated ACK belongs to it)."""
    found: list[Group] = []
    latest: dict[str, Group] = {}
    for message in messages:
        group = latest.get(message.key)
        ended = group is not None and message.role == REQUEST and any(_kind(m) in (ACK, NAK) for m in group)
        if group is None or ended:
            group = latest[message.key] = []
            found.append(group)
        group.append(message)
    return found


_known: Known[list[Group]] = Known()


def _groups(case: Case) -> list[Group]:
    found = _known.get(case)
    if found is None:
        said = [m for index in case.udp_at(67, 68)[:LOOKED_AT].tolist() for m in case.said(index)]
        found = _known[case] = groups_of([m for m in said if m.protocol == "DHCP" and "kind" in m.facts])
    return found


def _kind(message: Message) -> int:
    return int(message.facts.get("kind", 0))


def _packets(group: Sequence[Message]) -> list[int]:
    return [message.packet - 1 for message in group]


def _fact(group: Sequence[Message], kind: int, name: str) -> str:
    """A fact of the last message of a kind."""
    return next((str(m.facts[name]) for m in reversed(group) if _kind(m) == kind and name in m.facts), "")


def _of_groups(item: tuple[object, list[Group]]) -> list[int]:
    return [index for group in item[1] for index in _packets(group)]


@rule("dhcp-lease")
def leases(case: Case) -> Iterator[Finding]:
    """Addresses given, one note each; of many a summary."""
    given = [group for group in _groups(case) if any(_kind(m) == ACK for m in group)]
    given = [group for group in given if not any(_kind(m) == INFORM for m in group)]
    given = [group for group in given if _fact(group, ACK, "address") not in ("", NOBODY)]
    for group in given[:MOST]:
        yield _lease(case, group)
    if len(given) > MOST:
        rest = given[MOST:]
        clients = {str(group[0].facts.get("client")) for group in rest}
        yield finding(
            "dhcp-lease", Severity.note, f"{len(rest)} more addresses given by DHCP",
            f"{count(len(rest), 'more lease')} went to {count(len(clients), 'client')}.",
            [index for group in rest for index in _packets(group)], lesson="dhcp",
        )  # fmt: skip


def _lease(case: Case, group: Group) -> Finding:
    address, client = _fact(group, ACK, "address"), _fact(group, ACK, "client")
    ack = next(m for m in group if _kind(m) == ACK)
    server = _fact(group, ACK, "server") or case.source(ack.packet - 1)
    seconds = _fact(group, ACK, "lease")
    if not seconds:
        lease = ""
    else:
        lease = " for ever" if int(seconds) == FOREVER else f" for {_span(int(seconds))}"
    steps = list(dict.fromkeys(m.text.strip() for m in group))
    kinds = {_kind(m) for m in group}
    known = "" if DISCOVER in kinds else " The client asked for an address that it had before."
    if DISCOVER not in kinds and ASK not in kinds:
        known = " The beginning of the exchange is not in the capture."
    took = (ack.time - group[0].time) / BILLION
    return finding(
        "dhcp-lease", Severity.note, f"{address} given to {client}",
        f"DHCP server {server} gave {client} the address {address}{lease} ({', '.join(steps)}; {duration(took)})."
        f"{known}",
        _packets(group), hosts=(address, server, client), lesson="dhcp",
    )  # fmt: skip


def _span(seconds: int) -> str:
    """A lease time: '8 days', '1 h 30 min'."""
    if seconds >= 86_400 and seconds % 3600 == 0:
        days, hours = seconds // 86_400, seconds % 86_400 // 3600
        return count(days, "day") + (f" {hours} h" if hours else "")
    return duration(seconds)


@rule("dhcp-refused")
def refused(case: Case) -> Iterator[Finding]:
    """NAK: an address asked for was not given; a warning where another one was given later, an error otherwise."""
    bad: dict[tuple[str, str], list[Group]] = defaultdict(list)
    leased: dict[str, int] = {}
    for group in _groups(case):
        client = str(group[0].facts.get("client"))
        for m in group:
            if _kind(m) == ACK:
                leased[client] = m.packet
        if any(_kind(m) == NAK for m in group):
            nak = next(m for m in group if _kind(m) == NAK)
            bad[client, str(nak.facts.get("server") or case.source(nak.packet - 1))].append(group)
    for (client, server), groups in case.few(bad.items(), MOST, _of_groups):
        last = max(m.packet for group in groups for m in group if _kind(m) == NAK)
        later = leased.get(client, -1) > last
        asked = [m for m in groups[0] if _kind(m) == ASK]
        wanted = next((str(m.facts["asked"]) for m in asked if "asked" in m.facts), "") or (
            str(asked[0].facts.get("address", "")) if asked else "")  # fmt: skip
        what = wanted if wanted not in ("", NOBODY) else "its address"
        tail = "It got an address afterwards." if later else "It got no address in this capture."
        naks = sum(1 for group in groups for m in group if _kind(m) == NAK)
        yield finding(
            "dhcp-refused", Severity.warning if later else Severity.error, f"DHCP server refuses {client} {what}",
            f"{server} answered {client}, which asked for {what}, with {count(naks, 'NAK')}: the address belongs to "
            f"another network or to somebody else. {tail}",
            [index for group in groups for index in _packets(group)], hosts=(server, client), lesson="dhcp",
        )  # fmt: skip


@rule("dhcp-unanswered")
def unanswered(case: Case) -> Iterator[Finding]:
    """Clients that ask more than once and get nothing; one finding for all of them."""
    end = int(case.table["time"][case.count - 1])
    by_client: dict[str, list[Group]] = defaultdict(list)
    for group in _groups(case):
        by_client[str(group[0].facts.get("client"))].append(group)
    served = any(m.role == RESPONSE for groups in by_client.values() for group in groups for m in group)
    silent: list[tuple[str, list[Message]]] = []
    halfway: list[tuple[str, list[Message]]] = []
    for client, groups in by_client.items():
        said = [m for group in groups for m in group]
        if any(m.role == RESPONSE and _kind(m) != OFFER for m in said):
            continue
        asked = [m for m in said if _kind(m) in (DISCOVER, ASK)]
        if len(asked) < 2 or end - asked[0].time < PATIENCE:
            continue
        offered = any(_kind(m) == OFFER for m in said) or any(_kind(m) == ASK and "server" in m.facts for m in said)
        (halfway if offered else silent).append((client, asked))
    if silent:
        yield _silent(silent, served)
    for client, asked in case.few(halfway, MOST, lambda item: _packets(item[1])):
        yield finding(
            "dhcp-unanswered", Severity.warning, f"DHCP: {client} asks for an address, no ACK",
            f"{client} took an offer, but no ACK is in the capture ({count(len(asked), 'message')} in "
            f"{duration((asked[-1].time - asked[0].time) / BILLION)}).",
            _packets(asked), hosts=(client,), lesson="dhcp",
        )  # fmt: skip


def _silent(silent: list[tuple[str, list[Message]]], served: bool) -> Finding:
    clients = [client for client, _ in silent]
    asked = [m for _, mine in silent for m in mine]
    took = duration((max(m.time for m in asked) - min(m.time for m in asked)) / BILLION)
    subject = clients[0] if len(clients) == 1 else f"{len(clients)} clients"
    suggests = "Others were answered: the server has no address for them, or the answers are not captured here." if (
        served) else "No server is there, it has no addresses left, or no relay passes the requests on."  # fmt: skip
    return finding(
        "dhcp-unanswered", Severity.warning if served else Severity.error, f"DHCP: {subject} got no answer",
        f"{listed(clients)} asked {times(len(asked))} for an address in {took}; no offer is in the capture. "
        f"{suggests}",
        _packets(asked), hosts=clients[:20], lesson="dhcp",
    )  # fmt: skip


@rule("dhcp-two-servers")
def two_servers(case: Case) -> Iterator[Finding]:
    """Different servers that offer different addresses to one client (the same address: a fail-over pair)."""
    rivals: dict[tuple[str, ...], list[Group]] = defaultdict(list)
    for group in _groups(case):
        offers = {(_server(case, m), str(m.facts.get("address"))) for m in group if _kind(m) == OFFER}
        if len({server for server, _ in offers}) > 1 and len({address for _, address in offers}) > 1:
            rivals[tuple(sorted({server for server, _ in offers}))].append(group)
    for servers, groups in case.few(rivals.items(), MOST, _of_groups):
        offered = [m for group in groups for m in group if _kind(m) == OFFER]
        told = [f"{_server(case, m)} {m.facts.get('address')}" for m in offered]
        yield finding(
            "dhcp-two-servers", Severity.warning, f"{len(servers)} DHCP servers offer addresses",
            f"{count(len(groups), 'client request')} got offers of {listed(servers)}: {listed(told, 4)}. The client "
            f"takes whichever comes first; one server may be where it should not be.",
            _packets(offered), hosts=servers, lesson="dhcp",
        )  # fmt: skip


def _server(case: Case, message: Message) -> str:
    return str(message.facts.get("server") or case.source(message.packet - 1))


@rule("dhcp-declined")
def declined(case: Case) -> Iterator[Finding]:
    """Clients that found their address in use."""
    found = [m for group in _groups(case) for m in group if _kind(m) == DECLINE]
    if found:
        told = [f"{m.facts.get('asked', 'its address')} ({m.facts.get('client')})" for m in found]
        yield finding(
            "dhcp-declined", Severity.warning, "DHCP gave out an address that is in use",
            f"{listed(told)} {'was' if len(told) == 1 else 'were'} declined by the client: somebody else has that "
            f"address, perhaps set by hand.",
            _packets(found), hosts=[str(m.facts.get("client")) for m in found[:20]], lesson="dhcp",
        )  # fmt: skip
