"""pcap files: byte orders, time stamp units, dialects, and damage."""

from __future__ import annotations

import struct
from types import ModuleType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pcaptui.errors import CaptureError

FRAME = bytes.fromhex("001122334455665544332211080045") + bytes(range(1, 60))


def some_records(build: ModuleType, count: int) -> list:
    return [build.record(1_500_000_000 + i, i + 7, FRAME + bytes([i % 200 + 1]) * (i % 50)) for i in range(count)]


@pytest.mark.parametrize("order", "<>")
@pytest.mark.parametrize(("magic", "unit"), [(0xA1B2C3D4, 1000), (0xA1B23C4D, 1)])
def test_reads_both_byte_orders_and_units(build: ModuleType, order: str, magic: int, unit: int) -> None:
    records = [build.record(5, 123_456, b"one"), build.record(6, 7, b"four", 1500)]
    expected = [(b"one", 3, 5 * 10**9 + 123_456 * unit), (b"four", 1500, 6 * 10**9 + 7 * unit)]
    assert build.read(build.pcap(records, magic, order)) == expected


@pytest.mark.parametrize("order", "<>")
def test_reads_the_modified_dialect(build: ModuleType, order: str) -> None:
    extra = struct.pack(order + "IHBB", 2, 0x800, 0, 0)
    data = build.pcap(some_records(build, 5), 0xA1B2CD34, order, in_header=extra)
    assert build.frames(data) == [one[2] for one in some_records(build, 5)]


@pytest.mark.parametrize(("magic", "in_header"), [(0xA1B2C3D4, 8), (0xA1B2C3D4, 4), (0xA1B2CD34, 12)])
@pytest.mark.parametrize("count", [2, 30])
def test_tells_dialects_that_carry_another_ones_magic(
    build: ModuleType, magic: int, in_header: int, count: int
) -> None:
    records = some_records(build, count)
    data = build.pcap(records, magic, in_header=b"\1\2\3\4\5\6\7\x08\x09\x0a\x0b\x0c"[:in_header])
    assert build.frames(data) == [one[2] for one in records]


@pytest.mark.parametrize("magic", [0x1C0001AC, 0x1C0001AB])
def test_reads_ixia_files(build: ModuleType, magic: int) -> None:
    data = build.pcap(some_records(build, 3), magic)
    data = data[:24] + struct.pack("<I", len(data) - 24) + data[24:]
    assert build.frames(data) == [one[2] for one in some_records(build, 3)]


@pytest.mark.parametrize(
    ("version", "swapped"), [((2, 2), True), ((2, 3), True), ((2, 3), False), ((2, 4), False), ((543, 0), True)]
)
def test_old_versions_store_the_lengths_in_another_order(
    build: ModuleType, version: tuple[int, int], swapped: bool
) -> None:
    records = [build.record(1, 2, FRAME[:30], 900), build.record(3, 4, FRAME[:20], 20)]
    read = build.read(build.pcap(records, version=version, swapped=swapped))
    assert [(frame, length) for frame, length, _ in read] == [(FRAME[:30], 900), (FRAME[:20], 20)]


def test_aix_files_have_interface_types_and_nanoseconds(build: ModuleType) -> None:
    records = [build.record(1, 5, b"\0\0\0" + FRAME, 103)]
    loader = build.load_bytes(build.pcap(records, version=(2, 2), network=15, swapped=True))
    assert build.packets(loader) == [(FRAME, 100, 10**9 + 5)]
    assert loader.interfaces[0].link_type == 10


def test_link_type_is_told_apart_from_the_fcs_bits(build: ModuleType) -> None:
    interface = build.load_bytes(build.pcap(some_records(build, 1), network=0x24000001)).interfaces[0]
    assert (interface.link_type, interface.fcs_length) == (1, 4)


def test_a_capture_without_packets_is_read(build: ModuleType) -> None:
    loader = build.load_bytes(build.pcap([]))
    assert (len(loader.table), loader.damage, loader.complete) == (0, [], True)


def test_empty_frames_and_frames_beyond_the_snap_length_are_packets(build: ModuleType) -> None:
    records = [build.record(frame=b""), build.record(frame=FRAME), build.record(frame=b"", length=60)]
    assert build.frames(build.pcap(records, snap=20)) == [b"", FRAME, b""]


def test_more_bytes_than_the_original_length_and_odd_fractions_are_kept(build: ModuleType) -> None:
    records = [*some_records(build, 2), build.record(1, 1_500_000, FRAME, 10)]
    assert build.read(build.pcap(records))[2] == (FRAME, 10, 2_500_000_000)


