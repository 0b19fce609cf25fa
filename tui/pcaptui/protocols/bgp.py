"""BGP messages (RFC 4271, 2918, 7313)."""

from __future__ import annotations

from .packet import Conversation, Packet, Short
from .registry import tcp_port
from .tcpstream import messages

MARKER = b"\xff" * 16
_TYPES = {
    1: "OPEN",
    2: "UPDATE",
    3: "NOTIFICATION",
    4: "KEEPALIVE",
    5: "ROUTE-REFRESH",
    6: "CAPABILITY",
    128: "ROUTE-REFRESH",
}
_LEAST = {1: 29, 2: 23, 3: 21, 5: 23}


@tcp_port(179)
def bgp(packet: Packet, data: bytes, conversation: Conversation, direction: int) -> int:
    packet.layers.append("bgp")
    packet.set("BGP", "")
    start = data.find(MARKER)
    if start < 0:
        if MARKER.startswith(data[:16]) and len(data) < 16:
            return messages(packet, data, 19, _length, _message)
        return len(data)
    return start + messages(packet, data[start:], 19, _length, _message)


def _length(data: bytes, at: int) -> int:
    if data[at : at + 16] != MARKER:
        again = data.find(MARKER, at + 1)
        return (again if again >= 0 else len(data)) - at
    return max(data[at + 16] << 8 | data[at + 17], 19)


def _message(packet: Packet, data: bytes) -> None:
    if data[:16] != MARKER:
        return
    if packet.info[packet.fence :]:
        packet.info += ", "
    if len(data) < 19:
        raise Short
    kind = data[18]
    packet.info += f"{_TYPES[kind]} Message" if kind in _TYPES else f"Unknown message type (0x{kind:02x})"
    if len(data) < _LEAST.get(kind, 19):
        raise Short
    if kind == 2:
        _update(data)


def _update(data: bytes) -> None:
    """Check that the three parts of an UPDATE fit into it (RFC 4271 section 4.3). Raises Short."""
    withdrawn = data[19] << 8 | data[20]
    at = 21 + withdrawn
    if at + 2 > len(data):
        raise Short
    if at + 2 + (data[at] << 8 | data[at + 1]) > len(data):
        raise Short
