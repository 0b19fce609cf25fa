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
from pcaptui.filters import compile, evaluate, quick_protocols
from pcaptui.filters.block import Block
from pcaptui.filters.quick import QUICK, extracted

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


FIELDS = (
    "http.request", "http.response", "http.response.code", "http.content_length", "http.host", "http.time",
    "http.request_in", "http.response_in", "http.prev_request_in", "http.next_response_in",
)  # fmt: skip
SAID = st.lists(
    st.tuples(st.sampled_from(PIECES), st.booleans(), st.sampled_from(["", "", "lost", "again", "fin"])), max_size=9
)


def talk(path: Path, said: list[tuple[bytes, bool, str]]) -> Capture:
    """A capture of one stream: (payload, whether the server sends it, what becomes of it)."""
    packets, sent = [], [1, 1]
    for data, answered, fate in said:
        side = int(answered)
        ends = IP(src="10.0.0.2", dst="10.0.0.1") if side else IP(src="10.0.0.1", dst="10.0.0.2")
        ports = {"sport": 80, "dport": 4000} if side else {"sport": 4000, "dport": 80}
        flags = "FPA" if fate == "fin" else "PA"
        packet = Ether() / ends / TCP(flags=flags, seq=sent[side], ack=sent[1 - side], **ports) / Raw(data)
        sent[side] += len(data)
        packets += [packet] * {"lost": 0, "again": 2}.get(fate, 1)
    for number, packet in enumerate(packets):
        packets[number] = packet.copy()
        packets[number].time = 1_700_000_000 + number
    wrpcap(str(path), packets or [Ether()])
    return loaded(path)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(SAID)
def test_any_talk_over_http_holds_what_its_rows_say(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: list[tuple[bytes, bool, str]]
) -> None:
    capture = talk(tmp_path / "a.pcap", said)
    assert compile("http").run(capture).tolist() == by_rows(monkeypatch, capture, "http")


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(SAID)
def test_any_talk_over_http_has_the_fields_of_its_trees(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: list[tuple[bytes, bool, str]]
) -> None:
    capture = talk(tmp_path / "a.pcap", said)
    quick = {name: compile(name).run(capture).tolist() for name in FIELDS}
    with monkeypatch.context() as patched:
        patched.setattr(evaluate, "shortcut", lambda test, block: None)
        assert quick == {name: compile(name).run(capture).tolist() for name in FIELDS}


OPEN_END = b"HTTP/1.1 200 OK\r\nServer: a\r\n\r\nuntil the end"


@pytest.mark.parametrize(
    ("said", "packet"),
    [
        ([(OPEN_END, True, ""), (b"more", True, ""), (b"", True, "fin")], 3),
        ([(OPEN_END, True, ""), (b"more", True, "fin")], 2),
        ([(OPEN_END, True, "fin")], 1),
        ([(OPEN_END[:12], True, ""), (OPEN_END[12:], True, "fin")], 2),
    ],
)
def test_a_response_without_a_length_counts_where_the_stream_ends(
    tmp_path: Path, said: list[tuple[bytes, bool, str]], packet: int
) -> None:
    capture = talk(tmp_path / "a.pcap", said)
    for name in ("http.response.code == 200", "http.server == a", "http.response", "http"):
        assert [index + 1 for index in compile(name).run(capture).nonzero()[0].tolist()] == [packet], name


def test_exchanges_before_a_lost_segment_are_told_without_trees(tmp_path: Path) -> None:
    request, response = PIECES[0], b"HTTP/1.1 204 No Content\r\n\r\n"
    said = [(request, False, ""), (response, True, "")] * 4 + [(PIECES[3], True, ""), (b"cd", True, "lost")]
    capture = talk(tmp_path / "a.pcap", said)
    block = Block(capture, slice(0, len(capture)))
    assert QUICK["http.time"][1](block).tolist() == [False] * 6 + [True] * 3
    assert extracted("http.time", block)[0].tolist() == [1, 3, 5]


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
