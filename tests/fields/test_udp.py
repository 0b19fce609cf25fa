"""UDP and UDP-Lite trees."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scapy.layers.inet import IP
from scapy.layers.inet6 import IPv6
from scapy.layers.l2 import Ether
from scapy.packet import Raw
from scapy.utils import wrpcap

from pcaptui.capture import Capture
from pcaptui.fields.context import Context
from pcaptui.fields.node import Node, tree_lines
from pcaptui.fields.tree import dissect
from pcaptui.surroundings import Surroundings


def datagram(payload: bytes = b"abcd", length: int | None = None, checksum: int = 5, protocol: int = 17,
             six: bool = False) -> Any:  # fmt: skip
    """A frame from port 1111 to 9999."""
    size = 8 + len(payload) if length is None else length
    header = (1111).to_bytes(2) + (9999).to_bytes(2) + size.to_bytes(2) + checksum.to_bytes(2)
    network = (
        IPv6(src="fe80::1", dst="fe80::2", nh=protocol) if six else IP(src="10.0.0.1", dst="10.0.0.2", proto=protocol)
    )
    ends = Ether(src="02:00:00:00:00:01", dst="02:00:00:00:00:02")
    return Ether(bytes(ends / network / Raw(header + payload)))


def lines(nodes: list[Node]) -> dict[str, Node]:
    return {node.field: node for _, node in reversed(list(tree_lines(nodes)))}


def labels(nodes: list[Node]) -> list[str]:
    return [node.label for _, node in tree_lines(nodes)]


def trees(path: Path, *frames: Any) -> list[list[Node]]:
    for at, frame in enumerate(frames):
        frame.time = at / 4
    wrpcap(str(path / "made.pcap"), list(frames))
    capture = Capture([str(path / "made.pcap")])
    capture.load_all()
    around = Surroundings(capture)
    made = [dissect(around.context(index)).nodes for index in range(len(capture))]
    capture.close()
    return made


def test_the_header_has_its_fields_at_their_bytes(tmp_path: Path) -> None:
    found = lines(trees(tmp_path, datagram(), datagram())[1])
    assert found["udp"].label == "User Datagram Protocol, Src Port: 1111, Dst Port: 9999"
    assert (found["udp"].start, found["udp"].length) == (34, 8)
    assert (found["udp.length"].label, found["udp.length"].start) == ("Length: 12", 38)
    assert found["udp.checksum"].label == "Checksum: 0x0005 [unverified]"
    assert found["udp.stream"].value == 0
    assert found["udp.time_delta"].label == "[Time since previous frame: 0.250000000 seconds]"
    payload = found["udp.payload"]
    assert (payload.label, payload.start, payload.length) == ("UDP payload (4 bytes)", 42, 4)


@pytest.mark.parametrize(
    ("frame", "label"),
    [
        (datagram(checksum=0), "Checksum: 0x0000 [zero-value ignored]"),
        (datagram(checksum=0), "[Checksum Status: Not present]"),
        (datagram(checksum=0, six=True), "Checksum: 0x0000 [zero-value illegal]"),
        (datagram(length=3), "Length: 3 (bogus, must be >= 8)"),
        (datagram(length=40), "Length: 40 (bogus, payload length 12)"),
        (datagram(length=9), "UDP payload (1 byte)"),
        (datagram(length=8, protocol=136), "Checksum coverage: 8"),
        (datagram(length=7, protocol=136), "Checksum coverage: 7 (bogus, must be >= 8 and <= 12)"),
        (datagram(length=0, protocol=136), "[Length: 12]"),
    ],
)
def test_odd_headers_are_told(tmp_path: Path, frame: Any, label: str) -> None:
    assert label in labels(trees(tmp_path, frame)[0])


def test_a_datagram_without_payload_has_no_times(tmp_path: Path) -> None:
    found = lines(trees(tmp_path, datagram(b""))[0])
    assert "udp.stream" in found
    assert "udp.time_relative" not in found
    assert "udp.payload" not in found


@given(st.binary(max_size=40))
@settings(max_examples=100, deadline=None)
def test_any_bytes_make_a_tree(raw: bytes) -> None:
    for protocol in (17, 136):
        frame = bytes(datagram(protocol=protocol))[:34] + raw
        found = labels(dissect(Context(1, frame, len(frame), 1)).nodes)
        assert not any("Dissector stopped" in label for label in found)
