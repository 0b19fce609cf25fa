"""Logins in dialogues of lines (FTP, POP, SMTP, IMAP) and in Telnet, read from what both sides said in clear."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from ..protocols.text import decode

_LOGIN = re.compile(
    rb'(\S{1,32}) LOGIN ("(?:[^"\\]|\\.){0,200}"|\S{1,200}) ("(?:[^"\\]|\\.){0,200}"|\S{1,200})\s*', re.I
)
_AUTHENTICATE = re.compile(rb"(\S{1,32}) AUTHENTICATE (PLAIN|LOGIN)(?: (\S+))?\s*", re.I)
_ASKS_NAME = re.compile(rb"(?:login|user ?name|user)\s*:\s*$", re.I)
_ASKS_PASSWORD = re.compile(rb"pass(?:word|code|phrase)?[^\r\n]{0,40}:\s*$", re.I)
MOST = 100
"""Logins of one stream."""


@dataclass(slots=True)
class Login:
    """`accepted`: None where nothing tells. `packets`: indexes."""

    user: str = ""
    password: str = ""
    accepted: bool | None = None
    answer: str = ""
    packets: list[int] = field(default_factory=list)


Line = tuple[bool, bytes, int]
"""Whether the client said it, the bytes, the packet's index."""


def commands(lines: Iterable[Line]) -> list[Login]:
    """USER and PASS with their answers: FTP (RFC 959 section 4.1.1), POP (RFC 1939 section 7)."""
    found: list[Login] = []
    user, before, waits = "", 0, False
    for client, line, packet in lines:
        word = line[:5].upper() if client else b""
        if word == b"USER ":
            user, before = decode(line[5:].strip())[:200], packet
        elif word == b"PASS ":
            if len(found) >= MOST:
                break
            password = decode(line[5:].strip())[:200]
            found.append(Login(user, password, packets=[before, packet] if user else [packet]))
            waits = True
        elif not client and waits and (line[:3].isdigit() or line[:1] in (b"+", b"-")) and line[3:4] != b"-":
            found[-1].accepted = line[:1] in (b"2", b"+")
            found[-1].answer = decode(line.strip())[:60]
            found[-1].packets.append(packet)
            waits = False
    return found


def smtp(lines: Iterable[Line]) -> list[Login]:
    """AUTH PLAIN (RFC 4616) and AUTH LOGIN."""
    found: list[Login] = []
    state = ""
    for client, line, packet in lines:
        text = line.strip()
        if client and text[:5].upper() == b"AUTH ":
            words = text.split()
            kind = words[1].upper() if len(words) > 1 else b""
            if kind in (b"PLAIN", b"LOGIN") and len(found) < MOST:
                found.append(Login(packets=[packet]))
                state = kind.decode().lower()
                if len(words) > 2:
                    state = _take(found[-1], state, words[2], packet)
        elif client and state in ("plain", "login", "password"):
            state = _take(found[-1], state, text, packet)
        elif not client and state and text[:3].isdigit() and text[:1] != b"3":
            found[-1].accepted, found[-1].answer = text[:1] == b"2", decode(text)[:60]
            found[-1].packets.append(packet)
            state = ""
    return [login for login in found if login.password]


def imap(lines: Iterable[Line]) -> list[Login]:
    """LOGIN (RFC 9051 section 6.2.3) and AUTHENTICATE PLAIN or LOGIN."""
    found: list[Login] = []
    state, tag = "", b""
    for client, line, packet in lines:
        text = line.strip()
        if client and len(found) < MOST and (plain := _LOGIN.fullmatch(text)):
            found.append(Login(_unquoted(plain[2]), _unquoted(plain[3]), packets=[packet]))
            tag, state = plain[1], "done"
        elif client and len(found) < MOST and (coded := _AUTHENTICATE.fullmatch(text)):
            found.append(Login(packets=[packet]))
            tag, state = coded[1], coded[2].decode().lower()
            if coded[3]:
                state = _take(found[-1], state, coded[3], packet)
        elif client and state in ("plain", "login", "password"):
            state = _take(found[-1], state, text, packet)
        elif not client and state and tag and text.startswith(tag + b" "):
            found[-1].accepted, found[-1].answer = text[len(tag) + 1 :][:2].upper() == b"OK", decode(text)[:60]
            found[-1].packets.append(packet)
            state = ""
    return [login for login in found if login.password]


def _unquoted(word: bytes) -> str:
    return decode(re.sub(rb"\\(.)", rb"\1", word[1:-1]) if word[:1] == b'"' else word)


def _take(login: Login, state: str, word: bytes, packet: int) -> str:
    """An answer to a challenge, in base64; what comes next."""
    if packet not in login.packets:
        login.packets.append(packet)
    try:
        plain = base64.b64decode(word, validate=True)
    except (binascii.Error, ValueError):
        return "done"
    if state == "plain":
        parts = plain.split(b"\0")
        if len(parts) == 3:
            login.user, login.password = decode(parts[1])[:200], decode(parts[2])[:200]
        return "done"
    if state == "login":
        login.user = decode(plain)[:200]
        return "password"
    login.password = decode(plain)[:200]
    return "done"


def telnet(pieces: Iterable[Line]) -> list[Login]:
    """What is typed behind 'login:' and 'Password:'; keys come one or several at a time (RFC 854)."""
    found: list[Login] = []
    asked, typed, heard = "", b"", b""
    packets: list[int] = []
    user = ""
    for client, data, packet in pieces:
        data = _without_commands(data)
        if not client:
            heard = (heard + data)[-200:]
            if not asked:
                asked = "password" if _ASKS_PASSWORD.search(heard) else "user" if _ASKS_NAME.search(heard) else ""
                typed, packets = b"", packets if asked == "password" else []
            continue
        if not asked:
            continue
        typed = (typed + data)[:400]
        packets.append(packet)
        if b"\r" not in typed and b"\n" not in typed:
            continue
        word = decode(_edited(re.split(rb"[\r\n]", typed)[0]))
        if asked == "user":
            user = word
        elif len(found) < MOST:
            found.append(Login(user, word, packets=packets))
            packets = []
        asked, heard = "", b""
    return [login for login in found if login.password]


def _without_commands(data: bytes) -> bytes:
    """Without IAC sequences."""
    data = re.sub(rb"\xff\xfa.*?\xff\xf0", b"", data, flags=re.S)
    return re.sub(rb"\xff[\xfb-\xfe].?|\xff[\xf0-\xfa]", b"", data, flags=re.S).replace(b"\0", b"")


def _edited(keys: bytes) -> bytes:
    """With backspaces done."""
    out = bytearray()
    for key in keys:
        if key in (8, 127):
            del out[-1:]
        else:
            out.append(key)
    return bytes(out)
