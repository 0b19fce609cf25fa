"""Requests and answers that are not what they seem: traversal, SQL and script in parameters, programs in disguise."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from urllib.parse import unquote_plus

import numpy as np

from ..protocols.text import decode
from .case import Case
from .finding import Finding, Severity, finding
from .rules import rule
from .said import begins, said
from .visits import NONE, Visits, visits
from .web import MOST, short
from .words import count, listed

_SUSPECT = (b"../", b"..\\", b"..%", b"%2e%2e", b"%252e", b"etc/", b"etc%2f", b"boot.ini", b"win.ini", b"select", b"'",
            b"%27", b"information_schema", b"sleep", b"waitfor", b"xp_cmd", b"1=1", b"1%3d1", b"script", b"() {",
            b"()%20{", b"()+{", b"%7b", b"${jndi", b"onerror", b"onload")  # fmt: skip
"""What the decoded target is looked through for; every one of the patterns below needs one of these."""
_TRAVERSAL = re.compile(r"(?:\.\.[/\\]){2,}|(?:^|[=/\\])(?:etc/(?:passwd|shadow)|boot\.ini|windows/win\.ini)", re.I)
_SQL = re.compile(
    r"\bunion\s+(?:all\s+|distinct\s+)?select\s+(?:\d|null\b|['\"(@*]|[\w.]{1,60}\s*(?:,|\(|\s+from\b))|['\"%]\s*(?:or|and)\s+['\"]?\w+['\"]?\s*(?:=|like|<|>)|\b(?:or|and)\s+1\s*=\s*[01]\b"
    r"|\binformation_schema\b|'\s*;\s*(?:drop|insert|update|delete|exec|shutdown)\b|\bwaitfor\s+delay\b|\bxp_cmdshell\b"
    r"|['\")]\s*(?:or|and)\s+(?:sleep|benchmark)\s*\(|\bselect\b.{1,200}\bfrom\b.{1,200}(?:--|#|\bwhere\b)",
    re.I | re.S,
)
_SCRIPT = re.compile(r"<script|javascript:[^/]|\bon(?:error|load)\s*=\s*['\"]?\w+\(", re.I)
_COMMAND = re.compile(r"\(\)\s*\{\s*:?;|\$\{jndi:", re.I)
_KINDS = (
    ("http-traversal", _TRAVERSAL, "asks for a file outside of the web folder", "with '../' or a system file's name, "
     "which leads out of the web server's folder", "traversal"),
    ("http-sql", _SQL, "sends SQL in a web request", "with SQL in a parameter", "sql-injection"),
    ("http-script", _SCRIPT, "sends script code in a web request", "with script code in a parameter",
     "script-injection"),
    ("http-command", _COMMAND, "sends a command in a web request", "with a command for the server's shell or its log",
     "traversal"),
)  # fmt: skip
_PROGRAMS = ("application/x-msdownload", "application/octet-stream", "application/x-dosexec",
             "application/x-msdos-program", "application/vnd.microsoft.portable-executable", "application/x-executable",
             "application/x-elf",
             "application/binary", "binary/octet-stream", "application/download", "application/force-download",
             "application/x-exe", "application/exe", "application/x-sharedlib", "application/x-object", "")  # fmt: skip


@rule("http-suspicious")
def suspicious(case: Case) -> Iterator[Finding]:
    """One finding a kind, client and server, for targets and form bodies."""
    web = visits(case)
    found: dict[tuple[int, str, str], list[int]] = defaultdict(list)
    texts: dict[int, str] = {}
    judged: dict[tuple[bytes, bytes], tuple[int, str]] = {}
    posted = set(_posted(web))
    for number in sorted(posted.union(*_marked(web.by_line))):
        case.go_on()
        line = web.lines[number]
        body = web.body(number) if number in posted else b""
        whole = line, body if _suspect(body) else b""
        if whole not in judged:
            judged[whole] = _judged(*whole)
        kind, text = judged[whole]
        if kind != NONE:
            texts[number] = text
            found[kind, web.client(number), web.server(number)].append(number)
    for (kind, _, _), group in case.few(
        found.items(), MOST, lambda item: [index for number in item[1] for index in web.packets(number)]
    ):
        yield _suspicious(web, kind, group, texts)


def _suspect(text: bytes) -> bool:
    low = text.lower()
    return any(mark in low for mark in _SUSPECT)


def _posted(web: Visits) -> list[int]:
    """Requests (numbers) that send a form."""
    return [n for n in web.forms if web.lines[n][:5] == b"POST " and b"urlencoded" in web.payloads[n][:4000]]


def _judged(line: bytes, body: bytes) -> tuple[int, str]:
    """Which of _KINDS a request is of, NONE where it is none, and what was looked through."""
    text = _plain(decode(b"".join(line.split(b" ")[1:2])))
    if body:
        text += " " + _plain(body.decode("latin-1"))
    return next((kind for kind, (_, pattern, *_) in enumerate(_KINDS) if pattern.search(text)), NONE), text


def _marked(lines: dict[bytes, list[int]]) -> list[list[int]]:
    """The requests whose lines hold one of the marks: all at once, which is quicker than line by line."""
    ends = np.cumsum([len(line) + 1 for line in lines])
    whole = b"\n".join(lines).lower()
    found: set[int] = set()
    for mark in _SUSPECT:
        at = whole.find(mark)
        while at >= 0:
            place = int(np.searchsorted(ends, at, side="right"))
            found.add(place)
            at = whole.find(mark, int(ends[place]))
    numbers = list(lines.values())
    return [numbers[place] for place in found]


def _plain(text: str) -> str:
    """Decoded twice: what a filter on the way sees once, a server may decode again."""
    return unquote_plus(unquote_plus(text[:8000]))


def _suspicious(web: Visits, kind: int, group: list[int], texts: dict[int, str]) -> Finding:
    name, pattern, title, words, lesson = _KINDS[kind]
    shown = []
    for number in group[:3]:
        match = pattern.search(texts[number])
        assert match is not None
        before = texts[number][max(match.start() - 40, 0) : match.start()]
        field = max(before.rfind(mark) for mark in "?& ") + 1 or max(len(before) - 20, 0)
        near = before[field:] + texts[number][match.start() : match.start() + 80]
        shown.append(f"'{short(near.strip(), 100)}'")
    first = group[0]
    status = sorted({int(web.status[number]) for number in group} - {0})
    answer = f"answered with status {listed([str(one) for one in status])}" if status else "not answered"
    proof = _proof(web, group) if name == "http-traversal" else ""
    return finding(
        name, Severity.warning, short(f"{web.client(first)} {title}", 70),
        f"{web.client(first)} sent {web.at(first)} {count(len(group), 'request')} {words}: "
        f"{listed(shown, 3)}, {answer}.{proof} It may be an attack or a test.",
        [index for number in group for index in web.packets(number)], hosts=(web.client(first), web.server(first)),
        stream=web.stream(first) if len({web.stream(n) for n in group}) == 1 else None, lesson=lesson,
    )  # fmt: skip


def _proof(web: Visits, group: list[int]) -> str:
    """What in the answers shows that the server gave the file away."""
    for number in group[:20]:
        answer = int(web.answer[number])
        if answer != NONE and re.search(rb"root:[^:\n]{0,40}:0:0:|\[boot loader\]|\[fonts\]", _unpacked(web, answer)):
            return " The answer holds the lines of such a file: the server gave it away."
    return ""


def _unpacked(web: Visits, answer: int) -> bytes:
    """The first bytes of a response's body, without its content coding."""
    head = web.head(answer)
    size = web.said.text(answer, mark=b"\r\n\r\n").find(b"\r\n\r\n") + 4
    body = web.said.text(answer, least=size + 12_000)[size:]
    if "chunked" in head.fields.get("transfer-encoding", "").lower():
        body = body.partition(b"\r\n")[2]
    coding = head.fields.get("content-encoding", "")
    if not coding:
        return body
    from ..content import Decoder, Undecodable

    found = b""
    try:
        for plain in Decoder(coding, 1 << 20).feed(body):
            found += plain
    except Undecodable:
        pass  # what came out before stands
    return found


