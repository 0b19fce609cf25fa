"""ASN.1 values in BER (X.690) as a tree: headers, children, integers and object identifiers."""

from __future__ import annotations

from typing import NamedTuple

from .packet import Short

CHILDREN = 10_000


class Value(NamedTuple):
    """One tag-length-value: its identifier octet and where its content lies."""

    tag: int
    start: int
    end: int


def value(data: bytes, at: int, limit: int | None = None) -> Value:
    """The value at `at`. Raises Short where it does not fit; indefinite lengths reach to `limit`."""
    limit = len(data) if limit is None else min(limit, len(data))
    if at + 2 > limit:
        raise Short
    tag, size = data[at], data[at + 1]
    start = at + 2
    if tag & 31 == 31:  # the tag number goes on
        while start - 1 < limit and data[start - 1] & 128:
            start += 1
        if start >= limit:
            raise Short
        size = data[start]
        start += 1
    if size == 0x80:
        return Value(tag, start, limit)
    if size > 0x80:
        count = size & 127
        if count > 8 or start + count > limit:
            raise Short
        size = int.from_bytes(data[start : start + count])
        start += count
    if start + size > limit:
        raise Short
    return Value(tag, start, start + size)


def children(data: bytes, parent: Value) -> list[Value]:
    """The values inside a constructed one, as many as are whole."""
    out: list[Value] = []
    at = parent.start
    while at < parent.end and len(out) < CHILDREN:
        try:
            child = value(data, at, parent.end)
        except Short:
            break
        out.append(child)
        at = child.end
    return out


def integer(data: bytes, one: Value) -> int:
    """An INTEGER or ENUMERATED, of at most 16 bytes."""
    return int.from_bytes(data[one.start : min(one.end, one.start + 16)], signed=True)


def total_length(data: bytes, at: int) -> int:
    """Bytes of header and content of the value at `at`; 0 where its header is not all there."""
    if at + 2 > len(data):
        return 0
    size = data[at + 1]
    if size < 0x80:
        return 2 + size
    count = size & 127
    if at + 2 + count > len(data):
        return 0
    return 2 + count + int.from_bytes(data[at + 2 : at + 2 + count])


def oid(data: bytes, one: Value) -> str:
    """An OBJECT IDENTIFIER in dots."""
    arcs: list[int] = []
    number = 0
    for byte in data[one.start : min(one.end, one.start + 64)]:
        number = number << 7 | byte & 127
        if byte < 128:
            arcs.append(number)
            number = 0
    if not arcs:
        return ""
    first = min(arcs[0] // 40, 2)
    return ".".join(map(str, [first, arcs[0] - 40 * first, *arcs[1:]]))
