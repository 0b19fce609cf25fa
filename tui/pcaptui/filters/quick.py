"""What the most asked fields of DNS, HTTP and TLS are in every packet, read from the payloads without trees.

An extractor yields (packet, values) for the packets that have the field, and knows which packets it cannot tell
about. What a segment leaves unfinished is credited to the segment that completes it, as tshark does.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator

import numpy as np

from ..capture import Capture
from ..tracker.flags import Flag
from .block import Block, Mask, Numbers
from .literals import Plain

Values = list[Plain]
_STRIDE = 1 << 17
_PIECES = 20_000
"""Packets of a stream that are looked through for the rest of a message."""
_LONGEST = 8 << 20
_HEAD = 1 << 16
_CHUNKS = 20_000
_LENGTH = re.compile(rb"\ncontent-length:[ \t]*(\d+)")
_CHUNKED = re.compile(rb"\ntransfer-encoding:[^\n]*chunked")
_CHUNK = re.compile(rb"[ \t]*([0-9A-Fa-f]{1,7})")
_METHODS = (b"GET ", b"POST", b"HEAD", b"PUT ", b"OPTI", b"DELE", b"PATC", b"CONN", b"TRAC", b"PROP", b"NOTI", b"M-SE",
            b"SUBS", b"UNSU", b"MKCO", b"COPY", b"MOVE", b"LOCK", b"UNLO", b"REPO", b"SEAR", b"RPC_")  # fmt: skip
_HTTP_PORTS = (80, 3128, 3132, 5985, 8080, 8088, 11371, 1900, 2869, 2710, 631, 3689)
_TLS_PORTS = (443, 636, 989, 990, 992, 993, 994, 995, 5061, 614, 465)
_DNS_PORTS = (53, 5353, 5355)


class Joined:
    """Payload of one direction of a TCP stream from a segment on, as far as it was asked for and nothing is missing.

    A UDP datagram is alone.
    """

    def __init__(self, capture: Capture, index: int) -> None:
        self._capture = capture
        self.data = bytearray(capture.payload(index))
        self._ends = [len(self.data)]
        self._packets = [index]
        table = capture.table
        self._rest = iter(()) if int(table["ip_protocol"][index]) != 6 else self._following(index)

    def _following(self, index: int) -> Iterator[int]:
        """The packets behind this one in its direction, while each goes on where the one before ended."""
        capture, table = self._capture, self._capture.table
        packets = capture.tracker.packets("tcp", int(table["stream"][index]))
        packets = packets[int(np.searchsorted(packets, index)) + 1 :][:_PIECES]
        loaded = (table["payload_length"][packets] > 0) & (table["direction"][packets] == table["direction"][index])
        wanted = int(table["sequence"][index]) + int(table["payload_length"][index])
        for packet in packets[loaded].tolist():
            if int(table["sequence"][packet]) == wanted & 0xFFFFFFFF:
                yield packet
                wanted += int(table["payload_length"][packet])

    def more(self) -> bool:
        """Take the next segment; False where there is none."""
        packet = next(self._rest, None) if len(self.data) < _LONGEST else None
        if packet is None:
            return False
        self.data += self._capture.payload(packet)
        self._ends.append(len(self.data))
        self._packets.append(packet)
        return True

    def reach(self, size: int) -> bool:
        """Have at least so many bytes."""
        while len(self.data) < size:
            if not self.more():
                return False
        return True

    def find(self, what: bytes, at: int) -> int:
        """Where that stands, at `at` or behind; -1."""
        while (found := self.data.find(what, at)) < 0:
            at = max(at, len(self.data) - len(what) + 1)
            if not self.more():
                return -1
        return found

    def packet(self, size: int) -> int:
        """The packet that brings the last of so many bytes."""
        return self._packets[min(bisect_left(self._ends, size), len(self._packets) - 1)]


def spoken(block: Block) -> Mask:
    """TCP payloads that tshark hands to an application's dissector (TCP_ANALYSIS: not those sent again)."""
    bits = block.column("analysis")
    left = Flag.spurious_retransmission | Flag.out_of_order | Flag.keep_alive | Flag.zero_window_probe
    again = (bits & np.uint32(int(Flag.retransmission)) != 0) & (bits & np.uint32(int(Flag.fast_retransmission)) == 0)
    found: Mask = block.tcp & (block.column("payload_length") > 0) & (bits & np.uint32(int(left)) == 0) & ~again
    return found


