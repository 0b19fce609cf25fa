"""What the web without TLS delivers: answers that end too early, and objects that take long to come."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from ..tracker.flags import Flag
from ..tracker.lifecycle import NEVER, State
from .case import BILLION, Case
from .finding import Finding, Severity, finding
from .rules import rule
from .summing import and_more
from .visits import NONE, Visits, visits
from .web import MOST, short
from .words import count, duration, listed, size

LOOKED_AT = 1000
LONG = 5.0
"""s from the first byte of an object to its last from which on people notice."""
GRAVE, CRAWL = 10.0, 20_000
"""s, and bytes a second below which that is a fault of the way or the server rather than a large object."""
_MISSED = np.uint32(Flag.lost_segment | Flag.ack_lost_segment)
_WITHOUT_BODY = (204, 304)
_ENDLESS = ("text/event-stream", "multipart/x-mixed-replace")
Ints = NDArray[np.int64]


def _ends(web: Visits, numbers: Ints) -> Ints:
    """Where in Said what belongs to each of some requests ends: at the stream's next request, or its end."""
    spoken = web.said
    following = np.append(web.request, len(spoken.packet))[numbers + 1]
    stops = spoken.begins[np.searchsorted(spoken.numbers, spoken.stream[web.request[numbers]]) + 1]
    found: Ints = np.minimum(following, stops)
    return found


def _lives(case: Case, web: Visits, numbers: Ints) -> Ints:
    return np.searchsorted(case.tcp_numbers, web.said.stream[web.request[numbers]])


def _sums(case: Case, web: Visits, numbers: Ints) -> Ints:
    """Bytes that the server sent in answer to each of some requests, heads and all, by sequence numbers: packets that
    were cut or came in fragments count as well."""
    spoken, table = web.said, case.table
    first, last = spoken.packet[web.answer[numbers]], spoken.packet[_ends(web, numbers) - 1]
    own = table["direction"][last] == table["direction"][first]
    begin = table["sequence"][first].astype(np.int64)
    end = np.where(own, table["sequence"][last] + table["payload_length"][last].astype(np.int64),
                   table["acknowledgment"][last].astype(np.int64))  # fmt: skip
    found: Ints = (end - begin) & 0xFFFFFFFF
    return found


def _until_closed(case: Case, number: int, web: Visits) -> int:
    """The same for the last answer of a connection that is closed: what the server's last packet tells."""
    table, answer = case.table, int(web.said.packet[web.answer[number]])
    packets = case.packets("tcp", int(web.said.stream[web.request[number]]))
    own = packets[table["direction"][packets] == table["direction"][answer]]
    end = table["sequence"][own].astype(np.int64) + table["payload_length"][own] - int(table["sequence"][answer])
    return int((end & 0xFFFFFFFF)[own >= answer].max())


def _promised(web: Visits, number: int) -> int:
    """Bytes that the answer to a request has by its own head, -1 where it does not say."""
    if web.head(int(web.request[number])).method in ("HEAD", "CONNECT") or int(web.status[number]) in _WITHOUT_BODY:
        return -1
    fields = web.head(int(web.answer[number])).fields
    length = fields.get("content-length", "")
    return int(length) if "transfer-encoding" not in fields and length.isdecimal() and len(length) < 16 else -1


def _head(web: Visits, number: int) -> int:
    """Bytes of an answer's head."""
    return web.said.text(int(web.answer[number]), mark=b"\r\n\r\n").find(b"\r\n\r\n") + 4


@rule("http-cut-short")
def cut_short(case: Case) -> Iterator[Finding]:
    """Answers with fewer bytes than their Content-Length, though the connection was closed in order (RFC 9112
    section 8); one finding a server and who closed."""
    web, lives = visits(case), case.tcp
    numbers = np.flatnonzero(web.answer != NONE)
    if not len(numbers):
        return
    spoken = web.said
    stops = spoken.begins[np.searchsorted(spoken.numbers, spoken.stream[web.request[numbers]]) + 1]
    numbers = numbers[_ends(web, numbers) == stops]  # the last of its connection
    places = _lives(case, web, numbers)
    closed = np.isin(lives.state[places], (State.closed, State.closing)) & (lives.closer[places] != NEVER)
    numbers = numbers[closed & (lives.bits[places] & _MISSED == 0)][:LOOKED_AT]
    groups: dict[tuple[str, bool], list[tuple[int, int, int]]] = defaultdict(list)
    for number in numbers.tolist():
        case.go_on()
        promised = _promised(web, number)
        got = _until_closed(case, number, web) - _head(web, number) if promised >= 0 else 0
        if 0 <= got < promised:
            place = int(_lives(case, web, np.array([number]))[0])
            groups[web.at(number), int(lives.closer[place]) != int(lives.client[place])].append((number, got, promised))
    told = list(groups.items())
    for (at, by_server), mine in told[:MOST]:
        yield _short(web, at, by_server, mine)
    rest = [index for _, mine in told[MOST:] for number, _, _ in mine for index in web.packets(number)]
    yield from and_more("http-cut-short", Severity.note, "server", rest, len(told) - MOST)


