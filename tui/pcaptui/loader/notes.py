"""What pcapng blocks say beside packets: options, comments, interface descriptions, names, drops.

Formats: IETF draft-ietf-opsawg-pcapng. Options that run over their block end the list; nothing here fails.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from pcaptui.loader.gather import gather
from pcaptui.loader.records import Interface, Notes
from pcaptui.loader.timestamps import ticks_per_second

_COMMENT = 1
_MAX_OPTIONS = 1000
_IPV4_NAMES, _IPV6_NAMES = 1, 2


def options(data: bytes, order: str) -> Iterator[tuple[int, bytes]]:
    """(code, value) of each option up to the end mark, a bounded number."""
    at = 0
    for _ in range(_MAX_OPTIONS):
        if at + 4 > len(data):
            return
        code, length = struct.unpack_from(order + "HH", data, at)
        if code == 0 or at + 4 + length > len(data):
            return
        yield code, data[at + 4 : at + 4 + length]
        at += 4 + (length + 3 & -4)


def text(value: bytes) -> str:
    return value.rstrip(b"\0").decode("utf-8", "replace")


def block_comments(data: bytes, order: str) -> list[str]:
    """The comments among a block's options."""
    if len(data) < 4:
        return []
    return [text(value) for code, value in options(data, order) if code == _COMMENT]


_PACKET_FACTS = {2: ("packet_flags", 4), 4: ("drop_count", 8), 5: ("packet_id", 8), 6: ("queue", 4)}


def packet_facts(block: bytes, captured: int) -> dict[str, int]:
    """Numbers among the options of an Enhanced Packet Block given from its type on: packet_flags, drop_count,
    packet_id, queue. Empty where it is no such block of `captured` bytes."""
    order = {b"\6\0\0\0": "<", b"\0\0\0\6": ">"}.get(block[:4], "")
    if not order or len(block) < 32 or struct.unpack_from(order + "I", block, 20)[0] != captured:
        return {}
    total = struct.unpack_from(order + "I", block, 4)[0]
    found: dict[str, int] = {}
    for code, value in options(block[28 + (captured + 3 & -4) : max(total - 4, 0)], order):
        name, size = _PACKET_FACTS.get(code, ("", -1))
        if len(value) == size:
            found.setdefault(name, int.from_bytes(value, "little" if order == "<" else "big"))
    return found


def comments(
    raw: NDArray[np.uint8], starts: NDArray[np.int64], ends: NDArray[np.int64], order: str
) -> dict[int, list[str]]:
    """Comments of many packets at once, by their number, from where their options start and end.

    Steps from option to option, all packets side by side, so that flags on every packet cost little.
    """
    which = np.flatnonzero(ends - starts >= 4)
    at, end = starts[which], ends[which]
    found: dict[int, list[str]] = {}
    layout = np.dtype([("code", order + "u2"), ("length", order + "u2")])
    for _ in range(_MAX_OPTIONS):
        if not len(which):
            break
        heads = gather(raw, at, layout)
        length = heads["length"].astype(np.int64)
        sound = (heads["code"] != 0) & (at + 4 + length <= end)
        for i in np.flatnonzero(sound & (heads["code"] == _COMMENT)):
            value = raw[at[i] + 4 : at[i] + 4 + length[i]].tobytes()
            found.setdefault(int(which[i]), []).append(text(value))
        at = at + 4 + (length + 3 & -4)
        more = sound & (at + 4 <= end)
        which, at, end = which[more], at[more], end[more]
    return found


def section(data: bytes, order: str, notes: Notes) -> None:
    """Options of a section header; the first section that says something has the word."""
    for code, value in options(data, order):
        if code == _COMMENT:
            notes.comments.append(text(value))
        elif code == 2:
            notes.hardware = notes.hardware or text(value)
        elif code == 3:
            notes.os = notes.os or text(value)
        elif code == 4:
            notes.application = notes.application or text(value)


def interface(body: bytes, order: str, file: int) -> Interface:
    """The interface that the body of an Interface Description Block (8 bytes at least) describes."""
    link_type, _, snap = struct.unpack_from(order + "HHI", body)
    name = description = capture_filter = os = ""
    rate, offset, fcs = 1_000_000, 0, 0
    for code, value in options(body[8:], order):
        if code == 2:
            name = text(value)
        elif code == 3:
            description = text(value)
        elif code == 9 and value:
            rate = ticks_per_second(value[0])
        elif code == 11 and value[:1] == b"\0":  # 0: libpcap's filter language
            capture_filter = text(value[1:])
        elif code == 12:
            os = text(value)
        elif code == 13 and value:
            fcs = value[0]
        elif code == 14 and len(value) == 8:
            offset = struct.unpack(order + "q", value)[0]
    return Interface(file, link_type, snap, name, description, capture_filter, os, rate, offset, fcs)


def names(data: bytes, order: str, notes: Notes) -> None:
    """The records of a Name Resolution Block: address bytes, then names ending in NUL each."""
    for kind, value in options(data, order):
        size = {_IPV4_NAMES: 4, _IPV6_NAMES: 16}.get(kind, 0)
        if not size or len(value) <= size:
            continue
        known = notes.names.setdefault(value[:size], [])
        known.extend(one for one in map(text, value[size:].split(b"\0")) if one and one not in known)


def statistics(body: bytes, order: str, index: int, notes: Notes) -> None:
    """Packets dropped as an Interface Statistics Block (12 bytes at least) counts them, by interface and by system."""
    drops = [struct.unpack(order + "Q", value)[0] for code, value in options(body[12:], order)
             if code in (5, 7) and len(value) == 8]  # fmt: skip
    if drops:
        notes.drops[index] = sum(drops)
