"""CoAP over UDP (RFC 7252, methods of RFC 8132)."""

from __future__ import annotations

from .apptext import printable, take, u8, u16
from .packet import Malformed, Packet
from .registry import udp_port

TYPES = ("CON", "NON", "ACK", "RST")
CODES = {
    0: "Empty Message", 1: "GET", 2: "POST", 3: "PUT", 4: "DELETE", 5: "FETCH", 6: "PATCH", 7: "iPATCH",
    65: "2.01 Created", 66: "2.02 Deleted", 67: "2.03 Valid", 68: "2.04 Changed", 69: "2.05 Content",
    95: "2.31 Continue", 128: "4.00 Bad Request", 129: "4.01 Unauthorized", 130: "4.02 Bad Option",
    131: "4.03 Forbidden", 132: "4.04 Not Found", 133: "4.05 Method Not Allowed", 134: "4.06 Not Acceptable",
    136: "4.08 Request Entity Incomplete", 140: "4.12 Precondition Failed", 141: "4.13 Request Entity Too Large",
    143: "4.15 Unsupported Content-Format", 160: "5.00 Internal Server Error", 161: "5.01 Not Implemented",
    162: "5.02 Bad Gateway", 163: "5.03 Service Unavailable", 164: "5.04 Gateway Timeout",
    165: "5.05 Proxying Not Supported",
}  # fmt: skip
URI_PATH, URI_QUERY = 11, 15
MAX_OPTIONS = 200


@udp_port(5683)
def coap(packet: Packet, data: bytes) -> bool:
    if data[0] >> 6 != 1:
        return False
    packet.layers.append("coap")
    packet.set("CoAP", "")
    code, number = u8(data, 1), u16(data, 2)
    packet.info += f"{TYPES[data[0] >> 4 & 3]}, MID:{number}, {CODES.get(code) or f'Unknown {code}'}"
    size = data[0] & 15
    if size > 8:
        raise Malformed
    if size:
        packet.info += f", TKN:{take(data, 4, size).hex(' ')}"
    packet.info += _uri(data, 4 + size)
    return True


def _uri(data: bytes, at: int) -> str:
    """Path and query from the options, which stand in order of their numbers (RFC 7252 section 3.1)."""
    path, query, number = "", "", 0
    for _ in range(MAX_OPTIONS):
        if at >= len(data) or data[at] == 0xFF:
            break
        head = data[at]
        delta, at = _extended(data, at + 1, head >> 4)
        size, at = _extended(data, at, head & 15)
        number += delta
        value = printable(take(data, at, size))
        if number == URI_PATH:
            path += "/" + value
        elif number == URI_QUERY:
            query += ("&" if query else "?") + value
        at += size
    if query and not path:
        path = "/"
    return f", {path}{query}" if path or query else ""


def _extended(data: bytes, at: int, nibble: int) -> tuple[int, int]:
    if nibble == 13:
        return 13 + u8(data, at), at + 1
    if nibble == 14:
        return 269 + u16(data, at), at + 2
    if nibble == 15:
        raise Malformed
    return nibble, at
