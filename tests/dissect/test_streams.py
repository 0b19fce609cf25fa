"""The engine that runs application dissectors along a TCP stream."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pcaptui.dissect import scan
from pcaptui.dissect.pdus import Flow, Pdu
from pcaptui.dissect.streams import StreamRows
from pcaptui.protocols import registry
from pcaptui.protocols.packet import UNTIL_FIN, Conversation, Packet
from pcaptui.protocols.registry import REJECT
from pcaptui.protocols.tcpstream import hold, messages, need

PIECE = " [TCP segment of a reassembled PDU]"
TEST_PORT = 4
FIN = {"flags": 17}
registry.load()


def counted(packet: Packet, data: bytes, conversation: Conversation, direction: int) -> int:
    """A made-up protocol: one byte of length, that many bytes of text."""

    def message(packet: Packet, data: bytes) -> None:
        seen = packet.info[packet.fence :]
        packet.set("COUNT", f"{seen}{'|' if seen else ''}{data[1:].decode('latin-1')}")

    return messages(packet, data, 1, lambda data, at: 1 + data[at], message)


@pytest.fixture(autouse=True)
def made_up_protocol(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(registry.tcp_ports, TEST_PORT, counted)


def use(monkeypatch: pytest.MonkeyPatch, dissector: Callable[[Packet, bytes, Conversation, int], int]) -> None:
    monkeypatch.setitem(registry.tcp_ports, TEST_PORT, dissector)


def test_whole_messages_show_in_their_segment(talk: Any) -> None:
    assert talk(TEST_PORT).client(b"\3abc", b"\1x\1y").rows() == [("COUNT", "abc"), ("COUNT", "x|y")]


def test_a_message_shows_in_the_segment_that_completes_it(talk: Any) -> None:
    rows = talk(TEST_PORT).client(b"\6ab", b"cd", b"ef").rows()
    assert rows == [("", PIECE), ("", PIECE), ("COUNT", "abcdef")]


def test_a_tail_that_waits_leaves_the_row_of_what_was_complete(talk: Any) -> None:
    rows = talk(TEST_PORT).client(b"\1a\3bc", b"d\2e", b"f").rows()
    assert rows == [("COUNT", "a"), ("COUNT", "bcd"), ("COUNT", "ef")]


@pytest.mark.parametrize("cut", range(1, 12))
def test_any_cut_gives_the_same_messages(talk: Any, cut: int) -> None:
    data = b"\3abc\1d\5efghi"
    rows = talk(TEST_PORT).client(data[:cut], data[cut:]).rows()
    assert "".join(text for protocol, text in rows if protocol).replace("|", "") == "abcdefghi"


@given(st.lists(st.binary(max_size=20), min_size=1, max_size=8), st.data())
def test_any_segmentation_gives_the_same_messages(talk_type: Any, bodies: list[bytes], data: Any) -> None:
    stream = b"".join(bytes([len(body)]) + body for body in bodies)
    cuts = sorted(data.draw(st.sets(st.integers(0, len(stream)), max_size=10)) | {0, len(stream)})
    seen: list[bytes] = []

    def collect(packet: Packet, data: bytes, conversation: Conversation, direction: int) -> int:
        packet.set("COUNT", "")
        return messages(packet, data, 1, lambda d, at: 1 + d[at], lambda _, message: seen.append(message[1:]))

    registry.tcp_ports[TEST_PORT] = collect
    talk_type(TEST_PORT).client(*(stream[a:b] for a, b in pairwise(cuts))).rows()
    assert seen == bodies


@pytest.fixture(scope="session")
def talk_type() -> Any:
    from importlib import util  # the class of tests/conftest.py, for tests that make many streams
    from pathlib import Path

    spec = util.spec_from_file_location("talk_conftest", Path(__file__).parent.parent / "conftest.py")
    assert spec is not None and spec.loader is not None
    module = util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.Talk


def test_lost_bytes_cost_their_message_only(talk: Any) -> None:
    stream = talk(TEST_PORT).client(b"\6ab").lose(0, 2).client(b"ef", b"\1x")
    assert stream.rows() == [("", PIECE), ("", PIECE), ("COUNT", "x")]


def test_lost_bytes_that_come_later_complete_the_message(talk: Any) -> None:
    stream = talk(TEST_PORT).client(b"\6ab").lose(0, 2).client(b"ef").send(0, b"cd", sequence=4)
    assert stream.rows()[2] == ("COUNT", "abcdef")


def test_retransmissions_are_left_alone(talk: Any) -> None:
    stream = talk(TEST_PORT).client(b"\3ab").send(0, b"\3ab", sequence=1, dissect=False).client(b"c")
    assert stream.rows() == [("", PIECE), ("", ""), ("COUNT", "abc")]


def test_the_two_directions_do_not_mix(talk: Any) -> None:
    rows = talk(TEST_PORT).client(b"\3ab").server(b"\2x").client(b"c").server(b"y").rows()
    assert rows[2:] == [("COUNT", "abc"), ("COUNT", "xy")]


def test_sequence_numbers_may_wrap(talk: Any) -> None:
    stream = talk(TEST_PORT).send(0, b"\3ab", sequence=0xFFFFFFFE).send(0, b"c", sequence=1)
    assert stream.rows()[1] == ("COUNT", "abc")


def test_a_payload_captured_in_part_is_not_waited_for(talk: Any) -> None:
    stream = talk(TEST_PORT).send(0, b"\6ab", length=7).client(b"\1x")
    assert stream.rows() == [("COUNT", "ab"), ("COUNT", "x")]


def test_a_message_may_last_until_fin(talk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def rest(packet: Packet, data: bytes, conversation: Conversation, direction: int) -> int:
        packet.set("REST", f"{packet.held or ''}{data.decode()}")
        return hold(packet, 0, data.decode(), UNTIL_FIN) if packet.reassemble else len(data)

    use(monkeypatch, rest)
    rows = talk(TEST_PORT).client(b"abc", b"defg").send(0, **FIN).rows()
    assert rows == [("TCP", "abc" + PIECE), ("", PIECE), ("REST", "abc")]


@pytest.mark.parametrize(("before", "expected"), [(b"", "abc"), (b"xy", "xyabc")])
def test_a_message_that_lasts_until_fin_may_begin_with_it(
    talk: Any, monkeypatch: pytest.MonkeyPatch, before: bytes, expected: str
) -> None:
    def rest(packet: Packet, data: bytes, conversation: Conversation, direction: int) -> int:
        if data[-1:] == b"y":
            return need(packet, 0)
        packet.set("REST", f"{packet.held or ''}{data.decode()}")
        return hold(packet, 0, data.decode(), UNTIL_FIN) if packet.reassemble else len(data)

    use(monkeypatch, rest)
    stream = talk(TEST_PORT).client(before) if before else talk(TEST_PORT)
    assert stream.send(0, b"abc", **FIN).rows()[-1] == ("REST", expected)


def test_held_messages_skip_bytes_without_keeping_them(talk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    turns: list[int] = []

    def skipping(packet: Packet, data: bytes, conversation: Conversation, direction: int) -> int:
        turns.append(len(data))
        packet.set("SKIP", "head")
        if packet.held is None and data[:1] == b"h":
            return hold(packet, 0, "h", 10 - len(data))
        packet.held = None
        return len(data)

    use(monkeypatch, skipping)
    rows = talk(TEST_PORT).client(b"hab", b"cde", b"fghi", b"x").rows()
    assert [protocol for protocol, _ in rows] == ["TCP", "", "SKIP", "SKIP"]
    assert turns == [3, 0, 1]


def test_a_dissector_that_raises_is_contained(talk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(packet: Packet, data: bytes, conversation: Conversation, direction: int) -> int:
        packet.set("BROKEN", "as far as")
        raise ValueError(data)

    use(monkeypatch, broken)
    assert talk(TEST_PORT).client(b"x").rows() == [("BROKEN", "as far as[Malformed Packet]")]


def test_a_dissector_that_answers_nonsense_does_not_stop_the_engine(talk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def nonsense(packet: Packet, data: bytes, conversation: Conversation, direction: int) -> int:
        packet.want = -7
        return len(data) * 3 - 4

    use(monkeypatch, nonsense)
    assert len(talk(TEST_PORT).client(*[b"ab"] * 20).rows()) == 20


def test_a_stream_that_is_rejected_stays_tcp(talk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, lambda packet, data, conversation, direction: REJECT)
    assert talk(TEST_PORT).client(b"\0\1\2").rows() == [("", "")]


def test_a_dissector_is_found_by_looking(talk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    looks = [(lambda packet, data, conversation, direction: data[:1] == b"\3", counted)]
    monkeypatch.setattr(registry, "tcp_heuristics", looks)
    rows = talk(60001).client(b"?", b"\3abc", b"\1d").rows()
    assert rows == [("", ""), ("COUNT", "abc"), ("COUNT", "d")]


def test_endless_waiting_is_given_up(talk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    sizes: list[int] = []

    def greedy(packet: Packet, data: bytes, conversation: Conversation, direction: int) -> int:
        sizes.append(len(data))
        return need(packet, 0)

    use(monkeypatch, greedy)
    talk(TEST_PORT).client(*[bytes(60_000)] * 20).rows()
    assert max(sizes) < 500_000


def test_rows_are_the_same_in_any_order(talk: Any) -> None:
    stream = talk(TEST_PORT).client(b"\6ab", b"cd", b"ef", b"\1x", b"\2y")
    engine = StreamRows(stream)
    backwards = {index: stream.text(engine.app_row(0, index)) for index in reversed(range(5))}
    assert [backwards[index] for index in range(5)] == stream.rows()


def test_a_row_far_behind_is_made_with_a_budget(talk: Any) -> None:
    stream = talk(TEST_PORT).client(*[b"\1a"] * 100)
    scanned: list[int] = []
    whole = stream.segment
    stream.segment = lambda index: scanned.append(index) or whole(index)
    row = StreamRows(stream).app_row(0, 90, budget=10)
    assert row is not None and row.provisional and row.info == "a"
    assert len(scanned) <= 10


def test_within_the_budget_rows_are_final(talk: Any) -> None:
    stream = talk(TEST_PORT).client(*[b"\1a"] * 20)
    row = StreamRows(stream).app_row(0, 9, budget=10)
    assert row is not None and not row.provisional


def test_a_growing_stream_is_asked_for_again(talk: Any) -> None:
    stream = talk(TEST_PORT).client(b"\1a")
    engine = StreamRows(stream)
    assert stream.text(engine.app_row(0, 0)) == ("COUNT", "a")
    stream.client(b"\1b")
    assert stream.text(engine.app_row(0, 1)) == ("COUNT", "b")


def test_rows_kept_are_bounded(talk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scan, "ROWS", 10)
    stream = talk(TEST_PORT).client(*[b"\1a"] * 50)
    engine = StreamRows(stream)
    engine.app_row(0, 49)
    assert len(engine._scan(0, False).rows) <= 10
    assert stream.text(engine.app_row(0, 3, budget=100)) == ("COUNT", "a")


def test_an_overlong_message_is_followed_without_keeping_it() -> None:
    pdu = Pdu(0, b"x" * 10, 100 << 20, None)
    for at in range(10, 1000, 10):
        pdu.add(at, b"y" * 10)
    assert pdu.have == 1000 and sum(map(len, pdu.kept)) <= 10


def test_a_flow_remembers_few_unfinished_messages() -> None:
    flow = Flow()
    for start in range(0, 1000, 10):
        flow.begin(start, b"x", 5, None)
    assert len(flow.pdus) <= 8


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(sorted(registry.tcp_ports)),
    st.lists(
        st.tuples(st.integers(0, 1), st.binary(max_size=60), st.sampled_from([24, 17, 2, 18, 4]), st.integers(-3, 40)),
        max_size=8,
    ),
)
def test_nothing_escapes_whatever_is_said(talk_type: Any, port: int, says: list[tuple[int, bytes, int, int]]) -> None:
    stream = talk_type(port)
    for direction, payload, flags, gap in says:
        stream.lose(direction, gap).send(direction, payload, flags=flags)
    for protocol, text in stream.rows():
        assert isinstance(protocol, str) and isinstance(text, str)


def test_the_servers_port_is_asked_before_the_lower_one(talk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def other(packet: Packet, data: bytes, conversation: Conversation, direction: int) -> int:
        packet.set("OTHER", "")
        return len(data)

    monkeypatch.setitem(registry.tcp_ports, 40000, other)
    monkeypatch.setitem(registry.tcp_ports, 50000, counted)
    assert talk(50000).client(b"\1a").rows() == [("COUNT", "a")]
