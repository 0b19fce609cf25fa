"""What a stream tells of each segment: acknowledgments, bytes under way, completeness."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tcp_machine import Segment
from tcp_tables import Bench

from pcaptui.loader.table import PacketTable
from pcaptui.tracker import segment_facts
from pcaptui.tracker.flight import acknowledged, flight
from pcaptui.tracker.segment_facts import Facts, SegmentFacts, unwrap

FIN, SYN, RST, PSH, ACK = 1, 2, 4, 8, 16
MS = 1_000_000


class Wire:
    """Segments of one stream, by hand: raw numbers as given."""

    def __init__(self) -> None:
        self.rows: list[Segment] = []

    def add(
        self, server: bool, sequence: int, ack: int, flags: int = ACK, size: int = 0, ms: int | None = None
    ) -> Wire:
        time = MS * (len(self.rows) + 1 if ms is None else ms)
        ends = ((2, 80), (1, 4000)) if server else ((1, 4000), (2, 80))
        self.rows.append(Segment(*ends, flags, sequence, ack, size, time=time))
        return self

    def opened(self) -> Wire:
        return self.add(False, 99, 0, SYN).add(True, 899, 100, SYN | ACK).add(False, 100, 900)

    def table(self) -> PacketTable:
        bench = Bench()
        bench.track(self.rows)
        return bench.table

    def facts(self) -> list[Facts]:
        table = self.table()
        members = np.arange(len(self.rows))
        known = SegmentFacts(table)
        found = [known.of(0, members, index) for index in range(len(self.rows))]
        assert all(one is not None for one in found)
        return [one for one in found if one is not None]


def test_a_handshake_is_acknowledged_and_timed() -> None:
    facts = Wire().opened().facts()
    assert [one.acks for one in facts] == [-1, 0, 1]
    assert [one.ack_rtt for one in facts] == [None, MS, MS]
    assert [one.initial_rtt for one in facts] == [None, 2 * MS, 2 * MS]  # a reader of the whole knows it at the answer
    assert [one.completeness for one in facts] == [0, 1, 3]


def test_data_is_under_way_until_acknowledged() -> None:
    wire = Wire().opened().add(False, 100, 900, ACK, 10).add(False, 110, 900, ACK | PSH, 5).add(True, 900, 110)
    facts = wire.add(False, 115, 900, ACK, 20).facts()
    assert [one.in_flight for one in facts[3:]] == [10, 15, None, 25]
    assert [one.push_bytes for one in facts[3:]] == [10, 15, None, 20]
    assert [one.acks for one in facts[3:]] == [-1, -1, 3, -1]
    assert facts[6].peer == 5


def test_behind_a_gap_nothing_counts_until_the_peer_sends() -> None:
    wire = Wire().opened().add(False, 200, 900, ACK, 10).add(False, 210, 900, ACK, 10).add(True, 900, 100)
    facts = wire.add(False, 220, 900, ACK, 10).facts()
    assert [one.in_flight for one in facts[3:]] == [None, None, None, 30]


def test_a_retransmission_is_timed_from_the_oldest_segment_under_way() -> None:
    wire = Wire().opened().add(False, 100, 900, ACK, 10, 10).add(False, 110, 900, ACK, 10, 11)
    facts = wire.add(False, 100, 900, ACK, 10, 300).facts()
    assert (facts[5].rto, facts[5].rto_packet) == (290 * MS, 3)
    assert facts[4].rto is None


def test_completeness_adds_up_what_came_before() -> None:
    wire = Wire().opened().add(False, 100, 900, ACK, 10).add(True, 900, 110, FIN | ACK).add(False, 110, 901, RST)
    facts = wire.add(True, 901, 110).facts()
    assert [one.completeness for one in facts] == [0, 1, 3, 7, 15, 31, 63]


def test_of_a_stream_begun_before_the_capture_the_first_packet_does_not_count() -> None:
    facts = Wire().add(False, 100, 900, ACK, 10).add(True, 900, 110).add(True, 900, 110, ACK, 4).facts()
    assert [one.completeness for one in facts] == [0, 0, 4]


def test_numbers_that_wrap_go_on() -> None:
    top = 2**32 - 5
    numbers = np.array([top, top + 3, 2, 8], np.int64).astype(np.uint32)
    assert unwrap(numbers, np.uint32(top)).tolist() == [0, 3, 7, 13]


def test_streams_not_asked_for_lately_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(segment_facts, "CACHED", 4)
    table = Wire().opened().table()
    known = SegmentFacts(table)
    for stream in range(5):
        assert known.of(stream, np.arange(3), 1) is not None
    assert len(known._streams) == 1


# Against lists that are kept one segment after the other.

EVENTS = st.lists(
    st.one_of(
        st.tuples(st.just("send"), st.integers(0, 60), st.integers(1, 20)),
        st.tuples(st.just("ack"), st.integers(0, 12), st.just(0)),
    ),
    max_size=60,
)


def by_lists(events: list[tuple[str, int, int]]) -> tuple[list[int], list[tuple[int, int]]]:
    """(what each acknowledgment answers, (bytes under way, oldest before) of each segment)."""
    waiting: list[tuple[int, int, int]] = []
    answered, moved = [], []
    ack = 0
    for place, (kind, number, size) in enumerate(events):
        if kind == "send":
            start, end = number, number + size
            oldest = waiting[0][0] if waiting else -2
            waiting.append((place, start, end))
            moved.append((max(one[2] for one in waiting) - min(one[1] for one in waiting), oldest))
        else:
            ack += number
            answered.append(next((one[0] for one in waiting if one[2] == ack), -1))
            waiting = [(one[0], max(one[1], ack), one[2]) for one in waiting if one[2] > ack]
    return answered, moved


def columns(events: list[tuple[str, int, int]], make: Callable[..., Any]) -> Any:
    rows = [(place, *event) for place, event in enumerate(events)]
    sent = np.array([(place, start, start + size) for place, kind, start, size in rows if kind == "send"], np.int64)
    told = [place for place, kind, *_ in rows if kind == "ack"]
    value = np.cumsum([number for _, kind, number, _ in rows if kind == "ack"])
    sent = sent.reshape(-1, 3)
    return make(sent[:, 0], sent[:, 1], sent[:, 2], np.array(told, np.int64), np.array(value, np.int64))


@given(EVENTS)
@settings(max_examples=300, deadline=None)
def test_acknowledgments_answer_the_oldest_segment_that_ends_there(events: list[tuple[str, int, int]]) -> None:
    found = columns(events, lambda places, _, ends, told, value: acknowledged(places, ends, told, value)[0])
    assert found.tolist() == by_lists(events)[0]


@given(EVENTS)
@settings(max_examples=300, deadline=None)
def test_under_way_is_what_lies_between_the_ends_of_the_list(events: list[tuple[str, int, int]]) -> None:
    events = sorted_starts(events)
    found = columns(
        events, lambda places, starts, ends, told, value: flight(
            places, starts, ends, told, value, np.full(len(places), -2, np.int64)
        )
    )  # fmt: skip
    assert list(zip(found.size.tolist(), found.oldest.tolist(), strict=True)) == by_lists(events)[1]


def sorted_starts(events: list[tuple[str, int, int]]) -> list[tuple[str, int, int]]:
    """Segments that go on where others were, or behind: what senders do."""
    reached = 0
    made = []
    for kind, number, size in events:
        if kind == "send":
            start = reached if number % 3 else max(reached - number, 0)
            reached = max(reached, start + size)
            made.append((kind, start, size))
        else:
            made.append((kind, number, size))
    return made
