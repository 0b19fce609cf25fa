"""DHCP and DHCPv6: addresses given, refused, and asked for in vain."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scapy.layers.dhcp import BOOTP, DHCP
from scapy.layers.inet import IP, UDP
from scapy.layers.inet6 import IPv6
from scapy.layers.l2 import Ether

from pcaptui.findings import Finding, Severity
from pcaptui.findings.dhcpv6 import read

Judge = Callable[..., list[Finding]]
MAC = "02:00:00:00:00:05"
RAW = bytes.fromhex(MAC.replace(":", ""))


def asks(kind: str, ident: int = 1, mac: bytes = RAW, **options: Any) -> Any:
    head = Ether(dst="ff:ff:ff:ff:ff:ff") / IP(src="0.0.0.0", dst="255.255.255.255") / UDP(sport=68, dport=67)
    more = list(options.items())
    return head / BOOTP(op=1, xid=ident, chaddr=mac) / DHCP(options=[("message-type", kind), *more, "end"])


def tells(kind: str, ident: int = 1, mac: bytes = RAW, server: str = "10.0.0.1", address: str = "10.0.0.9",
          lease: int = 86400) -> Any:  # fmt: skip
    head = Ether() / IP(src=server, dst="10.0.0.9") / UDP(sport=67, dport=68)
    options = [("message-type", kind), ("server_id", server), ("lease_time", lease), "end"]
    return head / BOOTP(op=2, xid=ident, yiaddr=address, chaddr=mac) / DHCP(options=options)


def rest(seconds: float) -> tuple[float, Any]:
    return seconds, Ether() / IP(src="10.0.0.8", dst="10.0.0.7") / UDP(sport=9999, dport=9998) / b"xx"


def test_the_four_messages_are_one_note(judge: Judge) -> None:
    said = [(0, asks("discover")), (0.1, tells("offer")), (0.2, asks("request", server_id="10.0.0.1")),
            (0.3, tells("ack"))]  # fmt: skip
    (found,) = judge(said, "dhcp")
    assert (found.rule, found.severity, found.packets) == ("dhcp-lease", Severity.note, (0, 1, 2, 3))
    assert f"10.0.0.1 gave {MAC} the address 10.0.0.9 for 1 day" in found.detail


def test_a_lease_for_ever(judge: Judge) -> None:
    (found,) = judge([(0, asks("request")), (0.3, tells("ack", lease=0xFFFFFFFF))], "dhcp")
    assert "for ever" in found.detail and "had before" in found.detail


def test_a_refusal_without_another_address_is_an_error(judge: Judge) -> None:
    (found,) = judge([(0, asks("request", requested_addr="192.0.2.7")), (0.3, tells("nak"))], "dhcp")
    assert (found.rule, found.severity) == ("dhcp-refused", Severity.error)
    assert "192.0.2.7" in found.title and "no address" in found.detail


def test_a_refusal_that_ends_well_is_a_warning(judge: Judge) -> None:
    said = [(0, asks("request", requested_addr="192.0.2.7")), (0.3, tells("nak")), (1, asks("discover", 2)),
            (1.1, tells("offer", 2)), (1.2, asks("request", 2)), (1.3, tells("ack", 2))]  # fmt: skip
    found = judge(said, "dhcp")
    assert [(one.rule, one.severity.letter) for one in found] == [("dhcp-refused", "W"), ("dhcp-lease", "N")]


def test_clients_that_nobody_answers_are_one_error(judge: Judge) -> None:
    said = [(n * 4.0, asks("discover", 1 + n % 2, RAW[:-1] + bytes([n % 2]))) for n in range(6)]
    (found,) = judge(said, "dhcp")
    assert (found.rule, found.severity) == ("dhcp-unanswered", Severity.error)
    assert "2 clients" in found.title and len(found.packets) == 6


def test_one_discover_may_still_be_answered(judge: Judge) -> None:
    assert judge([(0, asks("discover")), rest(60)], "dhcp") == []


def test_two_servers_with_different_addresses(judge: Judge) -> None:
    said = [(0, asks("discover")), (0.1, tells("offer")), (0.2, tells("offer", server="10.0.0.66", address="10.9.9.9"))]
    (found,) = judge(said, "dhcp-two")
    assert found.severity is Severity.warning and found.hosts == ("10.0.0.1", "10.0.0.66")


def test_a_fail_over_pair_offers_the_same_address(judge: Judge) -> None:
    said = [(0, asks("discover")), (0.1, tells("offer")), (0.2, tells("offer", server="10.0.0.66"))]
    assert judge(said, "dhcp-two") == []


def test_a_declined_address_is_a_warning(judge: Judge) -> None:
    (found,) = judge([(0, asks("decline", requested_addr="10.0.0.9"))], "dhcp")
    assert (found.rule, found.severity) == ("dhcp-declined", Severity.warning)


def test_many_leases_are_summed_up(judge: Judge) -> None:
    said = []
    for n in range(40):
        mac = RAW[:-1] + bytes([n])
        said += [(float(n), asks("request", n, mac)), (n + 0.1, tells("ack", n, mac, address=f"10.0.0.{n + 10}"))]
    found = judge(said, "dhcp-lease")
    assert len(found) == 31 and found[-1].title == "10 more addresses given by DHCP"


def test_broken_messages_break_no_rule(judge: Judge) -> None:
    data = bytes(tells("ack"))[42:]
    cut = [Ether() / IP(src="10.0.0.1", dst="10.0.0.9") / UDP(sport=67, dport=68) / data[:end]
           for end in range(0, len(data), 3)]  # fmt: skip
    judge([(float(n), packet) for n, packet in enumerate(cut)], "dhcp")


def option(code: int, body: bytes) -> bytes:
    return code.to_bytes(2, "big") + len(body).to_bytes(2, "big") + body


def six(kind: int, *options: bytes, answer: bool = False) -> Any:
    ends = ("fe80::1", "fe80::5", 547, 546) if answer else ("fe80::5", "ff02::1:2", 546, 547)
    data = bytes([kind, 0, 0, 1]) + option(1, b"client") + b"".join(options)
    return Ether() / IPv6(src=ends[0], dst=ends[1]) / UDP(sport=ends[2], dport=ends[3]) / data


ADDRESS = option(
    3, bytes(12) + option(5, bytes.fromhex("20010db8" + "0" * 23 + "7") + bytes.fromhex("00000e1000000e10"))
)


def test_an_address_of_dhcpv6_is_a_note(judge: Judge) -> None:
    said = [
        (0, six(1)),
        (0.1, six(2, ADDRESS, answer=True)),
        (0.2, six(3, ADDRESS)),
        (0.3, six(7, ADDRESS, answer=True)),
    ]
    (found,) = judge(said, "dhcp")
    assert (found.rule, found.severity, found.packets) == ("dhcpv6-lease", Severity.note, (0, 1, 2, 3))
    assert "2001:db8::7 for 1 h 0 min" in found.detail


def test_a_refusal_of_dhcpv6_is_a_warning(judge: Judge) -> None:
    (found,) = judge([(0, six(1)), (0.1, six(2, option(13, b"\0\2none"), answer=True))], "dhcp")
    assert found.title == "DHCPv6 server: no addresses available"


def test_no_dhcpv6_server_is_a_note(judge: Judge) -> None:
    (found,) = judge([(n * 2.0, six(1)) for n in range(5)], "dhcp")
    assert (found.rule, found.severity) == ("dhcpv6-unanswered", Severity.note)


@given(st.binary(max_size=200))
def test_any_bytes_are_read(data: bytes) -> None:
    read(0, b"\7" + data)


@pytest.mark.parametrize(("name", "packets"), [("dhcp_nolease_initialization", 4), ("dhcp_inlease_renewal", 2)])
def test_the_lease_of_a_real_exchange(judge_ppa: Judge, name: str, packets: int) -> None:
    (found,) = judge_ppa(name, "dhcp")
    assert found.severity is Severity.note and len(found.packets) == packets
    assert found.title == "192.168.1.10 given to 00:0c:29:59:fd:21"
    assert "DHCP server 192.168.1.5" in found.detail and "for 10 min" in found.detail


def test_the_address_of_a_real_exchange_of_dhcpv6(judge_ppa: Judge) -> None:
    (found,) = judge_ppa("dhcp6_outlease_acquisition", "dhcp")
    assert found.title == "2001:db8:1:2::1002 given by DHCPv6" and len(found.packets) == 4
