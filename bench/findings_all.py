#!/usr/bin/env python3
"""Judge every capture of a folder by all rules, and say which rules failed, overran or were slow.

usage: bench/findings_all.py [FOLDER_OR_CAPTURE ...] [--jobs 1] [--slow 0.5] [--budget 5] [--text FILE]

Prints failures with their last lines, rules that took longer than --slow seconds over one capture, the longest titles,
and a table rule → captures and findings by severity. With --text all findings go to FILE, one capture after the other.
The exit status is 1 if a rule failed or was stopped, or a capture could not be opened.
"""

from __future__ import annotations

import argparse
import sys
import time
import traceback
from collections import Counter, defaultdict
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tui"))

from pcaptui.capture import Capture
from pcaptui.errors import PcaptuiError
from pcaptui.findings import Finding, find

KINDS = (".pcap", ".pcapng", ".cap", ".trace", ".gz")
LONGEST_TITLE = 70


@dataclass
class Judged:
    """What came of one capture: seconds of loading and of each rule, findings, and what went wrong."""

    path: Path
    packets: int = 0
    loading: float = 0.0
    took: dict[str, float] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)
    stopped: list[str] = field(default_factory=list)
    unopened: str = ""


def judge(path: Path, budget: float) -> Judged:
    found = Judged(path)
    begun = time.perf_counter()
    try:
        capture = Capture.open([str(path)])
        capture.load_all()
    except (PcaptuiError, OSError) as error:
        found.unopened = str(error)
        return found
    found.packets, found.loading = len(capture), time.perf_counter() - begun
    try:
        report = find(capture, budget=budget)
    except Exception:  # what no rule caught
        found.failed["find"] = traceback.format_exc(limit=-3)
        return found
    found.findings, found.took = report.findings, report.took
    found.failed, found.stopped = report.failed, report.stopped
    return found


def captures(places: list[Path]) -> Iterator[Path]:
    for place in places:
        if place.is_file():
            yield place
        else:
            yield from sorted(path for path in place.rglob("*") if path.is_file() and path.suffix in KINDS)


def text(one: Judged, out: list[str]) -> None:
    """All that is said of one capture."""
    out.append(f"==== {one.path} ({one.packets} packets)")
    for finding in one.findings:
        numbers = ", ".join(str(index + 1) for index in finding.packets[:8])
        more = f" and {len(finding.packets) - 8} more" if len(finding.packets) > 8 else ""
        out.append(f"{finding.severity.letter} {finding.told(finding.title)}")
        out.append(f"    {finding.told(finding.detail)}")
        out.append(f"    [{numbers}{more}] ({finding.rule}, {finding.stream})")


def table(all_judged: list[Judged]) -> Iterator[str]:
    """Findings by the rule's name that they carry."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for one in all_judged:
        counts["~ captures with one"].update({finding.severity.letter for finding in one.findings})
        for name in {finding.rule for finding in one.findings}:
            counts[name]["captures"] += 1
        for finding in one.findings:
            counts[finding.rule][finding.severity.letter] += 1
    yield f"{'rule':34} {'captures':>8} {'E':>6} {'W':>6} {'N':>6}"
    for name, row in sorted(counts.items()):
        yield f"{name:34} {row['captures'] or '':>8} {row['E'] or '':>6} {row['W'] or '':>6} {row['N'] or '':>6}"


def troubles(all_judged: list[Judged]) -> Iterator[str]:
    for one in all_judged:
        if one.unopened:
            yield f"not opened  {one.path}: {one.unopened}"
        for name, why in one.failed.items():
            yield f"FAILED      {one.path}: {name}: {why}"
        for name in one.stopped:
            yield f"STOPPED     {one.path}: {name} after {one.took[name]:.1f} s"


def main() -> int:
    parser = argparse.ArgumentParser(description="Judge captures by all rules of findings.")
    parser.add_argument("places", nargs="*", type=Path, default=[Path("../shared/captures")])
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--slow", type=float, default=0.5)
    parser.add_argument("--budget", type=float, default=5.0)
    parser.add_argument("--text", type=Path)
    options = parser.parse_args()
    paths = list(captures(options.places))
    with ProcessPoolExecutor(options.jobs) as pool:
        all_judged = list(pool.map(judge, paths, [options.budget] * len(paths), chunksize=4))
    wrong = list(troubles(all_judged))
    print("\n".join(wrong))
    for seconds, name, one in sorted(((s, n, o) for o in all_judged for n, s in o.took.items() if s >= options.slow),
                                     key=lambda row: -row[0])[:40]:  # fmt: skip
        print(f"slow        {one.path}: {name} {seconds:.2f} s (loading took {one.loading:.2f} s)")
    for one in all_judged:
        for finding in one.findings:
            if len(finding.title) > LONGEST_TITLE:
                print(f"long title  {one.path}: {finding.rule}: {finding.title}")
    print("\n".join(table(all_judged)))
    rules, packets = sum(sum(one.took.values()) for one in all_judged), sum(one.packets for one in all_judged)
    print(f"{len(all_judged)} captures, {packets} packets; loading {sum(one.loading for one in all_judged):.1f} s, "
          f"rules {rules:.1f} s; {len(wrong)} in trouble")  # fmt: skip
    if options.text:
        lines: list[str] = []
        for one in all_judged:
            text(one, lines)
        options.text.write_text("\n".join(lines) + "\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
