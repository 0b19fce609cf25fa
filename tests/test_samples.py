"""The sample captures: made by their scripts byte for byte, and with the rows that the case book lists."""

from __future__ import annotations

import gzip
import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from pcaptui.capture import Capture
from pcaptui.dissect.rows import Rows

SAMPLES = Path(__file__).resolve().parent.parent / "sample_pcaps"

ROWS = """\
248 3.859406 115.140.24.224 1.214.68.2 DNS 68 Standard query 0x2b06 A nate.com
249 3.866832 1.214.68.2 115.140.24.224 DNS 100 Standard query response 0x2b06 A nate.com A 120.50.132.112 \
A 120.50.131.112
250 3.867379 115.140.24.224 120.50.132.112 TCP 62 50824 → 80 [SYN] Seq=0 Win=65535 Len=0 MSS=1460 SACK_PERM
251 3.867385 115.140.24.224 120.50.132.112 TCP 62 50825 → 80 [SYN] Seq=0 Win=65535 Len=0 MSS=1460 SACK_PERM
252 3.871175 120.50.132.112 115.140.24.224 TCP 60 80 → 50825 [SYN, ACK] Seq=0 Ack=1 Win=29200 Len=0 MSS=1460
253 3.871221 115.140.24.224 120.50.132.112 TCP 54 50825 → 80 [ACK] Seq=1 Ack=1 Win=65535 Len=0
254 3.871417 115.140.24.224 120.50.132.112 HTTP 315 GET / HTTP/1.1
255 3.872277 120.50.132.112 115.140.24.224 TCP 60 80 → 50824 [SYN, ACK] Seq=0 Ack=1 Win=29200 Len=0 MSS=1460
256 3.872313 115.140.24.224 120.50.132.112 TCP 54 50824 → 80 [ACK] Seq=1 Ack=1 Win=65535 Len=0
257 3.875325 120.50.132.112 115.140.24.224 TCP 60 80 → 50825 [ACK] Seq=1 Ack=262 Win=30016 Len=0
258 3.879029 120.50.132.112 115.140.24.224 HTTP 432 HTTP/1.1 200 OK  (text/html)
259 3.879029 120.50.132.112 115.140.24.224 TCP 60 80 → 50825 [FIN, ACK] Seq=379 Ack=262 Win=30016 Len=0
260 3.879051 115.140.24.224 120.50.132.112 TCP 54 50825 → 80 [ACK] Seq=262 Ack=380 Win=65157 Len=0
261 3.879141 115.140.24.224 120.50.132.112 TCP 54 50825 → 80 [FIN, ACK] Seq=262 Ack=380 Win=65157 Len=0
262 3.883038 120.50.132.112 115.140.24.224 TCP 60 80 → 50825 [ACK] Seq=380 Ack=263 Win=30016 Len=0
"""
CHECKSUMS = {248: "d277", 251: "8931", 253: "8929", 260: "8929", 261: "8929", 259: "fe20", 262: "fe1f"}


def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_web_visit", SAMPLES / "make_web_visit.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def visit() -> Capture:
    capture = Capture([str(SAMPLES / "web-visit.pcapng")])
    capture.load_all()
    return capture


def test_the_script_makes_the_shipped_bytes() -> None:
    assert script().build() == (SAMPLES / "web-visit.pcapng").read_bytes()


def test_the_visit_has_the_rows_of_the_case_book(visit: Capture) -> None:
    rows = Rows(visit)
    first = int(visit.table["time"][0])
    lines = []
    for index in range(247, 262):
        row = rows.row(index)
        time = (row.time - first) / 1e9
        lines.append(
            f"{row.number} {time:.6f} {row.source} {row.destination} {row.protocol} {row.length} {row.info}".rstrip()
        )
    assert lines == ROWS.splitlines()


def test_twelve_udp_and_three_tcp_streams_come_before_the_visit(visit: Capture) -> None:
    assert [visit.stream_label(index) for index in (247, 249, 250)] == ["udp:12", "tcp:3", "tcp:4"]
    assert len(visit) == 262


def test_checksums_are_those_of_the_book(visit: Capture) -> None:
    for number, checksum in CHECKSUMS.items():
        frame = visit.frame(number - 1)
        at = 40 if number == 248 else 50
        assert frame[at : at + 2].hex() == checksum, number


def test_the_page_is_88_bytes_of_gzip() -> None:
    module = script()
    assert len(module.PAGE_GZIP) == 88
    assert gzip.decompress(module.PAGE_GZIP) == module.PAGE
    assert len(module.REQUEST) == 261
    assert len(module.RESPONSE) == 378
