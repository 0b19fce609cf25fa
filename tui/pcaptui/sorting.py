"""Packets in the order of a column of the packet list."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .capture import Capture

ROWS = 50_000
"""So many packets are dissected at most to be sorted by what only their rows tell."""


class Column(Enum):
    """What the list can be sorted by; the value is the column's name."""

    NUMBER = "No."
    TIME = "Time"
    SOURCE = "Source"
    DESTINATION = "Destination"
    PROTOCOL = "Protocol"
    LENGTH = "Length"
    INFO = "Info"


class TooMany(Exception):
    """More packets than can be sorted by a column that needs every packet dissected."""


def arrange(
    capture: Capture, packets: NDArray[np.int64], column: Column, reverse: bool = False,
    cancelled: Callable[[], bool] = lambda: False,
) -> NDArray[np.int64]:  # fmt: skip
    """The packets (indexes, ascending) by a column; those that are equal stay in the order of the capture.

    Raises TooMany for Protocol and Info of more than ROWS packets.
    """
    if column is Column.NUMBER:
        return packets[::-1] if reverse else packets
    keys = _keys(capture, packets, column, cancelled)
    if reverse:  # stable too
        order = len(keys) - 1 - np.argsort(keys[::-1], kind="stable")[::-1]
    else:
        order = np.argsort(keys, kind="stable")
    return packets[order]


def _keys(capture: Capture, packets: NDArray[np.int64], column: Column, cancelled: Callable[[], bool]) -> NDArray[Any]:
    table = capture.table
    if column is Column.TIME:
        return table["time"][packets]
    if column is Column.LENGTH:
        return table["length"][packets]
    if column in (Column.SOURCE, Column.DESTINATION):
        return _address_ranks(capture, table["source" if column is Column.SOURCE else "destination"][packets])
    if len(packets) > ROWS:
        raise TooMany
    from .dissect.rows import Rows

    rows = Rows(capture)
    texts = []
    for index in packets.tolist():
        if cancelled():
            break
        row = rows.row(index)
        texts.append((row.protocol if column is Column.PROTOCOL else row.info).casefold())
    texts += [""] * (len(packets) - len(texts))
    return np.unique(np.array(texts, object), return_inverse=True)[1]


def _address_ranks(capture: Capture, addresses: NDArray[np.int32]) -> NDArray[np.int64]:
    """Places of addresses in their order: by kind, then by value; packets without one come first."""
    used = np.unique(addresses)
    known = [(b"", -1) if one < 0 else (capture.addresses.raw(one), one) for one in used.tolist()]
    order = sorted(range(len(known)), key=lambda place: (len(known[place][0]), known[place][0]))
    ranks = np.empty(len(used), np.int64)
    ranks[order] = np.arange(len(used))
    return ranks[np.searchsorted(used, addresses)]
