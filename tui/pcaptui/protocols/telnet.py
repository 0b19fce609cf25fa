"""Telnet (RFC 854)."""

from __future__ import annotations

from .packet import Conversation, Packet, Short
from .registry import tcp_port

IAC, SB, WILL, DONT = 255, 250, 251, 254
COMMANDS = 4000


@tcp_port(23)
def telnet(packet: Packet, data: bytes, conversation: Conversation, direction: int) -> int:
    packet.layers.append("telnet")
    packet.set("TELNET", "Telnet Data ...")
    at = data.find(b"\xff")
    for _ in range(COMMANDS):
        if at < 0:
            break
        if at + 1 >= len(data):
            raise Short
        command = data[at + 1]
        if WILL <= command <= DONT and at + 2 >= len(data):
            raise Short
        at = data.find(b"\xff", at + (3 if command >= SB else 2))
    return len(data)
