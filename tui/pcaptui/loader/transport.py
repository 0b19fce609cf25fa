"""Decoders of the transport layer: TCP, UDP, SCTP, DCCP, and the headers that ICMP errors quote."""

from __future__ import annotations

import numpy as np

from pcaptui.loader.decoders import Next
from pcaptui.loader.frames import Frames, Index, layout, select
from pcaptui.loader.table import Layer

_TCP = layout(
    20,
    source=(">u2", 0),
    destination=(">u2", 2),
    sequence=(">u4", 4),
    acknowledgment=(">u4", 8),
    flags=(">u2", 12),
    window=(">u2", 14),
)
_UDP = layout(8, source=(">u2", 0), destination=(">u2", 2), length=(">u2", 4))
_ICMP = layout(8, type=("u1", 0))


def tcp(frames: Frames, which: Index) -> None:
    """RFC 9293 section 3.1."""
    columns = frames.columns
    columns["transport"][which] = frames.position[which]
    room = frames.room(which)
    header = frames.gather(which, _TCP)
    if (room < 20).any():
        _cut_tcp(frames, select(which, room < 20), header[room < 20], room[room < 20])
        which, header = select(which, room >= 20), header[room >= 20]
    for name in ("sequence", "acknowledgment", "window"):
        columns[name][which] = header[name]
    columns["source_port"][which] = header["source"]
    columns["destination_port"][which] = header["destination"]
    flags = header["flags"]
    columns["tcp_flags"][which] = flags & 0x0FFF
    _payload(frames, which, np.maximum((flags >> 12).astype(np.int32) * 4, 20))


def _cut_tcp(frames: Frames, which: Index, header: np.ndarray, room: np.ndarray) -> None:
    frames.flag(which, Layer.TCP_CUT | Layer.CUT)
    columns = frames.columns
    for name, column, needed in (
        ("source", "source_port", 4),
        ("destination", "destination_port", 4),
        ("sequence", "sequence", 8),
        ("acknowledgment", "acknowledgment", 12),
        ("flags", "tcp_flags", 14),
        ("window", "window", 16),
    ):
        value = header[name] & 0x0FFF if name == "flags" else header[name]
        columns[column][which] = np.where(room >= needed, value, 0)


def _payload(frames: Frames, which: Index, size: np.ndarray | int) -> None:
    start = frames.position[which] + size
    inside = np.minimum(start, frames.captured[which])
    frames.columns["payload"][which] = inside
    frames.columns["payload_length"][which] = np.maximum(frames.end[which] - start, 0)
    frames.position[which] = inside


def udp(frames: Frames, which: Index) -> None:
    """RFC 768, and UDP-Lite (RFC 3828), whose length field covers something else."""
    columns = frames.columns
    columns["transport"][which] = frames.position[which]
    which, header = frames.keep(which, frames.gather(which, _UDP), good=frames.room(which) >= 8)
    columns["source_port"][which] = header["source"]
    columns["destination_port"][which] = header["destination"]
    length = header["length"].astype(np.int32)
    plain = (length >= 8) & (columns["ip_protocol"][which] == 17)
    position = frames.position[which]
    frames.shorten(which, np.where(plain, position + length, frames.end[which]))
    _payload(frames, which, 8)


def sctp(frames: Frames, which: Index) -> None:
    """RFC 9260 section 3.1: ports first, 12 bytes of common header."""
    columns = frames.columns
    columns["transport"][which] = frames.position[which]
    which, header = frames.keep(which, frames.gather(which, _UDP), good=frames.room(which) >= 12)
    columns["source_port"][which] = header["source"]
    columns["destination_port"][which] = header["destination"]
    _payload(frames, which, 12)


def dccp(frames: Frames, which: Index) -> None:
    """RFC 4340 section 5.1: ports first; the data offset is in words."""
    columns = frames.columns
    columns["transport"][which] = frames.position[which]
    which, header = frames.keep(which, frames.gather(which, _UDP), good=frames.room(which) >= 12)
    columns["source_port"][which] = header["source"]
    columns["destination_port"][which] = header["destination"]
    _payload(frames, which, (header["length"] >> 8).astype(np.int32) * 4)


def other(frames: Frames, which: Index) -> None:
    """An IP protocol without ports."""
    frames.columns["transport"][which] = frames.position[which]
    frames.columns["payload_length"][which] = np.maximum(frames.end[which] - frames.position[which], 0)


def icmp(frames: Frames, which: Index) -> None:
    """RFC 792: types 3, 4, 5, 11, 12 quote the packet that they are about behind 8 bytes."""
    other(frames, which)
    which, header = frames.keep(which, frames.gather(which, _ICMP), good=frames.room(which) >= 8)
    error = np.isin(header["type"], (3, 4, 5, 11, 12))
    if error.any():
        frames.advance(select(which, error), 8, Next.QUOTED)


def icmp6(frames: Frames, which: Index) -> None:
    """RFC 4443 section 2.1: types below 128 are errors."""
    other(frames, which)
    which, header = frames.keep(which, frames.gather(which, _ICMP), good=frames.room(which) >= 8)
    error = np.isin(header["type"], (1, 2, 3, 4))
    if error.any():
        frames.advance(select(which, error), 8, Next.QUOTED)
