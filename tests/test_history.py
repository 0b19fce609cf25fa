"""Filters kept between runs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pcaptui.history import KEPT, LONGEST, History, history_file


def test_what_was_added_is_there_in_the_next_run(tmp_path):
    path = tmp_path / "state" / "filters"
    first = History(path)
    for text in ("tcp", "udp", "tcp"):
        first.add(text)
    assert History(path).entries == ["udp", "tcp"]
    assert path.stat().st_mode & 0o777 == 0o600


def test_two_runs_at_once_keep_each_others_filters(tmp_path):
    path = tmp_path / "filters"
    one, other = History(path), History(path)
    one.add("tcp")
    other.add("udp")
    assert set(History(path).entries) == {"tcp", "udp"}


def test_only_the_latest_are_kept(tmp_path):
    history = History(tmp_path / "filters")
    for number in range(KEPT + 20):
        history.add(f"frame.number == {number}")
    assert len(history.entries) == KEPT
    assert History(tmp_path / "filters").entries[-1] == f"frame.number == {KEPT + 19}"


@pytest.mark.parametrize("text", ["", "   ", "tcp\x1b[31m", "x" * (LONGEST + 1)])
def test_what_is_no_line_of_text_is_not_kept(tmp_path, text):
    history = History(tmp_path / "filters")
    history.add(text)
    assert history.entries == []


def test_a_place_that_cannot_be_written_is_done_without(tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    history = History(blocked / "filters")
    history.add("tcp")
    assert history.entries == ["tcp"]


@given(junk=st.binary(max_size=2000))
def test_any_file_is_read_as_far_as_it_makes_sense(tmp_path_factory, junk):
    path = tmp_path_factory.mktemp("state") / "filters"
    path.write_bytes(junk)
    assert all(entry.isprintable() and entry.strip() for entry in History(path).entries)


def test_the_file_lies_in_the_state_folder():
    assert str(history_file({"XDG_STATE_HOME": "/s", "HOME": "/h"})) == "/s/pcaptui/filters"
    assert str(history_file({"XDG_STATE_HOME": "relative", "HOME": "/h"})) == "/h/.local/state/pcaptui/filters"
    assert history_file({}) is None
