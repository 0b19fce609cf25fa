#!/usr/bin/env python3
"""Measure display filters on a million packets (bench/million.py, made where it is missing): processor seconds.

usage: filters_speed.py [--capture FILE] [--tshark] [FILTER ...]
Each filter gets a capture opened anew. "first" is its first run, "again" the second, when what it had to look up is
kept; "loading" is that of the capture before. --tshark adds `tshark -Y` for the filters marked with it.
"""

from __future__ import annotations

import argparse
import itertools
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
FILTERS = {
    "tcp": False,
    "tcp.port == 443": True,
    "ip.addr == 10.0.0.0/8 and not arp": False,
    "frame.len > 1000": False,
    "tcp.flags.syn == 1 and tcp.flags.ack == 0": False,
    "tcp.analysis.retransmission": False,
    'frame contains "password"': False,
    "dns": False,
    'dns.qry.name contains "com"': True,
    "http": False,
    "http.response.code >= 400": True,
    'http.host contains "com"': False,
    "http.time > 0.02": False,
    "http.request_in": False,
    "tls.handshake.type == 1": False,
}
"""Those that people use; True: measured with tshark as well."""


def ours(path: Path, text: str) -> tuple[float, float, float, int]:
    """(loading, first, again) in seconds, and how many packets pass."""
    from pcaptui.capture import Capture
    from pcaptui.filters import compile

    times = [time.process_time()]
    capture = Capture([str(path)])
    try:
        capture.load_all()
        times.append(time.process_time())
        for _ in range(2):
            passed = int(compile(text).run(capture).sum())
            times.append(time.process_time())
    finally:
        capture.close()
    loading, first, again = (after - before for before, after in itertools.pairwise(times))
    return loading, first, again, passed


def tsharks(path: Path, text: str) -> tuple[float, int]:
    """Seconds, and how many packets pass."""
    before = os.times()
    command = ["tshark", "-n", "-r", str(path), "-Y", text, "-T", "fields", "-e", "frame.number"]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True)
    after = os.times()
    return sum(after[2:4]) - sum(before[2:4]), done.stdout.count(b"\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("filters", nargs="*", metavar="FILTER")
    parser.add_argument("--capture", type=Path, default=HERE / "captures" / "million.pcap")
    parser.add_argument("--tshark", action="store_true")
    given = parser.parse_args()
    if not given.capture.exists():
        subprocess.run([sys.executable, str(HERE / "million.py"), str(given.capture)], check=True)
    if given.tshark and shutil.which("tshark") is None:
        sys.exit("tshark is not installed")
    print(f"{'loading':>8} {'first':>8} {'again':>8} {'packets':>9}  filter", flush=True)
    for text in given.filters or FILTERS:
        loading, first, again, passed = ours(given.capture, text)
        print(f"{loading:8.2f} {first:8.2f} {again:8.2f} {passed:9,}  {text}", flush=True)
        if given.tshark and (given.filters or FILTERS[text]):
            took, theirs = tsharks(given.capture, text)
            print(f"{took:17.2f} {'':>8} {theirs:9,}  tshark -Y", flush=True)


if __name__ == "__main__":
    main()
