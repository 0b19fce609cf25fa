"""Streams of a single segment, as scans and SYN floods leave them by the million: nothing to look back to."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..loader.table import PacketTable
from .flags import Flag
from .segments import ACK, FIN, RST, SYN, Bools


def analyse_lone(table: PacketTable, packets: NDArray[np.int64], reused: Bools) -> Bools:
    """Fill the columns of segments that are the first of their streams; return which of `packets` were filled.

    `reused` says which of them reuse ports. Left out are segments with sequence numbers that the analysis takes for
    the neighbours of an unset one.
    """
    sequence = table["sequence"][packets]
    flags = table["tcp_flags"][packets]
    plain = flags & (SYN | FIN | RST) == 0
    done: Bools = ~plain | (sequence + np.uint32(1) > 1)
    if not done.all():
        packets, flags, plain, reused = packets[done], flags[done], plain[done], reused[done]
    table["relative_sequence"][packets] = flags & SYN == 0
    acknowledgment = table["acknowledgment"][packets]
    acknowledgment[flags & ACK != 0] = 1
    table["relative_acknowledgment"][packets] = acknowledgment
    found = np.zeros(len(packets), np.uint32)
    found[plain & (table["window"][packets] == 0)] = Flag.zero_window
    found[reused] |= np.uint32(Flag.reused_ports)
    table["analysis"][packets] = found
    return done
