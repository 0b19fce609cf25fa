"""--print: packets, trees, bytes and the summary as text for people, JSON lines or tab-separated values."""

from __future__ import annotations

import contextlib
import json
import sys
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TextIO

import numpy as np
from numpy.typing import NDArray

from .capture import Capture
from .errors import Damage, UsageError
from .fields.node import tree_lines
from .loader.table import Layer
from .options import STATISTICS, Options
from .tracker.flags import Flag
from .tracker.phases import Phase

if TYPE_CHECKING:
    from .dissect.rows import Row
    from .dissect.tree_client import TreeClient
    from .exchanges import Exchanges
    from .fields.context import Context
    from .fields.node import Dissection
    from .filters.filter import Filter

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
BILLION = 1_000_000_000
Printer = Callable[[Capture, Options, TextIO], None]


def print_capture(options: Options, out: TextIO) -> list[Damage]:
    """Print what the options ask for and return the damaged places met. Raises CaptureError, UsageError."""
    capture = Capture(options.files, options.decode_as)
    try:
        printer = _parquet() if options.format == "parquet" else _printer(options.what or "packets")
        printer(capture, options, out)
        remark_on_stream(capture, options)
        return list(capture.damage)
    finally:
        capture.close()


def remark_on_stream(capture: Capture, options: Options) -> None:
    """An empty answer to --stream may be a mistyped number: a line on standard error, no failure."""
    if options.stream is None or not capture.complete or len(capture.stream_packets(*options.stream)):
        return
    from .follow import no_such_stream

    with contextlib.suppress(OSError, ValueError, AttributeError):  # standard error may be closed or missing
        sys.stderr.write(f"pcaptui: {no_such_stream(capture, *options.stream)}\n")


def _parquet() -> Printer:
    try:
        from .parquet import write_parquet
    except ImportError as error:
        if (error.name or "").partition(".")[0] != "pyarrow":
            raise
        raise UsageError("--format parquet needs pyarrow: pip install 'pcaptui[parquet]'") from error
    return write_parquet


def _printer(what: str) -> Printer:
    if what == "streams":
        from .printing_streams import print_streams  # these two take half as long to import as a capture to open

        return print_streams
    if what == "findings":
        from .printing_findings import print_findings

        return print_findings
    if what == "follow":
        from .printing_follow import print_follow

        return print_follow
    if what in STATISTICS:
        from .printing_statistics import print_statistic

        return print_statistic
    if what == "flow":
        from .printing_flow import print_flow

        return print_flow
    if what == "io":
        from .printing_io import print_io

        return print_io
    return {"packets": print_packets, "tree": print_trees, "hex": print_hex, "summary": print_summary}[what]


def wanted(capture: Capture, options: Options) -> Iterator[int]:
    """Indexes of the packets asked for, as they are read; reading stops behind the last one that can matter."""
    if options.filter is not None:
        yield from _passing(capture, options)
        return
    done, more, last = 0, True, options.packets.last
    while more and (last is None or done < last):
        more = capture.load_more()
        stop = len(capture)
        for index in options.packets.within(done, stop):
            if options.stream is None or capture.stream_of(index) == options.stream:
                yield index
        done = stop


def _passing(capture: Capture, options: Options) -> Iterator[int]:
    """Indexes of the packets asked for that pass the filter; it may ask for what later packets tell."""
    assert options.filter is not None
    capture.load_all()
    last = options.packets.last
    stop = len(capture) if last is None else min(last, len(capture))
    for first, mask in options.filter.blocks(capture, 0, stop):
        for index in options.packets.within(first, first + len(mask)):
            if mask[index - first] and (options.stream is None or capture.stream_of(index) == options.stream):
                yield index


# Packets.


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


class Phases:
    """Names of packets' phases, worked out anew when the capture has grown."""

    def __init__(self, capture: Capture) -> None:
        self._capture = capture
        self._column: NDArray[np.uint8] = np.zeros(0, np.uint8)

    def name(self, index: int) -> str | None:
        if index >= len(self._column):
            self._column = self._capture.conversations().phases()
        phase = Phase(int(self._column[index]))
        return None if phase is Phase.none else phase.name


@dataclass(slots=True, frozen=True)
class Around:
    """What packets are in their conversations."""

    phases: Phases
    exchanges: Exchanges

    def of(self, index: int) -> tuple[str | None, list[int]]:
        """Phase and numbers of related packets."""
        return self.phases.name(index), [other + 1 for other in self.exchanges.related(index)]


