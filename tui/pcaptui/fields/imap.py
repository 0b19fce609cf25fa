"""IMAP (RFC 9051): commands, responses, and messages in literals.

A response's request stands in `context.links` of kind "imap" and role "request", with `facts["tag"]` and `time`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from ..protocols.text import decode
from .branch import Branch, View, Walk
from .context import Message
from .imf import imf
from .registry import stream
from .text_lines import line_end, named, visible
from .words import seconds

LINES = 20_000
_WORD = re.compile(rb'"(?:[^"\\]|\\.)*"|[^ ]+')
_LITERAL = re.compile(rb"\{(\d{1,9})\+?\}$")
_FOLDERS = {b"select", b"examine", b"create", b"delete", b"rename", b"subscribe", b"unsubscribe", b"status", b"append"}
_SECOND = {b"copy", b"move"}


@stream("imap")
def imap(walk: Walk, view: View, message: Message) -> None:
    branch = walk.layer(view, "imap", "Internet Message Access Protocol")
    at = view.at
    messages: list[View] = []
    for _ in range(LINES):
        if at >= view.end:
            break
        end, size = line_end(view.data, at, view.end)
        text = visible(view.data[at : end + size])
        line = branch.add(f"Line: {text}", "imap.line", text, at, end + size - at, 4)
        if view.data[at : at + 1] != b"*":
            _tagged(walk, line, at, end, message.from_server)
        literal = _LITERAL.search(view.data, at, end)
        at = end + size
        if literal and message.from_server:
            stop = min(at + int(literal[1]), view.end)
            if b"FETCH" in view.data[line.node.start or 0 : end].upper() and stop > at:
                messages.append(view.sub(at, stop))
            at = stop
    for part in messages:
        walk.call(imf, part)


def _tagged(walk: Walk, line: Branch, at: int, end: int, response: bool) -> None:
    kind, title = ("response", "Response") if response else ("request", "Request")
    if end <= at:
        return
    below = named(line, f"imap.{kind}", title, at, end - at)
    words = _WORD.finditer(line.data, at, end)
    tag = next(words, None)
    if tag is None:
        return
    named(below, f"imap.{kind}_tag", f"{title} Tag", tag.start(), tag.end() - tag.start())
    if response:
        for name in ("status", "command"):
            word = next(words, None)
            if word is not None:
                title = f"Response {name.capitalize()}"
                named(below, f"imap.response.{name}", title, word.start(), word.end() - word.start())
        _request(walk, below, decode(tag[0]))
        return
    _command(below, words)


def _command(below: Branch, words: Iterator[re.Match[bytes]]) -> None:
    found = list(islice(words, 5))
    if found and found[0][0].lower() == b"uid":
        word = found.pop(0)
        below.add("Request isUID: True", "imap.request.command.uid", True, word.start(), 3)
    if not found:
        return
    verb, *rest = found
    named(below, "imap.request.command", "Request Command", verb.start(), verb.end() - verb.start())
    name = verb[0].lower()
    if name == b"login":
        for word, (field, title) in zip(rest, (("username", "Username"), ("password", "Password")), strict=False):
            _word(below, f"imap.request.{field}", f"Request {title}", word)
    elif name in _FOLDERS and rest:
        _word(below, "imap.request.folder", "Request Folder", rest[0])
    elif name in _SECOND and len(rest) > 1:
        _word(below, "imap.request.folder", "Request Folder", rest[1])


def _word(below: Branch, field: str, title: str, word: re.Match[bytes]) -> None:
    raw = word[0]
    text = re.sub(rb"\\(.)", rb"\1", raw[1:-1]) if raw[:1] == b'"' and raw[-1:] == b'"' and len(raw) > 1 else raw
    named(below, field, title, word.start(), len(raw), decode(text))


def _request(walk: Walk, below: Branch, tag: str) -> None:
    for link in walk.context.links:
        if link.kind == "imap" and link.role == "request" and link.facts.get("tag", tag) == tag:
            below.computed(f"Request In: {link.number}", "imap.response_to", link.number, link.number)
            if link.time is not None:
                below.computed(f"Response Time: {seconds(link.time)}", "imap.time", link.time / 1e9)
            return
