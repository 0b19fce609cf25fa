"""ICMP errors told with what they quote: unreachable, TTL exceeded, redirects, odd ones."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from .case import Case
from .dns_view import PORT
from .finding import Finding, Severity, finding
from .icmp_view import Report, icmp_view
from .rules import rule
from .summing import and_more
from .telling import times
from .words import count, listed, ports

MOST = 30
SCAN = 15
"""From so many ports of one host on somebody looks for open ones: the rules of scans tell that."""
FRAGMENTATION = 4
PORT_UNREACHABLE = {False: 3, True: 4}
NOISE = frozenset((137, 138, 161, 162, 514, 1900, 3702, 5353, 5355, 33434))
"""UDP services that hosts are asked for whether they have them or not."""
SERVICES = frozenset((53, 67, 123, 137, 161, 500, 547))
PROTOCOLS = {1: "ICMP", 6: "TCP", 17: "UDP", 58: "ICMPv6", 132: "SCTP"}
FILTERS = {"network prohibited", "host prohibited", "filtered", "prohibited"}


@rule("icmp-unreachable")
def unreachable(case: Case) -> Iterator[Finding]:
    """One finding for who reports, about whom, for one reason."""
    view = icmp_view(case)
    groups: dict[tuple[str, str, bool, int, int], list[Report]] = defaultdict(list)
    for one in view.reports:
        traced = (one.source, one.destination) in view.traced
        if one.unreachable and not (one.code == FRAGMENTATION and not one.six) and not traced:
            groups[one.reporter, one.source, one.six, one.code, one.protocol].append(one)
    rest: list[int] = []
    for told, mine in enumerate(groups.values()):
        case.go_on()
        if told >= MOST:
            rest += [one.index for one in mine]
        else:
            yield _unreachable(case, mine)
    yield from and_more("icmp-unreachable", Severity.note, "ICMP error", rest)


def _unreachable(case: Case, mine: list[Report]) -> Finding:
    first = mine[0]
    reason = first.reason
    to_port = first.code == PORT_UNREACHABLE[first.six]
    targets = list(dict.fromkeys(one.destination for one in mine))
    numbers = sorted({one.destination_port for one in mine})
    transport = PROTOCOLS.get(first.protocol, f"IP protocol {first.protocol}")
    where = f" {transport} port{'s' if len(numbers) > 1 else ''} {ports(numbers)}" if (
        first.protocol in (6, 17, 132)) else f" ({transport})"  # fmt: skip
    severity, suggests = _judge(case, mine, to_port, reason, len(targets))
    whom = targets[0] if len(targets) == 1 else f"{len(targets)} addresses"
    which = f"port {numbers[0]}" if len(numbers) == 1 else f"{len(numbers)} ports"
    title = f"{whom}: {transport} {which} unreachable" if to_port else f"{whom} cannot be reached: {reason}"
    packets = [one.index for one in mine] + [one.quoted for one in mine if one.quoted >= 0]
    return finding(
        "icmp-unreachable", severity, title,
        f"{first.reporter} told {first.source} {times(len(mine))} that a packet to {listed(targets)}{where} "
        f"cannot be delivered: {reason}. {suggests}",
        packets, hosts=(first.reporter, first.source, *targets[:20]), lesson="icmp",
    )  # fmt: skip


def _judge(case: Case, mine: list[Report], to_port: bool, reason: str, targets: int) -> tuple[Severity, str]:
    first = mine[0]
    numbers = {one.destination_port for one in mine}
    if all(_answer(case, one) for one in mine):
        what = "It was an answer" if len(mine) == 1 else "They were answers"
        return Severity.note, f"{what} for a program that was gone already."
    if len(numbers) >= SCAN or targets >= SCAN:
        return Severity.note, "So many are the answer to somebody who looks for hosts or open ports."
    if first.protocol == 17 and numbers <= NOISE:
        return Severity.note, "Programs ask for this service without knowing whether it is there."
    attempts = icmp_view(case).attempts(mine)
    failed = Severity.error if attempts else Severity.warning
    syns = f" {count(attempts, 'SYN')} had no other answer." if attempts else ""
    if to_port:
        what = "no name server runs there" if numbers == {PORT} else "nothing listens there, or a firewall rejects it"
        return failed, f"The host is up; {what}.{syns}"
    if reason in FILTERS:
        return failed, f"A router or firewall on the way does not let it pass.{syns}"
    lost = not any(_speaks(case, one) for one in mine)
    if first.protocol == 6:
        return failed, f"The connection cannot come about: no route, or the host is off.{syns}"
    return Severity.error if lost and len(mine) > 1 else Severity.warning, "No route, or the host is off."


def _answer(case: Case, one: Report) -> bool:
    """Whether the quoted datagram was an answer."""
    if one.protocol != 17:
        return False
    if one.quoted >= 0 and int(case.table["stream"][one.quoted]) >= 0:
        return int(case.table["direction"][one.quoted]) == 1
    return one.source_port in SERVICES and one.destination_port > 1023


def _speaks(case: Case, one: Report) -> bool:
    index = case.capture.addresses.find(one.destination)
    return bool((case.plain & (case.table["source"][: case.count] == index)).any())


@rule("icmp-ttl-exceeded")
def expired(case: Case) -> Iterator[Finding]:
    """Packets that ran out of hops, other than those of a traceroute."""
    view = icmp_view(case)
    groups: dict[tuple[str, str], list[Report]] = defaultdict(list)
    for one in view.reports:
        if one.expired and (one.source, one.destination) not in view.traced:
            groups[one.reporter, one.source].append(one)
    for (reporter, source), mine in case.few(groups.items(), MOST, lambda item: [one.index for one in item[1]]):
        lives = [view.lives[one.quoted] for one in mine if one.quoted >= 0]
        targets = list(dict.fromkeys(one.destination for one in mine))
        few = bool(lives) and max(lives) <= 32
        sent = f" They were sent with {min(lives)} to {max(lives)} hops to go." if lives else ""
        suggests = "they were sent with few hops on purpose, or from far away" if few else (
            "routers that send them in a circle, or a very long way")  # fmt: skip
        yield finding(
            "icmp-ttl-exceeded", Severity.note if few or len(mine) < 2 else Severity.warning,
            f"Packets to {targets[0]} run out of hops" if len(targets) == 1 else "Packets run out of hops",
            f"{reporter} dropped {count(len(mine), 'packet')} of {source} to {listed(targets)}: the TTL was used up."
            f"{sent} That is what comes of {suggests}.",
            [one.index for one in mine] + [one.quoted for one in mine if one.quoted >= 0],
            hosts=(reporter, source, *targets[:20]), lesson="icmp",
        )  # fmt: skip


@rule("icmp-reassembly")
def reassembly(case: Case) -> Iterator[Finding]:
    """Hosts that tell that pieces of a datagram never came (code 1 of time exceeded)."""
    groups: dict[tuple[str, str], list[Report]] = defaultdict(list)
    for one in icmp_view(case).reports:
        if one.kind == (3 if one.six else 11) and one.code == 1:
            groups[one.reporter, one.source].append(one)
    for (reporter, source), mine in case.few(groups.items(), MOST, lambda item: [one.index for one in item[1]]):
        yield finding(
            "icmp-reassembly", Severity.warning, f"{reporter} lacks pieces of datagrams",
            f"{reporter} told {source} {times(len(mine))} that not all fragments of a datagram came in time: "
            f"a piece is lost on the way, or dropped by a firewall.",
            [one.index for one in mine] + [one.quoted for one in mine if one.quoted >= 0],
            hosts=(reporter, source), lesson="fragments",
        )  # fmt: skip


@rule("icmp-redirect")
def redirects(case: Case) -> Iterator[Finding]:
    """Routers that tell a better way (RFC 792)."""
    groups: dict[tuple[str, str, str], list[Report]] = defaultdict(list)
    for one in icmp_view(case).reports:
        if one.kind == 5 and not one.six:
            groups[one.reporter, one.source, one.gateway].append(one)
    rest: list[int] = []
    for told, ((reporter, source, gateway), mine) in enumerate(groups.items()):
        if told >= MOST:
            rest += [one.index for one in mine]
            continue
        targets = list(dict.fromkeys(one.destination for one in mine))
        yield finding(
            "icmp-redirect", Severity.note, f"{source} is redirected to {gateway}",
            f"{reporter} told {source} {times(len(mine))} to reach {listed(targets)} through {gateway}: a "
            f"shorter way on the same link. Nobody but the router of that link should tell so.",
            [one.index for one in mine] + [one.quoted for one in mine if one.quoted >= 0],
            hosts=(reporter, source, gateway), lesson="icmp",
        )  # fmt: skip
    yield from and_more("icmp-redirect", Severity.note, "redirect", rest)


@rule("icmp-parameter")
def parameters(case: Case) -> Iterator[Finding]:
    """Headers that somebody could not understand, and hosts that ask to be sent less."""
    groups: dict[tuple[str, str, bool], list[Report]] = defaultdict(list)
    for one in icmp_view(case).reports:
        quench = one.kind == 4 and not one.six
        if quench or one.kind == (4 if one.six else 12):
            groups[one.reporter, one.source, quench].append(one)
    for (reporter, source, quench), mine in case.few(groups.items(), MOST, lambda item: [one.index for one in item[1]]):
        told = "it gets more than it can handle (source quench)" if quench else "it does not understand a header field"
        yield finding(
            "icmp-parameter", Severity.note if quench else Severity.warning,
            f"{reporter} {'asks for less' if quench else 'rejects a header'}",
            f"{reporter} told {source} {times(len(mine))} that {told}.",
            [one.index for one in mine] + [one.quoted for one in mine if one.quoted >= 0],
            hosts=(reporter, source), lesson="icmp",
        )  # fmt: skip
