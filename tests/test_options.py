"""The command line."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pcaptui.errors import UsageError
from pcaptui.options import Ranges, parse, parse_ranges, parse_stream


def test_packet_numbers_and_ranges_are_read() -> None:
    assert parse_ranges("3,7-9,20-").spans[:2] == ((3, 3), (7, 9))
    assert list(parse_ranges("3,7-9").within(0, 100)) == [2, 6, 7, 8]


def test_an_open_range_reaches_to_the_end() -> None:
    assert list(parse_ranges("98-").within(0, 100)) == [97, 98, 99]


@pytest.mark.parametrize("text", ["", "0", "x", "3-1", "-3", "1,,2", "9" * 20, "1-x"])
def test_a_wrong_range_is_named(text: str) -> None:
    with pytest.raises(UsageError, match="--packet"):
        parse_ranges(text)


@given(
    st.lists(st.tuples(st.integers(1, 60), st.integers(0, 20)), min_size=1, max_size=6),
    st.lists(st.integers(0, 80), min_size=1, max_size=4),
)
def test_ranges_in_blocks_give_each_packet_once_in_order(spans: list[tuple[int, int]], cuts: list[int]) -> None:
    ranges = Ranges(tuple((low, low + more) for low, more in spans))
    expected = sorted({n - 1 for low, high in ranges.spans for n in range(low, high + 1)})
    borders = [0, *sorted(cuts), 100]
    found = [i for a, b in itertools.pairwise(borders) for i in ranges.within(a, b)]
    assert found == expected


@pytest.mark.parametrize("text", ["tcp", "tcp:", "sctp:1", "tcp:-1", "tcp:1x", ":3"])
def test_a_wrong_stream_is_named(text: str) -> None:
    with pytest.raises(UsageError, match="--stream"):
        parse_stream(text)


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["--print", "nonsense", "x"],
        ["--nonsense", "x"],
        ["-", "-"],
        ["--format", "xml", "x"],
        ["--packet", "1", "--print", "summary", "x"],
        ["--print", "follow", "x"],
        ["--print", "follow", "--stream", "tcp:0", "--packet", "1", "x"],
        ["--print", "packets", "--format", "raw", "x"],
        ["--decode-as", "tcp.port==1,htp", "x"],
        ["--print", "packets", "--write", "y", "x"],
        ["--graph", "io", "-o", "y.svg", "--format", "json", "x"],
    ],
)
def test_wrong_usage_is_an_error_of_ours(arguments: list[str]) -> None:
    with pytest.raises(UsageError):
        parse(arguments)
