"""Packets tied in real captures, and the columns that tie them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pcaptui.capture import Capture
from pcaptui.exchanges import Exchanges
from pcaptui.exchanges.tie import tie

ROOT = Path(__file__).parents[2]
CAPTURES = ROOT.parent / "shared" / "captures" / "ppa"


def opened(path: Path) -> Exchanges:
    if not path.exists():
        pytest.skip(f"{path.name} is not here")
    capture = Capture([str(path)])
    capture.load_all()
    return Exchanges(capture)


@pytest.mark.parametrize(
    ("name", "number", "summary", "took"),
    [
        ("icmp_echo", 2, "Echo (ping) request → Echo (ping) reply", 0.000776),
        ("arp_resolution", 1, "Who has 192.168.0.1? Tell 192.168.0.114 → 192.168.0.1 is at 00:13:46:0b:22:ba", 0.0041),
    ],
)
def test_echoes_and_arp_are_exchanges_with_their_time(name: str, number: int, summary: str, took: float) -> None:
    exchanges = opened(CAPTURES / f"{name}.pcapng")
    found = exchanges.beside_streams(number - 1)
    assert found is not None and found.time == pytest.approx(took, abs=5e-5)
    assert (found.request, found.response, found.summary) == (number - 1 & ~1, number - 1 | 1, summary)


def test_packets_of_streams_and_of_nobody_are_no_exchange_beside_streams() -> None:
    exchanges = opened(ROOT / "sample_pcaps" / "web-visit.pcapng")
    assert exchanges.beside_streams(253) is None and exchanges.beside_streams(10**9) is None


def numbers(exchanges: Exchanges, number: int) -> list[int]:
    return [index + 1 for index in exchanges.related(number - 1)]


def test_the_visit_of_the_case_book() -> None:
    exchanges = opened(ROOT / "sample_pcaps" / "web-visit.pcapng")
    (http,) = exchanges.of_stream("tcp", 4)
    assert (http.request + 1, http.response, http.time) == (254, 257, pytest.approx(0.007612))
    assert http.summary == "GET http://nate.com/ → 200 OK"
    (dns,) = exchanges.of_stream("udp", 12)
    assert dns.summary == "A nate.com → 120.50.132.112, 120.50.131.112"
    assert dns.time == pytest.approx(0.007426)
    assert [numbers(exchanges, n) for n in (248, 249, 254, 258)] == [[249], [248], [258], [254]]


@pytest.mark.parametrize(
    ("name", "number", "others"),
    [
        ("arp_resolution", 1, [2]),
        ("icmp_echo", 1, [2]),
        ("icmp_echo", 2, [1]),
        ("icmpv6_neighbor_solicitation", 1, [2]),
        ("dhcp_nolease_initialization", 4, [1, 2, 3]),
        ("tcp_dupack", 5, [1]),
        ("tcp_retransmissions", 3, [2]),
        ("tickedoffdeveloper", 7, [8]),
    ],
)
def test_packets_of_the_course(name: str, number: int, others: list[int]) -> None:
    found = numbers(opened(CAPTURES / f"{name}.pcapng"), number)
    assert found == others


def test_an_ftp_command_knows_its_data_stream() -> None:
    exchanges = opened(CAPTURES / "tickedoffdeveloper.pcapng")
    (stor,) = [x for x in exchanges.of_stream("tcp", 0) if x.summary.startswith("STOR")]
    assert stor.streams == ("tcp:1",)
    assert stor.summary == "STOR store4829-03222010.csv → 226 Transfer OK (data in tcp:1)"


def test_time_exceeded_points_at_the_probe() -> None:
    exchanges = opened(CAPTURES / "icmp_traceroute.pcapng")
    assert numbers(exchanges, 2) == [1] and 2 in numbers(exchanges, 1)


@given(st.lists(st.tuples(st.integers(0, 2), st.booleans()), max_size=30))
def test_tying_columns_is_as_tying_one_after_the_other(said: list[tuple[int, bool]]) -> None:
    expected = [-1] * len(said)
    heads: dict[int, int] = {}
    answered: set[int] = set()
    for place, (key, answer) in enumerate(said):
        head = heads.get(key, -1)
        if answer and head >= 0:
            expected[place] = head
            if head not in answered:
                expected[head] = place
                answered.add(head)
        elif not answer and (head < 0 or head in answered):
            heads[key] = place
        elif not answer:
            expected[place] = head
    keys = np.array([key for key, _ in said], np.int64)
    assert tie([keys], np.array([answer for _, answer in said], bool)).tolist() == expected
