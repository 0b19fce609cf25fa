"""Pure functions of the screen: escaping, cutting, column widths, the layout."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from pcaptui.screens.goto import read_number
from pcaptui.screens.layout import Sizes, lay_out
from pcaptui.widgets.columns import GUTTER, MARKER, Columns, fit
from pcaptui.widgets.lines import count_of
from pcaptui.widgets.packet_row import row_segments
from pcaptui.widgets.palette import palette
from pcaptui.widgets.text import clean, cut, left, right, skip


@given(st.text(st.characters(codec=None)))
def test_nothing_that_steers_a_terminal_gets_through(text):
    shown = clean(text)
    assert all(character.isprintable() for character in shown)
    assert not any(0xFE00 <= ord(character) <= 0xFE0F for character in shown)


@given(st.text())
def test_plain_text_stays_as_it_is(text):
    if text.isascii() and text.isprintable():
        assert clean(text) == text


@given(st.text(), st.integers(0, 30))
def test_text_fits_its_column(text, width):
    text = clean(text)
    assert cell_len(cut(text, width)) <= width
    assert cell_len(left(text, width)) == width
    assert cell_len(right(text, width)) == width
    if 0 < width < cell_len(text):
        assert cut(text, width).endswith("…")


@given(st.text(), st.integers(0, 30))
def test_skipping_never_makes_text_longer(text, cells):
    text = clean(text)
    assert cell_len(skip(text, cells)) <= max(cell_len(text), 1)


@given(
    st.integers(1, 10), st.integers(1, 40), st.integers(0, 60), st.integers(0, 60), st.integers(1, 80),
    st.integers(1, 8), st.integers(4, 300),
)  # fmt: skip
def test_columns_never_take_more_than_there_is(number, time, source, destination, protocol, length, width):
    columns = fit(Columns(number, time, source, destination, protocol, length), width)
    row = type("Row", (), {
        "number": 10**number - 1, "source": "s" * source, "destination": "d" * destination,
        "protocol": "p" * protocol, "length": 10**length - 1, "info": "i" * 500, "kind": "tcp",
    })()  # fmt: skip
    used = sum(cell_len(segment.text) for segment in row_segments(row, "t" * time, columns, False, False, 0, width,
                                                                  palette(no_color=False)))  # fmt: skip
    if width > GUTTER + MARKER + columns.number + columns.protocol + 3:
        assert used == width


def test_everything_fits_on_eighty_columns():
    columns = fit(Columns(number=3, time=8, source=15, destination=15, protocol=7, length=4), 79)
    assert min(columns.time, columns.source, columns.destination, columns.length) > 0
    assert columns.info >= 16


def test_info_is_worth_more_than_length_on_eighty_columns():
    columns = fit(Columns(number=5, time=10, source=15, destination=15, protocol=7, length=4), 79)
    assert columns.length == 0
    assert min(columns.time, columns.source, columns.destination) > 0
    assert columns.info >= 16


def test_addresses_give_way_before_info_does():
    columns = fit(Columns(number=4, time=10, source=39, destination=39, protocol=7, length=4), 119)
    assert 15 <= columns.source < 39
    assert columns.info >= 119 * 0.3


def test_forty_columns_keep_number_protocol_and_info():
    columns = fit(Columns(number=4, time=10, source=15, destination=15, protocol=7, length=4), 39)
    assert columns.number and columns.protocol and columns.info >= 16


@given(st.integers(1, 400), st.integers(1, 120), st.floats(0, 1), st.integers(-200, 200))
def test_every_screen_can_be_laid_out(width, height, share, shift):
    layout = lay_out(width, height, Sizes(share, shift), "tree")
    assert "list" in layout.shown
    assert layout.list_height >= 1
    assert layout.list_height + layout.status + 2 <= max(height, 5)


@pytest.mark.parametrize(
    ("size", "arrangement"),
    [((160, 48), "beside"), ((80, 24), "beside"), ((60, 40), "stacked"), ((60, 24), "single"), ((40, 12), "single")],
)
def test_arrangements(size, arrangement):
    assert lay_out(*size, Sizes(), "tree").arrangement == arrangement


@given(st.text(max_size=20), st.integers(1, 1000))
def test_a_packet_number_is_one_of_the_capture_or_none(text, last):
    number = read_number(text, 1, last)
    assert number is None or 1 <= number <= last


def test_counts_are_written_for_people():
    assert count_of(1, "packet") == "1 packet"
    assert count_of(262, "packet") == "262 packets"
    assert count_of(1_234_567, "packet") == "1 234 567 packets"
