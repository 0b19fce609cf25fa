"""Fields of ICMP and ICMPv6 headers, read for many packets at once; of ICMP errors over IPv4 both headers."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

from ..loader.table import NONE16, Layer
from .block import Block, Lane, Mask, Numbers

_PINGS = (0, 8, 13, 14, 15, 16, 17, 18)
"""Messages with identifier and sequence number (RFC 792, 950)."""
_EXTENDED = (42, 43)
"""Those with an identifier only (RFC 8335)."""


def _read(block: Block, start: Numbers, where: Mask, at: int, size: int) -> Numbers:
    """`size` bytes as a number, read where they are there."""
    found = np.zeros(len(block), np.int64)
    places = np.flatnonzero(where)
    words = block.capture.words(block.packets[places], start[places] + at)
    found[places] = (words >> np.uint64(64 - 8 * size)).astype(np.int64)
    return found


def _headers(block: Block) -> list[tuple[Numbers, Mask]]:
    """Where messages begin and in which packets: the outer ones, then those that errors quote."""
    start = block.column("transport").astype(np.int64)
    plain = (block.column("ip_protocol") == 1) & (start != NONE16) & ~block.flagged(Layer.FRAGMENT)
    quoted = block.quoted
    if not quoted.any():
        return [(start, plain)]
    known = quoted & (block.outer != NONE16)
    outer = block.outer.astype(np.int64)
    size = (block.number_where(known, "outer", 0, 1) & 15) * 4
    known &= block.number_where(known, "outer", 9, 1) == 1
    return [(np.where(known, outer + size, start), (plain & ~quoted) | known), (start, plain & quoted)]


def _field(at: int, size: int, kinds: tuple[int, ...], little: bool, block: Block) -> list[Lane]:
    lanes = []
    captured = block.column("captured").astype(np.int64)
    for layer, (start, where) in enumerate(_headers(block), 1):
        there = where & (start + at + size <= captured)
        if kinds:
            there &= np.isin(_read(block, start, there, 0, 1), kinds)
        values = _read(block, start, there, at, size)
        lanes.append(Lane((values & 0xFF) << 8 | values >> 8 if little else values, there, size, layer=layer))
    return lanes


def _field6(at: int, size: int, block: Block) -> list[Lane]:
    start = block.column("transport").astype(np.int64)
    there = (block.column("ip_protocol") == 58) & (start != NONE16) & ~block.flagged(Layer.FRAGMENT)
    there &= start + at + size <= block.column("captured")
    return [Lane(_read(block, start, there, at, size), there, size)]


_WITH_IDENTITY = (*_PINGS, *_EXTENDED)
ICMP: dict[str, Callable[[Block], list[Lane]]] = {
    "icmp.type": partial(_field, 0, 1, (), False),
    "icmp.code": partial(_field, 1, 1, (), False),
    "icmp.checksum": partial(_field, 2, 2, (), False),
    "icmp.ident": partial(_field, 4, 2, _WITH_IDENTITY, False),
    "icmp.ident_le": partial(_field, 4, 2, _WITH_IDENTITY, True),
    "icmp.seq": partial(_field, 6, 2, _PINGS, False),
    "icmp.seq_le": partial(_field, 6, 2, _PINGS, True),
    "icmpv6.type": partial(_field6, 0, 1),
    "icmpv6.code": partial(_field6, 1, 1),
    "icmpv6.checksum": partial(_field6, 2, 2),
}
