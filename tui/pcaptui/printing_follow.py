"""--print follow: a stream's payload in order, as text, as JSON lines, tab-separated or as the bytes alone."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, TextIO

from .follow import Chunk, Text, chunks, open_stream
from .loader.table import Layer

if TYPE_CHECKING:
    from .capture import Capture
    from .options import Options
    from .tracker.reassembly import Plan

BILLION = 1_000_000_000
FIELDS = ("packet", "from", "time", "gap", "data")


def print_follow(capture: Capture, options: Options, out: TextIO) -> None:
    """Print the stream that --stream names, read piece by piece. Raises UsageError where there is no such stream."""
    capture.load_all()
    assert options.stream is not None
    plan = open_stream(capture, *options.stream)
    if options.format == "raw":
        _raw(plan, out)
        return
    lines = {"text": _text, "jsonl": _json, "tsv": _tsv}[options.format]
    out.writelines(lines(capture, plan))


def _raw(plan: Plan, out: TextIO) -> None:
    out.flush()
    for place in range(len(plan)):
        out.buffer.write(plan.read(place))
    out.buffer.flush()


def _text(capture: Capture, plan: Plan) -> Iterator[str]:
    """The payload alone; what the other side says and the note of a gap begin on a line of their own."""
    text, side, line_open = Text(), "", False
    for chunk in chunks(plan):
        words = ""
        if chunk.gap or chunk.side != side:
            words = text.end()
            words += "\n" if words or line_open else ""
        words += f"[{chunk.gap} bytes missing]\n" if chunk.gap else text.feed(chunk.data)
        side = chunk.side
        if words:
            line_open = not words.endswith("\n")
            yield words
    words = text.end()
    yield words + ("\n" if words or line_open else "")


def _json(capture: Capture, plan: Plan) -> Iterator[str]:
    for chunk in chunks(plan):
        yield json.dumps(chunk_object(capture, chunk), ensure_ascii=False) + "\n"


def chunk_object(capture: Capture, chunk: Chunk) -> dict[str, Any]:
    """A segment, or a gap, as CONTRACT.md's object; times count from the first packet of the capture."""
    if chunk.gap:
        return {"gap": chunk.gap, "from": chunk.side}
    times = capture.table["time"]
    timed = not int(capture.table["layers"][chunk.packet]) & Layer.UNTIMED
    return {
        "packet": chunk.packet + 1,
        "from": chunk.side,
        "time": round((int(times[chunk.packet]) - int(times[0])) / BILLION, 9) if timed else None,
        "data": base64.b64encode(chunk.data).decode("ascii"),
    }


def _tsv(capture: Capture, plan: Plan) -> Iterator[str]:
    yield "\t".join(FIELDS) + "\n"
    for chunk in chunks(plan):
        cells = chunk_object(capture, chunk)
        yield "\t".join("" if (cell := cells.get(field)) is None else str(cell) for field in FIELDS) + "\n"
