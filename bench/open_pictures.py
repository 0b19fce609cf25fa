#!/usr/bin/env python3
"""Open the pictures and statistics of captures in a real pseudo-terminal, press their keys, and say what went wrong.

usage: bench/open_pictures.py FOLDER ... [--every 10] [--size 160x48] [--no-colour] [--at-once 2] [--command pcaptui]

Timeline, flow graph, I/O graph, the TCP stream graphs and each statistic. Wrong is: a screen that does not open, a
traceback or a message that names an exception, a screen that answers no more or does not go away, and a screen that
differs (signs, colours) from the same one painted anew. What fails is tried once more, slower, and told only if it
fails again. One line a failure; the exit status is 1 if there was any.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tui"))

from open_all import FIRST_ROW, LOADED, Logged, ending_wrong, left_on
from pcaptui.capture import Capture
from pcaptui.statistics.registry import load
from session import Session

ESC, ENTER, RIGHT, DOWN, END, PAGE, TAB, REPAINT = (
    b"\x1b", b"\r", b"\x1b[C", b"\x1b[B", b"\x1b[F", b"\x1b[6~", b"\t", b"\x0c",
)  # fmt: skip
BUSY = re.compile(r"working …|counting |reading …|dissecting …|drawing …|looking for trouble")
FAULT = re.compile(r"Traceback|(?:Error|Exception|Warning)\b.{0,3}[:(]|internal error|! \w+Error")
GIVE_UP, REST = 20.0, 8.0


class Wrong(Exception):
    """What is wrong with a screen."""


class Screen:
    """A session with one capture; `quiet` is how long nothing must come until a screen counts as finished."""

    def __init__(self, session: Session, quiet: float) -> None:
        self.session, self.quiet = session, quiet
        self.wrong: list[str] = []
        self.checked = 0

    @property
    def top(self) -> str:
        return self.session.screen.display[0]

    def press(self, *keys: bytes) -> None:
        for key in keys:
            os.write(self.session.process.fd, key)
            self.session.settle(self.quiet / 4, REST)
            if self.session.ended:
                raise Wrong(f"ended at {key!r}")

    def until(self, wanted: str, what: str) -> None:
        """Until the top line begins so."""
        end = time.monotonic() + GIVE_UP
        while not self.top.lstrip().startswith(wanted):
            self.session.show(self.session.read(0.05))
            if self.session.ended or time.monotonic() > end:
                raise Wrong(f"{what}: not {wanted!r} but {self.top.strip()[:70]!r}")

    def finished(self) -> None:
        end = time.monotonic() + GIVE_UP
        self.rest()
        while BUSY.search(self.session.text()):
            self.rest()
            if time.monotonic() > end:
                raise Wrong("still busy")

    def rest(self) -> None:
        begin = time.monotonic()
        self.session.settle(self.quiet, REST)
        if time.monotonic() - begin > REST:
            raise Wrong("never comes to rest")

    def cells(self) -> list[list[tuple[object, ...]]]:
        screen = self.session.screen
        return [
            [
                (" ", c.bg, c.reverse) if c.data == " " else (c.data, c.fg, c.bg, c.bold, c.reverse, c.underscore)
                for c in (row[x] for x in range(screen.columns))
            ]
            for row in (screen.buffer[y] for y in range(screen.lines))
        ]

    def same(self, what: str) -> None:
        """The screen as it stands against the same one painted anew."""
        self.finished()
        text = self.session.text()
        if fault := FAULT.search(text):
            line = next(line for line in text.splitlines() if fault[0] in line)
            self.wrong.append(f"{what}: {line.strip()[:200]!r}")
        grown = self.cells()
        self.session.screen.reset()
        os.write(self.session.process.fd, REPAINT)
        answer = self.session.read(GIVE_UP)
        if not answer:
            raise Wrong(f"{what}: frozen")
        self.session.show(answer)
        self.rest()
        self.checked += 1
        anew = self.cells()
        for line, (old, new) in enumerate(zip(grown, anew, strict=True)):
            if old != new:
                words = ["".join(str(cell[0]) for cell in row).rstrip() for row in (old, new)]
                self.wrong.append(f"{what}: line {line} was {words[0][:160]!r}, painted anew {words[1][:160]!r}")
                return

    def leave(self, what: str, title: str) -> None:
        """Esc until the packet list is there."""
        for _ in range(4):
            os.write(self.session.process.fd, ESC)
            end = time.monotonic() + 2
            while self.is_open(title) and time.monotonic() < end:
                self.session.show(self.session.read(0.05))
            self.session.settle(self.quiet / 4, REST)
            if not self.is_open(title):
                return
        raise Wrong(f"{what}: Esc does not leave it: {self.top.strip()[:70]!r}")

    def is_open(self, title: str) -> bool:
        return self.top.lstrip().startswith(title)


def timeline(screen: Screen) -> None:
    screen.press(b"V")
    screen.same("timeline")
    screen.press(END)
    screen.same("timeline at the end")
    screen.press(b"V")
    screen.same("timeline hidden")


def flow(screen: Screen) -> None:
    screen.press(b"L")
    screen.until("Flow graph", "L")
    screen.same("flow graph")
    for keys in ((b"s",), (b"a",), (b"h", b"n"), (PAGE,), (DOWN, b"c", b"t", b"]")):
        screen.press(*keys)
        screen.same(f"flow graph {b' '.join(keys).decode()!r}")
    screen.leave("flow graph", "Flow graph")
    screen.same("list after the flow graph")


def io(screen: Screen) -> None:
    screen.press(b"I")
    screen.until("I/O graph", "I")
    screen.same("I/O graph")
    for keys in ((b"u",), (b"[", b"]", b"]"), (b"+", RIGHT), (b" ", RIGHT, RIGHT)):
        screen.press(*keys)
        screen.same(f"I/O graph {b' '.join(keys).decode()!r}")
    screen.press(ENTER)
    end = time.monotonic() + GIVE_UP
    while screen.is_open("I/O graph") and time.monotonic() < end:
        screen.session.show(screen.session.read(0.05))
    screen.same("list of a stretch")
    screen.press(ESC)
    screen.until("I/O graph", "Esc from the list of a stretch")
    screen.same("I/O graph again")
    screen.leave("I/O graph", "I/O graph")


def streams(screen: Screen, packet: int) -> None:
    screen.press(b":", str(packet + 1).encode(), ENTER)
    screen.press(b"v")
    screen.same("menu")
    screen.press(DOWN)
    screen.same("menu, next")
    screen.press(b"q")
    screen.until("Time sequence", "menu q")
    screen.same("time sequence")
    kinds = (("2", "tcptrace"), ("3", "Round-trip time"), ("4", "Throughput"), ("5", "Window"))
    for key, title in kinds:
        screen.press(key.encode())
        screen.until(title, f"graph {key}")
        screen.same(title)
        screen.press(b"d")
        screen.same(f"{title}, the other way")
        screen.press(b"n", b"+")
        screen.same(f"{title}, zoomed")
    screen.press(b"1", b"]")
    screen.same("next stream")
    screen.press(b"[", RIGHT)
    screen.same("stream before")
    screen.leave("stream graph", "Time sequence")


def statistic(screen: Screen, key: str, title: str) -> None:
    screen.press(b"v", key.encode())
    screen.until(title, f"menu {key}")
    screen.press(b"s", b"s", END)
    screen.same(f"{title}, sorted")
    screen.press(TAB, b"s", b"r", RIGHT, END, b" ")
    screen.same(f"{title}, second table")
    screen.press(TAB, TAB)
    screen.same(f"{title}, another table")
    screen.leave(title, title)


def drive(path: Path, command: str, size: tuple[int, int], no_colour: bool, quiet: float) -> tuple[int, list[str]]:
    """How many screens were compared, and what was wrong."""
    first = first_tcp(path)
    session = Logged(["env", "NO_COLOR=1", command, str(path)] if no_colour else [command, str(path)], *size)
    screen = Screen(session, quiet)
    try:
        session.wait_for(FIRST_ROW, 30)
        if session.ended:
            return 0, []  # no capture: open_all.py has looked at that
        session.wait_for(LOADED, 30)
        scenes = [timeline, flow, io]
        if first is not None:
            scenes.insert(2, partial(streams, packet=first))
        scenes += [partial(statistic, key=each.key, title=each.title) for each in load()]
        for scene in scenes:
            known, screen.quiet = len(screen.wrong), quiet
            if not tried(screen, scene):
                del screen.wrong[known:]
                screen.quiet = 5 * quiet
                tried(screen, scene)
            if session.ended:
                break
        if not session.ended:
            os.write(session.process.fd, b"\x03")
        end = time.monotonic() + 15
        while not session.ended and time.monotonic() < end:
            session.read(0.1)
        if not session.ended:
            session.process.kill(signal.SIGKILL)
            return screen.checked, [*screen.wrong, "Ctrl+C did not end it"]
        session.process.wait()
        return screen.checked, [*screen.wrong, *left_on(bytes(session.log)), *ending_wrong(session, bytes(session.log))]
    finally:
        session.close()


def tried(screen: Screen, scene: Callable[[Screen], None]) -> bool:
    """Whether all was well."""
    known = len(screen.wrong)
    try:
        scene(screen)
    except Wrong as problem:
        screen.wrong.append(str(problem))
        if not screen.session.ended:
            screen.press(*(ESC,) * 5, b"X")
    return len(screen.wrong) == known


def first_tcp(path: Path) -> int | None:
    """A packet of the first TCP stream."""
    try:
        capture = Capture([str(path)])
        capture.load_all()
    except Exception:  # not a capture
        return None
    packets = capture.stream_packets("tcp", 0) if capture.tracker.tcp_streams else ()
    found = int(packets[0]) if len(packets) else None
    capture.close()
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path)
    beside = Path(sys.executable).with_name("pcaptui")
    parser.add_argument("--command", default=str(beside) if beside.exists() else shutil.which("pcaptui"))
    parser.add_argument("--size", default="160x48")
    parser.add_argument("--no-colour", action="store_true")
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--from", dest="offset", type=int, default=0)
    parser.add_argument("--at-once", type=int, default=2)
    given = parser.parse_args()
    columns, rows = map(int, given.size.split("x"))
    files = sorted(p for folder in given.folders for p in ([folder] if folder.is_file() else folder.rglob("*")))
    files = [p for p in files if p.is_file()][given.offset :: given.every]
    work = partial(drive, command=given.command, size=(columns, rows), no_colour=given.no_colour, quiet=0.12)
    failed: Counter[Path] = Counter()
    screens = 0
    with ProcessPoolExecutor(given.at_once) as pool:
        for path, (checked, wrong) in zip(files, pool.map(work, files), strict=True):
            screens += checked
            for text in wrong:
                failed[path] += 1
                print(f"{path}: {text}", flush=True)
    print(f"{len(files)} captures, {screens} screens compared, {len(failed)} captures with failures")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
