"""Expert information folded: a row a kind, with the packets that its filter finds."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scapy.all import IP, TCP, Ether

from pcaptui.filters import compile
from pcaptui.statistics import View
from pcaptui.statistics.expert import tables

ViewOf = Callable[..., View]
Read = Callable[[Any], list[dict[str, Any]]]


def segment(flags: str, sequence: int, ack: int = 0, back: bool = False, **more: Any) -> Any:
    ends = {"src": "10.0.0.2", "dst": "10.0.0.1"} if back else {"src": "10.0.0.1", "dst": "10.0.0.2"}
    ports = {"sport": 80, "dport": 4000} if back else {"sport": 4000, "dport": 80}
    payload = more.pop("payload", b"")
    return Ether() / IP(**ends) / TCP(flags=flags, seq=sequence, ack=ack, **ports, **more) / payload


CONNECTION = [
    segment("S", 0),
    segment("SA", 0, 1, back=True),
    segment("A", 1, 1),
    segment("PA", 1, 1, payload=b"hello"),
    segment("PA", 1, 1, payload=b"hello"),
    segment("FA", 6, 1),
    segment("FA", 1, 7, back=True),
    segment("R", 7),
]


def told(view: View, rows: Read) -> dict[str, tuple[str, int, int]]:
    return {row["summary"]: (row["severity"], row["count"], row["first"]) for row in rows(tables(view)[0])}


def test_life_of_a_connection(view_of: ViewOf, rows: Read) -> None:
    assert told(view_of(CONNECTION), rows) == {
        "Connection reset (RST)": ("Warning", 1, 8),
        "This frame is a (suspected) retransmission": ("Note", 1, 5),
        "This frame initiates the connection closing": ("Note", 1, 6),
        "This frame undergoes the connection closing": ("Note", 1, 7),
        "Connection finish (FIN)": ("Chat", 2, 6),
        "Connection establish request (SYN)": ("Chat", 1, 1),
        "Connection establish acknowledge (SYN+ACK)": ("Chat", 1, 2),
    }


def test_worst_stands_first(view_of: ViewOf, rows: Read) -> None:
    severities = [row["severity"] for row in rows(tables(view_of(CONNECTION))[0])]
    assert severities == sorted(severities, key=["Error", "Warning", "Note", "Chat"].index)


def test_filters_lead_to_the_packets(view_of: ViewOf) -> None:
    view = view_of(CONNECTION)
    table = tables(view)[0]
    for row in range(len(table)):
        assert compile(table.filter(row)).run(view.capture).sum() == table.value(row, 4), table.filter(row)


def test_closing_is_judged_by_all_packets_of_the_stream(view_of: ViewOf, rows: Read) -> None:
    assert "This frame initiates the connection closing" not in told(view_of(CONNECTION, np.array([6])), rows)


@pytest.mark.parametrize(
    "blocks, repeated",
    [
        ((1, 3), True),  # below the ACK
        ((20, 30), False),
        ((22, 24, 20, 30), True),  # inside the second block
        ((20, 30, 40, 50), False),
    ],
)
def test_blocks_that_tell_of_repeated_data(
    view_of: ViewOf, rows: Read, blocks: tuple[int, ...], repeated: bool
) -> None:
    answer = segment("A", 1, 6, back=True, options=[("NOP", None), ("NOP", None), ("SAck", blocks)])
    assert ("D-SACK Sequence" in told(view_of([*CONNECTION[:4], answer]), rows)) is repeated


def test_findings_are_folded_by_rule(view_of: ViewOf, rows: Read, shared_captures: Path) -> None:
    view = view_of(shared_captures / "ppa" / "tcp_refuseconnection.pcapng")
    table = tables(view)[1]
    found = {row["rule"]: row for row in rows(table)}
    assert found["tcp-refused"]["severity"] == "error"
    assert table.filter(list(found).index("tcp-refused")).startswith("frame.number in {")


def test_healthy_packets_have_no_findings(view_of: ViewOf) -> None:
    assert len(tables(view_of(CONNECTION[:3], np.zeros(0, np.int64)))[1]) == 0


def test_fin_sent_again_belongs_to_the_side_that_closed_first(view_of: ViewOf, rows: Read) -> None:
    packets = [
        *CONNECTION[:4],
        segment("FA", 6, 1),
        segment("FA", 1, 7, back=True),
        segment("FA", 6, 2),
        segment("FA", 1, 7, back=True),
    ]
    view = view_of(packets)
    found = told(view, rows)
    assert found["This frame initiates the connection closing"] == ("Note", 2, 5)
    assert found["This frame undergoes the connection closing"] == ("Note", 2, 6)
    assert np.flatnonzero(compile("tcp.connection.fin_active").run(view.capture)).tolist() == [4, 6]
