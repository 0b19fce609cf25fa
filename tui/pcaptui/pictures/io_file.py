"""The I/O graph as a drawing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..asked import chosen_packets
from ..capture import Capture
from .io_counts import BILLION, Unit, count, place_of, steps_of
from .io_plot import NAMES, Counted, Line, plot, step_text
from .plot_svg import draw_plot
from .series import Series, Window
from .svg import Canvas

if TYPE_CHECKING:
    from ..options import Options

STEPS = 200
"""About so many steps, where nobody says how long they are."""


def picture(capture: Capture, options: Options) -> tuple[Canvas, str, str]:
    """The drawing of --graph io: of what -Y and --stream choose, and a line for each --line."""
    limit = chosen_packets(capture, options)
    size = None if options.interval is None else round(options.interval * BILLION)
    steps = steps_of(capture, size, STEPS)
    places = place_of(capture, steps)
    whole = count(capture, steps, places, limit)
    lines = [(Line(0), whole)]
    for place, wanted in enumerate(options.lines, 1):
        chosen = np.flatnonzero(wanted.run(capture))
        chosen = chosen if limit is None else np.intersect1d(chosen, limit)
        lines.append((Line(place, wanted, chosen), count(capture, steps, places, chosen)))
    found = Counted(steps, whole, lines, np.zeros(steps.count, np.int64))
    canvas = io_canvas(found, "packets", capture.title)
    title = f"I/O graph of {capture.title}"
    return (
        canvas,
        title,
        f"I/O graph: {int(whole.packets.sum())} packets in {steps.count} steps of {step_text(steps.size)}",
    )


def io_canvas(found: Counted, unit: Unit, title: str, window: Window | None = None) -> Canvas:
    """The lines on a sheet, with the TCP errors in red."""
    drawn = plot(found, unit)
    bad = found.whole.bad
    if unit == "packets" and bad.any():
        at = np.flatnonzero(bad)
        errors = Series(NAMES["errors"], found.steps.starts[at], bad[at].astype(np.float64), "bad", "!", "bars")
        drawn.series = [*drawn.series, errors]
    return draw_plot(drawn, f"I/O graph of {title}", below=f"steps of {step_text(found.steps.size)}", window=window)
