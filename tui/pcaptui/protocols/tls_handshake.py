"""Handshake messages of TLS within their records, whole or in fragments (RFC 5246 section 7.4, RFC 8446 section 4)."""

from __future__ import annotations

from dataclasses import dataclass, field

from .apptext import take, u8, u16, u24
from .tls_names import CERTIFICATE, CLIENT_HELLO, HANDSHAKES, HELLO_RETRY, SERVER_HELLO, TLS13, VERSIONS, draft_or_final

ENCRYPTED = "Encrypted Handshake Message"
LEAST_ENCRYPTED = 16
"""Nothing shorter holds an authentication tag or MAC, so it is plain."""
MAX_MESSAGE = 0x10000


@dataclass(slots=True)
class Session:
    """What is known of one TLS conversation. Both lists have one entry a direction.

    `hello`: the body of the latest Client Hello. `ciphered`: number of the packet with the Change Cipher Spec message,
    0 before. `fragment`: the beginning of a handshake message whose rest comes in another record.
    """

    version: int = 0
    suite: int = 0  # cipher suite that the latest Server Hello chose
    hello: bytes = b""
    answer: bytes = b""  # the body of the latest Server Hello
    certificate: bytes = b""  # and of the latest Certificate
    data: int = 0  # bit 1 << direction: that side has sent application data
    ciphered: list[int] = field(default_factory=lambda: [0, 0])
    fragment: list[bytes] = field(default_factory=lambda: [b"", b""])


def handshake_record(session: Session, number: int, direction: int, body: bytes, words: list[str]) -> None:
    """Append the names of the messages in one record of packet `number`. Raises Short inside a broken hello."""
    pending = session.fragment[direction]
    continued = bool(pending)
    if not continued and _looks_encrypted(session, number, direction, body):
        words.append(ENCRYPTED)
        return
    data = pending + body
    session.fragment[direction] = b""
    at, first = 0, not continued
    while at < len(data):
        left = len(data) - at
        kind = data[at]
        size = u24(data, at + 1) if left >= 4 else MAX_MESSAGE
        name = HANDSHAKES.get(kind)
        if left < 4 + size:
            _keep(session, direction, data[at:], first, words)
            return
        if name is not None or first:
            _message(session, kind, data[at + 4 : at + 4 + size], words)
        at += 4 + size
        first = False


def _keep(session: Session, direction: int, part: bytes, first: bool, words: list[str]) -> None:
    if len(part) < MAX_MESSAGE + 4:
        session.fragment[direction] = part
    if first:
        name = HANDSHAKES.get(part[0])
        words.append(f"[{name} Fragment]" if name else ENCRYPTED)


def _looks_encrypted(session: Session, number: int, direction: int, body: bytes) -> bool:
    """tshark's guess, found by experiment: by size, by an unlikely beginning, or after Change Cipher Spec."""
    if len(body) < LEAST_ENCRYPTED:
        return False
    if body[0] not in HANDSHAKES or u24(body, 1) >= MAX_MESSAGE or body[:4] == bytes(4):
        return True
    return session.version != TLS13 and 0 < session.ciphered[direction] < number


def _message(session: Session, kind: int, body: bytes, words: list[str]) -> None:
    name = HANDSHAKES.get(kind, ENCRYPTED)
    if kind == SERVER_HELLO:
        if body[2:34] == HELLO_RETRY:
            name = "Hello Retry Request"
        session.answer = body
        words.append(name)
        version = server_version(body)
        if version in VERSIONS:
            session.version = version
        session.suite = _suite(body)
    else:
        words.append(name)
        if kind == CLIENT_HELLO:
            session.hello = body
            u8(body, 34)
        elif kind == CERTIFICATE:
            session.certificate = body


def _suite(body: bytes) -> int:
    """The cipher suite of a Server Hello whose fixed fields are there; drafts of TLS 1.3 had no session id."""
    at = 34 if draft_or_final(u16(body, 0)) == TLS13 else 35 + u8(body, 34)
    return u16(body, at)


def server_version(body: bytes) -> int:
    """The version that a Server Hello settles, from its supported_versions extension if there is one.

    Raises Short where the fixed fields end early.
    """
    version = draft_or_final(u16(body, 0))
    at = 34 if version == TLS13 else 35 + u8(body, 34)
    take(body, at, 3 if version != TLS13 else 2)
    at += 3 if version != TLS13 else 2
    if at + 2 > len(body):
        return version
    at += 2
    while at + 4 <= len(body):
        kind, size = u16(body, at), u16(body, at + 2)
        if kind == 43 and size == 2 and at + 6 <= len(body):
            return draft_or_final(u16(body, at + 4))
        at += 4 + size
    return version
