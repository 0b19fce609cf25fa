"""Packets saved and read back: the same bytes, times, lengths, interfaces and comments."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from scapy.layers.inet import IP, UDP
from scapy.layers.l2 import Ether
from scapy.utils import PcapNgWriter, PcapWriter

from pcaptui.capture import Capture
from pcaptui.saving import SaveError, Stopped, save

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared" / "captures"
VISIT = ROOT / "sample_pcaps" / "web-visit.pcapng"


def opened(path: Path | str) -> Capture:
    capture = Capture([str(path)])
    capture.load_all()
    return capture


def facts(capture: Capture, indexes) -> list[tuple[object, ...]]:
    table = capture.table
    return [
        (capture.frame(i), int(table["time"][i]), int(table["length"][i]), capture.link_type(i),
         capture.interface(i).name, tuple(capture.packet_comments(i)), tuple(capture.packet_facts(i).items()))
        for i in indexes
    ]  # fmt: skip


def commented(path: Path) -> Path:
    with PcapNgWriter(str(path)) as writer:
        for number in range(5):
            packet = Ether(src="02:00:00:00:00:01") / IP() / UDP(sport=number) / (b"x" * number)
            packet.time = 1_573_121_347.123456
            packet.comment = f"packet {number}: grüße" if number % 2 else None
            writer.write(packet)
    return path


def test_a_part_of_the_visit_is_read_back_the_same(tmp_path):
    visit = opened(VISIT)
    chosen = visit.stream_packets("tcp", 4)
    target = tmp_path / "part.pcapng"
    assert save(visit, chosen, target) == 10
    assert facts(opened(target), range(10)) == facts(visit, chosen.tolist())


def test_comments_are_kept(tmp_path):
    capture = opened(commented(tmp_path / "in.pcapng"))
    save(capture, np.arange(len(capture)), tmp_path / "out.pcapng")
    assert facts(opened(tmp_path / "out.pcapng"), range(5)) == facts(capture, range(5))
    assert any(one[5] for one in facts(capture, range(5)))


def test_pcap_keeps_microseconds_and_nanoseconds(tmp_path):
    for nano in (False, True):
        path = tmp_path / f"in{nano}.pcap"
        with PcapWriter(str(path), nano=nano) as writer:
            packet = Ether() / IP() / UDP()
            packet.time = 1_573_121_347.5
            writer.write(packet)
        capture = opened(path)
        if nano:
            capture.table["time"][0] += 1
        save(capture, np.arange(1), tmp_path / "out.pcap")
        again = opened(tmp_path / "out.pcap")
        assert int(again.table["time"][0]) == int(capture.table["time"][0])
        assert again.frame(0) == capture.frame(0)


def test_the_open_capture_is_not_overwritten(tmp_path):
    path = commented(tmp_path / "in.pcapng")
    before = path.read_bytes()
    with pytest.raises(SaveError):
        save(opened(path), np.arange(2), path)
    assert path.read_bytes() == before


def test_a_stopped_saving_leaves_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr("pcaptui.saving.BLOCK", 2)
    with pytest.raises(Stopped):
        save(opened(VISIT), np.arange(100), tmp_path / "out.pcapng", cancelled=lambda: True)
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_be_written_is_an_error_that_says_so(tmp_path):
    with pytest.raises(OSError):
        save(opened(VISIT), np.arange(3), tmp_path / "nowhere" / "out.pcapng")


def test_several_link_types_need_pcapng(tmp_path):
    path = tmp_path / "two.pcapng"
    save(opened(VISIT), np.arange(1), path)
    other = tmp_path / "raw.pcap"
    with PcapWriter(str(other), linktype=101) as writer:
        writer.write(IP() / UDP())
    both = Capture([str(path), str(other)])
    both.load_all()
    with pytest.raises(SaveError, match="link types"):
        save(both, np.arange(2), tmp_path / "out.pcap")
    save(both, np.arange(2), tmp_path / "out.pcapng")
    assert facts(opened(tmp_path / "out.pcapng"), range(2)) == facts(both, range(2))


@pytest.mark.skipif(not SHARED.exists(), reason="the shared captures are not here")
def test_captures_of_all_kinds_are_read_back_the_same(tmp_path):
    for number, path in enumerate(sorted(SHARED.rglob("*"))[::23]):
        if not path.is_file():
            continue
        try:
            capture = opened(path)
        except Exception:
            continue
        if not len(capture):
            continue
        some = np.arange(min(len(capture), 200))
        save(capture, some, tmp_path / f"{number}.pcapng")
        assert facts(opened(tmp_path / f"{number}.pcapng"), some) == facts(capture, some), path.name


@pytest.mark.skipif(shutil.which("tshark") is None, reason="tshark is not installed")
@pytest.mark.parametrize("name", ["out.pcapng", "out.pcap"])
def test_tshark_reads_the_same_packets(tmp_path, name):
    visit = opened(VISIT)
    save(visit, np.arange(len(visit)), tmp_path / name)

    def rows(path):
        fields = [f"-e{field}" for field in ("frame.time_epoch", "frame.len", "frame.cap_len", "_ws.col.Info")]
        done = subprocess.run(["tshark", "-n", "-r", str(path), "-Tfields", *fields], capture_output=True, check=True)
        return done.stdout

    assert rows(tmp_path / name) == rows(VISIT)
