"""Findings about TCP on captures made for one thing each."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest
from scapy.layers.inet import ICMP, IP, TCP, UDP
from scapy.layers.l2 import Ether
from scapy.packet import Packet, Raw
from scapy.utils import wrpcap

from pcaptui.capture import Capture
from pcaptui.findings import Finding, Severity, find

E, W, N = Severity.error, Severity.warning, Severity.note
CLIENT, SERVER = "10.0.0.1", "10.0.0.2"


class Talk:
    """One TCP connection made by hand: `c` and `s` send a segment each, `again` repeats a side's last one."""

    def __init__(self, port: int = 50000, to: int = 80, start: float = 0, client: str = CLIENT, server: str = SERVER):
        self.ends = {"c": (client, port), "s": (server, to)}
        self.next = {"c": 1000, "s": 9000}
        self.window = {"c": 60000, "s": 60000}
        self.last: dict[str, Packet] = {}
        self.now = 1_000_000 + start
        self.packets: list[Packet] = []

    def _add(self, packet: Packet, after: float) -> Talk:
        self.now += after
        packet = packet.copy()
        packet[IP].id = len(self.packets) + 1
        packet.time = self.now
        self.packets.append(packet)
        return self

    def _send(self, side: str, flags: str, size: int, after: float) -> Talk:
        here, there = self.ends[side], self.ends["s" if side == "c" else "c"]
        other = "s" if side == "c" else "c"
        tcp = TCP(sport=here[1], dport=there[1], flags=flags, seq=self.next[side], window=self.window[side],
                  ack=self.next[other] if "A" in flags else 0)  # fmt: skip
        packet = Ether(src="02:00:00:00:00:01", dst="02:00:00:00:00:02") / IP(src=here[0], dst=there[0]) / tcp
        packet = packet / Raw(b"x" * size) if size else packet
        self.next[side] += size + ("S" in flags) + ("F" in flags)
        self.last[side] = packet
        return self._add(packet, after)

    def c(self, flags: str = "A", size: int = 0, after: float = 0.01) -> Talk:
        return self._send("c", flags, size, after)

    def s(self, flags: str = "A", size: int = 0, after: float = 0.01) -> Talk:
        return self._send("s", flags, size, after)

    def again(self, side: str, after: float) -> Talk:
        """With `after` below a millisecond the very same packet, seen once more."""
        if after < 0.001:
            copy = self.packets[-1].copy()
            self.now += after
            copy.time = self.now
            self.packets.append(copy)
            return self
        return self._add(self.last[side], after)

    def open(self, wait: float = 0.01) -> Talk:
        return self.c("S").s("SA", after=wait).c("A")

    def lose(self, side: str, size: int) -> Talk:
        self.next[side] += size
        return self

    def wait(self, seconds: float) -> Talk:
        self.now += seconds
        return self


def quiet(after: float) -> list[Packet]:
    """Something else at the end, so that the capture goes on."""
    packet = Ether(src="02:00:00:00:00:09", dst="02:00:00:00:00:08") / IP(src="10.9.9.9", dst="10.9.9.8") / ICMP()
    packet.time = 1_000_000 + after
    return [packet]


def found_in(folder: Path, *parts: Iterable[Packet]) -> list[Finding]:
    packets = sorted((packet for part in parts for packet in part), key=lambda packet: packet.time)
    wrpcap(str(folder / "x.pcap"), packets)
    capture = Capture([str(folder / "x.pcap")])
    capture.load_all()
    report = find(capture)
    assert report.failed == {}
    return [one for one in report.findings if one.rule.startswith(("tcp-", "udp-scan", "mtu-", "checksum", "capture-"))]


def rules_of(found: Iterable[Finding]) -> list[tuple[str, Severity]]:
    return [(one.rule, one.severity) for one in found]


def test_a_healthy_connection_is_not_remarked_on(tmp_path: Path) -> None:
    talk = Talk().open().c("PA", 100).s("PA", 1000).c().s("FA").c().c("FA").s()
    assert found_in(tmp_path, talk.packets) == []


def test_a_port_that_refuses_some_and_takes_others_is_a_warning(tmp_path: Path) -> None:
    one = Talk(50001).open().c("PA", 10).s("PA", 10)
    two = Talk(50002, start=1).c("S").s("RA")
    found = found_in(tmp_path, one.packets, two.packets)
    assert rules_of(found) == [("tcp-refused", W)]
    assert "1 other connection" in found[0].detail


