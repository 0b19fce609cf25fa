"""Compare the points of the TCP stream graphs with the fields that tshark shows, over the captures of a folder.

    python bench/agree_graphs.py FILE_OR_FOLDER ... [--most N] [--streams N]

Every point of every TCP stream in both directions: its y against tcp.seq, tcp.nxtseq, tcp.ack (+ tcp.window_size),
tcp.window_size, tcp.analysis.ack_rtt and tcp.analysis.bytes_in_flight, marks against the tcp.analysis.* flags; and the
other way round, that no packet with such a field is missing. Prints a line a kind, then what differs.
"""

from __future__ import annotations

import argparse
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from pcaptui.capture import Capture
from pcaptui.errors import CaptureError
from pcaptui.pictures.stream import Stream
from pcaptui.pictures.stream_plots import made

FIELDS = (
    "frame.number", "tcp.stream", "tcp.seq", "tcp.nxtseq", "tcp.ack", "tcp.len", "tcp.flags", "tcp.window_size",
    "tcp.analysis.ack_rtt", "tcp.analysis.bytes_in_flight", "tcp.analysis.retransmission", "tcp.analysis.out_of_order",
    "tcp.analysis.lost_segment", "tcp.analysis.zero_window", "tcp.analysis.duplicate_ack", "tcp.analysis.window_full",
    "tcp.analysis.keep_alive", "tcp.analysis.zero_window_probe",
)  # fmt: skip
MARKS = {
    "retransmission": ("retransmission",),
    "out of order": ("out_of_order",),
    "gap before it": ("lost_segment",),
    "keep-alive, probe": ("keep_alive", "zero_window_probe"),
}
WRAP = 1 << 32
Row = dict[str, str]
Point = tuple[int, int]


def shown_by_tshark(path: Path) -> dict[int, Row]:
    """Field values of every packet with TCP, by packet number."""
    command = ["tshark", "-n", "-r", str(path), "-Y", "tcp && !icmp && !icmpv6", "-T", "fields", "-E", "occurrence=f"]
    for name in FIELDS:
        command += ["-e", name]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
    rows = (dict(zip(FIELDS, line.split("\t"), strict=True)) for line in done.stdout.splitlines())
    return {int(row["frame.number"]): row for row in rows}


def number(row: Row, name: str) -> int:
    return int(row[name], 0) if row[name] else 0


def wanted(kind: str, row: Row) -> dict[str, int]:
    """What tshark's fields make of one packet: name of the series → y."""
    flags = number(row, "tcp.flags")
    takes = number(row, "tcp.len") > 0 or flags & 3
    seq, ack, window = number(row, "tcp.seq"), number(row, "tcp.ack"), number(row, "tcp.window_size")
    found: dict[str, int] = {}
    if kind == "time-sequence" and takes:
        found["segments"] = seq
    if kind == "tcptrace":
        if takes:
            found["segments"] = number(row, "tcp.nxtseq")
        if flags & 16 and not flags & 4:
            found["acknowledged"], found["window"] = ack, (ack + window) % WRAP
        if row["tcp.analysis.duplicate_ack"] and flags & 16:
            found["duplicate ACK"] = ack
        if row["tcp.analysis.zero_window"] and flags & 16:
            found["zero window"] = ack
    if kind == "rtt" and row["tcp.analysis.ack_rtt"]:
        found["round trip"] = round(float(row["tcp.analysis.ack_rtt"]) * 1e9)
    if kind == "window":
        if not flags & 4:
            found["receive window"] = window
        if row["tcp.analysis.bytes_in_flight"]:
            found["bytes in flight"] = number(row, "tcp.analysis.bytes_in_flight")
        if row["tcp.analysis.zero_window"] and not flags & 4:
            found["zero window"] = window
        if row["tcp.analysis.window_full"]:
            found["window full"] = -1
    if kind in ("time-sequence", "tcptrace"):
        place = seq if kind == "time-sequence" else number(row, "tcp.nxtseq") if takes else seq
        found |= {name: place for name, fields in MARKS.items() if any(row[f"tcp.analysis.{one}"] for one in fields)}
    return found


def drawn(stream: Stream, kind: str) -> Iterator[tuple[str, int, int]]:
    """(series, packet number, y) of both directions."""
    for by_client in (True, False):
        for series in made(stream, kind, by_client).series:
            if series.name in ("SACKed", "of a retransmission", "reset") or series.packets is None:
                continue
            factor = 1e9 if kind == "rtt" else 1
            y = -np.ones(len(series)) if series.name == "window full" else series.y * factor
            for packet, value in zip(series.packets.tolist(), y.tolist(), strict=True):
                plain = round(value)
                yield series.name, packet + 1, plain % WRAP if kind in ("time-sequence", "tcptrace") else plain


def compare(path: Path, most_streams: int, told: list[str]) -> Counter[tuple[str, str, str]]:
    """(kind, series, "same" or what differs) → how often."""
    counts: Counter[tuple[str, str, str]] = Counter()
    rows = shown_by_tshark(path)
    capture = Capture([str(path)])
    capture.load_all()
    streams = [Stream(capture, at) for at in range(min(capture.tracker.tcp_streams, most_streams))]
    covered = {packet + 1 for stream in streams for packet in stream.packets.tolist()}
    for kind in ("time-sequence", "tcptrace", "rtt", "window"):
        ours = {(name, packet): y for stream in streams for name, packet, y in drawn(stream, kind)}
        theirs = {(name, packet): y for packet, row in rows.items() if packet in covered and row["tcp.len"]
                  for name, y in wanted(kind, row).items()}  # fmt: skip
        for key in ours.keys() | theirs.keys():
            mine, other = ours.get(key), theirs.get(key)
            same = mine == other
            verdict = "same" if same else "ours only" if other is None else "tshark only" if mine is None else "differs"
            counts[kind, key[0], verdict] += 1
            if not same:
                told.append(f"{path.name} packet {key[1]}: {kind}, {key[0]}: {mine}, tshark {other}")
    capture.close()
    return counts


def captures(names: list[str]) -> Iterator[Path]:
    for name in names:
        path = Path(name)
        if path.is_dir():
            yield from sorted(each for each in path.iterdir() if ".pcap" in each.name or each.suffix == ".cap")
        else:
            yield path


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("names", nargs="+")
    parser.add_argument("--most", type=int, default=30, help="differences that are listed")
    parser.add_argument("--streams", type=int, default=2000, help="streams of a capture that are compared")
    given = parser.parse_args()
    total: Counter[tuple[str, str, str]] = Counter()
    told: list[str] = []
    files = 0
    for path in captures(given.names):
        try:
            counts = compare(path, given.streams, told)
        except (CaptureError, subprocess.TimeoutExpired) as problem:
            print(f"{path.name}: {problem}")
            continue
        files += bool(counts)
        total += counts
    print(f"{files} captures with TCP")
    for kind, name in sorted({(kind, name) for kind, name, _ in total}):
        each = {verdict: total[kind, name, verdict] for verdict in ("same", "differs", "ours only", "tshark only")}
        print(f"{kind:14} {name:18}", "  ".join(f"{verdict} {count}" for verdict, count in each.items() if count))
    print("\n".join(told[: given.most]))


if __name__ == "__main__":
    main()
