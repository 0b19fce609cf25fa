"""The points of the TCP stream graphs, against packets made by hand and what tshark 4.0 shows of the samples."""

from __future__ import annotations

import csv
import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import ClassVar

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scapy.layers.inet import IP, TCP
from scapy.layers.l2 import Ether
from scapy.packet import Packet, Raw
from scapy.utils import wrpcap

from pcaptui.capture import Capture
from pcaptui.pictures.sack import sack_blocks as all_blocks
from pcaptui.pictures.series import Plot, Series
from pcaptui.pictures.stream import Stream, _fresh
from pcaptui.pictures.stream_plots import KINDS, direction_name, made, main_direction
from pcaptui.pictures.stream_words import neighbour, segment_words
from pcaptui.transports import sack_blocks

ROOT = Path(__file__).resolve().parent.parent.parent
BASE = 0xFFFFF000
"""The server's initial sequence number: it wraps after a few segments."""
Made = Callable[[list[Packet]], Capture]


@pytest.fixture
def capture(tmp_path: Path) -> Made:
    def make(packets: list[Packet]) -> Capture:
        wrpcap(str(tmp_path / "made.pcap"), packets)
        opened = Capture([str(tmp_path / "made.pcap")])
        opened.load_all()
        return opened

    return make


def segment(time: float, client: bool, seq: int, ack: int, flags: str = "A", size: int = 0, window: int = 100,
            options: object = (), port: int = 5000) -> Packet:  # fmt: skip
    ends = ("10.0.0.1", "10.0.0.2") if client else ("10.0.0.2", "10.0.0.1")
    ports = (port, 80) if client else (80, port)
    packet = Ether(src="02:00:00:00:00:01", dst="02:00:00:00:00:02") / IP(src=ends[0], dst=ends[1])
    packet /= TCP(sport=ports[0], dport=ports[1], seq=seq % 2**32, ack=ack % 2**32, flags=flags, window=window,
                  options=list(options))  # type: ignore[call-overload]  # fmt: skip
    packet = packet / Raw(b"x" * size) if size else packet
    packet.time = 1_600_000_000 + time
    return packet


def download() -> list[Packet]:
    """A handshake with window scale 2, a request, four segments of which the second is lost and sent again."""
    scale, data = [("WScale", 2)], BASE + 1
    return [
        segment(0.00, True, 7, 0, "S", window=1000, options=scale),
        segment(0.10, False, BASE, 8, "SA", window=1000, options=scale),
        segment(0.11, True, 8, data, "A", window=1000),
        segment(0.12, True, 8, data, "PA", 50, window=1000),
        segment(0.20, False, data, 58, "A", 1000),
        segment(0.21, False, data + 2000, 58, "A", 1000),
        segment(0.22, False, data + 3000, 58, "PA", 1000),
        segment(0.30, True, 58, data + 1000, "A", window=1000),
        segment(0.31, True, 58, data + 1000, "A", window=1000, options=[("SAck", (data + 2000, data + 3000))]),
        segment(0.32, True, 58, data + 1000, "A", window=1000, options=[("SAck", (data + 2000, data + 4000))]),
        segment(0.70, False, data + 1000, 58, "A", 1000),
        segment(0.80, True, 58, data + 4000, "A", window=0),
    ]


def named(plot: Plot, name: str) -> Series:
    return next(each for each in plot.series if each.name == name)


def points(plot: Plot, name: str) -> list[tuple[int, float]]:
    """(packet number, y)."""
    each = named(plot, name)
    assert each.packets is not None
    return [(packet + 1, y) for packet, y in zip(each.packets.tolist(), each.y.tolist(), strict=True)]


def test_a_segment_stands_at_its_time_and_relative_sequence_number_beyond_the_wrap(capture):
    plot = made(Stream(capture(download()), 0), "time-sequence", False)
    assert points(plot, "segments") == [(2, 0), (5, 1), (6, 2001), (7, 3001), (11, 1001)]
    assert named(plot, "segments").x.tolist() == pytest.approx([0.1, 0.2, 0.21, 0.22, 0.7])


