"""TPKT (RFC 1006), COTP (ISO 8073) and the opening of RDP on top ([MS-RDPBCGR] section 2.2.1); T.125 messages."""

from __future__ import annotations

from .packet import Conversation, Packet
from .registry import REJECT, tcp_port
from .tcpstream import messages
from .text import decode

RDP = 3389
_CODES = {0xE0: "CR", 0xD0: "CC", 0x80: "DR", 0xC0: "DC", 0xF0: "DT", 0x10: "ED", 0x60: "AK", 0x20: "EA", 0x70: "ER"}
_T125 = {
    0: "plumbDomainIndication", 1: "erectDomainRequest", 2: "mergeChannelsRequest", 3: "mergeChannelsConfirm",
    8: "disconnectProviderUltimatum", 9: "rejectMCSPDUUltimatum", 10: "attachUserRequest", 11: "attachUserConfirm",
    12: "detachUserRequest", 13: "detachUserIndication", 14: "channelJoinRequest", 15: "channelJoinConfirm",
    16: "channelLeaveRequest", 25: "SendDataRequest", 26: "SendDataIndication",
}  # fmt: skip
_FAILURES = {
    1: "TLS required by server", 2: "TLS not allowed by server", 3: "TLS certificate not on server",
    4: "Inconsistent flags", 5: "Server requires Hybrid Enhanced Security",
    6: "Server requires Enhanced RDP Security with certificate-based client authentication",
}  # fmt: skip


@tcp_port(102, RDP)
def tpkt(packet: Packet, data: bytes, conversation: Conversation, direction: int) -> int:
    if data[0] != 3:
        if conversation.state.get("tpkt"):  # also the TLS that RDP has agreed on, as tshark shows it
            packet.set("TPKT", "Continuation")
            return len(data)
        return REJECT
    conversation.state["tpkt"] = True
    packet.layers.append("tpkt")
    packet.set("TPKT", "")
    return messages(packet, data, 4, _length, lambda packet, one: _cotp(packet, one[4:]))


def _length(data: bytes, at: int) -> int:
    return max(data[at + 2] << 8 | data[at + 3], 4)


def _cotp(packet: Packet, data: bytes) -> None:
    if len(data) < 2:
        return
    packet.layers.append("cotp")
    size, code = data[0], data[1] & 0xF0
    name = _CODES.get(code, "Unknown")
    body = data[1 + size :]
    if code == 0xF0:
        if body:
            _data(packet, body)
            return
        packet.set("COTP", f"DT TPDU ({data[2] & 0x7F if len(data) > 2 else 0}) [COTP fragment, {len(body)} bytes]")
        return
    target, source = int.from_bytes(data[2:4]), int.from_bytes(data[4:6])
    packet.set("COTP", f"{name} TPDU src-ref: 0x{source:04x} dst-ref: 0x{target:04x}")
    if RDP in (packet.source_port, packet.destination_port) and code in (0xE0, 0xD0):
        _negotiation(packet, data[7 : 1 + size])


def _negotiation(packet: Packet, data: bytes) -> None:
    texts = []
    if data.startswith(b"Cookie: "):
        end = data.find(b"\r\n")
        texts.append(decode(data[: end if end >= 0 else len(data)]))
        data = data[end + 2 :] if end >= 0 else b""
    if len(data) >= 8:
        kind, value = data[0], int.from_bytes(data[4:8], "little")
        if kind == 1:
            texts.append("Negotiate Request")
        elif kind == 2:
            texts.append("Negotiate Response")
        elif kind == 3:
            texts.append(f"Negotiate Failure, failureCode {_FAILURES.get(value, f'Unknown ({value})')}")
    if texts:
        packet.set("RDP", ", ".join(texts))


def _data(packet: Packet, body: bytes) -> None:
    """A DT TPDU's user data: T.125 on RDP's port, else data that is not looked into."""
    if RDP not in (packet.source_port, packet.destination_port):
        packet.set("COTP", "DT TPDU (0) EOT")
        return
    if body[:2] in (b"\x7f\x65", b"\x7f\x66"):
        packet.set("RDP", "ClientData" if body[1] == 0x65 else "ServerData")
        return
    kind = body[0] >> 2
    text = _T125.get(kind, "Unknown")
    if kind == 14 and len(body) >= 5:
        text += f" {int.from_bytes(body[3:5])}"
    elif kind == 15 and len(body) >= 6:
        text += f" {int.from_bytes(body[4:6])}"
    packet.set("T.125", text)
