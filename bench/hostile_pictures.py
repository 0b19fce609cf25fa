#!/usr/bin/env python3
"""Make every picture and statistic of captures, whole and spoilt, and say what went wrong.

usage: bench/hostile_pictures.py [FOLDER_OR_CAPTURE ...] [--spoilt 0] [--every 1] [--seed 1] [--limit 10]

Of each capture: flow graphs (of all, of hosts, of conversations), the stream graphs of five TCP streams both ways, the
I/O graph in many steps, every table of every statistic with its filters, sorted. With --spoilt N so many copies of each
have packets cut, flipped, doubled and set to odd times, or the file's own bytes flipped. Wrong is: an exception,
columns of different lengths, counts that do not add up, a filter that does not compile, and a picture that takes over
--limit seconds of CPU. The exit status is 1 if there was any.
"""

from __future__ import annotations

import argparse
import os
import random
import struct
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tui"))

from hostile import captures, spoil
from pcaptui import filters
from pcaptui.capture import Capture
from pcaptui.dissect.rows import Rows
from pcaptui.pictures.io_counts import UNITS
from pcaptui.pictures.io_plot import Line, counted, plot
from pcaptui.pictures.ladder import Ladder, conversation_packets, dialogue_packets, host_packets, ladder
from pcaptui.pictures.ladder_svg import drawn
from pcaptui.pictures.plot_svg import draw_plot
from pcaptui.pictures.series import Plot
from pcaptui.pictures.signs import Signs
from pcaptui.pictures.stream import Stream
from pcaptui.pictures.stream_plots import KINDS, direction_name, made, main_direction
from pcaptui.printing_flow import text_lines
from pcaptui.protocols.text import escape
from pcaptui.statistics.registry import find, load
from pcaptui.statistics.view import View
from pcaptui.widgets.table_rows import TableRows

ODD_TIMES = (0, 1, 2**31, 2**32 - 1)
ARROWS = 60
"""So many arrows are drawn of each ladder."""


class Wrong(Exception):
    """Something that does not fit together."""


def agree(good: bool, words: str) -> None:
    if not good:
        raise Wrong(words)


