"""ARP: two MAC addresses for one address, a next hop taken over, announcements, requests that nobody answers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import numpy as np

from .case import BILLION, Case
from .claims import REPLY, REQUEST, Arp, Bools, Ints, arp_view, ip, mac
from .finding import Finding, Severity, finding
from .rules import rule
from .telling import times
from .words import count, duration, listed

MOST = 20
VIRTUAL = (0x00005E0001, 0x00000C07AC, 0x0007B400, 0x00005E0002)
"""First five bytes (four for GLBP) of MAC addresses that routers share: VRRP (RFC 9568), HSRP."""
STORM, STORM_SPAN = 20, 10 * BILLION
"""Announcements by one host within so many ns that are a storm."""
TRIES, PATIENCE = 3, 2 * BILLION
"""Requests without a reply, and the time from the first one, before something is said."""
SWEEP = 30
"""Different addresses that one host asks for: it looks for hosts rather than for a host."""


@rule("arp-conflict")
def conflicts(case: Case) -> Iterator[Finding]:
    """Addresses that several MAC addresses claim; one finding an address, or one for all that one MAC claims too."""
    arp = arp_view(case)
    own = (arp.sender != 0) & ~_virtual(arp.mac) & (arp.mac != 0)
    pairs = np.unique(np.stack([arp.sender[own], arp.mac[own]]), axis=1)
    addresses, many = np.unique(pairs[0], return_counts=True)
    disputed = addresses[many > 1]
    groups: dict[tuple[int, ...], list[int]] = defaultdict(list)
    for address in disputed.tolist():
        groups[tuple(pairs[1][pairs[0] == address].tolist())].append(address)
    for claimants, mine in case.few(groups.items(), MOST):
        yield _conflict(case, arp, claimants, mine)


def _conflict(case: Case, arp: Arp, claimants: tuple[int, ...], mine: list[int]) -> Finding:
    places = np.flatnonzero(np.isin(arp.sender, mine) & np.isin(arp.mac, claimants))
    claims = [arp.mac[places[arp.sender[places] == address]] for address in mine]
    moved = all(int(np.count_nonzero(one[1:] != one[:-1])) == 1 for one in claims) and len(claimants) == 2
    texts, names = [mac(one) for one in claimants], [ip(one) for one in mine]
    told = f"{listed(texts)} {'both ' if len(texts) == 2 else ''}claim {listed(names, 4)} in ARP"
    first = int(arp.packets[places[0]])
    changes = np.flatnonzero(claims[0][1:] != claims[0][:-1]) + 1
    at = places[arp.sender[places] == mine[0]][changes[0]]
    gap = case.between(first, int(arp.packets[at]))
    if moved:
        told += f": the second from {duration(gap)} after the first on, which was then heard no more"
        suggests = "a host or a card was replaced, or somebody takes its traffic."
    else:
        told += f", by turns ({count(len(places), 'packet')})"
        suggests = "two hosts have the same address, or one poses as the other to get its traffic."
    title = f"{len(texts)} MAC addresses claim {names[0] if len(names) == 1 else 'the same addresses'}"
    return finding(
        "arp-conflict", Severity.warning if moved else Severity.error, title, f"{told}: {suggests}",
        arp.packets[places].tolist(), hosts=(*names, *texts), lesson="arp",
    )  # fmt: skip


def _virtual(macs: Ints) -> Bools:
    found: Bools = np.isin(macs >> 8, VIRTUAL) | np.isin(macs >> 16, VIRTUAL)
    return found


@rule("arp-takeover")
def takeovers(case: Case) -> Iterator[Finding]:
    """A host's packets to far addresses go through another MAC address as soon as that one claims the next hop."""
    arp = arp_view(case)
    told = (arp.sender != 0) & (arp.sender != arp.target) & ~_virtual(arp.mac) & (arp.asked != 0)
    told &= (arp.operation == REPLY) | (arp.operation == REQUEST)
    pairs: dict[tuple[int, int, int], int] = {}
    macs = dict(zip(arp.sender.tolist(), arp.mac.tolist(), strict=True))
    for place in np.flatnonzero(arp.sender != arp.target)[:2000].tolist():
        victim = macs.get(int(arp.target[place]))
        if victim is not None and int(arp.sender[place]) and victim != int(arp.mac[place]):
            pairs.setdefault((victim, int(arp.mac[place]), int(arp.sender[place])), place)
    frames = _frames(case) if pairs else None
    if frames is None:
        return
    found = 0
    for (victim, taker, address), place in list(pairs.items())[:200]:
        case.go_on()
        one = _takeover(case, arp, frames, victim, taker, address, place)
        if one is not None and found < MOST:
            found += 1
            yield one


