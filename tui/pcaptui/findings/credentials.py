"""Names and passwords that everybody on the way can read."""

from __future__ import annotations

import base64
import binascii
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from urllib.parse import parse_qsl

import numpy as np

from ..protocols.text import decode
from . import logins
from .case import Case
from .finding import Finding, Severity, finding
from .logins import Line, Login
from .rules import rule
from .said import Said, begins, said
from .tcp_view import endpoint
from .visits import Visits, visits
from .web import MOST, short
from .words import count, duration, listed

STREAMS = 300
SEGMENTS = 400
_AT_ONCE = 100
CONTROLS = 10
"""FTP control connections whose files are listed one by one."""
_LOWER = np.uint64(0x2020202020202020)
_PASSWORD = re.compile(
    r"(?:^|[^a-z])(?:pass(?:w(?:or)?d|wrt|wort|phrase|code)?|pwd|pw|kennwort|secret)\d?$|passw(?:or)?d", re.I
)
_MAYBE = re.compile(rb"(?:pass|pwd|pw|kennwort|secret|%|\+)[^=&]{0,200}=", re.I)
"""What a field's name must hold, before it is decoded, to be a password's."""
_ASKING = re.compile(rb"pass|pwd", re.I)
_USER = re.compile(r"user|login|e?mail|^log$|account|^u?id$|name", re.I)
_JSON = re.compile(rb'"([A-Za-z_-]{0,20}pass(?:word|wd|phrase)?)"\s*:\s*"((?:[^"\\]|\\.){1,200})"', re.I)
_JSON_USER = re.compile(
    rb'"([A-Za-z_-]{0,20}(?:user|login|mail|name)[A-Za-z_-]{0,10})"\s*:\s*"((?:[^"\\]|\\.){1,200})"', re.I
)
ANONYMOUS = ("anonymous", "ftp")
Key = tuple[str, str, str, int]
"""Protocol, client, server, port."""


def lines_of(case: Case, spoken: Said, stream: int) -> Iterator[Line]:
    """What both sides say in a stream's first SEGMENTS segments, line by line. Raises TooLong."""
    rest: dict[bool, bytes] = {True: b"", False: b""}
    for client, data, packet in pieces_of(case, spoken, stream):
        parts = (rest[client] + data[:4000]).split(b"\n")
        rest[client] = parts.pop()[-4000:]
        for part in parts:
            yield client, part.rstrip(b"\r"), packet


def pieces_of(case: Case, spoken: Said, stream: int) -> Iterator[Line]:
    """The same as segments."""
    run = spoken.run(stream)
    for begin in range(run.start, min(run.stop, run.start + SEGMENTS), _AT_ONCE):
        case.go_on()
        places = np.arange(begin, min(begin + _AT_ONCE, run.stop, run.start + SEGMENTS))
        packets, clients = spoken.packet[places].tolist(), spoken.client[places].tolist()
        yield from zip(clients, spoken.payloads(places), packets, strict=True)


@rule("credentials")
def in_dialogues(case: Case) -> Iterator[Finding]:
    """FTP, POP, SMTP, IMAP and Telnet: one finding a protocol, client and server."""
    spoken = said(case)
    found: dict[Key, list[tuple[int, Login]]] = defaultdict(list)
    for protocol, stream in _candidates(case, spoken):
        read: Callable[[Iterable[Line]], list[Login]] = _READERS[protocol]
        text: Callable[[Case, Said, int], Iterator[Line]] = pieces_of if protocol == "Telnet" else lines_of
        made = read(text(case, spoken, stream))
        if made:
            first = int(spoken.packet[spoken.run(stream).start])
            ends = _ends(case, spoken, first, bool(spoken.client[spoken.run(stream).start]))
            found[(protocol, *ends)] += [(stream, login) for login in made]
    for whom, mine in list(found.items())[:MOST]:
        yield _told(whom, mine)
    if len(found) > MOST:
        rest = [packet for mine in list(found.values())[MOST:] for _, login in mine for packet in login.packets]
        yield finding(
            "credentials", Severity.warning, f"Passwords in clear text between {len(found) - MOST} more pairs of hosts",
            "As above: whoever sees these packets can log in.", rest, lesson="credentials",
        )  # fmt: skip


_READERS: dict[str, Callable[[Iterable[Line]], list[Login]]] = {
    "FTP": logins.commands, "POP": logins.commands, "SMTP": logins.smtp, "IMAP": logins.imap, "Telnet": logins.telnet,
}  # fmt: skip


