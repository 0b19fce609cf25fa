"""--print flow: packets as a ladder diagram for people, or one object an arrow for scripts."""

from __future__ import annotations

import os
import shutil
import sys
import unicodedata
from collections.abc import Iterator
from typing import TYPE_CHECKING, TextIO

from .dissect.rows import Rows
from .glance import Part
from .pictures.arrows import Arrows
from .pictures.flow_file import flow_ladder
from .pictures.hosts import end_texts
from .pictures.ladder import Ladder
from .pictures.ladder_cells import Text, draw_arrow, draw_gap, host_lines, layout
from .pictures.ladder_time import LadderTime, Stamps
from .pictures.ladder_words import Words, gap_words
from .pictures.signs import Signs
from .printing_words import Phases, json_text, tsv_cell
from .protocols.text import escape

if TYPE_CHECKING:
    from .capture import Capture
    from .options import Options

FIELDS = (
    "packet", "time", "from", "to", "from_port", "to_port", "protocol", "text", "stream", "phase", "part", "analysis",
    "unanswered", "sent_again_in",
)  # fmt: skip
NARROWEST, WIDEST, USUAL = 100, 160, 132
PART_SIGNS: dict[Part, tuple[str, str]] = {
    Part.handshake_begin: ("┌", "handshake"),
    Part.handshake: ("│", ""),
    Part.handshake_end: ("└", ""),
    Part.request: ("►", "request"),
    Part.response: ("◄", "response"),
    Part.exchange: ("·", ""),
    Part.data: ("·", ""),
    Part.teardown_begin: ("╓", "teardown"),
    Part.teardown: ("║", ""),
    Part.teardown_end: ("╙", ""),
    Part.reset: ("✗", "reset"),
    Part.about: ("·", ""),
}
"""The signs of the packet list's gutter, and a word where a phase begins."""
_PART_CELLS = 12


def print_flow(capture: Capture, options: Options, out: TextIO) -> None:
    """The arrows of the packets that -Y and --stream choose."""
    made = flow_ladder(capture, options)
    rows = Rows(capture)
    if options.format == "text":
        _print_text(capture, made, rows, out)
        return
    objects = FlowObjects(capture, made, rows)
    if options.format == "json":
        arrows = [objects.at(at) for at in range(len(made))]
        out.write(json_text({"hosts": list(made.hosts.names), "arrows": arrows}, indent=1) + "\n")
        return
    if options.format == "tsv":
        out.write("\t".join(FIELDS) + "\n")
    for at in range(len(made)):
        found = objects.at(at)
        line = json_text(found) if options.format == "jsonl" else \
            "\t".join(tsv_cell(value) for value in found.values())  # fmt: skip
        out.write(line + "\n")


class FlowObjects:
    """Arrows as scripts get them, keys as in FIELDS."""

    def __init__(self, capture: Capture, made: Ladder, rows: Rows) -> None:
        self._capture, self._ladder, self._rows = capture, made, rows
        self._phases, self._signs = Phases(capture), Signs(capture, rows)
        self._begin = int(capture.table["time"][0]) if len(capture) else 0

    def at(self, at: int) -> dict[str, object]:
        made, capture = self._ladder, self._capture
        packet = int(made.packets[at])
        row, part = self._rows.row(packet), self._signs.part(packet)
        ends = end_texts(capture, packet)
        return {
            "packet": packet + 1,
            "time": round((int(made.times[at]) - self._begin) / 1e9, 9),
            "from": ends[0] or None,
            "to": ends[1] or None,
            "from_port": int(made.source_ports[at]) or None,
            "to_port": int(made.destination_ports[at]) or None,
            "protocol": row.protocol,
            "text": row.info,
            "stream": capture.stream_label(packet),
            "phase": self._phases.name(packet),
            "part": part.value if part is not None else None,
            "analysis": list(row.marks),
            "unanswered": bool(made.unanswered[at]),
            "sent_again_in": int(made.again[at]) + 1 or None,
        }


def cells(text: str) -> int:
    """The cells that a text takes in a terminal (Unicode Standard Annex 11)."""
    if text.isascii():
        return len(text)
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def cut(text: str, width: int) -> str:
    """The text in at most so many cells, with '…' where something is left out."""
    if cells(text) <= width:
        return text
    while text and cells(text) > width - 1:
        text = text[:-1] if len(text) < 4 * width else text[: 4 * width - 1]
    return text + "…" if width > 0 else ""


TEXT = Text(cells, cut)


def paper_width() -> int:
    """COLUMNS, or the terminal's width; as wide as a ladder can be read."""
    known = os.environ.get("COLUMNS", "").isdecimal() or (sys.stdout is not None and sys.stdout.isatty())
    width = shutil.get_terminal_size((USUAL, 24)).columns if known else USUAL
    return max(NARROWEST, min(width, WIDEST))


def _print_text(capture: Capture, made: Ladder, rows: Rows, out: TextIO) -> None:
    out.writelines(line + "\n" for line in text_lines(capture, made, rows, paper_width()))


def text_lines(capture: Capture, made: Ladder, rows: Rows, width: int) -> list[str]:
    """The whole ladder in lines of at most `width` cells; none without arrows."""
    return [] if not len(made) else list(_Lines(capture, made, rows, width).all())


class _Lines:
    def __init__(self, capture: Capture, made: Ladder, rows: Rows, width: int) -> None:
        self._made = made
        self._arrows = Arrows(capture, made, rows.row, escape)
        self._signs = Signs(capture, rows)
        self._number = max(3, len(str(int(made.packets[-1]) + 1)))
        self._stamps = Stamps(made, LadderTime.CAPTURE, int(capture.table["time"][0]))
        self._time = max(8, self._stamps.width)
        self._front = _PART_CELLS + self._number + self._time + 3
        self._shape = layout(width - self._front, made.hosts.names)

    def all(self) -> Iterator[str]:
        names = host_lines(self._shape, [escape(name) for name in self._made.hosts.names], TEXT)
        heading = f"{'':{_PART_CELLS}} {'No.':>{self._number}} {'Time':>{self._time}} "
        for at, line in enumerate(names):
            yield ((heading if at == len(names) - 1 else " " * self._front) + line).rstrip()
        for row in range(self._made.row_count):
            yield self._line(row).rstrip()

    def _line(self, row: int) -> str:
        at = self._made.arrow_at(row)
        if at is None:
            pieces = draw_gap(self._shape, gap_words(self._made.gap_at(row)), TEXT)
            return " " * self._front + "".join(text for text, _ in pieces)
        packet = int(self._made.packets[at])
        part = self._signs.part(packet)
        sign, word = PART_SIGNS[part] if part is not None else (" ", "")
        stamp = self._stamps.text(at)
        front = f"{sign + ' ' + word:{_PART_CELLS}} {packet + 1:>{self._number}} {stamp:>{self._time}} "
        words: Words = self._arrows.words(at)
        return front + "".join(text for text, _ in draw_arrow(self._shape, self._arrows.arrow(at), words, TEXT))
