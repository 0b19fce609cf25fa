"""The course's captures: what the TCP rules must say of them, and what not."""

from __future__ import annotations

from pathlib import Path

import pytest

from pcaptui.capture import Capture
from pcaptui.findings import Finding, Severity, find

E, W, N = Severity.error, Severity.warning, Severity.note
PREFIXES = ("tcp-", "udp-scan", "mtu-", "checksum-offload", "capture-gaps")


def findings(shared: Path, name: str) -> list[Finding]:
    path = shared / "ppa" / f"{name}.pcapng"
    if not path.is_file():
        pytest.skip(f"{path.name} is not among the real captures")
    capture = Capture([str(path)])
    capture.load_all()
    report = find(capture)
    assert not [rule for rule in report.failed if rule.startswith(PREFIXES)]
    return [one for one in report.findings if one.rule.startswith(PREFIXES)]


def only(found: list[Finding], rule: str) -> Finding:
    """The one finding of a rule."""
    mine = [one for one in found if one.rule == rule]
    assert len(mine) == 1, [one.title for one in found]
    return mine[0]


def numbers(one: Finding) -> list[int]:
    return [index + 1 for index in one.packets]


CASES = [
    ("tcp_dupack", "tcp-loss", W, ["1 segment", "195.81.202.68", "fast retransmission", "3 duplicate ACKs"]),
    ("tcp_retransmissions", "tcp-no-answer", E,
     ["10.3.71.7", "5 retransmissions", "206 ms, 600 ms, 1.20 s, 2.40 s and 4.80 s", "doubles"]),
    ("tcp_zerowindowrecovery", "tcp-zero-window", N, ["192.168.0.20", "10 ms", "8760, 5840, 2920, 0", "64240"]),
    ("tcp_zerowindowdead", "tcp-zero-window", E, ["172.31.136.85", "23.7 s", "three times"]),
    ("latency2", "tcp-slow-wire", W, ["879 ms", "1.16 s", "on the wire"]),
    ("latency3", "tcp-slow-client", W, ["1.35 s", "lost in the client"]),
    ("latency4", "tcp-slow-server", W, ["983 ms", "48 ms", "lost in the server"]),
    ("nowebaccess2", "tcp-refused", E, ["172.16.0.102", "3 SYNs", "RST", "port 80", "asked no DNS"]),
    ("nowebaccess3", "tcp-unanswered", E, ["74.125.95.105:80", "3 SYNs", "dropped, not refused", "DNS did answer"]),
    ("tcp_refuseconnection", "tcp-refused", E, ["192.168.100.1", "RST"]),
    ("inconsistent_printer", "tcp-no-answer", E, ["172.16.0.253:9100", "2 retransmissions", "5.50 s and 5.60 s"]),
    ("inconsistent_printer", "tcp-window-full", W, ["three times", "5 window updates"]),
    ("stranded_branchdns", "tcp-unanswered", E, ["172.16.16.251", "172.16.16.250:53", "zone transfers"]),
    ("synscan", "tcp-scan-ports", E,
     ["172.16.0.8", "64.13.134.52", "1000 ports", "Open: 3 ports (22, 53, 80)",
      "Closed (RST): 4 ports (25, 70, 113, 31337)", "Silent: 993 ports"]),
    ("http_espn_fail", "tcp-unanswered", E, ["203.0.113.94:80", "9 connections", "67.4 s", "It did reach"]),
]  # fmt: skip


@pytest.mark.parametrize(("name", "rule", "severity", "words"), CASES, ids=[f"{case[0]}-{case[1]}" for case in CASES])
def test_the_cause_is_told_with_hosts_counts_and_times(
    shared_captures: Path, name: str, rule: str, severity: Severity, words: list[str]
) -> None:
    one = only(findings(shared_captures, name), rule)
    assert one.severity is severity
    assert [word for word in words if word not in one.detail] == []
    assert len(one.title) <= 70


PACKETS = [
    ("tcp_dupack", "tcp-loss", [3, 5, 7, 8]),
    ("tcp_retransmissions", "tcp-no-answer", [1, 2, 3, 4, 5, 6]),
    ("tcp_zerowindowrecovery", "tcp-zero-window", [4, 5]),
    ("tcp_zerowindowdead", "tcp-zero-window", [2, 3, 4, 5, 6, 7, 8]),
    ("inconsistent_printer", "tcp-no-answer", [119, 120, 121, 122]),
    ("latency4", "tcp-slow-server", [1, 2, 3, 4, 6]),
    ("stranded_branchdns", "tcp-unanswered", [3]),
]


@pytest.mark.parametrize(("name", "rule", "packets"), PACKETS, ids=[case[0] for case in PACKETS])
def test_a_finding_rests_on_the_packets_that_show_it(
    shared_captures: Path, name: str, rule: str, packets: list[int]
) -> None:
    assert numbers(only(findings(shared_captures, name), rule)) == packets


def test_two_thousand_probes_are_one_finding(shared_captures: Path) -> None:
    found = findings(shared_captures, "synscan")
    assert [one.rule for one in found] == ["tcp-scan-ports"]
    assert len(found[0].packets) > 2000


def test_a_busy_client_is_no_scan(shared_captures: Path) -> None:
    found = findings(shared_captures, "http_espn")
    assert [one.rule for one in found if one.severity is not N] == []


@pytest.mark.parametrize(
    "name",
    ["http_google", "tcp_handshake", "tcp_teardown", "weather_working", "icmp_echo", "latency1", "tcp_ports",
     "http_ip4and6", "mail_sender_client_1", "mail_sender_server_2", "mail_receiver_server_3",
     "mail_sender_attachment", "http_dvwa_clearlogin", "tickedoffdeveloper", "wrongdissector", "arppoison",
     "dns_tcp", "dns_axfr", "nowebaccess1", "sessionhijacking"],
)  # fmt: skip
def test_connections_that_work_have_neither_errors_nor_warnings(shared_captures: Path, name: str) -> None:
    assert [one.title for one in findings(shared_captures, name) if one.severity is not N] == []


def test_checksums_of_the_capturing_host_are_unfinished(shared_captures: Path) -> None:
    one = only(findings(shared_captures, "mail_sender_client_1"), "checksum-offload")
    assert one.hosts == ("172.16.16.225",)
    assert len(one.packets) == 11


def test_a_capture_that_ends_with_the_syn_claims_no_drop(shared_captures: Path) -> None:
    found = findings(shared_captures, "passiveosfingerprinting")
    assert [(one.rule, one.severity) for one in found] == [("tcp-unanswered-yet", N)]


def test_probing_for_the_operating_system_is_one_finding(shared_captures: Path) -> None:
    found = findings(shared_captures, "activeosfingerprinting")
    assert [one.rule for one in found] == ["tcp-odd-flags"]