@rule("http-program")
def programs(case: Case) -> Iterator[Finding]:
    """Programs (PE, ELF) in answers: under another type a warning, else a note."""
    web, spoken = visits(case), said(case)
    starts = set(np.flatnonzero(begins(spoken.word, b"MZ", b"\x7fELF") & ~spoken.client).tolist())
    answered = np.flatnonzero(web.answer != NONE)
    found: dict[tuple[str, bool, str], list[int]] = defaultdict(list)
    places = web.answer[answered]
    for number, place, data in zip(answered.tolist(), places.tolist(), spoken.payloads(places), strict=True):
        if place + 1 not in starts and not _may_hold(data):
            continue
        case.go_on()
        head, blank, body = data.partition(b"\r\n\r\n")
        if blank and b"chunked" in head[:8000].lower():
            body = body.partition(b"\r\n")[2]
        if not body and place + 1 in starts:
            body = case.capture.payload(int(spoken.packet[place + 1]))
        kind = program(body)
        if kind:
            declared = web.head(place).kind in _PROGRAMS
            found[web.server(number), declared, kind].append(number)
    for (server, open_, kind), group in case.few(
        found.items(), MOST, lambda item: [index for number in item[1] for index in web.packets(number)]
    ):
        yield _program(web, server, open_, kind, group)