def test_refusals_of_one_port_are_one_finding(tmp_path: Path) -> None:
    parts = [Talk(50000 + n, start=n).c("S").s("RA").packets for n in range(12)]
    found = found_in(tmp_path, *parts)
    assert rules_of(found) == [("tcp-refused", E)]
    assert "12 SYNs of 12 connections" in found[0].detail
    assert len(found[0].packets) == 24


def test_more_pairs_than_anybody_reads_are_summed_up(tmp_path: Path) -> None:
    parts = [Talk(50000, server=f"10.0.{n}.2", start=n).c("S").s("RA").packets for n in range(60)]
    found = found_in(tmp_path, *parts)
    assert len(found) == 51
    assert sum("10 refused connections more" in one.title for one in found) == 1


def test_syns_that_back_off_are_told(tmp_path: Path) -> None:
    talk = Talk().c("S").again("c", 1).again("c", 2).again("c", 4)
    (one,) = found_in(tmp_path, talk.packets)
    assert (one.rule, one.severity) == ("tcp-unanswered", E)
    assert "4 SYNs (1.00 s, 2.00 s and 4.00 s" in one.detail
    assert "doubles" in one.detail


def test_a_handshake_that_nobody_completes_is_half_open(tmp_path: Path) -> None:
    talk = Talk().c("S").s("SA").again("s", 1).again("s", 2)
    (one,) = found_in(tmp_path, talk.packets)
    assert (one.rule, one.severity) == ("tcp-half-open", W)
    assert "2 times more" in one.detail


def test_a_handshake_under_way_at_the_end_is_no_fault(tmp_path: Path) -> None:
    assert found_in(tmp_path, Talk().c("S").s("SA").packets) == []


def test_a_reset_instead_of_an_answer_is_a_warning(tmp_path: Path) -> None:
    talk = Talk().open().c("PA", 100).s("A").s("RA", after=0.2)
    (one,) = found_in(tmp_path, talk.packets)
    assert (one.rule, one.severity) == ("tcp-reset", W)
    assert one.title == f"{SERVER} reset the connection instead of answering"
    assert one.packets == (3, 5)


def test_a_reset_right_after_the_handshake_is_a_warning(tmp_path: Path) -> None:
    assert rules_of(found_in(tmp_path, Talk().open().s("RA").packets)) == [("tcp-reset", W)]


@pytest.mark.parametrize("last", ["client", "server"])
def test_a_client_that_breaks_off_is_a_note(tmp_path: Path, last: str) -> None:
    talk = Talk().open().c("PA", 100).s("PA", 1000)
    talk = talk.c("RA") if last == "server" else talk.c("PA", 50).c("RA")
    assert rules_of(found_in(tmp_path, talk.packets)) == [("tcp-reset", N)]


def test_a_reset_after_a_fin_is_not_remarked_on(tmp_path: Path) -> None:
    talk = Talk().open().c("PA", 100).s("PA", 1000).s("FA").c("A").c("RA")
    assert found_in(tmp_path, talk.packets) == []


def test_a_server_that_closes_without_an_answer_is_noted(tmp_path: Path) -> None:
    talk = Talk().open().c("PA", 100).s().s("FA").c().c("FA").s()
    assert rules_of(found_in(tmp_path, talk.packets)) == [("tcp-closed-unanswered", N)]


def test_few_lost_segments_of_many_are_a_note_with_their_share(tmp_path: Path) -> None:
    talk = Talk().open().c("PA", 100)
    for _ in range(40):
        talk.s("A", 1000, after=0.001).c(after=0.001)
    talk.s("A", 1000, after=0.001).again("s", 0.3).c()
    (one,) = found_in(tmp_path, talk.packets)
    assert (one.rule, one.severity) == ("tcp-loss", N)
    assert "1 segment of 42" in one.detail
    assert "acknowledged in the end" in one.detail


