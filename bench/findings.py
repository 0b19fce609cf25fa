#!/usr/bin/env python3
"""Measure the findings: seconds a rule, beside loading; medians of several rounds, each with a capture opened anew.

usage: findings.py [--runs N] [--least MS] [CAPTURE ...]
Without captures: a million packets of real traffic (bench/million.py), a million one-packet streams (bench/flood.py),
200,000 web requests and 100,000 DNS queries (bench/exchanges.py), made where they are missing.
What rules share (columns over all conversations, headers of HTTP) counts for the rule that asks first.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
MADE = {
    "million.pcap": ["million.py"],
    "flood.pcap": ["flood.py"],
    "web.pcap": ["exchanges.py", "--kind", "web"],
    "dns.pcap": ["exchanges.py", "--kind", "dns"],
}


def once(path: Path) -> tuple[float, float, dict[str, float], list[str]]:
    """Wall-clock seconds of loading, of all rules, of each, and what was broken off or failed."""
    from pcaptui.capture import Capture
    from pcaptui.findings.run import find

    capture = Capture([str(path)])
    try:
        begun = time.perf_counter()
        capture.load_all()
        loaded = time.perf_counter()
        report = find(capture)
        done = time.perf_counter()
    finally:
        capture.close()
    return loaded - begun, done - loaded, report.took, [*report.stopped, *report.failed]


def measure(path: Path, runs: int, least: float) -> None:
    once(path)
    rounds = [once(path) for _ in range(runs)]
    loading, finding = (statistics.median(one[place] for one in rounds) for place in (0, 1))
    rules = {name: statistics.median(one[2][name] for one in rounds) for name in rounds[0][2]}
    for name, seconds in sorted(rules.items(), key=lambda item: -item[1]):
        if seconds * 1000 >= least:
            print(f"  {name:<28} {seconds * 1000:9.1f} ms")
    print(f"  {'all rules':<28} {finding * 1000:9.1f} ms")
    print(f"  {'loading':<28} {loading * 1000:9.1f} ms")
    print(f"  {'all rules / loading':<28} {statistics.median(one[1] / one[0] for one in rounds):9.2f}")
    wrong = sorted({name for one in rounds for name in one[3]})
    if wrong:
        print(f"  broken off or failed: {', '.join(wrong)}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("captures", nargs="*", type=Path, metavar="CAPTURE")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--least", type=float, default=5.0, help="ms from which on a rule is told of")
    given = parser.parse_args()
    for name, (maker, *options) in MADE.items() if not given.captures else ():
        path = HERE / "captures" / name
        if not path.exists():
            subprocess.run([sys.executable, str(HERE / maker), str(path), *options], check=True)
        given.captures.append(path)
    for path in given.captures:
        print(f"{path.name} ({path.stat().st_size // 1_000_000} MB), medians of {given.runs}")
        measure(path, given.runs, given.least)


if __name__ == "__main__":
    main()
