"""Types of fields, and what can be done with values of each (found by experiment with tshark 4.0)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Type(Enum):
    """The values are for messages. How a value is kept: numbers, booleans and frame numbers as int; times as int, ns;
    addresses, bytes and protocols as bytes; strings as str; NONE has no value.
    """

    UNSIGNED = "unsigned number"
    SIGNED = "number"
    BOOLEAN = "boolean"
    CHARACTER = "character"
    FRAME = "packet number"
    FLOAT = "floating point number"
    IPV4 = "IPv4 address"
    IPV6 = "IPv6 address"
    ETHER = "MAC address"
    EUI64 = "EUI-64 address"
    GUID = "GUID"
    OID = "object identifier"
    STRING = "string"
    BYTES = "byte string"
    PROTOCOL = "protocol"
    ABSOLUTE = "date and time"
    RELATIVE = "time span"
    NONE = "field without a value"


NUMBERS = frozenset({Type.UNSIGNED, Type.SIGNED, Type.CHARACTER, Type.FRAME})
TIMES = frozenset({Type.ABSOLUTE, Type.RELATIVE})
INTEGRAL = NUMBERS | TIMES | {Type.BOOLEAN}
"""Kept as int."""
_BYTES = frozenset({Type.BYTES, Type.ETHER, Type.GUID})
SLICED = _BYTES | {Type.STRING, Type.PROTOCOL, Type.IPV4, Type.IPV6, Type.EUI64, Type.OID}
SEARCHED = _BYTES | {Type.STRING, Type.PROTOCOL, Type.OID}
"""Can contain and match."""
MASKED = NUMBERS | _BYTES | {Type.IPV4, Type.IPV6, Type.EUI64}
"""Can be ANDed with bits."""
SPELLED = NUMBERS | {Type.IPV4, Type.IPV6, Type.ETHER, Type.EUI64, Type.GUID, Type.OID}
"""Can be turned into a string."""
ADDED = NUMBERS | {Type.FLOAT, Type.RELATIVE}
MULTIPLIED = NUMBERS | {Type.FLOAT}


@dataclass(frozen=True, slots=True)
class FieldInfo:
    """What is known of a field or protocol. `bits` bounds its numbers (0: nothing does)."""

    name: str
    type: Type
    bits: int = 0
    description: str = ""


def compatible(one: Type, other: Type) -> bool:
    """Whether values of the two types can be compared."""
    groups = (NUMBERS, _BYTES)
    return one is other or any(one in group and other in group for group in groups)
