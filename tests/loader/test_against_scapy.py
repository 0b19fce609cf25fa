"""Every capture at hand, packet by packet: our readers beside scapy's raw readers.

Where the two differ there must be a reason, told by what the packet or the file is like, never by its name.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pcaptui.errors import CaptureError
from pcaptui.loader.load import Loader
from pcaptui.loader.records import PSEUDO_HEADERS
from pcaptui.loader.table import Layer

MTU = 0xFFFF
LONGEST = 262_144

REASONS = {
    "beyond MTU": "scapy hands out 65,535 bytes of a longer frame",
    "cut short": "scapy hands out the beginning of a frame whose end is not in the file as if it were whole",
    "too long": "scapy passes over a record that claims more than 262,144 bytes and goes on in what follows it; "
    "we and tshark take it for the end of what can be read",
    "huge length": "original lengths from 2^31 on are shown as 2^31-1, as tshark does",
    "pseudo header": "bytes before the frame that never were on the wire do not count in its length, as in tshark",
    "no time": "a Simple Packet Block has no time stamp",
}


@dataclass
class Theirs:
    """A packet as scapy reads it; `time` in ns, None for none; `claimed` is the captured length of its header."""

    data: bytes
    time: int | None
    length: int
    claimed: int


def scapy_packets(path: Path) -> Iterator[Theirs]:
    from scapy.utils import RawPcapNgReader, RawPcapReader

    logging.getLogger("scapy").setLevel(logging.CRITICAL)
    with RawPcapReader(str(path)) as reader:
        is_ng = isinstance(reader, RawPcapNgReader)
        for data, meta in reader:
            yield _from_pcapng(data, meta) if is_ng else _from_pcap(data, meta, reader.nano)


def _from_pcap(data: bytes, meta: Any, nano: bool) -> Theirs:
    return Theirs(data, meta.sec * 10**9 + meta.usec * (1 if nano else 1000), meta.wirelen, meta.caplen)


def _from_pcapng(data: bytes, meta: Any) -> Theirs:
    if meta.tshigh is None:
        return Theirs(data, None, meta.wirelen, len(data))
    ticks = meta.tshigh << 32 | meta.tslow
    time = ticks * 10**9 // meta.tsresol
    return Theirs(data, (time + (1 << 63)) % (1 << 64) - (1 << 63), meta.wirelen, len(data))


def differences(path: Path) -> list[tuple[int, str, str]]:
    """(packet index, what differs, key of REASONS or "") for everything that differs."""
    loader = Loader([str(path)])
    while loader.step():
        pass
    table = loader.table
    found = []
    index = -1
    for index, theirs in enumerate(scapy_packets(path)):
        if index >= len(table):
            found.append((index, "only scapy has it", _why_we_stopped(loader, theirs)))
            break
        offset, captured = int(table["offset"][index]), int(table["captured"][index])
        ours = loader.sources[0].bytes(offset, captured)
        if ours != theirs.data:
            cut = captured > MTU and ours[:MTU] == theirs.data
            found.append((index, f"bytes: {ours!r} {theirs.data!r}", "beyond MTU" if cut else ""))
        if captured != theirs.claimed and not (captured > MTU and theirs.claimed == MTU):
            found.append((index, f"captured length: {captured} {theirs.claimed}", ""))
        length = int(table["length"][index])
        if length != theirs.length:
            found.append((index, f"length: {length} {theirs.length}", _why_lengths_differ(loader, index, theirs)))
        time = int(table["time"][index])
        if time != theirs.time:
            none = bool(int(table["layers"][index]) & Layer.UNTIMED) and theirs.time is None
            found.append((index, f"time: {time} {theirs.time}", "no time" if none else ""))
    else:
        if index + 1 != len(table):
            found.append((index + 1, f"only we have packets {index + 1} to {len(table)}", ""))
    return found


def _why_lengths_differ(loader: Loader, index: int, theirs: Theirs) -> str:
    link_type = loader.interfaces[int(loader.table["interface"][index])].link_type
    before = PSEUDO_HEADERS.get(link_type, 0)
    length = int(loader.table["length"][index])
    if before and length == max(min(theirs.length, 2**31 - 1) - before, 0):
        return "pseudo header"
    return "huge length" if length == 2**31 - 1 and theirs.length > length else ""


def _why_we_stopped(loader: Loader, theirs: Theirs) -> str:
    if not loader.damage:
        return ""
    if theirs.claimed > LONGEST:
        return "too long"
    return "cut short" if len(theirs.data) < min(theirs.claimed, MTU) else ""


def test_every_capture_reads_as_scapy_reads_it_or_scapy_is_wrong(shared_captures: Path) -> None:
    paths = sorted(path for path in shared_captures.rglob("*") if path.is_file())
    assert paths
    unexplained = []
    for path in paths:
        try:
            found = differences(path)
        except CaptureError as error:
            found = [(-1, str(error), "")]
        unexplained += [(path.name, packet, what) for packet, what, reason in found if reason not in REASONS]
    assert not unexplained


def test_every_packet_of_the_sample_is_as_scapy_reads_it(sample: Path) -> None:
    assert differences(sample) == []
