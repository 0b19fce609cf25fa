"""Protocol hierarchy: which protocols carry which, with packets and bytes of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from .chains import Chains
from .layering import Chain
from .table import Column, Table
from .view import View

BILLION = 1_000_000_000
_COLUMNS = (
    Column("protocol", "Protocol"),
    Column("packets", "Packets", "count"),
    Column("percent", "Percent", "percent"),
    Column("bytes", "Bytes", "bytes"),
    Column("percent_bytes", "Percent bytes", "percent"),
    Column("bits", "Bits/s", "rate"),
    Column("end_packets", "End packets", "count"),
    Column("end_bytes", "End bytes", "bytes"),
)


@dataclass(slots=True)
class _Node:
    packets: int = 0
    bytes: int = 0
    end_packets: int = 0
    end_bytes: int = 0
    below: dict[str, _Node] = field(default_factory=dict)


def tables(view: View) -> Sequence[Table]:
    """One tree. Bytes are those of whole frames; the end columns count packets that have nothing above."""
    chains = Chains(view)
    table = table_of(chains.count(), _span(view))
    table.notes += chains.notes()
    return [table]


def table_of(totals: Mapping[Chain, tuple[int, int]], span: float) -> Table:
    """The tree of chains of protocols, each with (packets, bytes); `span` is the time that they took, in s."""
    top = _Node()
    for chain, (packets, size) in totals.items():
        node = top
        for name in chain:
            node = node.below.setdefault(name, _Node())
            node.packets += packets
            node.bytes += size
        node.end_packets += packets
        node.end_bytes += size
    names, nodes, parents = _flat(top)
    count = max(1, sum(packets for packets, _ in totals.values()))
    all_bytes = max(1, sum(size for _, size in totals.values()))
    columns = (
        np.array([getattr(node, name) for node in nodes], np.int64)
        for name in ("packets", "bytes", "end_packets", "end_bytes")
    )
    counts, sizes, ends, end_sizes = columns
    values = (
        names, counts, 100 * counts / count, sizes, 100 * sizes / all_bytes,
        8 * sizes / span if span else np.full(len(sizes), np.nan), ends, end_sizes,
    )  # fmt: skip
    return Table("hierarchy", "Protocol hierarchy", _COLUMNS, values, lambda row: _filter(names, parents, row),
                 np.array(parents, np.int64))  # fmt: skip


def _flat(top: _Node) -> tuple[list[str], list[_Node], list[int]]:
    """Names, nodes and parents' rows, the most frequent of siblings first."""
    names: list[str] = []
    nodes: list[_Node] = []
    parents: list[int] = []
    waiting = [(name, node, -1) for name, node in _ranked(top)]
    while waiting:
        name, node, parent = waiting.pop()
        names.append(name)
        nodes.append(node)
        parents.append(parent)
        waiting += [(one, below, len(names) - 1) for one, below in _ranked(node)]
    return names, nodes, parents


def _ranked(node: _Node) -> list[tuple[str, _Node]]:
    """What is below, the most frequent last."""
    return sorted(node.below.items(), key=lambda item: (item[1].packets, item[0]))


def _filter(names: list[str], parents: list[int], row: int) -> str:
    """The protocol's name; where it stands at several places, with those below which this one stands."""
    from ..filters.registry import find  # a table of thousands of names

    path = [names[row]]
    if names.count(names[row]) > 1:
        at = parents[row]
        while at >= 0:
            path.insert(0, names[at])
            at = parents[at]
    known = [name for name in dict.fromkeys(path) if find(name) is not None]
    return " and ".join(known) if names[row] in known else ""


def _span(view: View) -> float:
    times = view.column("time")
    return (int(times.max()) - int(times.min())) / BILLION if len(times) else 0.0
