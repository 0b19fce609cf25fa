"""Services whose rows say little: WHOIS (RFC 3912), Finger (1288), Gopher (1436), IRC (1459), NNTP (3977), Echo (862),
Daytime (867), Time (868), Chargen (864), memcached, and the greetings of rsync and Git."""

from __future__ import annotations

import re

from .packet import UNTIL_FIN, Conversation, Packet
from .registry import tcp_port
from .tcpstream import from_server, hold, need
from .text import decode

LINES = 4000


def _first_line(data: bytes) -> bytes:
    return re.split(rb"\r?\n", data[:8192], maxsplit=1)[0]


def _set(packet: Packet, layer: str, protocol: str, info: str) -> None:
    packet.layers.append(layer)
    packet.set(protocol, info)


@tcp_port(43)
def whois(packet: Packet, data: bytes, conversation: Conversation, direction: int) -> int:
    if not from_server(packet, 43):
        if b"\n" not in data and packet.reassemble:
            return need(packet, 0)
        query = decode(_first_line(data))
        conversation.state.setdefault("whois", query)
        _set(packet, "whois", "WHOIS", f"Query: {query}")
        return len(data)
    _set(packet, "whois", "WHOIS", f"Answer: {conversation.state.setdefault('whois', decode(_first_line(data)))}")
    return hold(packet, 0, "whois", UNTIL_FIN) if packet.reassemble else len(data)


@tcp_port(79)
def finger(packet: Packet, data: bytes, conversation: Conversation, direction: int) -> int:
    if from_server(packet, 79):
        _set(packet, "finger", "FINGER", "Response")
        return hold(packet, 0, "finger", UNTIL_FIN) if packet.reassemble else len(data)
    _set(packet, "finger", "FINGER", "Query")
    return need(packet, 0) if b"\n" not in data and packet.reassemble else len(data)


@tcp_port(70)
def gopher(packet: Packet, data: bytes, conversation: Conversation, direction: int) -> int:
    if not from_server(packet, 70):
        line = decode(_first_line(data))
        _set(packet, "gopher", "Gopher", f"Request: {line or '[Directory list]'}")
        return len(data)
    is_list = data.count(b"\t", 0, 4096) >= 3 and b"\n" in data
    _set(packet, "gopher", "Gopher", "Response: [Directory list]" if is_list else "Response: [Unknown]")
    return len(data)


@tcp_port(6667, 57000)
def irc(packet: Packet, data: bytes, conversation: Conversation, direction: int) -> int:
    texts = []
    for line in data.split(b"\n", LINES)[:LINES]:
        words = line.rstrip(b"\r").split(b" ")
        if words[0][:1] == b":":
            words = words[1:]
        words = [word for word in words if word]
        if words:
            texts.append(f"({decode(words[0])})")
    kind = "Response" if from_server(packet, 6667, 57000) else "Request"
    _set(packet, "irc", "IRC", f"{kind} {' '.join(texts)}")
    return len(data)


@tcp_port(119)
def nntp(packet: Packet, data: bytes, conversation: Conversation, direction: int) -> int:
    kind = "Response" if from_server(packet, 119) else "Request"
    _set(packet, "nntp", "NNTP", f"{kind}: {decode(_first_line(data))}")
    return len(data)


@tcp_port(7)
def echo(packet: Packet, data: bytes, conversation: Conversation, direction: int) -> int:
    _set(packet, "echo", "ECHO", "Response" if from_server(packet, 7) else "Request")
    return len(data)


@tcp_port(13)
def daytime(packet: Packet, data: bytes, conversation: Conversation, direction: int) -> int:
    _set(packet, "daytime", "DAYTIME", f"DAYTIME {'Response' if from_server(packet, 13) else 'Request'}")
    return len(data)


@tcp_port(37)
def time(packet: Packet, data: bytes, conversation: Conversation, direction: int) -> int:
    _set(packet, "time", "TIME", f"TIME {'Response' if from_server(packet, 37) else 'Request'}")
    return len(data)


@tcp_port(19)
def chargen(packet: Packet, data: bytes, conversation: Conversation, direction: int) -> int:
    _set(packet, "chargen", "Chargen", "Chargen")
    return len(data)


@tcp_port(9418)
def git(packet: Packet, data: bytes, conversation: Conversation, direction: int) -> int:
    _set(packet, "git", "Git", "Git Smart Protocol")
    return len(data)


@tcp_port(873)
def rsync(packet: Packet, data: bytes, conversation: Conversation, direction: int) -> int:
    server = from_server(packet, 873)
    side = "Server" if server else "Client"
    turns = conversation.state.setdefault("rsync", [0, 0])
    turns[server] += 1
    if turns[server] == 1 and data.startswith(b"@RSYNCD:"):
        text = f"{side} Initialisation (Version {decode(_first_line(data)[8:]).strip()})"
    elif server:
        text = "Data"
    else:
        text = "Client Query" if turns[0] == 2 else "Client Command" if turns[0] == 3 else "Data"
    _set(packet, "rsync", "RSYNC", text)
    return len(data)


@tcp_port(11211)
def memcache(packet: Packet, data: bytes, conversation: Conversation, direction: int) -> int:
    _set(packet, "memcache", "MEMCACHE", decode(_first_line(data)) + " ")
    return len(data)
