"""Capture properties, as capinfos tells them: the file, its packets, times and rates, interfaces, and what it says."""

from __future__ import annotations

import hashlib
import os
import stat
from datetime import UTC, datetime, timedelta

import numpy as np

from ..capture import Capture
from ..fields.encapsulations import ENCAPSULATIONS
from ..loader.records import Interface
from .table import Column, Table, Tables
from .view import View

BILLION = 1_000_000_000
_CHUNK = 1 << 20
_COMMENTS = 100
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MAGICS = {
    b"\xd4\xc3\xb2\xa1": "pcap, microseconds", b"\xa1\xb2\xc3\xd4": "pcap, microseconds, big-endian",
    b"\x4d\x3c\xb2\xa1": "pcap, nanoseconds", b"\xa1\xb2\x3c\x4d": "pcap, nanoseconds, big-endian",
    b"\x34\xcd\xb2\xa1": "pcap, modified", b"\xa1\xb2\xcd\x34": "pcap, modified, big-endian",
    b"\x0a\x0d\x0d\x0a": "pcapng",
}  # fmt: skip
_PAIR = (Column("property", "Property"), Column("value", "Value"))
_FILES = (
    Column("file", "File"), Column("format", "Format"), Column("compression", "Compression"),
    Column("size", "File size", "bytes"), Column("packets", "Packets", "count"), Column("hardware", "Hardware"),
    Column("os", "System"), Column("application", "Application"),
)  # fmt: skip
_INTERFACES = (
    Column("interface", "Interface", "number"), Column("name", "Name"), Column("description", "Description"),
    Column("link_type", "Encapsulation"), Column("link_type_number", "Link type", "number"),
    Column("snap_length", "Snap length", "bytes"), Column("resolution", "Resolution"),
    Column("packets", "Packets", "count"), Column("bytes", "Bytes", "bytes"),
    Column("dropped", "Dropped", "count"), Column("filter", "Capture filter"), Column("os", "System"),
)  # fmt: skip
Pairs = list[tuple[str, str]]


def tables(view: View) -> Tables:
    """ "properties", "files" where there are several, "interfaces"."""
    makers = [("properties", "Capture properties", lambda: _properties(view))]
    if len(view.capture.paths) > 1:
        makers.append(("files", "Files", lambda: _files(view)))
    return Tables(*makers, ("interfaces", "Interfaces", lambda: _interfaces(view)))


def _properties(view: View) -> Table:
    capture = view.capture
    pairs = [*(_file(view) if len(capture.paths) == 1 else [("Files", str(len(capture.paths)))]),
             *_packets(view), *_times(view), *_told(capture)]  # fmt: skip
    return Table("properties", "Capture properties", _PAIR, ([key for key, _ in pairs], [text for _, text in pairs]))


def _file(view: View) -> Pairs:
    capture, path = view.capture, view.capture.paths[0]
    found = [("File", path if path != "-" else "standard input")]
    size = _size(path)
    if size is not None:
        found.append(("File size", f"{size} bytes"))
    found += [("Format", _format(capture, 0)), ("Compression", capture.compression(0) or "none")]
    return found + _hashes(view, path)


def _packets(view: View) -> Pairs:
    lengths, captured = view.column("length"), view.column("captured")
    count = len(view)
    every = int(lengths.sum(dtype=np.int64))
    found = [("Encapsulation", _encapsulations(view)), ("Snap length", _snap_length(view))]
    cut = captured < lengths
    if cut.any():
        least, most = int(captured[cut].min()), int(captured[cut].max())
        found.append(
            ("Cut packets", f"{np.count_nonzero(cut)}, to {least if least == most else f'{least} to {most}'} bytes")
        )
    found += [
        ("Packets", str(count)),
        ("Bytes", str(every)),
        ("Captured bytes", str(int(captured.sum(dtype=np.int64)))),
    ]
    if count:
        found.append(("Average packet size", f"{every / count:.2f} bytes"))
    return found


def _times(view: View) -> Pairs:
    times = view.column("time")
    if not len(times):
        return []
    first, last = int(times.min()), int(times.max())
    span = (last - first) / BILLION
    every = int(view.column("length").sum(dtype=np.int64))
    digits = _digits(view.capture)
    found = [
        ("First packet (UTC)", moment(first, digits)), ("Last packet (UTC)", moment(last, digits)),
        ("Duration", f"{span:.{digits}f} seconds"),
    ]  # fmt: skip
    if span:
        found += [
            ("Bytes a second", f"{every / span:.2f}"), ("Bits a second", f"{8 * every / span:.2f}"),
            ("Packets a second", f"{len(times) / span:.2f}"),
        ]  # fmt: skip
    ordered = bool((times[1:] >= times[:-1]).all())
    return [*found, ("Strict time order", "yes" if ordered else "no")]


