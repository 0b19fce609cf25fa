"""TLS: alerts, versions that are given up, certificates that do not fit, hellos without answer, and leaving TLS."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime

import numpy as np

from ..protocols.certificates import Certificate, first_certificate
from ..protocols.tls_hello import server_name
from ..protocols.tls_names import ALERTS, SSL2, SSL3, TLS10, TLS11
from ..tracker.flags import Flag
from ..tracker.lifecycle import State
from .case import BILLION, Case
from .finding import Finding, Severity, finding
from .rules import rule
from .said import Ints, Said, said
from .tcp_view import endpoint
from .telling import span
from .visits import visits
from .web import MOST, short
from .words import count, listed

_BYTE = np.uint64(255)
QUIET = (0, 1, 90, 100)
"""Alerts that only say goodbye, or decline what was optional (RFC 8446 section 6.1, RFC 5246 section 7.2.2)."""
_WHY = {
    20: "A record's check failed: bytes were changed on the way, or one side has a fault.",
    40: "The two sides found no set of parameters in common.",
    42: "The certificate is damaged or its signature is wrong.",
    43: "The certificate is of a kind that is not supported.",
    44: "The certificate was revoked by who signed it.",
    45: "The certificate is expired, or not yet valid by that side's clock.",
    46: "Something about the certificate is not acceptable.",
    48: "The certificate is not signed by anybody whom that side trusts: self-signed, or the issuer's certificate is "
    "missing or not installed.",
    49: "The certificate is good, but its owner may not in.",
    51: "A signature or a check of the handshake failed.",
    70: "The version of the protocol that was offered is not supported.",
    71: "The ciphers that were offered are too weak for that side.",
    86: "The client came back with a lower version than it could, which that side takes for an attack.",
    112: "The server does not know the name that was asked for.",
    116: "The server wants a certificate of the client.",
    120: "The two sides have no application protocol in common.",
}
_CERTIFICATE = (42, 43, 44, 45, 46, 48)
GIVEN_UP = {SSL2: (datetime(2011, 3, 1, tzinfo=UTC), "RFC 6176"), SSL3: (datetime(2015, 6, 1, tzinfo=UTC), "RFC 7568"),
            TLS10: (datetime(2021, 3, 1, tzinfo=UTC), "RFC 8996"),
            TLS11: (datetime(2021, 3, 1, tzinfo=UTC), "RFC 8996")}  # fmt: skip
"""When a version was given up, and by what."""
_SPOKEN = {SSL2: "SSL 2", SSL3: "SSL 3", TLS10: "TLS 1.0", TLS11: "TLS 1.1"}
WAITED = 5.0
STREAMS = 300


def hellos(spoken: Said, kind: int) -> Ints:
    """Places where a record with a Client Hello (1) or Server Hello (2) begins."""
    word = spoken.word
    good = (word >> np.uint64(48) == 0x1603) & ((word >> np.uint64(40)) & _BYTE <= 4)
    good &= ((word >> np.uint64(16)) & _BYTE == kind) & (spoken.client == (kind == 1))
    return np.flatnonzero(good)


@rule("tls-alert")
def alerts(case: Case) -> Iterator[Finding]:
    """One finding a sender, its peer and a kind of alert, for alerts that are not encrypted."""
    spoken = said(case)
    word = spoken.word
    good = (word >> np.uint64(48) == 0x1503) & ((word >> np.uint64(24)) & np.uint64(0xFFFF) == 2)
    level, kind = (word >> np.uint64(16)) & _BYTE, (word >> np.uint64(8)) & _BYTE
    good &= ((level == 1) | (level == 2)) & ~np.isin(kind, QUIET) & np.isin(kind, list(ALERTS))
    found: dict[tuple[int, int, int, int, int], list[int]] = defaultdict(list)
    table = case.table
    for place in np.flatnonzero(good).tolist():
        packet = int(spoken.packet[place])
        client = bool(spoken.client[place])
        port = int(table["destination_port" if client else "source_port"][packet])
        key = int(kind[place]), int(level[place]), int(table["source"][packet]), int(table["destination"][packet]), port
        found[key].append(place)
    for (kind_, level_, _, _, port), places in case.few(
        found.items(), MOST, lambda item: spoken.packet[item[1]].tolist()
    ):
        yield _alert(case, spoken, kind_, level_, port, places)


def _alert(case: Case, spoken: Said, kind: int, level: int, port: int, places: list[int]) -> Finding:
    first = places[0]
    packet, client = int(spoken.packet[first]), bool(spoken.client[first])
    sender, peer = case.source(packet), case.destination(packet)
    used = any(_data_before(spoken, place) for place in places[:50])
    severity = Severity.note if level == 1 else Severity.warning if used else Severity.error
    answers = _answered_certificate(spoken, first)
    when = " right after the server's certificate" if client and answers and kind in _CERTIFICATE else ""
    end = "" if level == 1 else " In none of these connections data was sent." if len(places) > 1 and not used else (
        " The connection was not used." if not used else " Data had been sent before.")  # fmt: skip
    role = "client" if client else "server"
    times = f" {count(len(places), 'time')}" if len(places) > 1 else ""
    return finding(
        "tls-alert", severity, short(f"{sender} {'ends' if level == 2 else 'complains in'} TLS: {ALERTS[kind]}", 70),
        f"The {role} {sender} sent {peer} the TLS alert '{ALERTS[kind]}'{times}{when}, on the server's port {port}. "
        f"{_WHY.get(kind, '')}{end}".replace("  ", " "),
        [index for place in places[:200] for index in _around(spoken, place)], hosts=(sender, peer),
        stream=f"tcp:{spoken.stream[first]}" if len({int(spoken.stream[p]) for p in places}) == 1 else None,
        lesson="tls-certificate" if kind in _CERTIFICATE else "tls-alert",
    )  # fmt: skip


def _around(spoken: Said, place: int) -> list[int]:
    """The alert, and the segment of the other side before it."""
    begin = spoken.run(int(spoken.stream[place])).start
    before = [p for p in range(max(begin, place - 20), place) if spoken.client[p] != spoken.client[place]]
    return [int(spoken.packet[p]) for p in (*before[-1:], place)]


def _data_before(spoken: Said, place: int) -> bool:
    begin = spoken.run(int(spoken.stream[place])).start
    return bool((spoken.word[begin:place] >> np.uint64(48) == 0x1703).any())


def _answered_certificate(spoken: Said, place: int) -> bool:
    """Whether a client sent nothing else behind the server's hello with a certificate."""
    begin = spoken.run(int(spoken.stream[place])).start
    hello = hellos_in(spoken, begin, place)
    if not hello or bool(spoken.client[hello[-1] : place].any()):
        return False
    return first_certificate(spoken.text(hello[-1], least=12_000)) is not None


