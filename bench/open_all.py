#!/usr/bin/env python3
"""Open every capture below some folders in a real pseudo-terminal, press a few keys, leave, and say what went wrong.

usage: bench/open_all.py FOLDER ... [--command pcaptui] [--size 100x30] [--at-once 2]

Wrong is: no first row and no clear error line, a traceback, an exit status that is not 0, 1 or 3, a terminal that is
not given back (modes, cursor, alternate screen), a control sequence of the packets' own, and a screen that differs from
the same screen painted anew. One line a failure; the exit status is 1 if there was any.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import signal
import sys
import termios
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

from session import Session

FIRST_ROW = r"(?m)^.{0,12}\b1 .*\S"
LOADED = r"\A (?!.*loading).* \d+ of \d+"
DISSECTED = r"(?s)\A(?!.*dissecting …)"
KEYS = (b"\x1b[B", b"\x1b[B", b"\x1b[B", b"\x1b[F", b"\r", b"\x1b[C", b"\x1b[B")
ENTERED, LEFT = b"\x1b[?1049h", b"\x1b[?1049l"
MODES = re.compile(rb"\x1b\[\?([0-9;]+)([hl])")
SEQUENCE = re.compile(
    rb"\x1b\[[<>=?]?[0-9;:]*[ $]?[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1bP[^\x1b]*\x1b\\|\x1b[78=>()][B0]?"
)
CONTROLS = re.compile(rb"[\x00-\x06\x0b\x0c\x0e-\x1f\x7f]|\xc2[\x80-\x9f]")
ON_BY_DEFAULT = {b"7", b"25"}


class Logged(Session):
    """A session that keeps every byte."""

    def __init__(self, command: list[str], columns: int, rows: int) -> None:
        self.log = bytearray()
        super().__init__(command, columns, rows)

    def read(self, wait: float) -> bytes:
        data = super().read(wait)
        self.log += data
        return data

    def resize(self, columns: int, rows: int) -> None:
        self.screen.resize(rows, columns)
        self.process.setwinsize(rows, columns)
        self.settle(0.15)


def tty_modes(fd: int) -> list[object]:
    """Input, output, control and local modes, and the special characters."""
    modes = termios.tcgetattr(fd)
    return [*modes[:4], modes[6]]


def check(path: Path, command: str, size: tuple[int, int]) -> tuple[str, list[str]]:
    """How it ended ('0', '1 (no screen)', ...) and what was wrong."""
    session = Logged([command, str(path)], *size)
    try:
        return drive(session, size)
    finally:
        session.close()


def drive(session: Logged, size: tuple[int, int]) -> tuple[str, list[str]]:
    wrong: list[str] = []
    before = tty_modes(session.process.fd)
    shown = session.wait_for(FIRST_ROW, 30)
    if shown is None and not session.ended:
        wrong.append("no first row in 30 s")
    if not session.ended:
        session.wait_for(LOADED, 30)
        for key in KEYS:
            os.write(session.process.fd, key)
            session.settle(0.06)
        session.wait_for(DISSECTED, 15)
        session.settle(0.3)
        wrong += repaint_differences(session, size)
        os.write(session.process.fd, b"q")
    ending = time.monotonic() + 15
    while not session.ended and time.monotonic() < ending:
        session.read(0.1)
    if not session.ended:
        session.process.kill(signal.SIGKILL)
        return "killed", [*wrong, "q did not end it"]
    after = tty_modes(session.process.fd)
    session.process.wait()
    log = bytes(session.log)
    if after != before:
        wrong.append("terminal modes not restored")
    wrong += left_on(log) + ending_wrong(session, log)
    return f"{session.process.exitstatus}{'' if ENTERED in log else ' (no screen)'}", wrong


def ending_wrong(session: Logged, log: bytes) -> list[str]:
    """Exit status, last words and the bytes in between."""
    wrong = []
    status = session.process.exitstatus
    words = log.rpartition(LEFT)[2] if LEFT in log else log
    said = SEQUENCE.sub(b"", words).decode(errors="replace").strip()
    if status not in (0, 1, 3):
        wrong.append(f"exit status {status}, signal {session.process.signalstatus}")
    if b"Traceback" in log or b"internal error" in log:
        wrong.append("traceback or internal error")
    if len(said.splitlines()) > 1 or (status == 0) != (not said):
        wrong.append(f"last words with status {status}: {said[:300]!r}")
    if stray := CONTROLS.findall(SEQUENCE.sub(b"", log)):
        wrong.append(f"control characters on the screen: {Counter(stray)}")
    return wrong


def left_on(log: bytes) -> list[str]:
    """Modes that differ from a terminal's default after the last byte."""
    state: dict[bytes, bool] = {}
    for numbers, way in MODES.findall(log):
        for number in numbers.split(b";"):
            state[number] = way == b"h"
    wrong = sorted(n.decode() for n, on in state.items() if on != (n in ON_BY_DEFAULT))
    return [f"modes not given back: {' '.join(wrong)}"] if wrong else []


def repaint_differences(session: Logged, size: tuple[int, int]) -> list[str]:
    """The screen as it grew by differences against the same one after two changes of the terminal's size."""
    grown = session.text().splitlines()
    session.resize(size[0] - 1, size[1])
    session.screen.reset()
    session.resize(*size)
    session.wait_for(LOADED, 15)
    session.settle(0.15)
    anew = session.text().splitlines()
    for line, (old, new) in enumerate(zip(grown, anew, strict=False)):
        if old != new:
            return [f"line {line} was {old.rstrip()!r}, painted anew {new.rstrip()!r}"]
    return []


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path)
    beside = Path(sys.executable).with_name("pcaptui")
    parser.add_argument("--command", default=str(beside) if beside.exists() else shutil.which("pcaptui"))
    parser.add_argument("--size", default="100x30")
    parser.add_argument("--at-once", type=int, default=2)
    given = parser.parse_args()
    columns, rows = map(int, given.size.split("x"))
    files = sorted(p for folder in given.folders for p in ([folder] if folder.is_file() else folder.rglob("*")))
    files = [p for p in files if p.is_file()]
    work = partial(check, command=given.command, size=(columns, rows))
    ends: Counter[str] = Counter()
    failed = 0
    with ProcessPoolExecutor(given.at_once) as pool:
        for path, (end, wrong) in zip(files, pool.map(work, files), strict=True):
            ends[end] += 1
            failed += bool(wrong)
            for text in wrong:
                print(f"{path}: {text}", flush=True)
    print(f"{len(files)} captures, {failed} with failures; ended with {dict(ends)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