def test_what_was_lost_and_sent_again_is_marked(capture):
    plot = made(Stream(capture(download()), 0), "time-sequence", False)
    assert points(plot, "gap before it") == [(6, 2001)]
    assert points(plot, "retransmission") == [(11, 1001)]
    assert "out of order" not in [each.name for each in plot.series]


def test_sacked_ranges_stand_at_the_time_of_their_acknowledgment(capture):
    sacked = named(made(Stream(capture(download()), 0), "time-sequence", False), "SACKed")
    assert sacked.kind == "bars" and sacked.low is not None and sacked.packets is not None
    assert sacked.low.tolist() == [2001, 2001] and sacked.y.tolist() == [3001, 4001]
    assert sacked.packets.tolist() == [8, 9]


def test_tcptrace_has_the_line_of_acknowledgments_and_that_of_the_window_above_it(capture):
    plot = made(Stream(capture(download()), 0), "tcptrace", False)
    assert points(plot, "acknowledged") == [(3, 1), (4, 1), (8, 1001), (9, 1001), (10, 1001), (12, 4001)]
    assert points(plot, "window") == [(3, 4001), (4, 4001), (8, 5001), (9, 5001), (10, 5001), (12, 4001)]
    assert points(plot, "duplicate ACK") == [(9, 1001), (10, 1001)]
    assert points(plot, "zero window") == [(12, 4001)]
    segments = named(plot, "segments")
    assert segments.low is not None and list(zip(segments.low, segments.y, strict=True))[1] == (1, 1001)


def test_a_round_trip_is_from_a_segment_to_the_packet_that_acknowledges_just_it(capture):
    stream = Stream(capture(download()), 0)
    client, server = made(stream, "rtt", True), made(stream, "rtt", False)
    assert points(client, "round trip") == [(2, pytest.approx(0.1)), (5, pytest.approx(0.08))]
    assert points(server, "round trip") == [
        (3, pytest.approx(0.01)), (8, pytest.approx(0.1)), (12, pytest.approx(0.58))]  # fmt: skip


def test_window_and_bytes_in_flight_without_what_sack_told_of(capture):
    plot = made(Stream(capture(download()), 0), "window", False)
    assert points(plot, "receive window")[:3] == [(1, 1000), (3, 4000), (4, 4000)]
    assert points(plot, "receive window")[-1] == (12, 0)
    assert points(plot, "bytes in flight") == [(5, 1000), (11, 1000)]


def test_goodput_counts_new_bytes_once_and_throughput_all_that_was_sent(capture):
    packets = [*download(), segment(0.71, False, BASE + 1001, 58, "A", 1000)]
    stream = Stream(capture(packets), 0)
    assert stream.fresh(False).sum() == 4000
    plot = made(stream, "throughput", False)
    sums = {each.name: float((each.y[:-1] * np.diff(each.x)).sum() / 8) for each in plot.series}
    assert sums == {"all": pytest.approx(5000), "new bytes (goodput)": pytest.approx(4000)}


def test_intervals_can_be_finer_and_coarser(capture):
    stream = Stream(capture(download()), 0)
    steps = [float(np.diff(made(stream, "throughput", False, finer).series[0].x)[0]) for finer in (0, 2, -2, 40, -40)]
    assert steps == pytest.approx([0.05, 0.01, 0.2, 0.0001, 1])


def test_a_reset_with_a_wild_number_stands_where_the_data_ended(capture):
    wild = segment(0.9, False, BASE - 2**30, 58, "R")
    plot = made(Stream(capture([*download(), wild]), 0), "time-sequence", False)
    assert points(plot, "reset") == [(13, 3001)]


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 60), st.integers(1, 25)), min_size=1, max_size=60))
def test_new_bytes_are_those_that_no_earlier_segment_had(segments):
    starts = np.array([start for start, _ in segments])
    ends = np.array([start + size for start, size in segments])
    seen: set[int] = set()
    for new, start, end in zip(_fresh(starts, ends).tolist(), starts.tolist(), ends.tolist(), strict=True):
        numbers = set(range(start, end))
        assert new == len(numbers - seen)
        seen |= numbers


