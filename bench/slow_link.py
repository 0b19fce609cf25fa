#!/usr/bin/env python3
"""How far the screen is behind on a slow link: a key is held down while the reader of the terminal takes so many
bytes a second, as a modem or a bad mobile link would.

usage: slow_link.py [--rate BYTES_A_SECOND] [--keys N] [--per-second N] [--size COLSxROWS] -- COMMAND ...

Prints how long after the last key the screen shows that key's row, and how long until nothing more comes.
"""

from __future__ import annotations

import argparse
import os
import re
import select
import sys
import time

from session import Session

DOWN = b"\x1b[B"
QUIET = 0.4


class SlowReader:
    """Reads a session's output at a limited rate; what it has read is what a person has seen."""

    def __init__(self, session: Session, rate: float) -> None:
        self.session = session
        self.rate = rate
        self.bytes = 0
        self.last = time.perf_counter()
        self._allowance = 0.0
        self._since = self.last

    def read_until(self, end: float) -> None:
        while (now := time.perf_counter()) < end:
            # At most a tenth of a second's worth is saved up, as in the buffers of a modem.
            self._allowance = min(self.rate / 10, self._allowance + (now - self._since) * self.rate)
            self._since = now
            if self._allowance < 64 or not select.select([self.session.process.fd], [], [], 0.005)[0]:
                time.sleep(0.002)
                continue
            data = os.read(self.session.process.fd, min(1024, int(self._allowance)))
            self._allowance -= len(data)
            self.bytes += len(data)
            self.last = time.perf_counter()
            self.session.show(data)


def measure(command: list[str], columns: int, rows: int, rate: float, keys: int, per_second: float) -> None:
    session = Session(command, columns, rows)
    if session.wait_for(r"1 of \d") is None:
        sys.exit(f"the program did not start:\n{session.text()}")
    session.settle(1.0)
    reader = SlowReader(session, rate)
    start = time.perf_counter()
    for number in range(keys):
        reader.read_until(start + number / per_second)
        os.write(session.process.fd, DOWN)
    let_go = time.perf_counter()
    wanted = re.compile(rf"{keys + 1} of \d")
    seen: float | None = None
    while time.perf_counter() - reader.last < QUIET and time.perf_counter() - let_go < 60:
        reader.read_until(time.perf_counter() + 0.01)
        if seen is None and wanted.search(session.text()):
            seen = time.perf_counter()
    behind = f"{seen - let_go:.2f} s" if seen is not None else "never (fewer packets than keys?)"
    print(
        f"{rate / 1000:g} kB/s, {keys} keys at {per_second:g}/s: the last key's row after {behind}, "
        f"all settled after {max(0.0, reader.last - let_go):.2f} s, {reader.bytes} bytes"
    )
    session.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rate", type=float, action="append", help="bytes a second; may be repeated (20000 and 5000)")
    parser.add_argument("--keys", type=int, default=90)
    parser.add_argument("--per-second", type=float, default=30)
    parser.add_argument("--size", default="160x48")
    parser.add_argument("command", nargs=argparse.REMAINDER)
    given = parser.parse_args()
    command = given.command[1:] if given.command[:1] == ["--"] else given.command
    if not command:
        parser.error("no command")
    columns, rows = map(int, given.size.split("x"))
    for rate in given.rate or [20_000.0, 5_000.0]:
        measure(command, columns, rows, rate, given.keys, given.per_second)


if __name__ == "__main__":
    main()
