"""The loader as a whole: blocks, several files, damage of compressed captures, cancelling, readers beside it."""

from __future__ import annotations

import gzip
import os
import threading
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from pcaptui.errors import CaptureError
from pcaptui.loader.load import BLOCK, FIRST_BLOCK, Loader
from pcaptui.loader.table import Layer


def many(build: ModuleType, count: int, start: int = 0) -> list:
    return [build.record(start + i // 1000, i % 1000, b"%9d" % i) for i in range(count)]


def test_the_first_block_is_small_and_the_others_large(build: ModuleType, tmp_path: Path) -> None:
    path = tmp_path / "capture"
    path.write_bytes(build.pcap(many(build, FIRST_BLOCK + BLOCK + 100)))
    loader = Loader([str(path)])
    counts, progress = [], []
    while loader.step():
        counts.append(len(loader.table))
        progress.append(loader.progress)
    assert counts == [FIRST_BLOCK, FIRST_BLOCK + BLOCK, FIRST_BLOCK + BLOCK + 100]
    assert progress == sorted(progress) and 0 < progress[0] < 0.1
    assert (loader.complete, loader.progress) == (True, 1.0)


def test_room_is_made_once(build: ModuleType, tmp_path: Path) -> None:
    path = tmp_path / "capture"
    path.write_bytes(build.pcap(many(build, 4 * BLOCK)))
    loader = Loader([str(path)])
    capacities = {loader.table.capacity}
    while loader.step():
        capacities.add(loader.table.capacity)
    assert len(capacities) == 2
    assert loader.table.capacity < 5 * BLOCK


def test_several_files_are_one_capture_in_time_order(build: ModuleType, tmp_path: Path) -> None:
    ng = build.Ng("<")
    one = build.pcap([build.record(1, 0, b"a"), build.record(3, 0, b"c"), build.record(3, 0, b"d")])
    two = ng.section() + ng.interface(113) + ng.enhanced(b"e", 3_000_000) + ng.enhanced(b"b", 2_000_000)
    two += ng.simple(b"B") + ng.enhanced(b"f", 4_000_000, options=ng.option(1, b"the end"))
    paths = [tmp_path / "one", tmp_path / "two.gz"]
    paths[0].write_bytes(one)
    paths[1].write_bytes(gzip.compress(two))
    loader = build.load(*paths)
    assert [frame for frame, _, _ in build.packets(loader)] == [b"a", b"b", b"B", b"c", b"d", b"e", b"f"]
    assert [loader.interfaces[i].link_type for i in loader.table["interface"]] == [1, 113, 113, 1, 1, 113, 113]
    assert np.flatnonzero(loader.table["layers"] & Layer.UNTIMED).tolist() == [2]
    assert loader.packet_comments == {6: ["the end"]}
    assert loader.complete and loader.progress == 1.0


def test_many_packets_of_several_files_are_in_order_in_every_column(build: ModuleType, tmp_path: Path) -> None:
    rng = np.random.default_rng(5)
    names, expected = [], []
    for file in range(3):
        times = rng.integers(0, 500, 30_000)
        records = [build.record(int(t), 0, b"%d:%d" % (file, i)) for i, t in enumerate(times)]
        expected += [(int(t), file, i) for i, t in enumerate(times)]
        names.append(tmp_path / str(file))
        names[-1].write_bytes(build.pcap(records))
    loader = build.load(*names)
    read = [(frame, time // 10**9) for frame, _, time in build.packets(loader)]
    assert read == [(b"%d:%d" % (file, i), time) for time, file, i in sorted(expected)]


def test_a_file_that_cannot_be_read_does_not_keep_the_others(build: ModuleType, tmp_path: Path) -> None:
    good, bad, missing = tmp_path / "good", tmp_path / "bad", tmp_path / "missing"
    good.write_bytes(build.pcap([build.record()]))
    bad.write_bytes(b"nothing of the kind")
    loader = build.load(bad, missing, good)
    assert len(loader.table) == 1
    assert f"{bad}: is not a pcap or pcapng capture" in [str(one) for one in loader.damage]
    assert {(one.path, one.offset) for one in loader.damage} == {(str(bad), -1), (str(missing), -1)}
    with pytest.raises(CaptureError, match="missing"):
        Loader([str(missing), str(missing)])
    with pytest.raises(CaptureError, match="not a pcap"):
        build.load(bad, bad)


def test_a_damaged_file_among_several_names_its_own_place(build: ModuleType, tmp_path: Path) -> None:
    good, cut = tmp_path / "good", tmp_path / "cut"
    good.write_bytes(build.pcap([build.record()]))
    cut.write_bytes(build.pcap([build.record(), build.record()])[:-2])
    loader = build.load(good, cut)
    assert len(loader.table) == 2
    assert [str(one) for one in loader.damage] == [f"{cut}: cut short in the middle of a packet at byte 45"]


def test_a_compressed_capture_that_breaks_off_shows_all_before(build: ModuleType, tmp_path: Path) -> None:
    records = [build.record(i, 0, bytes((i * i * 7 + j * j * i) % 251 for j in range(300))) for i in range(500)]
    whole = gzip.compress(build.pcap(records))
    path = tmp_path / "cut.pcap.gz"
    path.write_bytes(whole[: len(whole) // 2])
    loader = build.load(path)
    read = [frame for frame, _, _ in build.packets(loader)]
    assert 50 < len(read) < 500
    assert read == [one[2] for one in records[: len(read)]]
    assert [one.reason for one in loader.damage] == ["gzip data cut short"]
    assert loader.damage[0].offset == 24 + len(read) * 316
    assert str(loader.damage[0]).endswith(f"at byte {loader.damage[0].offset} of the decompressed data")


def test_cancelling_keeps_what_was_read(build: ModuleType, tmp_path: Path) -> None:
    path = tmp_path / "capture"
    path.write_bytes(build.pcap(many(build, 3 * BLOCK)))
    for paths in ([path], [path, path]):
        loader = Loader([str(one) for one in paths])
        assert loader.step()
        loader.cancel()
        count = len(loader.table)
        assert not loader.step()
        assert len(loader.table) == count and not loader.complete


def test_other_threads_read_the_published_part_while_the_table_grows(build: ModuleType, tmp_path: Path) -> None:
    path = tmp_path / "capture.gz"
    total = 3 * BLOCK
    path.write_bytes(gzip.compress(build.pcap(many(build, total)), 1))
    loader = Loader([str(path)])
    published, wrong, done = 0, [], threading.Event()

    def read() -> None:
        while not done.is_set():
            count = published
            if not count:
                continue
            i = count - 1
            offset, captured = int(loader.table["offset"][i]), int(loader.table["captured"][i])
            if loader.sources[0].bytes(offset, captured) != b"%9d" % i:
                wrong.append(i)

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    while loader.step():
        published = len(loader.table)
    done.set()
    reader.join()
    assert len(loader.table) == total and not wrong


@pytest.mark.parametrize("packets", [2_000, 200_000])
def test_a_capture_that_is_shortened_while_it_is_read_ends_there(
    build: ModuleType, tmp_path: Path, packets: int
) -> None:
    path = tmp_path / "x.pcap"
    path.write_bytes(build.pcap(many(build, packets)))
    loader = Loader([str(path)])
    assert loader.step()
    if packets > 100_000:
        assert loader.step()
    read = len(loader.table)
    os.truncate(path, 24 + (read + 100) * 25 + 20)
    while loader.step():
        pass
    assert len(loader.table) == read + 100
    assert [one.reason for one in loader.damage] == ["shortened by another program while it was open"]