def _ends(case: Case, spoken: Said, packet: int, client: bool) -> tuple[str, str, int]:
    source, destination = case.source(packet), case.destination(packet)
    port = "destination_port" if client else "source_port"
    return (source, destination, int(case.table[port][packet])) if client else (
        destination, source, int(case.table[port][packet]))  # fmt: skip


def _candidates(case: Case, spoken: Said) -> list[tuple[str, int]]:
    """Protocol and stream, told by greetings and commands whatever the port."""
    lower = spoken.word | _LOWER
    greeting = spoken.starts(False)
    greeted = {name: set(spoken.stream[greeting[begins(lower[greeting], *marks)]].tolist())
               for name, marks in (("220", (b"220 ", b"220-")), ("+ok", (b"+ok",)), ("* ok", (b"* ok",)))}  # fmt: skip
    asked = {name: set(spoken.stream[np.flatnonzero(begins(lower, mark) & spoken.client)].tolist())
             for name, mark in (("pass", b"pass "), ("auth", b"auth "))}  # fmt: skip
    server = np.where(spoken.client, case.table["destination_port"][spoken.packet], case.table["source_port"][
        spoken.packet])  # fmt: skip
    first = spoken.begins[:-1]
    on = {port: set(spoken.numbers[server[first] == port].tolist()) for port in (21, 23, 25, 110, 143, 587)}
    found = {
        "FTP": asked["pass"] & (greeted["220"] | on[21]) - greeted["+ok"],
        "POP": asked["pass"] & (greeted["+ok"] | on[110]),
        "SMTP": asked["auth"] & (greeted["220"] | on[25] | on[587]) - on[21],
        "IMAP": greeted["* ok"] | on[143],
        "Telnet": on[23],
    }
    return [(name, stream) for name, streams in found.items() for stream in sorted(streams)[:STREAMS]]


def _told(key: Key, mine: list[tuple[int, Login]]) -> Finding:
    protocol, client, server, port = key
    users = list(dict.fromkeys(login.user for _, login in mine))
    streams = {stream for stream, _ in mine}
    packets = [packet for _, login in mine for packet in login.packets]
    stream = f"tcp:{min(streams)}" if len(streams) == 1 else None
    if protocol == "FTP" and all(user.lower() in ANONYMOUS for user in users):
        return finding(
            "credentials-anonymous", Severity.note, short(f"Anonymous FTP login at {server}", 70),
            f"{client} logged in to {endpoint(server, port)} as {listed(users)}: no secret, the password is "
            f"by custom a mail address.", packets, hosts=(client, server), stream=stream,
            lesson="ftp-data",
        )  # fmt: skip
    secrets = list(dict.fromkeys(login.password for _, login in mine))[:5]
    first = mine[0][1]
    who = f"user {first.user} and password {{0}}" if first.user else "password {0}"
    verdict = {
        True: f"; the server accepted ({first.answer})",
        False: f"; the server refused ({first.answer})",
        None: "",
    }
    more = f" {count(len(mine), 'login')} in all, with {count(len(users), 'user name')}: {listed(users, 5)}." if (
        len(mine) > 1) else ""  # fmt: skip
    refused = sum(login.accepted is False for _, login in mine)
    return finding(
        f"credentials-{protocol.lower()}", Severity.warning,
        f"{client} tries out {protocol} passwords at {server}" if _guessing(mine) else
        short(f"{protocol} user {short(first.user, 30)} sends a password in clear text", 70) if first.user else
        f"A {protocol} password is sent in clear text",
        f"{client} sent {who} to {endpoint(server, port)} over {protocol} without encryption{verdict[first.accepted]}."
        f"{more}{_guessing(mine)} {_READ_ONLY if refused == len(mine) else 'Whoever sees these packets can log in.'}",
        packets, hosts=(client, server), stream=stream, secrets=secrets, lesson="credentials",
    )  # fmt: skip


_READ_ONLY = "What was tried can be read by whoever sees these packets."
_GUESSES = 5


def _guessing(mine: list[tuple[int, Login]]) -> str:
    """Whether many different passwords were refused."""
    refused = [login for _, login in mine if login.accepted is False]
    tried = len({login.password for login in refused})
    if tried < _GUESSES:
        return ""
    taken = sum(login.accepted is True for _, login in mine)
    end = f"; {taken} {'was' if taken == 1 else 'were'} accepted" if taken else ""
    return f" {tried} different passwords were refused: somebody tries them out{end}."


