"""The TCP row with facts of its stream, and what an application puts in its place."""

from __future__ import annotations

from dataclasses import dataclass

from scapy.layers.inet import IP, TCP
from scapy.layers.l2 import Ether
from scapy.packet import Raw

from pcaptui.protocols.driver import run
from pcaptui.protocols.packet import AppRow, Conversation, Packet, TcpFacts

FRAME = Ether(src="02:00:00:00:00:01", dst="02:00:00:00:00:02") / IP(src="192.0.2.1", dst="192.0.2.2")
DATA = TCP(sport=1025, dport=80, flags="PA", seq=1000, ack=500, window=100) / Raw(b"hello")


@dataclass
class Stand:
    """Services that answer one thing."""

    facts: TcpFacts | None
    application: AppRow | None = None
    asked: bytes | None = None

    def tcp(self, packet: Packet) -> TcpFacts | None:
        return self.facts

    def tcp_payload(self, packet: Packet, payload: bytes) -> AppRow | None:
        self.asked = payload
        return self.application

    def udp_conversation(self, packet: Packet) -> Conversation | None:
        return None

    def echo_peer(self, packet: Packet, identifier: int, sequence: int, reply: bool) -> int | None:
        return 7 if reply else None

    def fragments(self, packet: Packet) -> tuple[int, bytes | None] | None:
        return None


def row(segment: TCP, services: Stand) -> Packet:
    data = bytes(FRAME / segment)
    return run(Packet(1, data, len(data), 1, services=services))  # type: ignore[arg-type]


def test_numbers_are_relative_and_the_window_is_scaled() -> None:
    made = row(DATA, Stand(TcpFacts(0, 1, 20, 7)))
    assert made.info == "1025 → 80 [PSH, ACK] Seq=1 Ack=20 Win=12800 Len=5"


def test_window_of_a_syn_is_never_scaled() -> None:
    syn = TCP(sport=1025, dport=80, flags="S", window=100)
    assert row(syn, Stand(TcpFacts(0, 0, 0, 7))).info == "1025 → 80 [SYN] Seq=0 Win=100 Len=0"


def test_sack_edges_are_relative_to_the_peer() -> None:
    ack = TCP(
        sport=1025, dport=80, flags="A", window=100, options=[("NOP", None), ("NOP", None), ("SAck", (1100, 1200))]
    )
    made = row(ack, Stand(TcpFacts(0, 1, 20, -1, peer_base=1000)))
    assert made.info.endswith("Len=0 SLE=100 SRE=200")


def test_verdicts_stand_in_front_and_keep_the_application_away() -> None:
    services = Stand(TcpFacts(0, 1, 20, -1, prefixes="[TCP Retransmission] ", dissect=False), AppRow("HTTP", "GET /"))
    made = row(DATA, services)
    assert made.info.startswith("[TCP Retransmission] 1025 → 80 [PSH, ACK]")
    assert (made.protocol, services.asked) == ("TCP", None)


def test_application_replaces_the_row_behind_the_verdicts() -> None:
    services = Stand(TcpFacts(0, 1, 20, -1, prefixes="[TCP Fast Retransmission] "), AppRow("HTTP", "GET /"))
    made = row(DATA, services)
    assert (made.protocol, made.info, services.asked) == ("HTTP", "[TCP Fast Retransmission] GET /", b"hello")


def test_application_that_wants_more_adds_to_the_row() -> None:
    made = row(DATA, Stand(TcpFacts(0, 1, 20, -1), AppRow(suffix=" [TCP segment of a reassembled PDU]")))
    assert made.info == "1025 → 80 [PSH, ACK] Seq=1 Ack=20 Win=100 Len=5 [TCP segment of a reassembled PDU]"


def test_multipath_option_names_the_protocol() -> None:
    made = row(TCP(sport=1025, dport=80, options=[(30, bytes.fromhex("0081"))]), Stand(None))
    assert made.protocol == "MPTCP"


def test_flags_have_their_order() -> None:
    urgent = TCP(sport=1025, dport=80, flags="UA", seq=1, ack=2, window=9, urgptr=3)
    assert row(urgent, Stand(None)).info == "1025 → 80 [ACK, URG] Seq=1 Ack=2 Win=9 Urg=3 Len=0"
    bare = TCP(sport=1025, dport=80, flags=0, seq=1, window=9)
    assert row(bare, Stand(None)).info == "1025 → 80 [<None>] Seq=1 Win=9 Len=0"
    many = TCP(sport=1025, dport=80, flags=0x1D2, seq=1, ack=2, window=9)
    assert row(many, Stand(None)).info == "1025 → 80 [SYN, ACK, ECE, CWR, AE] Seq=1 Ack=2 Win=9 Len=0"