def _takeover(
    case: Case, arp: Arp, frames: tuple[Ints, ...], victim: int, taker: int, address: int, place: int
) -> Finding | None:
    """Whether the same far hosts were reached through another MAC address before, and through the taker after."""
    packets, to, by, near_end, far = frames
    at = int(arp.packets[place])
    near = case.capture.addresses.find(ip(address))
    mine = (by == victim) & (far != near)
    before, after = mine & (packets < at) & (to != taker), mine & (packets > at) & (to == taker)
    hosts = np.intersect1d(far[before], far[after])
    if not len(hosts):
        return None
    before &= np.isin(far, hosts)
    after &= np.isin(far, hosts)
    olds = np.unique(to[before])
    back = mine & (packets > at) & np.isin(to, olds) & np.isin(far, hosts)
    if len(olds) != 1 or np.count_nonzero(back) > np.count_nonzero(after):
        return None
    old = int(olds[0])
    passed = bool(((by == taker) & (to == victim) & (packets > at) & np.isin(near_end, hosts)).any())
    claimed = sorted(set(arp.sender[(arp.mac == taker) & (arp.sender != 0)].tolist()))
    names = [case.capture.addresses.text(one) for one in hosts.tolist()]
    who = ip(int(arp.target[place]))
    two = f"; it also claims {listed([ip(one) for one in claimed if one != address], 4)}" if len(claimed) > 1 else ""
    evidence = np.concatenate([arp.packets[(arp.mac == taker)], packets[before][-50:], packets[after]])
    does = "which passed them on: it reads along" if passed else "and no answer came back: it takes them"
    return finding(
        "arp-conflict", Severity.error if two else Severity.warning,
        f"Two MAC addresses claim the way out of {who}",
        f"{who} reached {listed(names, 3)} through {mac(old)} until {mac(taker)} told it that {ip(address)} is its own "
        f"address{two}. From then on {count(int(np.count_nonzero(after)), 'packet')} went to {mac(taker)}, {does} "
        f"(ARP poisoning), or it took over for the old router.",
        evidence.tolist(), hosts=(who, ip(address), mac(old), mac(taker)), lesson="arp",
    )  # fmt: skip


def _frames(case: Case) -> tuple[Ints, ...] | None:
    """(packet, MAC it goes to, MAC it comes from, IP address it comes from and goes to) of the first IP packets over
    Ethernet."""
    table, n = case.table, min(case.count, 200_000)
    links = np.array([one.link_type for one in case.capture.interfaces])[table["interface"][:n]]
    packets = np.flatnonzero((links == 1) & np.isin(table["ethertype"][:n], (0x0800, 0x86DD)) & case.plain[:n])
    if not len(packets):
        return None
    packets = packets.astype(np.int64)
    start = np.zeros(len(packets), np.int64)  # an Ethernet header is there, as an IP header is
    to, by = (case.capture.words(packets, start + at) >> np.uint64(16) for at in (0, 6))
    source, destination = (table[name][packets].astype(np.int64) for name in ("source", "destination"))
    return packets, to.astype(np.int64), by.astype(np.int64), source, destination


@rule("arp-duplicate-address")
def probed(case: Case) -> Iterator[Finding]:
    """A host asked whether its address is free (RFC 5227 section 2.1) and another one answered."""
    arp = arp_view(case)
    probes = np.flatnonzero((arp.operation == REQUEST) & (arp.sender == 0) & (arp.target != 0))
    groups: dict[int, list[int]] = defaultdict(list)
    for place in probes[:2000].tolist():
        groups[int(arp.target[place])].append(place)
    for address, places in list(groups.items())[:500]:
        asker = int(arp.mac[places[0]])
        claims = (arp.sender == address) & (arp.operation == REPLY) & (arp.mac != asker)
        claims &= (arp.time >= arp.time[places[0]]) & (arp.time <= arp.time[places[-1]] + PATIENCE)
        answers = np.flatnonzero(claims)
        if len(answers):
            holder = mac(int(arp.mac[answers[0]]))
            yield finding(
                "arp-duplicate-address", Severity.warning, f"{ip(address)} is in use already",
                f"{mac(asker)} asked whether {ip(address)} is free, and {holder} answered that it has that address: "
                f"two hosts were given the same one, by hand or by two servers.",
                arp.packets[np.concatenate([np.array(places), answers])].tolist(),
                hosts=(ip(address), mac(asker), holder), lesson="arp",
            )  # fmt: skip


