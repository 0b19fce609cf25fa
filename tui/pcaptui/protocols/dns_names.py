"""Domain names as they stand in DNS messages, with compression (RFC 1035 section 4.1.4)."""

from __future__ import annotations

from .apptext import printable, u8
from .packet import Malformed, Short

MAX_NAME = 253  # characters as shown; longer names are only measured
MAX_POINTERS = 128


def read_name(message: bytes, at: int) -> tuple[str, int]:
    """Name at offset `at` as text, and the offset behind it. Raises Short where the bytes end.

    Odd names become texts in angle brackets, as tshark's do (found by experiment).
    """
    labels: list[str] = []
    size, after, pointers = 0, -1, 0
    start = at
    too_long = binary = False
    length = len(message)
    while True:
        if at >= length:
            raise Short
        kind = message[at]
        at += 1
        if kind == 0:
            break
        if kind < 0x40:
            label = message[at : at + kind]
            at += kind
            if at > length:
                raise Short
            size += kind + 1
            if size - 1 > MAX_NAME:
                too_long = True
            else:
                labels.append(printable(label))
        elif kind >= 0xC0:
            target = (kind & 0x3F) << 8 | u8(message, at)
            at += 1
            if after < 0:
                after = at
            pointers += 1
            if target == at - 2 or pointers > MAX_POINTERS:
                return "<Name contains a pointer that loops>", after
            at = target
        elif kind == 0x41:  # a binary label (RFC 2673) is passed over
            at += 1 + (max(u8(message, at), 1) + 7) // 8
            binary = True
        elif kind >= 0x80:
            raise Malformed
        else:
            end = after if after >= 0 else at
            if end < start + 2:
                raise Malformed
            return "<Unknown extended label>", end
    end = after if after >= 0 else at
    if too_long:
        return "<Name too long>", end
    if binary and not labels:
        raise Malformed
    return ".".join(labels) or "<Root>", end
