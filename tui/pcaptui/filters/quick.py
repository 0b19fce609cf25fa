"""What the most asked fields of DNS, HTTP and TLS are in every packet, read from the payloads without trees.

An extractor yields (packet, values) for the packets that have the field, and knows which packets it cannot tell
about. What a segment leaves unfinished is credited to the segment that completes it, as tshark does.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import numpy as np

from ..capture import Capture
from . import quick_dns, quick_http
from .block import Block, Mask, Numbers
from .joined import LONGEST, Joined, joined
from .literals import Plain
from .quick_dns_fields import DNS
from .speaking import METHODS, STRIDE, TLS_PORTS, at_ports, spoken, starts

Values = list[Plain]
_HEAD = 1 << 16
_CHUNKS = 20_000
_LENGTH = re.compile(rb"\ncontent-length:[ \t]*(\d+)")
_CHUNKED = re.compile(rb"\ntransfer-encoding:[^\n]*chunked")
_CHUNK = re.compile(rb"[ \t]*([0-9A-Fa-f]{1,7})")
_HTTP_PORTS = (80, 3128, 3132, 5985, 8080, 8088, 11371, 1900, 2869, 2710, 631, 3689)


# HTTP.


def _heads(block: Block, wanted: Mask, response: bool) -> Iterator[tuple[int, bytes]]:
    """The heads of messages: (packet that completes the message, head up to the empty line)."""
    for index, message in joined(block.narrow(wanted)):
        end = message.find(b"\n\r\n", 0)
        if end < 0:
            # No message ever ends here; without a line of its own it is none.
            yield index, bytes(message.data[:_HEAD])
            continue
        head = bytes(message.data[:end])
        packet = completing(message, head, end + 3, response)
        if packet is not None:
            yield packet, head


def completing(message: Joined, head: bytes, body: int, response: bool) -> int | None:
    """The packet that completes a message, None where it stays incomplete."""
    size = extent(message, head, body)
    packet = message.reaching(size) if size is not None else None
    sized = _CHUNKED.search(head.lower()) is None
    return packet if packet is not None or response or not sized else message.packet(body)


def extent(message: Joined, head: bytes, body: int) -> int | None:
    """Bytes of a whole message, None where nobody knows (RFC 9112 section 6)."""
    lower = head.lower()
    if _CHUNKED.search(lower) is not None:
        return _last_chunk(message, body)
    if (told := _LENGTH.search(lower)) is not None and len(told[1]) < 12:
        return body + int(told[1]) if int(told[1]) <= LONGEST else None
    return body


def _last_chunk(message: Joined, at: int) -> int | None:
    """Where the last chunk ends."""
    for _ in range(_CHUNKS):
        end = message.find(b"\n", at)
        size = _CHUNK.match(message.data, at) if end >= 0 else None
        if size is None:
            return None
        length = int(size[1], 16)
        at = end + 1 + length + 2
        if not message.reach(at if length else end + 1):
            return None
        if length == 0:
            return min(at, len(message.data))
    return None


def http_mask(block: Block, words: tuple[bytes, ...]) -> Mask:
    loaded = spoken(block) | (block.udp & (block.column("payload_length") > 0))
    return loaded & starts(words, block) & ~(block.odd | block.quoted) & at_ports(_HTTP_PORTS, block)


def _http_unsure(words: tuple[bytes, ...]) -> Callable[[Block], Mask]:
    def unsure(block: Block) -> Mask:
        return spoken(block) & starts(words, block) & ~at_ports(_HTTP_PORTS, block)

    return unsure


def _request_heads(block: Block) -> Iterator[tuple[int, bytes]]:
    for packet, head in _heads(block, http_mask(block, METHODS), False):
        line = head[: head.find(b"\n")] if b"\n" in head else head
        if b" " in line.rstrip():
            yield packet, head


def _response_heads(block: Block) -> Iterator[tuple[int, bytes]]:
    return _heads(block, http_mask(block, (b"HTTP",)), True)


def _requests(read: Callable[[bytes], Values]) -> Callable[[Block], Iterator[tuple[int, Values]]]:
    def extract(block: Block) -> Iterator[tuple[int, Values]]:
        for packet, head in _request_heads(block):
            if values := read(head):
                yield packet, values

    return extract


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")


def _method(head: bytes) -> Values:
    return [_text(head[: head.find(b" ")])]


def _uri(head: bytes) -> Values:
    parts = head.split(b"\n", 1)[0].rstrip(b"\r").split(b" ")
    return [_text(parts[1])] if len(parts) > 1 else []


def _host(head: bytes) -> Values:
    found: Values = []
    lower = head.lower()
    at = lower.find(b"\nhost:")
    while at >= 0 and len(found) < 64:
        end = head.find(b"\n", at + 6)
        found.append(_text(head[at + 6 : end if end >= 0 else len(head)].strip()))
        at = lower.find(b"\nhost:", at + 6)
    return found


def _codes(block: Block) -> Iterator[tuple[int, Values]]:
    for packet, head in _response_heads(block):
        parts = head.split(b"\n", 1)[0].split(maxsplit=2)
        if len(parts) > 1 and parts[1][:3].isdigit() and len(parts[1][:3]) == 3:
            yield packet, [int(parts[1][:3])]


# TLS.


def _tls_mask(block: Block) -> Mask:
    head = block.number("payload", 0, 2)
    found: Mask = spoken(block) & (head == 0x1603) & (block.column("payload_length") > 5) & ~(block.odd | block.quoted)
    return found


def _tls_unsure(block: Block) -> Mask:
    """QUIC's long headers, which carry TLS too, and SSL 2's hellos."""
    first = block.number("payload", 0, 1)
    loaded = block.column("payload_length") > 0
    long = block.udp & loaded & (first >= 0xC0) & (block.column("payload_length") >= 20) & at_ports((443, 4433), block)
    old = spoken(block) & (first & 0x80 != 0) & (block.number("payload", 2, 1) <= 4) & at_ports(TLS_PORTS, block)
    found: Mask = long | old
    return found


def _handshakes(block: Block) -> Iterator[tuple[int, int, bytes]]:
    """Handshake messages: (packet that completes its record, type, body)."""
    for _, record in joined(block.narrow(_tls_mask(block))):
        data, at = record.data, 0
        while at + 5 <= len(data) and data[at] == 0x16 and data[at + 1] == 3:
            end = at + 5 + int.from_bytes(data[at + 3 : at + 5], "big")
            if not record.reach(end):
                break
            yield from _messages(record.packet(end), bytes(data[at + 5 : end]))
            at = end


def _messages(packet: int, record: bytes) -> Iterator[tuple[int, int, bytes]]:
    """The messages in a record; an encrypted one has none that fits."""
    at = 0
    while at + 4 <= len(record):
        size = int.from_bytes(record[at + 1 : at + 4], "big")
        if at + 4 + size > len(record) or record[at] > 24:
            return
        yield packet, record[at], record[at + 4 : at + 4 + size]
        at += 4 + size


def _types(block: Block) -> Iterator[tuple[int, Values]]:
    for packet, kind, _ in _handshakes(block):
        yield packet, [kind]


def _servers(block: Block) -> Iterator[tuple[int, Values]]:
    for packet, kind, body in _handshakes(block):
        if kind == 1 and (name := server_name(body)):
            yield packet, [name]


def server_name(hello: bytes) -> str:
    """The name in a Client Hello's server_name extension (RFC 6066 section 3), "" without one."""
    at = 34
    for size in (1, 2, 1):
        if at + size > len(hello):
            return ""
        at += size + int.from_bytes(hello[at : at + size], "big")
    end = min(len(hello), at + 2 + int.from_bytes(hello[at : at + 2], "big"))
    at += 2
    while at + 4 <= end:
        kind, size = int.from_bytes(hello[at : at + 2], "big"), int.from_bytes(hello[at + 2 : at + 4], "big")
        if kind == 0 and size >= 5:
            length = int.from_bytes(hello[at + 7 : at + 9], "big")
            return _text(hello[at + 9 : at + 9 + length])
        at += 4 + size
    return ""


