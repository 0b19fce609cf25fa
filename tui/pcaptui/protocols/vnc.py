"""RFB, the protocol of VNC (RFC 6143): the opening and the messages of the client."""

from __future__ import annotations

from dataclasses import dataclass

from .packet import Conversation, Packet
from .registry import tcp_heuristic, tcp_port
from .tcpstream import from_server
from .text import decode

PORTS = (5500, 5501, 5900, 5901)
_SECURITY = {0: "Invalid", 1: "None", 2: "VNC", 5: "RA2", 6: "RA2ne", 16: "Tight", 18: "TLS", 19: "VeNCrypt"}
_CLIENT = {
    0: "Client set pixel format", 2: "Client set encodings", 3: "Client framebuffer update request",
    4: "Client key event", 5: "Client pointer event", 6: "Client cut text",
}  # fmt: skip
_SERVER = {
    0: "Server framebuffer update",
    1: "Server set colormap entries",
    2: "Server ring bell",
    3: "Server cut text",
}
VERSION, CLIENT_VERSION, TYPES, CHOICE, CHALLENGE, RESPONSE, RESULT, SHARE, PARAMETERS, RUNNING = range(10)


@dataclass(slots=True)
class _Session:
    state: int = VERSION
    old: bool = False  # version 3.3: the server alone decides about security
    security: int = 0


def is_vnc(packet: Packet, data: bytes, conversation: Conversation, direction: int) -> bool:
    return len(data) == 12 and data.startswith(b"RFB ") and data.endswith(b"\n")


@tcp_heuristic(is_vnc)
@tcp_port(*PORTS)
def vnc(packet: Packet, data: bytes, conversation: Conversation, direction: int) -> int:
    session = conversation.state.setdefault("vnc", _Session())
    server = from_server(packet, conversation.server_port)
    packet.layers.append("vnc")
    packet.set("VNC", _text(data, session, server))
    return len(data)


def _text(data: bytes, session: _Session, server: bool) -> str:
    state = session.state
    if data.startswith(b"RFB ") and state <= CLIENT_VERSION:
        session.state = CLIENT_VERSION if server else TYPES
        if not server:
            session.old = data[8:11] < b"007"
        return f"{'Server' if server else 'Client'} protocol version: {decode(data[4:11])}"
    if state == TYPES and server:
        session.security = int.from_bytes(data[:4]) if session.old else 0
        session.state = CHOICE if not session.old else (CHALLENGE if session.security == 2 else SHARE)
        return "Security types supported"
    if state == CHOICE and not server:
        session.security = data[0]
        session.state = CHALLENGE if session.security == 2 else RESULT
        return f"Security type {_SECURITY.get(data[0], 'Unknown')} ({data[0]}) selected by client"
    if state == CHALLENGE and server:
        session.state = RESPONSE
        return "Authentication challenge from server"
    if state == RESPONSE and not server:
        session.state = RESULT
        return "Authentication response from client"
    if state == RESULT and server:
        session.state = SHARE
        return "Authentication result"
    if state == SHARE and not server:
        session.state = PARAMETERS
        return "Share desktop flag"
    if state == PARAMETERS and server:
        session.state = RUNNING
        return "Server framebuffer parameters"
    names = _SERVER if server else _CLIENT
    return names.get(data[0], f"Unknown {'server' if server else 'client'} message type")