def test_a_segment_that_costs_a_second_is_a_warning(tmp_path: Path) -> None:
    talk = Talk().open().c("PA", 100)
    for _ in range(40):
        talk.s("A", 1000, after=0.001).c(after=0.001)
    talk.s("A", 1000, after=0.001).again("s", 1.5).c()
    loss = [one for one in found_in(tmp_path, talk.packets) if one.rule == "tcp-loss"]
    assert [one.severity for one in loss] == [W]
    assert "1.50 s" in loss[0].detail


def test_data_sent_again_after_its_ack_is_no_loss(tmp_path: Path) -> None:
    talk = Talk().open().c("PA", 100).s("PA", 1000).c().again("s", 0.3).c()
    assert rules_of(found_in(tmp_path, talk.packets)) == [("tcp-needless-retransmission", N)]


def test_a_packet_that_was_captured_twice_is_no_loss(tmp_path: Path) -> None:
    talk = Talk().open().c("PA", 100).again("c", 0.00001).s("PA", 1000).again("s", 0.00001).c()
    found = [one for one in found_in(tmp_path, talk.packets) if one.rule != "tcp-reset"]
    assert [severity for _, severity in rules_of(found)] == [N] * len(found)
    assert not [one for one in found if one.rule == "tcp-loss"]


def test_a_single_late_segment_of_few_is_a_note(tmp_path: Path) -> None:
    talk = Talk().open().c("PA", 100).again("c", 0.4).s("PA", 1000).c()
    assert rules_of(found_in(tmp_path, talk.packets)) == [("tcp-loss", N)]


def test_a_pair_of_hosts_with_loss_here_and_needless_repeats_there_is_one_finding(tmp_path: Path) -> None:
    lost = Talk(50001).open().c("PA", 100).s("A", 1000).again("s", 0.3).c()
    needless = Talk(50002, start=2).open().c("PA", 100).s("PA", 1000).c().again("s", 0.3).c()
    (one,) = found_in(tmp_path, lost.packets, needless.packets)
    assert (one.rule, one.stream) == ("tcp-loss", None)
    assert "1 more was sent again though it had arrived" in one.detail


def test_a_silent_peer_is_told_once_for_all_its_connections(tmp_path: Path) -> None:
    parts = []
    for n in range(3):
        talk = Talk(50000 + n, start=n / 10).open().c("PA", 50).s("PA", 50).c("PA", 80)
        parts.append(talk.again("c", 0.3).again("c", 0.6).again("c", 1.2).packets)
    (one,) = found_in(tmp_path, *parts)
    assert (one.rule, one.severity, one.stream) == ("tcp-no-answer", E, None)
    assert "3 retransmissions" in one.detail
    assert "2 other connections" in one.detail


def test_only_large_segments_that_vanish_suggest_a_black_hole(tmp_path: Path) -> None:
    talk = Talk().open().c("PA", 100).s().c("PA", 1460).again("c", 0.3).again("c", 0.6).again("c", 1.2)
    (one,) = found_in(tmp_path, talk.packets)
    assert (one.rule, one.severity) == ("mtu-black-hole", E)
    assert "up to 100 bytes" in one.detail


def test_unanswered_keep_alives_are_a_warning_and_answered_ones_a_note(tmp_path: Path) -> None:
    talk = Talk().open().c("PA", 100).s("PA", 100).c()
    talk.next["c"] -= 1
    for _ in range(4):
        talk.c(after=10)
    assert rules_of(found_in(tmp_path, talk.packets)) == [("tcp-no-keep-alive", W)]
    talk.next["c"] += 1
    talk.s()
    assert ("tcp-keep-alive", N) in rules_of(found_in(tmp_path, talk.packets))


def zero_window(closed: float) -> Talk:
    talk = Talk().open().c("PA", 100).s("PA", 1000)
    talk.window["c"] = 0
    talk.c()
    talk.window["c"] = 5000
    return talk.c(after=closed)


@pytest.mark.parametrize(("closed", "severity"), [(0.1, N), (0.8, W)])
def test_a_closed_window_is_graver_the_longer_it_lasts(tmp_path: Path, closed: float, severity: Severity) -> None:
    (one,) = found_in(tmp_path, zero_window(closed).packets)
    assert (one.rule, one.severity) == ("tcp-zero-window", severity)
    assert one.hosts == (CLIENT, SERVER)


