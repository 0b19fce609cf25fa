"""Packets and bytes in steps of time."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scapy.layers.inet import IP, TCP, UDP
from scapy.layers.l2 import Ether
from scapy.packet import Raw
from scapy.utils import wrpcap

from pcaptui.capture import Capture
from pcaptui.pictures.io_counts import BILLION, MOST_STEPS, count, nice_step, place_of, steps_of


def made(path: Path, times: list[float], sizes: list[int]) -> Capture:
    packets = []
    for time, size in zip(times, sizes, strict=True):
        packet = Ether() / IP(src="10.0.0.1", dst="10.0.0.2") / UDP(sport=1000, dport=2000) / Raw(bytes(size - 42))
        packet.time = 1_700_000_000 + time
        packets.append(packet)
    wrpcap(str(path), packets)
    capture = Capture.open([str(path)])
    capture.load_all()
    return capture


def test_every_packet_is_counted_in_its_step(tmp_path: Path) -> None:
    capture = made(tmp_path / "a.pcap", [0.0, 0.4, 0.5, 0.999, 1.5], [60, 70, 80, 90, 100])
    steps = steps_of(capture, BILLION // 2)
    found = count(capture, steps, place_of(capture, steps))
    assert steps.starts.tolist() == [0.0, 0.5, 1.0, 1.5]
    assert found.packets.tolist() == [2, 2, 0, 1]
    assert found.bytes.tolist() == [130, 170, 0, 100]
    assert found.values("bits/s", steps).tolist() == [2080.0, 2720.0, 0.0, 1600.0]


def test_only_chosen_packets_are_counted(tmp_path: Path) -> None:
    capture = made(tmp_path / "a.pcap", [0.0, 0.4, 1.5], [60, 70, 100])
    steps = steps_of(capture, BILLION)
    found = count(capture, steps, place_of(capture, steps), np.array([1, 2]))
    assert (found.packets.tolist(), found.bytes.tolist()) == ([1, 1], [70, 100])


def test_a_packet_from_before_the_first_one_is_in_the_first_step(tmp_path: Path) -> None:
    capture = made(tmp_path / "a.pcap", [5.0, 1.0, 7.2], [60, 60, 60])
    steps = steps_of(capture, BILLION)
    assert place_of(capture, steps).tolist() == [0, 0, 2]


def test_packets_that_are_loaded_after_the_steps_were_made_are_in_none(tmp_path: Path) -> None:
    capture = made(tmp_path / "a.pcap", [0.0, 0.4, 1.5, 9.0], [60, 70, 100, 60])
    steps = replace(steps_of(capture, BILLION), count=2, loaded=3)
    found = count(capture, steps, place_of(capture, steps))
    assert found.packets.tolist() == [2, 1]


def test_segments_sent_again_are_errors_and_keep_alives_are_none(tmp_path: Path) -> None:
    def segment(time: float, flags: str, seq: int, data: bytes) -> Ether:
        head = IP(src="10.0.0.1", dst="10.0.0.2") / TCP(sport=1000, dport=80, flags=flags, seq=seq, ack=1)
        packet = Ether() / head / Raw(data)
        packet.time = 1_700_000_000 + time
        return packet

    parts = [segment(0, "A", 100, b"abcd"), segment(1.2, "A", 100, b"abcd"), segment(9, "A", 103, b"\0")]
    wrpcap(str(tmp_path / "b.pcap"), parts)
    capture = Capture.open([str(tmp_path / "b.pcap")])
    capture.load_all()
    steps = steps_of(capture, BILLION)
    found = count(capture, steps, place_of(capture, steps))
    assert capture.anomalies() == {"retransmission": 1, "keep_alive": 1}
    assert np.flatnonzero(found.bad).tolist() == [1]


@given(st.integers(1, 10**18), st.integers(1, 5000))
def test_a_nice_step_makes_neither_too_many_nor_far_too_few(span: int, wanted: int) -> None:
    step = nice_step(span, wanted)
    digits = str(step).rstrip("0")
    assert digits in ("1", "2", "5")
    assert span / step <= wanted + 1
    assert step == 1000 or span / step > wanted / 2.6


def test_steps_are_never_too_many(tmp_path: Path) -> None:
    capture = made(tmp_path / "a.pcap", [0.0, 4_000_000.0], [60, 60])
    steps = steps_of(capture, 1000)
    assert steps.count <= MOST_STEPS


@pytest.mark.parametrize("form", ["text", "csv", "jsonl", "markdown"])
def test_printed_steps_have_a_line_for_each_filter(pcaptui, sample: Path, form: str) -> None:
    done = pcaptui(sample, "--print", "io", "--interval", "1", "--line", "dns", "--line", "tcp", "--format", form)
    assert done.returncode == 0
    lines = done.stdout.decode().splitlines()
    if form == "csv":
        assert lines[0].endswith("line_1_packets,line_1_bytes,line_2_packets,line_2_bytes")
        assert [line.split(",")[2:4] for line in lines[1:]] == [
            ["195", "161837"], ["24", "4005"], ["19", "2861"], ["24", "4352"]]  # fmt: skip
    assert len(lines) >= 4


@pytest.mark.parametrize(
    "options", [["--print", "packets", "--line", "tcp"], ["--print", "io", "--interval", "0"],
                ["--print", "io", *["--line", "tcp"] * 7]],
)  # fmt: skip
def test_wrong_use_is_told(pcaptui, sample: Path, options: list[str]) -> None:
    done = pcaptui(sample, *options)
    assert done.returncode == 2 and done.stderr.startswith(b"pcaptui: --")
