"""The conversations screen's table as one that is written to a file: plain numbers, seconds, the state in a word."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..statistics.table import Column, Table, Texts
from ..tracker.lifecycle import State
from ..widgets.conversation_data import BILLION, KINDS, ConversationSource

_COLUMNS = (
    Column("stream", "Stream"),
    Column("client", "Client"),
    Column("client_port", "Client port", "number"),
    Column("server", "Server"),
    Column("server_port", "Server port", "number"),
    Column("packets", "Packets", "count"),
    Column("bytes_sent", "Bytes sent", "bytes"),
    Column("bytes_received", "Bytes received", "bytes"),
    Column("start", "Start", "moment"),
    Column("duration", "Duration", "seconds"),
    Column("rtt", "RTT", "seconds"),
    Column("client_think", "Client time", "seconds"),
    Column("server_think", "Server time", "seconds"),
    Column("idle", "Idle", "seconds"),
    Column("resent_percent", "Resent", "percent"),
    Column("anomalies", "Anomalies", "count"),
    Column("state", "State"),
)


def as_table(source: ConversationSource, order: NDArray[np.int64]) -> Table:
    """The conversations at these places of the columns, in this order."""
    found = source.columns
    count = len(order)
    kind, number, state = found.kind[order], found.number[order], found.state[order]

    def address(indexes: NDArray[np.int64]) -> Texts:
        return Texts(count, lambda row: source.address_texts([int(indexes[row])])[0], indexes)

    values: Sequence[NDArray[Any] | Sequence[str]] = [
        Texts(count, lambda row: f"{KINDS[kind[row]]}:{number[row]}"),
        address(found.client[order]),
        found.client_port[order],
        address(found.server[order]),
        found.server_port[order],
        found.packets[order],
        found.sent[order],
        found.received[order],
        found.start[order] / BILLION,
        found.duration[order] / BILLION,
        found.rtt[order],
        found.client_think[order],
        found.server_think[order],
        found.idle[order],
        100 * found.resent[order],
        found.trouble[order],
        Texts(count, lambda row: State(int(state[row])).name, state),
    ]
    return Table("conversations", "Conversations", _COLUMNS, values)
