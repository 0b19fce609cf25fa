"""Packets of an open capture into a file of their own: pcapng (interfaces, comments, names, nanoseconds kept) or pcap.

Formats: IETF draft-ietf-opsawg-pcapng, draft-ietf-opsawg-pcap. Frames are written byte for byte.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from .capture import Capture
from .errors import PcaptuiError
from .loader.records import PSEUDO_HEADERS, Interface
from .version import __version__
from .whole_file import whole_file

BLOCK = 1 << 16
"""Packets between two looks at whether to go on."""
_SECTION, _INTERFACE, _ENHANCED, _NAMES, _SECRETS = 0x0A0D0D0A, 1, 6, 4, 10
_BILLION = 1_000_000_000


class SaveError(PcaptuiError):
    """The packets cannot be written in this format."""


class Stopped(Exception):
    """Somebody has stopped the saving; nothing was written."""


def save(
    capture: Capture,
    packets: NDArray[np.int64],
    path: str | Path,
    *,
    cancelled: Callable[[], bool] = lambda: False,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> int:
    """Write packets (indexes, in the order given) and return how many. A name that ends in .pcap makes a pcap file,
    any other pcapng. Raises SaveError, OSError, Stopped; the file is there whole or not at all.
    """
    target = Path(path).expanduser()
    if target.exists() and any(target.samefile(one) for one in capture.paths if one != "-" and os.path.exists(one)):
        raise SaveError(f"{target}: this is the capture that is open")
    write = _pcap if target.suffix.lower() == ".pcap" else _pcapng
    with whole_file(target) as file:
        for done, piece in enumerate(write(capture, packets), 1):
            file.write(piece)
            if done % BLOCK == 0:
                progress(done, len(packets))
                if cancelled():
                    raise Stopped
    return len(packets)


def pieces(capture: Capture, packets: NDArray[np.int64]) -> Iterator[bytes]:
    """The packets as the bytes of a pcapng file, for a pipe."""
    return _pcapng(capture, packets)


def _wire_length(capture: Capture, index: int, link_type: int) -> int:
    """As files count it: with the bytes before the frame that were never on the wire."""
    length = int(capture.table["length"][index]) + PSEUDO_HEADERS.get(link_type, 0)
    return max(length, 0)


# pcapng.


def _pcapng(capture: Capture, packets: NDArray[np.int64]) -> Iterator[bytes]:
    used = np.unique(capture.table["interface"][packets]).tolist()
    numbers = {interface: number for number, interface in enumerate(used)}
    head = _section(capture) + b"".join(_interface(capture.interfaces[one]) for one in used)
    yield head + _secrets(capture) + _names(capture)
    table = capture.table
    for index in packets.tolist():
        interface = int(table["interface"][index])
        frame = capture.frame(index)
        link_type = capture.interfaces[interface].link_type
        yield _packet(
            numbers[interface], int(table["time"][index]), frame, _wire_length(capture, index, link_type),
            _options(_packet_options(capture, index)),
        )  # fmt: skip


def _block(kind: int, body: bytes) -> bytes:
    size = 12 + len(body)
    return struct.pack("<II", kind, size) + body + struct.pack("<I", size)


def _options(options: list[tuple[int, bytes]]) -> bytes:
    if not options:
        return b""
    parts = [struct.pack("<HH", code, len(value)) + value + bytes(-len(value) % 4) for code, value in options]
    return b"".join(parts) + bytes(4)


def _section(capture: Capture) -> bytes:
    notes = capture.notes
    options = [(1, comment.encode()) for note in notes for comment in note.comments]
    options += [(2, note.hardware.encode()) for note in notes[:1] if note.hardware]
    options += [(3, note.os.encode()) for note in notes[:1] if note.os]
    options.append((4, f"pcaptui {__version__}".encode()))
    return _block(_SECTION, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1) + _options(_fitting(options)))


def _fitting(options: list[tuple[int, bytes]]) -> list[tuple[int, bytes]]:
    return [(code, value[:0xFFFF]) for code, value in options]


def _interface(interface: Interface) -> bytes:
    options: list[tuple[int, bytes]] = []
    for code, text in ((2, interface.name), (3, interface.description), (12, interface.os)):
        if text:
            options.append((code, text.encode()))
    if interface.filter:
        options.append((11, b"\0" + interface.filter.encode()))
    options.append((9, b"\x09"))  # times in ns
    if interface.fcs_length:
        options.append((13, bytes([interface.fcs_length])))
    head = struct.pack("<HHI", interface.link_type & 0xFFFF, 0, interface.snap_length)
    return _block(_INTERFACE, head + _options(_fitting(options)))


def _secrets(capture: Capture) -> bytes:
    blocks = (one for note in capture.notes for one in note.secrets)
    return b"".join(_block(_SECRETS, struct.pack("<II", kind, len(data)) + data + bytes(-len(data) % 4))
                    for kind, data in blocks)  # fmt: skip


def _names(capture: Capture) -> bytes:
    """Names of addresses that the file brought along."""
    records = b""
    for note in capture.notes:
        for address, names in note.names.items():
            value = address + b"".join(name.encode() + b"\0" for name in names)
            if len(address) in (4, 16) and len(value) <= 0xFFFF:
                kind = 1 if len(address) == 4 else 2
                records += struct.pack("<HH", kind, len(value)) + value + bytes(-len(value) % 4)
    return _block(_NAMES, records + bytes(4)) if records else b""


_FACTS = {"packet_flags": (2, 4), "drop_count": (4, 8), "packet_id": (5, 8), "queue": (6, 4)}


def _packet_options(capture: Capture, index: int) -> list[tuple[int, bytes]]:
    found = [(1, comment.encode()[:0xFFFF]) for comment in capture.packet_comments(index)]
    for name, value in capture.packet_facts(index).items():
        if name in _FACTS and isinstance(value, int):
            code, size = _FACTS[name]
            found.append((code, value.to_bytes(size, "little")))
    return found


def _packet(interface: int, time: int, frame: bytes, length: int, options: bytes) -> bytes:
    ticks = time & 0xFFFFFFFFFFFFFFFF
    body = struct.pack("<IIIII", interface, ticks >> 32, ticks & 0xFFFFFFFF, len(frame), length)
    return _block(_ENHANCED, body + frame + bytes(-len(frame) % 4) + options)


# pcap.


def _pcap(capture: Capture, packets: NDArray[np.int64]) -> Iterator[bytes]:
    interfaces = [capture.interfaces[one] for one in np.unique(capture.table["interface"][packets]).tolist()]
    kinds = {one.link_type for one in interfaces} or {capture.interfaces[0].link_type if capture.interfaces else 1}
    if len(kinds) > 1:
        raise SaveError("the packets have several link types, which a pcap file cannot hold: use a name in .pcapng")
    (link_type,) = kinds
    times = capture.table["time"][packets]
    nanoseconds = bool((times % 1000).any())
    _check_times(times)
    snap = max([one.snap_length or 262_144 for one in interfaces], default=262_144)
    captured = int(capture.table["captured"][packets].max(initial=0))
    magic = 0xA1B23C4D if nanoseconds else 0xA1B2C3D4
    yield struct.pack("<IHHiIII", magic, 2, 4, 0, 0, max(snap, captured), link_type)
    unit = 1 if nanoseconds else 1000
    for index, time in zip(packets.tolist(), times.tolist(), strict=True):
        frame = capture.frame(index)
        whole, part = divmod(time, _BILLION)
        length = _wire_length(capture, index, link_type)
        yield struct.pack("<IIII", whole, part // unit, len(frame), length) + frame


def _check_times(times: NDArray[np.int64]) -> None:
    if len(times) and (times.min() < 0 or times.max() >= (1 << 32) * _BILLION):
        raise SaveError("the packets' times lie outside of what a pcap file can hold: use a name in .pcapng")
