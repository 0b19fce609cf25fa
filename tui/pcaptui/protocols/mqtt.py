"""MQTT control packets (3.1.1, 5.0)."""

from __future__ import annotations

from .packet import Conversation, Packet
from .registry import tcp_port
from .tcpstream import messages
from .text import decode

_NAMES = {
    1: "Connect Command", 2: "Connect Ack", 3: "Publish Message", 4: "Publish Ack", 5: "Publish Received",
    6: "Publish Release", 7: "Publish Complete", 8: "Subscribe Request", 9: "Subscribe Ack", 10: "Unsubscribe Request",
    11: "Unsubscribe Ack", 12: "Ping Request", 13: "Ping Response", 14: "Disconnect Req", 15: "Authentication Exchange",
}  # fmt: skip
_WITH_ID = {4, 5, 6, 7, 8, 9, 10, 11}
TOPICS = 200


@tcp_port(1883)
def mqtt(packet: Packet, data: bytes, conversation: Conversation, direction: int) -> int:
    texts: list[str] = []

    def message(packet: Packet, data: bytes) -> None:
        texts.append(_text(data, conversation))
        packet.set("MQTT", ", ".join(texts))

    packet.layers.append("mqtt")
    return messages(packet, data, 2, _length, message)


def _remaining(data: bytes, at: int) -> tuple[int, int]:
    """(remaining length, size of its field); size 0 where more bytes are needed."""
    value = 0
    for index in range(4):
        if at + 1 + index >= len(data):
            return 0, 0
        byte = data[at + 1 + index]
        value |= (byte & 127) << 7 * index
        if byte < 128:
            return value, index + 1
    return 0, 4


def _length(data: bytes, at: int) -> int:
    value, size = _remaining(data, at)
    return 1 + size + value if size else len(data) - at + 1


def _text(data: bytes, conversation: Conversation) -> str:
    kind, flags = data[0] >> 4, data[0] & 15
    text = _NAMES.get(kind, "Reserved")
    at = 1 + _remaining(data, 0)[1]
    if kind == 1:
        size = data[at] << 8 | data[at + 1]
        conversation.state["mqtt.version"] = data[at + 2 + size]
    elif kind == 3:
        size = data[at] << 8 | data[at + 1]
        topic = decode(data[at + 2 : at + 2 + size])
        at += 2 + size
        if flags & 6:
            text += f" (id={data[at] << 8 | data[at + 1]})"
        text += f" [{topic}]"
    elif kind in _WITH_ID and len(data) >= at + 2:
        text += f" (id={data[at] << 8 | data[at + 1]})"
        if kind in (8, 10):
            text += _topics(data, at + 2, kind, conversation)
    return text


def _topics(data: bytes, at: int, kind: int, conversation: Conversation) -> str:
    if conversation.state.get("mqtt.version") == 5 and at < len(data):
        at += 1 + data[at]
    names: list[str] = []
    while at + 2 <= len(data) and len(names) < TOPICS:
        size = data[at] << 8 | data[at + 1]
        names.append(decode(data[at + 2 : at + 2 + size]))
        at += 2 + size + (1 if kind == 8 else 0)
    return "".join(f" [{name}]" for name in names)