def hellos_in(spoken: Said, begin: int, end: int) -> list[int]:
    """Places of Server Hellos in a run of places."""
    word = spoken.word[begin:end]
    good = (word >> np.uint64(48) == 0x1603) & ((word >> np.uint64(16)) & _BYTE == 2) & ~spoken.client[begin:end]
    return [begin + int(place) for place in np.flatnonzero(good)]


@rule("tls-old-version")
def old_versions(case: Case) -> Iterator[Finding]:
    """One finding a version that the server chose; a warning if it was given up already when the capture was made."""
    spoken = said(case)
    places = hellos(spoken, 2)
    packets = spoken.packet[places]
    words = case.capture.words(packets, case.table["payload"][packets].astype(np.int64) + 8)
    versions = (words >> np.uint64(40)) & np.uint64(0xFFFF)
    word = spoken.word
    older = (word >> np.uint64(63) == 1) & ((word >> np.uint64(40)) & _BYTE == 4) & ~spoken.client
    older &= ((word >> np.uint64(8)) & np.uint64(0xFFFF) == SSL2) & np.isin(np.arange(len(word)), spoken.starts(False))
    groups = {version: places[versions == version] for version in (SSL3, TLS10, TLS11)}
    groups[SSL2] = np.flatnonzero(older)
    for version, mine in groups.items():
        if len(mine):
            yield _old_version(case, spoken, version, mine)