Extractor = Callable[[Block], Iterator[tuple[int, Values]]]


def _spoken_once(extract: Extractor) -> Extractor:
    """That there is a message at all."""

    def mark(block: Block) -> Iterator[tuple[int, Values]]:
        for packet, _ in extract(block):
            yield packet, [1]

    return mark


QUICK: dict[str, tuple[Extractor, Callable[[Block], Mask]]] = {
    "dns.id": (quick_dns.number(0, 2, 0), quick_dns.unsure),
    "dns.flags.response": (quick_dns.number(2, 2, 15), quick_dns.unsure),
    **DNS,
    **quick_http.header_fields(_request_heads, _response_heads, (_http_unsure(METHODS), _http_unsure((b"HTTP",)))),
    "http.host": (_requests(_host), _http_unsure(METHODS)),
    "http.request.method": (_requests(_method), _http_unsure(METHODS)),
    "http.request.uri": (_requests(_uri), _http_unsure(METHODS)),
    "http.request": (_spoken_once(_requests(_method)), _http_unsure(METHODS)),
    "http.response": (_spoken_once(_codes), _http_unsure((b"HTTP",))),
    "http.response.code": (_codes, _http_unsure((b"HTTP",))),
    "tls.handshake.type": (_types, _tls_unsure),
    "tls.handshake.extensions_server_name": (_servers, _tls_unsure),
}


def extracted(name: str, block: Block) -> tuple[Numbers, list[Values]]:
    """All packets of the capture that have a quick field, ascending, and its values in each; kept for the next."""
    return block.shared(f"quick {name}", lambda: _extract(name, block.capture))  # type: ignore[no-any-return]


def _extract(name: str, capture: Capture) -> tuple[Numbers, list[Values]]:
    found: dict[int, Values] = {}
    for at in range(0, len(capture), STRIDE):
        part = Block(capture, slice(at, min(at + STRIDE, len(capture))))
        for packet, values in QUICK[name][0](part):
            found.setdefault(packet, []).extend(values)
    order = sorted(found)
    return np.array(order, np.int64), [found[packet] for packet in order]
