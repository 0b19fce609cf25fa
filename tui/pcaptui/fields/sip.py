"""SIP (RFC 3261) over UDP and TCP: first line, header fields with their addresses, and the body."""

from __future__ import annotations

import re
from itertools import islice

from ..protocols.text import decode
from .branch import Branch, View, Walk
from .context import Message
from .media import media
from .registry import application, stream
from .text_lines import line_end, named

LINES = 1000
MESSAGES = 200
_SHORT = {
    "v": "Via", "f": "From", "t": "To", "i": "Call-ID", "m": "Contact", "c": "Content-Type", "l": "Content-Length",
    "s": "Subject", "k": "Supported", "e": "Content-Encoding", "o": "Event", "r": "Refer-To", "x": "Session-Expires",
}  # fmt: skip
_NAMES = {"call-id": "Call-ID", "cseq": "CSeq", "www-authenticate": "WWW-Authenticate", "mime-version": "MIME-Version",
          "rack": "RAck", "rseq": "RSeq"}  # fmt: skip
_ADDRESS = re.compile(
    rb"<?((?:sips?|tel|im|pres):(?:([^@;>?\s]+)@)?([^:;>?\s]+)(?::(\d{1,5}))?[^>\s]*?)(?:>|;tag=|$|\s)"
)
_TAG = re.compile(rb";\s*tag=([^;\s]+)", re.I)
_VIA = re.compile(rb"\s*SIP\s*/\s*2\.0\s*/\s*([A-Za-z]+)\s+(\[[^\]\s]*\]|[^\s:;,]+)(?::(\d{1,5}))?")
_PARAMETER = re.compile(rb";\s*([A-Za-z-]+)(?:\s*=\s*([^;,\s]*))?")
_VIA_NAMES = {b"branch": "Branch", b"rport": "RPort", b"received": "Received", b"maddr": "Maddr", b"ttl": "TTL"}
_WORD = re.compile(rb"[A-Za-z]+")
_QUOTED = re.compile(rb'([A-Za-z]+)\s*=\s*("[^"]*"|[^,\s]*)')
_AUTH = {
    b"username": ("username", "Username"), b"realm": ("realm", "Realm"), b"uri": ("uri", "Authentication URI"),
    b"nonce": ("nonce", "Nonce Value"), b"opaque": ("opaque", "Opaque Value"), b"stale": ("stale", "Stale Flag"),
    b"algorithm": ("algorithm", "Algorithm"), b"nc": ("nc", "Nonce Count"), b"qop": ("qop", "QOP"),
    b"cnonce": ("cnonce", "CNonce Value"), b"response": ("digest.response", "Digest Authentication Response"),
    b"domain": ("domain", "Authentication Domain"),
}  # fmt: skip
_AUTH_FIELDS = {"WWW-Authenticate", "Authorization", "Proxy-Authenticate", "Proxy-Authorization"}
_CSEQ = re.compile(rb"(\d{1,10}) +(\S+)")


@application("sip")
def sip(walk: Walk, view: View) -> None:
    at = view.at
    for _ in range(MESSAGES):
        if at >= view.end or not view.data[at : view.end].strip():
            return
        at = _message(walk, view.sub(at))


@stream("sip")
def sip_stream(walk: Walk, view: View, message: Message) -> None:
    sip(walk, view)


def _message(walk: Walk, view: View) -> int:
    at = view.at
    branch = walk.layer(view, "sip", "Session Initiation Protocol")
    end, size = line_end(view.data, at, view.end)
    branch.suffix(f" ({_first(branch, at, end)})")
    at = end + size
    start, facts = at, dict[str, str]()
    tree = branch.add("Message Header", "sip.msg_hdr", None, at, view.end - at)
    for _ in range(LINES):
        stop = _folded(view.data, at, view.end)
        if at >= view.end or not view.data[at:stop].strip(b"\r\n"):
            break
        _field(tree, at, stop, facts)
        at = stop
    at = min(at + len(view.data[at : at + 2]) - len(view.data[at : at + 2].lstrip(b"\r\n")), view.end)
    tree.resize(at - start)
    length = facts.get("content-length", "")
    known = length.isascii() and length.isdigit() and len(length) < 10
    stop = min(at + int(length), view.end) if known else view.end
    if stop > at:
        body = branch.add("Message Body", "sip.msg_body", None, at, stop - at)
        header = facts.get("content-type", "text/plain")
        with walk.inside(body):
            walk.call(lambda walk, view: media(walk, view, header), view.sub(at, stop))
    branch.resize(stop - view.at)
    return max(stop, view.at + 1)


def _folded(data: bytes, at: int, end: int) -> int:
    for _ in range(LINES):
        line, size = line_end(data, at, end)
        at = line + size
        if at >= end or not size or data[at] not in b" \t":
            break
    return at