def _at(ports: tuple[int, ...], block: Block) -> Mask:
    here, there = block.column("source_port"), block.column("destination_port")
    found = np.zeros(len(block), bool)
    for port in ports:
        found |= (here == port) | (there == port)
    return found


def _starts(words: tuple[bytes, ...], block: Block) -> Mask:
    """Whether the payload begins with one of some words of four bytes."""
    heads = block.number("payload", 0, 4)
    found = np.zeros(len(block), bool)
    for word in words:
        found |= heads == int.from_bytes(word, "big")
    return found


def streams_like(name: str, block: Block) -> Mask:
    """TCP packets of streams in which some segment begins as those of "http" or "tls" do."""

    def look() -> Numbers:
        capture = block.capture
        found = np.zeros(max(1, capture.tracker.tcp_streams), bool)
        for at in range(0, len(capture), _STRIDE):
            part = Block(capture, slice(at, min(at + _STRIDE, len(capture))))
            loaded = part.tcp & (part.column("payload_length") > 0) & (part.column("stream") >= 0)
            if name == "http":
                like = _starts((*_METHODS, b"HTTP"), part)
            else:
                head = part.number("payload", 0, 2)
                like = ((head >= 0x1403) & (head <= 0x1703) & (head & 0xFF == 3)) | (_at(_TLS_PORTS, part))
            found[part.column("stream")[loaded & like]] = True
        return found

    streams = block.shared(f"streams like {name}", look)
    mine: Mask = block.tcp & (block.column("stream") >= 0)
    found: Mask = mine & streams[np.maximum(block.column("stream"), 0) * mine]
    return found


# HTTP.


def _heads(block: Block, wanted: Mask, response: bool) -> Iterator[tuple[int, bytes]]:
    """The heads of messages: (packet that completes the message, head up to the empty line)."""
    for index in block.packets[wanted].tolist():
        joined = Joined(block.capture, index)
        end = joined.find(b"\n\r\n", 0)
        if end < 0:
            # No message ever ends here; without a line of its own it is none.
            yield index, bytes(joined.data[:_HEAD])
            continue
        head = bytes(joined.data[:end])
        packet = _completing(joined, head, end + 3, response)
        if packet is not None:
            yield packet, head


def _completing(joined: Joined, head: bytes, body: int, response: bool) -> int | None:
    """The packet that completes a message, None where it stays incomplete (RFC 9112 section 6)."""
    lower = head.lower()
    if _CHUNKED.search(lower) is not None:
        return _last_chunk(joined, body)
    if (told := _LENGTH.search(lower)) is not None and len(told[1]) < 12:
        size = body + int(told[1])
        if int(told[1]) <= _LONGEST and joined.reach(size):
            return joined.packet(size)
        return None if response else joined.packet(body)
    return joined.packet(body)


def _last_chunk(joined: Joined, at: int) -> int | None:
    for _ in range(_CHUNKS):
        end = joined.find(b"\n", at)
        size = _CHUNK.match(joined.data, at) if end >= 0 else None
        if size is None:
            return None
        length = int(size[1], 16)
        at = end + 1 + length + 2
        if not joined.reach(at if length else end + 1):
            return None
        if length == 0:
            return joined.packet(min(at, len(joined.data)))
    return None


def _http_mask(block: Block, words: tuple[bytes, ...]) -> Mask:
    loaded = spoken(block) | (block.udp & (block.column("payload_length") > 0))
    return loaded & _starts(words, block) & ~(block.odd | block.quoted) & _at(_HTTP_PORTS, block)


def _http_unsure(words: tuple[bytes, ...]) -> Callable[[Block], Mask]:
    def unsure(block: Block) -> Mask:
        return spoken(block) & _starts(words, block) & ~_at(_HTTP_PORTS, block)

    return unsure


def _requests(read: Callable[[bytes], Values]) -> Callable[[Block], Iterator[tuple[int, Values]]]:
    def extract(block: Block) -> Iterator[tuple[int, Values]]:
        for packet, head in _heads(block, _http_mask(block, _METHODS), False):
            line = head[: head.find(b"\n")] if b"\n" in head else head
            if b" " in line.rstrip() and (values := read(head)):
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
    for packet, head in _heads(block, _http_mask(block, (b"HTTP",)), True):
        parts = head.split(b"\n", 1)[0].split(maxsplit=2)
        if len(parts) > 1 and parts[1][:3].isdigit() and len(parts[1][:3]) == 3:
            yield packet, [int(parts[1][:3])]


