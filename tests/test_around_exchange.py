"""Links of packets to the other half of their exchange."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from scapy.layers.dns import DNS, DNSQR, DNSRR
from scapy.layers.inet import IP, TCP, UDP
from scapy.layers.l2 import Ether
from scapy.packet import Raw
from scapy.utils import wrpcap

from pcaptui.capture import Capture
from pcaptui.fields.context import Context, Link
from pcaptui.surroundings import Surroundings

ENDS = ("10.0.0.1", "10.0.0.2")


def contexts(path: Path, *frames: Any) -> list[Context]:
    for at, frame in enumerate(frames):
        frame.time = 1000 + at / 2
    wrpcap(str(path / "made.pcap"), list(frames))
    capture = Capture([str(path / "made.pcap")])
    capture.load_all()
    around = Surroundings(capture)
    made = [around.context(index) for index in range(len(capture))]
    capture.close()
    return made


def between(server: bool) -> Any:
    source, target = ENDS[::-1] if server else ENDS
    return Ether(src="02:00:00:00:00:01", dst="02:00:00:00:00:02") / IP(src=source, dst=target)


def http(server: bool, sequence: int, payload: bytes) -> Any:
    ports = {"sport": 80, "dport": 4000} if server else {"sport": 4000, "dport": 80}
    return between(server) / TCP(seq=sequence, flags="PA", **ports) / Raw(payload)


def query(server: bool = False, number: int = 7) -> Any:
    ports = {"sport": 53, "dport": 4000} if server else {"sport": 4000, "dport": 53}
    asked = DNSQR(qname="a.example")
    answer = DNSRR(rrname="a.example", rdata="1.2.3.4") if server else None
    return between(server) / UDP(**ports) / DNS(id=number, qr=int(server), qd=asked, an=answer)


def told(context: Context) -> list[tuple[str, str, int, int | None]]:
    return [(link.kind, link.role, link.number, link.time) for link in context.links if link.role != "itself"]


@pytest.fixture
def two_requests(tmp_path: Path) -> list[Context]:
    request, response = b"GET /%d HTTP/1.1\r\nHost: h\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
    size, answered = len(request % 1), len(response)
    return contexts(
        tmp_path, http(False, 1, request % 1), http(True, 1, response), http(False, 1 + size, request % 2),
        http(True, 1 + answered, response),
    )  # fmt: skip


def test_request_and_response_lead_to_each_other(two_requests: list[Context]) -> None:
    half = 500_000_000
    assert ("http", "response", 2, half) in told(two_requests[0])
    assert ("http", "request", 1, half) in told(two_requests[1])
    assert ("http", "next_request", 3, -2 * half) in told(two_requests[0])
    assert ("http", "previous_response", 2, -half) in told(two_requests[2])


def test_requests_are_numbered_on_their_connection(two_requests: list[Context]) -> None:
    itself = two_requests[2].linked("http", "itself")
    assert itself is not None
    assert itself.facts == {"number": 2, "total": 2, "place": 0, "uri": "http://h/2"}


def test_the_response_knows_what_was_asked_for(two_requests: list[Context]) -> None:
    link = two_requests[1].linked("http", "request")
    assert link is not None
    assert link.facts["uri"] == "http://h/1"


def test_messages_in_one_packet_have_places(tmp_path: Path) -> None:
    both = b"GET /1 HTTP/1.1\r\n\r\nGET /2 HTTP/1.1\r\n\r\n"
    context = contexts(tmp_path, http(False, 1, both))[0]
    assert [link.facts["place"] for link in context.links if link.role == "itself"] == [0, 1]


def test_queries_and_answers_lead_to_each_other(tmp_path: Path) -> None:
    asked, again, answered, twice = contexts(tmp_path, query(), query(), query(True), query(True))
    half = 500_000_000
    assert told(asked) == [("dns", "response", 3, 2 * half)]
    assert told(again) == [("dns", "original_request", 1, half)]
    assert ("dns", "request", 1, 2 * half) in told(answered)
    assert ("dns", "original_response", 3, -half) in told(twice)


def test_an_answer_that_nobody_asked_for_is_unsolicited(tmp_path: Path) -> None:
    answer, asked = contexts(tmp_path, query(True, 9), query())
    assert answer.facts.get("unsolicited") is True
    assert "unsolicited" not in asked.facts


def test_links_are_found_by_kind_and_role() -> None:
    context = Context(1, b"", 0, 1, links=[Link("a", "request", 3), Link("b", "request", 4)])
    assert context.linked("b", "request") is context.links[1]
    assert context.linked("b", "response") is None
