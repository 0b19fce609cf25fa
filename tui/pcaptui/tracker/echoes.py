"""ICMP echo: which request a reply answers, for all packets at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
from numpy.typing import NDArray

from ..loader.table import NONE16, Layer, PacketTable

ICMP, ICMPV6 = 1, 58
ECHOING = ICMP, ICMPV6
_REQUEST = {ICMP: 8, ICMPV6: 128}
_REPLY = {ICMP: 0, ICMPV6: 129}

Gather = Callable[[NDArray[np.int64], NDArray[np.int64], int], NDArray[np.uint8]]
"""(packet indexes, offsets in their frames, width) -> bytes, shape (n, width), zero behind the captured part."""


Datagrams = Iterable[tuple[int, int, bytes]]
"""Reassembled datagrams: (packet index that completes it, IP protocol, payload or its first 8 bytes at least)."""


def echo_requests(table: PacketTable, gather: Gather, start: int = 0, datagrams: Datagrams = ()) -> dict[int, int]:
    """Map reply -> request (packet indexes): the latest request before it with the same ends, identifier and
    sequence number (RFC 792 and RFC 4443, section 4), if no reply stands between. The checksums have to be those of
    one message with its type changed, as tshark wants it (found by experiment): another code or other data is no
    answer. Only packets from `start` on are looked at.
    """
    found: dict[int, int] = {}
    protocol, transport = table["ip_protocol"][start:], table["transport"][start:]
    plain = (transport != NONE16) & ((table["layers"][start:] & Layer.QUOTED) == 0)
    whole = [entry for entry in datagrams if entry[0] >= start]
    for number in (ICMP, ICMPV6):
        packets = (np.flatnonzero((protocol == number) & plain) + start).astype(np.int64)
        head = gather(packets, table["transport"][packets].astype(np.int64), 8)
        more = [(index, payload[:8]) for index, inner, payload in whole if inner == number and len(payload) >= 8]
        if more:
            packets = np.concatenate([packets, np.array([index for index, _ in more], np.int64)])
            tails = np.frombuffer(b"".join(payload for _, payload in more), np.uint8).reshape(-1, 8)
            head = np.concatenate([head, tails])
        if len(packets):
            _match(table, packets, head, _REQUEST[number], _REPLY[number], found)
    return found


def _tokens(head: NDArray[np.uint8], is_reply: NDArray[np.bool_], step: int) -> NDArray[np.int64]:
    """Identifier, sequence number, and the checksum as it would be in a reply, in one number.

    The checksum is a ones' complement sum (RFC 1071): `step` is added with the carry brought round.
    """
    checksum = head[:, 2].astype(np.int64) << 8 | head[:, 3]
    expected = checksum + step
    expected = np.where(expected > 0xFFFF, expected - 0xFFFF, np.where(expected < 0, expected + 0xFFFF, expected))
    numbers = head[:, 4:8].astype(np.int64) @ np.array([1 << 24, 1 << 16, 1 << 8, 1], np.int64)
    return numbers << 16 | np.where(is_reply, checksum, expected)


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
    token = _tokens(head, is_reply, (request - reply) << 8)
    order = np.lexsort((packets, token, asked, asker))
    same = np.ones(len(order), bool)
    for column in (token, asked, asker):
        sorted_column = column[order]
        same[1:] &= sorted_column[1:] == sorted_column[:-1]
    same[:1] = False
    replies = is_reply[order]
    answered = same & replies
    answered[1:] &= ~replies[:-1]
    for position in np.flatnonzero(answered).tolist():
        found[int(packets[order[position]])] = int(packets[order[position - 1]])
