"""POP3 (RFC 1939)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from .imf import imf
from .messages import NOTICE, REQUEST, RESPONSE, say
from .packet import Conversation, Packet
from .registry import tcp_port
from .tcpstream import from_server, start_tls
from .text import decode

MESSAGE = 4 << 20
_COMMANDS = frozenset(b"USER PASS APOP STAT LIST RETR DELE NOOP RSET QUIT UIDL CAPA STLS AUTH".split())
_NUMBER = re.compile(rb"[+]OK +(\d{1,12})", re.I)


@dataclass(slots=True)
class _Session:
    asked: bool = False  # RETR or TOP was the last command
    stls: bool = False
    auth: bool = False  # a challenge and its answers may follow
    total: int = 0
    read: int = 0
    kept: int = 0
    message: list[bytes] = field(default_factory=list)


@tcp_port(110)
def pop(packet: Packet, data: bytes, conversation: Conversation, direction: int) -> int:
    session = conversation.state.setdefault("pop", _Session())
    line = re.split(rb"\r?\n", data[:8192], maxsplit=1)[0]
    packet.layers.append("pop")
    if not from_server(packet, 110):
        packet.set("POP", "C: " + decode(line))
        command = line[:4].upper()
        answer = session.auth and command not in _COMMANDS  # to the server's challenge (RFC 5034)
        say(packet, "POP", NOTICE if answer else REQUEST, decode(line), secret=answer)
        session.auth = answer or command == b"AUTH"
        session.asked = command in (b"RETR", b"TOP ")
        session.stls = command == b"STLS"
    elif data[:3].upper() == b"+OK" or data[:4].upper() == b"-ERR":
        packet.set("POP", "S: " + decode(line))
        say(packet, "POP", RESPONSE, decode(line))
        _reply(line, session, conversation)
    else:
        _continuation(packet, data, session)
    return len(data)


def _reply(line: bytes, session: _Session, conversation: Conversation) -> None:
    if session.stls and line[:1] == b"+":
        start_tls(conversation)
    if session.asked and line[:4].upper() == b"+OK ":
        number = _NUMBER.match(line)
        session.total = int(number[1]) if number else 0
        session.read = 0
    session.asked = session.stls = session.auth = False


def _continuation(packet: Packet, data: bytes, session: _Session) -> None:
    """A further piece of a message; it is complete when as many bytes have come as the reply had said."""
    packet.set("POP", f"S: DATA fragment, {len(data)} byte{'' if len(data) == 1 else 's'}")
    session.read += len(data)
    if session.kept < MESSAGE:
        session.message.append(data)
        session.kept += len(data)
    if session.read >= session.total:
        message = b"".join(session.message)
        session.message, session.kept = [], 0
        imf(packet, message)
