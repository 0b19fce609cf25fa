"""Rows of a statistic's table: sorted, filtered and folded as columns; cells and columns laid out."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from pcaptui.statistics.table import Column, Table, Texts
from pcaptui.widgets import table_cells as look
from pcaptui.widgets.table_rows import DEEPEST, TableRows, natural
from pcaptui.widgets.text import width_of

COLUMNS = (Column("host", "Host"), Column("packets", "Packets", "count"), Column("rtt", "RTT", "seconds"))


def flat() -> TableRows:
    texts = ["10.0.0.10", "10.0.0.9", "", "b.example", "a.example"]
    numbers = np.array([3, 30, 30, 200, 1])
    times = np.array([0.5, np.nan, 0.25, np.inf, 2])
    return TableRows(Table("flat", "Flat", COLUMNS, [texts, numbers, times]))


def tree() -> TableRows:
    """eth (ip (udp, tcp (http, tls)), arp)"""
    texts = ["eth", "ip", "udp", "tcp", "http", "tls", "arp"]
    parents = np.array([-1, 0, 1, 1, 3, 3, 0])
    counts = np.array([100, 90, 30, 60, 5, 10, 10])
    return TableRows(Table("tree", "Tree", COLUMNS[:2], [texts, counts], parents=parents))


def names(rows: TableRows, order: np.ndarray) -> list[str]:
    return [rows.table.values[0][row] for row in order]


def test_rows_stand_as_they_are_where_no_column_sorts():
    assert flat().order(-1, True).tolist() == [0, 1, 2, 3, 4]


def test_numbers_in_texts_sort_as_numbers_and_nothing_comes_last_either_way():
    rows = flat()
    assert names(rows, rows.order(0, False)) == ["10.0.0.9", "10.0.0.10", "a.example", "b.example", ""]
    assert names(rows, rows.order(0, True)) == ["b.example", "a.example", "10.0.0.10", "10.0.0.9", ""]


def test_what_is_no_number_comes_last_either_way():
    rows = flat()
    assert rows.order(2, False).tolist() == [2, 0, 4, 1, 3]
    assert rows.order(2, True).tolist() == [4, 0, 2, 1, 3]


def test_rows_that_are_alike_keep_their_order():
    rows = flat()
    assert rows.order(1, True).tolist() == [3, 1, 2, 0, 4]
    assert rows.order(1, False).tolist() == [4, 0, 1, 2, 3]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("example", [3, 4]),
        ("EXAMPLE a.", [4]),
        ("30", [1, 2]),
        ("packets>3", [1, 2, 3]),
        ("pack>=3 rtt<1", [0, 2]),
        ("rtt=2", [4]),
        ("host>3", []),
        ("nowhere", []),
        ("10.0.0.9", [1]),
    ],
)
def test_rows_with_all_words(text, found):
    assert flat().order(-1, False, text).tolist() == found


def test_branches_sort_within_their_parents():
    rows = tree()
    assert names(rows, rows.order(1, True)) == ["eth", "ip", "tcp", "tls", "http", "udp", "arp"]
    assert names(rows, rows.order(1, False)) == ["eth", "arp", "ip", "udp", "tcp", "http", "tls"]
    assert names(rows, rows.order(-1, False)) == ["eth", "ip", "udp", "tcp", "http", "tls", "arp"]


def test_what_is_below_a_folded_row_is_hidden():
    rows = tree()
    folded = np.zeros(7, bool)
    folded[[1, 3]] = True
    assert names(rows, rows.order(-1, False, "", folded)) == ["eth", "ip", "arp"]


def test_found_rows_stand_below_those_above_them_also_where_these_are_folded():
    rows = tree()
    assert names(rows, rows.order(-1, False, "tls", np.ones(7, bool))) == ["eth", "ip", "tcp", "tls"]


def test_a_large_tree_opens_with_few_rows():
    parents = np.array([-1] * 3 + [row % 3 for row in range(500)])
    rows = TableRows(Table("big", "Big", COLUMNS[:1], [[str(row) for row in range(503)]], parents=parents))
    assert len(rows.order(-1, False, "", rows.folded_at_first)) == 3
    assert not tree().folded_at_first.any()


def test_hostile_parents_do_no_harm():
    texts = [str(row) for row in range(5)]
    rows = TableRows(Table("odd", "Odd", COLUMNS[:1], [texts], parents=np.array([4, 1, 99, -7, 0])))
    assert sorted(rows.order(-1, False).tolist()) == [0, 1, 2, 3, 4]
    deep = TableRows(Table("deep", "Deep", COLUMNS[:1], [["x"] * 5000], parents=np.arange(-1, 4999)))
    assert deep.depths.max() < DEEPEST
    assert sorted(deep.order(0, True).tolist()) == list(range(5000))


@given(some.lists(some.integers(0, 3), max_size=40), some.integers(0, 1000))
def test_any_tree_is_walked_like_by_hand(steps, seed):
    count = len(steps) + 1
    parents = [-1] + [at - min(step, at) if step else -1 for at, step in enumerate(steps, 1)]
    values = np.random.default_rng(seed).integers(0, 9, count)

    def walk(parent: int) -> list[int]:
        children = sorted((row for row in range(count) if parents[row] == parent), key=lambda row: -values[row])
        return [row for child in children for row in (child, *walk(child))]

    table = Table("any", "Any", COLUMNS[:2], [["x"] * count, values], parents=np.array(parents))
    assert TableRows(table).order(1, True).tolist() == walk(-1)


def test_texts_that_are_made_when_needed_are_made_once_each():
    made: list[int] = []

    def make(row: int) -> str:
        made.append(row)
        return f"host{row}"

    rows = TableRows(Table("lazy", "Lazy", COLUMNS[:1], [Texts(12_000, make)]))
    assert not made
    assert rows.order(0, True)[0] == 11_999
    rows.order(0, False, "host7")
    assert len(made) == 12_000


def test_texts_of_one_key_are_made_once():
    made: list[int] = []

    def make(row: int) -> str:
        made.append(row)
        return f"host{row % 3}"

    texts = Texts(900, make, np.arange(900) % 3)
    rows = TableRows(Table("keyed", "Keyed", COLUMNS[:1], [texts]))
    assert rows.order(0, True)[0] == 2
    assert rows.order(-1, True, "host1").tolist() == list(range(1, 900, 3))
    assert len(made) == 3


def test_names_of_columns_are_short_where_room_is():
    columns = (Column("a", "Host"), *(Column(f"n{at}", "Packets A → B", "count") for at in range(4)))
    wide, narrow = (look.lay_out(columns, [9] * 5, width, 0) for width in (90, 60))
    assert "Packets A → B" in look.headings(columns, wide, -1, "")
    assert look.headings(columns, narrow, -1, "").count("Pkts A→B") == 4 and not narrow.more


def test_work_on_many_texts_can_be_stopped():
    def stop() -> None:
        raise InterruptedError

    rows = TableRows(Table("lazy", "Lazy", COLUMNS[:1], [Texts(12_000, str)]))
    with pytest.raises(InterruptedError):
        rows.order(0, True, go_on=stop)


def test_an_empty_table_has_no_rows():
    for parents in (None, np.zeros(0, np.int64)):
        rows = TableRows(Table("empty", "Empty", COLUMNS[:2], [[], np.zeros(0, int)], parents=parents))
        assert rows.order(1, True, "word", np.zeros(0, bool)).tolist() == []


def test_natural_order_takes_any_digits():
    odd = ["x²", "x٣", "x" + "9" * 5000, "", "12", "7a"]
    assert sorted(odd, key=natural)[:3] == ["", "7a", "12"]


# Cells.


@pytest.mark.parametrize(
    ("kind", "value", "text"),
    [
        ("count", 1234, "1234"), ("count", 1234567, "1 234 567"), ("bytes", 12.0, "12"), ("seconds", 0.0125, "12 ms"),
        ("seconds", 0, "0 s"), ("moment", 1.5, "1.500000"), ("percent", 12.345, "12.35"), ("number", 7, "7"),
        ("number", 0.12345, "0.123"), ("number", 50825, "50825"),
        ("rate", 12345.678, "12 346"), ("rate", 0.0, "0"), ("percent", 100, "100.00"),
    ],
)  # fmt: skip
def test_numbers_as_people_read_them(kind, value, text):
    assert look.number(value, Column("x", "X", kind)) == text


def test_a_bar_shows_what_is_more_than_nothing():
    assert [look.bar(percent, 4) for percent in (None, float("nan"), -3, 0)] == ["    "] * 4
    assert look.bar(100, 4) == look.bar(700, 4) == "████"
    assert look.bar(0.01, 4) == "▏   "
    assert look.bar(50, 4) == "██  "
    assert look.bar(50, 0) == ""


WIDE = (*COLUMNS, Column("note", "Note"), Column("percent", "Percent", "percent"))


@pytest.mark.parametrize("first", [0, 1, 2, 9])
@pytest.mark.parametrize("width", [1, 5, 12, 20, 39, 60, 79, 120, 159])
def test_columns_fit_on_every_width(width, first):
    layout = look.lay_out(WIDE, [40, 9, 8, 60, 7], width, first)
    ends = [start + cells for _, start, cells, _ in layout.columns]
    starts = [start for _, start, _, _ in layout.columns]
    assert layout.columns[0][0] == 0
    assert all(end < start for end, start in zip(ends, starts[1:], strict=False))
    assert ends[-1] <= max(width, 3)
    texts = ["x" * 90, "123456789", "1.2 s", "y" * 90, "12.50"]
    parts = look.row_parts(WIDE, texts, [None, None, None, None, 12.5], layout)
    assert sum(width_of(text) for text, _ in parts) == ends[-1] - look.FRONT
    assert width_of(look.headings(WIDE, layout, 1, "▼")) == ends[-1] - look.FRONT


def test_numbers_are_whole_or_not_there():
    for width in range(20, 100):
        layout = look.lay_out(WIDE, [40, 9, 8, 60, 7], width, 0)
        for place, _, cells, bars in layout.columns[2:]:
            if WIDE[place].kind != "text":
                assert cells - bars >= [40, 9, 8, 60, 7][place]


def test_texts_give_way_before_columns_do():
    layout = look.lay_out(WIDE, [40, 9, 8, 60, 7], 79, 0)
    assert [place for place, _, _, _ in layout.columns] == [0, 1, 2, 3, 4]
    assert not layout.more


def test_texts_get_back_what_columns_without_room_leave():
    columns = (Column("a", "A"), Column("p", "Port", "number"), Column("b", "B"), Column("n", "Number", "count"))
    layout = look.lay_out(columns, [16, 5, 15, 9], 41, 0)
    assert [(place, cells) for place, _, cells, _ in layout.columns] == [(0, 16), (1, 5), (2, 15)] and layout.more


def test_bars_are_there_where_there_is_room():
    assert look.lay_out(WIDE, [20, 9, 8, 20, 7], 130, 0).columns[-1][3] == 17
    assert look.lay_out(WIDE, [20, 9, 8, 20, 7], 90, 0).columns[-1][3] == 11
    assert look.lay_out(WIDE, [20, 9, 8, 20, 7], 72, 0).columns[-1][3] == 0


def test_columns_behind_the_first_scroll_away():
    wide = look.lay_out(WIDE, [14, 9, 8, 14, 7], 36, 0)
    assert wide.more and wide.columns[-1][0] < 4
    scrolled = look.lay_out(WIDE, [14, 9, 8, 14, 7], 36, 2)
    assert [place for place, _, _, _ in scrolled.columns][:2] == [0, 3]
    assert look.lay_out(WIDE, [14, 9, 8, 14, 7], 150, 2).first == 0
