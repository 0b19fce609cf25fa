"""Tests on whole columns: values of many packets at a time, as lanes of 64-bit numbers.

`test_columns` answers None where columns cannot tell: strings, byte strings over eight bytes, regular expressions.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from . import bound
from .block import BASES, Block, Lane, Mask, Numbers
from .columns import COLUMN_FIELDS
from .literals import Constant, Plain
from .syntax import Range
from .types import INTEGRAL, Type
from .values import masked, span_of

_ORDERS: dict[str, Callable[[Any, Any], Any]] = {
    "eq": operator.eq, "ne": operator.ne, ">": operator.gt, ">=": operator.ge, "<": operator.lt, "<=": operator.le,
}  # fmt: skip
_NUMBERED = INTEGRAL | {Type.IPV4, Type.ETHER}
_SLICED = ("frame", "eth", "ip", "ipv6", "arp", "tcp", "udp", "tcp.payload", "udp.payload")


class Unable(Exception):
    """Columns cannot tell."""


@dataclass(slots=True)
class Lanes:
    """All occurrences of a value. `size`: bytes, where it is a part of a byte string; `addresses`: IPv6 indexes."""

    items: list[Lane]
    size: int = 0
    addresses: bool = False


Operand = Lanes | Constant


def test_columns(test: bound.Leaf, block: Block) -> Mask | None:
    """Which packets of the block pass the test, None where columns cannot tell."""
    try:
        match test:
            case bound.There(value=value):
                return _there(value, block)
            case bound.Compare() if test.operator != "contains":
                return _compare(test, block)
            case bound.In():
                return _in(test, block)
    except Unable:
        pass
    return None


def able(test: bound.Leaf) -> bool:
    """Whether every field of a test stands in columns, so that `test_columns` may know."""
    return not isinstance(test, bound.Match) and all(field.name in COLUMN_FIELDS for field in bound.fields_of(test))


def _there(value: bound.Value, block: Block) -> Mask:
    if isinstance(value, bound.Field):
        return _any_present(_field(value, block).items, len(block))
    found = _value(value, block)
    if not isinstance(found, Lanes):
        raise Unable
    found = _unindexed(found, block)
    return _any([_and(lane.values > 0 if found.size else lane.values != 0, lane.present) for lane in found.items],
                len(block))  # fmt: skip


def _any_present(lanes: list[Lane], size: int) -> Mask:
    if any(lane.present is None for lane in lanes):
        return np.ones(size, bool)
    return _any([lane.present for lane in lanes if lane.present is not None], size)


def _any(masks: list[Mask], size: int) -> Mask:
    if not masks:
        return np.zeros(size, bool)
    found = masks[0]
    for mask in masks[1:]:
        found = found | mask
    return found


def _and(mask: Mask, other: Mask | None) -> Mask:
    return mask if other is None else mask & other


def _both(one: Mask | None, other: Mask | None) -> Mask | None:
    return other if one is None else _and(one, other)


# Comparisons.


def _compare(test: bound.Compare, block: Block) -> Mask:
    left, right = _comparable(test.left, block), _comparable(test.right, block)
    if isinstance(left, Constant):
        raise Unable
    pairs = _pairs(test.operator, left, right, block)
    found = _any([_and(mask, where) for mask, where in pairs], len(block))
    if not test.every:
        return found
    failed = _any([_and(~mask, where) for mask, where in pairs], len(block))
    return found & ~failed


def _pairs(order: str, left: Lanes, right: Operand, block: Block) -> list[tuple[Mask, Mask | None]]:
    """For each pair of occurrences: whether they compare so, and where both are there."""
    compare = _ORDERS[order]
    if isinstance(right, Lanes):
        if left.size != right.size:
            raise Unable
        if not (left.addresses and right.addresses and order in ("eq", "ne")):
            left, right = _unindexed(left, block), _unindexed(right, block)
        return [(compare(a.values, b.values), _both(a.present, b.present)) for a in left.items for b in right.items]
    if left.addresses:
        table = _address_table(order, right, block)
        return [(table[lane.values], lane.present) for lane in left.items]
    if isinstance(right.value, float):
        return [(np.full(len(lane.values), order == "ne"), lane.present) for lane in left.items]
    number = _number(right, left.size)
    if right.prefix >= 0:
        free = 32 - right.prefix
        return [(compare(lane.values >> free, number >> free), lane.present) for lane in left.items]
    return [(_compared(compare, order, lane.values, number), lane.present) for lane in left.items]


def _compared(compare: Callable[[Any, Any], Any], order: str, values: Numbers, number: int) -> Mask:
    """A column against a number that its type may be too small for."""
    if values.dtype != np.int64:
        limits = np.iinfo(values.dtype)
        if not limits.min <= number <= limits.max:
            return np.full(len(values), bool(compare(limits.min if number > 0 else limits.max, number)))
    elif not -(2**63) <= number < 2**63:
        return np.full(len(values), bool(compare(0, number)))
    found: Mask = compare(values, number)
    return found


def _number(constant: Constant, size: int) -> int:
    value = constant.value
    if isinstance(value, bytes):
        if constant.type in (Type.BYTES, Type.PROTOCOL) and len(value) != size:
            raise Unable
        return int.from_bytes(value, "big")
    if isinstance(value, int):
        return value
    raise Unable


def _address_table(order: str, constant: Constant, block: Block) -> Mask:
    """For every address of the capture whether it compares so; False at -1 and for those of another kind."""
    compare = _ORDERS[order]
    wanted, prefix = constant.value, constant.prefix
    assert isinstance(wanted, bytes)
    if len(wanted) == 4:
        numbers = block.ipv4_values
        free = 0 if prefix < 0 else 32 - prefix
        short: Mask = compare(numbers >> free, int.from_bytes(wanted, "big") >> free) & (numbers >= 0)
        return short
    addresses = block.capture.addresses
    hi, _ = addresses.keys
    table = np.zeros(len(hi) + 1, bool)
    if prefix >= 0:
        wanted = masked(wanted, prefix)
    for index in np.flatnonzero((hi != addresses.ipv4_key) & (hi != addresses.mac_key)).tolist():
        raw: Plain = addresses.raw(index)
        table[index] = compare(masked(raw, prefix) if prefix >= 0 else raw, wanted)
    return table


def _unindexed(lanes: Lanes, block: Block) -> Lanes:
    """IPv4 addresses as numbers instead of indexes."""
    if not lanes.addresses:
        return lanes
    numbers = block.ipv4_values
    items = [Lane(numbers[lane.values], lane.present, lane.size) for lane in lanes.items]
    if any(lane.size != 4 for lane in items):
        raise Unable
    return Lanes(items, lanes.size)


def _comparable(value: bound.Value, block: Block) -> Operand:
    """The value; layers and payloads stand in columns only as being there."""
    if isinstance(value, bound.Field) and value.type in (Type.PROTOCOL, Type.BYTES, Type.NONE):
        raise Unable
    return _value(value, block)


def _in(test: bound.In, block: Block) -> Mask:
    left = _comparable(test.left, block)
    if isinstance(left, Constant):
        raise Unable
    size = len(block)
    found = np.zeros(size, bool)
    for element in test.elements:
        if isinstance(element, tuple):
            masks = [_within(one, element, block) for one in _ones(left)]
        else:
            other = _comparable(element, block)
            masks = [_any([_and(m, w) for m, w in _pairs("eq", one, other, block)], size) for one in _ones(left)]
        there = [np.ones(size, bool) if lane.present is None else lane.present for lane in left.items]
        inside = [mask & here for mask, here in zip(masks, there, strict=True)]
        if test.every:
            outside = [~mask & here for mask, here in zip(masks, there, strict=True)]
            found |= _any(inside, size) & ~_any(outside, size)
        else:
            found |= _any(inside, size)
    return found


def _ones(lanes: Lanes) -> list[Lanes]:
    return [Lanes([lane], lanes.size, lanes.addresses) for lane in lanes.items]


def _within(one: Lanes, ends: tuple[bound.Value, bound.Value], block: Block) -> Mask:
    size = len(block)
    low, high = (_pairs(o, one, _comparable(end, block), block) for o, end in zip((">=", "<="), ends, strict=True))
    return _any([_and(m, w) for m, w in low], size) & _any([_and(m, w) for m, w in high], size)


# Values.


def _value(value: bound.Value, block: Block) -> Operand:
    match value:
        case Constant():
            return value
        case bound.Field():
            return _field(value, block)
        case bound.Part(value=inner, ranges=ranges):
            return _part(inner, ranges, block)
        case bound.Minus(value=inner):
            lanes = _numbers(inner, block)
            return Lanes([Lane(-lane.values.astype(np.int64), lane.present) for lane in lanes.items])
        case bound.Operation():
            return _operation(value, block)
        case bound.Function():
            return _function(value, block)


def _field(field: bound.Field, block: Block) -> Lanes:
    if field.layers:
        if block.quoted.any() and field.name.startswith("ip"):
            raise Unable
        if not any(_takes_first(part) for part in field.layers):
            return Lanes([])
    lanes = block.lanes(field.name)
    return Lanes(lanes, addresses=bool(lanes) and lanes[0].indexed)


def _takes_first(part: Range) -> bool:
    """Whether the only layer there is lies in the range."""
    start = part.start if part.start >= 0 else 2 + part.start
    if part.end is not None:
        return start <= 1 <= (part.end if part.end >= 0 else 2 + part.end)
    return start <= 1 and (part.length is None or start + part.length > 1)


def _numbers(value: bound.Value, block: Block) -> Lanes:
    found = _value(value, block)
    if isinstance(found, Constant):
        number = _number(found, 0 if not isinstance(found.value, bytes) else len(found.value))
        size = len(found.value) if isinstance(found.value, bytes) and found.type is Type.BYTES else 0
        return Lanes([Lane(np.full(len(block), number, np.int64), None)], size)
    if value.type not in _NUMBERED | {Type.BYTES} or (isinstance(value, bound.Field) and value.type is Type.BYTES):
        raise Unable
    return _unindexed(found, block)


def _operation(value: bound.Operation, block: Block) -> Lanes:
    left, right = _numbers(value.left, block), _numbers(value.right, block)
    if left.size != right.size and value.type is Type.BYTES:
        raise Unable
    items = [Lane(np.maximum(lane.values, 0), lane.present) for lane in left.items] if left.size else left.items
    made = [_calculate(value.operator, a, b) for a in items for b in right.items]
    return Lanes(made, left.size)


def _calculate(symbol: str, left: Lane, right: Lane) -> Lane:
    a, b = left.values.astype(np.int64), right.values.astype(np.int64)
    present = _both(left.present, right.present)
    if symbol in ("/", "%"):
        present = _and(b != 0, present)
        b = np.where(b == 0, 1, b)
        quotient = np.abs(a) // np.abs(b) * np.where((a < 0) == (b < 0), 1, -1)
        return Lane(quotient if symbol == "/" else a - quotient * b, present)
    made = {"+": np.add, "-": np.subtract, "*": np.multiply, "&": np.bitwise_and}[symbol](a, b)
    return Lane(made, present)


def _function(call: bound.Function, block: Block) -> Lanes:
    first = call.arguments[0]
    if call.name == "count" and isinstance(first, bound.Field):
        items = _field(first, block).items
        total = np.zeros(len(block), np.int64)
        for lane in items:
            total += 1 if lane.present is None else lane.present
        return Lanes([Lane(total, total > 0)])
    if call.name == "len" and isinstance(first, bound.Field) and first.type is not Type.PROTOCOL:
        items = _field(first, block).items
        if first.name.endswith(".payload") or not all(lane.size for lane in items):
            raise Unable
        return Lanes([Lane(np.full(len(block), lane.size), lane.present) for lane in items])
    if call.name == "abs":
        items = _numbers(first, block).items
        return Lanes([Lane(np.abs(lane.values.astype(np.int64)), lane.present) for lane in items])
    if call.name in ("max", "min"):
        items = [lane for argument in call.arguments for lane in _numbers(argument, block).items]
        return Lanes([_extreme(items, call.name == "max", len(block))])
    raise Unable


def _extreme(items: list[Lane], largest: bool, size: int) -> Lane:
    worst = np.iinfo(np.int64).min if largest else np.iinfo(np.int64).max
    best = np.full(size, worst)
    for lane in items:
        values = lane.values.astype(np.int64)
        values = values if lane.present is None else np.where(lane.present, values, worst)
        best = np.maximum(best, values) if largest else np.minimum(best, values)
    return Lane(best, _any_present(items, size))


def _part(inner: bound.Value, ranges: tuple[Range, ...], block: Block) -> Lanes:
    if not isinstance(inner, bound.Field) or len(ranges) != 1 or inner.layers:
        raise Unable
    if inner.name in _SLICED:
        return _bytes_of(inner.name, ranges[0], block)
    width = {Type.IPV4: 4, Type.ETHER: 6}.get(inner.type, 0)
    span = span_of(ranges[0], width)
    if span is None:
        raise Unable
    shift, mask = 8 * (width - span[1]), (1 << 8 * (span[1] - span[0])) - 1
    lanes = _unindexed(_field(inner, block), block)
    items = [Lane((lane.values >> shift) & mask, lane.present) for lane in lanes.items]
    return Lanes(items, span[1] - span[0])


def _bytes_of(name: str, part: Range, block: Block) -> Lanes:
    """Up to seven bytes of a layer as a number, -1 where they are not all there."""
    size = part.length if part.end is None else part.end - part.start + 1
    if part.start < 0 or size is None or not 0 < size < 8:
        raise Unable
    start, own, _ = block.layer(name)
    there = _any_present(block.lanes(name), len(block))
    whole = part.start + size <= np.minimum(own, block.column("captured") - start)
    values = block.number(BASES[name], part.start, size)
    return Lanes([Lane(np.where(whole, values, -1), there)], size)