LineMaker = Callable[["Row", int], str]


def seconds(time: int, digits: int) -> str:
    """Nanoseconds as seconds with 6 or 9 digits, rounded as tshark's columns are (cut off, not rounded up)."""
    sign, time = ("-", -time) if time < 0 else ("", time)
    whole, rest = divmod(time, BILLION)
    return f"{sign}{whole}.{rest:09d}"[: len(sign) + len(str(whole)) + 1 + digits]


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
        "time_epoch": _epoch(row.time) if timed else None,
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
        return json.dumps(packet_object(capture, row, index, *around.of(index)), ensure_ascii=False)

    return line


def tsv_cell(value: object) -> str:
    if value is None:
        return ""
    text = ",".join(map(str, value)) if isinstance(value, list) else str(value)
    return text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


def _packet_tsv(capture: Capture, around: Around) -> LineMaker:
    def line(row: Row, index: int) -> str:
        return "\t".join(tsv_cell(value) for value in packet_object(capture, row, index, *around.of(index)).values())

    return line


# Trees and bytes.


def print_trees(capture: Capture, options: Options, out: TextIO) -> None:
    from .dissect.tree_client import TreeClient

    capture.load_all()  # links to later packets, and what completes a message
    client = TreeClient(warm=False)
    try:
        if options.format == "tsv":
            out.write("number\tdepth\tlabel\tfield\tvalue\tstart\tlength\tsource\n")
        for index, row, tree in _trees(capture, options, client):
            if options.format == "jsonl":
                nodes = [node.as_object() for node in tree.nodes]
                out.write(json.dumps({"number": index + 1, "tree": nodes}, ensure_ascii=False) + "\n")
            elif options.format == "tsv":
                for depth, node in tree_lines(tree.nodes):
                    cells = (index + 1, depth, node.label, node.field, node.value, node.start, node.length, node.source)
                    out.write("\t".join(map(tsv_cell, cells)) + "\n")
            else:
                out.write(_heading(row) + "\n")
                out.writelines(f"{'    ' * depth}{node.label}\n" for depth, node in tree_lines(tree.nodes))
                out.write("\n")
    finally:
        client.close()


def _trees(capture: Capture, options: Options, client: TreeClient) -> Iterator[tuple[int, Row, Dissection]]:
    """Index, row and tree of each packet asked for."""
    from .dissect.rows import Rows
    from .surroundings import Surroundings

    surroundings = Surroundings(capture, Rows(capture))
    asked: deque[tuple[int, Row]] = deque()

    def contexts() -> Iterator[Context]:
        for index in wanted(capture, options):
            asked.append((index, surroundings.rows.row(index)))
            yield surroundings.context(index)

    for tree in client.ask_many(contexts()):
        yield *asked.popleft(), tree


def _heading(row: Row) -> str:
    return f"Packet {row.number}: {row.source} → {row.destination} {row.protocol} {row.length} bytes: {row.info}"


def print_hex(capture: Capture, options: Options, out: TextIO) -> None:
    if options.format == "tsv":
        out.write("number\thex\n")
    for index in wanted(capture, options):
        data = capture.frame(index)
        if options.format == "jsonl":
            out.write(json.dumps({"number": index + 1, "hex": data.hex()}) + "\n")
        elif options.format == "tsv":
            out.write(f"{index + 1}\t{data.hex()}\n")
        else:
            out.write(f"Packet {index + 1}: {len(data)} bytes\n")
            out.writelines(f"{line}\n" for line in hex_lines(data))
            out.write("\n")