def _told(capture: Capture) -> Pairs:
    """What the files say beside their packets."""
    found: Pairs = []
    one = len(capture.notes) == 1
    for notes in capture.notes:
        if one:
            named = (("Capture hardware", notes.hardware), ("Capture system", notes.os),
                     ("Capture application", notes.application))  # fmt: skip
            found += [(key, text) for key, text in named if text]
        found += [("Comment", text) for text in notes.comments[:_COMMENTS]]
        if len(notes.comments) > _COMMENTS:
            found.append(("Comment", f"and {len(notes.comments) - _COMMENTS} more"))
        if notes.drops:
            found.append(("Dropped, as the file tells", f"{sum(notes.drops.values())} packets"))
        if notes.names:
            found.append(("Names of addresses", str(len(notes.names))))
        if notes.secrets:
            found.append(("Decryption secrets", str(len(notes.secrets))))
    commented = capture.commented
    if commented:
        found.append(("Packets with comments", str(commented)))
    return found + [("Damage", str(damage) if not one else damage.place) for damage in capture.damage]


def _files(view: View) -> Table:
    capture = view.capture
    known = {interface.file for interface in capture.interfaces}
    owners = np.array([interface.file for interface in capture.interfaces] or [0])[view.column("interface")]
    counts = np.bincount(owners, minlength=len(capture.notes))
    sizes = [_size(path) for path in capture.files]
    values = (
        capture.files,
        [_format(capture, file) if file in known else "" for file in range(len(counts))],
        [capture.compression(file) or "none" for file in range(len(counts))],
        np.array([np.nan if size is None else size for size in sizes]),
        counts,
        [notes.hardware for notes in capture.notes],
        [notes.os for notes in capture.notes],
        [notes.application for notes in capture.notes],
    )
    return Table("files", "Files", _FILES, values)


def _interfaces(view: View) -> Table:
    capture = view.capture
    interfaces = capture.interfaces
    count = len(interfaces)
    column = view.column("interface")
    drops = {index: dropped for notes in capture.notes for index, dropped in notes.drops.items()}
    values = (
        np.arange(count),
        [one.name for one in interfaces],
        [one.description for one in interfaces],
        [encapsulation(one.link_type) for one in interfaces],
        np.array([one.link_type for one in interfaces], np.int64),
        np.array([one.snap_length or np.nan for one in interfaces]),
        [_resolution(one) for one in interfaces],
        np.bincount(column, minlength=count)[:count],
        np.bincount(column, view.column("length"), count)[:count],
        np.array([drops.get(place, np.nan) for place in range(count)]),
        [one.filter for one in interfaces],
        [one.os for one in interfaces],
    )

    def chosen(row: int) -> str:
        one = interfaces[row]
        return f"frame.interface_id == {one.number}" if count > 1 and one.section else ""

    return Table("interfaces", "Interfaces", _INTERFACES, values, chosen)


def encapsulation(link_type: int) -> str:
    """What a link type is called."""
    return ENCAPSULATIONS.get(link_type, (0, f"Unknown ({link_type})"))[1]


def _encapsulations(view: View) -> str:
    kinds = list(dict.fromkeys(one.link_type for one in view.capture.interfaces))
    return ", ".join(map(encapsulation, kinds[:8])) + (" ..." if len(kinds) > 8 else "")


def _snap_length(view: View) -> str:
    sizes = sorted({one.snap_length for one in view.capture.interfaces})
    if not sizes or sizes == [0]:
        return "not set"
    return f"{sizes[0]} bytes" if len(sizes) == 1 else f"{sizes[0]} to {sizes[-1]} bytes"


def _format(capture: Capture, file: int) -> str:
    return _MAGICS.get(capture.raw(file)[:4].tobytes(), "unknown")


def _resolution(interface: Interface) -> str:
    rate = interface.ticks_per_second
    names = {1: "seconds", 10**3: "milliseconds", 10**6: "microseconds", 10**9: "nanoseconds"}
    return names.get(rate, f"1/{rate} s")


def _digits(capture: Capture) -> int:
    """Digits behind the point that the finest interface's time stamps have."""
    finest = max((one.ticks_per_second for one in capture.interfaces), default=1_000_000)
    return 6 if finest <= 1_000_000 else 9


def moment(time: int, digits: int = 6) -> str:
    """ns since 1970 as date and time of day, UTC."""
    try:
        day = (_EPOCH + timedelta(seconds=time // BILLION)).strftime("%Y-%m-%d %H:%M:%S")
    except (OverflowError, ValueError):
        return f"{time / BILLION:.6f} s since 1970"
    return f"{day}.{time % BILLION:09d}"[: len(day) + 1 + digits]


def _size(path: str) -> int | None:
    try:
        found = os.stat(path)
    except (OSError, ValueError):
        return None
    return found.st_size if stat.S_ISREG(found.st_mode) else None


def _hashes(view: View, path: str) -> Pairs:
    """Of the file as it lies on the disk, compressed or not; none where it is no plain file."""
    size = _size(path)
    if size is None:
        return []
    sums = hashlib.sha256(), hashlib.sha1(usedforsecurity=False)
    done = 0
    try:
        with open(path, "rb") as file:
            while chunk := file.read(_CHUNK):
                for one in sums:
                    one.update(chunk)
                done += len(chunk)
                view.go_on(min(1.0, done / max(size, 1)))
    except OSError as error:
        return [("SHA256", f"not known: {error.strerror}")]
    return [("SHA256", sums[0].hexdigest()), ("SHA1", sums[1].hexdigest())]
