"""Bytes to words for the application dissectors: addresses, printable text, unsigned numbers with a length check."""

from __future__ import annotations

from ipaddress import IPv6Address

from .packet import Short

_ESCAPES = {7: "\\a", 8: "\\b", 9: "\\t", 10: "\\n", 11: "\\v", 12: "\\f", 13: "\\r"}
_CONTROLS = {c: _ESCAPES.get(c, f"\\{c:03o}") for c in (*range(32), *range(127, 160))}


def printable(raw: bytes) -> str:
    """UTF-8 text on one line; control characters become escapes as in C (found by experiment)."""
    text = raw.decode("utf-8", "replace")
    return text if text.isprintable() else text.translate(_CONTROLS)


def until_nul(raw: bytes) -> bytes:
    end = raw.find(b"\0")
    return raw if end < 0 else raw[:end]


def ipv4(raw: bytes) -> str:
    """Four bytes as dotted decimal. Raises Short."""
    if len(raw) < 4:
        raise Short
    return f"{raw[0]}.{raw[1]}.{raw[2]}.{raw[3]}"


def ipv6(raw: bytes) -> str:
    """Sixteen bytes in the short form (RFC 5952, mapped and compatible IPv4 dotted). Raises Short."""
    if len(raw) < 16:
        raise Short
    address = IPv6Address(raw[:16])
    text = str(address)
    if raw[:10] == bytes(10):
        if raw[10:12] == b"\xff\xff":
            return "::ffff:" + ipv4(raw[12:16])
        if raw[10:12] == b"\0\0" and raw[12:14] != b"\0\0":
            return "::" + ipv4(raw[12:16])
    return text


def mac(raw: bytes) -> str:
    """Six bytes with colons. Raises Short."""
    if len(raw) < 6:
        raise Short
    return raw[:6].hex(":")


def u16(data: bytes, at: int) -> int:
    """Big-endian. Raises Short where the bytes end."""
    if at < 0 or at + 2 > len(data):
        raise Short
    return data[at] << 8 | data[at + 1]


def u24(data: bytes, at: int) -> int:
    if at < 0 or at + 3 > len(data):
        raise Short
    return data[at] << 16 | data[at + 1] << 8 | data[at + 2]


def u32(data: bytes, at: int) -> int:
    if at < 0 or at + 4 > len(data):
        raise Short
    return int.from_bytes(data[at : at + 4], "big")


def le16(data: bytes, at: int) -> int:
    """Little-endian. Raises Short where the bytes end."""
    if at < 0 or at + 2 > len(data):
        raise Short
    return data[at + 1] << 8 | data[at]


def le32(data: bytes, at: int) -> int:
    if at < 0 or at + 4 > len(data):
        raise Short
    return int.from_bytes(data[at : at + 4], "little")


def u8(data: bytes, at: int) -> int:
    if not 0 <= at < len(data):
        raise Short
    return data[at]


def take(data: bytes, at: int, size: int) -> bytes:
    """Exactly `size` bytes. Raises Short."""
    if size < 0 or at < 0 or at + size > len(data):
        raise Short
    return data[at : at + size]
