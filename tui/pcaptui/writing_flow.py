"""Flow graphs written from the screen: SVG, PNG or text, told by the file's name."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from .dissect.rows import Rows
from .drawing import write_drawing
from .pictures.flow_file import canvas, told
from .pictures.ladder import Ladder
from .printing_flow import WIDEST, text_lines
from .protocols.text import escape
from .whole_file import whole_file

if TYPE_CHECKING:
    from .capture import Capture


def write_flow(capture: Capture, made: Ladder, path: str, title: str) -> str:
    """Write a ladder to a file and say what was written. Raises OSError, ValueError, drawing.DrawError."""
    target = Path(path).expanduser()
    kind = target.suffix.lower()
    if kind in (".svg", ".png"):
        heading = f"Flow graph of {escape(capture.title)}, {escape(title)}"
        write_drawing(canvas(capture, made, heading), path, heading)
        return f"{told(made)} drawn to {path}"
    if kind not in (".txt", ""):
        raise ValueError(f"the name must end in .svg, .png or .txt, not {kind}")
    lines = text_lines(capture, made, Rows(capture), WIDEST)
    with whole_file(path) as file:
        file.writelines(f"{line}\n".encode(errors="backslashreplace") for line in lines)
    return f"{len(made)} packets written to {path}"
