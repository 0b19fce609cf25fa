"""SMTP (RFC 5321, 4954): commands, replies, logins, and the lines of messages.

The whole message stands in the packet that ends it, where the surroundings give it: `message.facts` "smtp.message"
(its bytes up to the line with the dot) and "smtp.pieces" (pairs of a packet's number and the count of its bytes).
"""

from __future__ import annotations

import base64
import binascii
import re

from ..protocols.text import decode
from .branch import Branch, View, Walk
from .context import Message
from .imf import imf
from .registry import stream
from .reply_names import SMTP
from .text_lines import line_end, named, text_lines, visible
from .words import plural

LINES = 20_000
_EOM = re.compile(rb"(?:\A|(?<=\n))\.\r?\n")
_COMMANDS = frozenset(
    b"HELO EHLO MAIL RCPT DATA RSET VRFY EXPN HELP NOOP QUIT TURN ETRN ATRN AUTH BDAT SEND SOML SAML STARTTLS "
    b"XCLIENT XFORWARD X-EXPS X-LINK2STATE XEXCH50 XPRDR".split()
)


@stream("smtp")
def smtp(walk: Walk, view: View, message: Message) -> None:
    branch = walk.layer(view, "smtp", "Simple Mail Transfer Protocol")
    if message.from_server:
        _replies(branch, view)
        return
    facts = message.facts
    at = view.at
    if not facts.get("smtp.reading"):
        at = _commands(branch, view, int(facts.get("smtp.login") or 0))
    if at < view.end:
        _data(walk, branch, view.sub(at), message)


def _replies(branch: Branch, view: View) -> None:
    at = view.at
    group: Branch | None = None
    for _ in range(LINES):
        if at >= view.end:
            return
        end, size = line_end(view.data, at, view.end)
        code = view.data[at : min(at + 3, end)]
        numbered = len(code) == 3 and code.isdigit()
        if group is None or not numbered:
            text = visible(view.data[at : end + size])
            line = branch.add(f"Response: {text}", "smtp.response", text, at, end + size - at, 8)
            if numbered:
                number = int(code)
                words = f"{SMTP.get(number, 'Unknown')} ({number})"
                line.add(f"Response code: {words}", "smtp.response.code", number, at, 3)
        else:
            line = group
        if numbered and end >= at + 4:
            named(line, "smtp.rsp.parameter", "Response parameter", at + 4, end - at - 4)
        group = line if numbered and view.data[at + 3 : at + 4] == b"-" else None
        at = end + size


def _commands(branch: Branch, view: View, login: int) -> int:
    """Command lines, and answers to AUTH; where a message begins behind them."""
    at = view.at
    for _ in range(LINES):
        if at >= view.end:
            break
        end, size = line_end(view.data, at, view.end)
        raw = view.data[at:end]
        verb = raw.partition(b" ")[0].upper()
        if login or (verb not in _COMMANDS and raw and b" " not in raw and len(raw) < 600):
            _credentials(branch, at, end, login)
            login = (login + 1) % 3 if login else 0
        elif verb not in _COMMANDS:
            return at
        else:
            _command(branch, at, end, size)
            words = raw.upper().split()
            if verb == b"AUTH" and words[1:2] == [b"LOGIN"]:
                login = 2 if len(words) > 2 else 1
        at = end + size
        if verb in (b"DATA", b"BDAT"):
            return at
    return at


def _command(branch: Branch, at: int, end: int, size: int) -> None:
    raw = branch.data[at:end]
    text = visible(branch.data[at : end + size])
    line = branch.add(f"Command Line: {text}", "smtp.command_line", text, at, end + size - at, 12)
    verb = raw.partition(b" ")[0]
    named(line, "smtp.req.command", "Command", at, len(verb))
    start = at + len(verb) + 1
    if start < end:
        named(line, "smtp.req.parameter", "Request parameter", start, end - start)
    words = raw.split(b" ", 2)
    if verb.upper() == b"AUTH" and len(words) == 3:
        scheme = words[1].upper()
        place = end - len(words[2])
        if scheme in (b"LOGIN", b"PLAIN"):
            _credentials(line, place, end, 1 if scheme == b"LOGIN" else 0)


def _credentials(branch: Branch, at: int, end: int, login: int) -> None:
    """An answer to the server's challenge, as it was sent and as people read it."""
    field, name = (
        ("smtp.auth.username_password", "Username/Password"),
        ("smtp.auth.username", "Username"),
        ("smtp.auth.password", "Password"),
    )[login]
    line = named(branch, field, name, at, end - at)
    try:
        plain = base64.b64decode(branch.data[at:end], validate=True)
    except (binascii.Error, ValueError):
        return
    if plain and login:
        line.computed(f"Decoded: {decode(plain)}", "", decode(plain))
    elif plain.count(b"\0") == 2:  # RFC 4616
        _, user, password = plain.split(b"\0")
        line.computed(f"Username: {decode(user)}", "", decode(user))
        line.computed(f"Password: {decode(password)}", "", decode(password))


def _data(walk: Walk, branch: Branch, view: View, message: Message) -> None:
    """Bytes of a message: lines, or its end with all of it."""
    found = _EOM.search(view.data[view.at : view.end])
    whole = message.facts.get("smtp.message")
    pieces = message.facts.get("smtp.pieces") or ()
    if found is None:
        with walk.inside(branch):
            text_lines(walk, view)
        number = message.facts.get("smtp.end")
        if isinstance(number, int) and number:
            branch.computed(f"Reassembled DATA in frame: {number}", "smtp.data.reassembled.in", number, number)
        return
    dot = view.at + found.start()
    if not isinstance(whole, bytes):
        whole, pieces = view.data[view.at : dot], [(walk.context.number, found.start())]
    branch.add("C: .", "smtp.eom", None, view.at, 1)
    source = walk.add_source("Reassembled SMTP", whole)
    _fragments(branch, view, source, list(pieces))
    if len(source):
        walk.call(imf, source)
    rest = view.at + found.end()
    if rest < view.end:
        _commands(branch, view.sub(rest), 0)


def _fragments(branch: Branch, view: View, source: View, pieces: list[tuple[int, int]]) -> None:
    """Where the bytes of the message come from."""
    total = len(source)
    shown = ", ".join(f"#{number}({size})" for number, size in pieces[:60])
    words = f"{plural(len(pieces), 'DATA fragment')} ({plural(total, 'byte')}): {shown}"
    line = branch.add("", "smtp.data.fragments", None, view.at, 0)
    line.node.label = f"[{words}]"
    line.node.start, line.node.length, line.node.source = 0, total, source.source
    tree = Branch(branch.walk, source, line.node)
    at = 0
    for number, size in pieces[:LINES]:
        words = f"[Frame: {number}, payload: {at}-{at + size - 1} ({plural(size, 'byte')})]"
        tree.add(words, "smtp.data.fragment", number, at, size).node.link = number
        at += size
    tree.computed(f"DATA fragment count: {len(pieces)}", "smtp.data.fragment.count", len(pieces))
    tree.computed(f"Reassembled DATA length: {total}", "smtp.data.reassembled.length", total)
