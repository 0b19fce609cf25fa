#!/usr/bin/env python3
"""Measure the conversation tracker: beside loading, beside tshark, and on a SYN flood; print ratios of one run.

usage: tracker.py [--runs N] [--million CAPTURE] [--flood CAPTURE]
Processor time is what is compared (user and system): wall-clock time on a busy machine says little. Loading and
analysis are measured in turns in one process; whole programs from their start to their end.
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
    times = [time.process_time()]
    while capture._loader.step():
        pass
    times.append(time.process_time())
    capture._track()
    times.append(time.process_time())
    capture.stream_packets("tcp", capture.tracker.tcp_streams // 2)
    times.append(time.process_time())
    capture.stream_packets("tcp", capture.tracker.tcp_streams // 3)
    times.append(time.process_time())
    capture.close()
    names = ("loading", "analysis", "first stream filter", "next stream filter")
    return {name: end - begin for name, begin, end in zip(names, times, times[1:], strict=False)}


def steps(path: Path, runs: int) -> None:
    once(path)
    found = [once(path) for _ in range(runs)]
    medians = {name: statistics.median(one[name] for one in found) for name in found[0]}
    for name, seconds in medians.items():
        print(f"  {name:<28} {seconds * 1000:9.2f} ms")
    ratio = statistics.median(one["analysis"] / one["loading"] for one in found)
    print(f"  analysis / loading           {ratio:9.2f}")


def program(command: list[str]) -> tuple[float, float]:
    """Processor seconds and peak resident MiB (mapped files included) of a whole run."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
    _, _, usage = os.wait4(process.pid, 0)
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def programs(path: Path, runs: int) -> None:
    ours = [*PCAPTUI, str(path), "--print", "summary"]
    program(ours)
    mine = [program(ours) for _ in range(runs)]
    seconds = statistics.median(one for one, _ in mine)
    print(f"  pcaptui --print summary      {seconds:9.2f} s   {mine[0][1]:6.0f} MiB")
    if shutil.which("tshark") is None:
        return
    theirs, memory = program(["tshark", "-n", "-r", str(path), "-q", "-z", "conv,tcp"])
    again = statistics.median(program(ours)[0] for _ in range(runs))
    print(f"  tshark -q -z conv,tcp        {theirs:9.2f} s   {memory:6.0f} MiB")
    print(f"  tshark / pcaptui             {theirs * 2 / (seconds + again):9.1f}")


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
