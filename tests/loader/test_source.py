"""Sources: mapped files, compressed input of every kind, pipes, and input that breaks off."""

from __future__ import annotations

import bz2
import contextlib
import functools
import gzip
import io
import lzma
import os
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pcaptui.errors import CaptureError
from pcaptui.loader.load import Loader
from pcaptui.loader.source import Source


def zstd(data: bytes) -> bytes:
    return pytest.importorskip("zstandard").ZstdCompressor(write_checksum=True).compress(data)


def lz4(data: bytes) -> bytes:
    return pytest.importorskip("lz4.frame").compress(data, block_checksum=True)


COMPRESS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress, "bzip2": lambda data: bz2.compress(data, 1), "xz": lzma.compress, "zstd": zstd, "lz4": lz4,
}  # fmt: skip
kinds = pytest.mark.parametrize("kind", COMPRESS)


@functools.cache
def noise(size: int) -> bytes:
    """Bytes that do not compress to nothing, the same every time."""
    return b"".join((i * 2654435761 % 2**32).to_bytes(4, "little") for i in range(size // 4))


def pull_all(path: Path) -> tuple[bytes, str]:
    source = Source(str(path))
    while not source.complete:
        source.pull()
    data = source.raw.tobytes()
    source.close()
    return data, source.broken


def test_a_plain_file_is_mapped_at_once(tmp_path: Path) -> None:
    path = tmp_path / "plain"
    path.write_bytes(noise(5000))
    source = Source(str(path))
    assert source.mapped and source.complete and source.size == 5000
    assert source.raw.tobytes() == noise(5000)
    assert not source.raw.flags.writeable
    assert source.bytes(4990, 100) == noise(5000)[4990:]
    assert source.bytes(6000, 5) == source.bytes(-1, 5) == source.bytes(5, -1) == b""


@kinds
def test_compressed_input_is_told_by_content_and_decompressed(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "name.txt"
    path.write_bytes(COMPRESS[kind](noise(1_000_000)))
    assert pull_all(path) == (noise(1_000_000), "")


@kinds
def test_several_members_are_one_input(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "members"
    path.write_bytes(COMPRESS[kind](b"first") + COMPRESS[kind](b"") + COMPRESS[kind](noise(400_000)))
    assert pull_all(path) == (b"first" + noise(400_000), "")


@kinds
@pytest.mark.parametrize("behind", [b"\0" * 512, b"rubbish", b"\x1f"])
def test_what_stands_behind_the_last_member_is_passed_over(tmp_path: Path, kind: str, behind: bytes) -> None:
    path = tmp_path / "padded"
    path.write_bytes(COMPRESS[kind](b"everything") + behind)
    assert pull_all(path) == (b"everything", "")


@kinds
def test_input_that_is_cut_short_keeps_what_came_before(tmp_path: Path, kind: str) -> None:
    whole, path = COMPRESS[kind](noise(1_200_000)), tmp_path / "cut"
    path.write_bytes(whole[: len(whole) * 2 // 3])
    data, broken = pull_all(path)
    assert len(data) > 200_000 and noise(1_200_000).startswith(data)
    assert broken == f"{kind} data cut short"


@kinds
def test_damaged_input_keeps_what_came_before(tmp_path: Path, kind: str) -> None:
    whole, path = bytearray(COMPRESS[kind](noise(1_200_000))), tmp_path / "damaged"
    middle = len(whole) * 2 // 3
    whole[middle : middle + 64] = bytes(64)
    path.write_bytes(whole)
    data, broken = pull_all(path)
    assert broken
    assert data[:200_000] == noise(1_200_000)[:200_000]


def test_gzip_keeps_everything_up_to_a_wrong_checksum(tmp_path: Path) -> None:
    path = tmp_path / "checksum"
    path.write_bytes(gzip.compress(noise(100_000))[:-8] + b"\1\2\3\4\5\6\7\x08")
    data, broken = pull_all(path)
    assert noise(100_000).startswith(data) and len(data) > 99_000
    assert "damaged" in broken


def test_a_small_file_that_blows_up_comes_in_pieces(tmp_path: Path) -> None:
    path = tmp_path / "bomb"
    path.write_bytes(gzip.compress(bytes(50_000_000)))
    source = Source(str(path))
    source.pull()
    assert 0 < source.size < 1_000_000
    source.close()


def test_a_view_handed_out_stays_valid_while_the_source_grows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pcaptui.loader.source._FIRST_MAPPING", 1 << 16)
    path = tmp_path / "growing"
    path.write_bytes(gzip.compress(noise(2_000_000), 1))
    source = Source(str(path))
    source.pull()
    early = source.raw
    while not source.complete:
        source.pull()
    assert early.tobytes() == noise(2_000_000)[: len(early)]
    assert source.size == 2_000_000


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda path: None, "no such file"),
        (lambda path: path.mkdir(), "is a directory"),
        (lambda path: path.write_bytes(b""), "is empty"),
        (lambda path: path.write_bytes(b"#!/bin/sh\necho this is a script, not a capture\n"), "not a pcap or pcapng"),
        (lambda path: path.write_bytes(b"x"), "not a pcap or pcapng"),
        (lambda path: path.write_bytes(gzip.compress(b"text")), "inside the gzip data"),
        (lambda path: path.write_bytes(gzip.compress(b"")), "is empty"),
        (lambda path: path.write_bytes(b"\x1f\x8brubbish"), "gzip data damaged"),
    ],
)
def test_what_is_no_capture_is_refused_in_one_line(tmp_path: Path, make: Callable[[Path], object], words: str) -> None:
    path = tmp_path / "it"
    make(path)
    with pytest.raises(CaptureError, match=words) as caught:
        Loader([str(path)]).step()
    assert str(caught.value).startswith(f"{path}: ") and "\n" not in str(caught.value)


MAGICS = [b"\x1f\x8b\x08\x00", b"BZh9", b"\xfd7zXZ\x00", b"\x28\xb5\x2f\xfd", b"\x52\x2a\x4d\x18", b"\x04\x22\x4d\x18"]


@settings(deadline=None, max_examples=150)
@given(magic=st.sampled_from(MAGICS), data=st.binary(max_size=200))
def test_any_compressed_looking_bytes_are_refused_or_read(build: ModuleType, magic: bytes, data: bytes) -> None:
    with pytest.raises(CaptureError):
        build.load_bytes(magic + data)


@settings(deadline=None, max_examples=100)
@given(kind=st.sampled_from(sorted(COMPRESS)), place=st.integers(0, 10_000), value=st.binary(min_size=1, max_size=8))
def test_any_change_in_a_compressed_capture_is_read_or_damage(
    build: ModuleType, kind: str, place: int, value: bytes
) -> None:
    data = bytearray(COMPRESS[kind](build.pcap([build.record(i, 0, noise(400)) for i in range(20)])))
    place %= len(data)
    data[place : place + len(value)] = value
    with contextlib.suppress(CaptureError):
        assert build.load_bytes(bytes(data)).complete


@contextlib.contextmanager
def standard_input(reading: int) -> Iterator[None]:
    saved = os.dup(0)
    os.dup2(reading, 0)
    try:
        yield
    finally:
        os.dup2(saved, 0)
        os.close(saved)


@pytest.mark.parametrize("kind", ["", *COMPRESS])
def test_standard_input_from_a_pipe(build: ModuleType, kind: str) -> None:
    records = [build.record(i, 0, noise(200)) for i in range(3000)]
    data = build.pcap(records)
    data = COMPRESS[kind](data) if kind else data
    reading, writing = os.pipe()

    def write() -> None:
        with os.fdopen(writing, "wb") as file:
            for at in range(0, len(data), 1500):
                file.write(data[at : at + 1500])

    writer = threading.Thread(target=write, daemon=True)
    with standard_input(reading):
        os.close(reading)
        writer.start()
        loader = build.load("-")
    writer.join()
    assert build.packets(loader) == [(frame, 200, s * 10**9) for s, _, frame, _ in records]
    assert loader.sources[0].path == "-" and loader.damage == []


def test_standard_input_from_a_file_is_mapped(build: ModuleType, tmp_path: Path) -> None:
    path = tmp_path / "capture"
    path.write_bytes(build.pcap([build.record()] * 3))
    with open(path, "rb") as file, standard_input(file.fileno()):
        loader = build.load("-")
        assert loader.sources[0].mapped
    assert len(loader.table) == 3


def test_a_slow_pipe_shows_packets_as_they_come_and_can_be_cancelled(build: ModuleType, tmp_path: Path) -> None:
    reading, writing = os.pipe()
    with standard_input(reading):
        os.close(reading)
        loader = Loader(["-"])
    for count in (1, 2):
        records = [build.record()] * 3
        os.write(writing, build.pcap(records)[0 if count == 1 else 24 :])
        assert loader.step()
        assert len(loader.table) == count * 3
        assert loader.progress < 0 and not loader.complete
    timer = threading.Timer(0.2, loader.cancel)
    timer.start()
    assert not loader.step()
    assert not loader.step()
    timer.join()
    os.close(writing)
    assert len(loader.table) == 6 and not loader.complete


def test_no_file_is_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, build: ModuleType) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    path = tmp_path / "capture.gz"
    path.write_bytes(gzip.compress(build.pcap([build.record()] * 3)))
    loader = Loader([str(path)])
    loader.step()
    assert len(loader.table) == 3
    assert [one.name for one in tmp_path.iterdir()] == ["capture.gz"]


def test_a_missing_package_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "capture.zst"
    path.write_bytes(b"\x28\xb5\x2f\xfd" + bytes(40))
    monkeypatch.setitem(sys.modules, "zstandard", None)
    with pytest.raises(CaptureError, match="zstandard is not installed"):
        Loader([str(path)]).step()


def test_gzip_written_by_a_stream_writer_is_read(tmp_path: Path, build: ModuleType) -> None:
    sink = io.BytesIO()
    with gzip.GzipFile("inner-name.pcap", "wb", fileobj=sink) as file:
        file.write(build.pcap([build.record()]))
        file.flush()
        file.write(build.pcap([build.record()])[24:])
    path = tmp_path / "x"
    path.write_bytes(sink.getvalue())
    assert len(build.load(path).table) == 2


def test_a_mapped_file_that_is_shortened_while_it_is_open_gets_shorter(tmp_path: Path) -> None:
    path = tmp_path / "plain"
    path.write_bytes(noise(50_000))
    source = Source(str(path))
    os.truncate(path, 10_000)
    assert source.bytes(9_000, 20_000) == noise(50_000)[9_000:10_000]
    assert source.bytes(40_000, 10) == b""
    assert source.size == 10_000 and "shortened" in source.broken
