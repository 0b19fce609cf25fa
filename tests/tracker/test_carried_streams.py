"""Streams of headers that the packet table does not describe itself: around tunnels, and in fragmented datagrams."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scapy.all import DNS, ICMP, IP, TCP, UDP, VXLAN, Ether, Packet, Raw, fragment, wrpcap
from tcp_machine import Segment
from tcp_tables import Bench

from pcaptui.loader.load import Loader
from pcaptui.loader.outer import OuterHeaders
from pcaptui.tracker import Tracker

LINK = Ether(src="02:00:00:00:00:01", dst="02:00:00:00:00:02")
ENDS = {"src": "10.0.0.1", "dst": "10.0.0.2"}


@pytest.fixture
def track(tmp_path: Path):  # type: ignore[no-untyped-def]
    def track(*frames: Packet) -> Tracker:
        path = tmp_path / "capture.pcap"
        wrpcap(str(path), list(frames))
        loader = Loader([str(path)])
        while loader.step():
            pass
        tracker = Tracker(loader.table, loader.interfaces, loader.sources)
        tracker.update()
        tracker.loader = loader  # type: ignore[attr-defined]
        return tracker

    return track


def tunnelled(port: int, inner: Packet) -> Packet:
    outer = LINK / IP(src="192.0.2.1", dst="192.0.2.2") / UDP(sport=port, dport=4789) / VXLAN(vni=1)
    return outer / LINK / IP(**ENDS) / inner


def test_udp_header_around_a_tunnel_is_numbered_before_the_one_inside(track) -> None:  # type: ignore[no-untyped-def]
    dns = UDP(sport=5000, dport=53) / DNS()
    tracker = track(tunnelled(40000, dns), tunnelled(40001, dns), LINK / IP(**ENDS) / UDP(sport=7000, dport=7001))
    assert [tracker.stream_of(index) for index in range(3)] == [("udp", 1), ("udp", 1), ("udp", 3)]
    assert tracker.udp_streams == 4
    assert tracker.packets("udp", 0).tolist() == [0]
    assert tracker.packets("udp", 1).tolist() == [0, 1]


def test_packet_without_ports_in_a_tunnel_belongs_to_the_stream_around_it(track) -> None:  # type: ignore[no-untyped-def]
    tracker = track(tunnelled(40000, ICMP()), tunnelled(40000, TCP(sport=1, dport=2)), LINK / IP(**ENDS) / ICMP())
    assert [tracker.stream_of(index) for index in range(3)] == [("udp", 0), ("tcp", 0), None]


def test_fragment_that_completes_a_datagram_has_its_stream(track) -> None:  # type: ignore[no-untyped-def]
    datagram = IP(**ENDS, id=7) / UDP(sport=53, dport=4000) / Raw(bytes(2000))
    pieces = [LINK / piece for piece in fragment(datagram, 800)]
    tracker = track(*pieces, LINK / IP(**ENDS) / UDP(sport=53, dport=4000))
    assert len(pieces) == 3
    assert [tracker.stream_of(index) for index in range(4)] == [None, None, ("udp", 0), ("udp", 0)]


def test_fragmented_segment_is_analysed_where_it_is_complete(track) -> None:  # type: ignore[no-untyped-def]
    segment = IP(**ENDS, id=9) / TCP(sport=4000, dport=80, flags="A", seq=100, ack=1) / Raw(bytes(1000))
    following = LINK / IP(**ENDS) / TCP(sport=4000, dport=80, flags="A", seq=1100, ack=1) / b"data"
    tracker = track(*(LINK / piece for piece in fragment(segment, 600)), following)
    facts = tracker.tcp_facts(1)
    assert facts is not None and facts.relative_sequence == 1
    facts = tracker.tcp_facts(2)
    assert facts is not None and (facts.relative_sequence, facts.prefixes) == (1001, "")


def test_fragmented_tunnel_has_the_streams_inside_and_around(tmp_path: Path) -> None:
    segment = IP(**ENDS) / TCP(sport=4000, dport=80, flags="A", seq=100, ack=1) / Raw(bytes(1000))
    gtp = Raw(bytes.fromhex("30ff") + len(segment).to_bytes(2, "big") + bytes(4))
    carrier = IP(src="192.0.2.1", dst="192.0.2.2", id=9) / UDP(sport=2152, dport=2152)
    path = str(tmp_path / "capture.pcap")
    wrpcap(path, [*(LINK / piece for piece in fragment(carrier / gtp / segment, 600)), LINK / segment])
    loader = Loader([path])
    while loader.step():
        pass
    tracker = Tracker(loader.table, loader.interfaces, loader.sources, loader.addresses)
    tracker.update()
    assert [tracker.stream_of(index) for index in range(3)] == [None, ("tcp", 0), ("tcp", 0)]
    assert tracker.packets("udp", 0).tolist() == [1]
    assert [loader.addresses.text(loader.table["source"][index]) for index in (0, 1)] == ["192.0.2.1", "10.0.0.1"]
    assert tracker.analysis_names(2) == ["retransmission"]
    assert loader.addresses.text(int(loader.table.outer["destination"][0])) == "192.0.2.2"


def test_udp_lite_shares_the_streams_of_udp(track) -> None:  # type: ignore[no-untyped-def]
    lite = [LINK / IP(**ENDS, proto=136) / Raw(bytes(UDP(sport=port, dport=9))) for port in (4000, 4001)]
    tracker = track(lite[0], LINK / IP(**ENDS) / UDP(sport=4000, dport=9), lite[1])
    assert [tracker.stream_of(index) for index in range(3)] == [("udp", 0), ("udp", 0), ("udp", 1)]
    assert tracker.packets("udp", 0).tolist() == [0, 1]


def test_first_snmp_message_stays_alone_in_its_stream() -> None:
    agent, asker, other = (1, 161), (2, 5000), (2, 5001)
    bench = Bench(protocol=17)
    for block in (
        [Segment(asker, agent, length=40)],
        [Segment(agent, asker, length=40), Segment(other, agent, length=40), Segment(asker, agent, length=40)],
        [Segment(agent, other, length=40)],
    ):
        bench.track(block)
    assert bench.table["stream"].tolist() == [0, 1, 2, 1, 3]


def test_headers_around_tunnels_follow_their_packets_into_another_order() -> None:
    outer = OuterHeaders()
    columns = {name: np.arange(3) for name in ("source", "destination", "source_port", "destination_port")}
    outer.append(packet=np.array([0, 0, 2]), **columns)
    outer.reorder(np.array([2, 1, 0]))
    assert outer["packet"].tolist() == [0, 2, 2]
    assert outer["source"].tolist() == [2, 0, 1]
    assert outer["source"][outer.of(2)].tolist() == [0, 1]
    assert outer["source"][outer.of(1)].tolist() == []
    outer.reorder(np.array([1, 0]), 1)
    assert outer["packet"].tolist() == [0, 1, 1]


def test_several_files_are_numbered_in_time_order(tmp_path: Path) -> None:
    def frame(port: int, time: float) -> Packet:
        made = tunnelled(port, UDP(sport=port, dport=53) / DNS())
        made.time = time
        return made

    names = [str(tmp_path / "a.pcap"), str(tmp_path / "b.pcap")]
    wrpcap(names[0], [frame(40000, 1), frame(40001, 4)])
    wrpcap(names[1], [frame(40002, 2), frame(40003, 3)])
    loader = Loader(names)
    while loader.step():
        pass
    tracker = Tracker(loader.table, loader.interfaces, loader.sources)
    tracker.update()
    assert loader.table["source_port"].tolist() == [40000, 40002, 40003, 40001]
    assert [tracker.stream_of(index) for index in range(4)] == [("udp", 1), ("udp", 3), ("udp", 5), ("udp", 7)]
    assert loader.table.outer["stream"].tolist() == [0, 2, 4, 6]