def _old_version(case: Case, spoken: Said, version: int, places: Ints) -> Finding:
    packets = spoken.packet[places]
    since, source = GIVEN_UP[version]
    made = datetime.fromtimestamp(int(case.table["time"][packets[0]]) / BILLION, UTC)
    sources = np.unique(case.table["source"][packets], return_index=True)[1]
    servers = [case.source(int(packets[place])) for place in np.sort(sources)]
    name = _SPOKEN[version]
    late = made >= since
    end = f"was given up in {since:%B %Y} ({source})" + ("" if late else "; when this capture was made it was in use")
    return finding(
        "tls-old-version", Severity.warning if late else Severity.note,
        f"{name} is spoken by {count(len(servers), 'server')}",
        f"{listed(servers, 5)} chose {name} in {count(len(places), 'connection')}. {name} {end}.",
        packets.tolist(), hosts=servers[:10], stream=f"tcp:{spoken.stream[places[0]]}" if len(places) == 1 else None,
        lesson="tls-version",
    )  # fmt: skip


@rule("tls-certificate")
def certificates(case: Case) -> Iterator[Finding]:
    """Certificates expired or not yet valid when the capture was made, for another name, or signed by themselves; each
    server and name once."""
    spoken = said(case)
    names = _names(case, spoken)
    looked: set[tuple[int, int, str]] = set()
    told: dict[tuple[str, str, str], list[int]] = defaultdict(list)
    for place in hellos(spoken, 2).tolist():
        packet = int(spoken.packet[place])
        asked = names.get(int(spoken.stream[place]), "")
        key = int(case.table["source"][packet]), int(case.table["source_port"][packet]), asked
        if key in looked or len(looked) >= STREAMS:
            continue
        looked.add(key)
        case.go_on()
        one = first_certificate(spoken.text(place, least=12_000))
        if one is not None:
            for kind, text in _wrong(one, asked, int(case.table["time"][packet]) / BILLION):
                told[kind, one.subject, text].append(place)
    for (kind, subject, text), places in case.few(told.items(), MOST, lambda item: spoken.packet[item[1]].tolist()):
        yield _certificate(case, spoken, kind, subject, text, places)


def _names(case: Case, spoken: Said) -> dict[int, str]:
    """Stream → name that its Client Hello asks for, of the first STREAMS servers' streams."""
    found = {}
    for place in hellos(spoken, 1)[: STREAMS * 10].tolist():
        hello = spoken.text(place, least=600)
        found[int(spoken.stream[place])] = server_name(hello[9:])[:200]
    return found


def _wrong(one: Certificate, asked: str, moment: float) -> Iterator[tuple[str, str]]:
    if one.ends is not None and one.ends < moment:
        days = (moment - one.ends) / 86_400
        when = datetime.fromtimestamp(one.ends, UTC)
        yield "expired", f"had expired on {when:%Y-%m-%d}, {count(round(days), 'day')} before this capture was made"
    if one.begins is not None and one.begins > moment:
        when = datetime.fromtimestamp(one.begins, UTC)
        yield "not-yet-valid", f"is valid from {when:%Y-%m-%d} on, which is after this capture was made"
    if asked and one.names and not one.own and not one.is_for(asked):
        yield "name", f"is for {listed(list(one.names), 4)}, not for {short(asked)} that the client asked for"
    if one.own:
        yield "self-signed", "is signed by itself: a client cannot tell who made it unless it knows it already"


_TITLES = {"expired": "An expired certificate", "not-yet-valid": "A certificate that is not yet valid",
           "name": "A certificate for another name", "self-signed": "A self-signed certificate"}  # fmt: skip


def _certificate(case: Case, spoken: Said, kind: str, subject: str, text: str, places: list[int]) -> Finding:
    packet = int(spoken.packet[places[0]])
    servers = list(dict.fromkeys(case.source(int(spoken.packet[place])) for place in places))
    port = int(case.table["source_port"][packet])
    return finding(
        f"tls-certificate-{kind}", Severity.note if kind == "self-signed" else Severity.warning,
        short(f"{_TITLES[kind]}: {subject or servers[0]}", 70),
        f"The certificate of {short(subject) or 'nobody'} that {listed(servers)} (port {port}) sent {text}.",
        [int(spoken.packet[place]) for place in places], hosts=(*servers, case.destination(packet)),
        stream=f"tcp:{spoken.stream[places[0]]}" if len(places) == 1 else None, lesson="tls-certificate",
    )  # fmt: skip