def hex_lines(data: bytes, width: int = 16) -> Iterator[str]:
    """Offset, hex and printable ASCII, `width` bytes a line."""
    for at in range(0, len(data), width):
        part = data[at : at + width]
        text = "".join(chr(b) if 32 <= b < 127 else "." for b in part)
        left, right = part[: width // 2].hex(" "), part[width // 2 :].hex(" ")
        yield f"{at:04x}  {left:<{width // 2 * 3 - 1}}  {right:<{width // 2 * 3 - 1}}  {text}"


# Summary.


def summary(
    capture: Capture, passing: Filter | None = None, stream: tuple[str, int] | None = None
) -> dict[str, Any]:  # fmt: skip
    """Facts of the whole capture, which is loaded to its end first, or of its packets that pass a filter and are
    in a stream."""
    capture.load_all()
    table = capture.table
    mask = _chosen(capture, passing, stream)
    times = table["time"][mask]
    count = len(times)
    first, last = (int(times.min()), int(times.max())) if count else (0, 0)
    return {
        "files": capture.paths,
        "packets": count,
        "bytes": int(table["length"][mask].sum(dtype=np.int64)),
        "captured_bytes": int(table["captured"][mask].sum(dtype=np.int64)),
        "first": _epoch(first) if count else None,
        "last": _epoch(last) if count else None,
        "duration": round((last - first) / BILLION, 9),
        "interfaces": len(capture.interfaces),
        "streams": {"tcp": capture.tracker.tcp_streams_seen, "udp": capture.tracker.udp_streams}
        if isinstance(mask, slice)
        else _streams_among(capture, mask),
        "anomalies": capture.anomalies() if isinstance(mask, slice) else _anomalies_among(capture, mask),
        "damage": [str(place) for place in capture.damage],
    }


def _chosen(
    capture: Capture, passing: Filter | None, stream: tuple[str, int] | None
) -> slice | NDArray[np.bool_]:  # fmt: skip
    if passing is None and stream is None:
        return slice(None)
    mask = passing.run(capture) if passing is not None else np.ones(len(capture), bool)
    if stream is not None:
        mine = np.zeros(len(capture), bool)
        mine[capture.stream_packets(*stream)] = True
        mask &= mine
    return mask


def _streams_among(capture: Capture, mask: Any) -> dict[str, int]:
    table = capture.table
    streams, protocols = table["stream"][mask], table["ip_protocol"][mask]
    return {
        kind: len(np.unique(streams[(protocols == number) & (streams >= 0)]))
        for kind, number in (("tcp", 6), ("udp", 17))
    }


def _anomalies_among(capture: Capture, mask: Any) -> dict[str, int]:
    column = capture.table["analysis"][mask]
    counts = {flag.name or "": int(np.count_nonzero(column & np.uint32(flag))) for flag in Flag}
    return {name: count for name, count in sorted(counts.items(), key=lambda item: -item[1]) if count}


def _epoch(time: int) -> str:
    whole, rest = divmod(time, BILLION)
    return f"{whole}.{rest:09d}"


def print_summary(capture: Capture, options: Options, out: TextIO) -> None:
    facts = summary(capture, options.filter, options.stream)
    if options.format == "jsonl":
        out.write(json.dumps(facts, ensure_ascii=False) + "\n")
    elif options.format == "tsv":
        flat = _flatten(facts)
        out.write("\t".join(flat) + "\n" + "\t".join(map(tsv_cell, flat.values())) + "\n")
    else:
        out.writelines(f"{line}\n" for line in _summary_text(facts))


def _flatten(facts: dict[str, Any]) -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name, value in facts.items():
        if isinstance(value, dict):
            flat.update({f"{name}.{inner}": number for inner, number in value.items()})
        else:
            flat[name] = value
    return flat


def _summary_text(facts: dict[str, Any]) -> Iterator[str]:
    from datetime import UTC, datetime

    for path in facts["files"]:
        yield f"File        {printable(path)}"
    yield f"Packets     {facts['packets']:,}"
    captured = facts["captured_bytes"]
    cut = "" if captured == facts["bytes"] else f" ({captured:,} captured)"
    yield f"Bytes       {facts['bytes']:,}{cut}"
    if facts["packets"]:
        whole, _, rest = facts["first"].partition(".")
        try:
            begin = datetime.fromtimestamp(int(whole), UTC).strftime("%Y-%m-%d %H:%M:%S") + f".{rest} UTC"
        except (ValueError, OverflowError, OSError):
            begin = f"{facts['first']} s since 1970"
        yield f"Begins      {begin}"
        yield f"Lasts       {facts['duration']:.6f} s"
    yield f"Streams     {facts['streams']['tcp']:,} TCP, {facts['streams']['udp']:,} UDP"
    anomalies = ", ".join(f"{name.replace('_', ' ')} {number:,}" for name, number in facts["anomalies"].items())
    yield f"Anomalies   {anomalies or 'none'}"
    for place in facts["damage"]:
        yield f"Damage      {printable(place)}"


def printable(text: str) -> str:
    """Text with control characters escaped, fit for a terminal."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape", "backslashreplace").decode() for c in text)
