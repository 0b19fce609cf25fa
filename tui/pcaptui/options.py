"""The command line: its options, and the values they come to."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .decode_as import NOTHING, DecodeAs, parse_rules
from .errors import UsageError
from .filters import compile
from .version import __version__

if TYPE_CHECKING:
    from .filters.filter import Filter

STATISTICS = (
    "properties", "hierarchy", "conversations", "endpoints", "lengths", "talkers", "expert", "dns", "http", "tls",
)  # fmt: skip
WHAT = ("packets", "tree", "hex", "streams", "follow", "findings", "summary", *STATISTICS, "flow", "io")
GRAPHS = ("flow", "time-sequence", "tcptrace", "rtt", "throughput", "window", "io")
FORMATS = ("text", "jsonl", "tsv", "csv", "json", "markdown", "raw", "parquet")
_TEXTS = FORMATS[:6]
LINES = 6
"""Lines of an I/O graph at most."""
_PLAIN = ("text", "jsonl", "tsv")
_BY_WHAT = {"packets": (*_PLAIN, "parquet"), "streams": (*_PLAIN, "parquet"),
            "follow": (*_PLAIN, "raw"), "flow": (*_PLAIN, "json"), "io": _TEXTS,
            **dict.fromkeys(STATISTICS, _TEXTS)}  # fmt: skip
"""Formats of what is printed, where they are not the plain ones."""


@dataclass(frozen=True, slots=True)
class Ranges:
    """Packet numbers that were asked for, as inclusive ranges in the order given; empty: all."""

    spans: tuple[tuple[int, int], ...] = ()

    @property
    def last(self) -> int | None:
        """The highest number asked for, None if all are."""
        return max((high for _, high in self.spans), default=None)

    def within(self, start: int, stop: int) -> Iterator[int]:
        """Packet indexes (from 0) in [start, stop) that were asked for, ascending, each once."""
        if not self.spans:
            yield from range(start, stop)
            return
        at = start
        for low, high in sorted(self.spans):
            first = max(low - 1, at)
            end = min(high, stop)
            yield from range(first, end)
            at = max(at, end)


@dataclass(frozen=True, slots=True)
class Options:
    files: tuple[str, ...]
    what: str | None
    format: str
    packets: Ranges
    stream: tuple[str, int] | None
    filter: Filter | None = None
    show_secrets: bool = False
    decode_as: DecodeAs = NOTHING
    write: str | None = None
    graph: str | None = None
    output: str | None = None
    lines: tuple[Filter, ...] = ()
    interval: float | None = None
    at: int | None = None


def parse_ranges(text: str) -> Ranges:
    """'3,7-9,20-' as ranges. Raises UsageError naming the part that is wrong."""
    spans = []
    for part in text.split(","):
        low, dash, high = part.strip().partition("-")
        if not low.isdecimal() or (high and not high.isdecimal()) or len(low) > 12 or len(high) > 12:
            raise UsageError(f"--packet: '{part}' is not a packet number or a range like 3-9")
        first = int(low)
        last = int(high) if high else (1 << 62 if dash else first)
        if first < 1 or last < first:
            raise UsageError(f"--packet: '{part}' holds no packet; numbers start at 1 and ranges go upwards")
        spans.append((first, last))
    return Ranges(tuple(spans))


def parse_stream(text: str) -> tuple[str, int]:
    """'tcp:4' as ("tcp", 4). Raises UsageError."""
    kind, _, number = text.partition(":")
    if kind not in ("tcp", "udp") or not number.isdecimal() or len(number) > 12:
        raise UsageError(f"--stream: '{text}' is not like tcp:4 or udp:0")
    return kind, int(number)


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> None:  # type: ignore[override]
        raise UsageError(message)


class _Samples(argparse.Action):
    """Without a name the samples are listed, and that is all, as with --version."""

    def __call__(
        self, parser: argparse.ArgumentParser, namespace: argparse.Namespace, values: object, option: object = None
    ) -> None:
        from .samples import find_sample, listing

        if values is None:
            if sys.stdout is not None:
                sys.stdout.write(listing())
                sys.stdout.flush()
            parser.exit()
        setattr(namespace, self.dest, find_sample(str(values)))


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="pcaptui",
        description="A packet browser for the terminal. Without --print it opens the screen.",
        epilog="FILE: pcap or pcapng, plain or compressed (gzip, bzip2, xz, zstd, lz4); '-' is standard input. "
        "Several files are shown as one capture in time order.",
        allow_abbrev=False,
    )
    parser.add_argument(
        "files",
        nargs="*",
        metavar="FILE",
        help="a capture; without --print and with a pipe as output, its rows are printed",
    )
    parser.add_argument(
        "-Y",
        "--filter",
        metavar="EXPR",
        help="only packets that pass this display filter; with streams and findings those with such a packet, with "
        "follow the bytes that such packets brought",
    )
    parser.add_argument("--stream", metavar="tcp:N|udp:N", help="only that stream's packets")
    parser.add_argument(
        "--print",
        dest="what",
        choices=WHAT,
        metavar="WHAT",
        help="print instead of opening the screen: packets, tree, hex, streams, follow (with --stream), findings, "
        "summary; statistics: " + ", ".join(STATISTICS) + "; and flow, io",
    )
    parser.add_argument(
        "--packet",
        metavar="N[,M-K ...]",
        help="only these packet numbers (with packets, tree, hex, --write); the screen opens at such a packet",
    )
    parser.add_argument(
        "--format",
        choices=FORMATS,
        metavar="FORMAT",
        default="text",
        help="text (for people, default), jsonl or tsv; statistics also csv, json, markdown; follow also raw, the "
        "bytes alone; packets and streams also parquet",
    )
    parser.add_argument(
        "--graph",
        choices=GRAPHS,
        metavar="KIND",
        help="draw a picture into the file that --output names: " + ", ".join(GRAPHS) + " (all but flow and io with "
        "--stream tcp:N)",
    )
    parser.add_argument(
        "--line",
        action="append",
        default=[],
        metavar="EXPR",
        help="with io: a line of its own for the packets that pass this display filter; up to 6 times",
    )
    parser.add_argument("--interval", type=float, metavar="SECONDS", help="with io: the step of time")
    parser.add_argument(
        "-o", "--output", metavar="FILE", help="the file of --graph (.svg or .png), or of --format parquet"
    )
    parser.add_argument(
        "-w",
        "--write",
        metavar="FILE",
        help="write the packets that -Y, --stream and --packet choose (else all) to a pcapng file, or to a pcap file "
        "where the name ends in .pcap; '-' is standard output",
    )
    parser.add_argument(
        "-d",
        "--decode-as",
        action="append",
        default=[],
        metavar="PORT,PROTOCOL",
        help="dissect a port as a protocol, as tcp.port==8080,http or udp.port==5000-5010,sip; may be repeated",
    )
    parser.add_argument("--show-secrets", action="store_true", help="do not mask passwords in findings")
    parser.add_argument(
        "--samples", nargs="?", action=_Samples, metavar="NAME", help="open a sample capture; without NAME, list them"
    )
    parser.add_argument("--version", action="version", version=f"pcaptui {__version__}")
    return parser


def parse(arguments: Sequence[str]) -> Options:
    """The options of a command line. Raises UsageError; --help and --version leave through SystemExit."""
    given = _parser().parse_args(arguments)
    if given.samples is not None:
        given.files.append(given.samples)
    if not given.files:
        raise UsageError("no capture file given; try: pcaptui FILE, pcaptui --samples, or pcaptui --help")
    if given.files.count("-") > 1:
        raise UsageError("standard input ('-') can be given once only")
    if given.packet is not None and (given.what not in (None, "packets", "tree", "hex") or given.graph is not None):
        raise UsageError("--packet goes with --print packets, tree or hex and with --write; elsewhere "
                         "-Y 'frame.number in {3, 7..9}'")  # fmt: skip
    if given.what == "follow" and given.stream is None:
        raise UsageError("--print follow needs the stream to follow: --stream tcp:N or --stream udp:N")
    if given.write is not None:
        _check_write(given)
    _check_graph(given)
    _check_format(given)
    _check_io(given)
    return Options(
        tuple(given.files),
        given.what,
        given.format,
        parse_ranges(given.packet) if given.packet is not None else Ranges(),
        parse_stream(given.stream) if given.stream is not None else None,
        compile(given.filter) if given.filter is not None else None,
        given.show_secrets,
        parse_rules(given.decode_as),
        given.write,
        given.graph,
        given.output,
        tuple(compile(text) for text in given.line),
        given.interval,
        _place_of(given.samples),
    )


def _place_of(sample: str | None) -> int | None:
    if sample is None:
        return None
    from .samples import opens_at

    return opens_at(sample)


def _check_format(given: argparse.Namespace) -> None:
    fitting = _BY_WHAT.get(given.what, _PLAIN)
    if given.format == "parquet" and given.output == "":
        raise UsageError("-o/--output needs the name of a file")
    if given.format in fitting:
        return
    if given.format == "raw":
        raise UsageError("--format raw goes with --print follow")
    if given.format == "parquet":
        raise UsageError("--format parquet goes with --print streams or --print packets")
    raise UsageError(f"--print {given.what or 'packets'} has no format {given.format}: it has {', '.join(fitting)}")


def _check_io(given: argparse.Namespace) -> None:
    if (given.line or given.interval is not None) and "io" not in (given.what, given.graph):
        raise UsageError("--line and --interval go with --print io or --graph io")
    if len(given.line) > LINES:
        raise UsageError(f"--line: at most {LINES} lines")
    if given.interval is not None and not 1e-6 <= given.interval <= 1e9:
        raise UsageError("--interval: seconds, from 0.000001 to 1000000000")


def _check_graph(given: argparse.Namespace) -> None:
    if given.graph is None:
        if given.output is not None and given.format != "parquet":
            raise UsageError("-o/--output names the file of --graph or of --format parquet; packets are written with "
                             "-w/--write")  # fmt: skip
        return
    if given.what is not None or given.write is not None:
        raise UsageError("--graph does not go with --print or -w/--write")
    if given.format != "text":
        raise UsageError("--format goes with --print; the picture of --graph is what the name of --output says")
    if given.output is None:
        raise UsageError("--graph needs a file to draw into: --output FILE.svg or --output FILE.png")
    if not given.output.lower().endswith((".svg", ".png")):
        raise UsageError(f"--output: '{given.output}' is neither .svg nor .png")
    if given.graph not in ("flow", "io") and (given.stream is None or not given.stream.startswith("tcp:")):
        raise UsageError(f"--graph {given.graph} needs the stream to draw: --stream tcp:N")


def _check_write(given: argparse.Namespace) -> None:
    if given.what is not None:
        raise UsageError("-w/--write and --print do not go together: both say what becomes of the packets")
    if given.write == "":
        raise UsageError("-w/--write needs the name of a file")
