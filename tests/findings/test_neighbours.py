"""ARP and neighbour discovery: who claims which address, and who does not answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from scapy.layers.inet import IP, UDP
from scapy.layers.inet6 import (
    ICMPv6ND_NA,
    ICMPv6ND_NS,
    ICMPv6ND_Redirect,
    ICMPv6NDOptDstLLAddr,
    ICMPv6NDOptSrcLLAddr,
    IPv6,
)
from scapy.layers.l2 import ARP, Ether

from pcaptui.findings import Finding, Severity

Judge = Callable[..., list[Finding]]
A, B, C, GATE, EVIL = (f"02:00:00:00:00:{n:02x}" for n in (10, 11, 12, 1, 66))


def arp(operation: int, mac: str, sender: str, target: str, asked: str = "00:00:00:00:00:00") -> Any:
    return Ether(src=mac, dst=asked if operation == 2 else "ff:ff:ff:ff:ff:ff") / ARP(
        op=operation, hwsrc=mac, psrc=sender, hwdst=asked, pdst=target
    )


def datagram(seconds: float, source: str, mac: str, destination: str, to: str) -> tuple[float, Any]:
    return seconds, Ether(src=mac, dst=to) / IP(src=source, dst=destination) / UDP(sport=9999, dport=9998) / b"xx"


def test_two_macs_by_turns_are_an_error(judge: Judge) -> None:
    said = [(n, arp(2, (A, B)[n % 2], "10.0.0.1", "10.0.0.5", C)) for n in range(4)]
    (found,) = judge(said, "arp-conflict")
    assert found.severity is Severity.error and found.title == "2 MAC addresses claim 10.0.0.1"
    assert A in found.detail and B in found.detail and found.packets == (0, 1, 2, 3)


def test_an_address_that_moved_once_is_a_warning(judge: Judge) -> None:
    said = [(n, arp(2, A if n < 2 else B, "10.0.0.1", "10.0.0.5", C)) for n in range(4)]
    (found,) = judge(said, "arp-conflict")
    assert found.severity is Severity.warning and "heard no more" in found.detail


def test_one_who_poses_as_many_is_one_finding(judge: Judge) -> None:
    said = [(n, arp(2, (A, EVIL)[n % 2], f"10.0.0.{1 + n // 4}", "10.0.0.5", C)) for n in range(12)]
    (found,) = judge(said, "arp-conflict")
    assert "10.0.0.1, 10.0.0.2 and 10.0.0.3" in found.detail


def test_routers_that_share_an_address_are_no_conflict(judge: Judge) -> None:
    said = [(n, arp(2, ("00:00:5e:00:01:07", A)[n % 2], "10.0.0.1", "10.0.0.5", C)) for n in range(4)]
    assert judge(said, "arp-conflict") == []


def test_traffic_taken_over_by_arp_is_an_error(judge: Judge) -> None:
    victim, far = "10.0.0.5", "192.0.2.9"
    said = [datagram(0, victim, A, far, GATE), datagram(0.1, far, GATE, victim, A),
            (1, arp(1, EVIL, "10.0.0.66", "10.0.0.1")),
            (2, arp(1, A, victim, "10.0.0.66")), (2, arp(2, EVIL, "10.0.0.1", victim, A)),
            datagram(3, victim, A, far, EVIL), datagram(3.1, far, EVIL, victim, A)]  # fmt: skip
    (found,) = judge(said, "arp-conflict")
    assert found.severity is Severity.error and found.title == f"Two MAC addresses claim the way out of {victim}"
    assert GATE in found.detail and EVIL in found.detail and "passed them on" in found.detail


def test_an_address_in_use_is_found_by_its_probe(judge: Judge) -> None:
    said = [(0, arp(1, A, "0.0.0.0", "10.0.0.7")), (0.1, arp(2, B, "10.0.0.7", "0.0.0.0", A))]
    (found,) = judge(said, "arp-")
    assert (found.rule, found.severity) == ("arp-duplicate-address", Severity.warning)


def test_announcements_are_a_note_and_a_storm_a_warning(judge: Judge) -> None:
    few = [(n * 60.0, arp(1, A, "10.0.0.1", "10.0.0.1")) for n in range(5)]
    assert [(one.rule, one.severity.letter) for one in judge(few, "arp-")] == [("arp-announcement", "N")]
    many = [(n * 0.1, arp(1, A, "10.0.0.1", "10.0.0.1")) for n in range(50)]
    (found,) = judge(many, "arp-")
    assert (found.rule, found.severity, len(found.packets)) == ("arp-storm", Severity.warning, 50)


def test_requests_that_nobody_answers(judge: Judge) -> None:
    said = [(n, arp(1, A, "10.0.0.5", "10.0.0.9")) for n in range(4)]
    (found,) = judge([*said, datagram(9, "10.0.0.6", B, "10.0.0.5", A)], "arp-")
    assert (found.rule, found.severity) == ("arp-unanswered", Severity.warning)
    assert "10.0.0.5 asked four times in 3.00 s who has 10.0.0.9" in found.detail


def test_replies_that_cannot_have_been_captured_are_not_missed(judge: Judge) -> None:
    (found,) = judge([(n, arp(1, A, "10.0.0.5", "10.0.0.9")) for n in range(4)], "arp-")
    assert found.severity is Severity.note


def test_a_host_that_is_heard_otherwise_is_there(judge: Judge) -> None:
    said = [(n, arp(1, A, "10.0.0.5", "10.0.0.9")) for n in range(4)]
    assert judge([*said, datagram(9, "10.0.0.9", B, "10.0.0.5", A)], "arp-") == []


def test_who_asks_for_many_is_told_once(judge: Judge) -> None:
    (found,) = judge([(n / 10, arp(1, A, "10.0.0.5", f"10.0.1.{n}")) for n in range(1, 60)], "arp-")
    assert (found.rule, found.severity) == ("arp-sweep", Severity.note)


def solicits(mac: str, source: str, target: str) -> Any:
    return (
        Ether(src=mac)
        / IPv6(src=source, dst="ff02::1:ff00:1")
        / ICMPv6ND_NS(tgt=target)
        / ICMPv6NDOptSrcLLAddr(lladdr=mac)
    )


def advertises(mac: str, address: str, to: str = "fe80::5") -> Any:
    said = ICMPv6ND_NA(tgt=address, S=1, O=1, R=0) / ICMPv6NDOptDstLLAddr(lladdr=mac)
    return Ether(src=mac) / IPv6(src=address, dst=to) / said


def test_two_neighbours_with_one_address(judge: Judge) -> None:
    (found,) = judge([(n, advertises((A, B)[n % 2], "fe80::1")) for n in range(4)], "nd-")
    assert (found.rule, found.severity) == ("nd-conflict", Severity.error)


def test_a_duplicate_address_is_detected(judge: Judge) -> None:
    probe = Ether(src=A) / IPv6(src="::", dst="ff02::1:ff00:1") / ICMPv6ND_NS(tgt="fe80::1")
    (found,) = judge([(0, probe), (0.1, advertises(B, "fe80::1", "ff02::1"))], "nd-")
    assert (found.rule, found.severity) == ("nd-duplicate-address", Severity.warning)
    assert A in found.detail and B in found.detail


def test_an_address_that_is_free_is_no_finding(judge: Judge) -> None:
    probe = Ether(src=A) / IPv6(src="::", dst="ff02::1:ff00:1") / ICMPv6ND_NS(tgt="fe80::1")
    assert judge([(0, probe), (1.5, advertises(A, "fe80::1", "ff02::1"))], "nd-") == []


def test_neighbours_that_do_not_answer(judge: Judge) -> None:
    said = [(n, solicits(A, "fe80::5", "fe80::1")) for n in range(4)]
    (found,) = judge([*said, (9, advertises(B, "fe80::2"))], "nd-")
    assert (found.rule, found.severity) == ("nd-unanswered", Severity.warning)


def test_a_redirect_is_a_note(judge: Judge) -> None:
    said = Ether() / IPv6(src="fe80::1", dst="fe80::5") / ICMPv6ND_Redirect(tgt="fe80::2", dst="2001:db8::9")
    (found,) = judge([(0, said)], "nd-")
    assert found.severity is Severity.note and "to reach 2001:db8::9 through fe80::2" in found.detail


def test_broken_packets_break_no_rule(judge: Judge) -> None:
    whole = bytes(arp(2, A, "10.0.0.1", "10.0.0.5", C)), bytes(advertises(A, "fe80::1"))
    judge([(1.0, Ether(data[:end])) for data in whole for end in range(14, len(data))], "arp-", "nd-")


def test_real_arp_poisoning_is_an_error(judge_ppa: Judge) -> None:
    (found,) = judge_ppa("arppoison", "arp-")
    assert found.severity is Severity.error and found.title == "Two MAC addresses claim the way out of 172.16.0.107"
    assert "00:26:0b:31:07:33" in found.detail and "00:25:b3:bf:91:ee" in found.detail
    assert {53, 54, 55} & set(found.packets)


def test_a_real_announcement_is_a_note_and_a_resolution_nothing(judge_ppa: Judge) -> None:
    assert [one.severity.letter for one in judge_ppa("arp_gratuitous", "arp-")] == ["N"]
    assert judge_ppa("arp_resolution", "arp-") == judge_ppa("icmpv6_neighbor_solicitation", "nd-") == []
