"""HTTP/1 requests and responses (RFC 9110, 9112)."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from . import media, ntlmssp, registry
from .http_head import Head, is_request
from .messages import NOTICE, REQUEST, RESPONSE, promise, say
from .packet import UNTIL_FIN, Conversation, Packet
from .registry import REJECT
from .tcpstream import MESSAGES, hand_over, hold, need
from .text import decode

PORTS = (80, 3128, 3132, 5985, 8080, 8088, 11371, 1900, 2869, 2710, 631, 3689)
WHOLE_BODY = 1 << 20
_BLANK = re.compile(rb"\n\r?\n")
_LINE = re.compile(rb"\r?\n|\r(?=[^\n])")
_CHUNK = re.compile(rb"[ \t]*([0-9A-Fa-f]{1,16})[ \t]*(?:;[^\n]*)?\r?\n")


@dataclass(slots=True)
class Body:
    """A message whose body goes on in later segments."""

    head: Head
    start: bytes  # of the body
    size: int = 0  # 0: until FIN
    chunked: bool = False
    chunk: int = 0  # bytes missing of the present chunk and its line end
    rest: bytes = b""  # the beginning of a chunk's line


@registry.tcp_port(*PORTS)
def http(packet: Packet, data: bytes, conversation: Conversation, direction: int) -> int:
    held = packet.held
    packet.held = None
    at = 0
    if isinstance(held, Body):
        packet.layers.append("http")
        packet.set("HTTP", held.head.line + " ")
        at = _resume(packet, data, held)
        if at < 0:
            return 0
        size = held.size or max(packet.state.get("seen", 0) - held.head.size, 0)
        _done(packet, held.head, held.start, size, conversation)
    for _ in range(MESSAGES):
        if at >= len(data):
            break
        end = _message(packet, data, at, conversation)
        if end < 0:
            return at if end == _WAITS else (REJECT if at == 0 else len(data))
        packet.fence = len(packet.info)
        at = end
    return len(data)


_WAITS, _FOREIGN = -1, -2


def _message(packet: Packet, data: bytes, at: int, conversation: Conversation) -> int:
    """Dissect the message at `at` and answer where it ends, or _WAITS or _FOREIGN."""
    line = _LINE.search(data, at)
    if line is None and packet.reassemble and 32 <= data[at] < 127:
        need(packet, at)
        return _WAITS
    first = data[at : line.start() if line else len(data)]
    response = first.startswith((b"HTTP/", b"ICY"))
    if not response and not is_request(first):
        if "http" not in conversation.state:
            return _FOREIGN
        packet.layers.append("http")
        packet.set("HTTP", "Continuation")
        return len(data)
    packet.layers.append("http")
    packet.set("HTTP", decode(first) + " ")
    blank = _BLANK.search(data, line.end() - 1) if line else None
    if blank is None and packet.reassemble:
        need(packet, at)
        return _WAITS
    conversation.state["http"] = True
    start = blank.end() if blank else len(data)
    head = Head(first, data[line.end() if line else start : start], response)
    head.size = start - at
    if not response:
        conversation.state["http.method"] = head.method
        if head.method == "CONNECT":
            conversation.state["http.connect"] = head.target
    ntlmssp.http_header(packet, head.authorization)
    return _body(packet, data, at, start, head, conversation)


def _body(packet: Packet, data: bytes, at: int, start: int, head: Head, conversation: Conversation) -> int:
    size = head.length
    left = len(data) - start
    if not head.may_have_body(str(conversation.state.get("http.method", ""))):
        if head.response and head.status != 304 and conversation.state.get("http.method") == "HEAD" and size:
            size = min(left, size)
        else:
            size = 0
    elif head.chunked:
        return _chunked(packet, data, at, start, head, conversation)
    elif size is None:
        if packet.reassemble:
            hold(packet, at, Body(head, data[start : start + 64]), UNTIL_FIN)
            _tell(packet, head, 0, promise)
            return _WAITS
        size = left
    if size > left and packet.reassemble:
        if media.needs_whole(media.media_type(head.content_type or "")) and size < WHOLE_BODY:
            need(packet, at, size - left)
        else:
            hold(packet, at, Body(head, data[start : start + 64], size), size - left)
        _tell(packet, head, size, promise)
        return _WAITS
    _done(packet, head, data[start : start + size], min(size, left), conversation)
    return start + min(size, left)


def _chunked(packet: Packet, data: bytes, at: int, start: int, head: Head, conversation: Conversation) -> int:
    body = Body(head, b"", chunked=True)
    end = _chunks(packet, data, start, body)
    if end == _WAITS:
        packet.held = body
        _tell(packet, head, 0, promise)
        return _WAITS
    _done(packet, head, body.start, len(body.start), conversation)
    return len(data) if end == _FOREIGN else end


def _resume(packet: Packet, data: bytes, body: Body) -> int:
    """Go on with a body that was held; the place where it ends, or _WAITS."""
    if not body.chunked or not packet.reassemble:
        return len(data) if not packet.reassemble else 0
    lines = len(body.rest)
    end = _chunks(packet, body.rest + data, 0, body)
    if end == _WAITS:
        packet.held = body
        return _WAITS
    return len(data) if end == _FOREIGN else max(end - lines, 0)


def _chunks(packet: Packet, data: bytes, at: int, body: Body) -> int:
    """Walk chunks (RFC 9112 section 7.1) from `at`; the place behind the last one."""
    at += body.chunk
    body.chunk = 0
    body.rest = b""
    packet.want = 0
    for _ in range(MESSAGES):
        if at > len(data):
            body.chunk = min(at - len(data), 1 << 62)
            return _WAITS if packet.reassemble else len(data)
        found = _CHUNK.match(data, at)
        if found is None:
            if packet.reassemble and b"\n" not in data[at:] and len(data) - at < 1000:
                body.rest = data[at:]
                return _WAITS
            return _FOREIGN
        size = int(found[1], 16)
        if size == 0:
            return _trailer(packet, data, at, found.end(), body)
        if not body.start:
            body.start = data[found.end() : found.end() + min(size, 64)] or b" "
        at = found.end() + size + 2
    return _FOREIGN


def _trailer(packet: Packet, data: bytes, at: int, fields: int, body: Body) -> int:
    blank = re.compile(rb"(?:^|\n)\r?\n").search(data, fields - 1)
    if blank is not None:
        return blank.end()
    if packet.reassemble and len(data) - at < 10_000:
        body.rest = data[at:]
        return _WAITS
    return len(data)


def _done(packet: Packet, head: Head, start: bytes, size: int, conversation: Conversation) -> None:
    """The message is complete: name its body, and look at what it makes of the connection."""
    if size and head.content_type is not None and not (head.encoded and media.is_empty_gzip(start, size)):
        media.body(packet, head.content_type, start, head.encoded)
    _tell(packet, head, size, say)
    if not head.response:
        return
    if head.status == 101 and head.upgrade == "websocket":
        from .websocket import websocket

        hand_over(conversation, websocket)
    elif head.status == 200 and conversation.state.get("http.method") == "CONNECT":
        hand_over(conversation, _tunnel)


def _tell(packet: Packet, head: Head, size: int, tell: Callable[..., None]) -> None:
    """Report the message (`tell` is say), or promise to."""
    if packet.messages is None:
        return
    if not head.response:
        tell(packet, "HTTP", REQUEST, f"{head.method} {head.uri}", method=head.method, host=head.host, uri=head.uri,
             target=head.target, referer=head.referer, size=size)  # fmt: skip
        return
    interim = head.status // 100 == 1 and head.status != 101  # RFC 9110 section 15.2
    facts: dict[str, Any] = {"status": head.status, "type": head.content_type or "", "size": size,
                             "location": head.location}  # fmt: skip
    tell(packet, "HTTP", NOTICE if interim else RESPONSE, head.line.partition(" ")[2].strip(), **facts)


def _tunnel(packet: Packet, data: bytes, conversation: Conversation, direction: int) -> int:
    """What follows CONNECT belongs to the protocol of the port that was asked for."""
    _, _, port = str(conversation.state.get("http.connect", "")).rpartition(":")
    dissector = registry.tcp_ports.get(int(port)) if port.isascii() and port.isdigit() and len(port) < 6 else None
    if dissector is not None and dissector is not http:
        used = dissector(packet, data, conversation, direction)
        if used >= 0:
            return used
    for test, candidate in registry.tcp_heuristics:
        if candidate is not http and test(packet, data, conversation, direction):
            return candidate(packet, data, conversation, direction)
    return len(data)


def is_http(packet: Packet, data: bytes, conversation: Conversation, direction: int) -> bool:
    """A first line that begins or ends with HTTP/1.x."""
    end = data.find(b"\n", 0, 10_000)
    if end < 8:
        return False
    line = data[:end].rstrip(b"\r")
    return line[:7].upper() == b"HTTP/1." or line[-8:-1] == b"HTTP/1."


registry.tcp_heuristic(is_http)(http)
