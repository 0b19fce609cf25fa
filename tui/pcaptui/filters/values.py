"""Tests on the values of one packet: the rules of the language, where columns cannot speak for it."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from . import bound
from .literals import Constant, Plain
from .syntax import Range
from .types import Type


@dataclass(frozen=True, slots=True)
class Found:
    """One occurrence of a field in a packet: its value (types.py says how it is kept; None for NONE), its bytes in
    length, and which layer of its protocol it lies in, from 1. A protocol's value goes to the end of what it carries,
    its length does not."""

    value: Plain | None
    length: int = 0
    layer: int = 1


class Fields(Protocol):
    """The fields of one packet."""

    def field(self, name: str, kind: Type) -> Sequence[Found]:
        """All occurrences of a field or protocol, in order; empty where there is none."""


def holds(test: bound.Test, fields: Fields) -> bool:
    """Whether a packet passes a test."""
    match test:
        case bound.And(parts=parts):
            return all(holds(part, fields) for part in parts)
        case bound.Or(parts=parts):
            return any(holds(part, fields) for part in parts)
        case bound.Not(part=part):
            return not holds(part, fields)
        case bound.Xor(left=left, right=right):
            return holds(left, fields) != holds(right, fields)
        case bound.There(value=value):
            if isinstance(value, bound.Field):
                return bool(_occurrences(value, fields))
            return any(_not_zero(item) for item in values(value, fields))
        case bound.Match(left=left, pattern=pattern):
            found = [pattern.search(as_bytes(item)) is not None for item in values(left, fields, whole=True)]
            return _enough(found, test.every)
        case bound.Compare():
            whole = test.operator == "contains"
            return compare(test, values(test.left, fields, whole), values(test.right, fields))
        case bound.In(left=left):
            items = values(left, fields)
            if test.every:
                return bool(items) and any(
                    all(_is(item, element, test, fields) for item in items) for element in test.elements
                )
            return any(_is(item, element, test, fields) for item in items for element in test.elements)


def _enough(found: Sequence[bool], every: bool) -> bool:
    return bool(found) and (all(found) if every else any(found))


def _not_zero(item: Plain) -> bool:
    return any(item) if isinstance(item, bytes) else bool(item)


def _is(item: Plain, element: bound.Value | tuple[bound.Value, bound.Value], test: bound.In, fields: Fields) -> bool:
    if isinstance(element, tuple):
        lows, highs = values(element[0], fields), values(element[1], fields)
        return any(_ordered(low) <= _ordered(item) for low in lows) and any(
            _ordered(item) <= _ordered(high) for high in highs
        )
    return compare(bound.Compare("eq", test.left, element), [item], values(element, fields))


_ORDERS: dict[str, Callable[[Any, Any], bool]] = {
    "eq": operator.eq, "ne": operator.ne, ">": operator.gt, ">=": operator.ge, "<": operator.lt, "<=": operator.le,
}  # fmt: skip


def compare(test: bound.Compare, left: Sequence[Plain], right: Sequence[Plain]) -> bool:
    """Whether one pair of values, or every one, compares so."""
    prefix = test.right.prefix if isinstance(test.right, Constant) else -1
    if test.operator == "contains":
        pairs: Iterable[bool] = (_contains(a, b) for a in left for b in right)
    else:
        order = _ORDERS[test.operator]
        if prefix >= 0:
            left, right = [masked(a, prefix) for a in left], [masked(b, prefix) for b in right]
        pairs = (order(_ordered(a), _ordered(b)) for a in left for b in right)
    if test.every:
        return bool(left) and bool(right) and all(pairs)
    return any(pairs)


def _ordered(value: Plain) -> Any:
    """Of byte strings the longer one is the larger."""
    return (len(value), value) if isinstance(value, bytes) else value


def masked(value: Plain, prefix: int) -> Plain:
    """The first `prefix` bits of an address, the others 0."""
    assert isinstance(value, bytes)
    free = 8 * len(value) - prefix
    return (int.from_bytes(value, "big") >> free << free).to_bytes(len(value), "big")


def _contains(value: Plain, part: Plain) -> bool:
    if isinstance(value, str) and isinstance(part, str):
        return bool(part) and part in value
    return bool(part) and as_bytes(part) in as_bytes(value)


def as_bytes(value: Plain) -> bytes:
    if isinstance(value, bytes):
        return value
    return value.encode("utf-8", "surrogatepass") if isinstance(value, str) else str(value).encode()


# Values.


def _occurrences(field: bound.Field, fields: Fields) -> Sequence[Found]:
    found = fields.field(field.name, field.type)
    if not field.layers or not found:
        return found
    highest = max(item.layer for item in found)
    return [item for item in found if any(_in_layer(item.layer, part, highest) for part in field.layers)]


def _in_layer(layer: int, part: Range, highest: int) -> bool:
    start = part.start if part.start >= 0 else highest + 1 + part.start
    if part.end is not None:
        end = part.end if part.end >= 0 else highest + 1 + part.end
        return start <= layer <= end
    return layer >= start and (part.length is None or layer < start + part.length)


def values(value: bound.Value, fields: Fields, whole: bool = False) -> Sequence[Plain]:
    """All values that an expression has in a packet; `whole`: of protocols, what they carry too."""
    match value:
        case Constant(value=plain):
            return [plain]
        case bound.Field():
            items = _occurrences(value, fields)
            if value.type is Type.PROTOCOL and not whole:
                return [item.value[: item.length] for item in items if isinstance(item.value, bytes)]
            return [item.value for item in items if item.value is not None]
        case bound.Part(value=inner, ranges=ranges):
            return [cut(as_bytes(item), ranges) for item in values(inner, fields)]
        case bound.Minus(value=inner):
            return [-item for item in values(inner, fields) if isinstance(item, (int, float))]
        case bound.Operation():
            pairs = ((a, b) for a in values(value.left, fields) for b in values(value.right, fields))
            made = (calculate(value.operator, a, b) for a, b in pairs)
            return [item for item in made if item is not None]
        case bound.Function():
            return _call(value, fields)


def cut(data: bytes, ranges: tuple[Range, ...]) -> bytes:
    """The bytes that a slice takes, b"" where any part of it lies outside."""
    out = b""
    for part in ranges:
        span = span_of(part, len(data))
        if span is None:
            return b""
        out += data[span[0] : span[1]]
    return out


def span_of(part: Range, size: int) -> tuple[int, int] | None:
    """First byte and the one behind the last of a range in so many bytes, None where it does not fit."""
    start = part.start if part.start >= 0 else size + part.start
    if part.end is not None:
        stop = (part.end if part.end >= 0 else size + part.end) + 1
    else:
        stop = size if part.length is None else start + part.length
    return (start, stop) if 0 <= start < stop <= size else None


def calculate(symbol: str, left: Plain, right: Plain) -> Plain | None:
    """The result of an operation, None where there is none (division by zero)."""
    if symbol == "&":
        if isinstance(left, bytes) and isinstance(right, bytes):
            return bytes(a & b for a, b in zip(left, right, strict=False))
        return left & right if isinstance(left, int) and isinstance(right, int) else None
    if not isinstance(left, (int, float)) or not isinstance(right, (int, float)):
        return None
    if symbol in ("/", "%"):
        return _divide(symbol, left, right)
    return left + right if symbol == "+" else left - right if symbol == "-" else left * right


def _divide(symbol: str, left: float, right: float) -> Plain | None:
    """Whole numbers are divided as in C: towards zero."""
    if not right:
        return None
    if isinstance(left, float) or isinstance(right, float):
        return left / right if symbol == "/" else None
    whole = abs(left) // abs(right)
    quotient = whole if (left < 0) == (right < 0) else -whole
    return quotient if symbol == "/" else left - quotient * right


def _call(call: bound.Function, fields: Fields) -> Sequence[Plain]:
    first = call.arguments[0]
    if call.name in ("len", "count"):
        assert isinstance(first, bound.Field)
        found = _occurrences(first, fields)
        if call.name == "len":
            return [len(as_bytes(item.value)) if isinstance(item.value, str) else item.length for item in found]
        return [len(found)] if found else []
    if call.name in ("max", "min"):
        everything = [item for argument in call.arguments for item in values(argument, fields)]
        return [(max if call.name == "max" else min)(everything)] if everything else []
    inner = values(first, fields)
    if call.name == "abs":
        return [abs(item) for item in inner if isinstance(item, (int, float))]
    if call.name == "string":
        return [spelled(item, first.type) for item in inner]
    return [item.lower() if call.name == "lower" else item.upper() for item in inner if isinstance(item, str)]


def spelled(value: Plain, kind: Type) -> str:
    """A number or address as string() gives it."""
    if isinstance(value, bytes):
        if kind in (Type.IPV4, Type.IPV6):
            import ipaddress

            return str(ipaddress.ip_address(value))
        return value.hex(":")
    return str(value)
