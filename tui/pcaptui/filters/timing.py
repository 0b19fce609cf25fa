"""Columns that are worked out stream by stream, once for a capture: times within streams, and TCP completeness."""

from __future__ import annotations

import numpy as np

from ..loader.table import Layer
from ..tracker.arrays import run_starts, sort_by_group
from .block import Block, Numbers

_PROTOCOLS = {"tcp": 6, "udp": 17}


def stream_times(block: Block, kind: str, which: str) -> Numbers:
    """ns since the stream's packet before ("delta") or its first ("relative"), for all packets of the capture."""
    return block.shared(f"{kind} {which}", lambda: _times(block, kind, which))  # type: ignore[no-any-return]


def _sorted(block: Block, kind: str) -> tuple[Numbers, Numbers]:
    """Packets of all streams, a stream's together and in order; and which begin one."""
    return block.shared(f"{kind} order", lambda: _order(block, kind))  # type: ignore[no-any-return]


def _order(block: Block, kind: str) -> tuple[Numbers, Numbers]:
    packets, streams = block.capture.tracker.members(_PROTOCOLS[kind])
    quoted = block.capture.table["layers"][packets] & int(Layer.QUOTED) != 0
    if quoted.any():
        packets, streams = packets[~quoted], streams[~quoted]
    keys = sort_by_group(streams, packets)
    return (keys & 0xFFFFFFFF).astype(np.int64), run_starts(keys >> 32)


def _times(block: Block, kind: str, which: str) -> Numbers:
    column = np.zeros(len(block.capture.table), np.int64)
    packets, starts = _sorted(block, kind)
    if not len(packets):
        return column
    times = block.capture.table["time"][packets]
    if which == "relative":
        first = times[np.flatnonzero(starts)]
        column[packets] = times - first[np.cumsum(starts) - 1]
    else:
        delta = np.diff(times, prepend=times[0])
        delta[starts] = 0
        column[packets] = delta
    return column


def completeness(block: Block) -> Numbers:
    """tcp.completeness of all packets: what was seen of the stream before each (found by experiment)."""
    return block.shared("tcp completeness", lambda: _completeness(block))  # type: ignore[no-any-return]


def _completeness(block: Block) -> Numbers:
    table = block.capture.table
    column = np.zeros(len(table), np.uint8)
    packets, starts = _sorted(block, "tcp")
    if not len(packets):
        return column
    flags, loaded = table["tcp_flags"][packets], table["payload_length"][packets] > 0
    run = np.cumsum(starts) - 1
    begins = np.flatnonzero(starts)
    place = np.arange(len(packets))
    late = np.int64(len(packets))

    def seen(mask: Numbers) -> Numbers:
        """Whether the mask held for an earlier packet of the stream."""
        first = np.minimum.reduceat(np.where(mask, place, late), begins)
        earlier: Numbers = place > first[run]
        return earlier

    syn, ack, later = flags & 2 != 0, flags & 16 != 0, ~starts
    bits = (syn & ~ack, syn & ack, ack & ~syn & later, loaded & later, (flags & 1 != 0) & later, flags & 4 != 0)
    for number, mask in enumerate(bits):
        column[packets] |= seen(mask).astype(np.uint8) << number
    return column
