"""The course's cases, row by row, as far as no other test shows them: what the rows say, what belongs together, and
what the samples made after them say in words."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pcaptui.capture import Capture
from pcaptui.dissect.rows import Rows
from pcaptui.exchanges import Exchanges
from pcaptui.findings import Finding, Severity

from .conftest import look

Judge = Callable[..., list[Finding]]
SAMPLES = Path(__file__).resolve().parent.parent.parent / "sample_pcaps"
E, W, N = Severity.error, Severity.warning, Severity.note

# (row of the case book, sample, rule, severity, words of the sentence)
IN_SAMPLES = [
    (1, "tls-then-http", "tls-left", N, ["spoke TLS with 203.0.113.40 (shop.example.com)", "without TLS"]),
    (2, "tls-kept-open", "tls-kept-open", N, ["one TLS handshake", "sent data four times in 56.1 s", "27.3 s"]),
    (3, "tls-unknown-ca", "tls-alert", E, ["'Unknown CA'", "right after the server's certificate", "was not used"]),
    (4, "fast-retransmission", "tcp-loss", W, ["1 segment", "fast retransmission after 3 duplicate ACKs"]),
    (5, "retransmission-timeouts", "tcp-no-answer", E, ["retransmission", "(RTO) doubles"]),
    (6, "zero-window-recovered", "tcp-zero-window", N, ["413 ms", "The window sank", "It opened again"]),
    (7, "zero-window-stalled", "tcp-zero-window", E, ["still closed at the end", "whether it is open again"]),
    (8, "slow-wire", "tcp-slow-wire", W, ["on the wire"]),
    (8, "slow-client", "tcp-slow-client", W, ["lost in the client"]),
    (8, "slow-server", "tcp-slow-server", W, ["lost in the server"]),
    (11, "ftp-login", "ftp-files", N, ["stored", "data in tcp:"]),
    (12, "web-form-login", "credentials-form", W, ["without encryption"]),
    (13, "dns-silent", "dns-unanswered", E, ["seven times", "no answer", "answers ARP"]),
    (14, "web-refused", "tcp-refused", E, ["RST", "nothing listens there", "asked no DNS"]),
    (15, "web-dropped", "tcp-unanswered", E, ["dropped, not refused", "DNS did answer"]),
    (17, "printer-stops", "tcp-no-answer", E, ["9100", "retransmission"]),
    (18, "dns-server-failure", "tcp-unanswered", E, ["zone transfers"]),
    (18, "dns-server-failure", "dns-failure", W, ["Server failure"]),
    (19, "dns-zone-transfer", "dns-zone-transfer", N, ["AXFR", "records"]),
    (20, "dns-no-such-name", "dns-no-such-name", N, ["does not exist"]),
    (21, "dhcp-lease", "dhcp-lease", N, ["Discover, Offer, Request, ACK"]),
    (21, "dhcp-silent", "dhcp-unanswered", E, ["no offer"]),
    (22, "arp-poison", "arp-conflict", E, ["192.168.1.1"]),
    (23, "syn-scan", "tcp-scan-ports", E, ["Open: 3 ports", "Closed (RST)", "Silent: 4 ports"]),
    (24, "traceroute", "traceroute", N, ["5 hops away", "silent"]),
    (25, "web-redirects", "http-redirect", N, ["→"]),
    (26, "ftp-on-443", "port-protocol", N, ["speak FTP, not TLS", "tcp.port==443,ftp"]),
    (27, "web-page-stalls", "tcp-no-answer", E, ["203.0.113.99:80"]),
    (29, "wireless-wrong-passphrase", "wireless-handshake", E, ["message 3 never came"]),
    (31, "web-attacks", "http-traversal", W, ["'../'"]),
    (31, "web-attacks", "http-sql", W, ["SQL in a parameter"]),
    (31, "web-attacks", "http-program-disguised", W, ["image/jpeg"]),
    (31, "dns-two-answers", "dns-contradiction", W, ["more than one answer"]),
]


@pytest.mark.parametrize(
    ("row", "sample", "rule", "severity", "words"), IN_SAMPLES, ids=[f"{case[0]}-{case[2]}" for case in IN_SAMPLES]
)
def test_a_sample_tells_what_its_row_asks_for(
    row: int, sample: str, rule: str, severity: Severity, words: list[str]
) -> None:
    (one,) = [found for found in look(SAMPLES / f"{sample}.pcapng") if found.rule == rule]
    assert one.severity is severity
    assert [word for word in words if word not in one.detail] == []
    assert one.packets and len(one.title) <= 70


# (capture of the course, packet, what its row says)
ROWS = [
    ("tcp_dupack", 3, "[TCP Dup ACK 1#1]"),
    ("tcp_dupack", 7, "[TCP Dup ACK 1#3]"),
    ("tcp_dupack", 8, "[TCP Fast Retransmission]"),
    ("tcp_zerowindowdead", 3, "[TCP Keep-Alive]"),
    ("tcp_zerowindowdead", 4, "[TCP ZeroWindow]"),
    ("tcp_zerowindowrecovery", 5, "[TCP Window Update]"),
    ("inconsistent_printer", 32, "[TCP Window Update]"),
    ("inconsistent_printer", 120, "[TCP Window Full]"),
    ("http_post", 4, "POST /wp-comments-post.php HTTP/1.1  (application/x-www-form-urlencoded)"),
    ("dns_axfr", 6, "Standard query 0x0007 AXFR contoso.local"),
    ("icmp_echo", 2, "Echo (ping) reply    id=0x0500, seq=13312/52, ttl=255 (request in 1)"),
    ("ip_frag_source", 1, "Fragmented IP protocol (proto=ICMP 1, off=0, ID=7474)"),
    ("mail_sender_client_1", 8, "C: MAIL FROM:<sanders@skynet.local> SIZE=556"),
    ("mail_sender_client_1", 15, "from: Chris Sanders <sanders@skynet.local>, subject: Help!"),
    ("80211beacon", 1, 'Beacon frame, SN=1352, FN=0, Flags=........, BI=100, SSID="TESLA"'),
    ("3e80211_wpaauth", 10, "Key (Message 3 of 4)"),
    ("icmpv6_neighbor_solicitation", 2, "Neighbor Advertisement 2001:db8:1:2::1000 (sol, ovr)"),
    ("dhcp6_outlease_acquisition", 1, "Solicit XID: 0x9de03f"),
    ("dhcp6_outlease_acquisition", 4, "Reply XID: 0x2d1603"),
    ("ipv6_fragments", 1, "IPv6 fragment (off=0 more=y ident=0xcde00817 nxt=58)"),
    ("ipv6_fragments", 4, "Echo (ping) reply id=0xea40, seq=1, hop limit=64 (request in 2)"),
    ("http_ip4and6", 4, "GET / HTTP/1.1"),
    ("http_ip4and6", 14, "GET / HTTP/1.1"),
]


def course(shared: Path, name: str) -> Capture:
    path = shared / "ppa" / f"{name}.pcapng"
    if not path.is_file():
        pytest.skip(f"{path.name} is not among the real captures")
    capture = Capture.open([str(path)])
    capture.load_all()
    return capture


@pytest.mark.parametrize(("name", "packet", "text"), ROWS, ids=[f"{case[0]}-{case[1]}" for case in ROWS])
def test_the_rows_of_a_case_show_it(shared_captures: Path, name: str, packet: int, text: str) -> None:
    assert text in Rows(course(shared_captures, name)).row(packet - 1).info


# (capture of the course, request, response): packets of one exchange
TIED = [
    ("dns_query_response", 1, 2), ("dns_reverse_lookup", 1, 2), ("dns_query_nonexistent", 1, 2), ("dns_axfr", 6, 7),
    ("dhcp_nolease_initialization", 1, 4), ("dhcp6_outlease_acquisition", 3, 4), ("arp_resolution", 1, 2),
    ("icmp_echo", 1, 2), ("icmpv6_neighbor_solicitation", 1, 2), ("http_ip4and6", 4, 6), ("http_ip4and6", 14, 16),
    ("ip_frag_source", 3, 6), ("ipv6_fragments", 2, 4),
]  # fmt: skip


@pytest.mark.parametrize(("name", "request_", "response"), TIED, ids=[f"{case[0]}-{case[1]}" for case in TIED])
def test_request_and_response_are_tied(shared_captures: Path, name: str, request_: int, response: int) -> None:
    assert response - 1 in Exchanges(course(shared_captures, name)).related(request_ - 1)


@pytest.mark.parametrize("name", ["icmpv6_neighbor_solicitation", "ipv6_fragments", "http_ip4and6"])
def test_ipv6_that_works_is_judged_as_ipv4_is(judge_ppa: Judge, name: str) -> None:
    assert {one.rule for one in judge_ppa(name)} <= {"checksum-offload"}


def test_the_page_over_both_versions_is_told_alike(shared_captures: Path) -> None:
    capture = course(shared_captures, "http_ip4and6")
    four, six = (capture.conversations().find("tcp", number) for number in (0, 1))
    assert four is not None and six is not None
    assert four.state == six.state and four.packets == six.packets == 10


def test_a_remote_control_program_is_not_accused_without_evidence(judge_ppa: Judge) -> None:
    assert [one for one in judge_ppa("ratinfected") if one.severity is not N] == []
