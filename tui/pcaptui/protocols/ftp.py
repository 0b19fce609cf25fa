"""FTP (RFC 959, 2428): commands and replies, and the data streams they announce."""

from __future__ import annotations

import re
from ipaddress import ip_address

from .messages import NOTICE, REQUEST, RESPONSE, say
from .packet import Conversation, Packet
from .registry import tcp_port
from .tcpstream import expect, from_server, start_tls
from .text import decode

LINES = 200
MOVING = (b"RETR", b"STOR", b"STOU", b"APPE", b"LIST", b"NLST", b"MLSD")
"""Commands that use the data stream announced before."""
_SIX = re.compile(rb"(\d{1,3}),(\d{1,3}),(\d{1,3}),(\d{1,3}),(\d{1,3}),(\d{1,3})")
_THREE = re.compile(rb"\((.)\1\1(\d{1,5})\1\)")
_EPRT = re.compile(rb"EPRT (.)[12]\1([0-9A-Fa-f.:]{2,45})\1(\d{1,5})\1", re.I)


@tcp_port(21)
def ftp(packet: Packet, data: bytes, conversation: Conversation, direction: int) -> int:
    reply = from_server(packet, 21)
    line = re.split(rb"\r?\n", data[:8192], maxsplit=1)[0]
    packet.layers.append("ftp")
    packet.set("FTP", ("Response: " if reply else "Request: ") + decode(line))
    if reply:
        _reply(packet, line, conversation)
    else:
        _request(packet, line, conversation)
    if packet.messages is not None:
        _say(packet, data, reply, conversation)
    return len(data)


def _say(packet: Packet, data: bytes, reply: bool, conversation: Conversation) -> None:
    """Report each command, and each reply with its first line's text where it has several (RFC 959 section 4.2)."""
    state = conversation.state
    for line in data[:8192].split(b"\n", LINES):
        line = line.rstrip(b"\r")
        if not reply:
            if line[:3].isalpha():
                moves = line[:4].upper() in MOVING
                say(packet, "FTP", REQUEST, decode(line), data=state.pop("ftp.announced", None) if moves else None)
        elif line[:3].isdigit():
            more = state.pop("ftp.more", None)
            if line[3:4] == b"-" or (more is not None and more[0] != line[:3]):
                state["ftp.more"] = more or (line[:3], line[4:])
                continue
            text = decode(line[:4] + (more[1] if more else line[4:]))
            say(packet, "FTP", NOTICE if line[:1] == b"1" else RESPONSE, text, code=int(line[:3]))


def _request(packet: Packet, line: bytes, conversation: Conversation) -> None:
    command = line[:4].upper()
    if command == b"PORT":
        found = _SIX.search(line)
        if found:
            _announce(conversation, bytes(min(int(n), 255) for n in found.groups()[:4]), found, 5, "PORT")
    elif command == b"EPRT":
        found = _EPRT.match(line)
        if found:
            try:
                address = ip_address(found[2].decode("ascii")).packed
            except ValueError:
                return
            _data_stream(conversation, address, int(found[3]), "EPRT")
    elif command not in (b"PASV", b"EPSV"):
        data_stream = conversation.state.get("ftp.data")
        if data_stream is not None and "command" not in data_stream:
            data_stream["command"] = decode(line)
            data_stream["packet"] = packet.number
        if line[:8].upper() in (b"AUTH TLS", b"AUTH SSL"):
            conversation.state["ftp.tls"] = True


def _reply(packet: Packet, line: bytes, conversation: Conversation) -> None:
    code = line[:3]
    if code == b"227":
        found = _SIX.search(line)
        if found:
            _announce(conversation, bytes(min(int(n), 255) for n in found.groups()[:4]), found, 5, "PASV")
    elif code == b"229":
        extended = _THREE.search(line)
        if extended:
            _data_stream(conversation, packet.ip_source, int(extended[2]), "EPASV")
    elif code == b"234" and conversation.state.get("ftp.tls"):
        start_tls(conversation)


def _announce(conversation: Conversation, address: bytes, found: re.Match[bytes], at: int, method: str) -> None:
    _data_stream(conversation, address, int(found[at]) << 8 | int(found[at + 1]), method)


def _data_stream(conversation: Conversation, address: bytes, port: int, method: str) -> None:
    state = expect(conversation, address, port & 0xFFFF, ftp_data)
    state["method"] = method
    conversation.state["ftp.announced"] = address, port & 0xFFFF
    conversation.state["ftp.data"] = state


@tcp_port(20)
def ftp_data(packet: Packet, data: bytes, conversation: Conversation, direction: int) -> int:
    """`method` and `command` of the conversation's state tell how the stream came about."""
    state = conversation.state
    text = f"FTP Data: {len(data)} bytes"
    if "method" in state:
        text += f" ({state['method']})"
        if "command" in state:
            text += f" ({state['command']})"
    packet.layers.append("ftp-data")
    packet.set("FTP-DATA", text)
    if packet.messages is not None and not state.get("ftp.said"):
        state["ftp.said"] = True
        command = state.get("packet", 0)
        say(packet, "FTP-DATA", NOTICE, str(state.get("command", "")), command=command)
    return len(data)
