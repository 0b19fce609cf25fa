"""Protocol hierarchy: packets and bytes of each protocol below those that carry it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scapy.all import ARP, DNS, DNSQR, ICMP, IP, TCP, UDP, Dot1Q, Ether, Raw

from pcaptui.filters import compile
from pcaptui.statistics import View
from pcaptui.statistics.hierarchy import table_of, tables
from pcaptui.statistics.view import Stopped

A, B = "10.0.0.1", "10.0.0.2"
ViewOf = Callable[..., View]
Tree = dict[tuple[str, ...], tuple[int, int]]


def tree(view: View) -> Tree:
    """Packets and end packets by the path of each row."""
    (table,) = tables(view)
    return paths(table)


def paths(table: Any) -> Tree:
    keys = [column.key for column in table.columns]
    found: list[tuple[str, ...]] = []
    told: Tree = {}
    for row in range(len(table)):
        parent = int(table.parents[row])
        found.append((*(found[parent] if parent >= 0 else ()), table.value(row, 0)))
        told[found[-1]] = table.value(row, keys.index("packets")), table.value(row, keys.index("end_packets"))
    return told


def segment(sequence: int, payload: bytes = b"", back: bool = False, flags: str = "A", port: int = 80) -> Any:
    ports = {"sport": port, "dport": 4000} if back else {"sport": 4000, "dport": port}
    ends = {"src": B, "dst": A} if back else {"src": A, "dst": B}
    return Ether() / IP(**ends) / TCP(seq=sequence, ack=1, flags=flags, **ports) / payload


def test_lower_layers_are_told_apart(view_of: ViewOf) -> None:
    query = Ether() / IP(src=A, dst=B) / UDP(sport=5000, dport=53) / DNS(rd=1, qd=DNSQR(qname="a.example"))
    packets = [Ether() / ARP(), query, query, Ether() / IP(src=A, dst=B) / ICMP(),
               Ether() / Dot1Q(vlan=3) / IP(src=A, dst=B) / TCP(flags="S")]  # fmt: skip
    assert tree(view_of(packets)) == {
        ("eth",): (5, 0),
        ("eth", "ip"): (3, 0),
        ("eth", "ip", "udp"): (2, 0),
        ("eth", "ip", "udp", "dns"): (2, 2),
        ("eth", "ip", "icmp"): (1, 1),
        ("eth", "arp"): (1, 1),
        ("eth", "vlan"): (1, 0),
        ("eth", "vlan", "ip"): (1, 0),
        ("eth", "vlan", "ip", "tcp"): (1, 1),
    }


def test_message_counts_where_it_is_complete(view_of: ViewOf) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 20\r\n\r\n"
    request = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
    begun, rest = head + b"<html>0123", b"4567</html>"[:10]
    packets = [segment(0, flags="S"), segment(0, back=True, flags="SA"), segment(1), segment(1, request),
               segment(1, begun, True), segment(1 + len(begun), rest, True)]  # fmt: skip
    found = tree(view_of(packets))
    assert found["eth", "ip", "tcp"] == (6, 4)
    assert found["eth", "ip", "tcp", "http"] == (2, 1)
    assert found["eth", "ip", "tcp", "http", "data-text-lines"] == (1, 1)


def test_payload_that_nobody_knows_is_data(view_of: ViewOf) -> None:
    packets = [Ether() / IP(src=A, dst=B) / UDP(sport=50001, dport=50002) / Raw(bytes(20)),
               segment(1, bytes(range(200, 240)), port=50003)]  # fmt: skip
    found = tree(view_of(packets))
    assert found["eth", "ip", "udp", "data"] == (1, 1)
    assert found["eth", "ip", "tcp", "data"] == (1, 1)


def test_messages_of_one_packet_are_one_layer(view_of: ViewOf) -> None:
    record = bytes((23, 3, 3, 0, 5)) + b"12345"
    found = tree(view_of([segment(1, record + record, port=443)]))
    assert ("eth", "ip", "tcp", "tls") in found and ("eth", "ip", "tcp", "tls", "tls") not in found


def test_filters_lead_to_a_protocols_packets(view_of: ViewOf) -> None:
    query = Ether() / IP(src=A, dst=B) / UDP(sport=5000, dport=53) / DNS(rd=1, qd=DNSQR(qname="a.example"))
    view = view_of([query, Ether() / ARP(), segment(1)])
    (table,) = tables(view)
    for row in range(len(table)):
        assert compile(table.filter(row)).run(view.capture).sum() == table.value(row, 1)


def test_protocol_at_two_places_is_filtered_with_those_that_carry_it() -> None:
    table = table_of({("eth", "ip", "udp", "data"): (2, 100), ("eth", "ip", "tcp", "data"): (1, 50)}, 1.0)
    filters = {table.value(row, 0): table.filter(row) for row in range(len(table))}
    assert filters["udp"] == "udp"
    assert {table.filter(row) for row in range(len(table)) if table.value(row, 0) == "data"} == {
        "eth and ip and udp and data",
        "eth and ip and tcp and data",
    }


def test_most_frequent_of_siblings_stands_first() -> None:
    table = table_of({("eth", "arp"): (1, 60), ("eth", "ip", "udp"): (3, 180), ("eth", "ip"): (1, 60)}, 2.0)
    assert list(paths(table).items()) == [
        (("eth",), (5, 0)),
        (("eth", "ip"), (4, 1)),
        (("eth", "ip", "udp"), (3, 3)),
        (("eth", "arp"), (1, 1)),
    ]
    bits = [column.key for column in table.columns].index("bits")
    assert table.value(0, bits) == 8 * 300 / 2


def test_only_chosen_packets_count(view_of: ViewOf) -> None:
    assert tree(view_of([Ether() / ARP(), segment(1)], np.array([0]))) == {("eth",): (1, 0), ("eth", "arp"): (1, 1)}


def test_what_was_not_looked_at_is_told(view_of: ViewOf) -> None:
    request = b"GET /%d HTTP/1.1\r\nHost: a\r\n\r\n"
    few, sequence = [segment(1, request % 1)], 1
    many = []
    for number in range(100, 160):
        many.append(segment(sequence, request % number))
        sequence += len(request % number)
    (table,), (small,) = tables(view_of(many)), tables(view_of(few))
    assert paths(table)["eth", "ip", "tcp", "http"] == (60, 60)
    assert table.notes and table.notes[0].startswith("36 packets") and not small.notes


def test_quoted_query_stands_below_the_error(view_of: ViewOf) -> None:
    query = IP(src=A, dst=B) / UDP(sport=5000, dport=53) / DNS(rd=1, qd=DNSQR(qname="a.example"))
    found = tree(view_of([Ether() / IP(src=B, dst=A) / ICMP(type=3, code=3) / query]))
    assert found["eth", "ip", "icmp", "dns"] == (1, 1)


def test_malformed_packets_are_told(view_of: ViewOf) -> None:
    found = tree(view_of([Ether() / IP(src=A, dst=B) / UDP(sport=5000, dport=53) / bytes.fromhex("00010100000100")]))
    assert found["eth", "ip", "udp", "dns", "_ws.malformed"] == (1, 1)


@pytest.mark.parametrize("lost", [False, True])
def test_messages_of_http_are_counted_with_and_without_gaps(view_of: ViewOf, lost: bool) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n"
    packets, sequence = [segment(0, back=True, flags="SA")], 1
    for _ in range(3):
        for part in (head, b'{"a":', b"123}"):
            packets.append(segment(sequence, part, True))
            sequence += len(part)
    found = tree(view_of(packets[:2] + packets[3:] if lost else packets))
    assert found["eth", "ip", "tcp", "http"][0] == (2 if lost else 3)
    assert found["eth", "ip", "tcp", "http", "json"] == ((2, 2) if lost else (3, 3))


def test_work_stops_when_nobody_waits(view_of: ViewOf) -> None:
    view = view_of([Ether() / ARP()])
    view.cancelled = lambda: True
    with pytest.raises(Stopped):
        tables(view)


@pytest.mark.parametrize("name, expected", [("http_espn", (121, 62)), ("http_google", (2, 1))])
def test_real_captures(view_of: ViewOf, shared_captures: Path, name: str, expected: tuple[int, int]) -> None:
    found = tree(view_of(shared_captures / "ppa" / f"{name}.pcapng"))
    assert found["eth", "ip", "tcp", "http"] == expected
