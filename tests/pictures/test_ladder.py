"""The ladder's data: hosts as columns, gaps, what was sent again or never answered."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scapy.layers.inet import ICMP, IP, TCP, UDP
from scapy.layers.inet6 import IPv6
from scapy.layers.l2 import ARP, Ether
from scapy.packet import Raw
from scapy.utils import wrpcap

from pcaptui.capture import Capture
from pcaptui.pictures.hosts import GROUP, NOBODY, OTHERS, end_texts, hosts_of
from pcaptui.pictures.ladder import (
    Ladder,
    client_of,
    conversation_packets,
    dialogue_packets,
    host_packets,
    ladder,
    notable_gaps,
)

A, B, C = "10.0.0.1", "10.0.0.2", "10.0.0.3"
MACS = {"src": "02:00:00:00:00:01", "dst": "02:00:00:00:00:02"}
Open = Callable[[Sequence[tuple[float, Any]]], Capture]


def tcp(source: str, target: str, flags: str, seq: int = 0, ack: int = 0, data: bytes = b"",
        ports: tuple[int, int] = (1000, 80)) -> Any:  # fmt: skip
    head = (
        Ether(**MACS) / IP(src=source, dst=target) / TCP(sport=ports[0], dport=ports[1], flags=flags, seq=seq, ack=ack)
    )
    return head / Raw(data) if data else head


def udp(source: str, target: str, ports: tuple[int, int], data: bytes = b"x" * 20, mac: str = MACS["dst"]) -> Any:
    front = Ether(src=MACS["src"], dst=mac) / IP(src=source, dst=target)
    return front / UDP(sport=ports[0], dport=ports[1]) / Raw(data)


@pytest.fixture
def opened(tmp_path: Path) -> Open:
    def make(packets: Sequence[tuple[float, Any]]) -> Capture:
        for seconds, packet in packets:
            packet.time = 1_000_000_000 + seconds
        path = tmp_path / "made.pcap"
        wrpcap(str(path), [packet for _, packet in packets])
        capture = Capture([str(path)])
        capture.load_all()
        return capture

    return make


def whole(capture: Capture) -> Ladder:
    return ladder(capture, np.arange(len(capture)))


def numbers(mask: Any) -> list[int]:
    """Packet numbers (from 1) of the arrows in a mask."""
    return (np.flatnonzero(mask) + 1).tolist()


# Hosts.


def test_hosts_stand_in_the_order_in_which_they_appear(opened: Open) -> None:
    capture = opened([(0, udp(B, A, (5, 6))), (1, udp(A, C, (5, 6))), (2, udp(C, B, (5, 6)))])
    made = whole(capture).hosts
    assert made.names == (B, A, C)
    assert made.source.tolist() == [0, 1, 2]
    assert made.destination.tolist() == [1, 2, 0]


def test_a_host_may_come_first(opened: Open) -> None:
    capture = opened([(0, udp(B, A, (5, 6))), (1, udp(A, C, (5, 6)))])
    made = hosts_of(capture, np.arange(2), capture.addresses.find(C))
    assert made.names == (C, B, A)


def test_order_goes_by_the_packets_chosen(opened: Open) -> None:
    capture = opened([(0, udp(B, A, (5, 6))), (1, udp(A, C, (5, 6))), (2, udp(C, B, (5, 6)))])
    assert hosts_of(capture, np.array([2])).names == (C, B)


@pytest.mark.parametrize("target", ["224.0.0.251", "255.255.255.255"])
def test_groups_and_everybody_share_a_column(opened: Open, target: str) -> None:
    capture = opened([(0, udp(A, target, (5, 6))), (1, udp(A, "239.1.2.3", (5, 6)))])
    made = whole(capture).hosts
    assert made.names == (A, GROUP)
    assert made.destination.tolist() == [1, 1]


def test_an_address_ending_in_255_is_everybody_where_its_frame_went_to_all(opened: Open) -> None:
    capture = opened([(0, udp(A, "10.0.0.255", (5, 6), mac="ff:ff:ff:ff:ff:ff")), (1, udp(A, "10.0.1.255", (5, 6)))])
    assert whole(capture).hosts.names == (A, "10.0.1.255", GROUP)


def test_groups_of_other_kinds(opened: Open) -> None:
    six = Ether(**MACS) / IPv6(src="2001:db8::1", dst="ff02::fb") / UDP(sport=5, dport=6)
    asking = Ether(src=MACS["src"], dst="ff:ff:ff:ff:ff:ff") / ARP(op=1, hwsrc=MACS["src"], psrc=A, pdst=B)
    assert whole(opened([(0, six), (1, asking)])).hosts.names == ("2001:db8::1", MACS["src"], GROUP)


def test_hosts_beyond_the_busiest_share_a_column(opened: Open) -> None:
    capture = opened([(at, udp(A, f"10.0.1.{at % 5 + 1}", (5, 6))) for at in range(6)])
    made = hosts_of(capture, np.arange(6), most=2)
    assert made.names == (A, "10.0.1.1", OTHERS)
    assert made.destination.tolist() == [1, 2, 2, 2, 2, 1]


def test_frames_without_addresses_have_a_column(tmp_path: Path) -> None:
    path = tmp_path / "odd.pcap"
    wrpcap(str(path), [Raw(b"\0" * 8)], linktype=147)
    capture = Capture([str(path)])
    capture.load_all()
    made = whole(capture)
    assert made.hosts.names == (NOBODY,)
    assert not made.is_host(0)


def test_an_icmp_error_comes_from_the_router_not_from_the_packet_that_it_quotes(opened: Open) -> None:
    asked = IP(src=A, dst=B, ttl=1) / UDP(sport=5000, dport=33434) / Raw(b"x" * 12)
    error = Ether(**MACS) / IP(src="192.0.2.1", dst=A) / ICMP(type=11) / asked
    capture = opened([(0, Ether(**MACS) / asked), (0.1, error)])
    made = whole(capture)
    assert made.hosts.names == (A, B, "192.0.2.1")
    assert (made.hosts.source[1], made.hosts.destination[1]) == (2, 0)
    assert end_texts(capture, 1) == ("192.0.2.1", A)
    assert made.source_ports[1] == made.destination_ports[1] == 0
    assert numbers(made.wrong) == [2]


# Gaps and rows.


def test_gaps_have_rows_of_their_own(opened: Open) -> None:
    made = whole(opened([(at, udp(A, B, (5, 6))) for at in (0, 0.1, 0.2, 5.1, 5.2)]))
    assert made.gaps.tolist() == [3]
    assert made.row_count == 6
    assert [made.arrow_at(row) for row in range(6)] == [0, 1, 2, None, 3, 4]
    assert made.gap_at(3) == pytest.approx(4.9)
    assert [made.row_of(arrow) for arrow in range(5)] == [0, 1, 2, 4, 5]


def test_several_gaps(opened: Open) -> None:
    made = whole(opened([(at, udp(A, B, (5, 6))) for at in (0, 2, 2.1, 5)]))
    assert [made.arrow_at(row) for row in range(made.row_count)] == [0, None, 1, 2, None, 3]
    assert made.gap_at(4) == pytest.approx(2.9)


@pytest.mark.parametrize(
    ("gaps", "told"),
    [
        ([0.01] * 5 + [0.5] + [0.01] * 5, [6]),  # ten times the usual one
        ([0.001] * 5 + [0.05] + [0.001] * 5, []),  # too short to matter
        ([0.4, 0.5, 0.4, 0.5], []),
        ([1.5], [1]),
        ([2.0] * 40, []),  # that is usual here
        ([2.0] * 40 + [30.0], [41]),
        ([], []),
    ],
)
def test_which_gaps_are_told(gaps: list[float], told: list[int]) -> None:
    times = np.concatenate([[0], np.cumsum(np.array(gaps) * 1e9)]).astype(np.int64)
    assert notable_gaps(times).tolist() == told


def test_the_row_of_a_packet_that_has_none_is_that_of_the_next(opened: Open) -> None:
    capture = opened([(at, udp(A, B, (5, 6))) for at in range(4)])
    made = ladder(capture, np.array([0, 3]))
    assert made.row_near(1) == made.row_of(1)
    assert made.row_near(3) == made.row_of(1)
    assert ladder(capture, np.zeros(0, np.int64)).row_near(2) == 0


# What came to nothing.


def test_a_syn_without_any_answer_is_unanswered(opened: Open) -> None:
    made = whole(opened([(0, tcp(A, B, "S")), (1, tcp(A, B, "S")), (3, tcp(A, B, "S"))]))
    assert numbers(made.unanswered) == [1, 2, 3]
    assert made.again.tolist() == [1, 2, -1]
    assert numbers(made.lost) == [1, 2, 3]


def test_an_answered_syn_is_not(opened: Open) -> None:
    made = whole(opened([(0, tcp(A, B, "S")), (1, tcp(B, A, "SA", 0, 1, ports=(80, 1000)))]))
    assert not made.unanswered.any() and not made.lost.any() and not made.wrong.any()


def test_a_refused_syn_arrived_though_it_is_sent_again(opened: Open) -> None:
    back = (80, 1000)
    made = whole(opened([(0, tcp(A, B, "S")), (0.1, tcp(B, A, "RA", 0, 1, ports=back)),
                         (0.6, tcp(A, B, "S")), (0.7, tcp(B, A, "RA", 0, 1, ports=back))]))  # fmt: skip
    assert made.again.tolist() == [2, -1, -1, -1]
    assert not made.lost.any()
    assert numbers(made.resets) == [2, 4]


def test_an_answer_that_the_choice_leaves_out_counts_all_the_same(opened: Open) -> None:
    capture = opened([(0, tcp(A, B, "S")), (1, tcp(B, A, "SA", 0, 1, ports=(80, 1000)))])
    assert not ladder(capture, np.array([0])).unanswered.any()


def test_a_segment_sent_again_names_the_next_one_with_the_same_bytes(opened: Open) -> None:
    back = (80, 1000)
    capture = opened([
        (0, tcp(A, B, "PA", 1, 1, b"one")), (0.01, tcp(B, A, "A", 1, 4, ports=back)),
        (0.02, tcp(A, B, "PA", 4, 1, b"two")), (0.3, tcp(A, B, "PA", 4, 1, b"two")),
        (0.9, tcp(A, B, "PA", 4, 1, b"two")), (0.91, tcp(B, A, "A", 1, 7, ports=back)),
    ])  # fmt: skip
    made = whole(capture)
    assert made.again.tolist() == [-1, -1, 3, 4, -1, -1]
    assert numbers(made.lost) == [3, 4]
    assert not made.unanswered.any()
    assert ladder(capture, np.array([2])).again.tolist() == [3]


def test_a_segment_that_was_acknowledged_before_it_was_sent_again_had_arrived(opened: Open) -> None:
    made = whole(opened([
        (0, tcp(A, B, "PA", 1, 1, b"one")), (0.01, tcp(B, A, "A", 1, 4, ports=(80, 1000))),
        (0.3, tcp(A, B, "PA", 1, 1, b"one")), (0.31, tcp(B, A, "A", 1, 4, ports=(80, 1000))),
    ]))  # fmt: skip
    assert made.again[0] == 2
    assert not made.lost.any()


@pytest.mark.parametrize(("number", "lost"), [(7, []), (8, [1]), (0, [1])])
def test_a_packet_that_was_captured_twice_is_not_lost(opened: Open, number: int, lost: list[int]) -> None:
    """It has its IPv4 identification still; a segment sent again has another, or none is given."""
    first, second = (tcp(A, B, "PA", 1, 1, b"one") for _ in range(2))
    first[IP].id, second[IP].id = 7 if number else 0, number
    made = whole(opened([(0, first), (0.0001, second), (0.2, tcp(B, A, "A", 1, 4, ports=(80, 1000)))]))
    assert made.again[0] == 1
    assert numbers(made.lost) == lost


def test_queries_without_answer(opened: Open) -> None:
    query = b"\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x01x\x00\x00\x01\x00\x01"
    made = whole(opened([(0, udp(A, B, (4000, 53), query)), (1, udp(A, B, (4001, 53), query)),
                         (1.1, udp(B, A, (53, 4001), query)), (2, udp(A, "224.0.0.251", (5353, 53), query)),
                         (3, udp(A, B, (4002, 9999)))]))  # fmt: skip
    assert numbers(made.unanswered) == [1]


def test_an_answer_from_one_service_port_to_the_other_is_no_query(opened: Open) -> None:
    ntp = {mode: bytes([0x18 | mode]) + bytes(47) for mode in (3, 4)}
    question, answer = (b"\x12\x34" + bytes([first]) + bytes(9) for first in (0x01, 0x81))
    made = whole(opened([
        (0, udp(A, B, (123, 123), ntp[3])), (0.1, udp(B, A, (123, 123), ntp[4])),
        (1, udp(A, B, (53, 53), question)), (1.1, udp(B, A, (53, 53), answer)),
        (2, udp(A, C, (123, 123), ntp[3])), (3, udp(A, C, (53, 53), question)),
    ]))  # fmt: skip
    assert numbers(made.unanswered) == [5, 6]


def test_arp_requests_without_reply(opened: Open) -> None:
    def who_has(target: str, sender: str = A) -> Any:
        return Ether(src=MACS["src"], dst="ff:ff:ff:ff:ff:ff") / ARP(op=1, hwsrc=MACS["src"], psrc=sender, pdst=target)

    reply = Ether(src=MACS["dst"], dst=MACS["src"]) / ARP(
        op=2, hwsrc=MACS["dst"], psrc=B, hwdst=MACS["src"], pdst=A)  # fmt: skip
    made = whole(opened([(0, who_has(C)), (1, who_has(B)), (1.1, who_has(B)), (1.2, reply), (2, who_has(A)),
                         (3, who_has(C, "0.0.0.0"))]))  # fmt: skip
    assert numbers(made.unanswered) == [1]


def test_echo_requests_without_reply(opened: Open) -> None:
    def ping(number: int, back: bool = False) -> Any:
        ends = (B, A) if back else (A, B)
        return (
            Ether(**MACS) / IP(src=ends[0], dst=ends[1]) / ICMP(type=0 if back else 8, id=7, seq=number) / Raw(b"abcd")
        )

    made = whole(opened([(0, ping(1)), (0.1, ping(1, back=True)), (1, ping(2))]))
    assert numbers(made.unanswered) == [3]


def test_the_next_arrow_that_something_is_wrong_with(opened: Open) -> None:
    made = whole(opened([(0, tcp(A, B, "S")), (1, udp(A, B, (5, 6))), (2, tcp(C, B, "S"))]))
    assert made.next_wrong(0, 1) == 2
    assert made.next_wrong(2, -1) == 0
    assert made.next_wrong(2, 1) is None


def test_an_empty_ladder(opened: Open) -> None:
    made = ladder(opened([(0, udp(A, B, (5, 6)))]), np.zeros(0, np.int64))
    assert (len(made), made.row_count, made.hosts.names) == (0, 0, ())


# Which packets.


def test_the_client_stands_at_the_left_of_its_conversation(opened: Open) -> None:
    """Also where the server's packet is the first one that was captured."""
    late = tcp(B, A, "PA", 1, 1, b"late", ports=(80, 40000))
    capture = opened([(0, late), (1, tcp(A, B, "A", 1, 5, ports=(40000, 80)))])
    assert capture.addresses.text(client_of(capture, ("tcp", 0))) == A
    assert whole(capture).hosts.names == (A, B)


