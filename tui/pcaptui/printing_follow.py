"""--print follow: a stream's payload in order, as text, as JSON lines, tab-separated or as the bytes alone."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, TextIO

import numpy as np

from .follow import Chunk, Text, chunks, open_stream
from .loader.table import Layer
from .printing_words import json_text

if TYPE_CHECKING:
    from .capture import Capture
    from .options import Options
    from .tracker.reassembly import Plan

BILLION = 1_000_000_000
FIELDS = ("packet", "from", "time", "gap", "data")


def print_follow(capture: Capture, options: Options, out: TextIO) -> None:
    """Print the stream that --stream names, read piece by piece; with a filter only what packets brought that pass.
    Raises UsageError where there is no such stream."""
    capture.load_all()
    assert options.stream is not None
    plan = open_stream(capture, *options.stream)
    asked = _asked(capture, options, plan)
    if options.format == "raw":
        _raw(asked, out)
        return
    lines = {"text": _text, "jsonl": _json, "tsv": _tsv}[options.format]
    out.writelines(lines(capture, asked))


def _asked(capture: Capture, options: Options, plan: Plan) -> Iterator[Chunk]:
    """What is printed of the stream: each byte counts as that packet's which brought it first."""
    if options.filter is None:
        yield from chunks(plan)
        return
    passing = options.filter.run(capture)
    for place in np.flatnonzero(passing[plan.packet] & ~plan.gap).tolist():
        yield next(chunks(plan, place))


def _raw(asked: Iterator[Chunk], out: TextIO) -> None:
    out.flush()
    for chunk in asked:
        out.buffer.write(chunk.data)
    out.buffer.flush()


def _text(capture: Capture, asked: Iterator[Chunk]) -> Iterator[str]:
    """The payload alone; what the other side says and the note of a gap begin on a line of their own."""
    text, side, line_open = Text(), "", False
    for chunk in asked:
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


def _json(capture: Capture, asked: Iterator[Chunk]) -> Iterator[str]:
    for chunk in asked:
        yield json_text(chunk_object(capture, chunk)) + "\n"


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


def _tsv(capture: Capture, asked: Iterator[Chunk]) -> Iterator[str]:
    yield "\t".join(FIELDS) + "\n"
    for chunk in asked:
        cells = chunk_object(capture, chunk)
        yield "\t".join("" if (cell := cells.get(field)) is None else str(cell) for field in FIELDS) + "\n"
