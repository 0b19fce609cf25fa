"""`http` and `dns` alone as filters: told from payloads, as rows would tell them one by one."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scapy.layers.inet import IP, TCP, UDP
from scapy.layers.l2 import Ether
from scapy.packet import Raw
from scapy.utils import wrpcap

from pcaptui.capture import Capture
from pcaptui.filters import compile, quick_protocols

SAMPLES = sorted((Path(__file__).parent.parent.parent / "sample_pcaps").glob("*.pcapng"))
PIECES = [
    b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", b"POST / HTTP/1.1\r\nContent-Length: 6\r\n\r\nabc", b"def",
    b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nab", b"cd", b"HTTP/1.1 200 OK\r\n\r\nuntil the end",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n", b"0\r\n\r\n",
    b"HTTP/1.1 304 Not Modified\r\n\r\n",
    b"GET /half HTT", b"noise",
]  # fmt: skip


def loaded(path: Path) -> Capture:
    capture = Capture.open([str(path)])
    capture.load_all()
    return capture


def by_rows(monkeypatch: pytest.MonkeyPatch, capture: Capture, name: str) -> list[bool]:
    with monkeypatch.context() as patched:
        patched.setattr(quick_protocols, "_TOLD", {})
        return compile(name).run(capture).tolist()


@pytest.mark.parametrize("name", ["http", "dns"])
@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_samples_hold_what_their_rows_say(path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    capture = loaded(path)
    assert compile(name).run(capture).tolist() == by_rows(monkeypatch, capture, name)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from(PIECES), st.booleans(), st.sampled_from(["", "lost", "again"])), max_size=9))
def test_any_talk_over_http_holds_what_its_rows_say(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: list[tuple[bytes, bool, str]]
) -> None:
    packets, sent = [], [1, 1]
    for data, answered, fate in said:
        side = int(answered)
        ends = IP(src="10.0.0.2", dst="10.0.0.1") if side else IP(src="10.0.0.1", dst="10.0.0.2")
        ports = {"sport": 80, "dport": 4000} if side else {"sport": 4000, "dport": 80}
        packet = Ether() / ends / TCP(flags="PA", seq=sent[side], ack=sent[1 - side], **ports) / Raw(data)
        sent[side] += len(data)
        packets += [packet] * {"": 1, "lost": 0, "again": 2}[fate]
    for number, packet in enumerate(packets):
        packets[number] = packet.copy()
        packets[number].time = 1_700_000_000 + number
    wrpcap(str(tmp_path / "a.pcap"), packets or [Ether()])
    capture = loaded(tmp_path / "a.pcap")
    assert compile("http").run(capture).tolist() == by_rows(monkeypatch, capture, "http")


def test_dns_at_a_port_that_another_protocol_could_have_is_told_by_the_row(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    query = bytes.fromhex("0001 0100 0001 0000 0000 0000 0161 00 0001 0001")
    ports = [(4000, 53), (53, 40), (53, 5353), (53, 67), (4000, 54)]
    packets = [Ether() / IP() / UDP(sport=here, dport=there) / Raw(query) for here, there in ports]
    packets.append(Ether() / IP() / UDP(sport=4000, dport=53) / Raw(b"short"))
    wrpcap(str(tmp_path / "a.pcap"), packets)
    capture = loaded(tmp_path / "a.pcap")
    found = compile("dns").run(capture).tolist()
    assert found == by_rows(monkeypatch, capture, "dns") and found[0] and not found[4]
