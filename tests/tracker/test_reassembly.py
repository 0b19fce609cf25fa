"""The reassembled byte streams: what was sent comes back, whatever happened to the segments on the way."""

from __future__ import annotations

import itertools
import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scapy.layers.inet import IP, TCP, UDP, fragment
from scapy.layers.l2 import Ether
from scapy.layers.vxlan import VXLAN
from scapy.packet import Packet, Raw
from scapy.utils import wrpcap

from pcaptui.capture import Capture
from pcaptui.tracker.bytestream import Arrangement, SegmentColumns, arrange
from pcaptui.tracker.reassembly import Plan, follow_plan

FIN, SYN, ACK, PSH = 1, 2, 16, 8


class Wire:
    """Segments of a stream made by hand: rows of (direction, sequence, payload, flags, acknowledgment)."""

    def __init__(self, first: Sequence[int] = (0, 0)) -> None:
        self.first = first
        self.rows: list[tuple[int, int, bytes, int, int]] = []
        for direction in (0, 1):
            self.add(direction, -1, b"", SYN)

    def add(self, direction: int, at: int, payload: bytes, flags: int = 0, ack: int | None = None) -> Wire:
        """A segment whose payload begins `at` bytes behind the SYN; `ack`: so many bytes of the other side."""
        sequence = (self.first[direction] + 1 + at) % 2**32
        acknowledgment = 0 if ack is None else (self.first[1 - direction] + 1 + ack) % 2**32
        self.rows.append((direction, sequence, payload, flags | (ACK if ack is not None else 0), acknowledgment))
        return self

    def arrange(self) -> Arrangement:
        direction, sequence, payload, flags, ack = zip(*self.rows, strict=True)
        bits = np.array(flags)
        syn = bits & SYN != 0
        columns = SegmentColumns(
            np.array(direction, np.uint8), np.array(sequence, np.uint32) + syn.astype(np.uint32), syn, bits & FIN != 0,
            np.array([len(data) for data in payload], np.int64), np.array(ack, np.uint32), bits & ACK != 0,
        )  # fmt: skip
        return arrange(columns)

    def read(self) -> list[tuple[int, bytes | int]]:
        """What a reader gets: (direction, bytes or size of a gap), each direction checked to be without holes."""
        plan, found, reached = self.arrange(), [], [0, 0]
        for row, start, end, missing in zip(plan.row, plan.start, plan.end, plan.missing, strict=True):
            direction, _, payload, _, _ = self.rows[row]
            assert start == reached[direction] < end
            reached[direction] = end
            skip = start - plan.position[row]
            found.append((direction, int(end - start) if missing else payload[skip : skip + end - start]))
        return found

    def side(self, direction: int) -> list[bytes | int]:
        return [what for side, what in self.read() if side == direction]


def joined(parts: Sequence[bytes | int]) -> bytes:
    return b"".join(part if isinstance(part, bytes) else b"?" * part for part in parts)


@st.composite
def cuts(draw: st.DrawFn) -> tuple[bytes, list[tuple[int, int]]]:
    """A message and pieces (start, end) that cover it, some of them overlapping or repeated."""
    size = draw(st.integers(1, 300))
    borders = sorted({0, size, *draw(st.lists(st.integers(0, size), max_size=12))})
    pieces = list(itertools.pairwise(borders))
    extra = st.tuples(st.integers(0, size - 1), st.integers(1, 60)).map(lambda p: (p[0], min(p[0] + p[1], size)))
    pieces += draw(st.lists(extra, max_size=6)) + draw(st.lists(st.sampled_from(pieces), max_size=4))
    return bytes(draw(st.binary(min_size=size, max_size=size))), draw(st.permutations(pieces))


sequence_numbers = st.one_of(st.integers(0, 2**32 - 1), st.integers(2**32 - 300, 2**32 - 1))


@given(cuts(), cuts(), sequence_numbers, sequence_numbers, st.randoms(use_true_random=False))
def test_all_bytes_come_back_whatever_order_repetition_and_overlap(
    one: tuple[bytes, list[tuple[int, int]]], two: tuple[bytes, list[tuple[int, int]]], a: int, b: int, random: Any
) -> None:
    wire = Wire((a, b))
    sent = [(0, *piece) for piece in one[1]] + [(1, *piece) for piece in two[1]]
    random.shuffle(sent)
    for direction, start, end in sent:
        wire.add(direction, start, (one, two)[direction][0][start:end])
    assert joined(wire.side(0)) == one[0]
    assert joined(wire.side(1)) == two[0]


