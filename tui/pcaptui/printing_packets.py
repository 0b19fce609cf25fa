"""--print packets: a row a packet, as text for people, JSON lines or tab-separated values."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TextIO

from .asked import wanted
from .capture import Capture
from .loader.table import Layer
from .options import Options
from .printing_words import BILLION, Phases, epoch, json_text, seconds, tsv_cell

if TYPE_CHECKING:
    from .dissect.rows import Row
    from .exchanges import Exchanges

PACKET_FIELDS = (
    "number",
    "time",
    "time_epoch",
    "source",
    "destination",
    "protocol",
    "length",
    "captured",
    "info",
    "stream",
    "phase",
    "analysis",
    "related",
)


def print_packets(capture: Capture, options: Options, out: TextIO) -> None:
    from .dissect.rows import Rows
    from .exchanges import Exchanges

    if options.format != "text":
        capture.load_all()  # phases and related packets depend on what comes later
    rows = Rows(capture)
    around = Around(Phases(capture), Exchanges(capture, rows))
    line = {"text": _packet_text, "jsonl": _packet_json, "tsv": _packet_tsv}[options.format](capture, around)
    if options.format == "tsv":
        out.write("\t".join(PACKET_FIELDS) + "\n")
    for index in wanted(capture, options):
        out.write(line(rows.row(index), index))
        out.write("\n")


@dataclass(slots=True, frozen=True)
class Around:
    """What packets are in their conversations."""

    phases: Phases
    exchanges: Exchanges

    def of(self, index: int) -> tuple[str | None, list[int]]:
        """Phase and numbers of related packets."""
        return self.phases.name(index), [other + 1 for other in self.exchanges.related(index)]


LineMaker = Callable[["Row", int], str]


def _digits(capture: Capture) -> int:
    return 9 if any(i.ticks_per_second > 1_000_000 for i in capture.interfaces) else 6


def _first_time(capture: Capture) -> int:
    return int(capture.table["time"][0])


def _timed(capture: Capture, index: int) -> bool:
    """False for packets of blocks that have no time stamp."""
    return not int(capture.table["layers"][index]) & Layer.UNTIMED


def _packet_text(capture: Capture, around: Around) -> LineMaker:
    def line(row: Row, index: int) -> str:
        time = seconds(row.time - _first_time(capture), _digits(capture)) if _timed(capture, index) else ""
        return (
            f"{row.number:6} {time:>12} {row.source:<15} → {row.destination:<15} "
            f"{row.protocol:<8} {row.length:5} {row.info}"
        )

    return line


def packet_object(
    capture: Capture, row: Row, index: int, phase: str | None = None, related: Sequence[int] = ()
) -> dict[str, Any]:
    """One packet as CONTRACT.md's object."""
    timed = _timed(capture, index)
    return {
        "number": row.number,
        "time": round((row.time - _first_time(capture)) / BILLION, 9) if timed else None,
        "time_epoch": epoch(row.time) if timed else None,
        "source": row.source,
        "destination": row.destination,
        "protocol": row.protocol,
        "length": row.length,
        "captured": int(capture.table["captured"][index]),
        "info": row.info,
        "stream": capture.stream_label(index),
        "phase": phase,
        "analysis": list(row.marks),
        "related": list(related),
    }


def _packet_json(capture: Capture, around: Around) -> LineMaker:
    def line(row: Row, index: int) -> str:
        return json_text(packet_object(capture, row, index, *around.of(index)))

    return line


def _packet_tsv(capture: Capture, around: Around) -> LineMaker:
    def line(row: Row, index: int) -> str:
        return "\t".join(tsv_cell(value) for value in packet_object(capture, row, index, *around.of(index)).values())

    return line
