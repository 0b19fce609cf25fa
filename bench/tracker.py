#!/usr/bin/env python3
"""Measure the conversation tracker: beside loading, beside tshark, and on a SYN flood; print ratios of one run.

usage: tracker.py [--runs N] [--million CAPTURE] [--flood CAPTURE]
Processor time is what is compared (user and system), for wall-clock time on a busy machine says little; both are
printed where two threads work. Loading (with the numbering of streams that is done meanwhile) and the analysis that is
left after it are measured in turns in one process; whole programs from their start to their end.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
PCAPTUI = [sys.executable, "-m", "pcaptui"]


def once(path: Path) -> dict[str, float]:
    """Seconds of processor time of loading, of the analysis after it, and of asking for a stream's packets."""
    from pcaptui.capture import Capture

    capture = Capture([str(path)])
    times, walls = [time.process_time()], [time.perf_counter()]
    while capture._loader.step():
        capture.tracker.prepare()
    times.append(time.process_time())
    walls.append(time.perf_counter())
    capture._track()
    times.append(time.process_time())
    walls.append(time.perf_counter())
    capture.stream_packets("tcp", capture.tracker.tcp_streams // 2)
    times.append(time.process_time())
    capture.stream_packets("tcp", capture.tracker.tcp_streams // 3)
    times.append(time.process_time())
    capture.close()
    names = ("loading", "analysis", "first stream filter", "next stream filter")
    found = {name: end - begin for name, begin, end in zip(names, times, times[1:], strict=False)}
    return found | {"loading, wall": walls[1] - walls[0], "analysis, wall": walls[2] - walls[1]}


def steps(path: Path, runs: int) -> None:
    once(path)
    found = [once(path) for _ in range(runs)]
    medians = {name: statistics.median(one[name] for one in found) for name in found[0]}
    for name, seconds in medians.items():
        print(f"  {name:<28} {seconds * 1000:9.2f} ms")
    for clock in ("", ", wall"):
        ratio = statistics.median(one[f"analysis{clock}"] / one[f"loading{clock}"] for one in found)
        print(f"  {f'analysis / loading{clock}':<28} {ratio:9.2f}")


def program(command: list[str]) -> tuple[float, float, float]:
    """Processor seconds, peak resident MiB (mapped files included) and wall-clock seconds of a whole run."""
    begun = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
    _, _, usage = os.wait4(process.pid, 0)
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, time.perf_counter() - begun


def programs(path: Path, runs: int) -> None:
    ours = [*PCAPTUI, str(path), "--print", "summary"]
    program(ours)
    mine = [program(ours) for _ in range(runs)]
    seconds, wall = (statistics.median(one[place] for one in mine) for place in (0, 2))
    print(f"  pcaptui --print summary      {seconds:9.2f} s   {mine[0][1]:6.0f} MiB   {wall:.2f} s wall")
    if shutil.which("tshark") is None:
        return
    theirs, memory, waited = program(["tshark", "-n", "-r", str(path), "-q", "-z", "conv,tcp"])
    later = [program(ours) for _ in range(runs)]
    again, wall_again = (statistics.median(one[place] for one in later) for place in (0, 2))
    print(f"  tshark -q -z conv,tcp        {theirs:9.2f} s   {memory:6.0f} MiB   {waited:.2f} s wall")
    print(f"  tshark / pcaptui             {theirs * 2 / (seconds + again):9.1f}")
    print(f"  tshark / pcaptui, wall       {waited * 2 / (wall + wall_again):9.1f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--million", type=Path, default=HERE / "captures" / "million.pcap")
    parser.add_argument("--flood", type=Path, default=HERE / "captures" / "flood.pcap")
    given = parser.parse_args()
    for path, maker in ((given.million, "million.py"), (given.flood, "flood.py")):
        if not path.exists():
            subprocess.run([sys.executable, str(HERE / maker), str(path)], check=True)
    captures = (("A million packets", given.million), ("A million one-packet streams", given.flood))
    for measure in (programs, steps):  # programs first: a child's peak memory begins with its parent's
        for title, path in captures:
            print(f"{title} ({path.stat().st_size // 1_000_000} MB), medians of {given.runs}")
            measure(path, given.runs)


if __name__ == "__main__":
    main()
