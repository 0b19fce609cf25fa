"""-w, --write: the packets that were asked for, in a file of their own."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from pcaptui.capture import Capture

Run = Callable[..., "subprocess.CompletedProcess[bytes]"]


def _frames(path: Path) -> list[bytes]:
    capture = Capture([str(path)])
    capture.load_all()
    return [capture.frame(index) for index in range(len(capture))]


@pytest.mark.parametrize("name", ["out.pcapng", "out.pcap"])
def test_packets_that_pass_are_written(pcaptui: Run, sample: Path, tmp_path: Path, name: str) -> None:
    done = pcaptui(sample, "-Y", "tcp.stream eq 4 and http", "-w", tmp_path / name)
    assert (done.returncode, done.stdout) == (0, b"")
    assert done.stderr.decode() == f"pcaptui: 2 of 262 packets written to {tmp_path / name}\n"
    whole = _frames(sample)
    assert _frames(tmp_path / name) == [whole[253], whole[257]]


def test_stream_and_numbers_choose_too(pcaptui: Run, sample: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.pcapng"
    pcaptui(sample, "--stream", "tcp:4", "--packet", "250-257", "--write", out)
    whole = _frames(sample)
    assert _frames(out) == [whole[number - 1] for number in (251, 252, 253, 254, 257)]


def test_without_a_choice_all_are_written(pcaptui: Run, sample: Path, tmp_path: Path) -> None:
    done = pcaptui(sample, "-w", tmp_path / "out.pcap")
    assert done.stderr.decode().startswith("pcaptui: 262 packets written")
    assert _frames(tmp_path / "out.pcap") == _frames(sample)


def test_a_pipe_takes_them_as_pcapng(pcaptui: Run, sample: Path, tmp_path: Path) -> None:
    done = pcaptui(sample, "--stream", "tcp:4", "-w", "-")
    assert done.stderr == b"pcaptui: 10 of 262 packets written to standard output\n"
    (tmp_path / "out").write_bytes(done.stdout)
    assert len(_frames(tmp_path / "out")) == 10


def test_where_nothing_passes_the_file_is_empty_but_whole(pcaptui: Run, sample: Path, tmp_path: Path) -> None:
    done = pcaptui(sample, "-Y", "frame.number == 9999", "-w", tmp_path / "out.pcapng")
    assert done.returncode == 0
    assert b" 0 of 262 packets written" in done.stderr
    assert (tmp_path / "out.pcapng").stat().st_size > 0


def test_a_damaged_capture_is_written_as_far_as_it_goes(pcaptui: Run, sample: Path, tmp_path: Path) -> None:
    cut = tmp_path / "cut.pcapng"
    cut.write_bytes(sample.read_bytes()[:-30])
    done = pcaptui(cut, "-w", tmp_path / "out.pcapng")
    assert done.returncode == 3
    assert len(_frames(tmp_path / "out.pcapng")) == 261


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["-w", "nowhere/out.pcap"], "no such file or directory"),
        (["-w", ""], "needs the name of a file"),
        (["-w", ""], "needs the name of a file"),
        (["-w", "out.pcap", "--print", "packets"], "do not go together"),
        (["-w", "out.pcap", "-Y", "tcp.prot"], "did you mean tcp.port"),
    ],
)
def test_what_cannot_be_written_ends_with_2(
    pcaptui: Run, sample: Path, tmp_path: Path, arguments: list[str], told: str
) -> None:
    done = pcaptui(sample, *arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert told in done.stderr.decode()
    assert not list(tmp_path.iterdir())


def test_the_open_capture_is_not_overwritten(pcaptui: Run, sample: Path, tmp_path: Path) -> None:
    mine = tmp_path / "mine.pcapng"
    mine.write_bytes(sample.read_bytes())
    done = pcaptui(mine, "-Y", "http", "-w", mine)
    assert done.returncode == 2
    assert mine.read_bytes() == sample.read_bytes()
