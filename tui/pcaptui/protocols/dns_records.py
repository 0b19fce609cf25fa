"""What a DNS resource record's data adds to a row, one small function a record type.

Each gets the whole message (names may point anywhere in it), the offset and length of the record's data and the owner's
name, and answers the words to show. Raises Short where the bytes end before the fields do.
"""

from __future__ import annotations

from collections.abc import Callable

from .apptext import ipv4, ipv6, printable, take, u8, u16, u32
from .dns_names import read_name
from .packet import Malformed

RecordText = Callable[[bytes, int, int, str], str]


def _address(message: bytes, at: int, size: int, owner: str) -> str:
    return ipv4(message[at : at + 4])


def _address6(message: bytes, at: int, size: int, owner: str) -> str:
    return ipv6(message[at : at + 16])


def _name(message: bytes, at: int, size: int, owner: str) -> str:
    return read_name(message, at)[0]


def _preference(message: bytes, at: int, size: int, owner: str) -> str:
    return f"{u16(message, at)} {read_name(message, at + 2)[0]}"


def _service(message: bytes, at: int, size: int, owner: str) -> str:
    return f"{u16(message, at)} {u16(message, at + 2)} {u16(message, at + 4)} {read_name(message, at + 6)[0]}"


def _string(message: bytes, at: int) -> tuple[str, int]:
    length = u8(message, at)
    return printable(take(message, at + 1, length)), at + 1 + length


def _host(message: bytes, at: int, size: int, owner: str) -> str:
    cpu, at = _string(message, at)
    return f"{cpu} {_string(message, at)[0]}"


def _naptr(message: bytes, at: int, size: int, owner: str) -> str:
    order, preference = u16(message, at), u16(message, at + 2)
    flags, at = _string(message, at + 4)
    _, at = _string(message, at)
    _, at = _string(message, at)
    read_name(message, at)
    return f"{order} {preference} {flags}"


def _a6(message: bytes, at: int, size: int, owner: str) -> str:
    prefix = u8(message, at)
    rest = 16 - prefix // 8 if prefix <= 128 else 0
    suffix = take(message, at + 1, rest)
    name = read_name(message, at + 1 + rest)[0] if prefix else ""
    return f"{prefix} {ipv6(bytes(16 - rest) + suffix)} {name}"


def _texts(message: bytes, at: int, size: int, owner: str) -> str:
    end = at + size
    while at < end:
        at = _string(message, at)[1]
    if at != end:
        raise Malformed
    return ""


def _options(message: bytes, at: int, size: int, owner: str) -> str:
    """EDNS options (RFC 6891 section 6.1.2); their lengths are trusted beyond the record, as tshark does."""
    end = at + size
    while at < end:
        at += 4 + u16(message, at + 2)
        if at > len(message):
            raise Malformed
    return ""


def _bitmap(message: bytes, at: int, end: int) -> None:
    """Windows of type bits (RFC 4034 section 4.1.2)."""
    while at < end:
        size = u8(message, at + 1)
        take(message, at + 2, size)
        at += 2 + size
    if at > end:
        raise Malformed


def _nsec(message: bytes, at: int, size: int, owner: str) -> str:
    return read_name(message, at)[0]


def _check_nsec(message: bytes, at: int, size: int) -> None:
    _bitmap(message, read_name(message, at)[1], at + size)


def _start_of_authority(message: bytes, at: int, size: int, owner: str) -> str:
    return read_name(message, at)[0]


def _check_soa(message: bytes, at: int, size: int) -> None:
    at = read_name(message, read_name(message, at)[1])[1]
    u32(message, at + 16)


def _authorization(message: bytes, at: int, size: int, owner: str) -> str:
    """CAA (RFC 8659): a tag no longer than the data."""
    tag = u8(message, at + 1)
    if tag + 2 > size:
        raise Malformed
    return ""


def _service_binding(message: bytes, at: int, size: int, owner: str) -> str:
    """SVCB, HTTPS (RFC 9460): parameters up to the record's end."""
    end = at + size
    _, at = read_name(message, at + 2)
    while at < end:
        key, length = u16(message, at), u16(message, at + 2)
        at += 4
        if key == 1:
            at = _alpn(message, at, at + length)
        elif key in _FIXED:
            take(message, at, _FIXED[key])
            at += _FIXED[key]
        else:
            take(message, at, length)
            at += length
    return ""


_FIXED = {2: 0, 3: 2}
"""Parameters (no-default-alpn, port) that tshark steps over by their nature, not by their length."""


def _alpn(message: bytes, at: int, end: int) -> int:
    while at < end:
        length = u8(message, at)
        take(message, at + 1, length)
        at += 1 + length
    return at


def _transaction_key(message: bytes, at: int, size: int, owner: str) -> str:
    _, at = read_name(message, at)
    at += 12
    for _ in range(2):
        length = u16(message, at)
        take(message, at + 2, length)
        at += 2 + length
    return ""


def _transaction_signature(message: bytes, at: int, size: int, owner: str) -> str:
    _, at = read_name(message, at)
    length = u16(message, at + 8)
    at += 10 + length
    other = u16(message, at + 4)
    take(message, at + 6, other)
    return ""


def _owner(message: bytes, at: int, size: int, owner: str) -> str:
    return owner


_OWNER_SHOWN = (3, 4, 7, 8, 9, 10, 14, 17, 18, 19, 20, 21, 22, 23, 26, 27, 42, 49, 51, 52, 55)

RECORDS: dict[int, RecordText] = {
    **dict.fromkeys(_OWNER_SHOWN, _owner),
    1: _address, 2: _name, 5: _name, 6: _start_of_authority, 11: _address, 12: _name, 13: _host, 15: _preference,
    16: _texts, 28: _address6, 30: _name, 33: _service, 35: _naptr, 36: _preference, 38: _a6, 39: _name, 41: _options,
    47: _nsec, 64: _service_binding, 65: _service_binding, 99: _texts, 249: _transaction_key,
    250: _transaction_signature, 257: _authorization,
}  # fmt: skip
"""Record types that add words, or can be malformed in a way worth telling."""

CHECKS: dict[int, Callable[[bytes, int, int], None]] = {6: _check_soa, 47: _check_nsec}
"""What is looked at after the words are shown."""
