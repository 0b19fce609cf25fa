"""The header fields of HTTP messages and of what is built like them, line by line."""

from __future__ import annotations

import base64
import binascii
import re

from ..protocols.text import decode
from .branch import Branch
from .http_names import HEADERS
from .ntlmssp import SIGNATURE, ntlmssp
from .text_lines import line_end, visible

LINES = 4000
_PAIR = re.compile(rb";")
_CREDENTIALS = ("http.authorization", "http.proxy_authorization", "http.www_authenticate", "http.proxy_authenticate")


def header_lines(branch: Branch, at: int, end: int, response: bool) -> None:
    """Lines from `at` up to the body at `end`, the blank line with them."""
    plain = "http.response.line" if response else "http.request.line"
    for _ in range(LINES):
        if at >= end:
            return
        stop = _folded_end(branch.data, at, end)
        _line(branch, at, stop, plain)
        at = stop


def _folded_end(data: bytes, at: int, end: int) -> int:
    """Where a line and the lines that go on with it (RFC 9112 section 5.2) end."""
    for _ in range(LINES):
        stop, size = line_end(data, at, end)
        at = stop + size
        if at >= end or not size or data[at] not in b" \t":
            break
    return at


def _line(branch: Branch, at: int, stop: int, plain: str) -> None:
    raw = branch.data[at:stop]
    text = visible(raw)
    bare = raw.rstrip(b"\r\n")
    if not bare:
        branch.add(text, "", None, at, stop - at)
        return
    name, colon, value = bare.partition(b":")
    if not colon:
        branch.add(text, "http.unknown_header", decode(bare), at, stop - at)
        return
    field = HEADERS.get(decode(name.strip()).lower(), "")
    words = decode(value.strip())
    line = branch.add(text, field or plain, words if field else decode(raw), at, stop - at)
    if field == "http.content_length_header":
        _length(line, words, at, stop - at)
    elif field in _CREDENTIALS:
        _credentials(line, words)
    elif field == "http.cookie":
        _cookies(line, at + len(bare) - len(value), value)


def _length(line: Branch, words: str, at: int, size: int) -> None:
    if words.isascii() and words.isdigit() and len(words) < 20:
        line.add(f"[Content length: {int(words)}]", "http.content_length", int(words), at, size)


def _credentials(line: Branch, words: str) -> None:
    """Name and password of RFC 7617, or a message of NTLM."""
    scheme, _, coded = words.partition(" ")
    if scheme.lower() not in ("basic", "ntlm", "negotiate"):
        return
    try:
        plain = base64.b64decode(coded.strip() + "=" * (-len(coded.strip()) % 4))
    except (binascii.Error, ValueError):
        return
    if scheme.lower() == "basic" and line.node.field in _CREDENTIALS[:2]:
        line.computed(f"Credentials: {decode(plain)}", "http.authbasic", decode(plain))
    elif plain.startswith(SIGNATURE):
        view = line.walk.add_source("NTLMSSP", plain)
        below = Branch(line.walk, view, line.node)
        line.walk.call(lambda walk, view: ntlmssp(below, 0), view)


def _cookies(line: Branch, at: int, value: bytes) -> None:
    start = 0
    for _ in range(LINES):
        found = _PAIR.search(value, start)
        stop = found.start() if found else len(value)
        pair = value[start:stop]
        bare = pair.strip()
        if bare:
            line.string("http.cookie_pair", "Cookie pair", at + start + pair.find(bare), len(bare))
        if found is None:
            return
        start = found.end()