def test_the_direction_with_more_data_is_shown_first_and_named(capture):
    stream = Stream(capture(download()), 0)
    assert not main_direction(stream)
    assert direction_name(stream, False) == "10.0.0.2:80 → 10.0.0.1:5000"


def test_a_direction_without_data_makes_an_empty_plot(capture):
    stream = Stream(capture(download()[:3]), 0)
    assert made(stream, "throughput", True).empty and made(stream, "window", False).series[1].x.size == 0


@pytest.mark.parametrize("kind", KINDS)
def test_a_stream_that_does_not_exist_has_an_empty_plot(capture, kind):
    stream = Stream(capture(download()), 7)
    assert made(stream, kind, True).empty and stream.ends == ("?", "?")


def test_next_stream_skips_those_without_data(capture):
    packets = [segment(port, True, 1, 0, "PA" if port in (5000, 5003) else "S", 9 if port in (5000, 5003) else 0,
                       port=port) for port in range(5000, 5005)]  # fmt: skip
    opened = capture(packets)
    assert neighbour(opened, 0, 1) == 3 and neighbour(opened, 3, -1) == 0
    assert neighbour(opened, 3, 1) is None and neighbour(opened, 0, -1) is None


def test_words_name_the_packet_its_flags_and_what_it_acknowledges(capture):
    stream = Stream(capture(download()), 0)
    assert segment_words(stream, 10) == (
        "packet 11 at 0.700000 s  [TCP Retransmission] [ACK] Seq=1001 Ack=51 Win=400 Len=1000")  # fmt: skip
    assert stream.facts is stream.facts_at_hand
    assert segment_words(stream, 7).endswith("Len=0, acknowledges packet 5 after 100 ms")


@settings(deadline=None)
@given(st.binary(min_size=0, max_size=40), st.integers(0, 40))
def test_sack_blocks_of_any_options_are_those_of_the_one_header_reader(options, cut):
    options = options.ljust((len(options) + 3) // 4 * 4, b"\0")
    header = bytes(12) + bytes([(5 + len(options) // 4) << 4]) + bytes(7) + options
    captured = 20 + min(cut, len(options))

    class Frames:
        """A capture of one packet that begins with its TCP header."""

        table: ClassVar[dict[str, np.ndarray]] = {
            "transport": np.zeros(1, np.uint16),
            "captured": np.array([captured], np.uint32),
        }

        def gather(self, packets, offsets, width):
            row = header[:captured][:width].ljust(width, b"\0")
            return np.frombuffer(row, np.uint8).reshape(1, -1)

    found = all_blocks(Frames(), np.zeros(1, np.int64))  # type: ignore[arg-type]
    wanted = sack_blocks(header[20:captured])
    assert sorted(zip(found.left.tolist(), found.right.tolist(), strict=True)) == sorted(wanted)


def compared_by() -> ModuleType:
    spec = importlib.util.spec_from_file_location("agree_graphs", ROOT / "bench" / "agree_graphs.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


SAMPLES = ("fast-retransmission", "zero-window-recovered", "retransmission-timeouts", "upload-narrow-link")


@pytest.mark.parametrize("sample", SAMPLES)
def test_points_equal_the_fields_that_tshark_shows(sample):
    """shown_by_tshark.tsv is what tshark 4.0.17 shows of these samples; bench/agree_graphs.py makes such rows."""
    agree = compared_by()
    with (Path(__file__).parent / "shown_by_tshark.tsv").open() as file:
        rows = {
            int(row["frame.number"]): row for row in csv.DictReader(file, delimiter="\t") if row["sample"] == sample
        }
    opened = Capture([str(ROOT / "sample_pcaps" / f"{sample}.pcapng")])
    opened.load_all()
    streams = [Stream(opened, number) for number in range(opened.tracker.tcp_streams)]
    for kind in ("time-sequence", "tcptrace", "rtt", "window"):
        ours = {(name, packet): y for stream in streams for name, packet, y in agree.drawn(stream, kind)
                if packet in rows}  # fmt: skip
        theirs = {(name, number): y for number, row in rows.items() for name, y in agree.wanted(kind, row).items()}
        assert ours == theirs and theirs