def test_a_window_that_closes_as_the_connection_ends_is_a_note(tmp_path: Path) -> None:
    talk = Talk().open().c("PA", 100).s("PA", 1000).c("FA")
    talk.window["c"] = 0
    talk.s(after=0.1).s("PA", 10).c(after=2).s("FA")
    assert [severity for rule, severity in rules_of(found_in(tmp_path, talk.packets)) if rule == "tcp-zero-window"] == [
        N
    ]


def test_a_connection_in_reserve_is_no_slow_client(tmp_path: Path) -> None:
    used = Talk(50001).open().c("PA", 100).s("PA", 100)
    spare = Talk(50002, start=0.1).open().c("PA", 100, after=2).s("PA", 100)
    assert rules_of(found_in(tmp_path, used.packets, spare.packets)) == [("tcp-slow-client", N)]
    assert rules_of(found_in(tmp_path, spare.packets)) == [("tcp-slow-client", W)]


def test_a_server_of_unknown_purpose_may_take_its_time(tmp_path: Path) -> None:
    parts = Talk(to=4444).open().c("PA", 100).s().s("PA", 100, after=2).packets
    assert rules_of(found_in(tmp_path, parts)) == [("tcp-slow-server", N)]
    talk = Talk(to=80).open().c("PA", 100).s().s("PA", 100, after=2)
    assert rules_of(found_in(tmp_path, talk.packets)) == [("tcp-slow-server", N)]
    talk.packets[3][Raw].load = b"GET / HTTP/1.1\r\nHost: x.example\r\n".ljust(96, b"x") + b"\r\n\r\n"
    assert rules_of(found_in(tmp_path, talk.packets)) == [("tcp-slow-server", W)]


def probe(port: int, flags: str, start: float, server: str = SERVER) -> list[Packet]:
    return Talk(40000, to=port, start=start, server=server).c(flags).packets


@pytest.mark.parametrize(("flags", "name"), [("", "NULL"), ("F", "FIN"), ("FPU", "XMAS")])
def test_scans_with_odd_flags_are_one_finding_each(tmp_path: Path, flags: str, name: str) -> None:
    found = found_in(tmp_path, *(probe(port, flags, port / 1000) for port in range(20, 40)), quiet(5))
    assert rules_of(found) == [("tcp-scan-odd", E)]
    assert f"20 ports of {SERVER} ({name} scan)" in found[0].title


def test_bare_acks_to_many_ports_are_a_scan(tmp_path: Path) -> None:
    parts = [Talk(40000, to=port, start=port / 1000).c("A").s("R").packets for port in range(20, 60)]
    assert rules_of(found_in(tmp_path, *parts)) == [("tcp-scan-ack", E)]


def test_one_port_of_many_neighbours_is_a_sweep(tmp_path: Path) -> None:
    parts = [probe(445, "S", n / 100, server=f"192.0.2.{n}") for n in range(1, 31)]
    found = found_in(tmp_path, *parts, quiet(10))
    assert rules_of(found) == [("tcp-scan-hosts", E)]
    assert "port 445 on 30 hosts" in found[0].title


def test_many_web_servers_that_answer_are_no_sweep(tmp_path: Path) -> None:
    parts = [
        Talk(40000 + n, to=443, server=f"192.0.2.{n}", start=n / 10).open().c("PA", 100).s("PA", 100).packets
        for n in range(1, 31)
    ]
    assert found_in(tmp_path, *parts) == []


def test_a_capture_of_one_direction_claims_no_silence(tmp_path: Path) -> None:
    talk = Talk().open().c("PA", 100).s("PA", 1000).c().c("PA", 200).c("PA", 300).again("c", 0.3).again("c", 0.6)
    talk.c("PA", 50).s("PA", 20).c()
    mine = [packet for packet in talk.packets if packet[IP].src == CLIENT]
    found = [one for one in found_in(tmp_path, mine) if not one.rule.startswith("tcp-loss")]
    assert rules_of(found) == [("capture-one-way", N)]


def test_a_few_neighbours_that_do_not_let_in_are_a_sweep(tmp_path: Path) -> None:
    parts = [probe(port, "S", n / 100, server=f"192.0.2.{n}") for n in range(1, 7) for port in (80, 443)]
    found = found_in(tmp_path, *parts, quiet(10))
    assert rules_of(found) == [("tcp-scan-hosts", E)]
    assert "ports 80, 443 on 6 hosts" in found[0].title


