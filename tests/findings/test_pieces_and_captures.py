"""IP fragments, and what is wrong with the capture itself."""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from scapy.layers.inet import IP, UDP, fragment
from scapy.layers.inet6 import IPv6, IPv6ExtHdrFragment
from scapy.layers.l2 import Ether

from pcaptui.capture import Capture
from pcaptui.findings import Finding, Severity, find

Judge = Callable[..., list[Finding]]
A, B = "10.0.0.5", "10.0.0.6"


def pieces(size: int = 3000, ident: int = 7) -> list[Any]:
    whole = IP(src=A, dst=B, id=ident) / UDP(sport=9999, dport=9998) / (b"x" * size)
    return [Ether() / one for one in fragment(whole, 1000)]


def piece(start: int, data: bytes, more: bool = True) -> Any:
    return Ether() / IP(src=A, dst=B, id=9, proto=17, frag=start // 8, flags="MF" if more else 0) / data


def rest(seconds: float) -> tuple[float, Any]:
    return seconds, Ether() / IP(src="10.0.0.8", dst="10.0.0.7") / UDP(sport=9999, dport=9998) / b"xx"


@pytest.mark.parametrize(("lost", "word"), [(0, "the first piece"), (1, "a middle piece"), (-1, "the last piece")])
def test_a_lost_piece_is_a_warning(judge: Judge, lost: int, word: str) -> None:
    sent = pieces()
    del sent[lost]
    (found,) = judge([*((n / 10, one) for n, one in enumerate(sent)), rest(9)], "fragments")
    assert (found.rule, found.severity) == ("fragments-incomplete", Severity.warning)
    assert f"1 datagram from {A} to {B}" in found.detail and f"{word} missing in 1" in found.detail
    assert found.packets == tuple(range(len(sent)))


def test_whole_datagrams_are_no_finding_in_whatever_order(judge: Judge) -> None:
    sent = [*reversed(pieces()), *pieces(ident=8), pieces(ident=8)[0]]
    assert judge([*((n / 10, one) for n, one in enumerate(sent)), rest(1)], "fragments") == []


def test_pieces_that_may_still_come_are_not_missed(judge: Judge) -> None:
    assert judge([*((n / 10, one) for n, one in enumerate(pieces()[:-1])), rest(1)], "fragments") == []


def test_overlapping_pieces_are_a_warning(judge: Judge) -> None:
    sent = [piece(0, b"a" * 24), piece(16, b"b" * 16), piece(32, b"c" * 8, more=False)]
    (found,) = judge([(n / 10, one) for n, one in enumerate(sent)], "fragments")
    assert (found.rule, found.packets) == ("fragments-overlapping", (0, 1))
    assert "bytes 0 to 24 and 16 to 32), with different data" in found.detail


def test_a_piece_sent_twice_is_no_overlap(judge: Judge) -> None:
    sent = [piece(0, b"a" * 24), piece(0, b"a" * 24), piece(24, b"c" * 8, more=False)]
    assert judge([(n / 10, one) for n, one in enumerate(sent)], "fragments") == []


def test_pieces_of_ipv6(judge: Judge) -> None:
    head = IPv6(src="2001:db8::5", dst="2001:db8::6")
    first = Ether() / head / IPv6ExtHdrFragment(nh=17, offset=0, m=1, id=1) / (b"a" * 64)
    (found,) = judge([(0, first), rest(9)], "fragments")
    assert found.hosts == ("2001:db8::5", "2001:db8::6") and "the last piece" in found.detail


def test_a_clock_that_goes_back(judge: Judge) -> None:
    (found,) = judge([rest(0), rest(5), rest(3), rest(6)], "capture")
    assert (found.rule, found.severity, found.packets) == ("capture-clock", Severity.warning, (1, 2))
    assert "2.00 s (packet 3)" in found.detail


def test_packets_a_little_out_of_order_are_a_note(judge: Judge) -> None:
    (found,) = judge([rest(0), rest(5), rest(4.9997), rest(6)], "capture")
    assert found.severity is Severity.note


def look(path: Path) -> list[Finding]:
    capture = Capture.open([str(path)])
    capture.load_all()
    report = find(capture)
    assert not report.failed
    return [one for one in report.findings if one.rule.startswith("capture")]


def pcap(*packets: tuple[int, int]) -> bytes:
    """A file of packets given by (bytes kept, bytes on the wire)."""
    records = [
        struct.pack("<IIII", 1000 + n, 0, kept, length) + bytes(kept) for n, (kept, length) in enumerate(packets)
    ]
    return struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1) + b"".join(records)


def test_packets_cut_by_the_snap_length_are_a_note(tmp_path: Path) -> None:
    path = tmp_path / "cut.pcap"
    path.write_bytes(pcap((68, 1500), (60, 60), (68, 90)))
    (found,) = look(path)
    assert (found.rule, found.severity, found.packets) == ("capture-cut", Severity.note, (0, 2))
    assert "at most 68 bytes were kept" in found.detail


def test_a_file_that_ends_too_early_is_a_warning(tmp_path: Path) -> None:
    path = tmp_path / "broken.pcap"
    path.write_bytes(pcap((60, 60), (60, 60))[:-10])
    (found,) = look(path)
    assert (found.rule, found.severity) == ("capture-damaged", Severity.warning)
    assert found.detail.startswith("broken.pcap: ")


def test_drops_that_the_file_tells_of(tmp_path: Path) -> None:
    def block(kind: int, body: bytes) -> bytes:
        size = struct.pack("<I", 12 + len(body))
        return struct.pack("<I", kind) + size + body + size

    section = block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1))
    interface = block(1, struct.pack("<HHI", 1, 0, 0))
    packet = block(6, struct.pack("<IIIII", 0, 0, 1000, 60, 60) + bytes(60))
    statistics = block(5, struct.pack("<III", 0, 0, 0) + struct.pack("<HHQ", 5, 8, 42) + bytes(4))
    path = tmp_path / "drops.pcapng"
    path.write_bytes(section + interface + packet + statistics)
    (found,) = look(path)
    assert (found.rule, found.severity) == ("capture-drops", Severity.warning)
    assert found.title == "42 packets dropped while capturing"
