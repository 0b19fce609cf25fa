"""I/O graphs as files: a drawing (SVG, PNG), or the numbers, told by the file's name."""

from __future__ import annotations

from pathlib import Path

from .drawing import DrawError, write_drawing
from .pictures.io_counts import Unit
from .pictures.io_file import io_canvas
from .pictures.io_plot import Counted
from .pictures.series import Window
from .printing_io import io_table
from .printing_statistics import as_text
from .whole_file import whole_file

FORMS = {".csv": "csv", ".tsv": "tsv", ".json": "json", ".jsonl": "jsonl", ".md": "markdown", ".txt": "text"}


def write_io(found: Counted, unit: Unit, path: str, title: str, window: Window | None = None) -> str:
    """Write what was counted to a file, and say what was written. Raises OSError, ValueError."""
    target = Path(path).expanduser()
    form = FORMS.get(target.suffix.lower())
    if form is not None:
        lines = [(line.name, counts) for line, counts in found.lines if line.filter is not None]
        table = io_table(found.steps, [found.whole, *(counts for _, counts in lines)], [name for name, _ in lines])
        with whole_file(path) as file:
            file.write(as_text([table], form).encode(errors="backslashreplace"))
        return f"{found.steps.count} steps written to {target}"
    try:
        return f"Graph written to {write_drawing(io_canvas(found, unit, title, window), path, title)}"
    except DrawError as error:
        raise ValueError(f"{error}; .csv, .json, .md and .txt are its numbers") from None
