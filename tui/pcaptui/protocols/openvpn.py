"""OpenVPN's packets (its protocol description): the opcode; over TCP each has a length of two bytes in front."""

from __future__ import annotations

from .apptext import u16
from .packet import Conversation, Packet
from .registry import tcp_port, udp_port
from .tcpstream import need

OPCODES = {
    1: "P_CONTROL_HARD_RESET_CLIENT_V1", 2: "P_CONTROL_HARD_RESET_SERVER_V1", 3: "P_CONTROL_SOFT_RESET_V1",
    4: "P_CONTROL_V1", 5: "P_ACK_V1", 6: "P_DATA_V1", 7: "P_CONTROL_HARD_RESET_CLIENT_V2",
    8: "P_CONTROL_HARD_RESET_SERVER_V2", 9: "P_DATA_V2", 10: "P_CONTROL_HARD_RESET_CLIENT_V3",
    11: "P_CONTROL_WKC_V1",
}  # fmt: skip


@udp_port(1194)
def openvpn(packet: Packet, data: bytes) -> None:
    packet.layers.append("openvpn")
    name = OPCODES.get(data[0] >> 3, "Unknown Messagetype")
    packet.set("OpenVPN", f"MessageType: {name}")


@tcp_port(1194)
def openvpn_stream(packet: Packet, data: bytes, conversation: Conversation, direction: int) -> int:
    at = 0
    while at + 2 <= len(data):
        size = u16(data, at)
        missing = at + 2 + size - len(data)
        if missing > 0 and packet.reassemble:
            return need(packet, at, missing)
        if size:
            openvpn(packet, data[at + 2 : at + 2 + size])
        at += 2 + size
    return min(at, len(data))
