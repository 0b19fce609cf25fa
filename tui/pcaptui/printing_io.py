"""--print io: packets and bytes in steps of time, also of those that pass the filter of each --line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, TextIO

import numpy as np

from .asked import chosen_packets
from .pictures.io_counts import BILLION, Counts, Steps, count, place_of, steps_of
from .pictures.io_plot import stretch_filter
from .printing_statistics import write_tables
from .statistics import Column, Table

if TYPE_CHECKING:
    from .capture import Capture
    from .options import Options

ROWS = 50
"""About so many steps, where nobody says how long they are."""


def print_io(capture: Capture, options: Options, out: TextIO) -> None:
    """A row a step of time: all packets that -Y and --stream choose, then those of each line."""
    steps, counted = io_counts(capture, options, ROWS)
    table = io_table(steps, counted, [line.text for line in options.lines])
    write_tables([table], options.format, out)


def io_counts(capture: Capture, options: Options, wanted: int) -> tuple[Steps, list[Counts]]:
    """Read all; the steps, and what is counted in each: of all that is chosen first, then of each --line."""
    chosen = chosen_packets(capture, options)
    size = None if options.interval is None else round(options.interval * BILLION)
    steps = steps_of(capture, size, wanted)
    places = place_of(capture, steps)
    counted = [count(capture, steps, places, chosen)]
    for line in options.lines:
        passing = np.flatnonzero(line.run(capture))
        counted.append(count(capture, steps, places, passing if chosen is None else np.intersect1d(passing, chosen)))
    return steps, counted


def io_table(steps: Steps, counted: Sequence[Counts], lines: Sequence[str]) -> Table:
    """One row a step; of each line packets and bytes."""
    columns = [Column("start", "From", "moment"), Column("end", "To", "moment"), Column("packets", "Packets", "count"),
               Column("bytes", "Bytes", "bytes"), Column("bits_per_second", "Bits/s", "rate"),
               Column("tcp_errors", "TCP errors", "count")]  # fmt: skip
    every = counted[0]
    values = [steps.starts, steps.starts + steps.seconds, every.packets, every.bytes, every.values("bits/s", steps),
              every.bad]  # fmt: skip
    for number, one in enumerate(counted[1:], 1):
        columns += [Column(f"line_{number}_packets", f"{number}: packets", "count"),
                    Column(f"line_{number}_bytes", f"{number}: bytes", "bytes")]  # fmt: skip
        values += [one.packets, one.bytes]
    notes = [f"{number}: {text}" for number, text in enumerate(lines, 1)]

    def between(row: int) -> str:
        return stretch_filter(row * steps.seconds, (row + 1) * steps.seconds)

    return Table("io", "Packets and bytes over time", columns, values, between, notes=notes)
