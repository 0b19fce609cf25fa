"""RTSP messages (RFC 7826) and the data interleaved with them."""

from __future__ import annotations

import re

from .packet import Conversation, Packet
from .registry import REJECT, tcp_port
from .tcpstream import MESSAGES, need
from .text import decode

_METHODS = (
    b"DESCRIBE", b"ANNOUNCE", b"GET_PARAMETER", b"OPTIONS", b"PAUSE", b"PLAY", b"RECORD", b"REDIRECT", b"SETUP",
    b"SET_PARAMETER", b"TEARDOWN",
)  # fmt: skip
_BLANK = re.compile(rb"\n\r?\n")
_LENGTH = re.compile(rb"\ncontent-length\s*:\s*(\d{1,9})", re.I)
_TYPE = re.compile(rb"\ncontent-type\s*:\s*([^\s;]+)", re.I)


@tcp_port(554, 7236, 8554)
def rtsp(packet: Packet, data: bytes, conversation: Conversation, direction: int) -> int:
    at = 0
    for _ in range(MESSAGES):
        if at >= len(data):
            break
        end = _interleaved(packet, data, at) if data[at] == 0x24 else _message(packet, data, at)
        if end == REJECT:
            return REJECT if not at else len(data)
        if end < 0:
            return at
        packet.fence = len(packet.info)
        at = end
    return len(data)


def _interleaved(packet: Packet, data: bytes, at: int) -> int:
    if len(data) - at < 4:
        need(packet, at)
        return -2 if packet.reassemble else len(data)
    size = data[at + 2] << 8 | data[at + 3]
    if at + 4 + size > len(data) and packet.reassemble:
        need(packet, at, at + 4 + size - len(data))
        return -2
    packet.info = packet.info[: packet.fence] + f"Interleaved channel 0x{data[at + 1]:02x}, {size} bytes"
    return at + 4 + size


def _message(packet: Packet, data: bytes, at: int) -> int:
    line_end = data.find(b"\n", at)
    line = data[at : line_end if line_end >= 0 else len(data)].rstrip(b"\r")
    reply = line.startswith(b"RTSP/")
    if not reply and not (line.split(b" ")[0] in _METHODS and b"RTSP/" in line):
        return REJECT
    blank = _BLANK.search(data, at)
    if blank is None and packet.reassemble:
        need(packet, at)
        return -2
    head = data[at : blank.end() if blank else len(data)]
    length = _LENGTH.search(head)
    end = at + len(head) + (int(length[1]) if length else 0)
    if end > len(data) and packet.reassemble:
        need(packet, at, end - len(data))
        return -2
    packet.layers.append("rtsp")
    packet.set("RTSP", ("Reply: " if reply else "") + decode(line))
    kind = _TYPE.search(head)
    if kind is not None and kind[1].lower() == b"application/sdp" and end > at + len(head):
        packet.protocol = "RTSP/SDP"
        packet.layers.append("sdp")
    return end