@given(cuts(), sequence_numbers, st.data())
def test_lost_parts_are_gaps_of_the_right_size(
    message: tuple[bytes, list[tuple[int, int]]], first: int, data: st.DataObject
) -> None:
    body, pieces = message
    arrived = [piece for piece in pieces if data.draw(st.booleans())]
    wire = Wire((first, 0))
    for start, end in arrived:
        wire.add(0, start, body[start:end])
    wire.add(0, len(body), b"", FIN, ack=0)
    known = bytearray(b"\0" * len(body))
    for start, end in arrived:
        known[start:end] = b"\1" * (end - start)
    at = 0
    for part in wire.side(0):
        if isinstance(part, int):
            assert not any(known[at : at + part])
            at += part
        else:
            assert part == body[at : at + len(part)] and all(known[at : at + len(part)])
            at += len(part)
    assert at == len(body)


@given(
    st.lists(
        st.tuples(st.integers(0, 1), st.integers(0, 2**32 - 1), st.binary(max_size=4), st.integers(0, 31)), max_size=40
    )
)
def test_nonsense_is_arranged_without_holes_and_in_proportion(rows: list[tuple[int, int, bytes, int]]) -> None:
    wire = Wire()
    wire.rows = [(d, s, p, f, (s * 7) % 2**32) for d, s, p, f in rows] or wire.rows
    plan = wire.arrange()
    assert len(plan.row) <= 2 * len(wire.rows) + 2
    for direction in (0, 1):
        mine = np.array([wire.rows[row][0] for row in plan.row]) == direction
        starts, ends = plan.start[mine], plan.end[mine]
        assert (starts[1:] == ends[:-1]).all() and (starts < ends).all() and (starts[:1] == 0).all()


def test_the_reader_gets_bytes_when_they_become_contiguous() -> None:
    wire = Wire().add(0, 0, b"ask").add(1, 3, b"wer").add(0, 3, b"more").add(1, 0, b"ans")
    assert wire.read() == [(0, b"ask"), (0, b"more"), (1, b"ans"), (1, b"wer")]


def test_an_acknowledged_gap_stays_a_gap_at_once() -> None:
    wire = Wire().add(1, 0, b"aa").add(1, 5, b"cc").add(0, 0, b"x", ack=7).add(1, 2, b"bbb").add(1, 7, b"dd")
    assert wire.read() == [(1, b"aa"), (1, 3), (1, b"cc"), (0, b"x"), (1, b"dd")]


def test_a_gap_that_is_not_acknowledged_waits_for_its_bytes() -> None:
    wire = Wire().add(1, 0, b"aa").add(1, 5, b"cc").add(0, 0, b"x", ack=5).add(1, 2, b"bbb")
    assert wire.read() == [(1, b"aa"), (0, b"x"), (1, b"bbb"), (1, b"cc")]


def test_of_bytes_sent_twice_the_first_contiguous_ones_stay() -> None:
    assert Wire().add(0, 0, b"abcd").add(0, 2, b"XXef").side(0) == [b"abcd", b"ef"]
    assert Wire().add(0, 2, b"cdef").add(0, 0, b"abXX").side(0) == [b"abXX", b"ef"]
    assert Wire().add(0, 3, b"AAA").add(0, 2, b"BBBBBB").add(0, 0, b"abc").side(0) == [b"abc", b"AAA", b"BB"]


def test_keep_alive_bytes_are_not_read_twice() -> None:
    assert Wire().add(0, 0, b"abc").add(0, 2, b"c").add(0, 2, b"\0").add(0, 3, b"d").side(0) == [b"abc", b"d"]


def test_a_stream_that_begins_in_the_middle_begins_with_its_first_segment() -> None:
    wire = Wire((77, 0))
    wire.rows.clear()
    assert wire.add(0, 1000, b"abc").add(0, 900, b"old").add(0, 1005, b"z").side(0) == [b"abc", 2, b"z"]


def test_the_number_of_a_lost_fin_is_no_lost_byte() -> None:
    assert Wire().add(0, 0, b"abc").add(0, 4, b"", ack=0).side(0) == [b"abc"]
    assert Wire().add(0, 0, b"abc").add(0, 3, b"", FIN, ack=0).add(0, 4, b"", ack=0).side(0) == [b"abc"]
    assert Wire().add(0, 0, b"abc").add(0, 9, b"", ack=0).side(0) == [b"abc", 6]


