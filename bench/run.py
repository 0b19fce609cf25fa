#!/usr/bin/env python3
"""Measure pcaptui beside tshark and termshark, in one run on one machine, and print ratios.

usage: run.py [--runs N] [--small CAPTURE] [--million CAPTURE] [--keys N]
Without --million a capture of a million packets is made first (bench/captures/million.pcap, about 500 MB). Peers that
are not installed are left out. Byte-code: everything is started once before it is measured, so .pyc files exist.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from session import Session

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
DOWN, PAGE_DOWN = b"\x1b[B", b"\x1b[6~"
PCAPTUI = [sys.executable, "-m", "pcaptui"]
BARE = [sys.executable, str(HERE / "bare_app.py")]


def median(measure: Callable[[], float | None], runs: int) -> float:
    measure()  # byte-code and page cache
    found = [value for value in (measure() for _ in range(runs)) if value is not None]
    return statistics.median(found) if found else float("nan")


def first_rows(command: list[str], pattern: str) -> Callable[[], float | None]:
    def measure() -> float | None:
        session = Session(command)
        try:
            return session.wait_for(pattern)
        finally:
            session.close()

    return measure


def whole_process(command: list[str]) -> Callable[[], float | None]:
    def measure() -> float | None:
        began = time.perf_counter()
        subprocess.run(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL, check=False
        )
        return time.perf_counter() - began

    return measure


def peak_memory(command: list[str]) -> float:
    """Peak resident MiB of a finished command, mapped files included."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
    _, _, usage = os.wait4(process.pid, 0)
    return usage.ru_maxrss / 1024


def report(name: str, value: float, unit: str, yardstick: tuple[str, float] | None = None) -> None:
    line = f"  {name:<46} {value:10.2f} {unit}"
    if yardstick is not None and value:
        line += f"   = {value / yardstick[1]:.3g} x {yardstick[0]}"
    print(line, flush=True)


def screens(captures: dict[str, Path], runs: int) -> None:
    print(f"Time to the first rows on the screen (160x48, median of {runs})")
    bare = median(first_rows(BARE, "READY"), runs)
    report("bare Textual app, one widget", bare, "s")
    for name, path in captures.items():
        ours = median(first_rows([*PCAPTUI, str(path)], r"\n\W+1 +0\.0"), runs)
        report(f"pcaptui, {name}", ours, "s", ("bare", bare))
    if shutil.which("termshark"):
        theirs = median(first_rows(["termshark", "-r", str(captures["small"])], r"\n\W*1 +0\.0"), min(runs, 3))
        report("termshark, small", theirs, "s", ("bare", bare))


def summaries(path: Path, runs: int) -> None:
    print("The whole capture of a million packets")
    ours = median(whole_process([*PCAPTUI, str(path), "--print", "summary"]), runs)
    report("pcaptui --print summary", ours, "s")
    report("  peak memory, the mapped file included", peak_memory([*PCAPTUI, str(path), "--print", "summary"]), "MiB")
    if shutil.which("tshark"):
        command = ["tshark", "-n", "-r", str(path), "-q", "-z", "conv,tcp"]
        theirs = median(whole_process(command), 1)
        report("tshark -q -z conv,tcp", theirs, "s", ("pcaptui --print summary", ours))
        report("  peak memory", peak_memory(command), "MiB")


def keys(captures: dict[str, Path], count: int) -> None:
    print(f"A key on the screen, tree and hex updated (160x48, {count} times)")
    programs = {name: [*PCAPTUI, str(path)] for name, path in captures.items()}
    if shutil.which("termshark"):
        programs["termshark, small"] = ["termshark", "-r", str(captures["small"])]
    for name, command in programs.items():
        session = Session(command)
        try:
            session.wait_for(r"\n\W*1 +0\.0")
            session.settle(2.0)
            for label, key, times in (("Down", DOWN, count), ("Page Down", PAGE_DOWN, count // 4)):
                found = [session.key(key) for _ in range(times)]
                label = f"{name if 'shark' in name else 'pcaptui, ' + name}: {label}"
                report(f"{label}, settled", statistics.median(ms for ms, _ in found), "ms (median)")
                report(f"{label}, to the terminal", statistics.mean(size for _, size in found), "bytes (mean)")
            memory = session.memory()
            report(f"{name}: memory beyond mapped files", memory["private"], "MiB")
        finally:
            session.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--keys", type=int, default=40)
    parser.add_argument("--small", type=Path, default=ROOT / "sample_pcaps" / "web-visit.pcapng")
    parser.add_argument("--million", type=Path, default=HERE / "captures" / "million.pcap")
    given = parser.parse_args()
    if not given.million.exists():
        subprocess.run([sys.executable, str(HERE / "million.py"), str(given.million)], check=True)
    captures = {"small": given.small, "million packets": given.million}
    screens(captures, given.runs)
    summaries(given.million, given.runs)
    keys(captures, given.keys)


if __name__ == "__main__":
    main()
