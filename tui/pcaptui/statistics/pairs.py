"""Headers summed up: by pair of ends (conversations) and by end (endpoints)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .headers import Headers
from .view import View

BILLION = 1_000_000_000
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Pairs:
    """Conversations, one entry each, the one with most bytes first. A is who sent its first packet.

    a, b: numbers of addresses (see Headers); packets, bytes: shape (n, 2), from A and from B; start: s since the
    capture's first packet; duration: s. Ports and stream: -1 where there are none.
    """

    a: Ints
    b: Ints
    port_a: Ints
    port_b: Ints
    stream: Ints
    packets: Ints
    bytes: Ints
    start: NDArray[np.float64]
    duration: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Ends:
    """Endpoints, one entry each, the one with most bytes first; packets, bytes: shape (n, 2), sent and received."""

    address: Ints
    port: Ints
    packets: Ints
    bytes: Ints


def pairs(view: View, headers: Headers) -> Pairs:
    """The conversations of these headers: of TCP and UDP those of one stream number, else those of one pair."""
    table = view.capture.table
    group, first = _by_stream(headers.stream) if headers.stream is not None else _by_pair(headers)
    count = len(first)
    a, b = headers.source[first], headers.destination[first]
    forward = headers.source == a[group]
    none = np.full(count, -1, np.int64)
    port_a = port_b = none
    if headers.source_port is not None and headers.destination_port is not None:
        port_a, port_b = headers.source_port[first], headers.destination_port[first]
        forward &= headers.source_port == port_a[group]
    slot = 2 * group + ~forward
    packets = np.bincount(slot, minlength=2 * count).reshape(-1, 2)
    sizes = np.bincount(slot, table["length"][headers.packet], 2 * count).reshape(-1, 2)
    times = table["time"][headers.packet]
    start, stop = times[first], times[first]
    np.minimum.at(start, group, times)
    np.maximum.at(stop, group, times)
    order = np.argsort(-sizes.sum(axis=1), kind="stable")
    begin = int(table["time"][0]) if len(table) else 0
    return Pairs(
        a[order], b[order], port_a[order], port_b[order],
        none if headers.stream is None else headers.stream[first][order],
        packets[order], sizes[order].astype(np.int64), (start[order] - begin) / BILLION,
        (stop - start)[order] / BILLION,
    )  # fmt: skip


def _by_stream(stream: Ints) -> tuple[Ints, Ints]:
    """Each entry's group, dense, and each group's first entry."""
    size = int(stream.max(initial=-1)) + 1
    first = np.full(size, -1, np.int64)
    first[stream[::-1]] = np.arange(len(stream))[::-1]  # the last one stays
    there = first >= 0
    return (np.cumsum(there) - 1)[stream], first[there]


def _by_pair(headers: Headers) -> tuple[Ints, Ints]:
    low = np.minimum(headers.source, headers.destination)
    key = low * (headers.addresses + 1) + np.maximum(headers.source, headers.destination)
    heads = np.ones(len(key), np.bool_)  # runs of one pair first: there are much fewer to sort
    heads[1:] = key[1:] != key[:-1]
    starts = np.flatnonzero(heads)
    _, first, group = np.unique(key[starts], return_index=True, return_inverse=True)
    return group[np.cumsum(heads) - 1].astype(np.int64), starts[first]


def ends(found: Pairs) -> Ends:
    """The endpoints of conversations. One that sends to itself is counted both ways (found by experiment)."""
    address = np.concatenate([found.a, found.b])
    port = np.concatenate([found.port_a, found.port_b])
    keys, group = np.unique(address << 17 | port + 1, return_inverse=True)
    packets, sizes = (_sums(group, columns, len(keys)) for columns in (found.packets, found.bytes))
    order = np.argsort(-sizes.sum(axis=1), kind="stable")
    keys = keys[order]
    return Ends(keys >> 17, (keys & 0x1FFFF) - 1, packets[order], sizes[order])


def _sums(group: NDArray[Any], columns: Ints, count: int) -> Ints:
    """(sent, received) of each group from (from A, from B) of conversations, A's ends first."""
    sent = np.concatenate([columns[:, 0], columns[:, 1]])
    received = np.concatenate([columns[:, 1], columns[:, 0]])
    return np.stack([np.bincount(group, side, count).astype(np.int64) for side in (sent, received)], axis=1)
