"""Packet lengths in tshark's ranges."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from scapy.all import IP, UDP, Ether

from pcaptui.filters import compile
from pcaptui.statistics import View
from pcaptui.statistics.lengths import tables

ViewOf = Callable[..., View]


def packet(size: int) -> Any:
    return Ether() / IP(src="10.0.0.1", dst="10.0.0.2") / UDP() / (b"x" * (size - 42))


def test_ranges(view_of: ViewOf, rows: Callable[[Any], list[dict[str, Any]]]) -> None:
    (table,) = tables(view_of([packet(size) for size in (60, 79, 80, 1500)]))
    found = {row["range"]: row for row in rows(table)}
    assert found["all"]["packets"] == 4 and found["all"]["average"] == pytest.approx(429.75)
    assert (found["40-79"]["packets"], found["40-79"]["minimum"], found["40-79"]["maximum"]) == (2, 60, 79)
    assert found["80-159"]["percent"] == 25
    assert found["0-19"]["packets"] == 0 and found["0-19"]["average"] is None


def test_filters_lead_to_the_packets(view_of: ViewOf) -> None:
    view = view_of([packet(size) for size in (60, 80, 1500, 6000)])
    (table,) = tables(view)
    for row in range(1, len(table)):
        assert compile(table.filter(row)).run(view.capture).sum() == table.value(row, 1)
