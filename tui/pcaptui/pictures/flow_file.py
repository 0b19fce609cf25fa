"""The flow graph for --graph and for files written from the screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ..dissect.rows import Rows
from ..errors import UsageError
from ..protocols.text import escape
from .ladder import Ladder, client_of, conversation_packets, ladder
from .ladder_svg import MOST, drawn
from .signs import Signs

if TYPE_CHECKING:
    from ..capture import Capture
    from ..options import Options
    from .svg import Canvas


def flow_packets(capture: Capture, options: Options) -> NDArray[np.int64]:
    """Read all, and answer with the packets (indexes) that -Y and --stream choose; a stream with what answered it."""
    capture.load_all()
    if options.stream is not None:
        packets = conversation_packets(capture, *options.stream)
        return packets if options.filter is None else packets[options.filter.run(capture)[packets]]
    if options.filter is not None:
        return np.flatnonzero(options.filter.run(capture)).astype(np.int64)
    return np.arange(len(capture), dtype=np.int64)


def flow_ladder(capture: Capture, options: Options) -> Ladder:
    """The ladder of the packets that are asked for."""
    packets = flow_packets(capture, options)
    return ladder(capture, packets, client_of(capture, options.stream))


def canvas(capture: Capture, made: Ladder, title: str) -> Canvas:
    """A ladder on a sheet."""
    rows = Rows(capture)
    return drawn(capture, made, rows.row, Signs(capture, rows), escape, title)


def picture(capture: Capture, options: Options) -> tuple[Canvas, str, str]:
    """What --graph flow draws, its title, and a sentence about it. Raises UsageError where nothing is to be drawn."""
    made = flow_ladder(capture, options)
    if not len(made):
        raise UsageError("--graph flow: no packet is chosen, so there is nothing to draw")
    stream = f", {options.stream[0]}:{options.stream[1]}" if options.stream is not None else ""
    title = f"Flow graph of {escape(capture.title)}{stream}"
    return canvas(capture, made, title), title, told(made)


def told(made: Ladder) -> str:
    """How much of a ladder a sheet shows."""
    if len(made) > MOST:
        return f"the first {MOST} of {len(made)} packets"
    return f"{len(made)} packet{'' if len(made) == 1 else 's'}"
