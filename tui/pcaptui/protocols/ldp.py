"""LDP (RFC 5036), over UDP and TCP."""

from __future__ import annotations

from . import registry
from .packet import Conversation, Packet, Short

_MESSAGES = {0x0001: "Notification Message", 0x0100: "Hello Message", 0x0200: "Initialization Message",
             0x0201: "Keep Alive Message", 0x0202: "Capability Message", 0x0300: "Address Message",
             0x0301: "Address Withdrawal Message", 0x0400: "Label Mapping Message", 0x0401: "Label Request Message",
             0x0402: "Label Withdrawal Message", 0x0403: "Label Release Message",
             0x0404: "Label Abort Request Message"}  # fmt: skip
MAX_MESSAGES = 256


@registry.udp_port(646)
def over_udp(packet: Packet, data: bytes) -> None:
    packet.layers.append("ldp")
    packet.set("LDP", "")
    if len(data) < 10:
        raise Short
    end = 4 + (data[2] << 8 | data[3])
    packet.info += messages(data[10:end], packet.missing > 0)
    if packet.missing and end > len(data):
        raise Short


@registry.tcp_port(646)
def over_tcp(packet: Packet, data: bytes, conversation: Conversation, direction: int) -> int:
    used = 0
    words = ""
    while len(data) - used >= 4:
        end = used + 4 + (data[used + 2] << 8 | data[used + 3])
        if end > len(data):
            break
        words = messages(data[used + 10 : end])  # the last PDU's names stay
        used = end
    if used:
        packet.layers.append("ldp")
        packet.set("LDP", words)
    return used


def messages(data: bytes, cut: bool = False) -> str:
    """The names of a PDU's messages, each with a blank behind it; the last may be `cut`."""
    words = ""
    position = 0
    for _ in range(MAX_MESSAGES):
        if position + 4 > len(data):
            break
        kind, size = data[position] << 8 | data[position + 1], data[position + 2] << 8 | data[position + 3]
        if size < 4 or (position + 4 + size > len(data) and not cut):
            words += "Bad Message Length "
            break
        words += f"{_MESSAGES.get(kind & 0x7FFF, f'Unknown Message (0x{kind & 0x7FFF:04x})')} "
        position += 4 + size
    return words
