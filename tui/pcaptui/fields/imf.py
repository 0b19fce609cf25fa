"""Internet messages (RFC 5322, MIME of RFC 2045): header fields, addresses, and the body by its type."""

from __future__ import annotations

import re

from ..protocols.media import media_type
from ..protocols.text import decode
from .branch import Branch, View, Walk
from .media import media
from .multipart import transfer_decoded
from .text_lines import line_end, named, visible
from .words import plural

FIELDS = 2000
LINES = 20_000
ITEMS = 2000
_NAMES = {
    "date": "date", "from": "from", "sender": "sender", "reply-to": "reply_to", "to": "to", "cc": "cc", "bcc": "bcc",
    "message-id": "message_id", "in-reply-to": "in_reply_to", "references": "references", "subject": "subject",
    "comments": "comments", "keywords": "keywords", "resent-date": "resent.date", "resent-from": "resent.from",
    "resent-sender": "resent.sender", "resent-to": "resent.to", "resent-cc": "resent.cc", "resent-bcc": "resent.bcc",
    "resent-message-id": "resent.message_id", "return-path": "return_path", "received": "received",
    "content-type": "content.type", "content-id": "content.id", "content-description": "content.description",
    "content-transfer-encoding": "content.transfer_encoding", "mime-version": "mime_version",
    "delivered-to": "delivered_to", "delivery-date": "delivery_date", "x-mailer": "ext.mailer",
    "x-mimeole": "ext.mimeole", "x-uidl": "ext.uidl", "x-authentication-warning": "ext.authentication_warning",
    "x-virus-scanned": "ext.virus_scanned", "x-original-to": "ext.original-to", "expiry-date": "ext.expiry-date",
    "x-ms-tnef-correlator": "ext.tnef-correlator", "thread-index": "thread-index", "lines": "lines",
    "precedence": "precedence", "priority": "priority", "importance": "importance", "sensitivity": "sensitivity",
    "expires": "expires", "supersedes": "supersedes", "autoforwarded": "autoforwarded",
    "autosubmitted": "autosubmitted", "content-language": "content_language", "user-agent": "user_agent",
    "reply-by": "reply_by", "incomplete-copy": "incomplete_copy", "message-type": "message_type",
    "deferred-delivery": "deferred_delivery", "conversion": "conversion",
}  # fmt: skip
_MAILBOXES = {"from", "resent-from"}
_ADDRESSES = {"to", "cc", "bcc", "reply-to", "resent-to", "resent-cc", "resent-bcc"}
_SINGLE = {"sender", "resent-sender"}
_COMMA = re.compile(rb'"(?:[^"\\]|\\.)*"|(,)')


def imf(walk: Walk, view: View) -> None:
    branch = walk.layer(view, "imf", "Internet Message Format")
    at = view.at
    facts: dict[str, str] = {}
    for _ in range(FIELDS):
        end, size = line_end(view.data, at, view.end)
        if end == at or b":" not in view.data[at:end]:
            at = end + size if end == at else at
            break
        at = _field(branch, at, view.end, facts)
    if at >= view.end:
        return
    body = view.sub(at, view.end)
    header = facts.get("content-type", "")
    if ";" not in header and not media_type(header).startswith(("text/", "multipart/")):
        _text(branch, body)
        return
    with walk.inside(branch):
        coding = facts.get("content-transfer-encoding", "")
        walk.call(lambda walk, view: media(walk, transfer_decoded(walk, view, coding), header), body)


def _field(branch: Branch, at: int, end: int, facts: dict[str, str]) -> int:
    """One header field with its folded lines (RFC 5322 section 2.2.3); where the next one begins."""
    stop, last = at, at
    for _ in range(LINES):
        last, size = line_end(branch.data, stop, end)
        stop = last + size
        if stop >= end or branch.data[stop] not in b" \t":
            break
    raw = branch.data[at:last]
    name, _, rest = raw.partition(b":")
    key = decode(name.strip()).lower()
    start = last - len(rest.lstrip(b" \t"))
    value = decode(branch.data[start:last])
    if key not in facts:
        facts[key] = " ".join(value.split())
    field = _NAMES.get(key)
    title = decode(name.strip())
    if field is None:
        text = f"Unknown-Extension: {title}: {value}"
        below = branch.add(text, "imf.extension", f"{title}: {value}", at, last - at, 17)
        named(below, "imf.extension.type", "Type", at, len(name))
        named(below, "imf.extension.value", "Value", start, last - start)
    else:
        below = named(branch, f"imf.{field}", _title(key, title), start, last - start)
        _inside(below, key, start, last, stop)
    if "=?" in value:
        _decoded(below, value)
    return stop


def _title(key: str, title: str) -> str:
    return "-".join(part.capitalize() for part in key.split("-")) if title.islower() or title.isupper() else title


def _inside(field: Branch, key: str, start: int, last: int, stop: int) -> None:
    if key == "content-type":
        kind, semicolon, _ = field.data[start:last].partition(b";")
        named(field, "imf.content.type.type", "Type", start, len(kind))
        if semicolon:
            at = start + len(kind) + 1
            named(field, "imf.content.type.parameters", "Parameters", at, last - at)
    elif key in _MAILBOXES or key in _ADDRESSES:
        item = "imf.mailbox_list.item" if key in _MAILBOXES else "imf.address_list.item"
        count = 0
        for at, end in _items(field.data, start, last):
            size = (stop if end == last else end) - at
            count += 1
            _address(named(field, item, "Item", at, size), at, end)
        field.suffix(f", {plural(count, 'item')}")
    elif key in _SINGLE:
        _address(field, start, last)


def _items(data: bytes, at: int, end: int) -> list[tuple[int, int]]:
    """Where the addresses of a list are, split at commas outside of quotes."""
    found: list[tuple[int, int]] = []
    for comma in _COMMA.finditer(data, at, end):
        if comma[1] is not None and len(found) < ITEMS:
            found.append((at, comma.start()))
            at = comma.end()
    return [*found, (at, end)]


def _address(item: Branch, at: int, end: int) -> None:
    raw = item.data[at:end]
    low, high = raw.rfind(b"<"), raw.rfind(b">")
    if 0 <= low < high:
        name = raw[:low].strip()
        if name:
            where = at + raw.find(name)
            named(item, "imf.display_name", "Display-Name", where, len(name))
        named(item, "imf.address", "Address", at + low + 1, high - low - 1)
    elif raw.strip():
        where = at + len(raw) - len(raw.lstrip())
        named(item, "imf.address", "Address", where, len(raw.strip()))


def _decoded(field: Branch, value: str) -> None:
    """Words that are coded for other charsets (RFC 2047), as people read them."""
    from email.errors import MessageError  # both take longer to import than all of this package's text modules
    from email.header import decode_header, make_header

    try:
        text = str(make_header(decode_header(value[:4000])))
    except (MessageError, ValueError, LookupError, AssertionError):
        return
    if text != value:
        field.computed(f"Decoded: {text}", "", text)


def _text(branch: Branch, body: View) -> None:
    text = branch.add("Message-Text", "imf.message_text", None, body.at, len(body))
    at = body.at
    for _ in range(LINES):
        if at >= body.end:
            return
        end, size = line_end(body.data, at, body.end)
        line = visible(body.data[at : end + size]).replace("\r", " ").replace("\n", " ").replace("\t", " ")
        text.add(line, "", None, at, end + size - at)
        at = end + size
