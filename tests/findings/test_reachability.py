"""ICMP errors, traceroutes and pings."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from scapy.layers.inet import ICMP, IP, TCP, UDP
from scapy.layers.inet6 import ICMPv6DestUnreach, ICMPv6EchoRequest, IPv6
from scapy.layers.l2 import Ether

from pcaptui.findings import Finding, Severity

Judge = Callable[..., list[Finding]]
CLIENT, SERVER, ROUTER = "10.0.0.5", "192.0.2.9", "10.0.0.1"


def asks(port: int = 5000, ttl: int = 64, sport: int = 40000, server: str = SERVER) -> Any:
    return Ether() / IP(src=CLIENT, dst=server, ttl=ttl, id=port + ttl) / UDP(sport=sport, dport=port) / b"question"


def tells(kind: int, code: int, about: Any, by: str = ROUTER, **fields: Any) -> Any:
    quoted = bytes(about[IP])[:28]
    return Ether() / IP(src=by, dst=about[IP].src) / ICMP(type=kind, code=code, **fields) / quoted


def ping(sequence: int, server: str = SERVER, ttl: int = 64) -> Any:
    return Ether() / IP(src=CLIENT, dst=server, ttl=ttl, id=sequence) / ICMP(id=7, seq=sequence) / b"abcdefgh"


def pong(sequence: int, server: str = SERVER) -> Any:
    return Ether() / IP(src=server, dst=CLIENT) / ICMP(type=0, id=7, seq=sequence) / b"abcdefgh"


def rest(seconds: float) -> tuple[float, Any]:
    return seconds, Ether() / IP(src="10.0.0.8", dst="10.0.0.7") / UDP(sport=9999, dport=9998) / b"xx"


def test_a_port_where_nothing_listens(judge: Judge) -> None:
    (found,) = judge([(0, asks()), (0.1, tells(3, 3, asks(), SERVER))], "icmp-")
    assert (found.rule, found.severity, found.packets) == ("icmp-unreachable", Severity.warning, (0, 1))
    assert found.title == f"{SERVER}: UDP port 5000 unreachable"
    assert f"{SERVER} told {CLIENT} once that a packet to {SERVER} UDP port 5000" in found.detail


def test_a_host_that_cannot_be_reached_is_an_error(judge: Judge) -> None:
    said = [(n, one) for n in range(3) for one in (asks(), tells(3, 1, asks()))]
    (found,) = judge(said, "icmp-")
    assert found.severity is Severity.error and "told 10.0.0.5 three times" in found.detail


def test_a_firewall_that_says_so(judge: Judge) -> None:
    (found,) = judge([(0, asks()), (0.1, tells(3, 13, asks()))], "icmp-")
    assert found.severity is Severity.warning and "filtered" in found.title and "firewall" in found.detail


def opening(at: float = 0) -> tuple[float, Any]:
    return at, Ether() / IP(src=CLIENT, dst=SERVER, id=7) / TCP(sport=40000, dport=80, flags="S", seq=5)


def test_an_unanswered_syn_that_an_error_explains_is_told_once(judge: Judge) -> None:
    said = [opening(), (0.1, tells(3, 1, opening()[1])), opening(1), opening(3), rest(9)]
    (found,) = [one for one in judge(said) if one.severity is not Severity.note]
    assert (found.rule, found.severity) == ("icmp-unreachable", Severity.error)
    assert "3 SYNs had no other answer" in found.detail


def test_an_answer_that_came_too_late_is_a_note(judge: Judge) -> None:
    question = Ether() / IP(src="10.0.0.7", dst=CLIENT) / UDP(sport=41000, dport=53) / b"question"
    late = Ether() / IP(src=CLIENT, dst="10.0.0.7") / UDP(sport=53, dport=41000) / b"answer"
    (found,) = judge([(0, question), (3, late), (3.1, tells(3, 3, late, "10.0.0.7"))], "icmp-")
    assert found.severity is Severity.note and "gone already" in found.detail


def test_a_redirect_names_the_better_router(judge: Judge) -> None:
    (found,) = judge([(0, asks()), (0.1, tells(5, 1, asks(), gw="10.0.0.254"))], "icmp-")
    assert (found.severity, found.title) == (Severity.note, f"{CLIENT} is redirected to 10.0.0.254")


def test_packets_in_a_circle_are_a_warning(judge: Judge) -> None:
    said = [(n, one) for n in range(3) for one in (asks(), tells(11, 0, asks()))]
    (found,) = judge(said, "icmp-", "traceroute")
    assert (found.rule, found.severity) == ("icmp-ttl-exceeded", Severity.warning)


def test_pieces_that_never_came_are_told_by_the_receiver(judge: Judge) -> None:
    (found,) = judge([(0, asks()), (30, tells(11, 1, asks(), SERVER))], "icmp-")
    assert (found.rule, found.severity) == ("icmp-reassembly", Severity.warning)


def test_unreachable_over_ipv6(judge: Judge) -> None:
    about = Ether() / IPv6(src="2001:db8::5", dst="2001:db8::9") / UDP(sport=40000, dport=5000) / b"question"
    error = Ether() / IPv6(src="2001:db8::9", dst="2001:db8::5") / ICMPv6DestUnreach(code=4) / about[IPv6]
    (found,) = judge([(0, about), (0.1, error)], "icmp-")
    assert found.severity is Severity.warning and found.title == "2001:db8::9: UDP port 5000 unreachable"


def test_a_traceroute_is_one_note_with_its_hops(judge: Judge) -> None:
    said: list[tuple[float, Any]] = []
    for hop in range(1, 5):
        probe = asks(33434 + hop, hop)
        said.append((hop * 1.0, probe))
        if hop in (1, 3):
            said.append((hop + 0.01, tells(11, 0, probe, f"10.0.{hop}.1")))
        elif hop == 4:
            said.append((hop + 0.02, tells(3, 3, probe, SERVER)))
    (found,) = judge([*said, rest(9)], "icmp-", "traceroute")
    assert (found.rule, found.severity) == ("traceroute", Severity.note)
    assert f"1 10.0.1.1 (10 ms), 2 silent, 3 10.0.3.1 (10 ms), 4 {SERVER} (20 ms)" in found.detail
    assert f"{SERVER} is 4 hops away" in found.detail and found.packets == tuple(range(7))


def test_a_traceroute_that_does_not_arrive(judge: Judge) -> None:
    said: list[tuple[float, Any]] = []
    for hop in range(1, 4):
        probe = ping(hop, ttl=hop)
        said += [(hop, probe), (hop + 0.01, tells(11, 0, probe, f"10.0.{hop}.1"))]
    (found,) = judge([*said, (8, ping(8, ttl=4)), rest(20)], "icmp-", "traceroute", "echo")
    assert found.rule == "traceroute" and "itself did not answer" in found.detail


def test_pings_that_nobody_answers(judge: Judge) -> None:
    (found,) = judge([*((n, ping(n)) for n in range(4)), rest(9)], "echo")
    assert (found.rule, found.severity) == ("echo-unanswered", Severity.warning)
    assert f"{CLIENT} sent {SERVER} 4 pings in 3.00 s, and no reply came" in found.detail


def test_pings_that_get_lost_in_part(judge: Judge) -> None:
    said = [(n, ping(n)) for n in range(10)] + [(n + 0.1, pong(n)) for n in range(10) if n not in (3, 4)]
    (found,) = judge([*sorted(said, key=lambda one: one[0]), rest(20)], "echo")
    assert (found.severity, found.title) == (Severity.warning, f"2 of 10 pings to {SERVER} lost")
    assert found.packets == (6, 7)


def test_answered_pings_are_no_finding(judge: Judge) -> None:
    assert judge([(n + part / 10, one) for n in range(3) for part, one in enumerate((ping(n), pong(n)))], "echo") == []


def test_pings_to_a_group_need_no_answer(judge: Judge) -> None:
    assert judge([*((n, ping(n, "224.0.0.1")) for n in range(4)), rest(9)], "echo") == []


def test_who_pings_many_is_told_once(judge: Judge) -> None:
    (found,) = judge([*((n / 10, ping(n, f"192.0.2.{n + 1}")) for n in range(30)), rest(9)], "echo")
    assert (found.rule, found.severity) == ("echo-sweep", Severity.note)


def test_pings_over_ipv6(judge: Judge) -> None:
    said = [
        (n, Ether() / IPv6(src="2001:db8::5", dst="2001:db8::9") / ICMPv6EchoRequest(id=1, seq=n)) for n in range(3)
    ]
    (found,) = judge([*said, rest(9)], "echo")
    assert found.title == "2001:db8::9 does not reply to ping"


def test_broken_errors_break_no_rule(judge: Judge) -> None:
    syn = Ether() / IP(src=CLIENT, dst=SERVER) / TCP(sport=40000, dport=80)
    whole = bytes(tells(11, 0, syn)), bytes(tells(5, 1, asks(), gw="10.0.0.254"))
    judge([(1.0, Ether(data[:end])) for data in whole for end in range(14, len(data))], "icmp-", "traceroute", "echo")


def test_a_real_traceroute(judge_ppa: Judge) -> None:
    (found,) = judge_ppa("icmp_traceroute")
    assert (found.severity, found.title) == (Severity.note, "Traceroute to 4.2.2.1, 9 hops")
    hops = ("1 192.168.100.1 (", "2 12.180.241.1 (", "5 12.122.133.110 (", "8 4.68.101.162 (", "9 4.2.2.1 (")
    assert all(hop in found.detail for hop in hops) and len(found.packets) == 54


@pytest.mark.parametrize(
    "name",
    ["icmp_echo", "ip_frag_source", "ip_ttl_source", "ip_ttl_dest", "ipv6_fragments", "icmpv6_neighbor_solicitation"],
)
def test_healthy_captures_have_nothing(judge_ppa: Judge, name: str) -> None:
    assert all(one.severity is Severity.note for one in judge_ppa(name))
