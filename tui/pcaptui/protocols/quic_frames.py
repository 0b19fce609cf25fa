"""Frames inside a decrypted QUIC packet, as far as Initial packets have them (RFC 9000 section 19)."""

from __future__ import annotations

from .apptext import take, u8
from .packet import Malformed


def variable(data: bytes, at: int) -> tuple[int, int]:
    """A variable-length integer (RFC 9000 section 16) and the offset behind it. Raises Short."""
    first = u8(data, at)
    size = 1 << (first >> 6)
    value = int.from_bytes(take(data, at, size), "big") & (1 << (8 * size - 2)) - 1
    return value, at + size


def frame_names(data: bytes, google: bool, names: list[str]) -> None:
    """Append the names of all frames; a run of padding counts once. `google`: CRYPTO has the number 8.

    Raises Short or Malformed at a broken one.
    """
    at = 0
    while at < len(data):
        kind = data[at]
        at += 1
        if kind == 0:
            while at < len(data) and data[at] == 0:
                at += 1
            names.append("PADDING")
        elif kind == 1:
            names.append("PING")
        elif kind in (2, 3):
            names.append("ACK" if kind == 2 else "ACK_ECN")
            at = _acknowledgment(data, at, kind == 3)
        elif kind == (8 if google else 6):
            names.append("CRYPTO")
            _, at = variable(data, at)
            size, at = variable(data, at)
            take(data, at, size)
            at += size
        elif kind in (0x1C, 0x1D):
            names.append("CC")
            at = _close(data, at, kind == 0x1C)
        else:
            raise Malformed


def _acknowledgment(data: bytes, at: int, counts: bool) -> int:
    _, at = variable(data, at)
    _, at = variable(data, at)
    ranges, at = variable(data, at)
    _, at = variable(data, at)
    for _ in range(min(2 * ranges, len(data))):  # each takes a byte at least
        _, at = variable(data, at)
    for _ in range(3 if counts else 0):
        _, at = variable(data, at)
    return at


def _close(data: bytes, at: int, transport: bool) -> int:
    _, at = variable(data, at)
    if transport:
        _, at = variable(data, at)
    size, at = variable(data, at)
    take(data, at, size)
    return at + size
