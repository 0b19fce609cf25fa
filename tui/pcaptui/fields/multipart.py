"""MIME multipart bodies (RFC 2046 section 5.1): preamble, boundaries, parts with their header fields and content."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable

from ..protocols.media import boundary_of, media_type
from ..protocols.text import decode
from .branch import Branch, View, Walk
from .payload import data
from .text_lines import line_end, named, visible

PARTS = 1000
FIELDS = 200
_BLANK = re.compile(rb"\r?\n\r?\n|\A\r?\n")
_HEADERS = {
    "content-disposition": "mime_multipart.header.content-disposition",
    "content-encoding": "mime_multipart.header.content-encoding", "content-id": "mime_multipart.header.content-id",
    "content-length": "mime_multipart.header.content-length",
    "content-transfer-encoding": "mime_multipart.header.content-transfer-encoding",
    "content-type": "mime_multipart.header.content-type",
}  # fmt: skip
Media = Callable[[Walk, View, str], object]


def multipart(walk: Walk, view: View, header: str, media: Media) -> bool:
    """Build the parts, each with `media`; False where the header names no boundary that is there."""
    boundary = boundary_of(header)
    kind = media_type(header)
    if not boundary:
        return False
    mark = re.compile(rb"(?:\A|(?:\A|(?<=\n)|(\r?\n)))--" + re.escape(boundary.encode("utf-8", "surrogateescape"))
                      + rb"(--)?[ \t]*(\r?\n|\Z)?")  # fmt: skip
    found = mark.search(view.data, view.at, view.end)
    if found is None:
        return False
    words = f'MIME Multipart Media Encapsulation, Type: {kind}, Boundary: "{boundary}"'
    branch = walk.layer(view, "mime_multipart", words)
    branch.computed(f"Type: {kind}", "mime_multipart.type", kind)
    first = found.end(1) if found[1] is not None else found.start()
    if first > view.at:
        branch.blob("mime_multipart.preamble", "Preamble", view.at, first - view.at)
    named(branch, "mime_multipart.first_boundary", "First boundary", first, found.end() - first)
    at = found.end()
    for _ in range(PARTS):
        found = mark.search(view.data, at, view.end)
        stop = found.start() if found else view.end
        _part(walk, branch, view.sub(at, stop), media)
        if found is None:
            return True
        last = found[2] is not None
        field, name = ("mime_multipart.last_boundary", "Last boundary") if last else ("mime_multipart.boundary",
                                                                                     "Boundary")  # fmt: skip
        named(branch, field, name, stop, found.end() - stop)
        at = found.end()
        if last or at <= stop:
            break
    if at < view.end:
        branch.blob("mime_multipart.trailer", "Trailer", at, view.end - at)
    return True


def _part(walk: Walk, branch: Branch, view: View, media: Media) -> None:
    blank = _BLANK.search(view.data[view.at : view.end])
    body = view.at + blank.end() if blank else view.at
    part = branch.add("Encapsulated multipart part: ", "mime_multipart.part", None, view.at, len(view))
    headers = _fields(part, view.at, body)
    header = headers.get("content-type", "")
    if header:
        part.label(f"Encapsulated multipart part:  ({media_type(header)})")
    content = view.sub(body, view.end)
    if not len(content):
        return
    with walk.inside(part):
        walk.call(lambda walk, view: _content(walk, view, header, headers, media), content)


def _content(walk: Walk, view: View, header: str, headers: dict[str, str], media: Media) -> None:
    view = transfer_decoded(walk, view, headers.get("content-transfer-encoding", ""))
    if not header:
        data(walk, view)
    else:
        media(walk, view, header)


def transfer_decoded(walk: Walk, view: View, coding: str) -> View:
    """Content without its transfer encoding (RFC 2045 section 6), as a source of its own."""
    try:
        if coding.lower() == "base64":
            return walk.add_source("Base64 decoded part", base64.b64decode(view.bytes))
        if coding.lower() == "quoted-printable":
            import quopri

            return walk.add_source("Quoted-printable decoded part", quopri.decodestring(view.bytes))
    except (binascii.Error, ValueError):
        pass
    return view


def _fields(part: Branch, at: int, end: int) -> dict[str, str]:
    """Put header fields below a part; names in lower case, values without folds."""
    found: dict[str, str] = {}
    for _ in range(FIELDS):
        if at >= end:
            break
        stop = at
        for _ in range(FIELDS):
            line, size = line_end(part.data, stop, end)
            stop = line + size
            if stop >= end or part.data[stop] not in b" \t":
                break
        if end - stop <= 2 and not part.data[stop:end].strip():
            stop = end
        name, colon, value = part.data[at:stop].partition(b":")
        key = decode(name.strip()).lower()
        text = " ".join(decode(value).split())
        part.add(visible(part.data[at:stop]), _HEADERS.get(key, ""), text, at, stop - at)
        if colon and key not in found:
            found[key] = text
        at = stop
    return found
