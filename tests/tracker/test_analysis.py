"""What the analysis says about well-known troubles, and how it puts them into words."""

from __future__ import annotations

import pytest
from tcp_machine import ACK, SYN, Segment
from tcp_tables import Bench

from pcaptui.tracker import Flag, Tracker
from pcaptui.tracker.flags import payload_left_alone, prefixes

A, B = (1, 1000), (2, 80)
MS = 1_000_000


def track(*segments: Segment, spacing: int = 50 * MS) -> Tracker:
    for position, segment in enumerate(segments):
        segment.time = segment.time or (position + 1) * spacing
    return Bench().track(list(segments))


def data(sequence: int, length: int = 100, ack: int = 1, time: int = 0) -> Segment:
    return Segment(A, B, ACK, sequence, ack, length, 1000, time)


def ack(number: int, window: int = 1000, time: int = 0) -> Segment:
    return Segment(B, A, ACK, 1, number, 0, window, time)


def test_three_duplicate_acks_and_a_fast_retransmission() -> None:
    tracker = track(
        data(1), ack(101), data(201), ack(101), data(301), ack(101), data(401), ack(101), data(101), spacing=MS
    )
    assert [tracker.duplicate_of(index) for index in (3, 5, 7)] == [(2, 1), (2, 2), (2, 3)]
    assert tracker.duplicate_of(1) is None
    assert tracker.analysis_names(2) == ["lost_segment"]
    assert tracker.analysis_names(8) == ["retransmission", "fast_retransmission"]
    facts = tracker.tcp_facts(7)
    assert facts is not None and facts.prefixes == "[TCP Dup ACK 2#3] "
    facts = tracker.tcp_facts(8)
    assert facts is not None and (facts.prefixes, facts.dissect) == ("[TCP Fast Retransmission] ", True)


def test_segment_behind_the_highest_is_out_of_order_if_it_comes_at_once_else_retransmitted() -> None:
    assert track(data(1), data(201), data(101), spacing=MS).analysis_names(2) == ["out_of_order"]
    assert track(data(1), data(201), data(101), spacing=3 * MS).analysis_names(2) == ["retransmission"]


def test_initial_round_trip_takes_the_place_of_the_short_limit() -> None:
    opening = [Segment(A, B, SYN, 0, 0, 0, 1000, 1), Segment(B, A, SYN | ACK, 0, 1, 0, 1000, 2)]
    tracker = track(*opening, data(1, time=100 * MS), data(201, time=101 * MS), data(101, time=190 * MS))
    assert tracker.analysis_names(4) == ["out_of_order"]


def test_data_acknowledged_already_is_a_spurious_retransmission() -> None:
    tracker = track(data(1), ack(101), data(1))
    assert tracker.analysis_names(2) == ["retransmission", "spurious_retransmission"]
    facts = tracker.tcp_facts(2)
    assert facts is not None and (facts.prefixes, facts.dissect) == ("[TCP Spurious Retransmission] ", False)


def test_zero_window_and_update() -> None:
    tracker = track(data(1), ack(101, 100), data(101), ack(201, 0), ack(201, 64240))
    assert tracker.analysis_names(3) == ["zero_window"]
    assert tracker.analysis_names(4) == ["window_update"]


def test_probe_of_a_closed_window_leaves_its_byte_new() -> None:
    tracker = track(data(1), ack(101, 0), data(101, 1), ack(101, 0), data(101))
    assert tracker.analysis_names(2) == ["zero_window_probe"]
    assert tracker.analysis_names(3) == ["zero_window", "zero_window_probe_ack"]
    assert tracker.analysis_names(4) == []


def test_keep_alive_and_its_answer() -> None:
    tracker = track(data(1), ack(101), data(100, 1), ack(101))
    assert [tracker.analysis_names(index) for index in (2, 3)] == [["keep_alive"], ["keep_alive_ack"]]


def test_window_is_full_where_a_scaled_window_ends() -> None:
    syn = Segment(A, B, SYN, 0, 0, 0, 1000, scale=0)
    answer = Segment(B, A, SYN | ACK, 0, 1, 0, 1000, scale=3)
    tracker = track(syn, answer, ack(1, 50), data(1, 400))
    assert tracker.analysis_names(3) == ["window_full"]
    assert track(syn, answer, ack(1, 50), data(1, 50)).analysis_names(3) == []


@pytest.mark.parametrize(
    ("first", "second", "expected"), [(2, 7, (2, 7)), (None, 7, (-2, -2)), (2, None, (-2, -2)), (200, 0, (14, 0))]
)
def test_shift_of_both_sides(first: int | None, second: int | None, expected: tuple[int, int]) -> None:
    tracker = track(
        Segment(A, B, SYN, 0, 0, 0, 1000, scale=first),
        Segment(B, A, SYN | ACK, 0, 1, 0, 1000, scale=second),
        data(1, 0),
        ack(1),
    )
    facts = [tracker.tcp_facts(index) for index in (2, 3)]
    assert tuple(fact.shift for fact in facts if fact) == expected


def test_ack_of_a_segment_not_captured_is_told_once() -> None:
    tracker = track(data(1, ack=0), ack(301), ack(501), data(101, ack=1), ack(801))
    assert [index for index in range(5) if "ack_lost_segment" in tracker.analysis_names(index)] == [1, 4]


def test_repeats_are_tied_to_what_they_repeat() -> None:
    tracker = track(data(1), ack(101), ack(101), data(101), data(1), data(101), data(50))
    assert [tracker.related(index) for index in range(7)] == [[], [], [1], [], [0], [3], []]


def test_peer_base_makes_selective_acknowledgments_relative() -> None:
    facts = track(data(1001), ack(1101)).tcp_facts(1)
    assert facts is not None and facts.peer_base == 1000


def test_words_stand_in_the_order_of_tshark_and_only_one_tells_of_retransmission() -> None:
    every = prefixes(sum(Flag), (33, 6))
    assert every.startswith("[TCP ZeroWindowProbeAck] [TCP ZeroWindowProbe] [TCP ZeroWindow] [TCP Window Update] ")
    assert every.endswith("[TCP Fast Retransmission] [TCP Port numbers reused] ")
    assert "[TCP Dup ACK 33#6] " in every
    assert prefixes(Flag.window_full | Flag.retransmission) == "[TCP Window Full] [TCP Retransmission] "
    assert prefixes(0) == ""


@pytest.mark.parametrize(
    ("bits", "alone"),
    [
        (Flag.retransmission, True),
        (Flag.retransmission | Flag.fast_retransmission, False),
        (Flag.retransmission | Flag.spurious_retransmission, True),
        (Flag.out_of_order, True),
        (Flag.keep_alive, True),
        (Flag.zero_window_probe, True),
        (Flag.lost_segment, False),
        (Flag.window_full, False),
    ],
)
def test_payload_of_repeated_segments_is_left_alone(bits: Flag, alone: bool) -> None:
    assert payload_left_alone(bits) is alone


def test_broken_options_do_no_harm() -> None:
    bench = Bench()
    bench.add([Segment(A, B, SYN, 0, 0, 0, 1000, scale=5), Segment(A, B, ACK, 1, 0, 0)])
    for length in (0, 1, 2, 200):
        bench.memory.raw[22] = length
        bench.tracker.update()
        assert int(bench.table["shift"][1]) in (-2, 5)
