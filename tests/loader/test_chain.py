"""Following record chains side by side gives exactly what the plain loop gives."""

from __future__ import annotations

from collections.abc import Iterator
from types import ModuleType

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pcaptui.loader import chain


@pytest.fixture(autouse=True)
def short_lanes(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Lanes and stretches so short that small files have many of them."""
    monkeypatch.setattr(chain, "_LEAST", 1 << 14)
    monkeypatch.setattr(chain, "_LANE", 1 << 13)
    monkeypatch.setattr(chain, "_STRETCH", 1 << 18)
    monkeypatch.setattr("pcaptui.loader.load.FIRST_BLOCK", 4)
    yield


@pytest.fixture
def stretches(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Of every stretch walked side by side, whether all guesses were right."""
    seen: list[bool] = []
    walk = chain._side_by_side

    def watched(*arguments):
        result = walk(*arguments)
        seen.append(result[2])
        return result

    monkeypatch.setattr(chain, "_side_by_side", watched)
    return seen


def mixed_frames(count: int, seed: int = 1) -> list[bytes]:
    rng = np.random.default_rng(seed)
    sizes = rng.choice([60, 66, 90, 600, 1514], count)
    return [rng.integers(0, 256, size, np.uint8).tobytes() for size in sizes]


def as_pcap(build: ModuleType, frames: list[bytes], order: str = "<") -> bytes:
    return build.pcap([build.record(1_600_000_000 + i, i, frame) for i, frame in enumerate(frames)], order=order)


def as_pcapng(build: ModuleType, frames: list[bytes], order: str = "<") -> bytes:
    ng = build.Ng(order)
    return ng.section() + ng.interface() + b"".join(ng.enhanced(one, i) for i, one in enumerate(frames))


@pytest.mark.parametrize("order", "<>")
@pytest.mark.parametrize("write", [as_pcap, as_pcapng])
def test_long_files_are_walked_side_by_side(build: ModuleType, write, order: str, stretches: list[bool]) -> None:
    frames = mixed_frames(4000)
    assert build.frames(write(build, frames, order)) == frames
    assert stretches and all(stretches)


@pytest.mark.parametrize("write", [as_pcap, as_pcapng])
def test_captures_within_packets_mislead_nobody(build: ModuleType, write, stretches: list[bool]) -> None:
    inner = write(build, mixed_frames(60))
    frames = [one for frame in mixed_frames(150, 2) for one in (frame, inner)]
    assert build.frames(write(build, frames)) == frames
    assert not all(stretches)


@pytest.mark.parametrize("write", [as_pcap, as_pcapng])
def test_frames_longer_than_a_lane_are_stepped_over(build: ModuleType, write, stretches: list[bool]) -> None:
    frames = [one for frame in mixed_frames(100) for one in (frame, bytes(30_000))]
    assert build.frames(write(build, frames)) == frames
    assert stretches


def test_other_blocks_and_sections_on_the_way(build: ModuleType, stretches: list[bool]) -> None:
    frames, little, big = mixed_frames(3000), build.Ng("<"), build.Ng(">")
    parts = []
    for i, frame in enumerate(frames):
        if i % 1000 == 0:
            ng = big if i == 1000 else little
            parts.append(ng.section() + ng.interface())
        parts.append(ng.enhanced(frame, i) if i % 37 else ng.simple(frame))
        if i % 101 == 0:
            parts.append(ng.block(0x99, b"what"))
    assert build.frames(b"".join(parts)) == frames
    assert stretches


@settings(deadline=None, max_examples=40)
@given(place=st.integers(0, 199), where=st.integers(0, 16), value=st.integers(0, 255))
def test_a_damaged_record_anywhere_ends_reading_as_without_lanes(
    build: ModuleType, place: int, where: int, value: int
) -> None:
    frames = mixed_frames(200)
    for write, head in ((as_pcap, 24), (as_pcapng, 48)):
        data = bytearray(write(build, frames))
        at = head
        for frame in frames[:place]:
            at += 16 + len(frame) if write is as_pcap else 32 + (len(frame) + 3 & -4)
        data[at + where] = value
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(chain, "_LEAST", 1 << 40)
            plain = build.load_bytes(bytes(data))
        lanes = build.load_bytes(bytes(data))
        assert build.packets(lanes) == build.packets(plain)
        assert [one.offset for one in lanes.damage] == [one.offset for one in plain.damage]
