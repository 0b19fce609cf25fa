"""Stream numbers, directions and the order of a stream's packets."""

from __future__ import annotations

import numpy as np
from tcp_machine import ACK, FIN, RST, SYN, Segment
from tcp_tables import Bench

A, B, C = (1, 40_000), (2, 80), (3, 40_000)


def streams(segments: list[Segment], protocol: int = 6) -> list[int]:
    bench = Bench(protocol=protocol)
    bench.track(segments)
    return [int(number) for number in bench.table["stream"]]


def test_streams_are_numbered_by_first_appearance_of_the_pair() -> None:
    assert streams([Segment(A, B), Segment(C, B), Segment(B, A), Segment(A, C), Segment(B, C)]) == [0, 1, 0, 2, 1]


def test_direction_is_that_of_the_first_packet() -> None:
    bench = Bench()
    bench.track([Segment(B, A), Segment(A, B), Segment(A, C), Segment(C, A)])
    assert bench.table["direction"].tolist() == [0, 1, 0, 1]


def test_tcp_and_udp_have_counters_of_their_own() -> None:
    bench = Bench()
    bench.add([Segment(A, B), Segment(A, B), Segment(A, C), Segment(B, A)])
    bench.table["ip_protocol"][:] = [6, 17, 17, 17]
    bench.tracker.update()
    assert bench.table["stream"].tolist() == [0, 0, 1, 0]
    assert (bench.tracker.tcp_streams, bench.tracker.udp_streams) == (1, 2)
    assert bench.tracker.packets("udp", 0).tolist() == [1, 3]
    assert bench.tracker.packets("tcp", 0).tolist() == [0]


def test_syn_with_another_number_opens_a_new_stream() -> None:
    syn, again, other = (Segment(A, B, SYN, number) for number in (5, 5, 6))
    bench = Bench()
    bench.track([syn, again, other, Segment(B, A, SYN | ACK, 70, 7)])
    assert bench.table["stream"].tolist() == [0, 0, 1, 1]
    assert bench.tracker.analysis_names(1) == ["retransmission"]
    assert bench.tracker.analysis_names(2) == ["reused_ports"]
    assert bench.table["relative_acknowledgment"][3] == 1


def test_syn_on_a_stream_that_began_without_one_counts_from_the_number_before_its_data() -> None:
    data = Segment(A, B, ACK, 100, 1, 10)
    assert streams([data, Segment(A, B, SYN, 99)]) == [0, 0]
    assert streams([data, Segment(A, B, SYN, 100)]) == [0, 1]


def test_ack_of_the_other_side_sets_the_base_that_a_syn_is_held_against() -> None:
    assert streams([Segment(A, B, RST | ACK, 0, 51), Segment(B, A, SYN, 50)]) == [0, 0]
    assert streams([Segment(A, B, RST | ACK, 0, 51), Segment(B, A, SYN, 51)]) == [0, 1]


def test_syn_ack_with_another_number_stays_in_the_stream_and_moves_the_base() -> None:
    bench = Bench()
    bench.track([Segment(A, B, SYN, 5), Segment(B, A, SYN | ACK, 70, 6), Segment(B, A, SYN | ACK, 80, 6)])
    assert bench.table["stream"].tolist() == [0, 0, 0]
    assert "reused_ports" in bench.tracker.analysis_names(2)
    assert bench.table["relative_sequence"].tolist() == [0, 0, 0]


def test_port_reuse_is_seen_across_blocks() -> None:
    bench = Bench()
    for number in (5, 5, 6, 6, 7):
        bench.track([Segment(A, B, SYN, number)])
    assert bench.table["stream"].tolist() == [0, 0, 1, 1, 2]


def test_quoted_header_opens_a_stream_but_is_not_analysed() -> None:
    bench = Bench()
    bench.track([Segment(A, B, SYN, 4174100418, quoted=True), Segment(A, B, SYN, 9), Segment(A, B, ACK, 4000, 0)])
    assert bench.table["stream"].tolist() == [0, 0, 0]
    assert bench.table["relative_sequence"].tolist() == [4174100418, 0, 3991]
    assert bench.tracker.analysis_names(0) == bench.tracker.analysis_names(1) == []


def test_packets_without_readable_ports_have_no_stream() -> None:
    bench = Bench()
    bench.add([Segment(A, B), Segment(A, B), Segment(A, B)])
    bench.table["transport"][0] = 0xFFFF
    bench.table["captured"][1] = 3
    bench.tracker.update()
    assert bench.table["stream"].tolist() == [-1, -1, 0]
    assert bench.tracker.tcp_facts(0) is None


def test_packets_of_a_stream_come_in_capture_order() -> None:
    bench = Bench()
    bench.track([Segment(A, B), Segment(C, B), Segment(B, A), Segment(A, B)])
    assert bench.tracker.packets("tcp", 0).tolist() == [0, 2, 3]
    assert bench.tracker.packets("tcp", 1).dtype == np.int64
    for kind, number in (("tcp", 2), ("tcp", -1), ("udp", 0), ("sctp", 0)):
        assert bench.tracker.packets(kind, number).tolist() == []


def test_syn_flood_gives_every_syn_its_stream() -> None:
    numbers = np.random.default_rng(1).permutation(20_000).tolist()
    assert streams([Segment(A, B, SYN, number) for number in numbers]) == list(range(20_000))


def test_client_is_who_sent_the_syn_or_has_the_high_port_or_spoke_first() -> None:
    def client(*segments: Segment) -> int:
        bench = Bench()
        return bench.track(list(segments)).client_direction("tcp", 0)

    assert client(Segment(B, A, SYN)) == 0
    assert client(Segment(A, B, ACK), Segment(B, A, SYN | ACK, 5)) == 0
    assert client(Segment(B, A, SYN | ACK)) == 1
    assert client(Segment(B, A)) == 1
    assert client(Segment(A, B)) == 0
    assert client(Segment(A, C), Segment(C, A)) == 0


def test_update_is_due_when_the_table_has_doubled() -> None:
    bench = Bench()
    assert not bench.tracker.due
    bench.add([Segment(A, B)] * 100)
    assert bench.tracker.due
    bench.tracker.update()
    bench.add([Segment(A, B)] * 10)
    assert not bench.tracker.due
    bench.add([Segment(A, B)] * 90)
    assert bench.tracker.due
    assert bench.tracker.tracked == 100


def test_every_segment_of_a_full_visit_keeps_its_relative_numbers() -> None:
    visit = [
        Segment(A, B, SYN, 0xFFFFFFF0, 0, 0, 65535),
        Segment(B, A, SYN | ACK, 500, 0xFFFFFFF1, 0, 29200),
        Segment(A, B, ACK, 0xFFFFFFF1, 501, 0, 65535),
        Segment(A, B, ACK, 0xFFFFFFF1, 501, 261, 65535),
        Segment(B, A, ACK, 501, 246, 378, 30016),
        Segment(B, A, FIN | ACK, 879, 246, 0, 30016),
        Segment(A, B, ACK, 246, 880, 0, 65157),
    ]
    bench = Bench()
    bench.track(visit)
    assert bench.table["relative_sequence"].tolist() == [0, 0, 1, 1, 1, 379, 262]
    assert bench.table["relative_acknowledgment"].tolist() == [0, 1, 1, 1, 262, 262, 380]
    assert not bench.table["analysis"].any()
