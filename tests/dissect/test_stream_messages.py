"""Which bytes of a stream each call of a dissector took, and the messages of one packet."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from scapy.layers.inet import IP, TCP
from scapy.layers.l2 import Ether
from scapy.packet import Raw
from scapy.utils import wrpcap

from pcaptui.capture import Capture
from pcaptui.dissect import takes
from pcaptui.dissect.rows import Rows
from pcaptui.dissect.stream_messages import StreamMessages
from pcaptui.dissect.takes import Caller, Takes, small_facts
from pcaptui.fields.context import Message
from pcaptui.protocols import registry
from pcaptui.protocols.packet import UNTIL_FIN, Conversation, Packet
from pcaptui.protocols.registry import REJECT
from pcaptui.protocols.tcpstream import hold, messages, need

PORT = 4
Ask = Callable[..., list[list[Message]]]
registry.load()


def counted(packet: Packet, data: bytes, conversation: Conversation, direction: int) -> int:
    """A made-up protocol: one byte of length, that many bytes of text."""
    if data[:1] == b"\xff":
        return REJECT
    conversation.state["asked"] = conversation.state.get("asked", 0) + 1
    packet.layers.append("count")
    return messages(packet, data, 1, lambda data, at: 1 + data[at], lambda packet, data: packet.set("COUNT", "yes"))


def to_the_end(packet: Packet, data: bytes, conversation: Conversation, direction: int) -> int:
    """A made-up protocol that keeps nothing and ends with the stream."""
    if packet.held is None and packet.reassemble:
        return hold(packet, 0, "held", UNTIL_FIN)
    packet.set("END", "")
    return len(data)


def lines(packet: Packet, data: bytes, conversation: Conversation, direction: int) -> int:
    return len(data) if data.endswith(b"\n") or not packet.reassemble else need(packet, 0)


@pytest.fixture
def ask(tmp_path: Path) -> Ask:
    """The messages of every packet of a stream: payloads of a client, or (payload, changes to the header)."""

    def of(*payloads: Any, budget: int | None = None, order: list[int] | None = None) -> list[list[Message]]:
        frames, sequence = [], 1
        for at, one in enumerate(payloads):
            payload, changes = one if isinstance(one, tuple) else (one, {})
            header = {"flags": "PA", "seq": sequence, "sport": 40000, "dport": PORT, **changes}
            ends = Ether(src="02:00:00:00:00:01", dst="02:00:00:00:00:02") / IP(src="10.0.0.1", dst="10.0.0.2")
            frame = ends / TCP(**header) / Raw(payload)
            frame.time = 1000 + at
            frames.append(frame)
            sequence = max(sequence, header["seq"] + len(payload))
        wrpcap(str(tmp_path / "made.pcap"), frames)
        capture = Capture([str(tmp_path / "made.pcap")])
        capture.load_all()
        told = StreamMessages(capture, Rows(capture, budget).streams, budget)
        found = {index: told.of(index) for index in order or range(len(frames))}
        capture.close()
        return [found.get(index, []) for index in range(len(frames))]

    return of


@pytest.fixture(autouse=True)
def made_up_protocol(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(registry.tcp_ports, PORT, counted)


def spans(found: list[Message]) -> list[tuple[int, int, bool]]:
    return [(message.start, message.length, message.waits) for message in found]


def test_a_message_in_one_segment_is_told_alone(ask: Ask) -> None:
    message = ask(b"\3abc")[0][0]
    assert (message.start, message.length, message.data, message.waits) == (0, 4, None, False)
    assert (message.protocol, message.layer, message.completed_by) == ("test_stream_messages", "count", 1)
    assert message.sizes == (0,)


def test_several_messages_taken_at_once_have_their_sizes(ask: Ask) -> None:
    assert ask(b"\3abc\1d\0")[0][0].sizes == (4, 2, 1)


def test_a_message_over_segments_has_its_bytes_and_their_places(ask: Ask) -> None:
    found = ask(b"\2ab\6cd", b"ef", b"gh\1i")
    assert spans(found[0]) == [(0, 3, False), (3, 3, True)]
    assert spans(found[1]) == [(0, 2, True)]
    assert spans(found[2]) == [(0, 2, False), (2, 2, False)]
    assert [message.completed_by for message in found[0] + found[1]] == [1, 3, 3]
    whole = found[2][0]
    assert whole.data == b"\6cdefgh"
    assert [(piece.number, piece.start, piece.length) for piece in whole.pieces] == [(1, 0, 3), (2, 3, 2), (3, 5, 2)]


def test_a_message_that_nobody_completes_waits(ask: Ask) -> None:
    found = ask(b"\6cd", b"ef")
    assert [(message.waits, message.completed_by) for message in found[0] + found[1]] == [(True, 0), (True, 0)]


def test_repeated_segments_have_no_messages_and_give_no_bytes(ask: Ask) -> None:
    found = ask(b"\5ab", (b"\5ab", {"seq": 1}), b"cde")
    assert found[1] == []
    assert found[2][0].data == b"\5abcde"
    assert [piece.number for piece in found[2][0].pieces] == [1, 3]


def test_rejected_bytes_have_no_message(ask: Ask) -> None:
    assert ask(b"\xffabc") == [[]]


def test_a_message_until_the_end_is_completed_by_fin(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(registry.tcp_ports, PORT, to_the_end)
    found = ask(b"abc", b"de", (b"", {"flags": "FA"}))
    assert [message.completed_by for message in found[0] + found[1]] == [3, 3]
    assert found[2][0].data == b"abcde"


def test_facts_are_those_from_before_the_call(ask: Ask) -> None:
    found = ask(b"\1a", b"\1b")
    assert found[0][0].facts == {}
    assert found[1][0].facts == {"asked": 1}


def test_a_message_tried_again_with_every_segment_is_one(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(registry.tcp_ports, PORT, lines)
    found = ask(b"a", b"b", b"c\n")
    assert found[2][0].data == b"abc\n"
    assert [message.completed_by for message in found[0] + found[1]] == [3, 3]


def test_far_into_a_stream_only_what_is_near_is_dissected(ask: Ask) -> None:
    found = ask(*[b"\3abc"] * 60, b"\6cd", b"efgh", budget=10, order=[60, 61])
    assert spans(found[60]) == [(0, 3, True)]
    assert found[60][0].completed_by == 62
    assert found[61][0].data == b"\6cdefgh"


def test_any_order_of_asking_gives_the_same(ask: Ask) -> None:
    payloads = [b"\2ab\6cd", b"ef", b"gh\1i", b"\1z"]
    assert ask(*payloads, order=[3, 1, 0, 2]) == ask(*payloads)


def test_old_takes_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(takes, "KEPT", 4)
    kept = Takes()
    for at in range(5):
        kept.add(at, at, at + 1, 1, Caller("x"))
    assert (len(kept), kept.forgotten) == (3, 1)
    assert not kept.completed(1)
    assert kept.completed(4)[0].start == 4


def test_small_values_of_the_state_are_facts() -> None:
    class Session:
        __slots__ = ("many", "pair", "table", "version")

        def __init__(self) -> None:
            self.version, self.pair, self.many, self.table = 771, [1, 2], list(range(9)), {1: 2}

    state = {"a": 1, "b": "text", "c": b"x" * 5000, "d": {"e": 1}, "tls": Session()}
    assert small_facts(state) == {"a": 1, "b": "text", "tls.version": 771, "tls.pair": (1, 2)}