def _first(branch: Branch, at: int, end: int) -> str:
    """The first line; what the message is called after."""
    raw = branch.data[at:end]
    words = raw.split(b" ", 2)
    if raw.startswith(b"SIP/"):
        line = named(branch, "sip.Status-Line", "Status-Line", at, end - at)
        code = words[1][:3] if len(words) > 1 else b""
        if code.isdigit():
            line.add(f"Status-Code: {int(code)}", "sip.Status-Code", int(code), at + len(words[0]) + 1, len(code))
        return decode(code)
    line = named(branch, "sip.Request-Line", "Request-Line", at, end - at)
    named(line, "sip.Method", "Method", at, len(words[0]))
    if len(words) > 1:
        uri = named(line, "sip.r-uri", "Request-URI", at + len(words[0]) + 1, len(words[1]))
        _parts(uri, at + len(words[0]) + 1, end, "sip.r-uri", "Request-URI")
    return decode(words[0])


def _parts(tree: Branch, at: int, end: int, field: str, title: str) -> None:
    found = _ADDRESS.match(tree.data, at, end)
    if found is None:
        return
    for group, name, words in ((2, "user", "User Part"), (3, "host", "Host Part"), (4, "port", "Host Port")):
        if found[group]:
            named(tree, f"{field}.{name}", f"{title} {words}", found.start(group), len(found[group]))


def _field(tree: Branch, at: int, stop: int, facts: dict[str, str]) -> None:
    raw = tree.data[at:stop].rstrip(b"\r\n")
    name, _, value = raw.partition(b":")
    written = decode(name.strip())
    short = _SHORT.get(written.lower(), written)
    canonical = _NAMES.get(short.lower()) or "-".join(word[:1].upper() + word[1:] for word in short.split("-"))
    facts.setdefault(canonical.lower(), decode(value.strip()))
    line = tree.add(
        f"{written}:{decode(value)}", f"sip.{canonical}", decode(value.strip()), at, stop - at, len(written)
    )
    start, end = at + len(raw) - len(value), at + len(raw)
    if canonical in ("From", "To", "Contact"):
        _party(line, start, end, canonical.lower())
    elif canonical == "Via":
        _via(line, start, end)
    elif canonical in _AUTH_FIELDS:
        _authentication(line, start, end)
    elif canonical == "CSeq":
        found = _CSEQ.search(tree.data, start, end)
        if found:
            number = int(found[1])
            line.add(f"Sequence Number: {number}", "sip.CSeq.seq", number, found.start(1), len(found[1]))
            named(line, "sip.CSeq.method", "Method", found.start(2), len(found[2]))


def _via(line: Branch, at: int, end: int) -> None:
    """How the message came so far (RFC 3261 section 20.42)."""
    found = _VIA.match(line.data, at, end)
    if found is None:
        return
    named(line, "sip.Via.transport", "Transport", found.start(1), len(found[1]))
    named(line, "sip.Via.sent-by.address", "Sent-by Address", found.start(2), len(found[2]))
    if found[3]:
        port = int(found[3])
        line.add(f"Sent-by port: {port}", "sip.Via.sent-by.port", port, found.start(3), len(found[3]))
    for one in islice(_PARAMETER.finditer(line.data, found.end(), end), LINES):
        name = _VIA_NAMES.get(one[1].lower())
        if name is not None:
            place = (one.start(2), len(one[2])) if one[2] is not None else (one.start(1), len(one[1]))
            named(line, f"sip.Via.{decode(one[1]).lower()}", name, *place)


def _authentication(line: Branch, at: int, end: int) -> None:
    """A challenge or its answer (RFC 3261 section 22.4)."""
    scheme = _WORD.search(line.data, at, end)
    if scheme is None:
        return
    named(line, "sip.auth.scheme", "Authentication Scheme", scheme.start(), len(scheme[0]))
    for one in islice(_QUOTED.finditer(line.data, scheme.end(), end), LINES):
        known = _AUTH.get(one[1].lower())
        if known is not None:
            named(line, f"sip.auth.{known[0]}", known[1], one.start(2), len(one[2]))


def _party(line: Branch, at: int, end: int, what: str) -> None:
    found = _ADDRESS.search(line.data, at, end)
    contact = what == "contact"
    title = "Contact URI" if contact else f"SIP {what} address"
    if found:
        field = "sip.contact.uri" if contact else f"sip.{what}.addr"
        tree = named(line, field, title, found.start(1), len(found[1]))
        _parts(tree, found.start(1), end, f"sip.{what}", title)
    tag = None if contact else _TAG.search(line.data, at, end)
    if tag:
        named(line, f"sip.{what}.tag", f"SIP {what} tag", tag.start(1), len(tag[1]))
