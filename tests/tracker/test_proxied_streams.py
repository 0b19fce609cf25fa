"""SOCKS connections take a second stream number for what they carry, as tshark's do (each case was held against it)."""

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

Steps = list[tuple[int, bytes]]
AGREED: Steps = [(0, b"\5\1\0"), (1, b"\5\0")]
REQUEST, REPLY = (0, b"\5\1\0\1\1\2\3\4\0\x51"), (1, b"\5\0\0\1\1\2\3\4\0\x51")
DATA = (0, b"hello")
SOCKS4: Steps = [(0, b"\4\1\0\x51\1\2\3\4\0"), (1, b"\0\x5a\0\x51\1\2\3\4")]
PASSWORD: Steps = [(0, b"\5\2\0\2"), (1, b"\5\2"), (0, b"\1\1a\1b"), (1, b"\1\0")]


def connection(steps: Steps, client: int = 40000, server: int = 1080, sequence: int = 1000) -> list[Packet]:
    """SYN and SYN+ACK, then one segment a step: (0 from the client, 1 from the server; payload)."""
    found: list[Packet] = []
    following = [sequence, 5000]
    for side, flags, data in [(0, "S", b""), (1, "SA", b""), *((side, "PA", data) for side, data in steps)]:
        ends = [("10.0.0.1", client), ("10.0.0.2", server)]
        (source, sport), (destination, dport) = ends[side], ends[1 - side]
        segment = TCP(sport=sport, dport=dport, flags=flags, seq=following[side], ack=following[1 - side])
        found.append(Ether() / IP(src=source, dst=destination) / segment / Raw(data))
        following[side] += len(data) + ("S" in flags)
    return found


def streams(folder: Path, packets: list[Packet]) -> list[int]:
    wrpcap(str(folder / "x.pcap"), packets)
    capture = Capture([str(folder / "x.pcap")])
    capture.load_all()
    numbers = capture.table["stream"].tolist()
    assert capture.tracker.tcp_streams_seen == len(set(numbers))
    return numbers


@pytest.mark.parametrize(
    ("steps", "taken"),
    [
        ([*AGREED, REQUEST, REPLY, DATA, DATA], 1),
        ([*AGREED, REQUEST, REPLY, (1, b"220 hello"), DATA], 1),
        ([*AGREED, REQUEST, (1, b"\5\5\0\1\1\2\3\4\0\x51"), DATA], 1),
        ([*AGREED, REQUEST, DATA], 0),
        ([*AGREED, REQUEST, REPLY], 0),
        ([*AGREED, (0, b"\5\2" + REQUEST[1][2:]), REPLY, DATA], 0),
        ([*AGREED, (0, b"\5\3" + REQUEST[1][2:]), REPLY, DATA], 0),
        ([*PASSWORD, REQUEST, REPLY, DATA], 1),
        ([(0, b"\5\1\1"), (1, b"\5\1"), (0, b"\1\1\0\2ab"), (1, b"\1\1\0\2ab"), REQUEST, REPLY, DATA], 0),
        ([(0, b"\5\1\0"), (1, b"\5\xff"), REQUEST, REPLY, DATA], 0),
        ([*AGREED, (0, b"\5\1\0\3\4a.de\0\x51"), REPLY, DATA], 1),
        ([*AGREED, (0, b"\5\1\0\4" + bytes(16) + b"\0\x51"), REPLY, DATA], 1),
        ([*SOCKS4, DATA], 1),
        ([SOCKS4[0], (1, b"\0\x5b\0\x51\1\2\3\4"), DATA], 0),
        ([DATA, (1, b"xx"), DATA, DATA], 0),
        ([(1, b"\5\0"), *AGREED, REQUEST, REPLY, DATA], 0),
        ([*AGREED, (0, REQUEST[1][:5]), (0, REQUEST[1][5:]), REPLY, DATA], 0),
        ([(0, b"\5"), (0, b"\1\0"), (1, b"\5\0"), REQUEST, REPLY, DATA], 1),
        ([*AGREED, (0, b"\5\1\0\1\1\2\3\4\4\x38"), REPLY, DATA], 0),
        ([*AGREED, (0, REQUEST[1] + b"more"), (1, REPLY[1] + b"more")], 0),
    ],
)
def test_the_number_behind_a_proxied_connection_is_taken(tmp_path: Path, steps: Steps, taken: int) -> None:
    packets = [*connection(steps), *connection([], 50000, 81)]
    assert streams(tmp_path, packets) == [0] * (len(steps) + 2) + [1 + taken] * 2


def test_only_port_1080_is_a_proxys(tmp_path: Path) -> None:
    steps = [*AGREED, REQUEST, REPLY, DATA]
    assert streams(tmp_path, [*connection(steps, server=2000), *connection([], 50000, 81)])[-1] == 1


def test_a_real_connection_with_the_ports_asked_for_shares_the_number(tmp_path: Path) -> None:
    proxied, real = connection([*AGREED, REQUEST, REPLY, DATA]), connection([DATA], server=81)
    wrpcap(str(tmp_path / "x.pcap"), [*proxied, *real])
    capture = Capture([str(tmp_path / "x.pcap")])
    capture.load_all()
    assert capture.table["stream"].tolist() == [0] * len(proxied) + [1] * len(real)
    assert streams(tmp_path, [*real, *proxied, *connection([], 50000, 82)])[-1] == 2


def test_each_connection_takes_its_own(tmp_path: Path) -> None:
    steps = [*AGREED, REQUEST, REPLY, DATA]
    packets = [*connection(steps), *connection(steps, 40001), *connection([], 50000, 81)]
    assert sorted(set(streams(tmp_path, packets))) == [0, 2, 4]


def test_repeated_segments_do_not_move_the_dialog(tmp_path: Path) -> None:
    packets = connection([*AGREED, REQUEST, REPLY, DATA])
    twice = [packet for packet in packets for _ in range(2)]
    assert streams(tmp_path, [*twice, *connection([], 50000, 81)])[-1] == 2


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 1), st.binary(min_size=1, max_size=30)), max_size=6), st.booleans())
def test_any_bytes_to_a_proxy_leave_one_stream(tmp_path_factory, steps: Steps, greeted: bool) -> None:
    packets = connection([*AGREED, *steps] if greeted else steps)
    assert set(streams(tmp_path_factory.mktemp("s"), packets)) == {0}
