"""SMTP (RFC 5321, BDAT of RFC 3030): commands, replies, and the messages between them."""

from __future__ import annotations

from dataclasses import dataclass, field

from .imf import imf
from .messages import REQUEST, RESPONSE, say
from .packet import Conversation, Packet
from .registry import tcp_port
from .tcpstream import from_server, need, start_tls
from .text import decode

PORTS = (25, 587)
LINES = 1 << 17
MESSAGE = 4 << 20
"""So many bytes of a message are kept for its headers and parts."""
_COMMANDS = frozenset(
    b"HELO EHLO MAIL RCPT DATA RSET VRFY EXPN HELP NOOP QUIT TURN ETRN ATRN AUTH BDAT SEND SOML SAML STARTTLS "
    b"XCLIENT XFORWARD X-EXPS X-LINK2STATE XEXCH50 XPRDR".split()
)


@dataclass(slots=True)
class _Session:
    reading: bool = False  # in the middle of a message
    kept: int = 0
    message: list[bytes] = field(default_factory=list)
    chunk: int = -1  # bytes missing of a BDAT chunk, -1: DATA, ended by a dot
    last: bool = False
    login: int = 0  # 1: the user name comes next, 2: the password
    starttls: bool = False


@tcp_port(*PORTS)
def smtp(packet: Packet, data: bytes, conversation: Conversation, direction: int) -> int:
    session = conversation.state.setdefault("smtp", _Session())
    if not session.chunk > 0 and b"\n" not in data and packet.reassemble:
        return need(packet, 0)
    packet.layers.append("smtp")
    if from_server(packet, *PORTS):
        _replies(packet, data, session, conversation)
    else:
        _requests(packet, data, session)
    return len(data)


def _replies(packet: Packet, data: bytes, session: _Session, conversation: Conversation) -> None:
    texts = []
    more = False
    first = b""
    for line in _lines(data):
        code = line[:3]
        if packet.messages is not None and code.isdigit():
            first = first or line[4:]
            if line[3:4] != b"-":
                say(packet, "SMTP", RESPONSE, decode(code + b" " + first), code=int(code))
                first = b""
        if more:
            texts.append(decode(line[4:]))
        else:
            texts.append(decode(line) if code.isdigit() and len(code) == 3 else "")
        more = code.isdigit() and line[3:4] == b"-"
    packet.set("SMTP", "S: " + " | ".join(texts))
    code = data[:3]
    if code == b"220" and session.starttls:
        start_tls(conversation)
    if code == b"354" and not session.reading and not session.message:
        session.reading = True
    session.starttls = False
    if code[:1] != b"3":
        session.login = 0


def _lines(data: bytes) -> list[bytes]:
    lines = data.split(b"\n", LINES)
    if not lines[-1]:
        lines.pop()
    return [line.rstrip(b"\r") for line in lines]


def _requests(packet: Packet, data: bytes, session: _Session) -> None:
    texts: list[str] = []
    ended = False
    message = session.reading
    if session.chunk > 0:
        ended = _chunk(session, len(data))
    else:
        for line in _lines(data):
            if session.reading:
                message = True
                if line == b"." and session.chunk < 0:
                    ended = True
                    say(packet, "SMTP", REQUEST, "message")
                    break
            elif session.login:
                texts.append(("User: " if session.login == 1 else "Pass: ") + decode(line))
                say(packet, "SMTP", REQUEST, texts[-1], secret=True)
                session.login = (session.login + 1) % 3
            elif _command(line, session):
                texts.append(decode(line))
                say(packet, "SMTP", REQUEST, texts[-1], secret=line[:4].upper() == b"AUTH")
                message = message or (session.chunk == -1 and session.reading and line[:4].upper() == b"BDAT")
                ended = session.chunk == 0 and session.last and bool(session.message)
                message = message or ended
                if session.chunk > 0:  # a chunk may begin in this segment
                    behind = data.find(line) + len(line)
                    rest = len(data) - (data.find(b"\n", behind) + 1)
                    if rest > 0:
                        message = True
                        ended = _chunk(session, rest)
                    break
            elif _is_word(line):
                texts.append(decode(line))
                say(packet, "SMTP", REQUEST, texts[-1], secret=True)
            else:
                message = True
    if not message:
        packet.set("SMTP", "C: " + " | ".join(texts))
        return
    packet.set("SMTP", f"C: DATA fragment, {len(data)} byte{'' if len(data) == 1 else 's'}")
    if session.kept < MESSAGE:
        session.message.append(data)
        session.kept += len(data)
    if ended:
        _finish(packet, session)


def _is_word(line: bytes) -> bool:
    """A lone word of base64 or the like: an answer to AUTH's challenge."""
    return bool(line) and b" " not in line and len(line) < 600


def _chunk(session: _Session, size: int) -> bool:
    """Count bytes of a BDAT chunk; whether the message ends with them."""
    session.chunk -= size
    if session.chunk > 0:
        return False
    session.chunk = -1
    session.reading = False
    if session.last:  # tshark shows such a message no further
        session.message, session.kept = [], 0
    return False


def _command(line: bytes, session: _Session) -> bool:
    words = line.split(b" ")
    verb = words[0].upper()
    if verb not in _COMMANDS:
        return False
    if verb == b"DATA":
        session.reading, session.chunk = True, -1
    elif verb == b"BDAT":
        session.last = words[-1].upper() == b"LAST"
        size = words[1] if len(words) > 1 else b""
        session.chunk = min(int(size), 1 << 40) if size.isdigit() and len(size) < 16 else -1
        session.reading = session.chunk != 0
    elif verb == b"AUTH" and words[1:2] and words[1].upper() == b"LOGIN":
        session.login = 2 if len(words) > 2 else 1
    elif verb == b"STARTTLS":
        session.starttls = True
    return True


def _finish(packet: Packet, session: _Session) -> None:
    message = b"".join(session.message)
    session.message = []
    session.kept = 0
    session.reading = False
    imf(packet, message)
