"""The web without TLS: errors, redirects, requests that nobody answered."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

import numpy as np
from numpy.typing import NDArray

from ..tracker.flags import Flag
from ..tracker.lifecycle import NEVER, State
from .case import Case
from .finding import MASK, Finding, Severity, finding
from .rules import rule
from .telling import span
from .visits import NONE, Visits, visits
from .words import count, listed

MOST = 50
MANY = 20
"""From so many requests on that a server knows nothing of, somebody may be looking for what is there."""
REDIRECTS = (301, 302, 303, 307, 308)
REDIRECTED = 150
"""So many redirects are looked at, and told of, in detail."""
SOON = 10.0
"""Seconds in which a redirect is followed."""
WAITED = 5.0
_MISSED = int(Flag.lost_segment | Flag.ack_lost_segment)
CHALLENGES = (401, 407)
_CHAINS = 10


_SECRET = re.compile(
    r"((?:^|[?&;\s])[^=&?\s]{0,20}(?:pass|pwd|secret)[^=&?\s]{0,10}=)[^&\s'#]+|(//[^/@:\s]{0,100}:)[^/@\s]+(?=@)", re.I
)


def short(text: str, most: int = 80) -> str:
    """At most so many characters, without the passwords that stand in a URI."""
    text = _SECRET.sub(lambda match: (match[1] or match[2]) + MASK, text)
    return text if len(text) <= most else text[: most - 1] + "…"


@rule("http-error")
def errors(case: Case) -> Iterator[Finding]:
    """One finding a server for its 5xx, one for its 4xx."""
    web = visits(case)
    for family, severity in ((5, Severity.warning), (4, Severity.note)):
        wrong = np.flatnonzero(web.status // 100 == family)
        groups = _by_server(case, web, wrong)
        for group in sorted(groups, key=len, reverse=True)[:MOST]:
            yield _error(web, group, family, severity)
        if len(groups) > MOST:
            rest = [number for group in sorted(groups, key=len, reverse=True)[MOST:] for number in group]
            yield finding(
                f"http-error-{family}xx", severity, f"HTTP errors of {len(groups) - MOST} more servers",
                f"{count(len(rest), 'request')} to other servers got an answer with a status of {family}00 and above.",
                [web.packet(number) for number in rest], lesson="http-error",
            )  # fmt: skip


def _by_server(case: Case, web: Visits, chosen: NDArray[np.int64]) -> list[list[int]]:
    packets = web.said.packet[web.request[chosen]]
    keys = case.table["destination"][packets].astype(np.int64) << 16 | case.table["destination_port"][packets]
    groups: dict[int, list[int]] = defaultdict(list)
    for number, key in zip(chosen.tolist(), keys.tolist(), strict=True):
        groups[key].append(number)
    return list(groups.values())


def _error(web: Visits, group: list[int], family: int, severity: Severity) -> Finding:
    statuses = Counter(web.head(int(web.answer[number])).line.partition(" ")[2].strip()[:40] for number in group[:20])
    told = listed([status for status, _ in statuses.most_common(4)], 4)
    urls = list(dict.fromkeys(short(web.url(number)) for number in group[:5]))
    first = group[0]
    host = web.head(int(web.request[first])).fields.get("host", "")[:60] or web.server(first)
    who = "the server itself failed" if family == 5 else "the server works, but does not give what was asked for"
    unknown = family == 4 and len(group) >= MANY and int((web.status[group] == 404).sum()) >= MANY
    if unknown:
        severity = Severity.warning
        who = "so many wrong guesses look like a search for what the server holds, or like a site with broken links"
    return finding(
        f"http-error-{family}xx", severity, short(f"{host} answers {count(len(group), 'request')} with an error", 70),
        f"{web.at(first)} answered {told} to {count(len(group), 'request')}: {listed(urls, 3)}. "
        f"The status means that {who}." if family == 5 or not unknown else
        f"{web.at(first)} answered {told} to {count(len(group), 'request')}: {listed(urls, 3)}; "
        f"{who}.",
        [index for number in group for index in web.packets(number)], hosts=(web.server(first), web.client(first)),
        stream=web.stream(first) if len({web.stream(number) for number in group}) == 1 else None, lesson="http-error",
    )  # fmt: skip


@rule("http-redirect")
def redirects(case: Case) -> Iterator[Finding]:
    """One finding a chain of redirects; the chains beyond _CHAINS in one."""
    web = visits(case)
    moved = np.flatnonzero(np.isin(web.status, REDIRECTS))[:REDIRECTED].tolist()
    if not moved:
        return
    follower = {number: _follower(case, web, number) for number in moved}
    reached = set(follower.values())
    chains = []
    for number in moved:
        if number in reached and number != follower[number]:
            continue
        chain = [number]
        while (after := follower.get(chain[-1], NONE)) != NONE and after not in chain and len(chain) < 30:
            chain.append(after)
        chains.append(chain)
    alike: dict[tuple[str, ...], list[list[int]]] = defaultdict(list)
    for chain in sorted(chains, key=lambda chain: web.packet(chain[0])):
        alike[(*(web.url(number) for number in chain), _location(web, chain[-1]))].append(chain)
    kinds = list(alike.values())
    for kind in kinds[:_CHAINS]:
        yield _chain(web, kind)
    told = {number for kind in kinds[:_CHAINS] for chain in kind for number in chain}
    rest = [number for number in np.flatnonzero(np.isin(web.status, REDIRECTS)).tolist() if number not in told]
    if rest:
        yield finding(
            "http-redirect", Severity.note, f"{count(len(rest), 'more redirect')}",
            f"{count(len(rest), 'more request was', 'more requests were')} answered with a redirect.",
            [index for number in rest for index in web.packets(number)], lesson="http-redirect",
        )  # fmt: skip


def _location(web: Visits, number: int) -> str:
    answer = int(web.answer[number])
    location = web.head(answer).fields.get("location", "")[:2000] if answer != NONE else ""
    try:
        return urljoin(web.url(number), location).partition("#")[0] if location else ""
    except ValueError:
        return ""


def _follower(case: Case, web: Visits, number: int) -> int:
    """The request that goes where a redirect points to: the same client's, soon after."""
    wanted = _location(web, number)[:500]
    answered = int(web.said.packet[web.answer[number]])
    packets, sources = web.asked, web.askers
    later = np.flatnonzero((packets > answered) & (sources == sources[number]))
    for one in later[np.argsort(packets[later])][:40].tolist():
        if case.between(answered, int(packets[one])) > SOON:
            break
        if wanted and web.url(one).partition("#")[0] == wanted:
            return int(one)
    return NONE