def check_ladder(capture: Capture, found: Ladder) -> None:
    count = len(found)
    for name in ("times", "source_ports", "destination_ports", "unanswered", "again", "lost", "resets", "wrong"):
        agree(len(getattr(found, name)) == count, f"{name} has another length")
    agree(len(found.hosts.source) == count, "ends have another length")
    for ends in (found.hosts.source, found.hosts.destination):
        agree(not count or 0 <= ends.min() <= ends.max() < len(found.hosts.names), "an end without a column")
    for arrow in {0, count // 2, count - 1} if count else ():
        agree(found.arrow_at(found.row_of(arrow)) == arrow, "an arrow's row is not its own")
    for row in found.gap_rows[:20].tolist():
        agree(found.arrow_at(row) is None, "a gap's row has an arrow")
        found.gap_at(row)
    if count:
        found.next_wrong(0, 1)
        found.next_wrong(count - 1, -1)


def flow_of_all(capture: Capture) -> None:
    packets = np.arange(len(capture), dtype=np.int64)
    whole = ladder(capture, packets)
    check_ladder(capture, whole)
    some = ladder(capture, np.unique(np.concatenate([packets[: ARROWS // 2], packets[-ARROWS // 2 :]])))
    rows = Rows(capture)
    for width in (40, 132):
        text_lines(capture, some, rows, width)
    drawn(capture, some, rows.row, Signs(capture, rows), escape, "all").svg("all")


def flow_of_some(capture: Capture) -> None:
    for address in range(min(3, len(capture.addresses))):
        check_ladder(capture, ladder(capture, host_packets(capture, address), address))
    for packet in {0, len(capture) // 2, len(capture) - 1} if len(capture) else ():
        check_ladder(capture, ladder(capture, dialogue_packets(capture, packet)))
    for kind, count in (("tcp", capture.tracker.tcp_streams), ("udp", capture.tracker.udp_streams)):
        for number in range(min(4, count)):
            found = ladder(capture, conversation_packets(capture, kind, number)[:2000])
            check_ladder(capture, found)


def check_plot(made_plot: Plot, capture: Capture) -> None:
    for each in made_plot.series:
        agree(len(each.x) == len(each.y), f"{each.name}: x and y differ")
        agree(each.packets is None or len(each.packets) == len(each.x), f"{each.name}: packets differ")
        agree(bool(np.isfinite(each.x).all() and np.isfinite(each.y.astype(float)).all()), f"{each.name} is endless")
    made_plot.whole()


def stream_graphs(capture: Capture) -> None:
    for number in range(min(5, capture.tracker.tcp_streams)):
        stream = Stream(capture, number)
        main_direction(stream)
        for by_client in (False, True):
            direction_name(stream, by_client)
            for kind in KINDS:
                found = made(stream, kind, by_client)
                check_plot(found, capture)
                draw_plot(found, kind).svg(kind)
            for finer in (-12, -3, 3, 12):
                check_plot(made(stream, "throughput", by_client, finer), capture)


def io_graph(capture: Capture) -> None:
    tcp = filters.compile("tcp")
    mask = np.flatnonzero(tcp.run(capture, 0, len(capture)))
    lines = [Line(0), Line(1, tcp, mask, len(capture))]
    some = np.arange(0, len(capture), 3, dtype=np.int64)
    for size, wanted in ((None, 10), (None, 150), (1, 100), (1_000_000_000, 100), (10**15, 100)):
        for limit in (None, some) if size != 1 else (some,):
            found = counted(capture, lines, limit, size, wanted)
            count = len(capture) if limit is None else len(limit)
            agree(int(found.whole.packets.sum()) == count, "packets do not add up")
            agree(len(found.first) == found.steps.count == len(found.whole.bad), "steps have another length")
            for unit in UNITS if size != 1 else ():
                check_plot(plot(found, unit), capture)
        if size is None:
            draw_plot(plot(counted(capture, lines, None, size, wanted), "bits/s"), "io").svg("io")


def statistic(name: str) -> Callable[[Capture], None]:
    def check(capture: Capture) -> None:
        make = find(name)[1]
        for chosen in (None, np.arange(0, len(capture), 2, dtype=np.int64)):
            tables = make(View(capture, chosen))
            for table in tables:
                count = len(table)
                for column, values in zip(table.columns, table.values, strict=True):
                    agree(len(values) == count, f"{table.name}.{column.key} has another length")
                for row in {*range(min(count, 30)), count - 1} if count else ():
                    for column in range(len(table.columns)):
                        table.value(row, column)
                    table.depth(row)
                    text = table.filter(row)
                    if text and row < 5:
                        filters.compile(text)
                rows = TableRows(table)
                for column in range(-1, len(table.columns)):
                    for down in (False, True):
                        order = rows.order(column, down, "", np.zeros(count, bool))
                        agree(len(order) == count, f"{table.name}: sorting loses rows")

    return check


CHECKS: dict[str, Callable[[Capture], None]] = {
    "flow": flow_of_all, "flow of some": flow_of_some, "stream graphs": stream_graphs, "io": io_graph,
    **{each.name: statistic(each.name) for each in load()},
}  # fmt: skip


class Tally:
    """What went wrong, the first example of each kind, and the slowest of each check."""

    def __init__(self, limit: float) -> None:
        self.limit = limit
        self.wrong: Counter[str] = Counter()
        self.examples: dict[str, str] = {}
        self.slowest: dict[str, tuple[float, str]] = {}
        self.done = 0

    def run(self, capture: Capture, where: str, without: list[str]) -> list[str]:
        self.done += 1
        failed = []
        for name, check in CHECKS.items():
            if name in without:
                continue
            begin = time.process_time()
            try:
                with np.errstate(all="ignore"):
                    check(capture)
                kind = ""
            except Exception as error:
                last = traceback.extract_tb(error.__traceback__)[-1]
                kind = f"{name}: {type(error).__name__} in {Path(last.filename).name}:{last.lineno}: {str(error)[:100]}"
            took = time.process_time() - begin
            self.slowest[name] = max(self.slowest.get(name, (0.0, "")), (took, where))
            if not kind and took > self.limit:
                kind = f"{name}: over {self.limit:g} s"
            if kind:
                failed.append(kind)
                self.wrong[kind] += 1
                self.examples.setdefault(kind, where)
        return failed

    def tell(self) -> None:
        print(f"{self.done:,} captures; slowest (CPU s, made twice and sorted by all columns):")
        for name, (took, where) in self.slowest.items():
            print(f"  {name:15} {took:6.2f}  {where}")
        for kind, count in self.wrong.most_common():
            print(f"{count:6} {kind}\n       {self.examples[kind]}")


def spoilt_copy(capture: Capture, path: Path, rng: random.Random, out: Path) -> None:
    """A copy with spoilt packets and times; one of four has flipped bytes anywhere in the file instead."""
    data = path.read_bytes() if path.stat().st_size < 4_000_000 else b""
    if data and rng.random() < 0.25:
        spoiled = bytearray(data[: rng.randrange(len(data)) + 1] if rng.random() < 0.5 else data)
        for _ in range(rng.randint(1, 30)):
            spoiled[rng.randrange(min(24, len(spoiled) - 1), len(spoiled))] ^= 1 << rng.randrange(8)
        out.write_bytes(spoiled)
        return
    count, share, strange = min(len(capture), 3000), rng.choice((0.02, 0.2, 1.0)), rng.choice((0.0, 0.01, 0.5))
    first = rng.randrange(max(1, len(capture) - count + 1))
    times = capture.table["time"]
    with out.open("wb") as file:
        file.write(struct.pack("<IHHiIII", 0xA1B23C4D, 2, 4, 0, 0, 262144, capture.link_type(0) if count else 1))
        for index in range(first, first + count):
            frame = capture.frame(index)
            if rng.random() < share:
                frame = spoil(frame, rng)[:200_000]
            at = int(times[index]) // 10**9 & 0xFFFFFFFF
            at = rng.choice((*ODD_TIMES, rng.randrange(2**32))) if rng.random() < strange else at
            size = rng.choice((len(frame), 0xFFFFFF)) if rng.random() < 0.001 else len(frame)
            file.write(struct.pack("<IIII", at, int(times[index]) % 10**9, len(frame), max(size, len(frame))) + frame)


def opened(path: Path) -> Capture | None:
    try:
        capture = Capture([str(path)])
        capture.load_all()
    except Exception:  # not a capture, or damaged beyond reading: that is the loader's to tell
        return None
    return capture


def copies(capture: Capture, path: Path, count: int, rng: random.Random, folder: Path) -> Iterator[Path]:
    for number in range(count):
        out = folder / f"{number}-{path.name}"
        spoilt_copy(capture, path, rng, out)
        yield out


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("captures", nargs="+", type=Path)
    parser.add_argument("--spoilt", type=int, default=0)
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--from", dest="offset", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--limit", type=float, default=10)
    parser.add_argument("--without", nargs="*", default=[], choices=list(CHECKS))
    parser.add_argument("--keep", type=Path, help="folder for the spoilt copies that failed")
    options = parser.parse_args()
    tally = Tally(options.limit)
    with tempfile.TemporaryDirectory() as folder:
        for path in captures(options.captures)[options.offset :: options.every]:
            capture = opened(path)
            if capture is None:
                continue
            if not options.spoilt:
                tally.run(capture, str(path), options.without)
            rng = random.Random(f"{options.seed} {path.name}")
            for out in copies(capture, path, options.spoilt, rng, Path(folder)):
                spoiled = opened(out)
                if spoiled is not None:
                    if tally.run(spoiled, f"{out.name}", options.without) and options.keep:
                        options.keep.mkdir(exist_ok=True)
                        (options.keep / out.name).write_bytes(out.read_bytes())
                    spoiled.close()
                os.unlink(out)
            capture.close()
    tally.tell()
    return 1 if tally.wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
