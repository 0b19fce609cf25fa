"""RTSP (RFC 2326): requests, responses, their header fields and bodies."""

from __future__ import annotations

import re

from ..protocols.text import decode
from .branch import Branch, View, Walk
from .context import Message
from .media import media
from .registry import stream
from .text_lines import line_end, named, visible

MESSAGES = 500
LINES = 2000
_FIELDS = {
    "content-type": "rtsp.content-type", "content-length": "rtsp.content-length", "session": "rtsp.session",
    "transport": "rtsp.transport",
}  # fmt: skip
_BARE = ("rtsp.transport", "rtsp.session")
"""Their bytes go without the line end; found by experiment."""
_STATUS = re.compile(rb"RTSP/\S+ +(\d{3})")


@stream("rtsp")
def rtsp(walk: Walk, view: View, message: Message) -> None:
    at = view.at
    for _ in range(MESSAGES):
        if at >= view.end:
            return
        at = _message(walk, view.sub(at))


def _message(walk: Walk, view: View) -> int:
    at = view.at
    branch = walk.layer(view, "rtsp", "Real Time Streaming Protocol")
    if view.data[at : at + 1] == b"$":  # interleaved data, RFC 2326 section 10.12
        end = min(at + 4 + branch.u16(at + 2), view.end)
        branch.add("Interleaved data", "", None, at, end - at)
        branch.resize(end - at)
        return end
    _first(branch, at, view.end)
    end, size = line_end(view.data, at, view.end)
    at = end + size
    facts: dict[str, str] = {}
    for _ in range(LINES):
        if at >= view.end:
            break
        end, size = line_end(view.data, at, view.end)
        _field(branch, at, end, size, facts)
        blank = end == at
        at = end + size
        if blank:
            break
    length = facts.get("content-length", "0")
    count = int(length) if length.isascii() and length.isdigit() and len(length) < 10 else 0
    stop = min(at + count, view.end)
    branch.resize(at - view.at)
    if stop > at:
        header = facts.get("content-type", "text/plain")
        walk.call(lambda walk, view: media(walk, view, header), view.sub(at, stop))
    return max(stop, view.at + 1)


def _first(branch: Branch, at: int, limit: int) -> None:
    end, size = line_end(branch.data, at, limit)
    raw = branch.data[at:end]
    response = raw.startswith(b"RTSP/")
    text = visible(branch.data[at : end + size])
    kind, title = ("rtsp.response", "Response") if response else ("rtsp.request", "Request")
    line = branch.add(f"{title}: {text}", kind, text, at, end + size - at, len(title))
    if response:
        found = _STATUS.match(raw)
        if found:
            line.add(f"Status: {int(found[1])}", "rtsp.status", int(found[1]), at + found.start(1), 3)
        return
    method, _, rest = raw.partition(b" ")
    url = rest.lstrip(b" ").partition(b" ")[0]
    named(line, "rtsp.method", "Method", at, len(method))
    if url:
        named(line, "rtsp.url", "URL", at + raw.find(url, len(method)), len(url))


def _field(branch: Branch, at: int, end: int, size: int, facts: dict[str, str]) -> None:
    name, _, value = branch.data[at:end].partition(b":")
    key = decode(name.strip()).lower()
    text = decode(value.strip())
    facts.setdefault(key, text)
    field = _FIELDS.get(key, "")
    label = f"{decode(name.strip())}: {text}" if field else visible(branch.data[at : end + size])
    branch.add(label, field, text, at, end - at if field in _BARE else end + size - at)
