"""DCE/RPC, connection-oriented (C706 chapter 12, [MS-RPCE]): over TCP and in SMB pipes."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from . import ntlmssp
from .dcerpc_names import INTERFACES, OPERATIONS, TRANSFER
from .packet import Conversation, Packet
from .registry import tcp_heuristic, tcp_port
from .tcpstream import messages

HEADER = 16
ITEMS = 60
_TYPES = {
    0: "Request", 1: "Ping", 2: "Response", 3: "Fault", 4: "Working", 5: "Nocall", 6: "Reject", 7: "Ack",
    8: "Cl_cancel", 9: "Fack", 10: "Cancel_ack", 11: "Bind", 12: "Bind_ack", 13: "Bind_nak", 14: "Alter_context",
    15: "Alter_context_resp", 16: "AUTH3", 17: "Shutdown", 18: "Co_cancel", 19: "Orphaned", 20: "RTS",
}  # fmt: skip
_FRAGMENTS = {0: "Mid", 1: "1st", 2: "Last", 3: "Single"}
_RESULTS = {0: "Acceptance", 1: "User rejection", 2: "Provider rejection", 3: "Negotiate ACK"}


def is_dcerpc(packet: Packet, data: bytes, conversation: Conversation, direction: int) -> bool:
    """Version 5.0 or 5.1, a packet type, a sane data representation."""
    if len(data) < HEADER or data[0] != 5 or data[1] > 1 or data[2] > 20:
        return False
    return data[4] & 0xEE == 0 and data[5] <= 3


@tcp_heuristic(is_dcerpc)
@tcp_port(135)
def dcerpc(packet: Packet, data: bytes, conversation: Conversation, direction: int) -> int:
    if len(data) >= HEADER and not is_dcerpc(packet, data, conversation, direction):
        return -1

    def message(packet: Packet, one: bytes) -> None:
        _pdu(packet, one, conversation)

    return messages(packet, data, 10, _length, message)


def in_pipe(packet: Packet, data: bytes, conversation: Conversation) -> None:
    """What an SMB read or write carries, if it is DCE/RPC: that takes over the row."""
    if is_dcerpc(packet, data, conversation, 0):
        packet.info = packet.info[: packet.fence]
        _pdu(packet, data, conversation)


def _number(data: bytes, at: int, size: int) -> int:
    return int.from_bytes(data[at : at + size], "little" if data[4] & 0x10 else "big")


def _length(data: bytes, at: int) -> int:
    order = data[at + 4] & 0x10
    return int.from_bytes(data[at + 8 : at + 10], "little" if order else "big")


def _pdu(packet: Packet, data: bytes, conversation: Conversation) -> None:
    if len(data) < HEADER:
        return
    kind = data[2]
    packet.layers.append("dcerpc")
    call = _number(data, 12, 4)
    text = f"{_TYPES.get(kind, 'Unknown')}: call_id: {call}, Fragment: {_FRAGMENTS[data[3] & 3]}"
    contexts: dict[int, str] = conversation.state.setdefault("dcerpc", {})
    calls: dict[int, tuple[str, str]] = conversation.state.setdefault("dcerpc.calls", {})
    if kind in (11, 14):
        text += _bind(data, contexts)
    elif kind in (12, 15):
        text += _bind_ack(data)
    elif kind == 13:
        text += " reason: " + str(_number(data, 16, 2))
    elif kind == 0:
        if _request(packet, data, contexts, calls, call):
            return
        text += f", opnum: {_number(data, 22, 2)}, Ctx: {_number(data, 20, 2)}"
    elif kind == 2:
        if call in calls:
            protocol, operation = calls[call]
            packet.set(protocol, f"{operation} response")
            return
        text += f", Ctx: {_number(data, 20, 2)}"
    elif kind == 3:
        text += f", Ctx: {_number(data, 20, 2)}, status: 0x{_number(data, 24, 4):08x}"
    packet.set("DCERPC", text + _authentication(data))


def _request(
    packet: Packet, data: bytes, contexts: dict[int, str], calls: dict[int, tuple[str, str]], call: int
) -> bool:
    """Name the operation where the interface is known and its data is there unsealed."""
    interface = contexts.get(_number(data, 20, 2), "")
    operation = _number(data, 22, 2)
    known = OPERATIONS.get(interface, {})
    if operation not in known:
        calls.pop(call, None)
        return False
    if len(calls) > 10_000:
        calls.clear()
    calls[call] = (interface, known[operation])
    packet.set(interface, f"{known[operation]} request")
    return True


def _uuid(data: bytes, at: int) -> str:
    raw = data[at : at + 16]
    if len(raw) < 16:
        return ""
    return str(UUID(bytes_le=raw) if data[4] & 0x10 else UUID(bytes=raw))


def _bind(data: bytes, contexts: dict[int, str]) -> str:
    count = data[24] if len(data) > 24 else 0
    at = 28
    texts = []
    for _ in range(min(count, ITEMS)):
        if at + 44 > len(data):
            break
        context = _number(data, at, 2)
        identity = _uuid(data, at + 4)
        name = INTERFACES.get(identity, identity)
        contexts[context] = name
        version = f"V{_number(data, at + 20, 2)}.{_number(data, at + 22, 2)}"
        syntax = _uuid(data, at + 24)
        texts.append(f"{name} {version} ({TRANSFER.get(syntax, syntax)})")
        at += 24 + 20 * max(data[at + 2], 1)
    return f", {count} context items: " + ", ".join(texts)


def _bind_ack(data: bytes) -> str:
    text = f", max_xmit: {_number(data, 16, 2)} max_recv: {_number(data, 18, 2)}"
    at = 26 + _number(data, 24, 2)
    at += -at % 4
    count = data[at] if at < len(data) else 0
    results = [_number(data, at + 4 + 24 * i, 2) for i in range(min(count, ITEMS))]
    return f"{text}, {count} results: " + ", ".join(_RESULTS.get(result, "Unknown") for result in results)


def _authentication(data: bytes) -> str:
    size = _number(data, 10, 2)
    if not size:
        return ""
    token: Any = data[max(_number(data, 8, 2) - size, 0) :]
    found = token.find(ntlmssp.SIGNATURE)
    return ntlmssp.text(token[found:]) if found >= 0 else ""