def test_packets_of_a_host(opened: Open) -> None:
    capture = opened([(0, udp(A, B, (5, 6))), (1, udp(B, C, (5, 6))), (2, udp(C, A, (5, 6)))])
    address = capture.addresses.find(A)
    assert host_packets(capture, address).tolist() == [0, 2]
    assert host_packets(capture, address, np.array([1, 2])).tolist() == [2]


def test_packets_of_two_hosts_without_stream(opened: Open) -> None:
    def ping(source: str, target: str, kind: int) -> Any:
        return Ether(**MACS) / IP(src=source, dst=target) / ICMP(type=kind, id=7, seq=1)

    capture = opened([(0, ping(A, B, 8)), (1, ping(A, C, 8)), (2, ping(B, A, 0)), (3, udp(A, B, (5, 6)))])
    assert dialogue_packets(capture, 0).tolist() == [0, 2]


def test_a_conversation_has_the_answers_from_elsewhere(shared_captures: Path) -> None:
    """DHCP: asked of everybody, answered to an address of one's own."""
    capture = Capture([str(shared_captures / "ppa" / "dhcp_nolease_initialization.pcapng")])
    capture.load_all()
    assert conversation_packets(capture, "udp", 0).tolist() == [0, 1, 2, 3]


def test_the_case_book(shared_captures: Path) -> None:
    """Part 2, rows 5, 14 and 15: five times sent again; refused; dropped."""
    found = {}
    for name in ("tcp_retransmissions", "nowebaccess2", "nowebaccess3"):
        capture = Capture([str(shared_captures / "ppa" / f"{name}.pcapng")])
        capture.load_all()
        made = whole(capture)
        found[name] = numbers(made.unanswered), numbers(made.lost), numbers(made.resets)
    assert found == {
        "tcp_retransmissions": ([6], [1, 2, 3, 4, 5, 6], []),
        "nowebaccess2": ([], [], [4, 6, 8]),
        "nowebaccess3": ([3, 4, 5], [3, 4, 5], []),
    }
