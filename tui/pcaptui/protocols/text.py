"""Addresses as text, and packet text made safe for a terminal."""

from __future__ import annotations

import re
from functools import lru_cache
from socket import AF_INET6, inet_ntop


def mac(raw: bytes) -> str:
    """Six bytes (or any number) as 00:0c:29:..."""
    return raw.hex(":")


@lru_cache(4096)
def ipv4(raw: bytes) -> str:
    return f"{raw[0]}.{raw[1]}.{raw[2]}.{raw[3]}"


@lru_cache(4096)
def ipv6(raw: bytes) -> str:
    return inet_ntop(AF_INET6, raw)


def decode(raw: bytes) -> str:
    """Bytes of a packet as text: UTF-8, every byte that is none becomes U+FFFD (as tshark shows them)."""
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return _LONE.sub("\ufffd", raw.decode("utf-8", "surrogateescape"))


_LONE = re.compile("[\ud800-\udfff]")
_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff]")
_NAMED = {7: "\\a", 8: "\\b", 9: "\\t", 10: "\\n", 11: "\\v", 12: "\\f", 13: "\\r"}


def _escape(match: re.Match[str]) -> str:
    code = ord(match[0])
    if 0xD800 <= code <= 0xDFFF:
        return "\ufffd"
    return _NAMED.get(code) or (f"\\{code:03o}" if code < 0x80 else f"\\u{code:04x}")


def escape(text: str) -> str:
    """Control characters written out, as tshark's columns do: \\n, \\001, \\u0085. Also those that turn the writing
    direction, which tshark leaves alone."""
    return text if text.isprintable() else _UNSAFE.sub(_escape, text)