def test_servers_far_apart_that_fail_are_no_sweep(tmp_path: Path) -> None:
    parts = [probe(80, "S", n / 100, server=f"192.0.{n}.7") for n in range(1, 7)]
    assert {rule for rule, _ in rules_of(found_in(tmp_path, *parts, quiet(10)))} == {"tcp-unanswered"}


def test_a_flood_of_syns_is_one_finding(tmp_path: Path) -> None:
    parts = [
        Talk(1024 + n, client=f"198.51.{n % 100}.{n % 250 + 1}", start=n / 500).c("S").s("SA", after=0.001).packets
        for n in range(300)
    ]
    found = found_in(tmp_path, *parts, quiet(10))
    assert rules_of(found) == [("tcp-flood", E)]
    assert "300 got a SYN,ACK" in found[0].detail


def datagram(port: int, start: float) -> Packet:
    packet = Ether(src="02:00:00:00:00:01", dst="02:00:00:00:00:02") / IP(src=CLIENT, dst=SERVER)
    packet = packet / UDP(sport=40000, dport=port, chksum=0) / Raw(b"")
    packet.time = 1_000_000 + start
    return packet


def test_many_low_ports_over_udp_are_a_scan_and_a_traceroute_is_none(tmp_path: Path) -> None:
    assert rules_of(found_in(tmp_path, [datagram(port, port / 100) for port in range(50, 90)])) == [("udp-scan", E)]
    assert found_in(tmp_path, [datagram(port, port / 100) for port in range(33434, 33494)]) == []


def too_large(talk: Talk, router: str = "10.0.9.9", limit: int = 1400) -> Packet:
    """The ICMP error for the client's last segment."""
    original = bytes(talk.last["c"][IP])[:28]
    packet = Ether(src="02:00:00:00:00:03", dst="02:00:00:00:00:01") / IP(src=router, dst=CLIENT)
    packet = packet / ICMP(type=3, code=4, nexthopmtu=limit) / Raw(original)
    packet.time = talk.now + 0.005
    return packet


def test_path_mtu_discovery_that_works_is_a_note(tmp_path: Path) -> None:
    talk = Talk().open().c("PA", 1460)
    error = too_large(talk)
    talk.next["c"] -= 1460
    talk.c("A", 1300, after=0.02).c("PA", 160).s()
    found = [one for one in found_in(tmp_path, talk.packets, [error]) if one.rule.startswith("mtu")]
    assert rules_of(found) == [("mtu-too-small", N)]
    assert "10.0.9.9" in found[0].detail and "MTU 1400" in found[0].detail


def test_a_sender_that_does_not_heed_the_mtu_is_a_warning(tmp_path: Path) -> None:
    talk = Talk().open().c("PA", 1460)
    error = too_large(talk)
    talk.again("c", 1).again("c", 2).again("c", 4)
    found = [one for one in found_in(tmp_path, talk.packets, [error]) if one.rule == "mtu-too-small"]
    assert rules_of(found) == [("mtu-too-small", W)]
    assert "2 packets" in found[0].detail


