"""What the most asked fields of DNS, HTTP and TLS are in every packet, read from the payloads without trees.

An extractor yields (packet, values) for the packets that have the field, and knows which packets it cannot tell
about. What a segment leaves unfinished is credited to the segment that completes it, as tshark does.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from itertools import chain

import numpy as np

from ..capture import Capture
from ..protocols.http_head import Head
from . import quick_dns, quick_http, quick_http_links, quick_lines, quick_tls
from .block import Block, Mask, Numbers
from .http_extents import http_mask
from .joined import LONGEST, joined
from .literals import Plain
from .quick_dns_fields import DNS
from .quick_protocols import http_talk
from .speaking import METHODS, STRIDE, TLS_PORTS, at_ports, begun_otherwise, spoken

Values = list[Plain]
_HEAD = 1 << 16


# HTTP.


def _heads(block: Block, words: tuple[bytes, ...], response: bool) -> Iterator[tuple[int, bytes]]:
    """The heads of messages: (packet that completes the message, head up to the empty line)."""
    talk = http_talk(block)
    firsts, lasts = talk.within(int(block.packets[0]), int(block.packets[-1]), response)
    said = joined(Block(block.capture, firsts))
    alone = joined(block.narrow(http_mask(block, words) & block.udp))
    for packet, (_, message) in chain(zip(lasts.tolist(), said, strict=True), ((one[0], one) for one in alone)):
        end = message.find(b"\n\r\n", 0)
        if end >= 0 and not talk.doubtful[packet]:
            yield packet, bytes(message.data[:end])
        elif end < 0:
            # No message ever ends here; without a line of its own it is none.
            yield packet, bytes(message.data[:_HEAD])


def _http_unsure(block: Block) -> Mask:
    """What only rows know of, as ends of messages that go on until the FIN."""
    left: Mask = http_talk(block).doubtful[block.packets]
    return left


def _unsure_with(words: re.Pattern[bytes]) -> Callable[[Block], Mask]:
    """The same, where the doubtful parts of a stream hold some words, without which it has no such field."""

    def unsure(block: Block) -> Mask:
        doubtful = http_talk(block).doubtful
        some = block.shared(f"http doubtful {words.pattern!r}", lambda: _streams_with(words, block.capture, doubtful))
        left: Mask = doubtful[block.packets] & np.isin(block.column("stream"), some)
        return left

    return unsure


def _streams_with(words: re.Pattern[bytes], capture: Capture, packets: Mask) -> Numbers:
    """TCP streams in which one side says the words in some of its packets."""
    mine = np.flatnonzero(packets)
    sides = capture.table["stream"][mine].astype(np.int64) * 2 + (capture.table["direction"][mine] & 1)
    said: dict[int, bytearray] = defaultdict(bytearray)
    for packet, side in zip(mine.tolist(), sides.tolist(), strict=True):
        if len(said[side]) < LONGEST:
            said[side] += capture.payload(packet)
    found = [side // 2 for side, data in said.items() if len(data) >= LONGEST or words.search(data)]
    return np.unique(np.array(found, np.int64))


def _request_heads(block: Block) -> Iterator[tuple[int, bytes]]:
    for packet, head in _heads(block, METHODS, False):
        line = head[: head.find(b"\n")] if b"\n" in head else head
        if b" " in line.rstrip():
            yield packet, head


def _response_heads(block: Block) -> Iterator[tuple[int, bytes]]:
    return _heads(block, (b"HTTP",), True)


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


def _full_uri(head: bytes) -> Values:
    """As Head.uri, but of any target that has no scheme of its own."""
    first, _, fields = head.partition(b"\n")
    told = Head(first.rstrip(b"\r"), fields, False)
    if told.method == "CONNECT" or "://" in told.target[:10]:
        return [told.target]
    return [f"http://{told.host}{told.target}"] if told.host else []


def _codes(block: Block) -> Iterator[tuple[int, Values]]:
    for packet, head in _response_heads(block):
        parts = head.split(b"\n", 1)[0].split(maxsplit=2)
        if len(parts) > 1 and parts[1][:3].isdigit() and len(parts[1][:3]) == 3:
            yield packet, [int(parts[1][:3])]


# TLS.


def _tls_mask(block: Block) -> Mask:
    head = block.number("payload", 0, 2)
    found: Mask = spoken(block) & (head == 0x1603) & (block.column("payload_length") > 5) & ~(block.odd | block.quoted)
    return found & ~begun_otherwise(block)


def _tls_unsure(block: Block) -> Mask:
    """QUIC's long headers, which carry TLS too, SSL 2's hellos, and streams that turn to TLS."""
    first = block.number("payload", 0, 1)
    loaded = block.column("payload_length") > 0
    long = block.udp & loaded & (first >= 0xC0) & (block.column("payload_length") >= 20) & at_ports((443, 4433), block)
    old = spoken(block) & (first & 0x80 != 0) & (block.number("payload", 2, 1) <= 4) & at_ports(TLS_PORTS, block)
    found: Mask = long | old | (begun_otherwise(block) & _untold(block)[block.packets])
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


def _untold(block: Block) -> Mask:
    """Of every packet of the capture: whether only its record tells of TLS."""
    whole = Block(block.capture, slice(0, len(block.capture)))
    unsure = quick_tls.QUICK["tls.handshake.type"][1]
    return block.shared("quick tls unsure", lambda: unsure(whole))  # type: ignore[no-any-return]


def _mended(name: str, fallback: Extractor) -> Extractor:
    """What streams say where nothing is missing; elsewhere what the records alone do."""
    told, _ = quick_tls.QUICK[name]

    def extract(block: Block) -> Iterator[tuple[int, Values]]:
        left = _untold(block)
        yield from told(block)
        yield from ((packet, values) for packet, values in fallback(block) if left[packet])

    return extract


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
    **quick_http_links.QUICK,
    **quick_lines.QUICK,
    **quick_tls.QUICK,
    **quick_http.header_fields(_request_heads, _response_heads, _http_unsure),
    "http.host": (_requests(_host), _unsure_with(re.compile(rb"(?i)host[ \t]*:"))),
    "http.request.method": (_requests(_method), _http_unsure),
    "http.request.uri": (_requests(_uri), _http_unsure),
    "http.request.full_uri": (_requests(_full_uri), _http_unsure),
    "http.request": (_spoken_once(_requests(_method)), _http_unsure),
    "http.response": (_spoken_once(_codes), _http_unsure),
    "http.response.code": (_codes, _http_unsure),
    "tls.handshake.type": (_mended("tls.handshake.type", _types), _tls_unsure),
    "tls.handshake.extensions_server_name": (_mended("tls.handshake.extensions_server_name", _servers), _tls_unsure),
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
