"""What a TLS Client Hello asks for: the server's name and the versions offered (RFC 6066, RFC 8446 section 4.2.1)."""

from __future__ import annotations

from collections.abc import Iterator

from .apptext import u8, u16
from .packet import Short
from .text import decode
from .tls_names import VERSIONS, draft_or_final

_NAME, _PROTOCOLS, _VERSIONS = 0, 16, 43
EXTENSIONS = 200


def extensions(hello: bytes) -> Iterator[tuple[int, bytes]]:
    """The extensions of a Client Hello's body (behind type and length), as far as they are whole."""
    try:
        at = 35 + u8(hello, 34)
        at += 2 + u16(hello, at)
        at += 1 + u8(hello, at) + 2
        for _ in range(EXTENSIONS):
            kind, size = u16(hello, at), u16(hello, at + 2)
            if at + 4 + size > len(hello):
                return
            yield kind, hello[at + 4 : at + 4 + size]
            at += 4 + size
    except Short:
        return


def server_name(hello: bytes) -> str:
    """The host name in the server_name extension, "" without one."""
    for kind, body in extensions(hello):
        if kind == _NAME and len(body) >= 5 and body[2] == 0:
            return decode(body[5 : 5 + u16(body, 3)])
    return ""


def client_versions(hello: bytes) -> list[str]:
    """Names of the versions offered, as the client orders them; unknown ones (GREASE) are left out."""
    for kind, body in extensions(hello):
        if kind == _VERSIONS and body:
            numbers = [u16(body, at) for at in range(1, min(len(body) - 1, 64), 2)]
            return [VERSIONS[v] for v in map(draft_or_final, numbers) if v in VERSIONS]
    version = u16(hello, 0) if len(hello) >= 2 else 0
    return [VERSIONS[version]] if version in VERSIONS else []


def protocols(hello: bytes) -> list[str]:
    """Application protocols that a Client Hello offers (RFC 7301 section 3.1)."""
    return next((_names(body) for kind, body in extensions(hello) if kind == _PROTOCOLS), [])


def chosen_protocol(answer: bytes) -> str:
    """The application protocol that a Server Hello's body chooses, "" without one (TLS 1.3 tells it encrypted)."""
    try:
        at = 35 + u8(answer, 34) + 3 + 2
        for _ in range(EXTENSIONS):
            kind, size = u16(answer, at), u16(answer, at + 2)
            if kind == _PROTOCOLS:
                return next(iter(_names(answer[at + 4 : at + 4 + size])), "")
            at += 4 + size
    except Short:
        pass
    return ""


def _names(body: bytes) -> list[str]:
    found: list[str] = []
    at = 2
    while at < len(body) and len(found) < 50:
        found.append(decode(body[at + 1 : at + 1 + body[at]]))
        at += 1 + body[at]
    return found
