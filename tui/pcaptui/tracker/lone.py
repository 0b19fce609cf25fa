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
    flags = table["tcp_flags"].take(packets)
    opens = flags & SYN != 0
    sequence = table["sequence"].take(packets)
    done: Bools = flags & (SYN | FIN | RST) != 0
    done |= sequence + np.uint32(1) > 1
    if not done.all():
        packets, flags, opens, reused = packets[done], flags[done], opens[done], reused[done]
    # The columns hold 0 where nothing was written, which is right for nearly all of them.
    inside = packets.take(np.flatnonzero(~opens))
    table["relative_sequence"][inside] = 1
    acknowledgment = table["acknowledgment"].take(packets)
    acknowledgment[np.flatnonzero(flags & ACK)] = 1
    some = np.flatnonzero(acknowledgment)
    table["relative_acknowledgment"][packets.take(some)] = acknowledgment.take(some)
    closed = packets.take(np.flatnonzero((table["window"].take(packets) == 0) & (flags & (SYN | FIN | RST) == 0)))
    table["analysis"][closed] = Flag.zero_window
    again = packets.take(np.flatnonzero(reused))
    table["analysis"][again] |= np.uint32(Flag.reused_ports)
    return done
