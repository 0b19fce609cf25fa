"""Time stamps as text, in the formats that the packet list cycles through."""

from __future__ import annotations

import time
from enum import Enum
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from ..loader.records import Interface

SECOND = 1_000_000_000


class TimeFormat(Enum):
    """The value is the name shown to people."""

    SINCE_START = "since the first packet"
    SINCE_SHOWN = "since the previous packet shown"
    SINCE_STREAM = "since the previous packet of the stream"
    TIME_OF_DAY = "time of day"
    UTC = "UTC time of day"
    DATE_TIME = "date and time"

    @property
    def heading(self) -> str:
        """What stands at the head of a narrow column."""
        return _HEADINGS[self]

    @property
    def following(self) -> TimeFormat:
        """The next one in the cycle."""
        formats = list(TimeFormat)
        return formats[(formats.index(self) + 1) % len(formats)]


_HEADINGS = {
    TimeFormat.SINCE_START: "Time",
    TimeFormat.SINCE_SHOWN: "Δ shown",
    TimeFormat.SINCE_STREAM: "Δ stream",
    TimeFormat.TIME_OF_DAY: "Time of day",
    TimeFormat.UTC: "UTC",
    TimeFormat.DATE_TIME: "Date and time",
}


class Timed(Protocol):
    """The part of a capture that times are taken from."""

    @property
    def table(self) -> Any: ...

    @property
    def interfaces(self) -> list[Interface]: ...

    def stream_of(self, index: int) -> tuple[str, int] | None: ...

    def stream_packets(self, kind: str, number: int) -> NDArray[np.int64]: ...


def format_time(
    capture: Timed, index: int, mode: TimeFormat, shown_before: int | None = None, reference: int | None = None
) -> str:
    """The time of packet `index` (from 0) as text. `reference` is the packet that time since the start counts from.

    `shown_before` is the index of the packet shown in the row above, where that matters: None for the first row.
    A packet without a predecessor has the time difference 0.
    """
    times = capture.table["time"]
    stamp = int(times[index])
    digits = decimals(capture.interfaces)
    if mode is TimeFormat.SINCE_START:
        return seconds(stamp - int(times[reference or 0]), digits)
    if mode is TimeFormat.SINCE_SHOWN:
        return seconds(0 if shown_before is None else stamp - int(times[shown_before]), digits)
    if mode is TimeFormat.SINCE_STREAM:
        before = previous_of_stream(capture, index)
        return seconds(0 if before is None else stamp - int(times[before]), digits)
    return clock(stamp, mode, digits)


def previous_of_stream(capture: Timed, index: int) -> int | None:
    """Index of the packet before this one in its own stream; None if it is the first or has no stream."""
    stream = capture.stream_of(index)
    if stream is None:
        return None
    packets = capture.stream_packets(*stream)
    place = int(np.searchsorted(packets, index))
    return int(packets[place - 1]) if 0 < place < len(packets) else None


def decimals(interfaces: list[Interface]) -> int:
    """Places behind the point: 9 if any interface counts finer than microseconds, else 6."""
    return 9 if any(interface.ticks_per_second > 1_000_000 for interface in interfaces) else 6


def seconds(difference: int, digits: int = 6) -> str:
    """A difference in ns as seconds with `digits` places, cut, not rounded."""
    sign, difference = ("-", -difference) if difference < 0 else ("", difference)
    whole, part = divmod(difference, SECOND)
    return f"{sign}{whole}.{part:09d}"[: digits - 9 or None]


def clock(stamp: int, mode: TimeFormat, digits: int = 6) -> str:
    """A time in ns since 1970 as time of day (local or UTC) or as local date and time.

    Times that the calendar cannot hold are shown in seconds since 1970.
    """
    whole, part = divmod(stamp, SECOND)
    try:
        fields = time.gmtime(whole) if mode is TimeFormat.UTC else time.localtime(whole)
    except (OverflowError, ValueError, OSError):
        return seconds(stamp, digits)
    text = f"{fields.tm_hour:02d}:{fields.tm_min:02d}:{fields.tm_sec:02d}.{part:09d}"[: digits - 9 or None]
    if mode is TimeFormat.DATE_TIME:
        return f"{fields.tm_year:04d}-{fields.tm_mon:02d}-{fields.tm_mday:02d} {text}"
    return f"{text}Z" if mode is TimeFormat.UTC else text
