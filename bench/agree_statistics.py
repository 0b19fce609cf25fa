#!/usr/bin/env python3
"""Compare statistics with tshark's and capinfos's: the same numbers for the same capture?

usage: agree_statistics.py [--only NAME[,NAME ...]] [--sample N] [--differences N] [CAPTURE_OR_FOLDER ...]

Needs tshark 4.0 and capinfos. Default captures: ../shared/captures, else sample_pcaps. Prints for each statistic how
many numbers (rows of tables, as a rule) were compared and which part is the same, then the first differences.

A comparison is a function Path -> Compared, in the table COMPARISONS; modules of MODULES have such tables too.
"""

from __future__ import annotations

import argparse
import ast
import csv
import importlib
import io
import os
import re
import subprocess
import sys
from collections.abc import Callable, Hashable, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
DEFAULTS = (ROOT.parent / "shared" / "captures", ROOT / "sample_pcaps")
MODULES = ("agree_statistics_web", "agree_io")
"""Beside this script: each may have a COMPARISONS of its own."""


@dataclass
class Compared:
    """How many numbers were compared, and one line for each that is not the same."""

    total: int = 0
    differences: list[str] = field(default_factory=list)
    beyond: int = 0
    """Of them, numbers of protocols that are not dissected here."""
    beyond_wrong: int = 0


Comparison = Callable[[Path], Compared]


def ask(*command: str) -> str:
    """What a command prints."""
    environment = {**os.environ, "TZ": "UTC", "LC_ALL": "C.UTF-8"}
    found = subprocess.run(command, env=environment, capture_output=True, check=False)
    return found.stdout.decode("utf-8", "replace")


def tshark(capture: Path, *statistics: str) -> str:
    """What tshark prints of these statistics, all in one run: starting it costs more than most captures."""
    return ask("tshark", "-n", "-q", "-r", str(capture), *(word for one in statistics for word in ("-z", one)))


@cache
def usual(capture: Path) -> dict[str, str]:
    """What tshark prints of all statistics that are compared here, by the title of each."""
    names = [f"{kind},{layer}" for kind in ("conv", "endpoints") for layer in LAYERS.values()]
    text = tshark(capture, *names, "io,phs", "expert", "plen,tree")
    found: dict[str, str] = {}
    for part in re.split(r"^={60,}\n(?==|[A-Z])|^\n(?=[A-Z][a-z]+ \(\d+\)$)|^\n={60,}\n", text, flags=re.M):
        title = part.partition("\n")[0]
        found[title.partition(" (")[0].strip(": ")] = part
    return found


@cache
def view(path: Path) -> Any:
    """The capture, loaded, as what statistics count."""
    from pcaptui.capture import Capture
    from pcaptui.statistics import View

    capture = Capture.open([str(path)])
    capture.load_all()
    return View(capture)


def tables(path: Path, name: str) -> dict[str, Any]:
    """Our tables of a statistic by name."""
    from pcaptui.statistics import find

    return {table.name: table for table in find(name)[1](view(path))}


def rows(table: Any) -> list[dict[str, Any]]:
    """A table's rows as objects: plain values by the columns' keys."""
    return [
        {column.key: table.value(row, place) for place, column in enumerate(table.columns)} for row in range(len(table))
    ]


def compare(what: str, theirs: Mapping[Hashable, object], ours: Mapping[Hashable, object]) -> Compared:
    """Two mappings: each key that either has counts as one number, or one row of them."""
    found = Compared(len(theirs.keys() | ours.keys()))
    for key in sorted(theirs.keys() | ours.keys(), key=str):
        mine, other = ours.get(key), theirs.get(key)
        if mine != other:
            found.differences.append(f"{what} {key}: tshark {other}, here {mine}")
    return found


def together(parts: list[Compared]) -> Compared:
    """Several comparisons as one."""
    return Compared(sum(one.total for one in parts), [line for one in parts for line in one.differences])


# Conversations and endpoints.

LAYERS = {"eth": "eth", "ipv4": "ip", "ipv6": "ipv6", "tcp": "tcp", "udp": "udp"}
TITLES = {"eth": "Ethernet", "ipv4": "IPv4", "ipv6": "IPv6", "tcp": "TCP", "udp": "UDP"}
_CONVERSATION = re.compile(
    r"^(\S+)\s+<-> (\S+)\s+(\d+) (\d+ \w+)\s+(\d+) (\d+ \w+)\s+(\d+) (\d+ \w+)\s+(-?\d+\.\d+)\s+(-?\d+\.\d+)\s*$", re.M
)


