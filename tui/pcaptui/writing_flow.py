"""Flow graphs as files: SVG, PNG or text, told by the file's name."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from .dissect.rows import Rows
from .pictures.ladder import Ladder, client_of, ladder
from .pictures.ladder_svg import drawn
from .pictures.signs import Signs
from .printing_flow import WIDEST, flow_packets, text_lines
from .protocols.text import escape

if TYPE_CHECKING:
    from .capture import Capture
    from .options import Options
    from .pictures.svg import Canvas


def flow_canvas(capture: Capture, made: Ladder, title: str) -> Canvas:
    """A ladder on a sheet."""
    rows = Rows(capture)
    return drawn(capture, made, rows.row, Signs(capture, rows), escape, title)


def draw_flow(capture: Capture, options: Options) -> Canvas:
    """The sheet for --graph flow: of the packets that -Y and --stream choose."""
    made = ladder(capture, flow_packets(capture, options), client_of(capture, options.stream))
    stream = f", {options.stream[0]}:{options.stream[1]}" if options.stream is not None else ""
    return flow_canvas(capture, made, f"Flow graph of {escape(capture.title)}{stream}")


def write_flow(capture: Capture, made: Ladder, path: str, title: str) -> str:
    """Write a ladder to a file and say what was written. Raises OSError, ValueError."""
    target = Path(path).expanduser()
    kind = target.suffix.lower()
    if kind in (".svg", ".png"):
        paper = flow_canvas(capture, made, f"Flow graph of {escape(capture.title)}, {title}")
        if kind == ".png":
            from .pictures.png import png

            target.write_bytes(png(paper))
        else:
            target.write_text(paper.svg(), encoding="utf-8")
    elif kind in (".txt", ""):
        lines = text_lines(capture, made, Rows(capture), WIDEST)
        target.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    else:
        raise ValueError(f"the name must end in .svg, .png or .txt, not {kind}")
    return f"{len(made)} packets drawn to {path}"
