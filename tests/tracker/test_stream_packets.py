"""A stream's packets, looked for one by one or in the order of all streams."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from scapy.layers.inet import IP, TCP, UDP
from scapy.layers.l2 import Ether
from scapy.layers.vxlan import VXLAN
from scapy.utils import wrpcap

from pcaptui.capture import Capture


def test_a_stream_has_the_same_packets_however_often_one_asks(tmp_path: Path) -> None:
    inner = Ether() / IP(src="192.168.0.1", dst="192.168.0.2") / UDP(sport=7, dport=7)
    packets = [
        Ether() / IP(src="10.0.0.1", dst="10.0.0.2") / layer
        for port in range(4000, 4020)
        for layer in (TCP(sport=port, dport=80), UDP(sport=port % 3 + 5000, dport=9), UDP() / VXLAN() / inner)
    ]
    wrpcap(str(tmp_path / "x.pcap"), packets)
    capture = Capture([str(tmp_path / "x.pcap")])
    capture.load_all()
    for kind in ("tcp", "udp"):
        for number in (-1, 0, 1, 2, 3, 99):
            capture.tracker.update()  # forgets what was asked
            answers = [capture.stream_packets(kind, number) for _ in range(20)]
            assert len({(answer.tobytes(), answer.dtype) for answer in answers}) == 1
            assert (np.diff(answers[0]) > 0).all()
    assert len(capture.stream_packets("udp", 1)) == 20