def test_of_several_syns_the_one_that_is_gone_on_from_counts() -> None:
    wire = Wire((5000, 0)).add(0, -400_000, b"", SYN).add(0, 0, b"abc")
    assert wire.side(0) == [b"abc"]
    assert wire.add(0, -399_999, b"x").side(0) == [b"abc"]
    assert Wire().add(0, -400_000, b"", SYN).add(0, -399_999, b"abc").side(0) == [b"abc"]


# Plans of captures.


def packet(direction: int, layer: Packet, payload: bytes = b"") -> Packet:
    hosts = ("10.0.0.1", "10.0.0.2")
    head = Ether(src="02:00:00:00:00:01", dst="02:00:00:00:00:02") / IP(src=hosts[direction], dst=hosts[1 - direction])
    return head / layer / Raw(payload) if payload else head / layer


def tcp(direction: int, at: int, payload: bytes = b"", flags: str = "PA", **fields: int) -> Packet:
    ports = (40000, 80) if direction == 0 else (80, 40000)
    return packet(direction, TCP(sport=ports[0], dport=ports[1], seq=1000 + at, flags=flags, **fields), payload)


def udp(direction: int, payload: bytes, ports: tuple[int, int] = (40000, 9999)) -> Packet:
    source, destination = ports if direction == 0 else ports[::-1]
    return packet(direction, UDP(sport=source, dport=destination), payload)


def plan_of(tmp_path: Path, packets: list[Packet], kind: str = "tcp", number: int = 0, **options: int) -> Plan:
    path = tmp_path / "made.pcap"
    wrpcap(str(path), packets, **options)
    capture = Capture([str(path)])
    capture.load_all()
    return follow_plan(capture, kind, number)


def contents(plan: Plan) -> list[tuple[str, bytes | int]]:
    return [(plan.side(i), int(plan.length[i]) if plan.gap[i] else plan.read(i)) for i in range(len(plan))]


def test_a_plan_reads_the_bytes_of_both_sides_from_the_file(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, [
        tcp(0, -1, flags="S"), tcp(1, -1, flags="SA"), tcp(0, 0, b"GET "), tcp(0, 4, b"/\r\n"), tcp(0, 0, b"GET "),
        tcp(1, 0, b"answer"), tcp(1, 6, flags="FA"),
    ])  # fmt: skip
    assert contents(plan) == [("client", b"GET "), ("client", b"/\r\n"), ("server", b"answer")]
    assert plan.packet.tolist() == [2, 3, 5]
    assert (plan.total(0), plan.total(1), plan.missing(0)) == (7, 6, 0)
    assert plan.turns().tolist() == [0, 2, 3]


def test_bytes_that_were_not_captured_are_a_gap(tmp_path: Path) -> None:
    whole = [tcp(0, 0, b"a" * 30), tcp(0, 30, b"b" * 40), tcp(0, 70, b"c" * 40)]
    for each in whole[:2]:
        each.wirelen = len(each)
    short = [Ether(bytes(whole[0])[:64]), Ether(bytes(whole[1])[:54]), whole[2]]
    for cut, full in zip(short, whole, strict=True):
        cut.wirelen = len(full)
    plan = plan_of(tmp_path, short)
    assert contents(plan) == [("client", b"a" * 10), ("client", 60), ("client", b"c" * 40)]
    assert plan.missing(0) == 60


def test_positions_of_a_side_are_found_and_read(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, [tcp(0, 0, b"abcdef"), tcp(1, 0, b"XY"), tcp(0, 6, b"ghi"), tcp(0, 19, b"tuv")])
    assert plan.bytes_at(0, 4, 4) == b"efgh"
    assert plan.bytes_at(0, 4, 100) == b"efghi"
    assert plan.bytes_at(0, 9, 5) == b"" and plan.bytes_at(0, 22, 5) == b"" and plan.bytes_at(0, 20, 5) == b"uv"
    assert [plan.piece_at(0, at) for at in (-1, 0, 6, 21, 22)] == [None, 0, 2, 4, None]


def test_search_crosses_segments_but_not_gaps(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, [tcp(0, 0, b"abcdef"), tcp(1, 0, b"XYgh"), tcp(0, 6, b"ghi"), tcp(0, 19, b"tuv")])
    assert plan.find(b"efgh") == (0, 4)
    assert plan.find(b"gh") == (1, 2)
    assert plan.find(b"gh", direction=0) == (2, 6)
    assert plan.find(b"gh", after=2) == (2, 6)
    assert plan.find(b"it") is None and plan.find(b"") is None