@rule("tls-unanswered")
def silent(case: Case) -> Iterator[Finding]:
    """Client Hellos that got no byte: the connection ended first, or nothing came for WAITED seconds."""
    spoken = said(case)
    places = hellos(spoken, 1)
    if not len(places):
        return
    lives = case.tcp
    life = np.searchsorted(case.tcp_numbers, spoken.stream[places])
    silent_ones = lives.payload[life, 1 - lives.client[life].astype(np.int64)] == 0
    silent_ones &= lives.bits[life] & np.uint32(Flag.ack_lost_segment | Flag.lost_segment) == 0  # else not captured
    places, life = places[silent_ones], life[silent_ones]
    ended = np.isin(lives.state[life], (State.closed, State.reset, State.closing))
    ended &= (lives.closer[life] >= 0) & (lives.closer[life] != lives.client[life])
    times = case.table["time"]
    waited = int(times[case.count - 1]) - times[spoken.packet[places]] >= int(WAITED * BILLION)
    both = (lives.syn_ack[life] >= 0) | (lives.payload[life].min(axis=1) > 0)  # else one direction may not be captured
    places = places[(ended | waited) & both]
    found: dict[tuple[int, int], list[int]] = defaultdict(list)
    for place in places.tolist():
        packet = int(spoken.packet[place])
        found[int(case.table["destination"][packet]), int(case.table["destination_port"][packet])].append(place)
    for (_, port), mine in case.few(found.items(), MOST, lambda item: spoken.packet[item[1]].tolist()):
        packet = int(spoken.packet[mine[0]])
        client, server = case.source(packet), case.destination(packet)
        longest = max(_watched(case, int(spoken.packet[p]), int(spoken.stream[p])) for p in mine[:100])
        yield finding(
            "tls-unanswered", Severity.warning, short(f"{endpoint(server, port)} does not answer TLS", 70),
            f"{client} began {count(len(mine), 'TLS handshake')} with {endpoint(server, port)} and got no byte back, "
            f"for up to {span(longest)}. TCP works: either nothing there speaks TLS, or what speaks it is stuck, or "
            f"packets of that size are lost on the way.",
            [int(spoken.packet[p]) for p in mine], hosts=(server, client),
            stream=f"tcp:{spoken.stream[mine[0]]}" if len(mine) == 1 else None, lesson="tls-alert",
        )  # fmt: skip


def _watched(case: Case, packet: int, stream: int) -> float:
    """s from a packet to the end of its connection, or of the capture where it stays open."""
    life = int(np.searchsorted(case.tcp_numbers, stream))
    ended = case.tcp.state[life] in (State.closed, State.reset, State.closing)
    return case.between(packet, int(case.tcp.last[life]) if ended else case.count - 1)


@rule("tls-left")
def left(case: Case) -> Iterator[Finding]:
    """Plain HTTP after TLS between the same client and server: one finding a pair."""
    spoken, web = said(case), visits(case)
    places = hellos(spoken, 1)
    places = places[np.isin(spoken.stream[places], spoken.stream[hellos(spoken, 2)])]
    if not len(places) or not len(web):
        return
    packets = spoken.packet[places]
    source, destination = case.table["source"].astype(np.int64), case.table["destination"].astype(np.int64)
    keys = source[packets] << 32 | destination[packets]
    pairs, first = np.unique(keys, return_index=True)
    order = np.argsort(keys, kind="stable")
    begun = np.minimum.reduceat(packets[order], np.searchsorted(keys[order], pairs))
    asks = spoken.packet[web.request]
    pair = source[asks] << 32 | destination[asks]
    place = np.minimum(np.searchsorted(pairs, pair), len(pairs) - 1)
    later = np.flatnonzero((pairs[place] == pair) & (asks > begun[place]))
    groups: dict[int, list[int]] = defaultdict(list)
    for number in later.tolist():
        groups[int(place[number])].append(number)
    for key, numbers in case.few(
        groups.items(), MOST, lambda item: [index for number in item[1] for index in web.packets(number)]
    ):
        number = numbers[0]
        hello = int(places[first[key]])
        name = server_name(spoken.text(hello, least=600)[9:])[:60]
        client, server = web.client(number), web.server(number)
        yield finding(
            "tls-left", Severity.note, short(f"From HTTPS to plain HTTP with {name or server}", 70),
            f"{client} spoke TLS with {server}{f' ({name})' if name else ''} and then asked it for "
            f"{short(web.url(number))} without TLS{f', {len(numbers)} requests in all' if len(numbers) > 1 else ''}. "
            f"What was said after that can be read, and a cookie of the session may be in it.",
            [int(begun[key]), *(index for n in numbers for index in web.packets(n))], hosts=(client, server),
            lesson="tls-left",
        )  # fmt: skip
