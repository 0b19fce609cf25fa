"""Fields of FTP, SMTP, TLS and HTTP's links that are told without trees are those that trees tell."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scapy.layers.inet import IP, TCP
from scapy.layers.l2 import Ether
from scapy.utils import wrpcap

from pcaptui.capture import Capture
from pcaptui.filters import quick_http_links
from pcaptui.filters.block import Block
from pcaptui.filters.quick import QUICK, extracted
from pcaptui.filters.registry import find
from pcaptui.filters.trees import TreeFields
from pcaptui.filters.types import Type

RECORD = bytes.fromhex
HELLO = RECORD("160301002d010000290303" + "ab" * 32 + "000002002f0100")
HELLO_BACK = RECORD("160303002a020000260303" + "cd" * 32 + "00002f00")
PIECES = {
    21: [b"USER nate\r\n", b"220 hello\r\n", b"PORT 1,2,3,4,5,6\r\n", b"226-a\r\n226 b\r\n", b"AUTH TLS\r\n", b"half"],
    25: [b"EHLO a\r\n", b"250-a\r\n250 b\r\n", b"MAIL FROM:<a>\r\nRCPT TO:<b>\r\n", b"DATA\r\n", b"354 go\r\n",
         b"Subject: QUIT\r\n\r\nQUIT\r\n", b".\r\n", b"x\r\n.\r\nQUIT\r\n", b"AUTH LOGIN\r\n", b"c2VjcmV0\r\n", b"hal"],
    443: [HELLO, HELLO_BACK, HELLO[:20], HELLO[20:], RECORD("140303000101"), RECORD("15030300020228"),
          RECORD("1703030004") + b"data", RECORD("1703030004") + b"data" + RECORD("17"), RECORD("0303000101"),
          b"GET /"],
    80: [b"GET /a HTTP/1.1\r\nHost: b\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nab",
         b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nab", b"cd",
         b"HTTP/1.1 200 OK\r\n\r\nto the end"],
}  # fmt: skip
NAMES = {
    port: frozenset(name for name in QUICK if name.startswith(prefix))
    for port, prefix in ((21, "ftp."), (25, "smtp."), (443, "tls."))
}
NAMES[443] -= {"tls.handshake.type", "tls.handshake.extensions_server_name"}
"""Where streams have gaps, these are read from single records."""
NAMES[80] = frozenset(quick_http_links.QUICK)


def _capture(path: Path, port: int, said: list[tuple[bytes, bool, str]]) -> Capture:
    packets, sent = [], [1, 1]
    for data, answered, fate in said:
        side = int(answered)
        ends = IP(src="10.0.0.2", dst="10.0.0.1") if side else IP(src="10.0.0.1", dst="10.0.0.2")
        ports = {"sport": port, "dport": 40000} if side else {"sport": 40000, "dport": port}
        packet = Ether() / ends / TCP(flags="PA", seq=sent[side], ack=sent[1 - side], **ports) / data
        sent[side] += len(data)
        packets += [packet] * {"": 1, "lost": 0, "again": 2}[fate]
    packets = [packet.copy() for packet in packets] or [Ether()]
    for number, packet in enumerate(packets):
        packet.time = 1_700_000_000 + number
    wrpcap(str(path), packets)
    capture = Capture.open([str(path)])
    capture.load_all()
    return capture


def _differences(capture: Capture, names: frozenset[str]) -> tuple[int, list[object]]:
    """How many fields are told, and those that trees tell otherwise."""
    block, trees = Block(capture, slice(0, len(capture))), TreeFields(capture)
    told, different = 0, []
    for name in sorted(names):
        packets, values = extracted(name, block)
        quick = dict(zip(packets.tolist(), values, strict=True))
        unsure = QUICK[name][1](block) | block.odd
        info = find(name)
        assert info is not None
        for index in range(len(capture)):
            theirs: list[object] = [one.value for one in trees.fields(index, names).get(name, ())]
            mine: list[object] = list(quick.get(index, []))
            if info.type is Type.NONE:
                theirs, mine = theirs[:1] and [1], mine[:1] and [1]
            told += bool(mine)
            if theirs != mine and not unsure[index]:
                different.append((name, index + 1, theirs, mine))
    return told, different


@pytest.mark.parametrize("port", [21, 25, 443, 80])
def test_any_talk_has_the_fields_of_its_trees(port: int, tmp_path: Path) -> None:
    fates = st.sampled_from(["", "", "", "lost", "again"])

    @settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(st.lists(st.tuples(st.sampled_from(PIECES[port]), st.booleans(), fates), max_size=8))
    def check(said: list[tuple[bytes, bool, str]]) -> None:
        fields = _differences(_capture(tmp_path / "a.pcap", port, said), NAMES[port])
        assert fields[1] == []

    check()


@pytest.mark.parametrize(
    ("port", "said", "least"),
    [
        (21, [(0, False), (1, True), (2, False), (3, True)], 12),
        (25, [(0, False), (1, True), (2, False), (3, False), (5, False), (6, False)], 14),
        (443, [(2, False), (3, False), (1, True), (4, False), (6, True)], 20),
        (80, [(0, False), (1, True), (0, False), (1, True)], 12),
    ],
)
def test_a_plain_talk_is_told_without_trees(
    port: int, said: list[tuple[int, bool]], least: int, tmp_path: Path
) -> None:
    capture = _capture(tmp_path / "a.pcap", port, [(PIECES[port][at], back, "") for at, back in said])
    told, different = _differences(capture, NAMES[port])
    assert different == []
    assert told >= least