def _chain(web: Visits, alike: list[list[int]]) -> Finding:
    """A chain of redirects, and how often it was gone through."""
    chain = alike[0]
    first, last = chain[0], chain[-1]
    steps = [f"{web.head(int(web.request[n])).method} {short(web.url(n))} → {int(web.status[n]) or 'no answer'}"
             for n in chain]  # fmt: skip
    end = ""
    if int(web.status[last]) in REDIRECTS:
        place = _location(web, last)
        secure = urlsplit(place).scheme == "https" if place.startswith("https:") else False
        end = f", to {short(place)}" if place else ", without saying where to"
        end += " (over TLS)." if secure else "; no request for that is in the capture."
    hops = sum(int(web.status[n]) in REDIRECTS for n in chain)
    host = urlsplit(web.url(first)).netloc if "//" in web.url(first) else web.server(first)
    many = hops >= 8
    return finding(
        "http-redirect", Severity.warning if many else Severity.note,
        short(f"{host[:40]} redirects" + (f" {hops} times in a row" if hops > 1 else f" with {int(web.status[first])}"),
              70),
        "; ".join(steps) + (end or ".") + (f" {len(alike)} times in all." if len(alike) > 1 else ""),
        [index for chain in alike for n in chain for index in web.packets(n)],
        hosts=(web.server(first), web.client(first)), stream=web.stream(first) if len(alike) == 1 else None,
        lesson="http-redirect",
    )  # fmt: skip


@rule("http-unanswered")
def unanswered(case: Case) -> Iterator[Finding]:
    """Requests without any byte of an answer: the connection ended first, or nothing came for WAITED seconds."""
    web = visits(case)
    chosen = np.flatnonzero(web.answer == NONE)
    if not len(chosen):
        return
    spoken, lives = web.said, case.tcp
    silent = []
    for number in chosen[:2000].tolist():
        place, run = int(web.request[number]), spoken.run(int(spoken.stream[web.request[number]]))
        if bool((~spoken.client[place + 1 : run.stop]).any()) or not _is_http(web, number):
            continue
        life = int(np.searchsorted(case.tcp_numbers, spoken.stream[place]))
        if int(lives.bits[life]) & _MISSED or lives.state[life] == State.reset:
            continue  # the capture lacks what was said; the rule of resets tells
        if not _acknowledged(case, web.packet(number), int(spoken.stream[place])):
            continue  # lost on the way, or that side is not in the capture: not the application's silence
        ended = lives.state[life] in (State.closed, State.closing) and _ended_by_server(case, life)
        if ended or case.between(web.packet(number), case.count - 1) >= WAITED:
            silent.append(number)
    groups = sorted(_by_server(case, web, np.array(silent, np.int64)), key=len, reverse=True)
    for group in case.few(groups, MOST, lambda item: [index for number in item for index in web.packets(number)]):
        yield _silent(case, web, group)


def _acknowledged(case: Case, packet: int, stream: int) -> bool:
    """Whether the other side sent anything behind a packet."""
    packets = case.packets("tcp", stream)
    later = packets[np.searchsorted(packets, packet, side="right") :]
    return bool((case.table["direction"][later] != case.table["direction"][packet]).any())


def _is_http(web: Visits, number: int) -> bool:
    data = web.said.text(int(web.request[number]), mark=b"\r\n\r\n")
    return b" HTTP/1." in data.partition(b"\r\n")[0] and b"\r\n\r\n" in data


def _ended_by_server(case: Case, life: int) -> bool:
    closer = int(case.tcp.closer[life])
    return closer != NEVER and closer != int(case.tcp.client[life])


def _silent(case: Case, web: Visits, group: list[int]) -> Finding:
    first = group[0]
    lives = [int(np.searchsorted(case.tcp_numbers, web.said.stream[web.request[n]])) for n in group[:100]]
    ends = [int(case.tcp.last[life]) if _ended_by_server(case, life) else case.count - 1 for life in lives]
    waited = max(case.between(web.packet(n), end) for n, end in zip(group, ends, strict=False))
    closed = all(_ended_by_server(case, life) for life in lives)
    how = "the server closed the connection" if closed else "nothing came"
    after = f"{span(waited)} after that" if closed else f"for {span(waited)}"
    urls = list(dict.fromkeys(short(web.url(number)) for number in group[:5]))
    return finding(
        "http-unanswered", Severity.warning,
        short(f"{web.server(first)} leaves {count(len(group), 'web request')} unanswered", 70),
        f"{web.client(first)} asked {web.at(first)} for {listed(urls, 3)}, and not one byte of "
        f"an answer is in the capture: {how} {'up to ' if len(group) > 1 else ''}{after}.",
        [index for n in group for index in web.packets(n)], hosts=(web.server(first), web.client(first)),
        stream=web.stream(first) if len({web.stream(n) for n in group}) == 1 else None, lesson="http-unanswered",
    )  # fmt: skip