def _may_hold(data: bytes) -> bool:
    """Whether a program may begin right behind a response's head, or behind the size of the first chunk."""
    at = data.find(b"\r\n\r\n") + 4
    if at < 4:
        return False
    chunk = data.find(b"\r\n", at) + 2
    return data.startswith((b"MZ", b"\x7fELF"), at) or (chunk > 1 and data.startswith((b"MZ", b"\x7fELF"), chunk))


def program(body: bytes) -> str:
    """'Windows' or 'Linux' for the first bytes of a program, else ''."""
    if body[:4] == b"\x7fELF" and len(body) > 5 and body[4] in (1, 2) and body[5] in (1, 2):
        return "Linux (ELF)"
    if body[:2] == b"MZ" and (b"This program" in body[:400] or b"PE\0\0" in body[:2000]):
        return "Windows (MZ)"
    return ""


def _program(web: Visits, server: str, declared: bool, kind: str, group: list[int]) -> Finding:
    first = group[0]
    types = sorted({web.head(int(web.answer[number])).kind for number in group})
    urls = list(dict.fromkeys(short(web.url(number)) for number in group[:5]))
    said_ = "and says so" if declared else f"as {listed(types, 3)}"
    return finding(
        "http-program" if declared else "http-program-disguised", Severity.note if declared else Severity.warning,
        short(f"{server} sends a program" + ("" if declared else f" as {types[0]}"), 70),
        f"{web.at(first)} sent {web.client(first)} {count(len(group), 'program')} for {kind} {said_}: "
        f"{listed(urls, 3)}. " + ("It is worth knowing where programs come from." if declared else
                                  "The first bytes are a program's, whatever the type says."),
        [index for number in group for index in web.packets(number)], hosts=(server, web.client(first)),
        stream=web.stream(first), lesson="disguised",
    )  # fmt: skip


_SHELLS = (b"Microsoft Windows [", b"Microsoft Windows XP [", b"Microsoft Windows 2000 [")


@rule("shell-in-clear")
def shells(case: Case) -> Iterator[Finding]:
    """A command prompt's greeting in a TCP stream that is not Telnet: a shell that was opened over the network."""
    spoken = said(case)
    candidates = np.flatnonzero(begins(spoken.word, b"Microsof"))[:MOST].tolist()
    for place in candidates:
        packet = int(spoken.packet[place])
        data = case.capture.payload(packet)
        ports = int(case.table["source_port"][packet]), int(case.table["destination_port"][packet])
        if not data.startswith(_SHELLS) or 23 in ports:
            continue
        stream = int(spoken.stream[place])
        packets = case.packets("tcp", stream)
        host, peer = case.source(packet), case.destination(packet)
        yield finding(
            "shell-in-clear", Severity.warning, short(f"{host} gives {peer} a Windows command prompt", 70),
            f"{host}:{ports[0]} sent '{short(data.partition(bytes([13]))[0].decode('latin-1'), 60)}' to {peer}:"
            f"{ports[1]}, the greeting of a Windows command prompt. {host if spoken.client[place] else peer} opened "
            f"the connection. Whoever sits at {peer} can run commands on {host}.",
            packets.tolist(), hosts=(host, peer), stream=f"tcp:{stream}", lesson="shell",
        )  # fmt: skip


_HEX_FIELD = re.compile(rb"[A-Za-z0-9_]{1,20}=[0-9A-Fa-f]{64,}")


@rule("http-coded-form")
def coded_forms(case: Case) -> Iterator[Finding]:
    """Forms whose only field is a long run of hexadecimal digits, at least twice from one client to one server."""
    web = visits(case)
    found: dict[tuple[str, str], list[int]] = defaultdict(list)
    for number in _posted(web):
        case.go_on()
        if _HEX_FIELD.fullmatch(web.body(number).strip()):
            found[web.client(number), web.server(number)].append(number)
    clients: dict[str, list[int]] = defaultdict(list)
    for (client, _), group in found.items():
        if len(group) > 1:
            clients[client] += group
    for client, group in case.few(
        clients.items(), MOST, lambda item: [index for number in item[1] for index in web.packets(number)]
    ):
        servers = list(dict.fromkeys(web.server(number) for number in group))
        hosts = list(dict.fromkeys(web.head(int(web.request[n])).fields.get("host", "")[:60] for n in group[:50]))
        yield finding(
            "http-coded-form", Severity.warning, short(f"{client} posts coded data to {listed(servers, 2)}", 70),
            f"{client} posted {count(len(group), 'form')} to {listed(hosts, 3)}, each with a single field that is "
            f"nothing but hexadecimal digits: {short(web.url(group[0]))}. A page for people does not do that; programs "
            f"that call home do, good ones and bad ones. The packets do not show what is in it.",
            [index for number in group for index in web.packets(number)], hosts=(client, *servers),
            lesson="coded-form",
        )  # fmt: skip
