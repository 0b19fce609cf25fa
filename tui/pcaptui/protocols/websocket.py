"""WebSocket frames (RFC 6455 section 5.2), after an HTTP upgrade."""

from __future__ import annotations

from .packet import Conversation, Packet
from .tcpstream import messages

_NAMES = {0: "Continuation", 1: "Text", 2: "Binary", 8: "Connection Close", 9: "Ping", 10: "Pong"}


def websocket(packet: Packet, data: bytes, conversation: Conversation, direction: int) -> int:
    return messages(packet, data, 2, _length, _frame)


def _length(data: bytes, at: int) -> int:
    short = data[at + 1] & 127
    mask = 4 if data[at + 1] & 128 else 0
    extra = {126: 2, 127: 8}.get(short, 0)
    if len(data) < at + 2 + extra:
        return 2 + extra + mask
    size = int.from_bytes(data[at + 2 : at + 2 + extra]) if extra else short
    return 2 + extra + mask + size


def _frame(packet: Packet, data: bytes) -> None:
    name = _NAMES.get(data[0] & 15, "Unknown")
    text = f"WebSocket {name} {'[FIN]' if data[0] & 128 else ''}{' [MASKED]' if data[1] & 128 else ' '}"
    packet.layers.append("websocket")
    packet.set("WebSocket", text)
