"""ICMP echo: which request a reply answers, for all packets at once."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from ..loader.table import NONE16, Layer, PacketTable

ICMP, ICMPV6 = 1, 58
_REQUEST = {ICMP: 8, ICMPV6: 128}
_REPLY = {ICMP: 0, ICMPV6: 129}

Gather = Callable[[NDArray[np.int64], NDArray[np.int64], int], NDArray[np.uint8]]
"""(packet indexes, offsets in their frames, width) -> bytes, shape (n, width), zero behind the captured part."""


def echo_requests(table: PacketTable, gather: Gather, start: int = 0) -> dict[int, int]:
    """Map reply -> request (packet indexes): the latest request before it with the same ends, identifier and
    sequence number (RFC 792 and RFC 4443, section 4). Only packets from `start` on are looked at.
    """
    found: dict[int, int] = {}
    protocol, transport = table["ip_protocol"][start:], table["transport"][start:]
    plain = (transport != NONE16) & ((table["layers"][start:] & Layer.QUOTED) == 0)
    for number in (ICMP, ICMPV6):
        packets = (np.flatnonzero((protocol == number) & plain) + start).astype(np.int64)
        if len(packets):
            head = gather(packets, table["transport"][packets].astype(np.int64), 8)
            _match(table, packets, head, _REQUEST[number], _REPLY[number], found)
    return found


def _match(table: PacketTable, packets: NDArray[np.int64], head: NDArray[np.uint8], request: int, reply: int,
           found: dict[int, int]) -> None:  # fmt: skip
    kind = head[:, 0]
    echo = (kind == request) | (kind == reply)
    packets, head, kind = packets[echo], head[echo], kind[echo]
    is_reply = kind == reply
    source = table["source"][packets].astype(np.int64)
    destination = table["destination"][packets].astype(np.int64)
    asker = np.where(is_reply, destination, source)
    asked = np.where(is_reply, source, destination)
    token = head[:, 4:8].astype(np.int64) @ np.array([1 << 24, 1 << 16, 1 << 8, 1], np.int64)
    order = np.lexsort((packets, token, asked, asker))
    same = np.ones(len(order), bool)
    for column in (token, asked, asker):
        sorted_column = column[order]
        same[1:] &= sorted_column[1:] == sorted_column[:-1]
    same[:1] = False
    group = np.cumsum(~same)
    place = np.arange(len(order))
    is_request = ~is_reply[order]
    latest = np.maximum.accumulate(np.where(is_request, place, -1))
    answered = ~is_request & (latest >= 0)
    answered &= group[np.maximum(latest, 0)] == group
    for position in np.flatnonzero(answered).tolist():
        found[int(packets[order[position]])] = int(packets[order[latest[position]]])
