"""The functions of the language: what they take and give (found by experiment with tshark 4.0)."""

from __future__ import annotations

from dataclasses import dataclass

from .types import ADDED, SPELLED, Type


@dataclass(frozen=True, slots=True)
class Signature:
    """`takes`: types, empty for any; `gives`: None for the first argument's type; `meaning` for the help."""

    meaning: str
    gives: Type | None
    takes: frozenset[Type] = frozenset()
    single: bool = True
    fields_only: bool = True


FUNCTIONS: dict[str, Signature] = {
    "len": Signature("length of the field in bytes", Type.UNSIGNED),
    "count": Signature("how often the field is in the packet", Type.UNSIGNED),
    "lower": Signature("the string in small letters", Type.STRING, frozenset({Type.STRING})),
    "upper": Signature("the string in capital letters", Type.STRING, frozenset({Type.STRING})),
    "string": Signature("the number or address as text", Type.STRING, SPELLED),
    "max": Signature("the largest of the values", None, single=False, fields_only=False),
    "min": Signature("the smallest of the values", None, single=False, fields_only=False),
    "abs": Signature("the number without its sign", None, ADDED, fields_only=False),
}
