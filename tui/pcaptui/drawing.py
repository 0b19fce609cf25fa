"""--graph: a picture of the capture into a file, and writing any drawing as SVG or PNG.

A picture is made by a function of `PICTURES`: Capture, Options → (Canvas, its title, a sentence about it).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import TYPE_CHECKING

from .capture import Capture
from .errors import Damage, UsageError
from .options import Options
from .pictures.png import NoPillow, TooLarge, png
from .pictures.svg import Canvas
from .whole_file import whole_file

if TYPE_CHECKING:
    from .pictures.stream import Stream

Picture = tuple[Canvas, str, str]
Make = Callable[[Capture, Options], Picture]
_STREAM_GRAPHS = ("time-sequence", "tcptrace", "rtt", "throughput", "window")
_ELSEWHERE = {"flow": "pictures.flow_file", "io": "pictures.io_file"}
"""Modules with a function `picture(capture, options)` of type Make."""


class DrawError(Exception):
    """A picture cannot be written. The message says why."""


def draw_graph(options: Options) -> tuple[str, Sequence[Damage]]:
    """Draw the picture that --graph names into --output; answer with a line about it and the capture's damaged places.

    Raises CaptureError; UsageError where there is nothing to draw or the file cannot be written.
    """
    assert options.graph is not None and options.output is not None
    capture = Capture(options.files, options.decode_as)
    try:
        capture.load_all()
        canvas, title, told = _maker(options.graph)(capture, options)
        try:
            write_drawing(canvas, options.output, title)
        except DrawError as error:
            raise UsageError(f"--output: {error}") from None
        return f"{told}, drawn to {options.output}", capture.damage
    finally:
        capture.close()


def _maker(kind: str) -> Make:
    if kind in _STREAM_GRAPHS:
        return _stream_graph
    make: Make = import_module(f".{_ELSEWHERE[kind]}", __package__).picture
    return make


def write_drawing(canvas: Canvas, path: str, title: str = "") -> str:
    """Write a drawing as SVG, or as PNG where the name ends so; answers with the path. Raises DrawError."""
    path = os.path.expanduser(path)
    lower = path.lower()
    if not lower.endswith((".svg", ".png")):
        raise DrawError(f"{path} is neither .svg nor .png")
    try:
        data = png(canvas) if lower.endswith(".png") else canvas.svg(title).encode()
        with whole_file(path) as out:
            out.write(data)
        return path
    except (NoPillow, TooLarge) as error:
        raise DrawError(str(error)) from None
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        reason = getattr(error, "strerror", None) or str(error)
        raise DrawError(f"{path}: {reason.lower()}") from None


def _stream_graph(capture: Capture, options: Options) -> Picture:
    from .pictures.plot_svg import draw_plot
    from .pictures.stream import Stream
    from .pictures.stream_plots import KINDS, direction_name, made, main_direction

    assert options.graph is not None and options.stream is not None
    if options.filter is not None or options.packets.spans:
        raise UsageError(f"--graph {options.graph} draws a whole stream: it goes with neither -Y/--filter nor --packet")
    number = options.stream[1]
    stream = Stream(capture, number)
    if not len(stream):
        raise UsageError(f"--stream: there is no stream tcp:{number} in this capture")
    by_client = main_direction(stream)
    plot = made(stream, options.graph, by_client)
    if plot.empty:
        by_client = not by_client
        plot = made(stream, options.graph, by_client)
    if plot.empty:
        raise UsageError(f"--graph {options.graph}: {_nothing(stream)}")
    title = f"{KINDS[options.graph].title}, tcp:{number}, {direction_name(stream, by_client)}"
    canvas = draw_plot(plot, title, below=capture.title)
    points = sum(len(each) for each in plot.series if each.kind != "marks")
    return canvas, title, f"{title}: {points:,} points"


def _nothing(stream: Stream) -> str:
    return f"stream tcp:{stream.number} has nothing to draw, neither way"
