"""pcapng files: sections, interfaces, every packet block, time stamp resolutions, notes, and damage."""

from __future__ import annotations

import struct
from types import ModuleType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pcaptui.errors import CaptureError
from pcaptui.loader.table import Layer

FRAME = bytes(range(1, 60))
TICKS = 1_500_000_000_123_456


@pytest.fixture(scope="module", params=["<", ">"], ids=["little", "big"])
def ng(request: pytest.FixtureRequest, build: ModuleType):
    return build.Ng(request.param)


@pytest.fixture(scope="module")
def little(build: ModuleType):
    return build.Ng("<")


def test_reads_every_packet_block_in_both_byte_orders(build: ModuleType, ng) -> None:
    data = ng.section() + ng.interface() + ng.enhanced(b"one", TICKS, length=99)
    data += ng.old_packet(b"second", TICKS + 1) + ng.simple(b"third") + ng.enhanced(b"4", TICKS + 2)
    assert build.read(data) == [
        (b"one", 99, TICKS * 1000),
        (b"second", 6, (TICKS + 1) * 1000),
        (b"third", 5, (TICKS + 1) * 1000),
        (b"4", 1, (TICKS + 2) * 1000),
    ]


def test_a_simple_packet_is_cut_at_the_snap_length(build: ModuleType, ng) -> None:
    data = ng.section() + ng.interface(snap=20) + ng.simple(FRAME[:20], length=500) + ng.simple(b"short")
    assert [(frame, length) for frame, length, _ in build.read(data)] == [(FRAME[:20], 500), (b"short", 5)]


def test_sections_have_their_own_byte_order_and_interfaces(build: ModuleType) -> None:
    little, big = build.Ng("<"), build.Ng(">")
    data = little.section() + little.interface(1) + little.interface(113) + little.enhanced(b"a", interface=1)
    data += big.section() + big.interface(101) + big.enhanced(b"b")
    data += little.section() + little.interface(276) + little.enhanced(b"c") * 2
    loader = build.load_bytes(data)
    numbers = loader.table["interface"].tolist()
    assert [loader.interfaces[number].link_type for number in numbers] == [113, 101, 276, 276]
    assert [frame for frame, _, _ in build.packets(loader)] == [b"a", b"b", b"c", b"c"]


def test_an_interface_may_come_between_packets(build: ModuleType, little) -> None:
    data = little.section() + little.interface() + little.enhanced() * 600 + little.interface(113)
    loader = build.load_bytes(data + little.enhanced(interface=1) + little.enhanced())
    assert loader.table["interface"].tolist() == [0] * 600 + [1, 0]


RESOLUTIONS = [
    (0, 1),
    (3, 10**3),
    (6, 10**6),
    (9, 10**9),
    (10, 10**10),
    (15, 10**15),
    (19, 10**19),
    (20, 10**20),
    (0x80, 1),
    (0x8A, 2**10),
    (0x94, 2**20),
    (0xA0, 2**32),
    (0xA1, 2**33),
    (0xBF, 2**63),
    (0xC0, 2**64),
    (0xFF, 2**127),
]