def size_text(size: int) -> str:
    """Bytes as tshark writes them in tables of conversations."""
    if size < 10_000:
        return f"{size} bytes"
    steps = 1 if size < 10_000_000 else 2 if size < 10_000_000_000 else 3
    return f"{size // 1000**steps} {('kB', 'MB', 'GB')[steps - 1]}"


def end_text(address: str, port: int | None) -> str:
    return address if port is None else f"{address}:{port}"


def conversations(path: Path) -> Compared:
    ours = tables(path, "conversations")
    return together([
        _conversations(usual(path).get(f"{title} Conversations", ""), kind, rows(ours[f"conversations-{kind}"]))
        for kind, title in TITLES.items()
    ])  # fmt: skip


class Near(float):
    """A time that another equals where both were rounded from the same."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, float) and abs(self - other) < 1.2e-4

    __hash__ = float.__hash__


def _conversations(text: str, kind: str, mine: list[dict[str, Any]]) -> Compared:
    theirs: dict[Hashable, list[list[Near]]] = {}
    for *cells, start, duration in _CONVERSATION.findall(text):
        theirs.setdefault(tuple(cells), []).append([Near(start), Near(duration)])
    ours: dict[Hashable, list[list[Near]]] = {}
    for row in mine:
        key = (
            end_text(row["address_a"], row.get("port_a")), end_text(row["address_b"], row.get("port_b")),
            str(row["packets_b_a"]), size_text(row["bytes_b_a"]), str(row["packets_a_b"]), size_text(row["bytes_a_b"]),
            str(row["packets"]), size_text(row["bytes"]),
        )  # fmt: skip
        ours.setdefault(key, []).append([Near(row["start"]), Near(row["duration"])])
    for found in (theirs, ours):
        for times in found.values():
            times.sort()
    return compare(f"conv,{kind}", theirs, ours)


def endpoints(path: Path) -> Compared:
    ours = tables(path, "endpoints")
    return together([_endpoints(usual(path).get(f"{title} Endpoints", ""), kind, rows(ours[f"endpoints-{kind}"]))
                     for kind, title in TITLES.items()])  # fmt: skip


def _endpoints(text: str, kind: str, mine: list[dict[str, Any]]) -> Compared:
    theirs: dict[Hashable, object] = {}
    for line in text.splitlines():
        cells = line.split()
        if len(cells) in (7, 8) and cells[-1].isdecimal() and not line.startswith(" "):
            theirs[" ".join(cells[:-6])] = tuple(map(int, cells[-6:]))
    ours: dict[Hashable, object] = {}
    for row in mine:
        name = row["address"] if row.get("port") is None else f"{row['address']} {row['port']}"
        ours[name] = tuple(row[key] for key in ("packets", "bytes", "packets_sent", "bytes_sent",
                                                "packets_received", "bytes_received"))  # fmt: skip
    return compare(f"endpoints,{kind}", theirs, ours)


# Protocol hierarchy: a tree's row is known by the names above it and its own.

_PHS = re.compile(r"^( *)(\S+) +frames:(\d+) bytes:(\d+)$", re.M)
_TRANSPORTS = {"tcp", "udp", "sctp", "dccp"}


def hierarchy(path: Path) -> Compared:
    """Lines that are no protocol (tcp.segments ...) are taken out, and what stands below them counts one step above;
    so do messages of one application in one packet, which tshark puts below each other."""
    theirs: dict[Hashable, tuple[int, int]] = {}
    names: list[str] = []
    for indent, name, packets, size in _PHS.findall(usual(path).get("Protocol Hierarchy Statistics", "")):
        names[len(indent) // 2 :] = [name]
        chain = upright([one for one in names if one not in OUTSIDE])
        if chain and chain != upright([one for one in names[:-1] if one not in OUTSIDE]):
            before = theirs.get(chain, (0, 0))
            theirs[chain] = before[0] + int(packets), before[1] + int(size)
    (table,) = tables(path, "hierarchy").values()
    ours: dict[Hashable, tuple[int, int]] = {}
    chains: list[tuple[str, ...]] = []
    for row, found in enumerate(rows(table)):
        parent = int(table.parents[row])
        chains.append((*(chains[parent] if parent >= 0 else ()), found["protocol"]))
        chain = tuple(name for name in chains[-1] if name not in OUTSIDE)
        if chain and found["protocol"] not in OUTSIDE:
            ours[chain] = found["packets"], found["bytes"]
    if not theirs:
        return Compared()  # a link type that tshark does not know
    return without_unknown(compare("phs", theirs, ours), theirs, ours)


def without_unknown(
    whole: Compared, theirs: Mapping[Hashable, object], ours: Mapping[Hashable, object]
) -> Compared:  # fmt: skip
    """With the numbers of rows of protocols that are dissected here at all. A row of data beside one that is not may
    hold its packets, or lack them."""
    known = dissected()

    def foreign(chain: Any) -> bool:
        return any(name not in known for name in chain)

    beside = {chain[:place] for chain in theirs for place, name in enumerate(chain) if name not in known}  # type: ignore[var-annotated, arg-type]
    for chain in theirs.keys() | ours.keys():
        beyond = foreign(chain) or (chain[-1] in _REST and chain[:-1] in beside)  # type: ignore[index]
        if beyond:
            whole.beyond += 1
            whole.beyond_wrong += ours.get(chain) != theirs.get(chain)
    return whole


_REST = ("data", "_ws.malformed", "_ws.short")


@cache
def dissected() -> frozenset[str]:
    """Words in the source of our dissectors and tree builders: no protocol that they know is missing."""
    found: set[str] = set()
    for room in ("protocols", "fields"):
        for path in (ROOT / "tui" / "pcaptui" / room).glob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    found.add(node.value)
                    found.update(node.value.split() if len(node.value) < 2000 else ())
    return frozenset(found)


OUTSIDE = ("frame", "text", "nflog", "juniper")
"""Lines that tshark puts around protocols in some captures, and headers that have no line where nobody looks."""


def upright(names: list[str]) -> tuple[str, ...]:
    found: list[str] = []
    for name in names:
        if "." in name and not name.startswith("_ws."):
            continue
        if not (found and found[-1] == name and _TRANSPORTS & set(found)):
            found.append(name)
    return tuple(found)


# Expert information of TCP: tshark has a row for each port and each number, here all of them are one.

_EXPERT = re.compile(r"^ +(\d+) +(\w+) +TCP  (.*?)\s*$", re.M)
_SEVERITIES = {"Errors": "Error", "Warns": "Warning", "Notes": "Note", "Chats": "Chat"}


def expert(path: Path) -> Compared:
    """The kinds that are counted here; others of TCP's (options that are malformed ...) are told by trees only."""
    ours: dict[Hashable, int] = {}
    for row in rows(tables(path, "expert")["expert"]):
        ours[row["severity"], row["summary"]] = row["count"]
    theirs: dict[Hashable, int] = {}
    known = kinds()
    for title, severity in _SEVERITIES.items():
        for count, _, summary in _EXPERT.findall(usual(path).get(title, "")):
            summary = re.sub(r": server port \d+$| \(#\d+\)$", "", summary)
            if summary in known:
                theirs[severity, summary] = theirs.get((severity, summary), 0) + int(count)
    return compare("expert", theirs, ours)


