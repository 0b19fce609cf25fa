#!/usr/bin/env python3
"""How long each picture and statistic of a capture takes to open, and what its keys cost.

usage: bench/picture_times.py CAPTURE [--size 160x48] [--command pcaptui]

For each screen, from the key on: ms until its title stands there, until its content does, and whether it told that it
was working in between; then ms and bytes of a cursor step and of a page (medians of five).
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tui"))

from open_all import FIRST_ROW
from pcaptui.statistics.registry import load
from session import Session

DOWN, PAGE, ESC, RIGHT = b"\x1b[B", b"\x1b[6~", b"\x1b", b"\x1b[C"
BUSY = re.compile(r"working …|counting |reading …|drawing …")
_GRAPHS = (("q", "Time sequence"), ("z", "tcptrace"), ("r", "Round-trip"), ("p", "Throughput"), ("n", "Window"))
SCREENS = [
    ("flow graph, conversation", b"L", "Flow graph", ()),
    ("flow graph, all", b"a", "Flow graph", (b"L",)),
    ("I/O graph", b"I", "I/O graph", ()),
    *((f"graph: {title}", key.encode(), title, (b"v",)) for key, title in _GRAPHS),
    *((each.title, each.key.encode(), each.title, (b"v",)) for each in load()),
]


def opened(session: Session, key: bytes, title: str) -> tuple[float, float, str]:
    """(ms until the title, ms until the content, what it told in between)."""
    began, titled, told = time.perf_counter(), 0.0, ""
    os.write(session.process.fd, key)
    while time.perf_counter() - began < 60:
        data = session.read(0.02)
        session.show(data)
        now = (time.perf_counter() - began) * 1e3
        if not data and now < 150 and not titled:
            continue  # what stands there is older than the key
        top = session.screen.display[0].lstrip()
        if not top.startswith(title):
            continue
        titled = titled or now
        text = session.text()
        if (found := BUSY.search(text)) is not None:
            line = next(line for line in text.splitlines() if found[0] in line)
            told = line[line.index(found[0]) :].strip()[:40]
        elif not data or session.screen.display[3].strip():
            return titled, now, told
    return titled, float("inf"), told


def steps(session: Session, key: bytes) -> str:
    found = [session.key(key, 0.15) for _ in range(5)]
    return f"{statistics.median(ms for ms, _ in found):6.0f} ms {statistics.median(size for _, size in found):7,.0f} B"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("capture")
    parser.add_argument("--size", default="160x48")
    beside = Path(sys.executable).with_name("pcaptui")
    parser.add_argument("--command", default=str(beside) if beside.exists() else shutil.which("pcaptui"))
    given = parser.parse_args()
    columns, rows = map(int, given.size.split("x"))
    session = Session([given.command, given.capture], columns, rows)
    session.wait_for(FIRST_ROW)
    session.wait_for(r"\A (?!.*(?:loading|looking)).* \d[\d,]* of \d")
    session.settle(1.0, 30)
    print(f"{'':27}{'title':>8} {'content':>11}  {'step':>16}  {'page':>16}  told")
    for name, key, title, before in SCREENS:
        for one in before:
            os.write(session.process.fd, one)
            session.settle(0.8, 10)
        titled, content, told = opened(session, key, title)
        if content == float("inf"):
            print(f"{name:27} not opened: {session.screen.display[0].strip()[:60]}")
        else:
            session.settle(0.5, 20)
            plot = name == "I/O graph" or name.startswith("graph")
            costs = f"{steps(session, RIGHT if plot else DOWN)}  {steps(session, PAGE)}"
            print(f"{name:27}{titled:6.0f} ms {content:8.0f} ms  {costs}  {told}", flush=True)
        for _ in range(3):
            if session.screen.display[0].lstrip().startswith(title) or title == "tcptrace":
                os.write(session.process.fd, ESC)
                session.settle(0.4, 5)
    session.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
