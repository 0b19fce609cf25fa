"""Internet messages (RFC 5322): whom from and what about, behind SMTP, POP and IMAP."""

from __future__ import annotations

import re

from . import media
from .packet import Packet
from .text import decode

HEADERS = 20_000
LINES = 2000
_INFO = 4096
_BLANK = re.compile(rb"(?:^|\n)\r?\n")
_SHOWN = {"text/plain", "text/html", "text/css", "text/javascript"}


def imf(packet: Packet, data: bytes, depth: int = 0) -> None:
    """Replace Info by sender and subject, then what the body is; Protocol gets /IMF behind it."""
    if not depth:
        packet.info = packet.info[: packet.fence]
    packet.protocol += "/IMF"
    packet.layers.append("imf")
    blank = _BLANK.search(data)
    head = data[: blank.start() + 1 if blank else len(data)]
    body = data[blank.end() :] if blank else b""
    kind = ""
    if blank is None and b":" not in head.partition(b"\n")[0]:
        head, body = b"", data
    for name, value in _fields(head):
        if name == "from":
            packet.info += f"from: {value}, "
        elif name == "subject":
            packet.info += f"subject: {value}, "
        elif name == "content-type":
            kind = value
    if depth < 3:
        _content(packet, kind, body, depth)


def _fields(head: bytes) -> list[tuple[str, str]]:
    """Names in lower case and values; a line without a colon is part of the next one's name (found by experiment)."""
    out = []
    name = ""
    value: list[str] | None = None
    pending = ""
    for line in decode(head).split("\n")[: HEADERS * 4]:
        if value is not None and line[:1] in (" ", "\t"):
            value.append(line)
            continue
        if value is not None:
            out.append((name, "\n".join(value).strip()))
            value = None
        before, colon, after = line.partition(":")
        if colon and len(out) < HEADERS:
            name, value, pending = (pending + before).strip().lower(), [after], ""
        else:
            pending += line + "\n"
    if value is not None:
        out.append((name, "\n".join(value).strip()))
    return out


def _content(packet: Packet, kind: str, body: bytes, depth: int) -> None:
    bare = media.media_type(kind)
    if ";" in kind and bare.startswith("multipart/"):
        media.multipart(packet, kind, body)
    elif ";" in kind and bare in _SHOWN:
        packet.info += f" ({bare})"
    elif ";" not in kind:
        _lines(packet, body)


def _lines(packet: Packet, body: bytes) -> None:
    for line in body.splitlines(keepends=True)[:LINES]:
        if line.rstrip(b"\r\n") == b"." or len(packet.info) > _INFO:
            return
        text = decode(line).replace("\r", " ").replace("\n", " ").replace("\t", " ")
        packet.info += f", {text}" if packet.info[packet.fence :] else text
