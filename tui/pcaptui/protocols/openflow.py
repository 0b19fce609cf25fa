"""OpenFlow messages (1.0 and 1.3 to 1.5): their types."""

from __future__ import annotations

from .packet import Conversation, Packet
from .registry import REJECT, tcp_heuristic, tcp_port
from .tcpstream import messages

_COMMON = "HELLO ERROR ECHO_REQUEST ECHO_REPLY"
_V1 = f"""{_COMMON} VENDOR FEATURES_REQUEST FEATURES_REPLY GET_CONFIG_REQUEST GET_CONFIG_REPLY SET_CONFIG PACKET_IN
FLOW_REMOVED PORT_STATUS PACKET_OUT FLOW_MOD PORT_MOD STATS_REQUEST STATS_REPLY BARRIER_REQUEST BARRIER_REPLY
QUEUE_GET_CONFIG_REQUEST QUEUE_GET_CONFIG_REPLY""".split()
_V4 = f"""{_COMMON} EXPERIMENTER
FEATURES_REQUEST FEATURES_REPLY GET_CONFIG_REQUEST GET_CONFIG_REPLY SET_CONFIG PACKET_IN
FLOW_REMOVED PORT_STATUS PACKET_OUT FLOW_MOD GROUP_MOD PORT_MOD TABLE_MOD MULTIPART_REQUEST MULTIPART_REPLY
BARRIER_REQUEST BARRIER_REPLY QUEUE_GET_CONFIG_REQUEST QUEUE_GET_CONFIG_REPLY ROLE_REQUEST ROLE_REPLY GET_ASYNC_REQUEST
GET_ASYNC_REPLY SET_ASYNC METER_MOD ROLE_STATUS TABLE_STATUS REQUESTFORWARD BUNDLE_CONTROL BUNDLE_ADD_MESSAGE""".split()


@tcp_port(6653)
def openflow(packet: Packet, data: bytes, conversation: Conversation, direction: int) -> int:
    if not 1 <= data[0] <= 6:
        return REJECT
    return messages(packet, data, 8, _length, _message)


def _length(data: bytes, at: int) -> int:
    return data[at + 2] << 8 | data[at + 3]


def _message(packet: Packet, data: bytes) -> None:
    packet.layers.append("openflow")
    version, kind = data[0], data[1] if len(data) > 1 else 0
    names = _V1 if version == 1 else _V4
    name = f"OFPT_{names[kind]}" if kind < len(names) else f"Unknown ({kind})"
    packet.set("OpenFlow", f"Type: {name}")


def is_openflow(packet: Packet, data: bytes, conversation: Conversation, direction: int) -> bool:
    """On the old port only: known version and type, a length that fits."""
    if 6633 not in (packet.source_port, packet.destination_port) or len(data) < 8:
        return False
    return 1 <= data[0] <= 6 and data[1] < 36 and 8 <= _length(data, 0) <= 65535


tcp_heuristic(is_openflow)(openflow)