@cache
def kinds() -> frozenset[str]:
    from pcaptui.fields.tcp_analysis import FINDINGS

    return frozenset(
        [text for *_, text in FINDINGS]
        + ["Duplicate ACK", "D-SACK Sequence", "Connection establish request (SYN)", "Connection finish (FIN)"]
        + ["Connection establish acknowledge (SYN+ACK)", "Connection reset (RST)"]
        + [f"This frame {word} the connection closing" for word in ("initiates", "undergoes")]
    )


# Packet lengths.

_LENGTHS = re.compile(
    r"^ ?(Packet Lengths|[\d-]+|5120 and greater) +(\d+) +(\S+) +(\S+) +(\S+) +(?:\S+ +)?(\S+)%", re.M
)


def lengths(path: Path) -> Compared:
    theirs: dict[Hashable, object] = {}
    for name, count, *rest, percent in _LENGTHS.findall(usual(path).get("Packet Lengths", "")):
        key = {"Packet Lengths": "all", "5120 and greater": "5120 and more"}.get(name, name)
        theirs[key] = int(count), *("-" if cell == "-" else f"{float(cell):.2f}" for cell in rest), float(percent)
    ours: dict[Hashable, object] = {}
    for row in rows(tables(path, "lengths")["lengths"]):
        cells = (row["average"], row["minimum"], row["maximum"])
        texts = ("-" if cell is None else f"{cell:.2f}" for cell in cells)
        ours[row["range"]] = row["packets"], *texts, Near(round(row["percent"], 2))
    return compare("plen", theirs, ours)


# Capture properties.

_SAME = {
    "File size (bytes)": "File size", "Number of packets": "Packets", "Data size (bytes)": "Bytes", "SHA256": "SHA256",
    "SHA1": "SHA1", "Capture duration (seconds)": "Duration", "Start time": "First packet (UTC)",
    "End time": "Last packet (UTC)", "Data byte rate (bytes/sec)": "Bytes a second",
    "Data bit rate (bits/sec)": "Bits a second", "Average packet size (bytes)": "Average packet size",
    "Average packet rate (packets/sec)": "Packets a second", "Strict time order": "Strict time order",
    "Capture hardware": "Capture hardware", "Capture oper-sys": "Capture system",
    "Capture application": "Capture application",
}  # fmt: skip
_WORDS = {"True": "yes", "False": "no"}