@rule("credentials-form")
def forms(case: Case) -> Iterator[Finding]:
    """Passwords in web forms, in parameters and in JSON: one finding a client, server and page."""
    web = visits(case)
    found: dict[tuple[str, str, str, bool], list[tuple[int, str, str]]] = defaultdict(list)
    sent = set(web.forms)
    asking = {line: target for line in web.by_line if b"?" in (target := _target(line)) and _ASKING.search(target)}
    known: dict[bytes, tuple[str, str] | None] = {}
    for number in sorted(sent.union(*(web.by_line[line] for line in asking))):
        case.go_on()
        line, posted = web.lines[number], number in sent
        login = _in_body(web.body(number)) if posted else None
        if login is None and line in asking:
            if line not in known:
                known[line] = _in_query(asking[line].partition(b"?")[2])
            login = known[line]
        if login is not None:
            page = decode(_target(line).partition(b"?")[0])
            found[web.client(number), web.server(number), page, posted].append((number, *login))
    for (client, server, _, posted), mine in case.few(
        found.items(), MOST, lambda item: [web.packet(one[0]) for one in item[1]]
    ):
        yield _form(web, client, server, posted, mine)


def _target(line: bytes) -> bytes:
    return line.split(b" ", 2)[1][:8000] if b" " in line else b""


def _in_body(body: bytes) -> tuple[str, str] | None:
    if body.lstrip()[:1] in (b"{", b"["):
        secret, user = _JSON.search(body), _JSON_USER.search(body)
        return (decode(user[2]) if user else "", decode(secret[2])) if secret else None
    return _in_query(body)


def _in_query(text: bytes) -> tuple[str, str] | None:
    """User (or "") and password among fields of a form."""
    if not _MAYBE.search(text[:16_000]):
        return None
    try:
        pairs = parse_qsl(text[:16_000].decode("latin-1").strip(), max_num_fields=200, encoding="utf-8")
    except ValueError:
        return None
    secret = next((value for name, value in pairs if _PASSWORD.search(name[:60]) and value), "")
    user = next((value for name, value in pairs if _USER.search(name[:60]) and not _PASSWORD.search(name[:60])), "")
    return (user[:200], secret[:200]) if secret else None


def _form(web: Visits, client: str, server: str, posted: bool, mine: list[tuple[int, str, str]]) -> Finding:
    """A person's login is a warning; a parameter named so is mostly a device's key, and a note."""
    number, user, _ = mine[0]
    users = list(dict.fromkeys(name for _, name, _ in mine if name))
    secrets = list(dict.fromkeys(secret for *_, secret in mine))[:5]
    host = web.head(int(web.request[number])).fields.get("host", "")[:60] or server
    who = f"user {user} and password {{0}}" if user else "password {0}"
    status = int(web.status[number])
    more = f" {count(len(mine), 'form')} in all, with {count(len(users), 'user name')}: {listed(users, 5)}." if (
        len(mine) > 1) else ""  # fmt: skip
    return finding(
        "credentials-form" if posted else "credentials-parameter", Severity.warning if posted else Severity.note, short(
            f"A password goes to {host} without TLS", 70),
        f"{client} sent {who} to {short(web.url(number).partition('?')[0], 100)} over HTTP, without encryption"
        f"{f'; the answer was {status}' if status else ''}.{more} Whoever sees these packets can log in.",
        [index for one, *_ in mine for index in web.packets(one)], hosts=(client, server),
        stream=web.stream(number) if len({web.stream(one) for one, *_ in mine}) == 1 else None, secrets=secrets,
        lesson="credentials",
    )  # fmt: skip


_BASIC = re.compile(rb"\r\n(?:Proxy-)?Authorization: *Basic +([A-Za-z0-9+/=_-]{1,400})", re.I)


@rule("credentials-basic")
def basic(case: Case) -> Iterator[Finding]:
    """HTTP Basic (RFC 7617): base64, not encryption. One finding a client, server and user."""
    web = visits(case)
    found: dict[tuple[str, str, str], list[tuple[int, str]]] = defaultdict(list)
    for number, data in enumerate(web.payloads):
        if b"asic " not in data:
            continue
        match = _BASIC.search(data)
        try:
            plain = decode(base64.b64decode(match[1] + b"===")) if match else ""
        except (binascii.Error, ValueError):
            continue
        user, colon, password = plain.partition(":")
        if colon:
            found[web.client(number), web.server(number), user[:200]].append((number, password[:200]))
    for (client, server, user), mine in case.few(
        found.items(), MOST, lambda item: [web.packet(one[0]) for one in item[1]]
    ):
        number = mine[0][0]
        good = [one for one, _ in mine if 200 <= int(web.status[one]) < 400]
        yield finding(
            "credentials-basic", Severity.warning, short(f"{short(user, 30)} sends a web password in clear text", 70),
            f"{client} sent user {user} and password {{0}} to {web.at(number)} in "
            f"{count(len(mine), 'request')} with HTTP Basic, which encrypts nothing"
            f"{'; the server accepted' if good else ''}: {short(web.url(number))}. Whoever sees this can log in.",
            [web.packet(one) for one, _ in mine], hosts=(client, server),
            stream=web.stream(number) if len({web.stream(one) for one, _ in mine}) == 1 else None,
            secrets=list(dict.fromkeys(secret for _, secret in mine))[:5], lesson="credentials",
        )  # fmt: skip


