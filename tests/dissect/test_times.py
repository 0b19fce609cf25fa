"""Time stamps as text."""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pcaptui.dissect.times import TimeFormat, clock, format_time, seconds
from pcaptui.loader.records import Interface

START = 1_573_121_343_867_385_000


class Three:
    """Packets 0 and 2 of one stream, 1 of none."""

    def __init__(self) -> None:
        self.table = {"time": np.array([START, START + 1_500, START + 2_000_000_000])}
        self.interfaces = [Interface(0, 1)]

    def stream_of(self, index: int) -> tuple[str, int] | None:
        return None if index == 1 else ("tcp", 0)

    def stream_packets(self, kind: str, number: int) -> np.ndarray:
        return np.array([0, 2])


@pytest.fixture
def east_of_greenwich(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "XXX-02:30")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize(
    ("mode", "texts"),
    [
        (TimeFormat.SINCE_START, ["0.000000", "0.000001", "2.000000"]),
        (TimeFormat.SINCE_SHOWN, ["0.000000", "0.000001", "1.999998"]),
        (TimeFormat.SINCE_STREAM, ["0.000000", "0.000000", "2.000000"]),
        (TimeFormat.TIME_OF_DAY, ["12:39:03.867385", "12:39:03.867386", "12:39:05.867385"]),
        (TimeFormat.UTC, ["10:09:03.867385Z", "10:09:03.867386Z", "10:09:05.867385Z"]),
        (TimeFormat.DATE_TIME, [
            "2019-11-07 12:39:03.867385", "2019-11-07 12:39:03.867386", "2019-11-07 12:39:05.867385",
        ]),
    ],
)  # fmt: skip
def test_formats(east_of_greenwich, mode, texts):
    capture = Three()
    assert [format_time(capture, index, mode, index - 1 if index else None) for index in range(3)] == texts


def test_since_shown_counts_from_the_row_above():
    assert format_time(Three(), 2, TimeFormat.SINCE_SHOWN, 0) == "2.000000"


def test_nanoseconds_are_shown_where_an_interface_has_them():
    capture = Three()
    capture.interfaces = [Interface(0, 1), Interface(0, 1, ticks_per_second=1_000_000_000)]
    assert format_time(capture, 1, TimeFormat.SINCE_START) == "0.000001500"


def test_time_may_run_backwards():
    assert seconds(-1_500_000_000) == "-1.500000"


@given(st.integers(-(2**63), 2**63 - 1), st.sampled_from(TimeFormat))
def test_any_time_stamp_is_written(stamp, mode):
    assert clock(stamp, mode).isprintable()


def test_the_cycle_meets_every_format():
    mode, seen = TimeFormat.SINCE_START, []
    for _ in TimeFormat:
        seen.append(mode)
        mode = mode.following
    assert mode is TimeFormat.SINCE_START
    assert set(seen) == set(TimeFormat)
