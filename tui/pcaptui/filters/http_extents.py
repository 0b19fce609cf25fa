"""Where HTTP messages begin, and how far they reach (RFC 9112 section 6)."""

from __future__ import annotations

import re

from .block import Block, Mask
from .joined import LONGEST, Joined
from .speaking import at_ports, spoken, starts

_CHUNKS = 20_000
_LENGTH = re.compile(rb"\ncontent-length:[ \t]*(\d+)")
_CHUNKED = re.compile(rb"\ntransfer-encoding:[^\n]*chunked")
_CHUNK = re.compile(rb"[ \t]*([0-9A-Fa-f]{1,7})")
HTTP_PORTS = (80, 3128, 3132, 5985, 8080, 8088, 11371, 1900, 2869, 2710, 631, 3689)


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
    return loaded & starts(words, block) & ~(block.odd | block.quoted) & at_ports(HTTP_PORTS, block)