def _short(web: Visits, at: str, by_server: bool, mine: list[tuple[int, int, int]]) -> Finding:
    number, got, promised = mine[0]
    others = f" So it went with {count(len(mine) - 1, 'other answer')}." if len(mine) > 1 else ""
    why = "the program there failed in the middle, or tells a wrong length" if by_server else (
        "it had enough, or its user went on")  # fmt: skip
    who = "the server" if by_server else f"the client {web.client(number)}"
    return finding(
        "http-cut-short", Severity.warning if by_server else Severity.note,
        f"{web.server(number)} sends {count(len(mine), 'answer')} only in part" if by_server else
        f"{web.client(number)} closes before {count(len(mine), 'answer')} came in full",
        f"{at} announced {size(promised)} (Content-Length {promised}) for {short(web.url(number))} and sent "
        f"{size(got)} of them before {who} closed the connection: {why}.{others}",
        [index for one, _, _ in mine for index in web.packets(one)], hosts=(web.server(number), web.client(number)),
        stream=web.stream(number) if len(mine) == 1 else None, lesson="http-cut-short",
    )  # fmt: skip


@rule("http-slow-object")
def slow_objects(case: Case) -> Iterator[Finding]:
    """Objects that took LONG from their first byte to their last; one finding a server."""
    web = visits(case)
    numbers = np.flatnonzero((web.answer != NONE) & (web.status != 101))
    if not len(numbers):
        return
    spoken, times = web.said, case.table["time"]
    last = _ends(web, numbers) - 1
    took = (times[spoken.packet[last]] - times[spoken.packet[web.answer[numbers]]]) / BILLION
    places = _lives(case, web, numbers)
    slow = (took >= LONG) & ~spoken.client[last] & ~case.tcp_view.scanning[places]
    slow &= case.tcp.bits[places] & _MISSED == 0
    numbers, took = numbers[slow][:LOOKED_AT], took[slow][:LOOKED_AT]
    groups: dict[str, list[tuple[float, int, int]]] = defaultdict(list)
    for number, seconds, sent in zip(numbers.tolist(), took.tolist(), _sums(case, web, numbers).tolist(), strict=True):
        case.go_on()
        promised = _promised(web, number)
        more = promised >= 0 and sent > promised + _head(web, number)  # which belongs to something else
        kind = web.head(int(web.answer[number])).kind
        if not more and kind not in _ENDLESS and web.head(int(web.request[number])).method != "CONNECT":
            groups[web.at(number)].append((seconds, number, sent))
    told = list(groups.values())
    for mine in told[:MOST]:
        yield _slow(web, mine)
    rest = [index for mine in told[MOST:] for _, number, _ in mine for index in web.packets(number)]
    yield from and_more("http-slow-object", Severity.note, "server", rest, len(told) - MOST)


def _slow(web: Visits, mine: list[tuple[float, int, int]]) -> Finding:
    seconds, number, sent = max(mine)
    rate = sent / seconds
    crawls = seconds >= GRAVE and rate < CRAWL and _promised(web, number) >= 0
    others = [short(web.url(one), 60) for _, one, _ in mine if one != number]
    more = (
        f" {count(len(others), 'other object')} took {duration(LONG)} and more: {listed(others, 3)}." if others else ""
    )
    return finding(
        "http-slow-object", Severity.warning if crawls else Severity.note,
        f"{web.server(number)} takes {duration(seconds)} to deliver {'an object' if not others else 'objects'}",
        f"{short(web.url(number))} took {duration(seconds)} from the first byte of the answer to the last: "
        f"{size(sent)}, {size(round(rate))} a second.{more}",
        [index for _, one, _ in mine for index in web.packets(one)], hosts=(web.server(number), web.client(number)),
        stream=web.stream(number) if not others else None, lesson="http-slow-object",
    )  # fmt: skip