# DNS.


def _dns_mask(block: Block) -> Mask:
    found: Mask = (
        block.udp & (block.column("payload_length") >= 12) & ~(block.odd | block.quoted) & _at(_DNS_PORTS, block)
    )
    return found


def _dns_unsure(block: Block) -> Mask:
    return spoken(block) & _at((53,), block)


def _dns_number(at: int, size: int, shift: int) -> Callable[[Block], Iterator[tuple[int, Values]]]:
    def extract(block: Block) -> Iterator[tuple[int, Values]]:
        mask = _dns_mask(block)
        numbers = block.number("payload", at, size)[mask] >> shift
        for packet, number in zip(block.packets[mask].tolist(), numbers.tolist(), strict=True):
            yield packet, [number]

    return extract


def _names(block: Block) -> Iterator[tuple[int, Values]]:
    for index in block.packets[_dns_mask(block)].tolist():
        data = block.capture.payload(index)
        at, found = 12, []
        for _ in range(min(int.from_bytes(data[4:6], "big"), 32)):
            name, at = _name(data, at)
            if at < 0 or at + 4 > len(data):
                break
            found.append(name)
            at += 4
        if found:
            yield index, list(found)


def _name(data: bytes, at: int) -> tuple[str, int]:
    """A domain name as tshark words it, and the place behind it; -1 where it is broken."""
    labels: list[str] = []
    behind, jumps = -1, 0
    while at < len(data):
        size = data[at]
        if size == 0:
            return ".".join(labels) or "<Root>", behind if behind >= 0 else at + 1
        if size >= 0xC0:
            jumps += 1
            if jumps > 32 or at + 1 >= len(data):
                break
            if behind < 0:
                behind = at + 2
            at = (size & 0x3F) << 8 | data[at + 1]
        elif size >= 0x40:
            break
        else:
            labels.append(data[at + 1 : at + 1 + size].decode("utf-8", "replace"))
            at += 1 + size
            if len(labels) > 128:
                break
    return "", -1


# TLS.


def _tls_mask(block: Block) -> Mask:
    head = block.number("payload", 0, 2)
    found: Mask = spoken(block) & (head == 0x1603) & (block.column("payload_length") > 5) & ~(block.odd | block.quoted)
    return found


def _tls_unsure(block: Block) -> Mask:
    """QUIC's long headers, which carry TLS too, and SSL 2's hellos."""
    first = block.number("payload", 0, 1)
    loaded = block.column("payload_length") > 0
    long = block.udp & loaded & (first >= 0xC0) & (block.column("payload_length") >= 20) & _at((443, 4433), block)
    old = spoken(block) & (first & 0x80 != 0) & (block.number("payload", 2, 1) <= 4) & _at(_TLS_PORTS, block)
    found: Mask = long | old
    return found


def _handshakes(block: Block) -> Iterator[tuple[int, int, bytes]]:
    """Handshake messages: (packet that completes its record, type, body)."""
    for index in block.packets[_tls_mask(block)].tolist():
        joined = Joined(block.capture, index)
        data, at = joined.data, 0
        while at + 5 <= len(data) and data[at] == 0x16 and data[at + 1] == 3:
            end = at + 5 + int.from_bytes(data[at + 3 : at + 5], "big")
            if not joined.reach(end):
                break
            yield from _messages(joined.packet(end), bytes(data[at + 5 : end]))
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
    "dns.id": (_dns_number(0, 2, 0), _dns_unsure),
    "dns.flags.response": (_dns_number(2, 2, 15), _dns_unsure),
    "dns.qry.name": (_names, _dns_unsure),
    "http.host": (_requests(_host), _http_unsure(_METHODS)),
    "http.request.method": (_requests(_method), _http_unsure(_METHODS)),
    "http.request.uri": (_requests(_uri), _http_unsure(_METHODS)),
    "http.request": (_spoken_once(_requests(_method)), _http_unsure(_METHODS)),
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
    for at in range(0, len(capture), _STRIDE):
        part = Block(capture, slice(at, min(at + _STRIDE, len(capture))))
        for packet, values in QUICK[name][0](part):
            found.setdefault(packet, []).extend(values)
    order = sorted(found)
    return np.array(order, np.int64), [found[packet] for packet in order]