def test_checksums_with_the_pseudo_header_only_are_noted_for_their_host(tmp_path: Path) -> None:
    talk = Talk().open().c("PA", 100).s("PA", 50).c("PA", 30).s("PA", 10)
    made = []
    for packet in talk.packets:
        if packet[IP].src == CLIENT:
            size = len(bytes(packet[TCP]))
            total = sum(int.from_bytes(bytes([10, 0]) if i % 2 == 0 else bytes([0, 1 + i // 2])) for i in range(4))
            packet[TCP].chksum = total + 6 + size
        made.append(packet)
    (one,) = found_in(tmp_path, made)
    assert (one.rule, one.severity, one.hosts) == ("checksum-offload", N, (CLIENT,))
    assert len(one.packets) == 4


def test_a_server_that_answers_the_second_syn_only_is_not_a_slow_way(tmp_path: Path) -> None:
    talk = Talk().c("S").again("c", 1.0).s("SA").c("A").c("PA", 100).s("PA", 100).c()
    found = found_in(tmp_path, talk.packets)
    assert [(one.rule, one.severity) for one in found if one.severity is not N] == [("tcp-slow-connect", W)]
    assert "2 SYNs" in found[0].detail and "1.01 s after the first and 10 ms after the last" in found[0].detail


def test_a_late_ack_of_a_segment_sent_again_is_loss_and_no_slow_way(tmp_path: Path) -> None:
    talk = Talk().open().c("PA", 100).again("c", 0.7).s().s("PA", 200).c()
    assert {one.rule for one in found_in(tmp_path, talk.packets)} == {"tcp-loss"}


def test_a_segment_sent_again_and_again_is_one_segment(tmp_path: Path) -> None:
    talk = Talk().open().c("PA", 100).again("c", 0.3).again("c", 0.6).again("c", 1.2).s().s("PA", 200).c()
    (found,) = [one for one in found_in(tmp_path, talk.packets) if one.rule == "tcp-loss"]
    assert found.title == f"1 segment lost from {CLIENT} to {SERVER}"
    assert "was sent again, three times in all (3 of 4 sendings, 75 %)" in found.detail


def test_who_gives_up_after_silence_and_resets_is_told_once(tmp_path: Path) -> None:
    talk = Talk().open().c("PA", 100).s().c("PA", 50).again("c", 0.3).again("c", 0.6).again("c", 1.2).c("RA")
    found = [one for one in found_in(tmp_path, talk.packets) if one.severity is not N]
    assert rules_of(found) == [("tcp-no-answer", E)]
    assert "gave up and reset the connection (packet 10)" in found[0].detail


def test_a_reset_behind_retransmissions_tells_of_them(tmp_path: Path) -> None:
    talk = Talk().open().c("PA", 100).again("c", 0.3).again("c", 0.6).s("RA")
    (found,) = [one for one in found_in(tmp_path, talk.packets) if one.rule == "tcp-reset"]
    assert found.severity is W and "sent again twice without an ACK before the RST came" in found.detail


def test_new_data_at_the_end_does_not_hide_that_nothing_is_answered(tmp_path: Path) -> None:
    talk = Talk().open().c("PA", 100).s().c("PA", 9).again("c", 1.0).again("c", 2.0)
    first = talk.last["c"]
    talk.c("PFA", 5)
    talk.last["c"] = first
    found = found_in(tmp_path, talk.again("c", 4.0).packets)
    assert ("tcp-no-answer", E) in rules_of(found) and "tcp-loss" not in {one.rule for one in found}


def test_the_other_address_of_localhost_makes_a_refusal_a_note(tmp_path: Path) -> None:
    refused = Talk(50001, 6666, client="127.0.0.1", server="127.0.0.2").c("S").s("RA")
    taken = Talk(50002, 6666, 0.1, "127.0.0.1", "127.0.0.1").open().c("PA", 10).s("PA", 10)
    found = found_in(tmp_path, refused.packets, taken.packets)
    assert rules_of(found) == [("tcp-refused", N)] and "127.0.0.1 then took it in" in found[0].detail


def test_empty_segments_in_a_row_are_no_keep_alives(tmp_path: Path) -> None:
    talk = Talk().open().c("PA", 100).s()
    talk.next["c"] -= 1
    assert found_in(tmp_path, talk.c("A").s().c("A").s().packets) == []


def test_young_connections_are_one_note(tmp_path: Path) -> None:
    packets = [Talk(50000 + n, 80 + n, n / 100).c("S").packets for n in range(4)]
    (found,) = found_in(tmp_path, *packets)
    assert (found.rule, found.severity) == ("tcp-unanswered-yet", N)
    assert found.title == "4 connections not answered yet at the end"


def test_hosts_that_fall_silent_at_once_are_one_finding(tmp_path: Path) -> None:
    def dies(n: int, start: float) -> list[Packet]:
        talk = Talk(50000 + n, start=start, server=f"192.0.2.{n}").open().c("PA", 100).s("PA", 100)
        return talk.c("PA", 50).again("c", 0.3).again("c", 0.6).again("c", 1.2).packets

    (found,) = [one for one in found_in(tmp_path, dies(1, 0), dies(2, 0.5)) if one.severity is E]
    assert found.title == f"2 hosts stopped answering {CLIENT} at once"
    later = [one for one in found_in(tmp_path, dies(1, 0), dies(2, 20)) if one.severity is E]
    assert len(later) == 2
