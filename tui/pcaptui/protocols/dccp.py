"""DCCP (RFC 4340). Sequence numbers are raw: nothing here follows its conversations."""

from __future__ import annotations

from . import registry
from .packet import Packet, Short

_TYPES = ("Request", "Response", "Data", "Ack", "DataAck", "CloseReq", "Close", "Reset", "Sync", "SyncAck")
_RESET = ("Unspecified", "Closed", "Aborted", "No Connection", "Packet Error", "Option Error", "Mandatory Failure",
          "Connection Refused", "Bad Service Code", "Too Busy", "Bad Init Cookie", "Aggression Penalty")  # fmt: skip


@registry.ip_protocol(33)
def dccp(packet: Packet, data: bytes) -> None:
    if len(data) < 4:
        raise Short
    packet.layers.append("dccp")
    packet.set("DCCP", "")
    packet.source_port, packet.destination_port = data[0] << 8 | data[1], data[2] << 8 | data[3]
    if len(data) < 12:
        raise Short
    kind, extended = data[8] >> 1 & 15, data[8] & 1
    name = _TYPES[kind] if kind < len(_TYPES) else "Reserved"
    size = 16 if extended else 12
    if len(data) < size:
        raise Short
    sequence = int.from_bytes(data[10:16] if extended else data[9:12])
    packet.info += f"{packet.source_port} → {packet.destination_port} [{name}] Seq={sequence}"
    if kind in (1, 3, 4, 5, 6, 7, 8, 9):
        if len(data) < size + (8 if extended else 4):
            raise Short
        acknowledgment = data[size + 2 : size + 8] if extended else data[size + 1 : size + 4]
        packet.info += f" (Ack={int.from_bytes(acknowledgment)})"
        size += 8 if extended else 4
    if kind in (0, 1):
        if len(data) < size + 4:
            raise Short
        code = int.from_bytes(data[size : size + 4])
        packet.info += f" (service={f'Unknown ({code})' if code else 'not specified'})"
    elif kind == 7:
        if len(data) < size + 4:
            raise Short
        code = data[size]
        packet.info += f" (code={_RESET[code] if code < len(_RESET) else 'Reserved'})"