_COOKIE = re.compile(rb"\r\nCookie: ([^\r\n]{8,2000})", re.I)
_SESSION = re.compile(rb"sess|sid$|^sid|token|auth", re.I)
_SESSION_LIKE = re.compile(rb"sess|sid|token|auth", re.I)


@rule("http-session-shared")
def shared_sessions(case: Case) -> Iterator[Finding]:
    """A session's cookie from more than one address."""
    web = visits(case)
    seen: dict[tuple[int, bytes], dict[int, int]] = defaultdict(dict)
    sources = case.table["source"][web.said.packet[web.request]].tolist()
    servers = case.table["destination"][web.said.packet[web.request]].tolist()
    known: set[tuple[int, int, bytes]] = set()
    for number, data in enumerate(web.payloads):
        match = _COOKIE.search(data) if b"ookie:" in data else None
        if match is None or (again := (servers[number], sources[number], match[1])) in known:
            continue
        known.add(again)
        if not _SESSION_LIKE.search(match[1]):
            continue
        for pair in match[1].split(b";")[:50]:
            name, _, value = pair.strip().partition(b"=")
            if len(value) >= 12 and _SESSION.search(name[:60]):
                seen[servers[number], pair.strip()].setdefault(sources[number], number)
    told = 0
    for (_, pair), clients in seen.items():
        if len(clients) < 2 or told >= MOST:
            continue
        told += 1
        numbers = list(clients.values())
        first, second = web.client(numbers[0]), web.client(numbers[1])
        name = decode(pair.partition(b"=")[0])[:40]
        yield finding(
            "http-session-shared", Severity.warning, short(f"{second} uses the web session of {first}", 70),
            f"{listed([web.client(n) for n in numbers])} sent the same session cookie {name}={{0}} to "
            f"{web.server(numbers[0])}: {first} at {duration(case.seconds(web.packet(numbers[0])))}, {second} at "
            f"{duration(case.seconds(web.packet(numbers[1])))}. Either somebody took over the session, or one "
            f"user came from several addresses.",
            [index for n in numbers for index in web.packets(n)], hosts=(first, second, web.server(numbers[0])),
            secrets=[decode(pair.partition(b"=")[2])[:200]], lesson="session",
        )  # fmt: skip


@rule("ftp-files")
def files(case: Case) -> Iterator[Finding]:
    """Files that FTP moved: one finding a control connection."""
    spoken = said(case)
    moves = begins(spoken.word | _LOWER, b"retr ", b"stor ", b"stou", b"appe ") & spoken.client
    streams = np.unique(spoken.stream[moves]).tolist()
    if len(streams) > CONTROLS:
        rest = moves & np.isin(spoken.stream, streams[CONTROLS:])
        yield finding(
            "ftp-files", Severity.note, f"FTP moves files in {len(streams) - CONTROLS} more connections",
            f"{count(int(rest.sum()), 'more command')} to fetch or store a file.", spoken.packet[rest].tolist(),
            lesson="ftp-data",
        )  # fmt: skip
    for stream in streams[:CONTROLS]:
        if len(case.packets("tcp", stream)) > 20_000:
            continue
        told: list[str] = []
        packets: list[int] = []
        for exchange in case.of_stream("tcp", stream):
            word, _, name = exchange.request_text.partition(" ")
            if exchange.kind != "FTP" or word.upper() not in ("RETR", "STOR", "STOU", "APPE"):
                continue
            way = "fetched" if word.upper() == "RETR" else "stored"
            told.append(f"{way} {short(name, 60)}" + (f" (data in {exchange.streams[0]})" if exchange.streams else ""))
            packets += exchange.packets
        if told:
            first = spoken.run(stream).start
            client, server, port = _ends(case, spoken, int(spoken.packet[first]), bool(spoken.client[first]))
            yield finding(
                "ftp-files", Severity.note, short(f"FTP moves {count(len(told), 'file')} between {client} and "
                                                  f"{server}", 70),
                f"{client} {listed(told, 10)} at {endpoint(server, port)}.", packets,
                hosts=(client, server), stream=f"tcp:{stream}", lesson="ftp-data",
            )  # fmt: skip
