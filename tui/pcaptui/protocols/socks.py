"""SOCKS 4 and 5 (RFC 1928, 1929): the negotiation; then the protocol of the port that was asked for."""

from __future__ import annotations

from dataclasses import dataclass

from . import registry
from .packet import Conversation, Packet
from .registry import REJECT, tcp_port

PORT = 1080
_COMMANDS = {1: "Connect", 2: "Bind", 3: "UdpAssociate"}
START, METHOD, USER, COMMAND, CONNECTED = range(5)


@dataclass(slots=True)
class _Session:
    version: int = 0
    state: int = START
    method: int = 0
    command: int = 1
    port: int = 0


@tcp_port(PORT)
def socks(packet: Packet, data: bytes, conversation: Conversation, direction: int) -> int:
    session = conversation.state.setdefault("socks", _Session())
    if session.state == CONNECTED:
        return _inner(packet, data, session, conversation, direction)
    client = packet.destination_port == PORT
    if session.state == START:
        if not client or data[0] not in (4, 5):
            packet.set("Socks", "Unknown")
            return len(data)
        session.version = data[0]
    text = _version4(data, session, client) if session.version == 4 else _version5(data, session, client)
    if not text:
        return REJECT
    packet.layers.append("socks")
    packet.set("Socks", f"Version: {session.version} {text}")
    return len(data)


def _version4(data: bytes, session: _Session, client: bool) -> str:
    if client:
        session.state = COMMAND
        session.port = int.from_bytes(data[2:4])
        return "Connect to server request"
    session.state = CONNECTED
    return "Connect Response"


def _version5(data: bytes, session: _Session, client: bool) -> str:
    if session.state == START:
        session.state = METHOD
        return "Connect to server request"
    if session.state == METHOD and not client:
        session.method = data[1] if len(data) > 1 else 0
        session.state = USER if session.method == 2 else COMMAND
        return "Connect to server response"
    if session.state == USER:
        if client:
            return "User authentication request"
        session.state = COMMAND
        return "User authentication reply"
    if client:
        session.command = data[1] if len(data) > 1 else 0
        session.port = int.from_bytes(data[-2:])
        return f"Command Request - {_COMMANDS.get(session.command, 'Unknown')}"
    session.state = CONNECTED
    return f"Command Response - {_COMMANDS.get(session.command, 'Unknown')}"


def _inner(packet: Packet, data: bytes, session: _Session, conversation: Conversation, direction: int) -> int:
    dissector = registry.tcp_ports.get(session.port)
    if dissector is not None and dissector is not socks:
        used = dissector(packet, data, conversation, direction)
        if used >= 0:
            return used
    for test, candidate in registry.tcp_heuristics:
        if test(packet, data, conversation, direction):
            return candidate(packet, data, conversation, direction)
    return len(data)