@rule("arp-announcement")
def announcements(case: Case) -> Iterator[Finding]:
    """Gratuitous ARP: a note of all, a warning for hosts that announce without end."""
    arp = arp_view(case)
    places = np.flatnonzero(arp.gratuitous())
    if not len(places):
        return
    quiet = np.ones(len(places), bool)
    for sender in np.unique(arp.mac[places]).tolist()[:2000]:
        mine = np.flatnonzero(arp.mac[places] == sender)
        times = arp.time[places[mine]]
        if len(mine) >= STORM and (times[STORM - 1 :] - times[: len(times) - STORM + 1]).min() <= STORM_SPAN:
            quiet[mine] = False
            names = [ip(one) for one in dict.fromkeys(arp.sender[places[mine]].tolist())]
            span = duration((int(times[-1]) - int(times[0])) / BILLION)
            yield finding(
                "arp-storm", Severity.warning, f"{mac(sender)} announces itself again and again",
                f"{mac(sender)} announced {listed(names, 4)} {len(mine)} times in {span} without being asked: a "
                f"fail-over that flaps, a loop in the network, or somebody who keeps other hosts' tables wrong.",
                arp.packets[places[mine]].tolist(), hosts=(*names, mac(sender)), lesson="arp",
            )  # fmt: skip
    rest = places[quiet]
    if len(rest):
        names = [ip(one) for one in dict.fromkeys(arp.sender[rest].tolist())]
        sender = mac(int(arp.mac[rest[0]]))
        by = f" by {sender}" if len(names) == 1 else ""
        yield finding(
            "arp-announcement", Severity.note,
            f"{names[0]} announces itself" if len(names) == 1 else f"{len(names)} hosts announce themselves",
            f"{listed(names, 6)} {'was' if len(names) == 1 else 'were'} announced{by} without being asked (gratuitous "
            f"ARP, {count(len(rest), 'packet')}), as after a start, a change of address or a fail-over.",
            arp.packets[rest].tolist(), hosts=names[:20], lesson="arp",
        )  # fmt: skip


@rule("arp-unanswered")
def unanswered(case: Case) -> Iterator[Finding]:
    """Addresses asked for again and again that nobody has. Where nothing sent to the asker was captured, replies
    would not have been either, so it is a note then."""
    arp = arp_view(case)
    asks = (arp.operation == REQUEST) & (arp.sender != 0) & (arp.sender != arp.target) & (arp.target != 0)
    asks &= ~np.isin(arp.target, arp.sender)
    if np.count_nonzero(asks) == 0:
        return
    end = int(case.table["time"][case.count - 1])
    places = np.flatnonzero(asks)
    for asker in np.unique(arp.sender[places]).tolist()[:500]:
        case.go_on()
        mine = places[arp.sender[places] == asker]
        targets, many = np.unique(arp.target[mine], return_counts=True)
        if len(targets) >= SWEEP:
            yield _sweep(case, arp, asker, mine, len(targets))
            continue
        late = [one for one in targets[many >= TRIES].tolist()
                if end - int(arp.time[mine[arp.target[mine] == one][0]]) >= PATIENCE]  # fmt: skip
        late = [one for one in late if not _speaks(case, one)]
        if late:
            yield _absent(case, arp, asker, mine[np.isin(arp.target[mine], late)], late)


def _speaks(case: Case, address: int) -> bool:
    index = case.capture.addresses.find(ip(address))
    return index >= 0 and bool((case.table["source"][: case.count] == index).any())


def _sweep(case: Case, arp: Arp, asker: int, mine: Ints, targets: int) -> Finding:
    span = duration((int(arp.time[mine[-1]]) - int(arp.time[mine[0]])) / BILLION)
    return finding(
        "arp-sweep", Severity.note, f"{ip(asker)} asks for {targets} addresses that do not answer",
        f"{ip(asker)} ({mac(int(arp.mac[mine[0]]))}) asked by ARP for {targets} addresses in {span} that have no "
        f"reply in the capture: a router with traffic for absent hosts, a look-out for hosts, or a scan.",
        arp.packets[mine].tolist(), hosts=(ip(asker),), lesson="arp",
    )  # fmt: skip


def _absent(case: Case, arp: Arp, asker: int, mine: Ints, targets: list[int]) -> Finding:
    heard = bool(((arp.operation == REPLY) & (arp.target == asker)).any()) or _received(case, asker)
    span = duration((int(arp.time[mine[-1]]) - int(arp.time[mine[0]])) / BILLION)
    names = [ip(one) for one in targets]
    suggests = "no such host is on this link, or it is off." if heard else (
        "as nothing else sent to it is here, the replies may only not have been captured.")  # fmt: skip
    return finding(
        "arp-unanswered", Severity.warning if heard else Severity.note,
        f"Nobody has {names[0]}" if len(names) == 1 else f"Nobody has {len(names)} addresses that are asked for",
        f"{ip(asker)} asked {times(len(mine))} in {span} who has {listed(names)}, without a reply: {suggests}",
        arp.packets[mine].tolist(), hosts=(*names, ip(asker)), lesson="arp",
    )  # fmt: skip


def _received(case: Case, asker: int) -> bool:
    index = case.capture.addresses.find(ip(asker))
    return index >= 0 and bool((case.table["destination"][: case.count] == index).any())
