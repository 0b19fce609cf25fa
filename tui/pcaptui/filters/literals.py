"""Values as written in a filter, by the type of the field they meet. Rules found by experiment with tshark 4.0."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

from .enumerations import boolean, number
from .types import INTEGRAL, NUMBERS, FieldInfo, Type

BILLION = 1_000_000_000
Plain = int | float | str | bytes


@dataclass(frozen=True, slots=True)
class Constant:
    """`prefix`: so many leading bits of an address count (-1: all)."""

    value: Plain
    type: Type
    prefix: int = -1


class Wrong(Exception):
    """A literal that is no value of its type; the text says why."""


_COLONED = re.compile(r":?[0-9a-f]{1,2}(?::[0-9a-f]{2})*", re.IGNORECASE)
_DASHED = re.compile(r"[0-9a-f]{2}(?:-[0-9a-f]{2})+", re.IGNORECASE)
_DOTTED = re.compile(r"(?:[0-9a-f]{2})+(?:\.(?:[0-9a-f]{2})+)+", re.IGNORECASE)
_BARE = re.compile(r"[0-9a-f]+", re.IGNORECASE)
_BYTE = re.compile(r"0x[0-9a-f]{1,2}", re.IGNORECASE)
_NUMBER = re.compile(r"0x[0-9a-f]+|0b[01]+|0[0-7]*|[1-9][0-9]*", re.IGNORECASE)
_SPAN = re.compile(r"(\d+)(?:\.(\d{1,9}))?s?")
_GUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_ISO = re.compile(
    r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ](\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d+))?)?)?\s*(Z|UTC|[+-]\d{2}:?\d{2})?"
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WORDED = re.compile(r"([A-Za-z]{3})\s+(\d{1,2}),?\s+(\d{4})\s+(\d{1,2}):(\d{2}):(\d{2})(?:[.,](\d+))?\s*(Z|UTC)?")


def constant(text: str, quoted: bool, info: FieldInfo) -> Constant:
    """A word, or a string (`quoted`; one character a byte), as a value for the field. Raises Wrong."""
    kind = info.type
    if kind in NUMBERS:
        return Constant(_integer(text, quoted, info), kind)
    if kind is Type.BYTES or kind is Type.PROTOCOL:
        return Constant(text.encode("latin-1") if quoted else byte_string(text), kind)
    if kind is Type.STRING or (kind is Type.OID):
        return Constant(text.encode("latin-1").decode("utf-8", "replace") if quoted else text, kind)
    if quoted and kind not in (Type.ABSOLUTE, Type.BOOLEAN):
        raise Wrong(f'A {kind.value} is not written in quotes, as "{text}" is')
    reader = _READERS.get(kind)
    if reader is None:
        raise Wrong(f"{info.name} has no value to compare with")
    return reader(text, info)


def character(value: int, info: FieldInfo) -> Constant:
    """A character constant as a value for the field. Raises Wrong."""
    if info.type in NUMBERS:
        return Constant(value, info.type)
    if info.type in (Type.BYTES, Type.PROTOCOL):
        return Constant(bytes([value]), info.type)
    if info.type is Type.STRING:
        return Constant(chr(value), info.type)
    raise Wrong(f"A {info.type.value} is no character")


def fits(value: int, info: FieldInfo) -> None:
    """Raise Wrong where a number is larger than the field can hold."""
    if info.type in NUMBERS and info.bits:
        most = (1 << (info.bits - (info.type is Type.SIGNED))) - 1
        if value > most:
            raise Wrong(f"{value} is too big for {info.name or 'this'}, whose maximum is {most}")


def _integer(text: str, quoted: bool, info: FieldInfo) -> int:
    if not quoted and _NUMBER.fullmatch(text) and len(text) < 80:
        lower = text.lower()
        base = 16 if lower.startswith("0x") else 2 if lower.startswith("0b") else 8 if lower.startswith("0") else 10
        value = int(lower, base)
        fits(value, info)
        return value
    named = number(info.name, text)
    if named is None:
        raise Wrong(f'"{text}" is not a number')
    return named


def byte_string(text: str) -> bytes:
    """Bytes in hexadecimal: 00:11, 00-11, 0011.22, 0011, 0x2a, :2a; an odd last digit is a byte."""
    if len(text) > 100_000:
        raise Wrong("Too many bytes")
    if _COLONED.fullmatch(text) and ":" in text:
        return b"".join(bytes([int(part, 16)]) for part in text.strip(":").split(":"))
    if _DASHED.fullmatch(text) or _DOTTED.fullmatch(text):
        return bytes.fromhex(text.replace("-", "").replace(".", ""))
    if _BARE.fullmatch(text):
        return bytes(int(text[at : at + 2], 16) for at in range(0, len(text), 2))
    if _BYTE.fullmatch(text):
        return bytes([int(text, 16)])
    raise Wrong(f'"{text}" is not a byte string like 00:11:22')


def _address4(text: str, info: FieldInfo) -> Constant:
    bare, slash, bits = text.partition("/")
    prefix = int(bits) if slash and bits.isdecimal() else -1
    if prefix > 32:
        raise Wrong(f"An IPv4 prefix has at most 32 bits, not {prefix}")
    try:
        return Constant(ipaddress.IPv4Address(bare).packed, Type.IPV4, prefix)
    except ValueError:
        raise Wrong(f'"{text}" is not an IPv4 address') from None


def _address6(text: str, info: FieldInfo) -> Constant:
    bare, slash, bits = text.partition("/")
    prefix = int(bits) if slash and bits.isdecimal() else -1
    if prefix > 128:
        raise Wrong(f"An IPv6 prefix has at most 128 bits, not {prefix}")
    try:
        return Constant(ipaddress.IPv6Address(bare).packed, Type.IPV6, prefix)
    except ValueError:
        raise Wrong(f'"{text}" is not an IPv6 address') from None


def _hardware(size: int, kind: Type) -> Callable[[str, FieldInfo], Constant]:
    def read(text: str, info: FieldInfo) -> Constant:
        try:
            value = byte_string(text)
        except Wrong:
            value = b""
        if len(value) != size:
            raise Wrong(f'"{text}" is not a {kind.value}: that has {size} bytes like 00:11:22')
        return Constant(value, kind)

    return read


def _guid(text: str, info: FieldInfo) -> Constant:
    if not _GUID.fullmatch(text):
        raise Wrong(f'"{text}" is not a GUID')
    return Constant(bytes.fromhex(text.replace("-", "")), Type.GUID)


def _float(text: str, info: FieldInfo) -> Constant:
    try:
        return Constant(float(text), Type.FLOAT)
    except ValueError:
        raise Wrong(f'"{text}" is not a number') from None


def _boolean(text: str, info: FieldInfo) -> Constant:
    value = boolean(info.name, text)
    if value is None and _NUMBER.fullmatch(text) and len(text) < 30:
        value = int(text, 0) != 0 if not text.isdecimal() else int(text) != 0
    if value is None:
        raise Wrong(f'"{text}" is not one of the values of {info.name}: 0, 1, False or True')
    return Constant(int(value), Type.BOOLEAN)


def _span(text: str, info: FieldInfo) -> Constant:
    match = _SPAN.fullmatch(text)
    if match is None or len(text) > 30:
        raise Wrong(f'"{text}" is not a time in seconds like 0.25')
    return Constant(int(match[1]) * BILLION + int((match[2] or "").ljust(9, "0")), Type.RELATIVE)


def _moment(text: str, info: FieldInfo) -> Constant:
    """Local time, unless the text says UTC or names its distance from it."""
    stripped = text.strip()
    if (match := _ISO.fullmatch(stripped)) is not None:
        year, month, day = int(match[1]), int(match[2]), int(match[3])
        clock, zone = (match[4], match[5], match[6], match[7]), match[8]
    elif (match := _WORDED.fullmatch(stripped)) is not None and match[1].lower() in _MONTHS:
        year, month, day = int(match[3]), _MONTHS.index(match[1].lower()) + 1, int(match[2])
        clock, zone = (match[4], match[5], match[6], match[7]), match[8]
    else:
        raise Wrong(f'"{text}" is not a time like "2019-11-07 10:09:08" or "Nov 7, 2019 10:09:08"')
    try:
        hour, minute, second = (int(part or 0) for part in clock[:3])
        if not (1 <= month <= 12 and 1 <= day <= 31 and hour < 24 and minute < 60 and second < 62):
            raise ValueError
        start = datetime(year, month, 1, tzinfo=_zone(zone))
        moment = start + timedelta(days=day - 1, hours=hour, minutes=minute, seconds=second)
        if zone is None:
            moment = moment.replace(tzinfo=None).astimezone()
        seconds = int((moment - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds())
    except (ValueError, OverflowError, OSError):
        raise Wrong(f'"{text}" is no moment of any calendar') from None
    return Constant(seconds * BILLION + int((clock[3] or "").ljust(9, "0")[:9]), Type.ABSOLUTE)


def _zone(text: str | None) -> timezone:
    if text is None or text in ("Z", "UTC"):
        return UTC
    digits = text[1:].replace(":", "")
    distance = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-distance if text[0] == "-" else distance)


_READERS: dict[Type, Callable[[str, FieldInfo], Constant]] = {
    Type.IPV4: _address4,
    Type.IPV6: _address6,
    Type.ETHER: _hardware(6, Type.ETHER),
    Type.EUI64: _hardware(8, Type.EUI64),
    Type.GUID: _guid,
    Type.FLOAT: _float,
    Type.BOOLEAN: _boolean,
    Type.RELATIVE: _span,
    Type.ABSOLUTE: _moment,
}


def negative(value: Constant) -> Constant | None:
    """The constant with its sign changed, None where it has none."""
    if (
        isinstance(value.value, (int, float))
        and value.type in INTEGRAL | {Type.FLOAT}
        and value.type is not Type.BOOLEAN
    ):
        return Constant(-value.value, value.type)
    return None