@given(st.binary(max_size=200), st.lists(st.integers(1, 30), min_size=1, max_size=20), st.data())
@settings(max_examples=30)
def test_search_finds_what_is_there(tmp_path_factory: Any, body: bytes, sizes: list[int], data: st.DataObject) -> None:
    packets, at = [tcp(0, -1, flags="S")], 0
    for size in sizes:
        part = body[at : at + size]
        packets += [tcp(0, at, part)] if part else []
        at += len(part)
    plan = plan_of(tmp_path_factory.mktemp("search"), packets)
    start = data.draw(st.integers(0, at))
    pattern = body[start : start + data.draw(st.integers(1, 40))][: max(at - start, 0)]
    found = plan.find(pattern)
    assert (found[1] if found else None) == (body[:at].find(pattern) if pattern else None)


def test_datagrams_come_in_order_repeated_ones_too(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, [udp(0, b"one"), udp(0, b"one"), udp(1, b"two")], "udp")
    assert contents(plan) == [("client", b"one"), ("client", b"one"), ("server", b"two")]


def test_a_fragmented_datagram_counts_once_and_whole(tmp_path: Path) -> None:
    body = bytes(range(256)) * 10
    pieces = fragment(IP(src="10.0.0.1", dst="10.0.0.2", id=7) / UDP(sport=40000, dport=9999) / Raw(body), 1000)
    ether = Ether(src="02:00:00:00:00:01", dst="02:00:00:00:00:02")
    plan = plan_of(tmp_path, [ether / piece for piece in pieces] + [udp(1, b"ok")], "udp")
    assert contents(plan) == [("client", body), ("server", b"ok")]
    assert plan.packet.tolist() == [2, 3]


def test_the_stream_around_a_tunnel_carries_the_tunnel(tmp_path: Path) -> None:
    inner = [VXLAN(vni=5) / udp(direction, b"inner") for direction in (0, 1)]
    around = [udp(direction, bytes(each), (5000, 4789)) for direction, each in enumerate(inner)]
    assert [data for _, data in contents(plan_of(tmp_path, around, "udp", 0))] == [bytes(each) for each in inner]
    assert contents(plan_of(tmp_path, around, "udp", 1)) == [("client", b"inner"), ("server", b"inner")]


def test_a_tunnel_in_a_fragmented_datagram_is_followed_inside(tmp_path: Path) -> None:
    body = bytes(range(256)) * 6
    around = udp(0, bytes(VXLAN(vni=5) / udp(0, body)), (5000, 4789))
    pieces = fragment(around[IP], 800)
    plan = plan_of(tmp_path, [Ether(src=around.src, dst=around.dst) / piece for piece in pieces], "udp", 1)
    assert contents(plan) == [("client", body)]


def test_a_stream_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(KeyError):
        plan_of(tmp_path, [udp(0, b"x")], "udp", 1)
    with pytest.raises(KeyError):
        plan_of(tmp_path, [udp(0, b"x")], "tcp", 0)


def followed(path: Path, number: int) -> list[bytes]:
    """What tshark shows of each side of a TCP stream, without its notes of missing bytes."""
    command = ["tshark", "-n", "-q", "-r", str(path), "-z", f"follow,tcp,raw,{number}"]
    lines = subprocess.run(command, capture_output=True, timeout=60, text=True).stdout.splitlines()
    lines = lines[next(i for i, line in enumerate(lines) if line.startswith("Node 1")) + 1 : -1]
    sides = [b"", b""]
    for line in lines:
        note = re.compile(rb"\[\d+ bytes missing in capture file\]\0")
        sides[line.startswith("\t")] += note.sub(b"", bytes.fromhex(line.strip()))
    return sides


@pytest.mark.parametrize("name", ["ppa", "sample"])
def test_tshark_follows_to_the_same_bytes(name: str, sample: Path, shared_captures: Path) -> None:
    if not shutil.which("tshark"):
        pytest.skip("tshark is not installed")
    paths = [sample] if name == "sample" else sorted((shared_captures / "ppa").glob("*.pcap*"), key=_size)[:6]
    for path in paths:
        capture = Capture([str(path)])
        capture.load_all()
        for number in range(min(capture.tracker.tcp_streams, 3)):
            plan = follow_plan(capture, "tcp", number)
            ours = [b"".join(plan.read(i) for i in plan.places(direction)) for direction in (0, 1)]
            assert ours == followed(path, number), f"{path.name} stream {number}"


def _size(path: Path) -> int:
    return path.stat().st_size
