"""Axes: round ticks, one unit a scale, numbers in words."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pcaptui.pictures.scales import round_step, ticks, value_text


@pytest.mark.parametrize(
    ("low", "high", "unit", "labels"),
    [
        (0, 5.3, "s", ["0 s", "1 s", "2 s", "3 s", "4 s", "5 s"]),
        (0, 0.0123, "s", ["0 ms", "5 ms", "10 ms"]),
        (10.001, 10.002, "s", ["10.0010 s", "10.0012 s", "10.0014 s", "10.0016 s", "10.0018 s", "10.0020 s"]),
        (0, 1.3e7, "bytes", ["0 MB", "5 MB", "10 MB"]),
        (0, 900, "bytes", ["0 B", "200 B", "400 B", "600 B", "800 B"]),
        (0, 2.4e6, "bits/s", ["0 Mbit/s", "0.5 Mbit/s", "1.0 Mbit/s", "1.5 Mbit/s", "2.0 Mbit/s"]),
        (0, 25_000, "packets", ["0k", "5k", "10k", "15k", "20k", "25k"]),
        (0, 3, "", ["0", "1", "2", "3"]),
    ],
)
def test_labels(low, high, unit, labels):
    assert [tick.label for tick in ticks(low, high, 6, unit)] == labels


@given(st.floats(-1e12, 1e12), st.floats(1e-9, 1e12), st.integers(1, 30), st.sampled_from(["s", "bytes", "bits/s", ""]))
def test_ticks_are_few_and_within_the_axis(low, width, most, unit):
    high = low + width
    found = ticks(low, high, most, unit)
    room = (high - low) * 1e-6
    assert len(found) <= most + 1
    assert all(low - room <= tick.value <= high + room for tick in found)


@pytest.mark.parametrize("ends", [(1, 1), (2, 1), (0, math.inf), (math.nan, 1)])
def test_no_ticks_where_there_is_no_axis(ends):
    assert ticks(*ends, 5, "s") == ()


def test_steps_are_one_two_or_five_times_a_power_of_ten():
    assert [round_step(least) for least in (0.9, 1, 1.1, 3, 6, 70, 0.03, 0, math.nan)] == pytest.approx(
        [1, 1, 2, 5, 10, 100, 0.05, 1, 1])  # fmt: skip


def test_values_in_words():
    # fmt: off
    found = [value_text(0.0123, "s"), value_text(0, "s"), value_text(1448, "bytes"), value_text(1_234_567, "bytes"),
             value_text(5.3e6, "bits/s"), value_text(3e-9, "s"), value_text(math.nan, "s"), value_text(12, "")]
    # fmt: on
    assert found == ["12.3 ms", "0 s", "1448 B", "1.23 MB", "5.3 Mbit/s", "3 ns", "?", "12"]
