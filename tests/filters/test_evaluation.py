"""Columns and single packets agree; logic holds; odd packets; cancelling."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scapy.layers.dns import DNS, DNSQR
from scapy.layers.inet import ICMP, IP, TCP, UDP
from scapy.layers.l2 import Dot1Q, Ether
from scapy.utils import wrpcap

from pcaptui.capture import Capture
from pcaptui.filters import bound, compile
from pcaptui.filters.block import Block
from pcaptui.filters.evaluate import Cancelled
from pcaptui.filters.packets import NoFields, PacketFields
from pcaptui.filters.values import holds
from pcaptui.filters.vectors import test_columns as by_columns

SAMPLE = Path(__file__).parent.parent.parent / "sample_pcaps" / "web-visit.pcapng"


def _open(path: Path) -> Capture:
    capture = Capture([str(path)])
    capture.load_all()
    return capture


@pytest.fixture(scope="module")
def sample() -> Capture:
    return _open(SAMPLE)


fields = st.sampled_from(
    ["tcp.port", "tcp.srcport", "udp.port", "frame.len", "ip.ttl", "tcp.flags", "tcp.len", "tcp.seq", "ip.id",
     "frame.number", "tcp.window_size", "udp.length", "tcp.stream"]
)  # fmt: skip
numbers = st.integers(0, 250).map(str) | fields
sums = st.builds("{} {} {}".format, fields, st.sampled_from(["+", "-", "*", "/", "%", "&"]), numbers)
sides = (
    fields
    | sums
    | st.builds("max({}, frame.len)".format, st.sampled_from(["tcp.len", "tcp.seq"]))
    | st.builds("count({})".format, fields)
)
leaves = st.one_of(
    st.builds("{} {} {} {}".format, st.sampled_from(["", "any", "all"]), sides,
              st.sampled_from(["==", "!=", "===", "~=", "<", "<=", ">", ">="]), numbers),
    st.builds("{} in {{{}, {}..{}}}".format, fields, numbers, numbers, numbers),
    st.builds("ip.addr {} 115.140.{}.0/{}".format, st.sampled_from(["==", "!=", ">", "~="]), st.integers(20, 26),
              st.integers(0, 32)),
    st.builds("eth.src[{}:{}] {} 02:00".format, st.integers(0, 4), st.integers(1, 2), st.sampled_from(["==", "!="])),
    sums,
)  # fmt: skip


@settings(deadline=None, max_examples=120)
@given(leaves)
def test_columns_say_what_single_packets_say(sample: Capture, text: str) -> None:
    test = compile(text).test
    assert isinstance(test, (bound.Compare, bound.In, bound.There))
    block = Block(sample, slice(0, len(sample)))
    found = by_columns(test, block)
    if found is None:
        return
    one = PacketFields(block, NoFields(), frozenset())
    expected = []
    for place in range(len(sample)):
        one.move(place)
        expected.append(holds(test, one))
    assert found.tolist() == expected


@settings(deadline=None, max_examples=60)
@given(leaves, leaves)
def test_logic_holds(sample: Capture, one: str, other: str) -> None:
    def passed(text: str) -> list[bool]:
        return compile(text).run(sample).tolist()

    assert passed(f"not ({one} and {other})") == passed(f"not {one} or not {other}")
    assert passed(f"not ({one} or {other})") == passed(f"not {one} and not {other}")
    assert passed(f"{one} xor {other}") == passed(f"({one} or {other}) and not ({one} and {other})")


def test_blocks_make_no_difference(sample: Capture) -> None:
    for text in ("tcp.port == 80", "frame.time_delta > 0.01", 'dns.qry.name contains "nate"', "tcp.time_delta > 0.01"):
        whole = compile(text).run(sample)
        parts = [mask for _, mask in compile(text).blocks(sample, 0, len(sample), size=50)]
        assert np.concatenate(parts).tolist() == whole.tolist()


def test_a_part_of_the_capture_can_be_asked(sample: Capture) -> None:
    whole = compile("tcp").run(sample)
    assert compile("tcp").run(sample, 100, 200).tolist() == whole[100:200].tolist()


def test_progress_is_told_and_work_ends_when_cancelled(sample: Capture) -> None:
    told: list[tuple[int, int]] = []
    compile("tcp").run(sample, progress=lambda done, total: told.append((done, total)))
    assert told[-1] == (len(sample), len(sample))
    with pytest.raises(Cancelled):
        compile("tcp").run(sample, cancelled=lambda: True)


def _numbers(capture: Capture, text: str) -> list[int]:
    return (np.flatnonzero(compile(text).run(capture)) + 1).tolist()


def test_tags_quotes_and_arp_fields(tmp_path: Path) -> None:
    ether = Ether(src="02:00:00:00:00:01", dst="02:00:00:00:00:02")
    path = tmp_path / "odd.pcap"
    packets = [
        ether
        / Dot1Q(vlan=5, prio=3)
        / IP(src="10.0.0.1", dst="10.0.0.2")
        / UDP(sport=1000, dport=53)
        / DNS(qd=DNSQR(qname="www.example.org")),
        ether
        / IP(src="10.0.0.9", dst="10.0.0.1")
        / ICMP(type=3, code=3)
        / IP(src="10.0.0.1", dst="10.0.0.2")
        / UDP(sport=1000, dport=53),
        ether / IP(src="10.0.0.1", dst="10.0.0.2") / TCP(sport=80, dport=2000, flags="R"),
    ]
    wrpcap(str(path), packets)
    capture = _open(path)
    assert _numbers(capture, "vlan.id == 5 and vlan.priority == 3") == [1]
    assert _numbers(capture, 'dns.qry.name == "www.example.org"') == [1]
    assert _numbers(capture, "tcp.flags.reset == 1 && tcp.dstport > 1999") == [3]
    assert _numbers(capture, "ip.addr == 10.0.0.9") == [2]
    assert _numbers(capture, "ip.src#1 == 10.0.0.9") == [2]
    assert 2 in _numbers(capture, "udp.dstport == 53")
    assert _numbers(capture, 'frame contains "example"') == [1]


def test_header_bytes_of_several_files_are_told_apart(tmp_path: Path) -> None:
    paths = []
    for number, ttl in enumerate((10, 20)):
        path = tmp_path / f"{number}.pcap"
        packets = [Ether() / IP(src="10.0.0.1", dst="10.0.0.2", ttl=ttl) / UDP() / bytes(number) for _ in range(3)]
        for place, packet in enumerate(packets):
            packet.time = place * 2 + number
        wrpcap(str(path), packets)
        paths.append(str(path))
    capture = Capture(paths)
    capture.load_all()
    assert _numbers(capture, "ip.ttl == 10") == [1, 3, 5]
    assert _numbers(capture, "ip.ttl == 20 and eth.src[0:2] == eth.src[0:2]") == [2, 4, 6]


def test_two_threads_read_what_one_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "many.pcap"
    wrpcap(str(path), [Ether() / IP(src="10.0.0.1", dst="10.0.0.2", id=number) / UDP() for number in range(101)])
    capture = _open(path)
    one = Block(capture, slice(0, 101)).number("network", 4, 2)
    monkeypatch.setattr("pcaptui.filters.block._MANY", 10)
    monkeypatch.setattr("pcaptui.filters.block._KEEPERS", {})
    two = Block(capture, slice(0, 101)).number("network", 4, 2)
    assert one.tolist() == two.tolist() == list(range(101))
