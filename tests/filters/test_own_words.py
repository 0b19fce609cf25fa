"""Words of our own: a packet's phase and what became of its conversation."""

from __future__ import annotations

import numpy as np
import pytest
from scapy.layers.inet import IP, TCP
from scapy.layers.l2 import Ether
from scapy.utils import wrpcap

from pcaptui.capture import Capture
from pcaptui.filters import compile
from pcaptui.filters.seen import seen

CLIENT, SERVER = "10.0.0.1", "10.0.0.2"


@pytest.fixture(scope="module")
def capture(tmp_path_factory: pytest.TempPathFactory) -> Capture:
    """A connection that is closed by its server (1-7), and one that is refused (8, 9)."""

    def segment(forward: bool, flags: str, seq: int, ack: int, port: int = 80) -> Ether:
        ends = {"src": CLIENT, "dst": SERVER} if forward else {"src": SERVER, "dst": CLIENT}
        ports = {"sport": 5000, "dport": port} if forward else {"sport": port, "dport": 5000}
        return Ether() / IP(**ends) / TCP(**ports, flags=flags, seq=seq, ack=ack)

    packets = [
        segment(True, "S", 100, 0), segment(False, "SA", 900, 101), segment(True, "A", 101, 901),
        segment(False, "FA", 901, 101), segment(True, "A", 101, 902), segment(True, "FA", 101, 902),
        segment(False, "A", 902, 102),
        segment(True, "S", 5, 0, 81), segment(False, "RA", 0, 6, 81),
    ]  # fmt: skip
    for number, packet in enumerate(packets):
        packet.time = 1_600_000_000 + number
    path = tmp_path_factory.mktemp("own") / "two.pcap"
    wrpcap(str(path), packets)
    capture = Capture([str(path)])
    capture.load_all()
    return capture


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ('stream.state == "closed"', [1, 2, 3, 4, 5, 6, 7]),
        ("stream.state == refused", [8, 9]),
        ("stream.state in {refused, reset}", [8, 9]),
        ('phase == "handshake"', [1, 2, 3, 8]),
        ("phase == teardown", [4, 5, 6, 7]),
        ("phase == reset", [9]),
        ('stream.closed_by == "server" and tcp.flags.fin == 1', [4, 6]),
        ("stream.packets == 7", [1, 2, 3, 4, 5, 6, 7]),
        ("stream.duration > 5 and tcp.flags.syn == 1", [1, 2]),
        ('stream.server contains "0.0.2" and phase != handshake', [4, 5, 6, 7, 9]),
        ('not stream.client == "10.0.0.1"', []),
        ('finding == "tcp-refused"', [8, 9]),
        ('finding.severity == "error" and phase == reset', [9]),
        ('finding and stream.state == "refused"', [8, 9]),
        ('finding contains "fused" and not finding == "tcp-unanswered"', [8, 9]),
    ],
)
def test_words_of_our_own(capture: Capture, text: str, numbers: list[int]) -> None:
    assert (np.flatnonzero(compile(text).run(capture)) + 1).tolist() == numbers


@pytest.mark.parametrize(
    ("name", "begun", "values"),
    [
        ("stream.state", "", ['"closed"', '"refused"']),
        ("phase", "te", ['"teardown"']),
        ("finding", "tcp-ref", ['"tcp-refused"']),
        ("stream.client", "10", ['"10.0.0.1"']),
    ],
)
def test_values_of_our_own_words_are_offered(capture: Capture, name: str, begun: str, values: list[str]) -> None:
    assert seen(capture, name, begun) == values
