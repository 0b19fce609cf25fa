"""Files that are there whole or not at all."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from pcaptui.whole_file import not_written, whole_file


def test_a_failure_leaves_what_was_there_and_no_draft(tmp_path: Path) -> None:
    target = tmp_path / "out"
    target.write_bytes(b"before")
    with pytest.raises(RuntimeError), whole_file(target) as file:
        file.write(b"half of it")
        raise RuntimeError
    assert target.read_bytes() == b"before"
    assert os.listdir(tmp_path) == ["out"]


def test_a_link_stays_a_link_and_permissions_stay(tmp_path: Path) -> None:
    target, link = tmp_path / "out", tmp_path / "link"
    target.write_bytes(b"before")
    target.chmod(0o640)
    link.symlink_to(target)
    with whole_file(link) as file:
        file.write(b"after")
    assert link.is_symlink()
    assert target.read_bytes() == b"after"
    assert target.stat().st_mode & 0o777 == 0o640


def test_what_is_no_file_is_written_to_and_not_replaced(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read: list[bytes] = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_bytes()))
    reader.start()
    with whole_file(pipe) as file:
        file.write(b"through")
    reader.join()
    assert read == [b"through"]
    assert pipe.is_fifo()


def test_two_files_of_one_folder_at_once(tmp_path: Path) -> None:
    with whole_file(tmp_path / "a") as one, whole_file(tmp_path / "b") as two:
        one.write(b"1")
        two.write(b"2")
    assert ((tmp_path / "a").read_bytes(), (tmp_path / "b").read_bytes()) == (b"1", b"2")


def test_why_it_was_not_written_in_words(tmp_path: Path) -> None:
    told = []
    for path in (tmp_path / "nowhere" / "x", Path("/dev/full")):
        if path.parent.exists() and not path.exists():
            continue  # no such device here
        with pytest.raises(OSError) as caught, whole_file(path) as file:
            file.write(b"x" * 100_000)
        told.append(not_written("out", caught.value))
    assert set(told) <= {"Not written: out: no such file or directory", "Not written: out: no space left on device"}
    assert not_written("out", ValueError("embedded null byte")) == "Not written: embedded null byte"
    assert not_written("out", KeyError()) == "Not written: KeyError"
