"""Basic Encoding Rules, as much as row dissectors need (ITU-T X.690)."""

from __future__ import annotations

from dataclasses import dataclass

from .packet import Malformed, Short

MAX_ITEMS = 2000


@dataclass(frozen=True, slots=True)
class Value:
    """One element: its identifier octet, and the offsets of its contents and of what follows them."""

    tag: int
    start: int
    end: int


def total_length(data: bytes, at: int) -> int:
    """Bytes of the whole element at an offset, 0 where its header is not complete. Raises Malformed."""
    try:
        return _head(data, at).end - at
    except Short:
        return 0


def value(data: bytes, at: int, end: int | None = None) -> Value:
    """The element at an offset, whose contents end before `end`. Raises Short where they do not, or Malformed."""
    one = _head(data, at)
    if one.end > (len(data) if end is None else min(end, len(data))):
        raise Short
    return one


def children(data: bytes, parent: Value) -> list[Value]:
    """The elements inside one. Raises Short or Malformed."""
    found: list[Value] = []
    at = parent.start
    while at < parent.end and len(found) < MAX_ITEMS:
        one = value(data, at, parent.end)
        found.append(one)
        at = one.end
    return found


def integer(data: bytes, one: Value) -> int:
    return int.from_bytes(data[one.start : one.end], "big", signed=True)


def object_identifier(contents: bytes) -> list[int]:
    """The arcs of an object identifier. Raises Malformed for one beyond 64 bits."""
    arcs: list[int] = []
    arc = 0
    for byte in contents:
        arc = arc << 7 | byte & 0x7F
        if arc >> 64:
            raise Malformed
        if not byte & 0x80:
            arcs.append(arc)
            arc = 0
    if arcs:
        first = min(arcs[0] // 40, 2)
        arcs[:1] = [first, arcs[0] - 40 * first]
    return arcs


def _head(data: bytes, at: int) -> Value:
    """Tags of several octets do not occur in what is read here; an indefinite length runs to the end."""
    if at + 2 > len(data):
        raise Short
    tag, size = data[at], data[at + 1]
    at += 2
    if size == 0x80:
        return Value(tag, at, len(data))
    if size & 0x80:
        count = size & 0x7F
        if count > 4:
            raise Malformed
        if at + count > len(data):
            raise Short
        size = int.from_bytes(data[at : at + count], "big")
        at += count
    return Value(tag, at, at + size)
