"""Pictures of captures that nobody would make: clocks that jump, numbers that wrap, segments without sense."""

import struct
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pcaptui.capture import Capture
from pcaptui.dissect.rows import Rows
from pcaptui.glance import Part
from pcaptui.pictures.io_counts import UNITS
from pcaptui.pictures.io_plot import Line, counted, plot
from pcaptui.pictures.ladder import Ladder, host_packets, ladder
from pcaptui.pictures.series import Plot
from pcaptui.pictures.signs import Signs
from pcaptui.pictures.stream import Stream
from pcaptui.pictures.stream_plots import KINDS, made

TOP = 2**32
Segment = tuple[int, bool, int, int, int, int]
"""Time in ms (mod 2**32 s), by the client, sequence, acknowledgment, flags, bytes of data."""

segments = st.lists(
    st.tuples(
        st.one_of(st.integers(0, 50), st.sampled_from([0, 1_000, 10**6, (TOP - 1) * 1000])),
        st.booleans(),
        st.one_of(st.integers(TOP - 3000, TOP - 1), st.integers(0, 3000), st.integers(0, TOP - 1)),
        st.one_of(st.integers(TOP - 3000, TOP - 1), st.integers(0, 3000)),
        st.sampled_from([0x02, 0x12, 0x10, 0x18, 0x11, 0x04, 0x14, 0x00, 0xFF]),
        st.sampled_from([0, 1, 500, 1460]),
    ),
    max_size=25,
)
SYN_ONLY: list[Segment] = [(0, True, 5, 0, 2, 0)]
SAME_TIME: list[Segment] = [(7, bool(at % 2), TOP - 100 + 500 * (at // 2), 1, 0x18, 500) for at in range(6)]
BACKWARDS: list[Segment] = [(1000 - 200 * at, True, TOP - 700 + 500 * at, 9, 0x18, 500) for at in range(5)]


def opened(found: list[Segment], folder: Path) -> Capture:
    with (folder / "odd.pcap").open("wb") as file:
        file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 101))
        for time, client, seq, ack, flags, size in found:
            ends = (b"\x0a\0\0\1", b"\x0a\0\0\2") if client else (b"\x0a\0\0\2", b"\x0a\0\0\1")
            ports = (5000, 80) if client else (80, 5000)
            head = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 40 + size, 1, 0, 64, 6, 0, *ends)
            data = head + struct.pack(">HHIIBBHHH", *ports, seq % TOP, ack, 0x50, flags, 1000, 0, 0) + bytes(size)
            file.write(struct.pack("<IIII", time // 1000, time % 1000 * 1000, len(data), len(data)) + data)
    capture = Capture([str(folder / "odd.pcap")])
    capture.load_all()
    return capture


def is_sound(found: Plot) -> bool:
    """Whether each series has a finite place for every point, in the order of x."""
    return all(
        len(each.x) == len(each.y) == len(each.packets if each.packets is not None else each.x)
        and np.isfinite(each.x).all() and np.isfinite(each.y).all() and (np.diff(each.x) >= 0).all()
        for each in found.series
    )  # fmt: skip


def rows_agree(found: Ladder) -> bool:
    """Whether every row is an arrow's or a gap's, and each arrow is where it says."""
    arrows = [found.arrow_at(row) for row in range(found.row_count)]
    return [at for at in arrows if at is not None] == list(range(len(found))) and all(
        arrows[found.row_of(at)] == at for at in range(len(found))
    )


@example(SYN_ONLY)
@example(SAME_TIME)
@example(BACKWARDS)
@example([])
@settings(max_examples=60, deadline=None)
@given(segments)
def test_pictures_of_any_segments_are_sound(found: list[Segment]) -> None:
    with TemporaryDirectory() as folder:
        capture = opened(found, Path(folder))
        everything = np.arange(len(capture), dtype=np.int64)
        ladders = [ladder(capture, everything), *(ladder(capture, host_packets(capture, at), at)
                                                  for at in range(len(capture.addresses)))]  # fmt: skip
        assert all(rows_agree(each) for each in ladders)
        for number in range(min(3, capture.tracker.tcp_streams)):
            stream = Stream(capture, number)
            plots = [made(stream, kind, way) for kind in KINDS for way in (False, True)]
            plots += [made(stream, "throughput", way, finer) for way in (False, True) for finer in (-8, 8)]
            assert all(is_sound(each) for each in plots)
        for size in (None, 1_000, 10**9, 10**18):
            steps = counted(capture, [Line(0)], None, size, 50)
            assert steps.whole.packets.sum() == len(capture)
            assert all(is_sound(plot(steps, unit)) for unit in UNITS)
        capture.close()


def test_numbers_go_on_where_they_wrap(tmp_path: Path) -> None:
    capture = opened([(at, True, TOP - 1000 + 500 * at, 0, 0x18, 500) for at in range(5)], tmp_path)
    segment = next(each for each in made(Stream(capture, 0), "time-sequence", True).series if each.name == "segments")
    assert np.diff(segment.y).tolist() == [500.0] * 4


def test_packets_of_one_moment_are_all_in_one_step(tmp_path: Path) -> None:
    found = counted(opened(SAME_TIME, tmp_path), [Line(0)], None, None, 100)
    assert found.whole.packets.tolist() == [6]


@pytest.mark.parametrize("kind", KINDS)
def test_a_syn_alone_makes_a_picture_of_at_most_one_point(tmp_path: Path, kind: str) -> None:
    stream = Stream(opened(SYN_ONLY, tmp_path), 0)
    assert sum(len(each) for each in made(stream, kind, True).series) <= 1


def test_a_conversation_whose_last_fin_is_a_syn_too_has_signs(tmp_path: Path) -> None:
    found = [(0, True, 0, 0, 0x02, 0), (1, False, 0, 1, 0x12, 0), (2, True, 1, 1, 0x10, 0), (3, False, 1, 1, 0x11, 0),
             (4, True, 1, 2, 0x13, 0), (5, False, 2, 2, 0x16, 0)]  # fmt: skip
    capture = opened(found, tmp_path)
    signs = Signs(capture, Rows(capture))
    assert signs.part(0) is Part.handshake_begin
    assert all(signs.part(packet) is not None for packet in range(len(found)))
