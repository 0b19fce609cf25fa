"""The tree of a filter that is known to make sense: fields with their types, constants as values."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from re import Pattern
from typing import Literal as OneOf

from .literals import Constant
from .syntax import Range
from .types import FieldInfo, Type


@dataclass(frozen=True, slots=True)
class Field:
    info: FieldInfo
    layers: tuple[Range, ...] = ()

    @property
    def name(self) -> str:
        return self.info.name

    @property
    def type(self) -> Type:
        return self.info.type


@dataclass(frozen=True, slots=True)
class Part:
    """A slice: bytes of a value."""

    value: Value
    ranges: tuple[Range, ...]
    type: Type = Type.BYTES


@dataclass(frozen=True, slots=True)
class Function:
    name: str
    arguments: tuple[Value, ...]
    type: Type


@dataclass(frozen=True, slots=True)
class Minus:
    value: Value
    type: Type


@dataclass(frozen=True, slots=True)
class Operation:
    operator: str
    left: Value
    right: Value
    type: Type


Value = Field | Constant | Part | Function | Minus | Operation
Operator = OneOf["eq", "ne", ">", ">=", "<", "<=", "contains"]


@dataclass(frozen=True, slots=True)
class Compare:
    """`every`: all pairs of values must compare so, and there must be one; else one pair is enough."""

    operator: Operator
    left: Value
    right: Value
    every: bool = False


@dataclass(frozen=True, slots=True)
class Match:
    left: Value
    pattern: Pattern[bytes]
    every: bool = False


@dataclass(frozen=True, slots=True)
class In:
    """A value of `left` equals an element or lies within a pair of them; `every`: all do so with the same one."""

    left: Value
    elements: tuple[Value | tuple[Value, Value], ...]
    every: bool = False


@dataclass(frozen=True, slots=True)
class There:
    """The field is there; for anything but a field, a value that is neither zero nor empty."""

    value: Value


@dataclass(frozen=True, slots=True)
class Not:
    part: Test


@dataclass(frozen=True, slots=True)
class And:
    parts: tuple[Test, ...]


@dataclass(frozen=True, slots=True)
class Or:
    parts: tuple[Test, ...]


@dataclass(frozen=True, slots=True)
class Xor:
    left: Test
    right: Test


Leaf = Compare | Match | In | There
Test = Leaf | Not | And | Or | Xor


def fields_of(node: Test | Value) -> Iterator[Field]:
    """All fields that a test or value asks for."""
    match node:
        case Field():
            yield node
        case Part(value=value) | Minus(value=value) | There(value=value):
            yield from fields_of(value)
        case Function(arguments=arguments):
            for argument in arguments:
                yield from fields_of(argument)
        case Operation(left=left, right=right) | Compare(left=left, right=right) | Xor(left=left, right=right):
            yield from fields_of(left)
            yield from fields_of(right)
        case Match(left=left):
            yield from fields_of(left)
        case In(left=left, elements=elements):
            yield from fields_of(left)
            for element in elements:
                for value in element if isinstance(element, tuple) else (element,):
                    yield from fields_of(value)
        case Not(part=part):
            yield from fields_of(part)
        case And(parts=parts) | Or(parts=parts):
            for part in parts:
                yield from fields_of(part)
