"""The I/O graph's numbers against tshark -z io,stat; run by agree_statistics.py."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np

from agree_statistics import Compared, Comparison, compare, tshark, view

FILTERS = ("tcp", "udp", "ip.addr == 10.0.0.0/8")
STEPS = 20
_ROW = re.compile(r"^\|\s*[\d.]+\s*<>\s*(?:[\d.]+|Dur)\s*\|(.*)\|\s*$", re.M)
LEAST = 1_000_000
"""ns: tshark takes no shorter steps than a millisecond."""


def io_stat(path: Path) -> Compared:
    """Frames and bytes of each step, of all packets and of those that pass three filters."""
    from pcaptui.filters import compile
    from pcaptui.pictures.io_counts import BILLION, count, place_of, steps_of

    capture = view(path).capture
    times = capture.table["time"]
    if not len(times) or int(times.max()) - int(times[0]) < LEAST or int(times.min()) < int(times[0]):
        return Compared()  # tshark prints nothing of an instant, and counts what is before the first packet as it likes
    steps = steps_of(capture, None, STEPS)
    if steps.size < LEAST:
        steps = steps_of(capture, LEAST)
    places = place_of(capture, steps)
    chosen = [None, *(np.flatnonzero(compile(text).run(capture)) for text in FILTERS)]
    counted = [count(capture, steps, places, packets) for packets in chosen]
    ours = {
        (place, column): (int(one.packets[place]), int(one.bytes[place]))
        for column, one in enumerate(counted)
        for place in range(steps.count)
    }
    text = tshark(path, ",".join([f"io,stat,{steps.size / BILLION:g}", "frame", *FILTERS]))
    theirs: dict[tuple[int, int], tuple[int, int]] = {}
    for place, found in enumerate(_ROW.findall(text)):
        cells = [int(cell) for cell in found.split("|")]
        for column in range(len(cells) // 2):
            theirs[place, column] = cells[2 * column], cells[2 * column + 1]
    return compare("io", theirs, ours)


COMPARISONS: dict[str, Comparison] = {"io": io_stat}
