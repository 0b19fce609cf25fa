"""TCP trees: header, options, what the stream tells, and messages over several segments."""

from __future__ import annotations

import shutil
import subprocess
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scapy.layers.inet import IP, TCP
from scapy.layers.l2 import Ether
from scapy.packet import Raw
from scapy.utils import wrpcap

from pcaptui.capture import Capture
from pcaptui.fields.context import Context
from pcaptui.fields.node import Node, tree_lines
from pcaptui.fields.tree import dissect
from pcaptui.surroundings import Surroundings

CLIENT, SERVER = ("10.0.0.1", 40000), ("10.0.0.2", 80)
Trees = Callable[..., list[list[Node]]]


def segment(number: int, payload: bytes = b"", server: bool = False, options: bytes = b"", **fields: Any) -> Any:
    """A frame; `number` is its time in ms, `options` raw bytes, a multiple of four."""
    (source, sport), (target, dport) = (SERVER, CLIENT) if server else (CLIENT, SERVER)
    fields = {"sport": sport, "dport": dport, "flags": "A", "window": 500, "chksum": 0x1234, **fields}
    header = bytearray(bytes(TCP(dataofs=5 + len(options) // 4, **fields)))
    addresses = IP(src=source, dst=target, proto=6)
    frame = Ether(bytes(Ether(src="02:00:00:00:00:01", dst="02:00:00:00:00:02") / addresses
                        / Raw(bytes(header) + options + payload)))  # fmt: skip
    frame.time = 1_000 + number / 1000
    return frame


def handshake(options: bytes = b"", answer: bytes = b"") -> list[Any]:
    return [
        segment(0, flags="S", seq=100, options=options), segment(5, server=True, flags="SA", seq=900, ack=101,
                                                                 options=answer),
        segment(7, seq=101, ack=901),
    ]  # fmt: skip


@pytest.fixture
def trees(tmp_path: Path) -> Trees:
    """The trees of a capture of some frames."""

    def make(*frames: Any) -> list[list[Node]]:
        path = tmp_path / "made.pcap"
        wrpcap(str(path), list(frames))
        capture = Capture([str(path)])
        capture.load_all()
        around = Surroundings(capture)
        made = [dissect(around.context(index)).nodes for index in range(len(capture))]
        capture.close()
        return made

    return make


def all_of(nodes: list[Node], field: str) -> list[Node]:
    return [node for _, node in tree_lines(nodes) if node.field == field]


def one(nodes: list[Node], field: str) -> Node:
    found = all_of(nodes, field)
    assert found, f"no {field}"
    return found[0]


def labels(nodes: list[Node]) -> list[str]:
    return [node.label for _, node in tree_lines(nodes)]


def test_the_header_has_its_fields_at_their_bytes(trees: Trees) -> None:
    nodes = trees(*handshake(), segment(9, b"hello", seq=101, ack=901, flags="PA"))[3]
    tcp = one(nodes, "tcp")
    assert tcp.label == "Transmission Control Protocol, Src Port: 40000, Dst Port: 80, Seq: 1, Ack: 1, Len: 5"
    assert (tcp.start, tcp.length) == (34, 20)
    for field, label, value, start, length in [
        ("tcp.srcport", "Source Port: 40000", 40000, 34, 2),
        ("tcp.seq", "Sequence Number: 1    (relative sequence number)", 1, 38, 4),
        ("tcp.seq_raw", "Sequence Number (raw): 101", 101, 38, 4),
        ("tcp.ack", "Acknowledgment Number: 1    (relative ack number)", 1, 42, 4),
        ("tcp.hdr_len", "0101 .... = Header Length: 20 bytes (5)", 20, 46, 1),
        ("tcp.flags", "Flags: 0x018 (PSH, ACK)", 0x18, 46, 2),
        ("tcp.flags.ack", ".... ...1 .... = Acknowledgment: Set", True, 47, 1),
        ("tcp.flags.str", "[TCP Flags: ·······AP···]", "·······AP···", 46, 2),
        ("tcp.checksum", "Checksum: 0x1234 [unverified]", 0x1234, 50, 2),
        ("tcp.payload", "TCP payload (5 bytes)", "68:65:6c:6c:6f", 54, 5),
    ]:
        node = one(nodes, field)
        assert (node.label, node.value, node.start, node.length) == (label, value, start, length)
    assert one(nodes, "tcp.nxtseq").label == "[Next Sequence Number: 6    (relative sequence number)]"
    assert one(nodes, "tcp.stream").value == 0
    assert one(nodes, "tcp.completeness").label == "[Conversation completeness: Incomplete, ESTABLISHED (7)]"


def test_odd_flags_are_named(trees: Trees) -> None:
    frame = bytearray(bytes(segment(0, flags="A")))
    frame[46] |= 0x0F
    nodes = trees(Ether(bytes(frame)), segment(1, flags=0, sport=5))
    assert one(nodes[0], "tcp.flags").label == "Flags: 0xf10 (ACK, AE, Reserved)"
    assert one(nodes[0], "tcp.flags.str").value == "RRRA···A····"
    assert one(nodes[0], "tcp.flags.res").label == "111. .... .... = Reserved: Set"
    assert one(nodes[1], "tcp.flags").label == "Flags: 0x000 (<None>)"


def test_windows_are_scaled_by_what_the_handshake_agreed_on(trees: Trees) -> None:
    scale = b"\1\3\3\7"
    nodes = trees(*handshake(scale, scale))
    assert one(nodes[0], "tcp.window_size").label == "[Calculated window size: 500]"
    assert not all_of(nodes[0], "tcp.window_size_scalefactor")
    assert one(nodes[2], "tcp.window_size").label == "[Calculated window size: 64000]"
    assert one(nodes[2], "tcp.window_size_scalefactor").value == 128
    assert one(nodes[0], "tcp.options.wscale.multiplier").label == "[Multiplier: 128]"
    plain = trees(*handshake(), segment(9, sport=7, seq=1, ack=1))
    assert one(plain[2], "tcp.window_size_scalefactor").label == (
        "[Window size scaling factor: -2 (no window scaling used)]"
    )
    assert one(plain[3], "tcp.window_size_scalefactor").label == "[Window size scaling factor: -1 (unknown)]"


@pytest.mark.parametrize(
    ("raw", "label"),
    [
        (b"\2\4\5\xb4", "TCP Option - Maximum segment size: 1460 bytes"),
        (b"\3\3\x0f\0", "TCP Option - Window scale: 15 (multiply by 16384)"),
        (b"\4\2\1\1", "TCP Option - SACK permitted"),
        (b"\1\1\x08\x0a\0\0\0\1\0\0\0\2", "TCP Option - Timestamps: TSval 1, TSecr 2"),
        (b"\x13\x12" + bytes(range(16)) + b"\1\1", "MD5 digest: 000102030405060708090a0b0c0d0e0f"),
        (b"\x1c\4\x80\5", "1... .... .... .... = Granularity: Minutes"),
        (b"\x1c\4\x80\5", ".000 0000 0000 0101 = User Timeout: 5"),
        (b"\x22\2\1\1", "Fast Open Cookie Request"),
        (b"\xfd\x08\xf9\x89abcd", "Fast Open Cookie: 61626364"),
        (b"\xfd\6\x12\x34ab\1\1", "Experiment Identifier: Unknown (0x1234)"),
        (b"\x99\4ab", "Payload: 6162"),
        (b"\x0b\6abcd\1\1", "TCP CC Option: 1633837924"),
        (b"\xac\x0b\0\0\1\0\0\2\0\0\3\1", "TCP Option - Accurate ECN (Order 0): EE0B 1, ECEB 2, EE1B 3"),
        (b"\x1d\4\1\2", "AO RNextKeyID: 2"),
        (b"\x1b\x08\1\0\0\0\0\0", ".... 0001 = QS Rate: 80 kbit/s (1)"),
        (b"\x99\0\0\0", "Unknown (0x99) (with too-short option length = 0 bytes)"),
        (b"\x99\x30\0\0", "Unknown (0x99) (option length = 48 bytes says option goes past end of options)"),
        (b"\3\2\1\1", "[Expert Info (Note/Sequence): option length should be 3]"),
        (b"\0\1\2\3", "Non-zero header padding"),
        (b"\x1e\x0c\0\x81" + bytes(8), "Multipath Transmission Control Protocol: Multipath Capable"),
        (b"\x1e\4\x40\1", "[Number of removed addresses: 1]"),
        (b"\x1e\x0c\x70\1abcdefgh", "Receiver's Key: 7017280452245743464"),
    ],
)
def test_options_are_told_in_full(trees: Trees, raw: bytes, label: str) -> None:
    nodes = trees(segment(0, flags="S", options=raw))[0]
    assert label in labels(nodes)
    assert one(nodes, "tcp.options").length == len(raw)


def test_options_sum_up_their_kinds(trees: Trees) -> None:
    nodes = trees(segment(0, flags="S", options=b"\2\4\5\xb4\1\3\3\2\0\0\0\0"))[0]
    assert one(nodes, "tcp.options").label == (
        "Options: (12 bytes), Maximum segment size, No-Operation (NOP), Window scale, End of Option List (EOL), "
        "End of Option List (EOL), End of Option List (EOL), End of Option List (EOL)"
    )


def test_sack_edges_are_relative_and_repeated_data_is_told(trees: Trees) -> None:
    def block(*edges: int) -> bytes:
        return b"\1\1\5" + bytes([2 + 4 * len(edges)]) + b"".join(edge.to_bytes(4) for edge in edges)

    frames = [segment(9, server=True, seq=901, ack=501, options=block(601, 701)),
              segment(10, server=True, seq=901, ack=501, options=block(201, 301))]  # fmt: skip
    nodes = trees(*handshake(), *frames)
    assert one(nodes[3], "tcp.options.sack").label == "TCP Option - SACK 501-601"
    assert one(nodes[3], "tcp.options.sack_le").label == "left edge = 501 (relative)"
    assert one(nodes[3], "tcp.options.sack.count").value == 1
    assert not all_of(nodes[3], "tcp.options.sack.dsack_le")
    assert one(nodes[4], "tcp.options.sack.dsack_le").value == 101


def test_the_analysis_tells_what_is_acknowledged_and_under_way(trees: Trees) -> None:
    nodes = trees(
        *handshake(), segment(10, b"abc", seq=101, ack=901), segment(11, b"defg", seq=104, ack=901, flags="PA"),
        segment(20, server=True, seq=901, ack=108),
    )  # fmt: skip
    assert one(nodes[1], "tcp.analysis.acks_frame").link == 1
    assert one(nodes[2], "tcp.analysis.initial_rtt").label == "[iRTT: 0.007000000 seconds]"
    assert one(nodes[4], "tcp.analysis.bytes_in_flight").value == 7
    assert one(nodes[4], "tcp.analysis.push_bytes_sent").value == 7
    assert one(nodes[5], "tcp.analysis.acks_frame").value == 5
    assert one(nodes[5], "tcp.analysis.ack_rtt").value == pytest.approx(0.009)
    assert one(nodes[5], "tcp.time_relative").value == pytest.approx(0.020)
    assert one(nodes[5], "tcp.time_delta").label == (
        "[Time since previous frame in this TCP stream: 0.009000000 seconds]"
    )


def test_retransmissions_are_told_with_their_delay(trees: Trees) -> None:
    data = {"seq": 101, "ack": 901}
    nodes = trees(*handshake(), segment(10, b"abc", **data), segment(300, b"abc", **data))[4]
    assert "[This frame is a (suspected) retransmission]" in labels(nodes)
    assert one(nodes, "tcp.analysis.rto").label == "[The RTO for this segment was: 0.290000000 seconds]"
    assert one(nodes, "tcp.analysis.rto_frame").link == 4
    assert one(nodes, "tcp.segment_data").label == "Retransmitted TCP segment data (3 bytes)"


def test_duplicate_acks_name_the_first(trees: Trees) -> None:
    again = [segment(10 + at, server=True, seq=901, ack=101) for at in range(3)]
    nodes = trees(*handshake(), *again)[5]
    assert one(nodes, "tcp.analysis.duplicate_ack_num").value == 3
    assert one(nodes, "tcp.analysis.duplicate_ack_frame").link == 2


def pieces_of_an_answer() -> list[Any]:
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n" + b"x" * 20
    parts = answer[:30], answer[30:45], answer[45:]
    frames = [segment(10, b"GET / HTTP/1.1\r\n\r\n", seq=101, ack=901)]
    sequence = 901
    for at, part in enumerate(parts):
        frames.append(segment(11 + at, part, server=True, seq=sequence, ack=119))
        sequence += len(part)
    return frames


def test_a_message_over_segments_shows_where_it_came_from(trees: Trees) -> None:
    nodes = trees(*handshake(), *pieces_of_an_answer())
    assert one(nodes[4], "tcp.reassembled_in").link == 7
    assert one(nodes[4], "tcp.segment_data").label == "TCP segment data (30 bytes)"
    assert not all_of(nodes[4], "http")
    last = nodes[6]
    assert one(last, "tcp.segments").label == "[3 Reassembled TCP Segments (59 bytes): #5(30), #6(15), #7(14)]"
    assert [(node.value, node.start, node.length, node.link) for node in all_of(last, "tcp.segment")] == [
        (5, 0, 30, 5), (6, 30, 15, 6), (7, 45, 14, 7)
    ]  # fmt: skip
    assert one(last, "tcp.segment").label == "[Frame: 5, payload: 0-29 (30 bytes)]"
    assert one(last, "tcp.reassembled.length").value == 59
    assert one(last, "http").source == "Reassembled TCP"
    assert one(last, "http.response.code").value == 200


def test_a_checksum_left_to_the_card_is_recognised(trees: Trees) -> None:
    addresses = bytes([10, 0, 0, 1, 10, 0, 0, 2])
    total = sum(int.from_bytes(addresses[at : at + 2]) for at in range(0, 8, 2)) + 6 + 20
    nodes = trees(segment(0, chksum=total), segment(1, chksum=total + 1))
    told = "[Sum of the pseudo header alone: the sender's network card was to compute the checksum]"
    assert told in labels(nodes[0])
    assert told not in labels(nodes[1])


def test_a_header_of_too_few_words_ends_the_tree(trees: Trees) -> None:
    frame = bytearray(bytes(segment(0)))
    frame[46] = 0x40
    nodes = trees(Ether(bytes(frame)))[0]
    assert "[Bogus TCP header length (16, must be at least 20)]" in labels(nodes)
    assert not all_of(nodes, "tcp.window_size_value")


def test_a_context_of_another_header_is_not_believed() -> None:
    frame = bytes(segment(0, seq=77))
    nodes = dissect(Context(1, frame, len(frame), 1)).nodes
    assert one(nodes, "tcp.seq").label == "Sequence Number: 77"
    assert not all_of(nodes, "tcp.stream")


@given(st.binary(max_size=60), st.integers(0, 15), st.integers(0, 255))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_make_a_tree(options: bytes, words: int, flags: int) -> None:
    frame = bytes(segment(0))[:34] + bytes(12) + bytes([words << 4, flags]) + bytes(6) + options
    nodes = dissect(Context(1, frame, len(frame), 1)).nodes
    assert not any("Dissector stopped" in label for label in labels(nodes))


def test_any_cut_makes_a_tree() -> None:
    frame = bytes(segment(0, b"data", flags="S", options=b"\2\4\5\xb4\1\3\3\2\x08\x0a" + bytes(8) + b"\1\1"))
    for size in range(34, len(frame)):
        nodes = dissect(Context(1, frame[:size], len(frame), 1)).nodes
        assert not any("Dissector stopped" in label for label in labels(nodes))


def test_fast_open_is_told_where_it_shows(trees: Trees) -> None:
    opened = segment(0, b"GET", flags="S", seq=100, options=b"\x22\x0aabcdefgh\1\1")
    nodes = trees(opened, segment(1, server=True, flags="SA", seq=900, ack=104))
    assert "[TCP SYN with TFO Cookie]" in labels(nodes[0])
    assert "[TCP SYN-ACK accepting TFO data]" in labels(nodes[1])


# Against tshark, where it is installed.


def shown(field: ET.Element) -> Iterator[tuple[str, int, int, str]]:
    name = field.get("name") or ""
    if field.get("hide") == "yes" or name.startswith("_ws."):
        return
    if name:
        words = " ".join((field.get("showname") or "").split())
        yield name, int(field.get("pos") or 0), int(field.get("size") or 0), words
    for below in field:
        yield from shown(below)


def plain(label: str) -> str:
    label = " ".join(label.split())
    return label[1:-1] if label.startswith("[") and label.endswith("]") else label


@pytest.mark.skipif(shutil.which("tshark") is None, reason="tshark is not installed")
@pytest.mark.parametrize(
    "name", ["ppa/tcp_dupack.pcapng", "ppa/tcp_zerowindowdead.pcapng", "ppa/dns_query_response.pcapng"]
)
def test_fields_are_those_of_tshark(shared_captures: Path, name: str) -> None:
    path = shared_captures / name
    command = ["tshark", "-n", "-r", str(path), "-c", "20", "-T", "pdml"]
    wanted = ET.fromstring(subprocess.run(command, capture_output=True, check=True, timeout=60).stdout)
    capture = Capture([str(path)])
    capture.load_all()
    around = Surroundings(capture)
    compared = 0
    for index, packet in enumerate(wanted.iter("packet")):
        have = {
            (node.field, plain(node.label), *((node.start, node.length) if node.length else (0, 0)))
            for _, node in tree_lines(dissect(around.context(index)).nodes)
        }
        for proto in packet.findall("proto"):
            if proto.get("name") not in ("tcp", "udp"):
                continue
            for field, start, size, words in shown(proto):
                place = (start, size) if size else (0, 0)
                assert (field, words, *place) in have, f"packet {index + 1}: {field} {words}"
                compared += 1
    capture.close()
    assert compared > 10
