"""Commands and replies of FTP (RFC 959) and SMTP (RFC 5321), read without the layers around them."""

from __future__ import annotations

import re

from ..capture import Capture
from ..fields.branch import View, Walk
from ..fields.context import Message
from .quick_talks import Segment, Talk, Told, built, quick_fields, talks

_FTP = frozenset(
    "ftp.request ftp.request.command ftp.request.arg ftp.response ftp.response.code ftp.response.arg".split()
)
_SMTP = frozenset(
    "smtp.req smtp.command_line smtp.req.command smtp.req.parameter smtp.rsp smtp.response smtp.response.code "
    "smtp.rsp.parameter".split()
)
_LONGEST = 8192
_SECURE = re.compile(rb"^(AUTH|ADAT|CCC)\b", re.I | re.M)
_HARD = re.compile(rb"^(AUTH|BDAT|STARTTLS|X[A-Z0-9-]+)\b", re.I | re.M)
"""What changes how the lines behind it are read."""
_COMMANDS = re.compile(
    rb"(?:(?:HELO|EHLO|MAIL|RCPT|RSET|VRFY|EXPN|HELP|NOOP|QUIT)(?: [^\r\n]*)?\r?\n)*(DATA *\r?\n)?", re.I
)
_END = re.compile(rb"(?:\A|(?<=\n))\.\r?\n")


def _ftp(capture: Capture, names: frozenset[str]) -> Told:
    told = Told()
    for talk in talks(capture, (21,), told.known):
        for segment in talk:
            if len(segment.payload) > _LONGEST or (not segment.from_server and _SECURE.search(segment.payload)):
                break
            _take(told, segment, "ftp", names)
    return told


def _smtp(capture: Capture, names: frozenset[str]) -> Told:
    told = Told()
    for talk in talks(capture, (25, 587), told.known):
        _conversation(told, talk, names)
    return told


def _conversation(told: Told, talk: Talk, names: frozenset[str]) -> None:
    """Until something comes that is not plain. Lines of messages have none of the fields."""
    reading = False
    for segment in talk:
        data = segment.payload
        lines = len(data) <= _LONGEST and data.endswith(b"\n")
        if not lines and (segment.from_server or not reading or b"\n" not in data):
            return
        if segment.from_server:
            if data.startswith(b"354") and not reading:
                return
            _take(told, segment, "smtp", names)
        elif reading:
            end = _END.search(data)
            if end is not None and end.end() < len(data):
                return
            reading = end is None
            told.known.append(segment.packet)
        else:
            found = _COMMANDS.fullmatch(data)
            if found is None or _HARD.search(data):
                return
            _take(told, segment, "smtp", names)
            reading = found[1] is not None


def _take(told: Told, segment: Segment, protocol: str, names: frozenset[str]) -> None:
    from ..fields.registry import load, streams

    load()
    message = Message(0, len(segment.payload), protocol, from_server=segment.from_server)

    def build(walk: Walk, view: View) -> None:
        streams[protocol](walk, view, message)

    told.known.append(segment.packet)
    for name, values in built(build, segment.payload, segment.packet, names).items():
        told.fields[name].append((segment.packet, values))


QUICK = {**quick_fields("ftp", _FTP, _ftp), **quick_fields("smtp", _SMTP, _smtp)}
