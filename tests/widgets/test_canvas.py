"""Plots as cells: dots where the points are, lines that hold together, signs where there is no colour."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pcaptui.pictures.series import Window, series
from pcaptui.widgets.canvas import BLANK, Canvas

UNIT = Window(0, 1, 0, 1)


def rows(canvas: Canvas) -> list[str]:
    return ["".join(map(chr, row)) for row in canvas.chars]


def drawn(kind, x, y, columns=4, rows_=2, window=UNIT, signed=False, **more) -> Canvas:
    canvas = Canvas(columns, rows_, window)
    canvas.draw(series("s", x, y, kind=kind, **more), 0, signed)
    return canvas


def test_the_corners_of_the_window_are_the_corners_of_the_canvas():
    assert rows(drawn("points", [0, 0, 1, 1], [0, 1, 0, 1])) == ["⠁  ⠈", "⡀  ⢀"]


def test_a_line_goes_through_every_column_and_a_step_holds_its_value():
    assert rows(drawn("line", [0, 1], [0, 1])) == ["  ⣠⠞", "⣠⠞⠁ "]
    assert rows(drawn("steps", [0, 0.5], [0, 1])) == ["  ⡏⠉", "⣀⣀⡇ "]


def test_a_line_that_has_no_point_in_the_window_crosses_it():
    assert rows(drawn("line", [-9, 10], [0.5, 0.5])) == ["    ", "⠉⠉⠉⠉"]


def test_a_line_is_interrupted_where_it_has_no_value():
    found = drawn("line", [0, 0.4, 0.5, 0.6, 1], [0.9, 0.9, np.nan, 0.9, 0.9], columns=10, rows_=1)
    assert rows(found) == ["⠉⠉⠉⠉⠁⠈⠉⠉⠉⠉"]


def test_bars_reach_from_their_low_end_to_their_value():
    assert rows(drawn("bars", [0.3], [0.99], low=[0.01])) == [" ⡇  ", " ⡇  "]


def test_an_area_is_filled_down_to_zero_up_to_its_last_point():
    found = rows(drawn("area", [0, 0.49], [1, 1]))
    assert found == ["⣿⣿  ", "⣿⣿  "]


def test_marks_are_signs_above_everything_and_the_later_series_has_the_colour():
    canvas = drawn("points", [0, 1], [0, 1])
    canvas.draw(series("m", [0.01], [0.01], sign="×", kind="marks"), 1)
    assert rows(canvas) == ["   ⠈", "×   "]
    assert canvas.styles[1, 0] == 2 and canvas.styles[0, 3] == 1 and canvas.styles[0, 0] == 0


def test_without_colour_curves_carry_their_sign():
    found = "".join(rows(drawn("line", [0, 1], [0.5, 0.5], columns=40, rows_=1, signed=True, sign="w")))
    assert found.count("w") == 3
    assert rows(drawn("points", [0, 1], [0, 1], signed=True, sign="o")) == ["   o", "o   "]


def test_without_braille_a_cell_shows_the_sign_of_its_series():
    canvas = Canvas(4, 2, UNIT, braille=False)
    canvas.draw(series("s", [0, 1], [0, 1], sign="+", kind="line"), 0)
    assert rows(canvas) == ["  ++", "+++ "]


def test_what_is_outside_of_the_window_is_not_drawn():
    assert (drawn("points", [-1, 2, 0.5, 0.5], [0.5, 0.5, -1, 2]).chars == BLANK).all()
    assert drawn("points", [0.5], [0.5]).cell(1.5, 0.5) is None


def test_the_cell_of_a_point_is_where_it_is_drawn():
    canvas = drawn("points", [0.6], [0.7], columns=30, rows_=10)
    column, row = canvas.cell(0.6, 0.7) or (-1, -1)
    assert canvas.chars[row, column] != BLANK and (canvas.chars != BLANK).sum() == 1
    assert canvas.cell(1, 1) == (29, 0) and canvas.cell(0, 0) == (0, 9)


numbers = st.floats(-1e15, 1e15) | st.sampled_from([float("nan"), float("inf"), -float("inf"), 0.0])


@settings(deadline=None, max_examples=60)
@given(
    st.lists(st.tuples(st.floats(-1e12, 1e12), numbers), max_size=30),
    st.sampled_from(["points", "line", "steps", "bars", "area", "marks"]), st.integers(1, 30), st.integers(1, 12),
    st.floats(-1e9, 1e9), st.floats(1e-3, 1e9),
)  # fmt: skip
@pytest.mark.filterwarnings("error")
def test_any_numbers_can_be_drawn(points, kind, columns, high, start, size):
    x, y = [x for x, _ in points], [y for _, y in points]
    canvas = Canvas(columns, high, Window(start, start + size, start, start + size))
    canvas.draw(series("s", x, y, kind=kind, low=y if kind == "bars" else None), 0, signed=True)
    assert canvas.chars.shape == canvas.styles.shape == (high, columns)
