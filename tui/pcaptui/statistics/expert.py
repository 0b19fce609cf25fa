"""Expert information folded: a row a kind, of what the TCP analysis and TCP's flags tell; and findings by rule."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from ..fields.tcp_analysis import FINDINGS
from ..findings import Finding, find
from ..loader.table import Layer
from ..tracker.flags import Flag
from .repeats import repeated_sacks
from .table import Column, Table, Tables
from .view import View

FIN, SYN, RST, ACK = 1, 2, 4, 16
NAMED = 60
"""Packets of findings that a filter names."""
_ORDER = ("Error", "Warning", "Note", "Chat")
_COLUMNS = (
    Column("severity", "Severity"), Column("group", "Group"), Column("protocol", "Protocol"),
    Column("summary", "Summary"), Column("count", "Packets", "count"), Column("first", "First packet", "count"),
)  # fmt: skip
_FINDINGS = (
    Column("severity", "Severity"), Column("rule", "Rule"), Column("title", "First of them"),
    Column("count", "Findings", "count"), Column("packets", "Packets", "count"),
    Column("first", "First packet", "count"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Kind:
    severity: str
    summary: str
    filter: str
    packets: NDArray[np.int64]


def tables(view: View) -> Tables:
    """ "expert" and "expert-findings"; the second one takes as long as looking for findings does."""
    return Tables(
        ("expert", "Expert information", lambda: _expert(view)),
        ("expert-findings", "Findings by rule", lambda: _findings(view)),
    )


def _expert(view: View) -> Table:
    kinds = [kind for kind in [*_analysis(view), *_flags(view)] if len(kind.packets)]
    kinds.sort(key=lambda kind: (_ORDER.index(kind.severity), -len(kind.packets)))
    values: list[NDArray[np.int64] | list[str]] = [
        [kind.severity for kind in kinds], ["Sequence"] * len(kinds), ["TCP"] * len(kinds),
        [kind.summary for kind in kinds], np.array([len(kind.packets) for kind in kinds], np.int64),
        np.array([int(kind.packets[0]) + 1 for kind in kinds], np.int64),
    ]  # fmt: skip
    return Table("expert", "Expert information", _COLUMNS, values, lambda row: kinds[row].filter)


def _analysis(view: View) -> list[_Kind]:
    """What the sequence analysis remarks on."""
    bits = view.column("analysis")
    found = [
        _Kind(severity, text, f"tcp.analysis.{name}", view.packets[np.flatnonzero(bits & np.uint32(flag))])
        for flag, severity, name, text in FINDINGS
    ]
    doubled = view.packets[np.flatnonzero(bits & np.uint32(Flag.duplicate_ack))]
    sacks = repeated_sacks(view)
    return [
        *found,
        _Kind("Note", "Duplicate ACK", "tcp.analysis.duplicate_ack", doubled),
        _Kind("Warning", "D-SACK Sequence", "tcp.options.sack.dsack", sacks),
    ]


def _flags(view: View) -> list[_Kind]:
    """Connections that are opened, closed, broken off. Headers quoted in ICMP errors count here too."""
    layers = view.column("layers")
    tcp = (view.column("ip_protocol") == 6) & (view.column("stream") >= 0)
    flags = np.where(tcp, view.column("tcp_flags"), 0)
    syn, fin = flags & SYN != 0, flags & FIN != 0
    analysed = fin & (layers & np.uint16(Layer.QUOTED | Layer.TCP_CUT) == 0)
    first = _first_fins(view)[view.packets] if analysed.any() else analysed
    kinds = (
        ("Chat", "Connection establish request (SYN)", "tcp.connection.syn", syn & (flags & ACK == 0)),
        ("Chat", "Connection establish acknowledge (SYN+ACK)", "tcp.connection.synack", syn & (flags & ACK != 0)),
        ("Chat", "Connection finish (FIN)", "tcp.connection.fin", fin),
        ("Note", "This frame initiates the connection closing", "tcp.connection.fin_active", analysed & first),
        ("Note", "This frame undergoes the connection closing", "tcp.connection.fin_passive", analysed & ~first),
        ("Warning", "Connection reset (RST)", "tcp.connection.rst", flags & RST != 0),
    )  # fmt: skip
    return [_Kind(severity, text, name, view.packets[np.flatnonzero(mask)]) for severity, text, name, mask in kinds]


def _first_fins(view: View) -> NDArray[np.bool_]:
    """Of all packets loaded, those with a FIN of the direction that closed first (found by experiment)."""
    table = view.capture.table
    count = view.loaded
    fins = np.flatnonzero((table["tcp_flags"][:count] & FIN != 0) & (table["ip_protocol"][:count] == 6)
                          & (table["layers"][:count] & np.uint16(Layer.QUOTED | Layer.TCP_CUT) == 0)
                          & (table["stream"][:count] >= 0))  # fmt: skip
    side = table["stream"][fins].astype(np.int64) * 2 + table["direction"][fins]
    first = np.full(int(side.max(initial=0)) + 2, count, np.int64)
    np.minimum.at(first, side, fins)
    found = np.zeros(count, np.bool_)
    found[fins] = first[side] < first[side ^ 1]
    return found


@dataclass(slots=True)
class _Rule:
    first: Finding
    count: int = 0
    packets: set[int] = field(default_factory=set)


def _findings(view: View) -> Table:
    """Findings that name a packet that counts, by rule, the worst first."""
    report = find(view.capture, view.cancelled, lambda done, total: view.go_on(done / max(total, 1)))
    chosen = None if view.chosen is None else set(view.chosen.tolist())
    rules: dict[str, _Rule] = {}
    for one in report.findings:
        packets = one.packets if chosen is None else [packet for packet in one.packets if packet in chosen]
        if packets or chosen is None:
            rule = rules.setdefault(one.rule, _Rule(one))
            rule.count += 1
            rule.packets.update(packets)
    every = list(rules.values())
    values: list[NDArray[np.float64] | Sequence[str]] = [
        [rule.first.severity.name for rule in every],
        list(rules),
        [rule.first.told(rule.first.title) for rule in every],
        np.array([rule.count for rule in every], np.float64),
        np.array([len(rule.packets) for rule in every], np.float64),
        np.array([min(rule.packets) + 1 if rule.packets else np.nan for rule in every], np.float64),
    ]  # fmt: skip
    notes = [f"{len(report.failed)} rules failed"] if report.failed else []
    return Table("expert-findings", "Findings by rule", _FINDINGS, values,
                 lambda row: _named(sorted(every[row].packets)[:NAMED]), notes=notes)  # fmt: skip


def _named(packets: list[int]) -> str:
    return f"frame.number in {{{', '.join(str(packet + 1) for packet in packets)}}}" if packets else ""
