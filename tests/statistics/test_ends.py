"""Conversations, endpoints and talkers: who sent how much to whom, tunnels included, quoted headers not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scapy.all import GRE, ICMP, IP, TCP, UDP, Ether, IPv6
from scapy.layers.vxlan import VXLAN

from pcaptui.filters import compile
from pcaptui.statistics import Tables, View
from pcaptui.statistics.ends import conversations, endpoints, layer_of
from pcaptui.statistics.headers import KINDS
from pcaptui.statistics.talkers import tables as talkers

A, B = "10.0.0.1", "10.0.0.2"
MAC_A, MAC_B = "02:00:00:00:00:0a", "02:00:00:00:00:0b"
Read = Callable[[Any], list[dict[str, Any]]]
ViewOf = Callable[..., View]


def frame(inner: Any, back: bool = False) -> Any:
    return Ether(src=MAC_B if back else MAC_A, dst=MAC_A if back else MAC_B) / inner


def there(size: int = 0) -> Any:
    return frame(IP(src=A, dst=B) / TCP(sport=4000, dport=80, flags="A") / (b"x" * size))


def back(size: int = 0) -> Any:
    return frame(IP(src=B, dst=A) / TCP(sport=80, dport=4000, flags="A") / (b"x" * size), True)


def named(tables: Tables, name: str) -> Any:
    return tables[tables.names.index(name)]


def test_conversation_is_counted_both_ways_from_who_sent_first(view_of: ViewOf, rows: Read) -> None:
    found = conversations(view_of([back(10), there(), there(), back()]))
    (row,) = rows(named(found, "conversations-tcp"))
    assert (row["address_a"], row["port_a"], row["address_b"], row["port_b"], row["stream"]) == (B, 80, A, 4000, 0)
    assert (row["packets"], row["packets_a_b"], row["packets_b_a"]) == (4, 2, 2)
    assert (row["bytes"], row["bytes_a_b"], row["bytes_b_a"]) == (226, 118, 108)
    assert row["start"] == 0 and row["duration"] == pytest.approx(0.03)
    assert row["bits_a_b"] == pytest.approx(118 * 8 / 0.03)


@pytest.mark.parametrize(
    "kind, ends", [("eth", (MAC_A, MAC_B)), ("ipv4", (A, B)), ("tcp", (A, B)), ("udp", None), ("ipv6", None)]
)
def test_every_layer_has_its_table(view_of: ViewOf, rows: Read, kind: str, ends: tuple[str, str] | None) -> None:
    found = rows(named(conversations(view_of([there(), back()])), f"conversations-{kind}"))
    assert [(row["address_a"], row["address_b"]) for row in found] == ([ends] if ends else [])


def test_a_packet_is_in_the_table_of_its_highest_layer(view_of: ViewOf) -> None:
    quoted = IP(src=A, dst=B) / UDP(sport=5, dport=6) / b"abcd"
    packets = [
        there(), frame(IPv6() / UDP(sport=1, dport=2)), frame(IP(src=B, dst=A) / ICMP(type=3, code=3) / quoted),
        frame(IPv6(nh=59)), Ether(src=MAC_A, dst=MAC_B, type=0x88CC) / b"xx", frame(IP() / GRE() / IPv6() / TCP()),
    ]  # fmt: skip
    view = view_of(packets)
    kinds = [KINDS[layer_of(view.capture, packet)] for packet in range(len(packets))]
    assert kinds == ["tcp", "udp", "ipv4", "ipv6", "eth", "tcp"]


def test_tables_are_made_when_they_are_asked_for(view_of: ViewOf) -> None:
    made: list[str] = []
    view = view_of([there()])
    view.cancelled = lambda: bool(made.append("asked"))
    found = conversations(view)
    assert found.titles[0] == "Ethernet conversations" and len(found) == 5 and not made
    assert found[3] is found[3] and made


def test_one_that_has_most_bytes_stands_first(view_of: ViewOf, rows: Read) -> None:
    small = frame(IP(src="10.0.0.9", dst=B) / UDP(sport=1, dport=2))
    found = rows(named(conversations(view_of([small, there(100)])), "conversations-ipv4"))
    assert [row["address_a"] for row in found] == [A, "10.0.0.9"]


def test_endpoint_that_sends_to_itself_counts_both_ways(view_of: ViewOf, rows: Read) -> None:
    own = frame(IP(src=A, dst=A) / UDP(sport=7, dport=7))
    (row,) = rows(named(endpoints(view_of([own])), "endpoints-ipv4"))
    assert (row["packets"], row["packets_sent"], row["packets_received"]) == (2, 1, 1)


def test_endpoints_know_what_they_sent(view_of: ViewOf, rows: Read) -> None:
    found = rows(named(endpoints(view_of([there(), back(10), back()])), "endpoints-tcp"))
    assert [(row["address"], row["port"], row["bytes_sent"], row["bytes_received"]) for row in found] == [
        (A, 4000, 54, 118),
        (B, 80, 118, 54),
    ]


TUNNELS = {
    "ip in ip": IP(src="1.1.1.1", dst="2.2.2.2") / IP(src=A, dst=B) / UDP(sport=5, dport=6),
    "gre": IP(src="1.1.1.1", dst="2.2.2.2") / GRE() / IP(src=A, dst=B) / UDP(sport=5, dport=6),
    "6in4": IP(src="1.1.1.1", dst="2.2.2.2") / IPv6(src="2001:db8::1", dst="2001:db8::2") / UDP(sport=5, dport=6),
}


@pytest.mark.parametrize("name", TUNNELS)
def test_both_headers_of_a_tunnel_count(view_of: ViewOf, rows: Read, name: str) -> None:
    found = conversations(view_of([frame(TUNNELS[name]), there()]))
    pairs = {
        (row["address_a"], row["address_b"])
        for kind in ("ipv4", "ipv6")
        for row in rows(named(found, f"conversations-{kind}"))
    }
    inner = ("2001:db8::1", "2001:db8::2") if name == "6in4" else (A, B)
    assert pairs == {("1.1.1.1", "2.2.2.2"), inner, (A, B)}


def test_vxlan_counts_at_every_layer(view_of: ViewOf, rows: Read) -> None:
    inner = Ether(src="02:00:00:00:01:01", dst="02:00:00:00:01:02") / IP(src=A, dst=B) / UDP(sport=5, dport=6)
    outer = IP(src="1.1.1.1", dst="2.2.2.2") / UDP(sport=9999, dport=4789) / VXLAN()
    found = conversations(view_of([frame(outer / inner)]))
    told = {kind: rows(named(found, f"conversations-{kind}")) for kind in ("eth", "ipv4", "udp")}
    assert {row["address_a"] for row in told["eth"]} == {MAC_A, "02:00:00:00:01:01"}
    assert {row["address_a"] for row in told["ipv4"]} == {"1.1.1.1", A}
    assert {(row["port_a"], row["port_b"]) for row in told["udp"]} == {(9999, 4789), (5, 6)}


def test_header_that_an_icmp_error_quotes_does_not_count(view_of: ViewOf, rows: Read) -> None:
    error = IP(src="1.1.1.1", dst=A) / ICMP(type=3, code=3) / IP(src=A, dst=B) / UDP(sport=5, dport=6)
    found = conversations(view_of([frame(error)]))
    assert [row["address_b"] for row in rows(named(found, "conversations-ipv4"))] == [A]
    assert not rows(named(found, "conversations-udp"))


def test_only_chosen_packets_count(view_of: ViewOf, rows: Read) -> None:
    found = conversations(view_of([there(), back(), there()], np.array([1, 2])))
    (row,) = rows(named(found, "conversations-ipv4"))
    assert (row["address_a"], row["packets"], row["start"]) == (B, 2, pytest.approx(0.01))


@pytest.mark.parametrize("make", [conversations, endpoints])
def test_filters_of_rows_lead_to_their_packets(view_of: ViewOf, make: Callable[[View], Tables]) -> None:
    other = Ether(src=MAC_A, dst="02:00:00:00:00:0c") / IPv6(src="2001:db8::1", dst="2001:db8::2") / UDP()
    others = [frame(IP(src=A, dst="10.0.0.3") / UDP(sport=5, dport=6)), other]
    view = view_of([there(), back(5), *others])
    for table in make(view):
        packets = [column.key for column in table.columns].index("packets")
        for row in range(len(table)):
            assert compile(table.filter(row)).run(view.capture).sum() == table.value(row, packets)


def test_empty_capture_has_empty_tables(view_of: ViewOf) -> None:
    view = view_of([there()], np.zeros(0, np.int64))
    assert [len(table) for table in [*conversations(view), *endpoints(view), *talkers(view)]] == [0] * 12


def test_talkers_tell_their_share(view_of: ViewOf, rows: Read) -> None:
    other = frame(IP(src="10.0.0.9", dst="10.0.0.8") / UDP(sport=1, dport=2) / (b"x" * 12))
    hosts, pairs = talkers(view_of([there(), back(), other]))
    assert [(row["host"], row["bytes"], row["bytes_sent"]) for row in rows(hosts)][:2] == [(A, 108, 54), (B, 108, 54)]
    first, second = rows(pairs)
    assert (first["host_a"], first["host_b"], first["packets"]) == (A, B, 2)
    assert first["percent"] + second["percent"] == pytest.approx(100)


def test_no_more_than_twenty_talkers(view_of: ViewOf) -> None:
    packets = [frame(IP(src=f"10.1.0.{host}", dst=B) / UDP(sport=1, dport=2)) for host in range(1, 31)]
    assert [len(table) for table in talkers(view_of(packets))] == [20, 20]
