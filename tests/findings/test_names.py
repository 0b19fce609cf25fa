"""DNS: silence, errors, slow and odd answers, zone transfers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from scapy.layers.dns import DNS, DNSQR, DNSRR
from scapy.layers.inet import IP, TCP, UDP
from scapy.layers.l2 import ARP, Ether

from pcaptui.findings import Finding, Severity

Judge = Callable[..., list[Finding]]
CLIENT, SERVER, OTHER = "10.0.0.5", "10.0.0.1", "10.0.0.2"


def query(name: str, ident: int = 1, server: str = SERVER, client: str = CLIENT, port: int = 40000) -> Any:
    head = Ether() / IP(src=client, dst=server) / UDP(sport=port, dport=53)
    return head / DNS(id=ident, rd=1, qd=DNSQR(qname=name))


def answer(name: str, ident: int = 1, server: str = SERVER, client: str = CLIENT, port: int = 40000, rcode: int = 0,
           address: str = "192.0.2.1", cut: int = 0) -> Any:  # fmt: skip
    given = DNSRR(rrname=name, type="A", rdata=address, ttl=60) if not rcode else []
    said = DNS(id=ident, qr=1, rd=1, ra=1, tc=cut, rcode=rcode, qd=DNSQR(qname=name), an=given)
    return Ether() / IP(src=server, dst=client) / UDP(sport=53, dport=port) / said


def rest(seconds: float) -> tuple[float, Any]:
    """Something else, so that the capture goes on."""
    return seconds, Ether() / IP(src="10.0.0.9", dst=CLIENT) / UDP(sport=9999, dport=9998) / b"xx"


def test_a_server_that_never_answers_is_one_error(judge: Judge) -> None:
    (found,) = judge([(0, query("a.example")), (1, query("a.example")), (2, query("b.example", 2)), rest(6)], "dns-")
    assert (found.rule, found.severity) == ("dns-unanswered", Severity.error)
    assert found.title == f"DNS: {SERVER} does not answer"
    assert "three times for a.example and b.example: no answer in 6.00 s" in found.detail
    assert found.packets == (0, 1, 2)


def test_what_is_too_much_to_tell_is_summed_up_with_its_packets(judge: Judge) -> None:
    said = [one for n in range(45) for one in (
        (n / 10, query("a.example", n, f"10.0.1.{n}")), (n / 10 + 0.01, answer("a.example", n, f"10.0.1.{n}", rcode=5))
    )]  # fmt: skip
    found = judge(said, "dns-failure")
    assert len(found) == 41 and {one.severity for one in found} == {Severity.warning}
    (more,) = [one for one in found if one.title.startswith("...")]
    assert more.title == "... and 5 more of this kind" and len(more.packets) == 5


def test_several_clients_of_a_silent_server_are_one_finding(judge: Judge) -> None:
    asked = [(n / 10, query("a.example", n, client=f"10.0.0.{n + 20}")) for n in range(5)]
    (found,) = judge([*asked, rest(5)], "dns-")
    assert "and 2 more" in found.detail and len(found.packets) == 5


def test_a_query_at_the_end_of_the_capture_has_still_time(judge: Judge) -> None:
    assert judge([(0, query("a.example")), rest(0.5)], "dns-") == []


def test_a_name_that_another_server_answers_is_no_failure(judge: Judge) -> None:
    said = [(0, query("a.example")), (1, query("a.example", 2, OTHER)), (1.1, answer("a.example", 2, OTHER)), rest(9)]
    assert judge(said, "dns-") == []


def test_a_silent_server_beside_one_that_answers_is_a_warning(judge: Judge) -> None:
    said: list[tuple[float, Any]] = []
    for n in range(4):
        name = f"host{n}.example"
        said += [(n * 3.0, query(name, n)), (n * 3 + 1.0, query(name, n + 50, OTHER)),
                 (n * 3 + 1.1, answer(name, n + 50, OTHER))]  # fmt: skip
    (found,) = judge([*said, rest(20)], "dns-")
    assert (found.rule, found.severity) == ("dns-lost", Severity.warning)
    assert f"4 of 4 queries to {SERVER} had no answer" in found.detail


def test_a_name_without_answer_from_a_server_that_answers_others(judge: Judge) -> None:
    said = [(0, query("good.example")), (0.1, answer("good.example")), (1, query("bad.example", 2)),
            (2, query("bad.example", 2)), rest(9)]  # fmt: skip
    (found,) = judge(said, "dns-")
    assert (found.severity, found.title) == (Severity.warning, "No answer for bad.example")


def test_the_way_of_the_queries_is_told_from_arp(judge: Judge) -> None:
    gate = "02:00:00:00:00:fe"
    reply = Ether(src=gate, dst="02:00:00:00:00:05") / ARP(op=2, hwsrc=gate, psrc="10.0.0.254", pdst=CLIENT)
    asked = [query("a.example", server="192.0.2.53") for _ in range(2)]
    for one in asked:
        one[Ether].dst, one[Ether].src = gate, "02:00:00:00:00:05"
    (found,) = judge([(0, reply), (0, asked[0]), (1, asked[1]), rest(5)], "dns-")
    assert "go through 10.0.0.254, which answers ARP: look at the path beyond it" in found.detail


def test_a_capture_of_one_direction_is_no_error(judge: Judge) -> None:
    (found,) = judge([(0, query("a.example")), (3, query("a.example")), (6, query("a.example"))], "dns-")
    assert found.severity is Severity.warning and "only one direction" in found.detail


@pytest.mark.parametrize(
    ("rcode", "rule", "severity"),
    [
        (2, "dns-failure", Severity.warning),
        (5, "dns-failure", Severity.warning),
        (3, "dns-no-such-name", Severity.note),
    ],
)
def test_answers_that_say_no(judge: Judge, rcode: int, rule: str, severity: Severity) -> None:
    (found,) = judge([(0, query("a.example")), (0.1, answer("a.example", rcode=rcode))], "dns-")
    assert (found.rule, found.severity, found.packets) == (rule, severity, (1,))
    assert "a.example" in found.title


def test_a_failure_that_was_mended_is_a_note(judge: Judge) -> None:
    said = [(0, query("a.example")), (0.1, answer("a.example", rcode=2)), (1, query("a.example", 2)),
            (1.1, answer("a.example", 2))]  # fmt: skip
    (found,) = judge(said, "dns-")
    assert found.severity is Severity.note and "answered later" in found.detail


def test_slow_answers_are_told_with_their_time(judge: Judge) -> None:
    (found,) = judge([(0, query("a.example")), (3.5, answer("a.example"))], "dns-")
    assert (found.rule, found.severity) == ("dns-slow", Severity.warning)
    assert "3.50 s" in found.title and found.packets == (0, 1)


def test_an_answer_within_a_second_is_not_slow(judge: Judge) -> None:
    assert judge([(0, query("a.example")), (0.8, answer("a.example"))], "dns-") == []


def test_an_answer_with_an_id_that_was_not_asked_with(judge: Judge) -> None:
    said = [(0, query("a.example", 7)), (0.1, answer("a.example", 8)), (0.2, answer("a.example", 7))]
    (found,) = judge(said, "dns-")
    assert (found.rule, found.severity) == ("dns-mismatched", Severity.warning)
    assert "0x0008 instead of 0x0007" in found.detail and found.packets == (0, 1)


def test_many_wrong_ids_are_an_attempt_to_forge(judge: Judge) -> None:
    guesses = [(0.1 + n / 1000, answer("a.example", 100 + n)) for n in range(10)]
    (found,) = judge([(0, query("a.example", 7)), *guesses, (0.5, answer("a.example", 7))], "dns-")
    assert found.severity is Severity.error and "10 answers" in found.detail


def test_an_answer_whose_query_was_not_captured_is_nothing(judge: Judge) -> None:
    assert judge([(0, answer("a.example", 8)), (1, query("b.example", 9)), (1.1, answer("b.example", 9))], "dns-") == []


def test_two_answers_that_contradict_each_other(judge: Judge) -> None:
    said = [(0, query("a.example")), (0.01, answer("a.example", address="198.51.100.9")), (0.1, answer("a.example"))]
    (found,) = judge(said, "dns-")
    assert (found.rule, found.severity) == ("dns-contradiction", Severity.warning)
    assert found.packets == (0, 1, 2)


def test_an_answer_that_comes_twice_contradicts_nothing(judge: Judge) -> None:
    said = [(0, query("a.example")), (0.01, answer("a.example")), (0.1, answer("a.example"))]
    assert judge(said, "dns-") == []


def test_servers_that_disagree_whether_a_name_exists(judge: Judge) -> None:
    said = [(0, query("a.example")), (0.01, answer("a.example", rcode=3)), (1, query("a.example", 2, OTHER)),
            (1.1, answer("a.example", 2, OTHER))]  # fmt: skip
    assert [one.rule for one in judge(said, "dns-dis")] == ["dns-disagreement"]


def test_a_cut_answer_without_tcp_says_so(judge: Judge) -> None:
    (found,) = judge([(0, query("a.example")), (0.1, answer("a.example", cut=1))], "dns-")
    assert (found.rule, found.severity) == ("dns-over-tcp", Severity.note)
    assert "did not ask again" in found.detail


def test_broken_messages_break_no_rule(judge: Judge) -> None:
    whole = [bytes(query("a.example"))[42:], bytes(answer("a.example", rcode=2))[42:], bytes(answer("a.example"))[42:]]
    pieces = []
    for data in whole:
        for end in range(len(data)):
            sport, dport = (53, 40000) if data[2] & 0x80 else (40000, 53)
            ends = (SERVER, CLIENT) if data[2] & 0x80 else (CLIENT, SERVER)
            pieces.append(Ether() / IP(src=ends[0], dst=ends[1]) / UDP(sport=sport, dport=dport) / data[:end])
    judge([(n * 3.0, packet) for n, packet in enumerate(pieces)], "dns-")


def test_no_web_access_because_dns_is_silent(judge_ppa: Judge) -> None:
    (found,) = judge_ppa("nowebaccess1", "dns-")
    assert found.severity is Severity.error
    assert "172.16.0.8 asked 4.2.2.2 and 4.2.2.1 seven times for www.google.com: no answer in 8.00 s" in found.detail
    assert "172.16.0.10, which answers ARP: look at the path beyond it" in found.detail
    assert found.packets == (2, 3, 4, 5, 6, 7, 8)


@pytest.mark.parametrize("name", ["stranded_clientside", "stranded_branchdns"])
def test_the_branch_office_s_name_server_fails(judge_ppa: Judge, name: str) -> None:
    (found,) = judge_ppa(name, "dns-")
    assert (found.severity, found.title) == (Severity.warning, "Server failure for appserver")


def test_a_zone_is_handed_out(judge_ppa: Judge) -> None:
    (found,) = judge_ppa("dns_axfr", "dns-")
    assert (found.severity, found.title) == (Severity.note, "Zone transfer of contoso.local handed out")
    assert "21 records" in found.detail and found.stream == "tcp:0"


def test_a_long_answer_is_asked_for_again_over_tcp(judge_ppa: Judge) -> None:
    (found,) = judge_ppa("dns_tcp", "dns-")
    assert found.severity is Severity.note and "asked again over TCP" in found.detail


@pytest.mark.parametrize("name", ["dns_query_nonexistent", "dns_lab"])
def test_a_name_that_does_not_exist_is_a_note(judge_ppa: Judge, name: str) -> None:
    (found,) = judge_ppa(name, "dns-")
    assert (found.rule, found.severity) == ("dns-no-such-name", Severity.note)


@pytest.mark.parametrize(
    "name", ["dns_query_response", "dns_recursivequery_client", "dns_recursivequery_server", "dns_reverse_lookup"]
)
def test_good_answers_are_no_finding(judge_ppa: Judge, name: str) -> None:
    assert judge_ppa(name, "dns-") == []


def test_a_name_that_leads_to_a_search_for_itself(judge_ppa: Judge) -> None:
    (found,) = judge_ppa("dns_isp_hijack", "dns-")
    assert (found.rule, found.severity) == ("dns-search-page", Severity.warning)
    assert "4.2.2.1 gave an address for 3439ur09dhiolh32ljha.net" in found.detail
    assert "searchguide.level3.com" in found.detail and found.packets == (1, 22)


@pytest.mark.parametrize(
    ("path", "referer", "many"),
    [("/search/?q=http%3A//a.example/&r=", "http://a.example/", 1), ("/search/?q=http%3A//a.example/&r=", "", 0),
     ("/share?u=http%3A//a.example/", "http://a.example/", 0), ("/search?q=words", "http://a.example/", 0)],
)  # fmt: skip
def test_other_requests_that_name_a_page_are_nothing(judge: Judge, path: str, referer: str, many: int) -> None:
    request = (
        f"GET {path} HTTP/1.1\r\nHost: search.example\r\n" + (f"Referer: {referer}\r\n" if referer else "") + "\r\n"
    )
    packet = Ether() / IP(src=CLIENT, dst="198.51.100.7") / TCP(sport=5, dport=80, flags="PA") / (request + " " * 60)
    assert len(judge([(0, query("a.example")), (0.1, answer("a.example")), (1, packet)], "dns-")) == many
