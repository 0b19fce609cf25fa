"""Packets in the order of a column."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scapy.layers.inet import IP, UDP
from scapy.layers.l2 import ARP, Ether
from scapy.packet import Packet, Raw
from scapy.utils import wrpcap

from pcaptui import sorting
from pcaptui.capture import Capture
from pcaptui.sorting import Column, TooMany, arrange

HOSTS = ["10.0.0.2", "10.0.0.10", "9.255.0.1", "10.0.0.1"]


def packet(source: int, destination: int, size: int, arp: bool) -> Packet:
    ether = Ether(src="02:00:00:00:00:01", dst="02:00:00:00:00:02")
    if arp:
        return ether / ARP(psrc=HOSTS[source], pdst=HOSTS[destination])
    return ether / IP(src=HOSTS[source], dst=HOSTS[destination]) / UDP(sport=4000, dport=4001) / Raw(b"x" * size)


def capture_of(packets: list[Packet], path, times: list[float] | None = None) -> Capture:
    for number, one in enumerate(packets):
        one.time = times[number] if times is not None else 1_000_000 + number
    wrpcap(str(path), packets)
    capture = Capture.open([str(path)])
    capture.load_all()
    return capture


def key(capture: Capture, column: Column, index: int):
    """What a person reads in the column."""
    from pcaptui.dissect.rows import Rows

    row = Rows(capture).row(index)
    table = capture.table
    return {
        Column.NUMBER: index,
        Column.TIME: int(table["time"][index]),
        Column.LENGTH: row.length,
        Column.PROTOCOL: row.protocol.casefold(),
        Column.INFO: row.info.casefold(),
        Column.SOURCE: address(row.source),
        Column.DESTINATION: address(row.destination),
    }[column]


def address(text: str) -> tuple[int, ...]:
    parts = text.split(".")
    if len(parts) == 4:
        return (4, *(int(part) for part in parts))
    return (6, *(int(part, 16) for part in text.split(":")))


one_packet = st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(0, 5), st.booleans(), st.integers(0, 4))


@settings(max_examples=25, deadline=None)
@given(made=st.lists(one_packet, min_size=1, max_size=25), column=st.sampled_from(Column), reverse=st.booleans())
def test_every_packet_stands_once_in_the_order_of_its_column(tmp_path_factory, made, column, reverse):
    packets = [packet(*parts[:4]) for parts in made]
    path = tmp_path_factory.mktemp("sorted") / "some.pcap"
    capture = capture_of(packets, path, [1_000_000.0 + parts[4] for parts in made])
    found = arrange(capture, np.arange(len(capture), dtype=np.int64), column, reverse).tolist()
    expected = sorted(range(len(capture)), key=lambda index: key(capture, column, index), reverse=reverse)
    assert found == expected  # as Python sorts: stable, in both directions


def test_only_the_packets_asked_for_are_sorted(tmp_path):
    capture = capture_of([packet(0, 1, size, False) for size in (5, 4, 3, 2, 1)], tmp_path / "some.pcap")
    some = np.array([0, 2, 4], np.int64)
    assert arrange(capture, some, Column.LENGTH).tolist() == [4, 2, 0]


@pytest.mark.parametrize("column", [Column.PROTOCOL, Column.INFO])
def test_what_only_rows_tell_sorts_so_many_packets_and_no_more(tmp_path, monkeypatch, column):
    capture = capture_of([packet(0, 1, size, False) for size in range(4)], tmp_path / "some.pcap")
    monkeypatch.setattr(sorting, "ROWS", 4)
    everything = np.arange(4, dtype=np.int64)
    assert len(arrange(capture, everything, column)) == 4
    monkeypatch.setattr(sorting, "ROWS", 3)
    with pytest.raises(TooMany):
        arrange(capture, everything, column)
    assert len(arrange(capture, everything, Column.SOURCE)) == 4