def properties(path: Path) -> Compared:
    lines = list(csv.reader(io.StringIO(ask("capinfos", "-T", "-m", "-Q", str(path)))))
    if len(lines) < 2:
        return Compared()
    told = dict(zip(lines[0], lines[1], strict=False))
    mine = {row["property"]: row["value"] for row in rows(tables(path, "properties")["properties"])}
    theirs: dict[Hashable, object] = {}
    ours: dict[Hashable, object] = {}
    for name, key in _SAME.items():
        text = _WORDS.get(told.get(name, ""), told.get(name, ""))
        here = mine.get(key, "").removesuffix(" bytes").removesuffix(" seconds")
        if text in ("", "n/a", "0.00") and here in ("", "0.00"):
            continue
        theirs[key], ours[key] = text, here
        if key.endswith("a second") and re.fullmatch(r"\d+\.\d+", here):
            # capinfos subtracts times as seconds in floating point, whose last digit is a quarter of a microsecond.
            error = 0.01 + float(here) * 1e-6 / max(float(told["Capture duration (seconds)"]), 1e-6)
            theirs[key] = text if abs(float(text) - float(here)) > error else here
    return compare("capinfos", theirs, ours)


COMPARISONS: dict[str, Comparison] = {
    "conversations": conversations,
    "endpoints": endpoints,
    "hierarchy": hierarchy,
    "properties": properties,
    "expert": expert,
    "lengths": lengths,
}


def comparisons() -> dict[str, Comparison]:
    """Those of this module and of MODULES."""
    found = dict(COMPARISONS)
    for name in MODULES:
        if (HERE / f"{name}.py").exists():
            found.update(importlib.import_module(name).COMPARISONS)
    return found


def captures(given: list[Path], sample: int) -> list[Path]:
    """Files, and those in folders; every n-th of them."""
    given = given or [folder for folder in DEFAULTS if folder.is_dir()][:1]
    found: list[Path] = []
    for one in given:
        found += sorted(path for path in one.rglob("*") if path.is_file()) if one.is_dir() else [one]
    return [path for path in found if path.suffix not in (".md", ".txt", ".py", ".json")][::sample]


def judge(path: Path, names: list[str]) -> dict[str, Compared]:
    """All comparisons of one capture; one that fails counts as one difference."""
    found: dict[str, Compared] = {}
    for name in names:
        try:
            found[name] = (COMPARISONS.get(name) or comparisons()[name])(path)
        except Exception as error:  # of a program that is tested, on any file
            found[name] = Compared(1, [f"failed: {type(error).__name__}: {error}"])
    usual.cache_clear()
    view.cache_clear()
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("captures", nargs="*", type=Path)
    parser.add_argument("--only", default="", help="names of comparisons, with commas")
    parser.add_argument("--sample", type=int, default=1, help="every n-th capture")
    parser.add_argument("--differences", type=int, default=10, help="lines a comparison")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    given = parser.parse_args()
    names = given.only.split(",") if given.only else list(comparisons())
    files = captures(given.captures, given.sample)
    found: dict[str, list[tuple[Path, Compared]]] = {name: [] for name in names}
    with ProcessPoolExecutor(given.jobs) as pool:
        for path, answers in zip(files, pool.map(partial(judge, names=names), files), strict=True):
            for name, compared in answers.items():
                found[name].append((path, compared))
    print(f"{len(files)} captures")
    for name, parts in found.items():
        tell(name, parts, given.differences)
    return 0


def tell(name: str, parts: list[tuple[Path, Compared]], most: int) -> None:
    total = sum(one.total for _, one in parts)
    wrong = sum(len(one.differences) for _, one in parts)
    whole = sum(not one.differences for _, one in parts)
    print(f"{name}: {total - wrong} of {total} the same ({100 * (total - wrong) / max(total, 1):.2f} %), "
          f"{whole} captures of {len(parts)} wholly")  # fmt: skip
    beyond = sum(one.beyond for _, one in parts)
    if beyond:
        wrong -= sum(one.beyond_wrong for _, one in parts)
        print(f"    of protocols that are dissected here: {total - beyond - wrong} of {total - beyond} the same "
              f"({100 * (total - beyond - wrong) / max(total - beyond, 1):.2f} %)")  # fmt: skip
    shown = 0
    for path, one in parts:
        for line in one.differences[:3]:
            if shown < most:
                print(f"    {path.parent.name}/{path.name}: {line}")
                shown += 1


if __name__ == "__main__":
    sys.path.insert(0, str(HERE))
    sys.exit(main())