@pytest.mark.parametrize(("octet", "per_second"), RESOLUTIONS)
def test_time_stamps_in_any_resolution(build: ModuleType, little, octet: int, per_second: int) -> None:
    interface = little.interface(options=little.option(9, bytes([octet])))
    stamps = [0, 1, 999, 2**32 - 1, 2**32, TICKS, 2**63 + 12345, 2**64 - 1]
    data = little.section() + interface + b"".join(little.enhanced(ticks=one) for one in stamps)
    exact = [one * 10**9 // per_second for one in stamps]
    assert [time % 2**64 for _, _, time in build.read(data)] == [one % 2**64 for one in exact]


@pytest.mark.parametrize("offset", [1000, -1000, 2**62, -(2**63)])
def test_the_time_offset_is_added(build: ModuleType, little, offset: int) -> None:
    data = little.section() + little.interface(options=little.option(14, struct.pack("<q", offset)))
    data += little.enhanced(ticks=TICKS)
    assert build.read(data)[0][2] % 2**64 == (TICKS * 1000 + offset * 10**9) % 2**64


def test_interfaces_with_different_resolutions_do_not_mix(build: ModuleType, little) -> None:
    data = little.section() + little.interface() + little.interface(options=little.option(9, b"\x09"))
    data += (little.enhanced(ticks=7) + little.enhanced(ticks=7, interface=1)) * 300
    assert [time for _, _, time in build.read(data)] == [7000, 7] * 300


def test_notes_are_kept(build: ModuleType, ng) -> None:
    data = ng.section(ng.option(1, b"a capture") + ng.option(2, b"cpu") + ng.option(3, b"os\0") + ng.option(4, b"app"))
    name = ng.option(2, b"eth0") + ng.option(3, b"the wire") + ng.option(11, b"\0tcp") + ng.option(12, b"Linux")
    data += ng.interface(1, 96, name + ng.option(13, b"\4") + ng.option(9, b"\x09"))
    data += ng.enhanced() + ng.enhanced(options=ng.option(2, b"abcd") + ng.option(1, b"see") + ng.option(1, b"here"))
    data += ng.enhanced() * 300 + ng.enhanced(options=ng.option(1, "späte".encode()))
    data += ng.old_packet(b"x", options=ng.option(1, b"old"))
    data += ng.block(4, ng.option(1, b"\1\2\3\4host\0other\0") + ng.option(2, bytes(16) + b"six\0") + ng.option(0, b""))
    data += ng.block(5, struct.pack(ng.order + "III", 0, 0, 0) + ng.option(5, struct.pack(ng.order + "Q", 7)))
    data += ng.block(10, struct.pack(ng.order + "II", 0x544C534B, 5) + b"CLIEN")
    data += ng.block(0x99, b"what?") * 2 + ng.enhanced()
    loader = build.load_bytes(data)
    notes, interface = loader.notes[0], loader.interfaces[0]
    assert (notes.comments, notes.hardware, notes.os, notes.application) == (["a capture"], "cpu", "os", "app")
    assert (interface.name, interface.description, interface.filter) == ("eth0", "the wire", "tcp")
    assert (interface.os, interface.snap_length, interface.fcs_length) == ("Linux", 96, 4)
    assert interface.ticks_per_second == 10**9
    assert loader.packet_comments == {1: ["see", "here"], 302: ["späte"], 303: ["old"]}
    assert notes.names == {b"\1\2\3\4": ["host", "other"], bytes(16): ["six"]}
    assert notes.drops == {0: 7}
    assert notes.secrets == [(0x544C534B, b"CLIEN")]
    assert notes.skipped_blocks == {0x99: 2}
    assert len(loader.table) == 305


@pytest.mark.parametrize(
    "options", [b"\1\0\xf4\1abcd", b"\1\0\0", b"\xff\xff\xff\xff", b"\1\0\4\0late"], ids=lambda one: one.hex()
)
def test_options_that_run_over_their_block_harm_nothing(build: ModuleType, little, options: bytes) -> None:
    data = little.section(options) + little.interface(options=options) + little.enhanced(options=options) * 3
    assert build.frames(data) == [b"frame"] * 3


def test_unknown_blocks_between_packets_are_skipped_in_any_number(build: ModuleType, little) -> None:
    data = little.section() + little.interface()
    data += (little.enhanced() + little.block(0x99, b"abc") + little.simple(b"simple")) * 700 + little.enhanced() * 900
    loader = build.load_bytes(data)
    assert len(loader.table) == 2300
    assert loader.notes[0].skipped_blocks == {0x99: 700}


def test_a_block_length_that_is_not_a_multiple_of_four_is_rounded_up(build: ModuleType, little) -> None:
    odd = little.enhanced(b"abc", total=34, last=34)
    assert build.frames(little.section() + little.interface() + odd + little.enhanced(b"z")) == [b"abc", b"z"]


@pytest.mark.parametrize("minor", [0, 2])
def test_a_capture_without_packets_is_read(build: ModuleType, ng, minor: int) -> None:
    for data in (ng.section(version=(1, minor)), ng.section() + ng.interface()):
        loader = build.load_bytes(data)
        assert (len(loader.table), loader.damage, loader.complete) == (0, [], True)


DAMAGED = {
    "lengths that differ": lambda ng: ng.enhanced(last=44),
    "a zero length": lambda ng: struct.pack("<II", 6, 0) + bytes(40),
    "a short length": lambda ng: struct.pack("<III", 6, 12, 12),
    "a huge length": lambda ng: struct.pack("<II", 6, 0x7FFFFFFF) + bytes(40),
    "an unknown block of zero length": lambda ng: bytes(16),
    "an interface nobody described": lambda ng: ng.enhanced(interface=7),
    "an old packet of an unknown interface": lambda ng: ng.old_packet(b"a", interface=3),
    "more bytes than the block has": lambda ng: ng.enhanced(captured=100),
    "a packet longer than any": lambda ng: ng.enhanced(bytes(262_145)),
    "a simple packet longer than its block": lambda ng: ng.simple(b"abc", length=100),
    "an interface block that is too short": lambda ng: ng.block(1),
    "a statistics block that is too short": lambda ng: ng.block(5),
    "a section of unknown version": lambda ng: ng.section(version=(5, 0)),
    "a section of unknown byte order": lambda ng: ng.block(0x0A0D0D0A, bytes(16)),
}


@pytest.mark.parametrize("before", [1, 40, 600])
@pytest.mark.parametrize("what", DAMAGED)
def test_reading_ends_at_a_damaged_block_and_names_its_place(build: ModuleType, little, what: str, before: int) -> None:
    good = little.section() + little.interface() + little.enhanced() * before
    loader = build.load_bytes(good + DAMAGED[what](little) + little.enhanced() * 5)
    assert len(loader.table) == before
    assert [(one.offset, one.reason[:9]) for one in loader.damage] == [(len(good), "damaged: ")]


def test_packets_without_an_interface_are_damage(build: ModuleType, little) -> None:
    for block in (little.enhanced(), little.simple(b"a"), little.old_packet(b"a")):
        assert [offset for offset, _ in build.damage(little.section() + block)] == [28]


def test_a_file_cut_at_any_byte_keeps_the_packets_before_and_names_the_place(build: ModuleType, ng) -> None:
    blocks = [ng.section(), ng.interface(), ng.enhanced(b"one"), ng.simple(b"second"), ng.enhanced(FRAME)]
    whole = b"".join(blocks)
    ends = [sum(map(len, blocks[: count + 1])) for count in range(len(blocks))]
    for cut in range(28, len(whole)):
        loader = build.load_bytes(whole[:cut])
        complete = sum(end <= cut for end in ends)
        assert [frame for frame, _, _ in build.packets(loader)] == [b"one", b"second", FRAME][: max(complete - 2, 0)]
        expected = [] if cut in ends else [(ends[complete - 1], "cut short in the middle of a block")]
        assert [(one.offset, one.reason) for one in loader.damage] == expected


@pytest.mark.parametrize("cut", range(4, 12))
def test_a_file_cut_in_its_first_twelve_bytes_is_no_capture(build: ModuleType, little, cut: int) -> None:
    with pytest.raises(CaptureError, match="cut short"):
        build.load_bytes(little.section()[:cut])


def test_an_unknown_byte_order_at_the_start_is_no_capture(build: ModuleType, little) -> None:
    with pytest.raises(CaptureError, match="byte-order magic"):
        build.load_bytes(little.block(0x0A0D0D0A, bytes(16)))


packet_strategy = st.tuples(st.sampled_from(["enhanced", "simple", "old_packet"]), st.binary(max_size=60),
                            st.integers(0, 2**53))  # fmt: skip


@settings(deadline=None, max_examples=60)
@given(packets=st.lists(packet_strategy, max_size=12), order=st.sampled_from("<>"))
def test_what_is_written_is_read_back(build: ModuleType, packets: list, order: str) -> None:
    ng = build.Ng(order)
    data, expected, time = ng.section() + ng.interface(), [], 0
    for kind, frame, ticks in packets:
        data += ng.simple(frame) if kind == "simple" else getattr(ng, kind)(frame, ticks)
        time = time if kind == "simple" else ticks * 1000
        expected.append((frame, len(frame), time))
    assert build.read(data) == expected


@pytest.mark.parametrize("before", [0, 1, 600])
def test_packets_without_a_time_stamp_are_marked_and_take_that_of_the_one_before(
    build: ModuleType, little, before: int
) -> None:
    data = little.section() + little.interface() + little.enhanced(ticks=7) * before
    loader = build.load_bytes(data + little.simple(b"a") * 2 + little.enhanced(ticks=9))
    time = 7000 if before else 0
    assert loader.table["time"].tolist() == [7000] * before + [time, time, 9000]
    marked = (loader.table["layers"] & Layer.UNTIMED) != 0
    assert marked.tolist() == [False] * before + [True, True, False]


def check_any(build: ModuleType, data: bytes) -> None:
    """Whatever the bytes: packets within the file, or a CaptureError, and an end."""
    try:
        loader = build.load_bytes(data)
    except CaptureError as error:
        assert "\n" not in str(error)
        return
    ends = [int(a) + int(b) for a, b in zip(loader.table["offset"], loader.table["captured"], strict=True)]
    assert all(end <= len(data) for end in ends)
    assert loader.complete
    assert all(0 <= one.offset <= len(data) for one in loader.damage)


@settings(deadline=None, max_examples=150)
@given(data=st.binary(max_size=120), start=st.sampled_from([b"", b"\x0a\x0d\x0d\x0a", b"\xd4\xc3\xb2\xa1\2\0\4\0"]))
def test_any_bytes_are_read_or_refused(build: ModuleType, data: bytes, start: bytes) -> None:
    check_any(build, start + data)


@settings(deadline=None, max_examples=200)
@given(
    body=st.binary(max_size=60),
    kind=st.sampled_from([0x0A0D0D0A, 1, 2, 3, 4, 5, 6, 10, 0x99]),
    total=st.none() | st.integers(0, 120),
    order=st.sampled_from("<>"),
)
def test_any_block_is_read_or_damage(build: ModuleType, body: bytes, kind: int, total: int | None, order: str) -> None:
    ng = build.Ng(order)
    block = ng.block(kind, body, total=total)
    check_any(build, ng.section() + ng.interface() + ng.enhanced() + block + ng.enhanced() * 2)


@settings(deadline=None, max_examples=200)
@given(place=st.integers(0, 400), value=st.binary(min_size=1, max_size=4))
def test_any_change_in_a_file_is_read_or_damage(build: ModuleType, little, place: int, value: bytes) -> None:
    data = little.section(little.option(1, b"comment")) + little.interface(options=little.option(9, b"\6"))
    data += little.enhanced(options=little.option(1, b"x")) * 2 + little.simple(b"abc") + little.old_packet(b"d")
    data += little.block(4, little.option(1, b"\1\2\3\4a\0")) + little.enhanced() * 2
    check_any(build, data[:place] + value + data[place + len(value) :])
