"""Top talkers: the hosts and the pairs of hosts with most bytes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .ends import conversation_filter, endpoint_filter, summed
from .headers import Headers
from .pairs import Ends, Pairs, ends
from .table import Column, Table
from .view import View

TOP = 20
_SUMS = (
    Column("bytes", "Bytes", "bytes"), Column("percent", "Percent", "percent"), Column("packets", "Packets", "count"),
)  # fmt: skip
_HOSTS = (
    Column("host", "Host"), *_SUMS, Column("bytes_sent", "Bytes sent", "bytes"),
    Column("bytes_received", "Bytes received", "bytes"),
)  # fmt: skip
_PAIRS = (
    Column("host_a", "Host A"), Column("host_b", "Host B"), *_SUMS, Column("bytes_a_b", "Bytes A → B", "bytes"),
    Column("bytes_b_a", "Bytes B → A", "bytes"),
)  # fmt: skip
_LAYERS = ("ipv4", "ipv6")


@dataclass(frozen=True, slots=True)
class _Talker:
    """`sums`: bytes and packets; `ways`: bytes each way."""

    names: tuple[str, ...]
    filter: str
    sums: tuple[int, int]
    ways: tuple[int, int]


def tables(view: View) -> Sequence[Table]:
    """ "hosts" and "pairs": the first 20 of IPv4 and IPv6 together; of Ethernet where no IP is in it."""
    sums = summed(view)
    kinds = [kind for kind in _LAYERS if len(sums(kind)[1].a)] or ["eth"]
    every = max(1, int(view.column("length").sum(dtype=np.int64)))
    hosts = [one for kind in kinds for one in _hosts(kind, *sums(kind))]
    pairs = [one for kind in kinds for one in _pairs(kind, *sums(kind))]
    note = f"Percent of the {every} bytes of all packets that count; a packet counts for both of its ends."
    return [
        _table("talkers-hosts", "Top hosts by bytes", _HOSTS, hosts, every, note),
        _table("talkers-pairs", "Top conversations by bytes", _PAIRS, pairs, every, ""),
    ]


def _hosts(kind: str, headers: Headers, found: Pairs) -> list[_Talker]:
    every = ends(found)
    return _talkers(
        every, lambda row: (headers.text(int(every.address[row])),),
        lambda row: endpoint_filter(kind, headers, every, row),
    )  # fmt: skip


def _pairs(kind: str, headers: Headers, found: Pairs) -> list[_Talker]:
    return _talkers(
        found, lambda row: (headers.text(int(found.a[row])), headers.text(int(found.b[row]))),
        lambda row: conversation_filter(kind, headers, found, row),
    )  # fmt: skip


def _talkers(
    found: Ends | Pairs, names: Callable[[int], tuple[str, ...]], chosen: Callable[[int], str]
) -> list[_Talker]:
    """The first ones: they stand in order of their bytes."""
    return [
        _Talker(names(row), chosen(row), (int(found.bytes[row].sum()), int(found.packets[row].sum())),
                (int(found.bytes[row, 0]), int(found.bytes[row, 1])))
        for row in range(min(TOP, len(found.bytes)))
    ]  # fmt: skip


def _table(name: str, title: str, columns: tuple[Column, ...], talkers: list[_Talker], every: int, note: str) -> Table:
    talkers = sorted(talkers, key=lambda one: -one.sums[0])[:TOP]
    sums, ways = (
        np.array([getattr(one, part) for one in talkers], np.int64).reshape(-1, 2) for part in ("sums", "ways")
    )
    texts = [[one.names[place] for one in talkers] for place in range(len(columns) - 5)]
    values: list[NDArray[np.generic] | list[str]] = [
        *texts, sums[:, 0], 100 * sums[:, 0] / every, sums[:, 1], ways[:, 0], ways[:, 1],
    ]  # fmt: skip
    return Table(name, title, columns, values, lambda row: talkers[row].filter, notes=[note] if note else [],
                 sort="bytes")  # fmt: skip
