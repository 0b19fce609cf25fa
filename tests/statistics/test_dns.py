"""DNS statistics against captures made by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scapy.layers.dns import DNS, DNSQR, DNSRR
from scapy.layers.inet import IP, TCP, UDP
from scapy.layers.inet6 import IPv6
from scapy.layers.l2 import Ether
from scapy.packet import Raw

from pcaptui.filters import compile
from pcaptui.statistics import View, find
from pcaptui.statistics.dns_messages import first_question
from pcaptui.statistics.view import Stopped

CLIENT, SERVER, OTHER = "10.0.0.5", "10.0.0.1", "10.0.0.2"


def query(name: str, ident: int, server: str = SERVER, kind: str = "A", port: int = 4000, dport: int = 53) -> Any:
    message = DNS(id=ident, rd=1, qd=DNSQR(qname=name, qtype=kind))
    return Ether() / IP(src=CLIENT, dst=server) / UDP(sport=port, dport=dport) / message


def reply(name: str, ident: int, server: str = SERVER, kind: str = "A", port: int = 4000, rcode: int = 0,
          answers: int = 1, sport: int = 53) -> Any:  # fmt: skip
    records = [DNSRR(rrname=name, rdata=f"1.2.3.{number}") for number in range(answers)]
    message = DNS(id=ident, qr=1, rcode=rcode, qd=DNSQR(qname=name, qtype=kind), an=records)
    return Ether() / IP(src=server, dst=CLIENT) / UDP(sport=sport, dport=port) / message


def talk() -> list[Any]:
    return [
        query("www.example.com", 1), reply("www.example.com", 1, answers=2),  # 10 ms
        query("WWW.example.COM", 2), query("nothing.example", 3),
        reply("WWW.example.COM", 2), reply("nothing.example", 3, rcode=3, answers=0),  # 20 ms both
        query("silent.test", 4, OTHER), query("silent.test", 4, OTHER), query("silent.test", 5, OTHER, port=4001),
        reply("late.test", 9, port=4002),
    ]  # fmt: skip


def tables(view: View) -> dict[str, Any]:
    return {table.name: table for table in find("dns")[1](view)}


def items(table: Any) -> dict[tuple[str, ...], dict[str, Any]]:
    """Rows of a tree by their items and those above."""
    keys: list[tuple[str, ...]] = []
    found = {}
    for row in range(len(table)):
        parent = int(table.parents[row])
        keys.append((*(keys[parent] if parent >= 0 else ()), table.value(row, 0)))
        found[keys[-1]] = {column.key: table.value(row, place) for place, column in enumerate(table.columns)}
    return found


def rows(table: Any) -> list[dict[str, Any]]:
    return [{column.key: table.value(row, place) for place, column in enumerate(table.columns)}
            for row in range(len(table))]  # fmt: skip


def test_the_overview_counts_as_a_tree(view_of) -> None:
    found = items(tables(view_of(talk()))["dns"])
    total = ("Total Packets",)
    assert found[total]["count"] == 10
    assert found[(*total, "rcode", "No such name")]["count"] == 1
    assert found[(*total, "Query/Response", "Response")]["count"] == 4
    assert found[(*total, "Query Type", "A (Host Address)")]["percent"] == 100
    assert found[("Query Stats", "Qname Len")]["maximum"] == len("nothing.example")
    assert found[("Query Stats", "Label Stats", "3rd Level")]["count"] == 2
    answers = found[("Response Stats", "no. of answers")]
    assert (answers["count"], answers["minimum"], answers["maximum"]) == (4, 0, 2)
    times = found[("Service Stats", "request-response time (s)")]
    assert times["count"] == 3 and times["average"] == pytest.approx(0.05 / 3)
    assert found[("Service Stats", "no. of unsolicited responses")]["count"] == 1
    assert found[("Service Stats", "queries sent again")]["count"] == 1


def test_names_are_one_whatever_their_case(view_of) -> None:
    table = tables(view_of(talk()))["names"]
    first = rows(table)[0]
    assert (first["name"], first["queries"], first["answered"], first["codes"]) == ("www.example.com", 2, 2, "No error")
    assert first["mean"] == pytest.approx(0.015) and first["maximum"] == pytest.approx(0.02)
    assert table.filter(0) == 'lower(dns.qry.name) == "www.example.com" and dns.qry.type == 1'
    missing = next(row for row in rows(table) if row["name"] == "nothing.example")
    assert missing["codes"] == "No such name" and missing["servers"] == SERVER


def test_names_without_answer_count_their_tries(view_of) -> None:
    (row,) = rows(tables(view_of(talk()))["unanswered"])
    assert (row["name"], row["queries"], row["tries"], row["servers"]) == ("silent.test", 2, 3, OTHER)
    assert row["first"] == pytest.approx(0.06) and row["last"] == pytest.approx(0.08)


def test_servers_have_times_and_failures(view_of) -> None:
    made = [*talk(), query("broken.test", 20, OTHER), reply("broken.test", 20, OTHER, rcode=2, answers=0)]
    found = {row["server"]: row for row in rows(tables(view_of(made))["servers"])}
    one, other = found[SERVER], found[OTHER]
    assert (one["queries"], one["unanswered"], one["no_such_name"], one["failures"]) == (3, 0, 1, 0)
    assert one["median"] == pytest.approx(0.02) and one["minimum"] == pytest.approx(0.01)
    assert (other["queries"], other["unanswered"], other["failures"]) == (3, 2, 1)


def test_messages_over_tcp_count_with_their_length(view_of) -> None:
    head = IP(src=CLIENT, dst=SERVER) / TCP(sport=4000, dport=53, flags="PA", seq=1, ack=1)
    data = bytes(DNS(id=7, qd=DNSQR(qname="zone.test", qtype="AXFR")))
    framed = len(data).to_bytes(2, "big") + data
    found = items(tables(view_of([Ether() / head / Raw(framed)]))["dns"])
    assert found[("Payload size",)]["maximum"] == len(data) + 2
    assert ("Total Packets", "Query Type", "AXFR (transfer of an entire zone)") in found


def test_dns_on_another_port_and_llmnr(view_of) -> None:
    group = Ether() / IPv6(src="fe80::1", dst="ff02::1:3") / UDP(sport=4000, dport=5355) / DNS(id=1, qd=DNSQR(
        qname="printer", qtype="AAAA"))  # fmt: skip
    found = tables(view_of([query("odd.test", 1, dport=8053), reply("odd.test", 1, sport=8053), group]))
    assert items(found["dns"])[("Total Packets",)]["count"] == 2
    assert {row["name"]: row["answered"] for row in rows(found["names"])} == {"odd.test": 1, "printer": 0}


def test_only_chosen_packets_count(view_of) -> None:
    found = tables(view_of(talk(), np.array([1, 2])))
    assert items(found["dns"])[("Total Packets",)]["count"] == 2
    (row,) = rows(found["names"])
    assert row["queries"] == 1 and row["mean"] == pytest.approx(0.01)


def test_filters_are_filters_of_the_packets(view_of) -> None:
    view = view_of(talk())
    for table in tables(view).values():
        for row in range(len(table)):
            compile(table.filter(row))
    names = tables(view)["names"]
    assert int(compile(names.filter(0)).run(view.capture).sum()) == 4


def test_nothing_to_count(view_of) -> None:
    found = tables(view_of([Ether() / IP(src=CLIENT, dst=SERVER) / UDP(sport=1, dport=2) / b"x"]))
    assert items(found["dns"])[("Total Packets",)]["count"] == 0
    assert [len(found[name]) for name in ("names", "servers", "unanswered")] == [0, 0, 0]


def test_it_stops_when_nobody_waits(view_of) -> None:
    view = view_of(talk())
    view.cancelled = lambda: True
    with pytest.raises(Stopped):
        tables(view)


@given(st.binary(max_size=300))
def test_any_bytes_have_a_question_or_none(data: bytes) -> None:
    found = first_question(data)
    assert found.kind >= -1 and found.labels <= 128


@pytest.mark.parametrize("flip", range(0, 60, 7))
def test_broken_messages_leave_no_traceback(view_of, flip: int) -> None:
    packet = bytes(reply("www.example.com", 1, answers=2))
    broken = bytearray(packet)
    broken[42 + flip % (len(packet) - 42)] ^= 0xFF
    assert len(tables(view_of([Ether(bytes(broken)), Ether(packet[: 50 + flip])]))) == 4
