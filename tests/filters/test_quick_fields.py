"""Fields that are read without trees are those that trees have."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scapy.layers.dns import DNS, DNSQR, DNSRR, DNSRRMX, DNSRROPT, DNSRRSRV
from scapy.layers.inet import ICMP, IP, TCP, UDP
from scapy.layers.l2 import Ether
from scapy.packet import Packet, Raw
from scapy.utils import wrpcap

from pcaptui.capture import Capture
from pcaptui.filters import compile
from pcaptui.filters.block import Block
from pcaptui.filters.columns import COLUMN_FIELDS
from pcaptui.filters.quick import QUICK, extracted
from pcaptui.filters.registry import find
from pcaptui.filters.trees import TreeFields
from pcaptui.filters.types import Type

SAMPLE = Path(__file__).parent.parent.parent / "sample_pcaps" / "web-visit.pcapng"


def _opened(path: Path) -> Capture:
    capture = Capture([str(path)])
    capture.load_all()
    return capture


def _differences(capture: Capture, protocol: str) -> tuple[int, list[object]]:
    """How many (field, packet) pairs have values, and those where both ways have other ones."""
    names = frozenset(name for name in QUICK if name.startswith(f"{protocol}."))
    block, trees = Block(capture, slice(0, len(capture))), TreeFields(capture)
    count, different = 0, []
    for name in sorted(names):
        packets, values = extracted(name, block)
        quick = dict(zip(packets.tolist(), values, strict=True))
        unsure = (QUICK[name][1](block) | block.odd).tolist()
        info = find(name)
        assert info is not None
        for index in range(len(capture)):
            told = [one.value for one in trees.fields(index, names).get(name, ())]
            mine = quick.get(index, [])
            if info.type is Type.NONE or name in ("http.request", "http.response"):
                told, mine = told[:1] and [1], mine[:1]
            count += bool(told)
            if told != mine and not unsure[index]:
                different.append((name, index + 1, told, mine))
    return count, different


@pytest.mark.parametrize(("protocol", "least"), [("dns", 300), ("http", 40)])
def test_fields_of_the_sample_are_those_of_its_trees(protocol: str, least: int) -> None:
    count, different = _differences(_opened(SAMPLE), protocol)
    assert different == []
    assert count >= least


def _udp(message: Packet, port: int = 53, back: bool = False) -> Packet:
    ports = {"sport": port, "dport": 4000} if back else {"sport": 4000, "dport": port}
    ends = ("10.0.0.2", "10.0.0.1") if back else ("10.0.0.1", "10.0.0.2")
    return (
        Ether(src="02:00:00:00:00:01", dst="02:00:00:00:00:02") / IP(src=ends[0], dst=ends[1]) / UDP(**ports) / message
    )


def test_records_of_many_kinds(tmp_path: Path) -> None:
    question = DNSQR(qname="nate.com", qtype="ALL")
    answers = [
        DNSRR(rrname="nate.com", type="A", rdata="1.2.3.4", ttl=60),
        DNSRR(rrname="nate.com", type="AAAA", rdata="2001:db8::1"),
        DNSRR(rrname="www.nate.com", type="CNAME", rdata="nate.com"),
        DNSRRMX(rrname="nate.com", exchange="mx.nate.com"),
        DNSRRSRV(rrname="_sip._udp.nate.com", target="sip.nate.com", port=5060),
        DNSRR(rrname="x.nate.com", type="TXT", rdata="hi"),
    ]
    answer = DNS(id=7, qr=1, aa=1, ra=1, rcode=0, qd=[question], an=answers, ar=[DNSRROPT()])
    cut = bytes(answer)[:70]
    packets = [
        _udp(DNS(id=7, rd=1, qd=[question])),
        _udp(answer, back=True),
        _udp(answer, back=True),
        _udp(Raw(cut), back=True),
        _udp(DNS(id=9, qr=1, rcode=3, qd=[question]), back=True),
        _udp(DNS(id=8, opcode=5, qd=[question])),
        _udp(DNS(qd=[question]), 5353),
        _udp(DNS(qr=1, qd=[question], an=answers[:2]), 5353),
        _udp(DNS(id=3, qd=[question]), 5355),
        _udp(Raw(bytes(12) + b"\x41\xff\xff")),
        _udp(Raw(bytes.fromhex("000181800001000900000000c00cc00c"))),
    ]
    for number, packet in enumerate(packets):
        packet.time = 1_600_000_000 + number / 8
    wrpcap(str(tmp_path / "dns.pcap"), packets)
    count, different = _differences(_opened(tmp_path / "dns.pcap"), "dns")
    assert different == []
    assert count > 100


def test_header_lines_with_spaces_folds_and_repetitions(tmp_path: Path) -> None:
    request = (
        b"POST /x?a=1&b HTTP/1.0\r\nHOST: nate.com\r\nCookie: a=1; b=2;\r\nUser-Agent : curl\r\nAccept: a\r\n b\r\n"
        b"accept: c\r\nContent-Length: 2\r\nX-Forwarded-For: 1.1.1.1, 2.2.2.2\r\n\r\nok"
    )
    response = (
        b"HTTP/1.1 404 Not Found at all\r\nSet-Cookie: a\r\nSet-Cookie: b\r\nServer: \xff\r\nContent-Length: 0\r\n\r\n"
    )
    client = (
        Ether() / IP(src="10.0.0.1", dst="10.0.0.2") / TCP(sport=4000, dport=80, seq=1, ack=1, flags="PA") / request
    )
    server = Ether() / IP(src="10.0.0.2", dst="10.0.0.1")
    server /= TCP(sport=80, dport=4000, seq=1, ack=1 + len(request), flags="PA") / response
    wrpcap(str(tmp_path / "http.pcap"), [client, server])
    count, different = _differences(_opened(tmp_path / "http.pcap"), "http")
    assert different == []
    assert count > 15


def test_icmp_headers_and_those_that_errors_quote(tmp_path: Path) -> None:
    ends = Ether(src="02:00:00:00:00:01", dst="02:00:00:00:00:02") / IP(src="10.0.0.1", dst="10.0.0.2")
    ping = IP(src="10.0.0.2", dst="10.0.0.1") / ICMP(type=8, id=0x1234, seq=2) / b"abc"
    packets = [ends / ping.payload, ends / ICMP(type=0, id=7, seq=1), ends / ICMP(type=3, code=1) / ping, ends / UDP()]
    packets.append(ends / ICMP(type=11) / IP(src="10.0.0.2", dst="10.0.0.1") / UDP(sport=1, dport=2) / b"x")
    wrpcap(str(tmp_path / "icmp.pcap"), packets)
    capture = _opened(tmp_path / "icmp.pcap")
    block, trees = Block(capture, slice(0, len(capture))), TreeFields(capture)
    names = frozenset(name for name in COLUMN_FIELDS if name.startswith("icmp."))
    for name in names:
        for index in range(len(capture)):
            told = [one.value for one in trees.fields(index, names).get(name, ())]
            lanes = block.lanes(name)
            assert [int(x.values[index]) for x in lanes if x.present is None or x.present[index]] == told, (name, index)
    assert (np.flatnonzero(compile("icmp.ident == 0x1234").run(capture)) + 1).tolist() == [1, 3]
    assert (np.flatnonzero(compile("icmp.type == 3 and icmp.code == 1").run(capture)) + 1).tolist() == [3]
