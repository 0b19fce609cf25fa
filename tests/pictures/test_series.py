"""Series and the windows that one looks at them through."""

from __future__ import annotations

import numpy as np
import pytest

from pcaptui.pictures.series import Plot, Window, series


def test_points_are_put_in_the_order_of_time_with_all_that_belongs_to_them():
    made = series("s", [2, 1, 3, 1], [20, 10, 30, 11], packets=np.array([5, 6, 7, 8]), low=[2, 1, 3, 1.5])
    assert made.x.tolist() == [1, 1, 2, 3] and made.y.tolist() == [10, 11, 20, 30]
    assert made.packets is not None and made.packets.tolist() == [6, 8, 5, 7]
    assert made.low is not None and made.low.tolist() == [1, 1.5, 2, 3]


def test_the_window_of_all_begins_at_zero_and_has_room_above():
    plot = Plot("t", [series("a", [1, 5], [10, 20]), series("b", [0, 2], [np.nan, 40])])
    assert plot.whole() == Window(0, 5, 0, pytest.approx(41.6))


def test_without_a_floor_the_window_is_as_high_as_its_points():
    plot = Plot("t", [series("a", [1, 5], [100, 200])], floor=False)
    assert plot.whole() == Window(1, 5, pytest.approx(96), pytest.approx(204))


def test_a_line_that_only_crosses_the_window_counts():
    plot = Plot("t", [series("a", [0, 10], [100, 200], kind="line"), series("p", [0, 10], [1, 900])], floor=False)
    window = plot.fitted(4, 5)
    assert window.y0 < 100 and 200 < window.y1 < 300


@pytest.mark.parametrize("shown", [[], [series("a", [], [])], [series("a", [3], [np.nan])], [series("a", [3], [7])]])
def test_few_points_have_a_window_too(shown):
    window = Plot("t", shown).whole()
    assert window.width > 0 and window.height > 0


def test_a_single_moment_is_shown_without_a_time_before_the_capture_began() -> None:
    assert (Plot("x", [series("a", [0.25], [1.0])]).whole().x0, Plot("x", [series("a", [0.25], [1.0])]).whole().x1) == (
        0.0,
        0.5,
    )
    start = Plot("x", [series("a", [0.0], [1.0])]).whole()
    assert (start.x0, start.x1) == (0.0, 1.0)
