"""The times of conversations: connect, think, wire, transfer, idle, round trips, bytes in flight, goodput."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scapy.layers.inet import IP, TCP
from scapy.layers.l2 import Ether
from scapy.packet import Packet, Raw
from scapy.utils import wrpcap

from pcaptui.capture import Capture
from pcaptui.tracker import timing
from pcaptui.tracker.conversations import Conversation, Conversations
from pcaptui.tracker.times import Times
from pcaptui.tracker.words import sentence, slowness, spent

Step = tuple[float, str, str, int]
"""s since the packet before, "c" or "s", flags, bytes of payload; "again" behind the flags repeats the last segment."""

OPENING: list[Step] = [(0, "c", "S", 0), (0.2, "s", "SA", 0), (0.1, "c", "A", 0)]


def packets_of(steps: list[Step], port: int = 50000, start: float = 1000, first: int = 1000) -> list[Packet]:
    sequence = {"c": first, "s": (first + 77_000) & 0xFFFFFFFF}
    last, sent, now = dict(sequence), [], start
    for wait, side, flags, length in steps:
        now += wait
        other = "s" if side == "c" else "c"
        ends = [("10.0.0.1", port), ("10.0.0.2", 80)]
        here, there = ends if side == "c" else ends[::-1]
        again = flags.endswith("again")
        if not again:
            last[side] = sequence[side]
        plain = flags.removesuffix("again")
        tcp = TCP(sport=here[1], dport=there[1], flags=plain, seq=last[side],
                  ack=sequence[other] if "A" in plain else 0, window=60000)  # fmt: skip
        packet = Ether(src="02:00:00:00:00:01", dst="02:00:00:00:00:02") / IP(src=here[0], dst=there[0]) / tcp
        packet = packet / Raw(b"x" * length) if length else packet
        packet.time = now
        sent.append(packet)
        if not again:
            sequence[side] = (sequence[side] + length + ("S" in plain) + ("F" in plain)) & 0xFFFFFFFF
    return sent


def load(path: Path, packets: list[Packet]) -> Conversations:
    wrpcap(str(path), packets)
    capture = Capture([str(path)])
    capture.load_all()
    return capture.conversations()


def times_of(folder: Path, steps: list[Step], first: int = 1000) -> Times:
    found = load(folder / "x.pcap", packets_of(steps, first=first)).find("tcp", 0)
    assert found is not None and found.times is not None
    return found.times


def near(seconds: float) -> object:
    return pytest.approx(seconds, abs=2e-6)


def test_connect_is_told_by_its_two_halves(tmp_path: Path) -> None:
    times = times_of(tmp_path, OPENING)
    assert (times.connect_server, times.connect_client) == (near(0.2), near(0.1))


def test_think_is_from_the_handshake_and_from_the_answer_to_the_next_request(tmp_path: Path) -> None:
    request: list[Step] = [(0.3, "c", "PA", 100), (0.05, "s", "A", 0), (0.4, "s", "PA", 500), (0, "c", "A", 0)]
    times = times_of(tmp_path, [*OPENING, *request, (0.6, "c", "PA", 100), (0.01, "s", "PA", 10)])
    assert times.client_first == near(0.3)
    assert (times.client, times.client_longest) == (near(0.9), near(0.6))


def test_an_ack_of_its_own_parts_the_wire_from_the_server(tmp_path: Path) -> None:
    times = times_of(tmp_path, [*OPENING, (0, "c", "PA", 100), (0.3, "s", "A", 0), (0.7, "s", "PA", 500)])
    assert (times.wire, times.server, times.answers) == (near(0.3), near(0.7), 1)
    assert (times.wire_at, times.server_at) == (4, 5)
    assert slowness(times) == "server took 700 ms to answer"


def test_without_an_ack_of_its_own_the_wire_takes_a_round_trip(tmp_path: Path) -> None:
    times = times_of(tmp_path, [*OPENING, (0, "c", "PA", 100), (0.5, "s", "PA", 500)])
    assert (times.wire, times.server) == (near(0.2), near(0.3))


def test_the_wait_for_a_request_that_was_sent_again_is_the_wires(tmp_path: Path) -> None:
    steps: list[Step] = [*OPENING, (0, "c", "PA", 100), (1.5, "c", "PAagain", 100), (0.1, "s", "PA", 500)]
    times = times_of(tmp_path, steps)
    assert (times.wire, times.server) == (near(1.5), near(0.1))
    assert times.slow == "wire"


def test_a_server_that_speaks_first_lets_the_client_wait(tmp_path: Path) -> None:
    times = times_of(tmp_path, [*OPENING, (0.8, "s", "PA", 30), (0.1, "c", "PA", 10)])
    assert (times.server, times.client_first, times.client) == (near(0.8), None, near(0.1))


def test_transfer_leaves_out_stalls_and_idle_has_them(tmp_path: Path) -> None:
    data: list[Step] = [(0, "s", "A", 1000), (0.1, "s", "A", 1000), (3, "s", "A", 1000), (0.2, "s", "A", 1000)]
    times = times_of(tmp_path, [*OPENING, *data])
    assert (times.sides[1].transfer, times.stalled) == (near(0.3), near(3))
    assert (times.idle, times.idle_longest, times.idle_count, times.idle_at) == (near(3), near(3), 1, 5)
    assert "stalled 3.00 s" in spent(times)


def test_round_trips_are_from_a_segment_to_the_ack_of_its_end(tmp_path: Path) -> None:
    steps: list[Step] = [*OPENING, (0, "c", "A", 10), (0.01, "s", "A", 0), (1, "c", "A", 10), (0.03, "s", "A", 0)]
    client, server = times_of(tmp_path, steps).sides
    assert (client.rtt_count, client.rtt_least, client.rtt_mean) == (2, near(0.01), near(0.02))
    assert client.rtt_most == near(0.03) and server.rtt_mean is None


def test_what_was_sent_twice_gives_no_round_trip(tmp_path: Path) -> None:
    steps: list[Step] = [*OPENING, (0, "c", "A", 10), (1, "c", "Aagain", 10), (0.01, "s", "A", 0)]
    client, _ = times_of(tmp_path, steps).sides
    assert (client.rtt_count, client.repeated, client.repeat_rate) == (0, 1, 0.5)


@pytest.mark.parametrize("first", [1000, 2**32 - 1500])
def test_flight_and_goodput_count_each_byte_once_also_where_numbers_wrap(tmp_path: Path, first: int) -> None:
    steps: list[Step] = [*OPENING, (0, "c", "A", 1000), (0.1, "c", "A", 1000), (0.1, "s", "A", 0),
                         (0.1, "c", "A", 500), (0.2, "c", "Aagain", 500), (0.1, "s", "A", 0)]  # fmt: skip
    client, _ = times_of(tmp_path, steps, first).sides
    assert (client.flight, client.flight_at) == (2000, 4)
    assert (client.fresh, client.sent, client.repeated_bytes) == (2500, 3000, 500)
    assert client.goodput == pytest.approx(2500 / 0.6)


def test_a_conversation_that_nobody_answered_has_no_times(tmp_path: Path) -> None:
    times = times_of(tmp_path, [(0, "c", "S", 0), (3, "c", "Sagain", 0)])
    assert (times.parts, times.idle_count, times.slow) == (0, 1, None)


ANY = st.lists(
    st.tuples(st.sampled_from([0.0, 0.0001, 0.02, 0.6, 1.0, 4.0]), st.sampled_from("cs"),
              st.sampled_from(["S", "SA", "A", "A", "PA", "Aagain", "FA", "R"]), st.sampled_from([0, 0, 1, 10, 1400])),
    min_size=1, max_size=25,
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(ANY, st.booleans(), st.sampled_from([1, 2**31 - 5, 2**32 - 5]))
def test_the_parts_are_no_more_than_the_duration(tmp_path_factory, steps, opened, first) -> None:
    folder = tmp_path_factory.mktemp("any")
    found = load(folder / "x.pcap", packets_of([*OPENING, *steps] if opened else steps, first=first))
    for conversation in found.all():
        times = conversation.times
        assert times is not None
        parts = (times.client, times.server, times.wire, times.stalled, *(side.transfer for side in times.sides))
        assert min(parts) >= 0
        assert times.parts <= conversation.duration + 1e-9
        assert times.idle <= conversation.duration + 1e-9 and times.idle_longest <= times.idle
        for side in times.sides:
            assert 0 <= side.fresh <= side.sent and side.repeated <= side.segments
            assert 0 <= (side.rtt_least or 0) <= side.rtt_most <= conversation.duration + 1e-9


def facts(conversation: Conversation) -> tuple[object, ...]:
    assert conversation.times is not None
    return conversation.number, conversation.state, conversation.anomalies, conversation.times.row


@settings(max_examples=25, deadline=None)
@given(st.lists(ANY, min_size=1, max_size=5), st.integers(1, 30))
def test_streams_alone_and_in_pieces_have_the_same_times(tmp_path_factory, many, chunk) -> None:
    packets = [packet for at, steps in enumerate(many) for packet in packets_of(steps, port=40000 + at)]
    packets.sort(key=lambda packet: packet.time)
    found = load(tmp_path_factory.mktemp("many") / "x.pcap", packets)
    whole = [facts(conversation) for conversation in found.all()]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(timing, "_CHUNK", chunk)
        alone = [facts(one) for other in found.all() for one in found.alone("tcp", other.number).all()]
        fresh = load(tmp_path_factory.mktemp("again") / "x.pcap", packets)
        assert [facts(conversation) for conversation in fresh.all()] == whole
    assert alone == whole


# The case book, part 2, rows 4-8 and 16-19.


def course(folder: Path, name: str, number: int = 0) -> Conversation:
    capture = Capture([str(folder / "ppa" / f"{name}.pcapng")])
    capture.load_all()
    found = capture.conversations().find("tcp", number)
    assert found is not None and found.times is not None
    return found


def test_row_4_three_duplicates_and_a_fast_retransmission(shared_captures: Path) -> None:
    found = course(shared_captures, "tcp_dupack")
    assert found.anomalies["duplicate_ack"] == 3 and found.anomalies["fast_retransmission"] == 1
    assert found.times is not None and found.times.sides[1].repeated == 1


def test_row_5_every_segment_but_the_first_is_a_retransmission(shared_captures: Path) -> None:
    found = course(shared_captures, "tcp_retransmissions")
    assert found.times is not None
    client = found.times.sides[0]
    assert (client.segments, client.repeated) == (6, 5) and client.fresh * 6 == client.sent
    assert found.times.idle_longest == near(4.805)


def test_rows_6_and_7_how_long_the_window_was_closed(shared_captures: Path) -> None:
    recovered, dead = (course(shared_captures, f"tcp_zerowindow{name}") for name in ("recovery", "dead"))
    assert recovered.times is not None and dead.times is not None
    assert recovered.times.sides[0].closed_window == pytest.approx(0.010005)
    assert not recovered.times.sides[0].still_closed
    assert dead.times.sides[0].closed_window == pytest.approx(23.7315, abs=1e-4)
    assert dead.times.sides[0].still_closed
    assert "window closed for 23.7 s to the end" in sentence(dead)
    assert dead.anomalies["zero_window"] == 4 and dead.anomalies["keep_alive"] == 3


def test_row_8_who_is_slow(shared_captures: Path) -> None:
    found = [course(shared_captures, f"latency{number}").times for number in (1, 2, 3, 4)]
    none, wire, client, server = (times for times in found if times is not None)
    assert [times.slow for times in (none, wire, client, server)] == [None, "wire", "client", "server"]
    assert (wire.connect_server, wire.wire_longest) == (pytest.approx(0.879, abs=5e-4), pytest.approx(1.155, abs=5e-4))
    assert client.client_first == pytest.approx(1.345, abs=5e-4)
    assert server.server_longest == pytest.approx(0.983, abs=5e-4) and server.wire == pytest.approx(0.0479, abs=5e-4)


def test_row_16_a_refused_connection_has_no_times(shared_captures: Path) -> None:
    found = course(shared_captures, "tcp_refuseconnection")
    assert found.state.name == "refused" and found.refused_after == pytest.approx(0.0013, abs=1e-4)
    assert found.times is not None and found.times.parts == 0


def test_row_17_the_printer_that_stops(shared_captures: Path) -> None:
    found = course(shared_captures, "inconsistent_printer")
    assert {name: found.anomalies[name] for name in ("window_full", "window_update")} == {
        "window_full": 3, "window_update": 5,
    }  # fmt: skip
    assert found.times is not None and found.times.sides[0].repeated == 2
    assert found.times.idle_longest == pytest.approx(5.6, abs=0.01) and found.state.name == "open"


def test_row_18_the_zone_transfer_that_never_connects(shared_captures: Path) -> None:
    found = course(shared_captures, "stranded_branchdns")
    assert found.state.name == "unanswered" and (found.client, found.server) == ("172.16.16.251", "172.16.16.250")


def test_row_19_dns_over_tcp(shared_captures: Path) -> None:
    for name in ("dns_axfr", "dns_tcp"):
        found = course(shared_captures, name)
        assert found.times is not None and found.times.answers >= 1 and found.rtt is not None


def test_bytes_that_were_sent_again_are_told_once(tmp_path: Path) -> None:
    steps = [*OPENING, (0.1, "c", "PA", 500), (0.3, "c", "PAagain", 500), (0.1, "s", "A", 0)]
    found = load(tmp_path / "x.pcap", packets_of(steps)).find("tcp", 0)
    assert found is not None and found.payload == (1000, 0)
    assert "500 bytes from the client, 0 bytes from the server, 1 retransmission" in sentence(found)
