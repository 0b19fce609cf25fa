"""Lives, phases and words of conversations: from hand-made packets and from the case books' captures."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scapy.layers.inet import IP, TCP, UDP
from scapy.layers.l2 import Ether
from scapy.packet import Raw
from scapy.utils import wrpcap

from pcaptui.capture import Capture
from pcaptui.tracker.conversations import Conversation, Conversations
from pcaptui.tracker.lifecycle import State
from pcaptui.tracker.phases import Phase
from pcaptui.tracker.words import duration, sentence, size

Step = tuple[str, str, int]  # "c" or "s", flags, payload length


def conversations_of(path: Path) -> Conversations:
    capture = Capture([str(path)])
    capture.load_all()
    return capture.conversations()


def play(folder: Path, steps: list[Step]) -> Conversations:
    """A conversation of one client (10.0.0.1:50000) with one server (10.0.0.2:80), 10 ms between packets."""
    packets, sequence = [], {"c": 1000, "s": 5000}
    for number, (side, flags, length) in enumerate(steps):
        other = "s" if side == "c" else "c"
        ends = (("10.0.0.1", 50000), ("10.0.0.2", 80))
        (source, sport), (destination, dport) = ends if side == "c" else ends[::-1]
        if "S" in flags:
            sequence[side] = 1000 if side == "c" else 5000
        tcp = TCP(sport=sport, dport=dport, flags=flags, seq=sequence[side], ack=sequence[other] if "A" in flags else 0)
        packet = Ether(src="02:00:00:00:00:01", dst="02:00:00:00:00:02") / IP(src=source, dst=destination) / tcp
        packet = packet / Raw(bytes(length)) if length else packet
        packet.time = 1 + number / 100
        packets.append(packet)
        sequence[side] += length + ("S" in flags) + ("F" in flags)
    path = folder / "x.pcap"
    wrpcap(str(path), packets)
    return conversations_of(path)


def the_one(found: Conversations) -> Conversation:
    conversation = found.find("tcp", 0)
    assert conversation is not None
    return conversation


OPENING: list[Step] = [("c", "S", 0), ("s", "SA", 0), ("c", "A", 0)]
DATA: list[Step] = [("c", "PA", 100), ("s", "A", 0), ("s", "PA", 300), ("c", "A", 0)]
CASES: dict[str, tuple[list[Step], State, str | None, str]] = {
    "orderly, client first": (
        [*OPENING, *DATA, ("c", "FA", 0), ("s", "FA", 0), ("c", "A", 0)],
        State.closed,
        "client",
        "closed by the client first",
    ),
    "orderly, server first": (
        [*OPENING, *DATA, ("s", "FA", 0), ("c", "FA", 0), ("s", "A", 0)],
        State.closed,
        "server",
        "closed by the server first",
    ),
    "half-closed": (
        [*OPENING, *DATA, ("s", "FA", 0), ("c", "A", 0)],
        State.closing,
        "server",
        "half-closed by the server",
    ),
    "reset by the client": ([*OPENING, *DATA, ("c", "R", 0)], State.reset, "client", "reset by the client"),
    "reset behind one FIN": ([*OPENING, ("c", "FA", 0), ("s", "R", 0)], State.reset, "server", "reset by the server"),
    "reset behind both FINs": (
        [*OPENING, ("c", "FA", 0), ("s", "FA", 0), ("c", "R", 0)],
        State.closed,
        "client",
        "closed",
    ),
    "refused": ([("c", "S", 0), ("s", "RA", 0)], State.refused, "server", "refused by the server with RST after 10 ms"),
    "unanswered": ([("c", "S", 0), ("c", "S", 0)], State.unanswered, None, "SYN never answered (2 tries)"),
    "half-open": ([("c", "S", 0), ("s", "SA", 0)], State.opening, None, "half-open"),
    "open": ([*OPENING, *DATA], State.open, None, "100 bytes from the client, 300 bytes from the server, still open"),
    "never used": ([*OPENING], State.open, None, "opened in 10 ms, never used, still open at the end"),
    "simultaneous": ([("c", "S", 0), ("s", "S", 0), ("c", "SA", 0), ("s", "SA", 0)], State.opening, None, ""),
    "begun before": ([("c", "PA", 10), ("s", "A", 0)], State.unknown, None, "began before the capture"),
    "begun before, closed": (
        [("c", "A", 0), ("s", "FA", 0), ("c", "FA", 0)],
        State.closed,
        "server",
        "closed by the server",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_the_end_of_a_conversation(tmp_path: Path, name: str) -> None:
    steps, state, closed_by, words = CASES[name]
    conversation = the_one(play(tmp_path, steps))
    assert (conversation.state, conversation.closed_by) == (state, closed_by)
    assert words in sentence(conversation)


def test_phases_of_a_whole_life(tmp_path: Path) -> None:
    found = play(tmp_path, [*OPENING, *DATA, ("s", "FA", 0), ("c", "A", 0), ("c", "FA", 0), ("s", "A", 0)])
    names = "".join(Phase(phase).name[0] for phase in found.phases().tolist())
    assert names == "hhheeeetttt"
    spans = found.spans("tcp", 0, found.phases())
    assert [(s.phase.name, len(s.packets)) for s in spans] == [("handshake", 3), ("exchange", 4), ("teardown", 4)]
    assert spans[1].duration == pytest.approx(0.03)


def test_a_reset_is_a_phase_of_its_own(tmp_path: Path) -> None:
    phases = play(tmp_path, [*OPENING, ("s", "R", 0)]).phases()
    assert Phase(int(phases[-1])) is Phase.reset


def test_times_and_bytes_are_told_from_the_clients_side(tmp_path: Path) -> None:
    conversation = the_one(play(tmp_path, [*OPENING, *DATA]))
    assert (conversation.client, conversation.client_port) == ("10.0.0.1", 50000)
    assert conversation.payload == (100, 300)
    assert conversation.rtt == pytest.approx(0.01) and conversation.connect == pytest.approx(0.02)
    assert conversation.duration == pytest.approx(0.06)


def test_the_client_of_a_syn_ack_alone_is_who_got_it(tmp_path: Path) -> None:
    assert the_one(play(tmp_path, OPENING[1:])).client_port == 50000


def test_a_udp_conversation_without_answer(tmp_path: Path) -> None:
    path = tmp_path / "u.pcap"
    wrpcap(str(path), [Ether() / IP(src="10.0.0.1", dst="10.0.0.9") / UDP(sport=4000, dport=53) / b"x"] * 2)
    conversation = conversations_of(path).find("udp", 0)
    assert conversation is not None and conversation.state is State.unanswered
    assert sentence(conversation).endswith("no answer")


def test_a_stream_that_is_not_there() -> None:
    found = conversations_of(Path(__file__).parents[2] / "sample_pcaps" / "web-visit.pcapng")
    assert found.find("tcp", 5) is None and found.find("udp", -1) is None


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("cs"), st.sampled_from(["S", "SA", "A", "PA", "FA", "R", "RA", ""]),
                          st.sampled_from([0, 0, 10])), min_size=1, max_size=12))  # fmt: skip
def test_any_order_of_segments_has_a_life(tmp_path_factory: pytest.TempPathFactory, steps: list[Step]) -> None:
    found = play(tmp_path_factory.mktemp("any"), steps)
    told = list(found.all())
    assert sum(conversation.packets for conversation in told) == len(steps)
    for conversation in told:
        assert sentence(conversation)
        spans = found.spans(conversation.kind, conversation.number, found.phases())
        assert sum(len(span.packets) for span in spans) == conversation.packets


def test_the_visit_tells_who_closed_and_what_was_never_used(sample: Path) -> None:
    found = conversations_of(sample)
    unused, used = found.find("tcp", 3), found.find("tcp", 4)
    assert unused is not None and used is not None
    assert sentence(unused) == "opened in 4.9 ms, never used, still open at the end"
    told = sentence(used, [("GET / → 200 OK", 0.007612)])
    assert told == "opened in 3.8 ms, GET / → 200 OK in 7.6 ms, closed by the server first"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("nowebaccess2", "refused by the server with RST after 161 µs"),
        ("nowebaccess3", "SYN never answered (3 tries)"),
        ("tcp_refuseconnection", "refused by the server"),
        ("tcp_zerowindowdead", "4 zero windows, 3 keep-alives"),
        ("latency2", "opened in 879 ms"),
    ],
)
def test_the_course(shared_captures: Path, name: str, words: str) -> None:
    conversation = the_one(conversations_of(shared_captures / "ppa" / f"{name}.pcapng"))
    assert words in sentence(conversation)


@pytest.mark.parametrize(("count", "words"), [(1, "window full once"), (3, "window full 3 times")])
def test_full_windows_are_counted_as_people_say_it(sample: Path, count: int, words: str) -> None:
    conversation = conversations_of(sample).find("tcp", 4)
    assert conversation is not None
    conversation.anomalies["window_full"] = count
    assert f", {words}, " in sentence(conversation)


def test_times_and_sizes_in_words() -> None:
    told = [duration(s) for s in (0, 0.0000123, 0.0038, 0.131, 0.99949, 1.3451, 23.74, 125, 7384)]
    assert told == ["0 µs", "12 µs", "3.8 ms", "131 ms", "999 ms", "1.35 s", "23.7 s", "2 min 5 s", "2 h 3 min"]
    assert [size(n) for n in (1, 999, 1000, 155_764, 3_000_000_000)] == [
        "1 byte",
        "999 bytes",
        "1 kB",
        "156 kB",
        "3 GB",
    ]
