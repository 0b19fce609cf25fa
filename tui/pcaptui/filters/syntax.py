"""The syntax tree of a display filter, as typed: nothing is known of fields yet.

Every node has `place`, the (first, behind the last) character it stands at in the text; it does not count when trees
are compared.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal as OneOf

Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Range:
    """Part of a slice or of layers: from `start` so many bytes, or to `end` (inclusive); neither: to the end.

    `[1:2]` has start and length, `[1-2]` start and end, `[1]` length 1, `[1:]` neither.
    """

    start: int
    length: int | None = None
    end: int | None = None
    place: Place = field(default=(0, 0), compare=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Word:
    """A field, a protocol, or a value without quotes: only who knows the fields can tell. `field_only`: `.tcp`."""

    text: str
    layers: tuple[Range, ...] = ()
    field_only: bool = False
    place: Place = field(default=(0, 0), compare=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Text:
    """A string in quotes, its escapes resolved: one character a byte (latin-1)."""

    text: str
    place: Place = field(default=(0, 0), compare=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Character:
    """A character constant: its byte."""

    value: int
    place: Place = field(default=(0, 0), compare=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Slice:
    value: Value
    ranges: tuple[Range, ...]
    place: Place = field(default=(0, 0), compare=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Call:
    name: str
    arguments: tuple[Value, ...]
    place: Place = field(default=(0, 0), compare=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Negative:
    """Unary minus."""

    value: Value
    place: Place = field(default=(0, 0), compare=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Arithmetic:
    operator: OneOf["+", "-", "*", "/", "%", "&"]
    left: Value
    right: Value
    place: Place = field(default=(0, 0), compare=False, kw_only=True)


Value = Word | Text | Character | Slice | Call | Negative | Arithmetic


@dataclass(frozen=True, slots=True)
class Interval:
    """`low .. high` in a set, both ends included."""

    low: Value
    high: Value
    place: Place = field(default=(0, 0), compare=False, kw_only=True)


Relation = OneOf["any_eq", "all_eq", "any_ne", "all_ne", ">", ">=", "<", "<=", "contains", "matches"]
Quantifier = OneOf["", "any", "all"]


@dataclass(frozen=True, slots=True)
class Comparison:
    operator: Relation
    left: Value
    right: Value
    quantifier: Quantifier = ""
    place: Place = field(default=(0, 0), compare=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Chain:
    """`a == b == c`: every neighbouring pair compares so. At least two operators."""

    operators: tuple[Relation, ...]
    values: tuple[Value, ...]
    quantifier: Quantifier = ""
    place: Place = field(default=(0, 0), compare=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Membership:
    left: Value
    elements: tuple[Value | Interval, ...]
    negated: bool = False
    quantifier: Quantifier = ""
    place: Place = field(default=(0, 0), compare=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Test:
    """A value alone: a field that is there, a number that is not zero."""

    value: Value
    place: Place = field(default=(0, 0), compare=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Not:
    part: Condition
    place: Place = field(default=(0, 0), compare=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Logical:
    """`and`, `or`, `xor` of two conditions, `and` binding closest and `or` least."""

    operator: OneOf["and", "or", "xor"]
    left: Condition
    right: Condition
    place: Place = field(default=(0, 0), compare=False, kw_only=True)


Condition = Comparison | Chain | Membership | Test | Not | Logical
