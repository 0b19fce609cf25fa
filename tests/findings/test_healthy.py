"""Captures in which an expert finds nothing wrong: notes are allowed, errors and warnings are false alarms."""

from __future__ import annotations

from pathlib import Path

import pytest

from pcaptui.findings import Severity

from .conftest import look

SAMPLES = Path(__file__).resolve().parent.parent.parent / "sample_pcaps"

# Looked at one by one: every connection comes about, what is asked is answered soon, and whoever closes is done.
COURSE = [
    "3e80211_wepauth", "3e80211_wpaauth", "80211beacon", "arp_resolution", "arp_gratuitous",
    "dhcp6_outlease_acquisition", "dhcp_inlease_renewal", "dhcp_nolease_initialization", "dns_axfr",
    "dns_query_nonexistent", "dns_query_response", "dns_recursivequery_client", "dns_recursivequery_server",
    "dns_reverse_lookup", "dns_tcp", "http_espn", "http_google", "http_ip4and6", "icmp_echo", "icmp_traceroute",
    "icmpv6_neighbor_solicitation", "ip_frag_source", "ip_ttl_dest", "ip_ttl_source", "ipv6_fragments", "latency1",
    "mail_receiver_server_3", "mail_sender_attachment", "mail_sender_client_1", "mail_sender_server_2",
    "tcp_handshake", "tcp_ports", "tcp_teardown", "weather_working",
]  # fmt: skip
OTHERS = [
    "ndpi/pcap__443-curl.pcap",  # a page over TLS 1.2
    "ndpi/pcap__443-git.pcap",
    "ndpi/pcap__chrome.pcap",  # six connections of a browser over TLS 1.3
    "ndpi/pcap__firefox.pcap",
    "ndpi/pcap__facebook.pcap",
    "ndpi/pcap__doq_adguard.pcapng",  # DNS over QUIC
    "ndpi/pcap__git.pcap",
    "ndpi/pcap__ieee_c37118.pcap",  # a meter that reports every 20 ms
    "ndpi/pcap__modbus.pcap",
    "ndpi/pcap__nfsv2.pcap",
    "ndpi/pcap__s7comm.pcap",
    "ndpi/pcap__smtp.pcap",  # 36 commands of SMTP
    "tcpdump/802.1w_rapid_STP.pcap",
    "tcpdump/HSRP_election.pcap",
    "tcpdump/ISIS_level2_adjacency.pcap",
    "tcpdump/OSPFv3_multipoint_adjacencies.pcap",
    "tcpdump/bfd-multihop.pcap",
    "zeek/Traces__wikipedia.pcap",  # a visit from the browser's cache: 304
    "zeek/Traces__workshop_2011_browse.pcap",
    "zeek/http__byteranges.pcap",
    "zeek/http__flash-version.pcap",
    "zeek/krb__kinit.pcap",  # tickets over UDP and TCP
    "zeek/ntp__NTP_sync.pcap",
    "zeek/quic-go_quic-go__zerortt.pcap",
    "zeek/redis__bulk-loading.pcap",
    "zeek/ssh__ssh_kex_curve25519.pcap",
    "zeek/tls__imap-starttls.pcap",
    "zeek/tls__pop3-starttls.pcap",
    "zeek/tls__smtp-starttls.pcap",
    "zeek/tls__tls13-ech.pcap",
    "zeek/tls__xmpp-starttls.pcap",
    "zeek/zip__test.pcap",  # 138 kB fetched
]
OWN = [
    "dhcp-lease", "dns-no-such-name", "dns-zone-transfer", "healthy", "ipv6", "ping-fragments", "text-message",
    "tls-kept-open", "tls-then-http", "traceroute", "web-redirects", "web-visit", "wireless-login",
    "zero-window-recovered",
]  # fmt: skip


def alarms(path: Path) -> list[str]:
    if not path.is_file():
        pytest.skip(f"{path.name} is not among the real captures")
    return [f"{one.severity.letter} {one.title}" for one in look(path) if one.severity is not Severity.note]


@pytest.mark.parametrize("name", COURSE)
def test_a_healthy_capture_of_the_course_has_no_alarm(shared_captures: Path, name: str) -> None:
    assert alarms(shared_captures / "ppa" / f"{name}.pcapng") == []


@pytest.mark.parametrize("name", OTHERS)
def test_a_healthy_capture_has_no_alarm(shared_captures: Path, name: str) -> None:
    assert alarms(shared_captures / name) == []


@pytest.mark.parametrize("name", OWN)
def test_a_healthy_sample_has_no_alarm(name: str) -> None:
    assert alarms(SAMPLES / f"{name}.pcapng") == []


def test_the_healthy_sample_needs_no_note_either() -> None:
    assert look(SAMPLES / "healthy.pcapng") == []
