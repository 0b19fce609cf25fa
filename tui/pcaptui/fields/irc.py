"""IRC (RFC 2812): lines with prefix, command, parameters and trailer."""

from __future__ import annotations

from .branch import Branch, View, Walk
from .context import Message
from .registry import stream
from .text_lines import line_end, named

LINES = 10_000
PARAMETERS = 100


@stream("irc")
def irc(walk: Walk, view: View, message: Message) -> None:
    branch = walk.layer(view, "irc", "Internet Relay Chat")
    kind = "response" if message.from_server else "request"
    at = view.at
    for _ in range(LINES):
        if at >= view.end:
            return
        end, size = line_end(view.data, at, view.end)
        if end > at:
            _line(named(branch, f"irc.{kind}", kind.capitalize(), at, end - at), f"irc.{kind}", at, end)
        at = end + size


def _line(line: Branch, kind: str, at: int, end: int) -> None:
    data = line.data
    if data[at : at + 1] == b":":
        stop = _word(data, at, end)
        named(line, f"{kind}.prefix", "Prefix", at + 1, stop - at - 1)
        at = _skip(data, stop, end)
    stop = _word(data, at, end)
    if stop > at:
        named(line, f"{kind}.command", "Command", at, stop - at)
    at = _skip(data, stop, end)
    trailer = at if data[at : at + 1] == b":" else data.find(b" :", at, end) + 1
    last = trailer - 1 if trailer > at else end
    if at < end and trailer != at:
        tree = line.add("Command parameters", "", None, at, end - at)
        for _ in range(PARAMETERS):
            if at >= last:
                break
            stop = _word(data, at, last)
            named(tree, f"{kind}.command_parameter", "Parameter", at, stop - at)
            at = _skip(data, stop, last)
    if trailer > 0 and trailer < end:
        named(line, f"{kind}.trailer", "Trailer", trailer + 1, end - trailer - 1)


def _word(data: bytes, at: int, end: int) -> int:
    stop = data.find(b" ", at, end)
    return stop if stop >= 0 else end


def _skip(data: bytes, at: int, end: int) -> int:
    return end - len(data[at:end].lstrip(b" "))
