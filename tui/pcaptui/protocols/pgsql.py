"""PostgreSQL's frontend/backend protocol: the message types of a segment."""

from __future__ import annotations

from .packet import Conversation, Packet
from .registry import tcp_port
from .tcpstream import from_server, messages, start_tls

_STARTUP, _SSL = 196608, (80877103, 80877104)


@tcp_port(5432)
def pgsql(packet: Packet, data: bytes, conversation: Conversation, direction: int) -> int:
    backend = from_server(packet, 5432)
    packet.layers.append("pgsql")
    packet.set("PGSQL", "<" if backend else ">")
    if backend and len(data) == 1 and conversation.state.pop("pgsql.ssl", False):
        if data == b"S":
            start_tls(conversation)
        return 1

    def length(data: bytes, at: int) -> int:
        if not backend and data[at] == 0:
            return int.from_bytes(data[at : at + 4])
        return 1 + int.from_bytes(data[at + 1 : at + 5])

    def message(packet: Packet, data: bytes) -> None:
        if not backend and data[0] == 0:
            if int.from_bytes(data[4:8]) in _SSL:
                conversation.state["pgsql.ssl"] = True
            return
        packet.info += ("/" if packet.info[packet.fence + 1 :] else "") + chr(data[0])

    return messages(packet, data, 5, length, message)
