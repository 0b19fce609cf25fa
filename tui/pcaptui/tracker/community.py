"""Community ID v1 of flows: one name for a conversation, the same in every tool (corelight/community-id-spec).

The seed is 0, as everybody's who does not choose one.
"""

from __future__ import annotations

from binascii import b2a_base64
from hashlib import sha1
from socket import AF_INET, AF_INET6, inet_pton
from struct import pack
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..loader.addresses import AddressTable

VERSION = "1:"
Ints = NDArray[np.int64]


def community_ids(
    addresses: AddressTable, protocol: int, sources: NDArray[Any], destinations: NDArray[Any],
    source_ports: NDArray[Any], destination_ports: NDArray[Any],
) -> list[str]:  # fmt: skip
    """The ids of n flows over an IP protocol with ports; addresses are indexes. Both directions of a flow have the same
    id; "" where the ends are no IP addresses, or of different kinds."""
    upper, lower = addresses.keys
    known = (sources >= 0) & (destinations >= 0)
    ends = [np.where(known, end, 0).astype(np.int64) for end in (sources, destinations)]
    if not len(upper):
        return [""] * len(sources)
    keys = [(upper[end], lower[end]) for end in ends]
    ports = [port.astype(np.uint64) for port in (source_ports, destination_ports)]
    swapped = _greater((*keys[0], ports[0]), (*keys[1], ports[1]))
    first, second = _ordered(swapped, (*keys[0], ports[0]), (*keys[1], ports[1]))
    kinds = [_kinds(addresses, end[0]) for end in (first, second)]
    found = [""] * len(sources)
    for kind, size in ((4, 4), (6, 16)):
        mine = np.flatnonzero(known & (kinds[0] == kind) & (kinds[1] == kind))
        rows = np.zeros((len(mine), 2 + 2 * size + 6), np.uint8)
        for at, end in ((2, first), (2 + size, second)):
            rows[:, at : at + size] = _bytes(end[0][mine], end[1][mine])[:, 16 - size :]
        rows[:, 2 + 2 * size] = protocol
        for at, end in ((4 + 2 * size, first), (6 + 2 * size, second)):
            rows[:, at] = end[2][mine] >> np.uint64(8)
            rows[:, at + 1] = end[2][mine] & np.uint64(255)
        data, width = rows.tobytes(), rows.shape[1]
        for row, place in enumerate(mine.tolist()):
            digest = sha1(data[row * width : (row + 1) * width], usedforsecurity=False).digest()
            found[place] = VERSION + b2a_base64(digest, newline=False).decode("ascii")
    return found


def community_id(protocol: int, one: tuple[str, int], other: tuple[str, int]) -> str | None:
    """The id of one flow by its ends' addresses and ports; None where they are no IP addresses of one kind."""
    try:
        ends = sorted((inet_pton(AF_INET6 if ":" in end[0] else AF_INET, end[0]), end[1]) for end in (one, other))
    except OSError:
        return None
    if len(ends[0][0]) != len(ends[1][0]):
        return None
    data = bytes(2) + ends[0][0] + ends[1][0] + pack("!BxHH", protocol, ends[0][1], ends[1][1])
    return VERSION + b2a_base64(sha1(data, usedforsecurity=False).digest(), newline=False).decode("ascii")


Keys = tuple[NDArray[np.uint64], NDArray[np.uint64], NDArray[np.uint64]]


def _kinds(addresses: AddressTable, upper: NDArray[np.uint64]) -> Ints:
    """4, 6, or 0 for what is no IP address."""
    return np.where(upper == addresses.ipv4_key, 4, np.where(upper == addresses.mac_key, 0, 6))


def _greater(one: Keys, other: Keys) -> NDArray[np.bool_]:
    """By address, then by port."""
    found = one[2] > other[2]
    for place in (1, 0):
        found = (one[place] > other[place]) | (one[place] == other[place]) & found
    return found


def _ordered(swapped: NDArray[np.bool_], one: Keys, other: Keys) -> tuple[Keys, Keys]:
    lesser = tuple(np.where(swapped, b, a) for a, b in zip(one, other, strict=True))
    greater = tuple(np.where(swapped, a, b) for a, b in zip(one, other, strict=True))
    return lesser, greater  # type: ignore[return-value]


def _bytes(upper: NDArray[np.uint64], lower: NDArray[np.uint64]) -> NDArray[np.uint8]:
    """Sixteen bytes a row."""
    return np.stack([upper, lower], axis=1).astype(">u8").view(np.uint8).reshape(-1, 16)
