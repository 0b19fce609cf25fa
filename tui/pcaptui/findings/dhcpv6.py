"""DHCPv6: addresses and prefixes given, refusals, servers that do not answer (RFC 8415)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from ..loader.addresses import address_text
from .case import BILLION, Case, Known
from .dhcp import FOREVER
from .finding import Finding, Severity, finding
from .rules import rule
from .telling import times
from .words import duration, listed

SOLICIT, ADVERTISE, ASK, CONFIRM, RENEW, REBIND, REPLY = range(1, 8)
ANSWERS = frozenset((ADVERTISE, REPLY))
MOST = 30
LOOKED_AT = 5000
OPTIONS = 200
PATIENCE = 4 * BILLION
STATUS = {1: "unspecified failure", 2: "no addresses available", 3: "no binding", 4: "not on this link",
          5: "use multicast", 6: "no prefixes available"}  # fmt: skip


@dataclass(slots=True)
class Said:
    """One message. given: (address or prefix, valid lifetime in s); status: codes other than success."""

    packet: int
    kind: int
    transaction: int
    client: str = ""
    server: str = ""
    given: list[tuple[str, int]] = field(default_factory=list)
    status: list[int] = field(default_factory=list)


def read(packet: int, data: bytes) -> Said | None:
    """A message between client and server; None of relays' messages and of what is no message."""
    if len(data) < 4 or not SOLICIT <= data[0] <= 11:
        return None
    said = Said(packet, data[0], int.from_bytes(data[1:4], "big"))
    _options(said, data[4:], 0)
    return said


def _options(said: Said, data: bytes, depth: int) -> None:
    at = 0
    for _ in range(OPTIONS):
        if at + 4 > len(data):
            return
        code, size = int.from_bytes(data[at : at + 2], "big"), int.from_bytes(data[at + 2 : at + 4], "big")
        body = data[at + 4 : at + 4 + size]
        at += 4 + size
        if len(body) < size:
            return
        if code == 1 and not depth:
            said.client = body.hex()[:80]
        elif code == 2 and not depth:
            said.server = body.hex()[:80]
        elif (code == 3 and size >= 12 and not depth) or (code == 25 and size >= 12 and not depth):
            _options(said, body[12:], 1)
        elif code == 5 and size >= 24:
            said.given.append((address_text(body[:16]), int.from_bytes(body[20:24], "big")))
        elif code == 26 and size >= 25:
            said.given.append((f"{address_text(body[9:25])}/{body[8]}", int.from_bytes(body[4:8], "big")))
        elif code == 13 and size >= 2 and body[:2] != b"\0\0":
            said.status.append(int.from_bytes(body[:2], "big"))


_known: Known[list[Said]] = Known()


def _said(case: Case) -> list[Said]:
    found = _known.get(case)
    if found is None:
        found = []
        for index in case.udp_at(546, 547)[:LOOKED_AT].tolist():
            case.go_on()
            one = read(index, case.capture.payload(index))
            if one is not None:
                found.append(one)
        _known[case] = found
    return found


def _exchanges(case: Case) -> dict[tuple[str, int], list[Said]]:
    """(client identifier, transaction) → its messages."""
    found: dict[tuple[str, int], list[Said]] = defaultdict(list)
    for one in _said(case):
        found[one.client, one.transaction].append(one)
    return found


@rule("dhcpv6-lease")
def leases(case: Case) -> Iterator[Finding]:
    """Addresses and prefixes given: one note each, with the Solicit that began it."""
    solicited: dict[str, list[Said]] = defaultdict(list)
    told = 0
    for one in _said(case):
        if one.kind in (SOLICIT, ADVERTISE, ASK, RENEW, REBIND):
            solicited[one.client].append(one)
        if one.kind != REPLY or not any(valid for _, valid in one.given) or told >= MOST:
            continue
        told += 1
        before = solicited.pop(one.client, [])[-6:]
        client, server = case.destination(one.packet), case.source(one.packet)
        names = [f"{what} for {_life(valid)}" for what, valid in one.given if valid]
        took = f" in {duration(case.between(before[0].packet, one.packet))}" if before else ""
        yield finding(
            "dhcpv6-lease", Severity.note, f"{one.given[0][0]} given by DHCPv6",
            f"DHCPv6 server {server} gave {client} {listed(names)}{took}.",
            [*(m.packet for m in before), one.packet], hosts=(client, server), lesson="dhcp",
        )  # fmt: skip


def _life(seconds: int) -> str:
    return "ever" if seconds == FOREVER else duration(seconds)


@rule("dhcpv6-refused")
def refused(case: Case) -> Iterator[Finding]:
    """Answers with a status other than success."""
    groups: dict[tuple[str, int], list[Said]] = defaultdict(list)
    for one in _said(case):
        if one.kind in ANSWERS and one.status:
            groups[case.source(one.packet), one.status[0]].append(one)
    for (server, code), mine in case.few(groups.items(), MOST, lambda item: [one.packet for one in item[1]]):
        clients = list(dict.fromkeys(case.destination(one.packet) for one in mine))
        word = STATUS.get(code, f"status {code}")
        yield finding(
            "dhcpv6-refused", Severity.warning, f"DHCPv6 server: {word}",
            f"{server} answered {listed(clients)} {times(len(mine))} with '{word}'.",
            [one.packet for one in mine], hosts=(server, *clients[:20]), lesson="dhcp",
        )  # fmt: skip


@rule("dhcpv6-unanswered")
def unanswered(case: Case) -> Iterator[Finding]:
    """Clients that ask more than once and get nothing. Hosts do so wherever there is no DHCPv6: a note; where a client
    holds an address and asks its server to renew it, a warning."""
    end = int(case.table["time"][case.count - 1])
    asked: dict[tuple[str, bool], list[Said]] = defaultdict(list)
    answered: set[str] = set()
    for (client, _), mine in _exchanges(case).items():
        if any(one.kind in ANSWERS for one in mine):
            answered.add(client)
        for one in mine:
            if one.kind not in ANSWERS and one.kind not in (8, 9, 10):
                asked[client, one.kind in (ASK, RENEW, REBIND)].append(one)
    for holds in (True, False):
        silent = [mine for (client, kind), mine in asked.items() if kind is holds and client not in answered]
        silent = [mine for mine in silent if len(mine) > 1]
        silent = [mine for mine in silent if end - int(case.table["time"][mine[0].packet]) >= PATIENCE]
        if silent:
            every = sorted(one.packet for mine in silent for one in mine)
            clients = list(dict.fromkeys(case.source(index) for index in every))
            yield finding(
                "dhcpv6-unanswered", Severity.warning if holds else Severity.note,
                f"DHCPv6: {'no answer to renewals' if holds else 'no server answers'}",
                f"{listed(clients)} asked {times(len(every))} in "
                f"{duration(case.between(every[0], every[-1]))}; no answer is in the capture.",
                every, hosts=clients[:20], lesson="dhcp",
            )  # fmt: skip
