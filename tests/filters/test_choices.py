"""Packets that the person has marked, ignored or made a time reference, as filters and trees tell of them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pcaptui.capture import Capture
from pcaptui.choices import Choices
from pcaptui.fields.node import tree_lines
from pcaptui.fields.tree import dissect
from pcaptui.filters import compile
from pcaptui.filters.block import Block
from pcaptui.filters.displayed import Displayed
from pcaptui.filters.evaluate import Evaluation
from pcaptui.filters.packets import NoFields
from pcaptui.searching import Query, search
from pcaptui.surroundings import Surroundings

SAMPLE = Path(__file__).parent.parent.parent / "sample_pcaps" / "web-visit.pcapng"


@pytest.fixture
def sample() -> Capture:
    capture = Capture([str(SAMPLE)])
    capture.load_all()
    return capture


def passing(capture: Capture, text: str) -> list[int]:
    return (np.flatnonzero(compile(text).run(capture)) + 1).tolist()


@pytest.mark.parametrize(
    "text", ["tcp.stream == 4", "http", "http.host", 'frame.protocols contains "tcp"', "ip.addr == 115.140.23.125",
             'tcp contains "GET"', 'stream.state == "closed"', 'phase == "exchange"', "tcp.port - tcp.port == 0"],
)  # fmt: skip
def test_no_filter_about_what_it_carries_finds_an_ignored_packet(sample: Capture, text: str) -> None:
    before = passing(sample, text)
    lost = set(before[::2])
    for number in lost:
        sample.choices.ignore(number - 1)
    assert passing(sample, text) == [number for number in before if number not in lost]
    assert set(passing(sample, f"!({text})")) >= lost


def test_filters_about_frames_find_an_ignored_packet(sample: Capture) -> None:
    sample.choices.ignore(9)
    assert passing(sample, "frame.ignored == 1") == [10]
    assert passing(sample, "frame.number == 10 and frame and frame.len > 0") == [10]
    assert sample.choices.ignore_none() == 1
    assert passing(sample, "frame.ignored == 1") == []


def test_marks_and_references_are_fields(sample: Capture) -> None:
    sample.choices.marked |= {3, 200}
    sample.choices.refer(100)
    assert passing(sample, "frame.marked == True") == [4, 201]
    assert passing(sample, "frame.ref_time") == [101]
    assert passing(sample, "frame.time_relative == 0") == [1, 101]
    assert len(passing(sample, "frame.time_relative < 0.5 and frame.number > 100")) > 1


def test_the_tree_of_an_ignored_packet_ends_with_the_frame(sample: Capture) -> None:
    sample.choices.ignore(9)
    sample.choices.marked.add(9)
    sample.choices.refer(9)
    nodes = dissect(Surroundings(sample).context(9)).nodes
    assert [node.field for node in nodes] == ["frame"]
    values = {node.field: node.value for _, node in tree_lines(nodes)}
    assert values["frame.ignored"] is True and values["frame.marked"] is True
    assert "frame.ref_time" in values and values["frame.time_relative"] == 0


def test_the_tree_tells_the_time_since_the_packet_shown_before(sample: Capture) -> None:
    sample.choices.shown = np.array([2, 9, 20], np.int64)
    (frame, *_) = dissect(Surroundings(sample).context(9)).nodes
    told = {node.field: node.value for node in frame.children}["frame.time_delta_displayed"]
    times = sample.table["time"]
    assert told == pytest.approx((int(times[9]) - int(times[2])) / 1e9)


def test_text_is_not_searched_in_ignored_packets(sample: Capture) -> None:
    first = search(sample, Query("GET /"), None, 0)
    assert first is not None
    sample.choices.ignore(first.index)
    second = search(sample, Query("GET /"), None, 0)
    assert second is None or second.index != first.index


@pytest.mark.parametrize(
    ("text", "count", "first"),
    [
        ("frame.time_delta_displayed > 0.1", 0, []),
        ("frame.time_delta_displayed > 0.01 or frame.number == 1", 60, [1, 3, 5, 7, 8, 9]),
        ("frame.time_delta_displayed < 0.05 and tcp", 1, [12]),
        ("frame.time_delta_displayed > 0.001 or dns", 107, [3, 4, 5, 6, 7, 8]),
        ("!(frame.time_delta_displayed < 0.02) || frame.number == 3", 49, [3, 7, 8, 9, 10, 13]),
        ("frame.time_delta_displayed > frame.time_delta || frame.number < 4", 132, [1, 2, 3, 5, 7, 9]),
    ],
)
def test_time_since_the_packet_that_passed_before_is_as_tshark_has_it(
    sample: Capture, text: str, count: int, first: list[int]
) -> None:
    found = passing(sample, text)
    assert (len(found), found[:6]) == (count, first)
    parts = np.concatenate([mask for _, mask in compile(text).blocks(sample, 0, len(sample), size=7)])
    assert (np.flatnonzero(parts) + 1).tolist() == found


@given(st.lists(st.integers(0, 9), min_size=1, max_size=300), st.integers(0, 30), st.booleans())
def test_time_since_the_packet_that_passed_before_is_what_a_walk_finds(
    gaps: list[int], limit: int, above: bool
) -> None:
    capture, times = _Timed(gaps), np.cumsum(gaps)
    test = compile(f"frame.time_delta_displayed {'>' if above else '<'} 0.{limit:09d} or frame.number == 1").test
    assert test is not None
    evaluation = Evaluation(NoFields(), frozenset(), lambda: False)
    look = Displayed(test, evaluation.run, evaluation.check).block
    mask = look(Block(capture, slice(0, len(gaps))))  # type: ignore[arg-type]
    latest, walked = None, []
    for index, time in enumerate(times.tolist()):
        since = 0 if latest is None else time - latest
        if index == 0 or (since > limit if above else since < limit):
            latest = time
            walked.append(index)
    assert np.flatnonzero(mask).tolist() == walked


class _Timed:
    """A capture of packets of which only the times are known."""

    def __init__(self, gaps: list[int]) -> None:
        size = len(gaps)
        self.table = {"time": np.cumsum(gaps), "layers": np.zeros(size, np.uint16)}
        self.choices = Choices()

    def __len__(self) -> int:
        return len(self.table["time"])
