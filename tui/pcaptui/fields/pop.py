"""POP3 (RFC 1939): commands, replies with their lines, and messages."""

from __future__ import annotations

from ..protocols.text import decode
from .branch import Branch, View, Walk
from .context import Message
from .imf import imf
from .registry import stream
from .text_lines import line_end, named, visible

LINES = 20_000


@stream("pop")
def pop(walk: Walk, view: View, message: Message) -> None:
    branch = walk.layer(view, "pop", "Post Office Protocol")
    reply = message.from_server
    if reply and not view.bytes.startswith((b"+OK", b"-ERR", b"+ ")):
        if len(view):
            walk.call(imf, view)
        return
    at = view.at
    for place in range(LINES):
        if at >= view.end:
            return
        end, size = line_end(view.data, at, view.end)
        text, length = visible(view.data[at : end + size]), end + size - at
        if reply and place:
            branch.add(text, "pop.response.data", text, at, length)
        else:
            field = "pop.response" if reply else "pop.request"
            line = branch.add(text, field, decode(view.data[at:end]), at, length)
            _words(line, at, end, reply)
        at = end + size


def _words(line: Branch, at: int, end: int, reply: bool) -> None:
    first, second = ("indicator", "description") if reply else ("command", "parameter")
    kind, title = ("pop.response", "Response") if reply else ("pop.request", "Request")
    word, _, rest = line.data[at:end].partition(b" ")
    if word:
        named(line, f"{kind}.{first}", f"{title} {first}", at, len(word))
    start = end - len(rest.lstrip(b" "))
    if start < end:
        named(line, f"{kind}.{second}", f"{title} {second}", start, end - start)
