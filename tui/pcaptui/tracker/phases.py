"""The phase of a conversation that a packet belongs to: handshake, exchange or data, teardown, reset."""

from __future__ import annotations

from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from ..loader.table import PacketTable
from .lifecycle import ACK, FIN, NEVER, RST, SYN, Lives


class Phase(IntEnum):
    """Column `phase`; the names are what scripts see, `none` as null."""

    none = 0
    handshake = 1
    exchange = 2
    data = 3
    teardown = 4
    reset = 5


def tcp_phases(table: PacketTable, packets: NDArray[np.int64], streams: NDArray[np.int32], lives: Lives,
               exchanges: NDArray[np.bool_]) -> NDArray[np.uint8]:  # fmt: skip
    """The phase of each of `packets` (their streams in `streams`). `exchanges`, one entry a stream: whether its
    protocol is one of requests and responses; then what lies between handshake and teardown is `exchange`.
    """
    flags = table["tcp_flags"][packets]
    bare = table["payload_length"][packets] == 0
    index = packets.astype(np.int64)
    both = np.where(lives.fin == NEVER, np.int64(2**62), lives.fin.astype(np.int64)).min(axis=1)
    phase = np.where(exchanges[streams], np.uint8(Phase.exchange), np.uint8(Phase.data))
    ending = (index >= both[streams]) & (bare | (flags & FIN != 0)) & (flags & ACK != 0)
    phase[ending] = Phase.teardown
    third = (index == lives.ack[streams]) & bare & (flags & FIN == 0)
    phase[(flags & SYN != 0) | third] = Phase.handshake
    phase[flags & RST != 0] = Phase.reset
    return phase


def udp_phases(table: PacketTable, packets: NDArray[np.int64], streams: NDArray[np.int32], lives: Lives,
               exchanges: NDArray[np.bool_]) -> NDArray[np.uint8]:  # fmt: skip
    """As tcp_phases: a UDP conversation is `exchange` or `data` from its first packet to its last."""
    return np.where(exchanges[streams], np.uint8(Phase.exchange), np.uint8(Phase.data))
