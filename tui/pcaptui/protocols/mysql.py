"""The MySQL client/server protocol: greeting, login, commands and what answers them."""

from __future__ import annotations

from dataclasses import dataclass

from .packet import Conversation, Packet, Short
from .registry import tcp_port
from .tcpstream import from_server, messages, start_tls
from .text import decode

_COMMANDS = {
    0: "Sleep", 1: "Quit", 2: "Use Database", 3: "Query", 4: "Show Fields", 5: "Create Database", 6: "Drop Database",
    7: "Refresh", 8: "Shutdown", 9: "Statistics", 10: "Process List", 11: "Connect", 12: "Kill Server Thread",
    13: "Dump Debuginfo", 14: "Ping", 15: "Time", 16: "Insert Delayed", 17: "Change User", 18: "Send Binlog",
    19: "Send Table", 20: "Slave Connect", 21: "Register Slave", 22: "Prepare Statement", 23: "Execute Statement",
    24: "Send BLOB", 25: "Close Statement", 26: "Reset Statement", 27: "Set Option", 28: "Fetch Data",
}  # fmt: skip
_SSL, _WITH_DB, _DEPRECATE_EOF = 0x800, 8, 0x01000000
LOGIN, AUTHENTICATE, SWITCHED, COMMAND, ANSWER, FIELDS, ROWS = range(7)


@dataclass(slots=True)
class _Session:
    state: int = LOGIN
    flags: int = 0
    tls: bool = False
    login: bool = True  # until the first OK


@tcp_port(3306)
def mysql(packet: Packet, data: bytes, conversation: Conversation, direction: int) -> int:
    session = conversation.state.setdefault("mysql", _Session())
    server = from_server(packet, 3306)
    base = ""

    def message(packet: Packet, data: bytes) -> None:
        nonlocal base
        body = data[4:]
        if not body:
            return
        packet.set("MySQL", base)
        if not server:
            packet.info += _request(body, session)
            return
        text = _greeting(body, session) if session.state == LOGIN and data[3] == 0 else _response(body, session)
        packet.info += text
        if text.endswith("TABULAR "):
            base += text

    packet.layers.append("mysql")
    used = messages(packet, data, 4, lambda data, at: 4 + int.from_bytes(data[at : at + 3], "little"), message)
    if session.tls and not server:
        session.tls = False
        start_tls(conversation)
    return used


def _greeting(body: bytes, session: _Session) -> str:
    if body[0] == 0xFF:
        return f"Server Greeting  Error {int.from_bytes(body[1:3], 'little')}"
    session.state = AUTHENTICATE
    version = body[1 : body.find(b"\0", 1)]
    return f"Server Greeting  proto={body[0]} version={decode(version)}"


def _request(body: bytes, session: _Session) -> str:
    if session.state in (LOGIN, AUTHENTICATE):
        return _login(body, session)
    if session.state == SWITCHED:
        session.state = ANSWER
        return "Auth Switch Response"
    code = body[0]
    session.state = FIELDS if code == 4 else ANSWER
    return f"Request {_COMMANDS.get(code, f'Unknown ({code})')}"


def _login(body: bytes, session: _Session) -> str:
    if len(body) < 4:
        raise Short
    session.flags = int.from_bytes(body[:4], "little")
    if session.flags & _SSL and len(body) == 32:
        session.tls = True
        return "Response: SSL Handshake  user= "
    session.state = ANSWER
    at = 32
    end = body.find(b"\0", at)
    if end < 0:
        raise Short
    text = f"Login Request user={decode(body[at:end])} "
    at = end + 1
    if session.flags & _WITH_DB and at < len(body):
        at += 1 + body[at]
        end = body.find(b"\0", at)
        text += f"db={decode(body[at : end if end >= 0 else len(body)])} "
    return text


def _response(body: bytes, session: _Session) -> str:
    code = body[0]
    if code == 0xFF:
        session.state = COMMAND
        return f"Response  Error {int.from_bytes(body[1:3], 'little')} "
    if code == 0xFE and session.login:
        session.state = SWITCHED
        return "Auth Switch Request "
    if code == 0xFE and len(body) < 9:
        return _end(body, session)
    if code == 0 and session.state in (ANSWER, COMMAND):
        session.state = COMMAND
        session.login = False
        return "Response  OK "
    if (session.state == ANSWER and code > 1) or (session.state == ANSWER and len(body) == 1):
        session.state = FIELDS if not session.flags & _DEPRECATE_EOF else ROWS
        return "Response TABULAR "
    return "Response "


def _end(body: bytes, session: _Session) -> str:
    """EOF, or the OK that took its place."""
    if session.state == FIELDS and len(body) == 5:
        session.state = ROWS
        return "Response "
    session.state = COMMAND
    return "Response  OK " if len(body) >= 7 else "Response "
