"""Searching packets, held against looking at every one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pcaptui.capture import Capture
from pcaptui.dissect.rows import Rows
from pcaptui.searching import Hit, Kind, Query, SearchError, Where, hex_bytes, search

VISIT = Path(__file__).resolve().parents[1] / "sample_pcaps" / "web-visit.pcapng"


@pytest.fixture(scope="module")
def visit() -> Capture:
    capture = Capture([str(VISIT)])
    capture.load_all()
    return capture


def number(hit: Hit | None) -> int | None:
    return None if hit is None else hit.index + 1


@pytest.mark.parametrize(
    ("query", "start", "forward", "found"),
    [
        (Query("nate.com"), 0, True, 248),
        (Query("nate.com"), 247, True, 249),
        (Query("nate.com"), 249, True, (248, "wrapped")),
        (Query("nate.com"), 261, False, 249),
        (Query("NATE.com"), 0, True, None),
        (Query("120.50.132.112"), 0, True, 249),
        (Query(r"\[SYN, ACK\].*MSS", Kind.PATTERN), 250, True, 252),
        (Query("GET / HTTP/1.1\r", where=Where.FRAMES), 100, True, 254),
        (Query("6e617465", Kind.BYTES), 0, True, 248),
        (Query("tcp.flags.fin == 1 && tcp.stream == 4", Kind.FILTER), 0, True, 259),
        (Query("tcp.flags.fin == 1 && tcp.stream == 4", Kind.FILTER), 260, False, 259),
        (Query("Full request URI: http://nate", where=Where.TREES), 0, True, 254),
        (Query("nowhere at all"), 0, True, None),
    ],
)
def test_the_next_packet_that_matches(visit, query, start, forward, found):
    hit = search(visit, query, None, start, forward)
    if isinstance(found, tuple):
        assert hit is not None and hit.wrapped
        found = found[0]
    assert number(hit) == found


def test_only_packets_that_are_shown_are_searched(visit):
    shown = visit.stream_packets("tcp", 4)
    assert number(search(visit, Query("SYN"), shown, 0)) == 251
    assert search(visit, Query("nate.com"), shown, 0) is None


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 261), st.booleans(), st.sampled_from(["dns", "syn", "115.140.24.9", "query"]))
def test_a_search_finds_what_looking_at_each_finds(visit, start, forward, text):
    rows = CACHE or [Rows(visit).row(i) for i in range(len(visit))]
    CACHE[:] = rows
    matching = [
        i for i, row in enumerate(rows)
        if text in f"{row.source} {row.destination} {row.protocol} {row.info}".lower()
    ]  # fmt: skip
    ahead = [i for i in matching if (i > start if forward else i < start)]
    behind = [i for i in matching if i not in ahead]
    order = ahead + behind if forward else ahead[::-1] + behind[::-1]
    hit = search(visit, Query(text), None, start, forward)
    assert hit == (Hit(order[0], not ahead) if order else None)


CACHE: list = []


@pytest.mark.parametrize(
    "query",
    [Query(""), Query("(", Kind.PATTERN), Query("xyz", Kind.BYTES), Query("0x", Kind.BYTES), Query("tcp.", Kind.FILTER),
     Query("x" * 20_000)],
)  # fmt: skip
def test_what_makes_no_sense_is_said(visit, query):
    with pytest.raises(SearchError):
        search(visit, query, None, 0)


@pytest.mark.parametrize("text", ["47 45 54", "47:45:54", "474554", "0x474554", "47-45.54"])
def test_ways_to_write_bytes(text):
    assert hex_bytes(text) == b"GET"


def test_a_search_can_be_stopped(visit):
    assert search(visit, Query("nowhere"), None, 0, cancelled=lambda: True) is None


def test_an_empty_list_finds_nothing(visit):
    assert search(visit, Query("dns"), np.zeros(0, np.int64), 0) is None