def test_a_length_no_packet_can_have_is_clamped(build: ModuleType) -> None:
    assert build.read(build.pcap([build.record(length=0xFFFFFFFF)]))[0][1] == 2**31 - 1


def test_bytes_that_were_never_on_the_wire_are_captured_but_not_counted(build: ModuleType) -> None:
    ng = build.Ng("<")
    expected = [(FRAME, 96), (FRAME[:2], 0)]
    records = [build.record(frame=FRAME, length=100), build.record(frame=FRAME[:2])]
    blocks = [ng.enhanced(FRAME, length=100), ng.enhanced(FRAME[:2])]
    for data in (build.pcap(records, network=201), ng.section() + ng.interface(201) + b"".join(blocks)):
        assert [(frame, length) for frame, length, _ in build.read(data)] == expected


@pytest.mark.parametrize("count", [0, 1, 5, 700])
def test_a_packet_longer_than_any_is_damage_at_its_header(build: ModuleType, count: int) -> None:
    good = build.pcap(some_records(build, count))
    data = good + struct.pack("<IIII", 1, 2, 262_145, 262_145) + bytes(300_000)
    loader = build.load_bytes(data)
    assert len(loader.table) == count
    assert [one.offset for one in loader.damage] == [len(good)]
    assert "262145 bytes" in loader.damage[0].reason


def test_the_longest_packet_is_none(build: ModuleType) -> None:
    data = build.pcap([build.record(frame=bytes(262_144)), build.record()])
    assert [len(frame) for frame in build.frames(data)] == [262_144, 5]
    assert build.damage(data) == []


def test_a_file_cut_at_any_byte_keeps_the_packets_before_and_names_the_place(build: ModuleType) -> None:
    records = some_records(build, 4)
    whole = build.pcap(records)
    starts = [24]
    for one in records:
        starts.append(starts[-1] + 16 + len(one[2]))
    for cut in range(24, len(whole)):
        loader = build.load_bytes(whole[:cut])
        kept = sum(start <= cut for start in starts) - 1
        assert [frame for frame, _, _ in build.packets(loader)] == [one[2] for one in records[:kept]]
        expected = [] if cut in starts else [starts[kept]]
        assert [one.offset for one in loader.damage] == expected
        assert all("cut short" in one.reason for one in loader.damage)


@pytest.mark.parametrize("cut", range(4, 24))
def test_a_file_cut_in_its_header_is_no_capture(build: ModuleType, cut: int) -> None:
    with pytest.raises(CaptureError, match="cut short in its file header") as caught:
        build.load_bytes(build.pcap([])[:cut])
    assert "\n" not in str(caught.value)


def test_an_unknown_version_is_no_capture(build: ModuleType) -> None:
    with pytest.raises(CaptureError, match=r"version 1\.0"):
        build.load_bytes(build.pcap([], version=(1, 0)))


record_strategy = st.tuples(
    st.integers(0, 2**32 - 1), st.integers(0, 999_999), st.binary(max_size=80), st.integers(0, 2**31 - 1)
).map(lambda one: (one[0], one[1], one[2], max(one[3], len(one[2]))))


@settings(deadline=None, max_examples=60)
@given(records=st.lists(record_strategy, max_size=8), order=st.sampled_from("<>"))
def test_what_is_written_is_read_back(build: ModuleType, records: list, order: str) -> None:
    expected = [(frame, length, s * 10**9 + us * 1000) for s, us, frame, length in records]
    assert build.read(build.pcap(records, order=order)) == expected


@settings(deadline=None, max_examples=150)
@given(behind=st.binary(max_size=200), magic=st.sampled_from([0xA1B2C3D4, 0xA1B2CD34, 0xA1B23C4D, 0x1C0001AC]),
       order=st.sampled_from("<>"), version=st.sampled_from([(2, 2), (2, 3), (2, 4)]))  # fmt: skip
def test_any_bytes_behind_a_file_header_are_packets_or_damage(
    build: ModuleType, behind: bytes, magic: int, order: str, version: tuple[int, int]
) -> None:
    data = build.pcap([], magic, order, version=version) + behind
    try:
        loader = build.load_bytes(data)
    except CaptureError:
        return
    ends = [int(a) + int(b) for a, b in zip(loader.table["offset"], loader.table["captured"], strict=True)]
    assert all(end <= len(data) for end in ends)
    assert loader.damage or max(ends, default=len(data)) == len(data) or not behind
