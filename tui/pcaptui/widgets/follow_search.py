"""Searching a followed stream, block by block, forwards or backwards, round its end."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

from .follow_lines import LineIndex, Mode

Place = tuple[int, int]
"""A block and an offset in its data."""


def needle(pattern: str, mode: Mode) -> tuple[bytes, bool]:
    """The bytes to look for, and whether letters of either case match. In the hex view, hex digits are bytes."""
    digits = pattern.replace(" ", "").replace(":", "").removeprefix("0x")
    if mode is Mode.HEX and digits and len(digits) % 2 == 0 and all(c in "0123456789abcdefABCDEF" for c in digits):
        return bytes.fromhex(digits), False
    return pattern.encode("utf-8", "replace").lower(), True


def search(index: LineIndex, pattern: str, start: Place, forwards: bool, wanted: Callable[[], bool]) -> Place | None:
    """The next match behind (or before) `start`, going on at the other end of the stream. For a thread of its own: it
    waits for the index where it is not made yet; `wanted` says whether to go on."""
    sought, fold = needle(pattern, index.mode)
    if not sought:
        return None
    for number in _numbers(index, start[0], forwards, wanted):
        data = _data(index, number, len(sought) - 1)
        if fold:
            data = data.lower()
        first_time = number == start[0]
        if forwards:
            at = data.find(sought, start[1] if first_time else 0)
        else:
            at = data.rfind(sought, 0, start[1] + len(sought) - 1 if first_time else len(data))
        if at >= 0:
            return number, at
        if not wanted():
            return None
    # The block where it began, from its other end.
    data = _data(index, start[0], len(sought) - 1)
    data = data.lower() if fold else data
    at = data.find(sought) if forwards else data.rfind(sought)
    return (start[0], at) if at >= 0 else None


def _numbers(index: LineIndex, start: int, forwards: bool, wanted: Callable[[], bool]) -> Iterator[int]:
    if forwards:
        number = start
        while wanted():
            if number < index.block_count:
                yield number
                number += 1
            elif index.complete:
                break
            else:
                time.sleep(0.005)
        yield from range(start)
    else:
        yield from range(start, -1, -1)
        while not index.complete and wanted():
            time.sleep(0.005)
        yield from range(index.block_count - 1, start, -1)


def _data(index: LineIndex, number: int, more: int) -> bytes:
    """A block's bytes with the first ones of the next, where a match may end."""
    data = index.data(number)
    return data + index.data(number + 1)[:more] if more and index.goes_on(number) else data
