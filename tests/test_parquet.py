"""--format parquet: the columns, what chooses rows, and DuckDB over a folder of such files."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pa = pytest.importorskip("pyarrow")
pq = pytest.importorskip("pyarrow.parquet")
from scapy.layers.inet import ICMP, IP, TCP, UDP  # noqa: E402
from scapy.layers.inet6 import IPv6  # noqa: E402
from scapy.layers.l2 import ARP, Ether  # noqa: E402
from scapy.utils import wrpcap  # noqa: E402

from pcaptui.capture import Capture  # noqa: E402
from pcaptui.cli import run  # noqa: E402
from pcaptui.tracker.community import community_id, community_ids  # noqa: E402

CLIENT, SERVER = "128.232.110.120", "66.35.250.204"
_MAC = Ether(src="00:00:00:00:00:01", dst="00:00:00:00:00:02")


def segment(from_client: bool, flags: str, seq: int, ack: int, data: bytes = b"", port: int = 34855) -> Ether:
    """As in the examples of the Community ID specification."""
    ends = {"src": CLIENT, "dst": SERVER} if from_client else {"src": SERVER, "dst": CLIENT}
    ports = {"sport": port, "dport": 80} if from_client else {"sport": 80, "dport": port}
    return _MAC / IP(**ends) / TCP(**ports, flags=flags, seq=seq, ack=ack) / data


def talk(port: int = 34855) -> list[Ether]:
    """A connection, closed by both: a request of 18 bytes, an answer of 4 that is sent twice."""
    question = b"GET / HTTP/1.0\r\n\r\n"
    return [
        segment(True, "S", 0, 0, port=port), segment(False, "SA", 0, 1, port=port),
        segment(True, "A", 1, 1, port=port), segment(True, "PA", 1, 1, question, port),
        segment(False, "PA", 1, 19, b"HTTP", port), segment(False, "PA", 1, 19, b"HTTP", port),
        segment(True, "A", 19, 5, port=port), segment(False, "FA", 5, 19, port=port),
        segment(True, "FA", 19, 6, port=port), segment(False, "A", 6, 20, port=port),
    ]  # fmt: skip


def others() -> list[Ether]:
    """A SYN without answer, a refused one, a datagram over IPv6 without answer, ARP, ICMP."""
    return [
        segment(True, "S", 7, 0, port=1000),
        segment(True, "S", 7, 0, port=1001), segment(False, "RA", 0, 8, port=1001),
        _MAC / IPv6(src="fe80:0011:2233:4455:6677:8899:aabb:ccdd", dst="ff02::1") / UDP(sport=5353, dport=5353) / b"??",
        _MAC / ARP(), _MAC / IP(src=CLIENT, dst=SERVER) / ICMP(),
    ]  # fmt: skip


@pytest.fixture
def capture(tmp_path: Path) -> Path:
    packets = [*talk(), *others()]
    for place, packet in enumerate(packets):
        packet.time = 1_500_000_000 + place / 10
    wrpcap(str(tmp_path / "made.pcap"), packets)
    return tmp_path / "made.pcap"


def rows(capture: Path, what: str, *options: str) -> list[dict]:
    target = capture.with_suffix(".parquet")
    assert run([str(capture), "--print", what, "--format", "parquet", "-o", str(target), *options]) == 0
    return pq.read_table(target).to_pylist()


def test_conversations_have_names_of_zeek(capture: Path) -> None:
    found = rows(capture, "streams")
    assert [row["stream"] for row in found] == ["tcp:0", "tcp:1", "tcp:2", "udp:0"]
    first = found[0]
    assert (first["id.orig_h"], first["id.orig_p"], first["id.resp_h"], first["id.resp_p"]) == (
        CLIENT,
        34855,
        SERVER,
        80,
    )
    assert (first["proto"], first["service"], first["state"], first["closed_by"]) == ("tcp", "http", "closed", "server")
    assert (first["orig_bytes"], first["resp_bytes"], first["resp_retransmitted"]) == (18, 4, 1)
    assert (first["orig_pkts"], first["resp_pkts"]) == (5, 5)
    assert first["duration"] == pytest.approx(0.9) and first["rtt"] == pytest.approx(0.1)
    assert first["ts"].isoformat() == "2017-07-14T02:40:00+00:00" and first["capture"] == "made.pcap"
    assert [row["conn_state"] for row in found] == ["SF", "S0", "REJ", "S0"]
    assert found[3]["id.orig_h"] == "fe80:11:2233:4455:6677:8899:aabb:ccdd" and found[3]["service"] == "dns"
    assert found[3]["server_time"] is None


def test_packets_have_columns(capture: Path) -> None:
    found = rows(capture, "packets")
    assert [row["number"] for row in found] == list(range(1, 17))
    assert found[5]["analysis"] == ["retransmission"] and found[4]["analysis"] == []
    assert (found[3]["src"], found[3]["src_port"], found[3]["payload_length"]) == (CLIENT, 34855, 18)
    assert [row["from_client"] for row in found[:3]] == [True, False, True]
    assert found[3]["time"] == pytest.approx(0.3) and found[3]["time_epoch_ns"] == 1_500_000_000_300_000_000
    assert [row["proto"] for row in found[12:]] == ["tcp", "udp", None, "icmp"]
    arp = found[14]
    assert (arp["stream"], arp["src_port"], arp["tcp_flags"], arp["community_id"]) == (None, None, None, None)
    assert found[0]["phase"] == "handshake" and found[0]["community_id"] == "1:LQU9qZlK+B5F3KDmev6m5PMibrg="


def test_the_ids_are_those_of_the_specification(capture: Path) -> None:
    known = "1:LQU9qZlK+B5F3KDmev6m5PMibrg="
    assert community_id(6, (CLIENT, 34855), (SERVER, 80)) == community_id(6, (SERVER, 80), (CLIENT, 34855)) == known
    opened = Capture.open([str(capture)])
    opened.load_all()
    table = opened.table
    for protocol in (6, 17):
        packets = [index for index in range(len(table)) if table["ip_protocol"][index] == protocol]
        ends = [table[name][packets] for name in ("source", "destination", "source_port", "destination_port")]
        text = opened.addresses.text
        single = [
            community_id(protocol, (text(a), int(p)), (text(b), int(q))) for a, b, p, q in zip(*ends, strict=True)
        ]
        assert community_ids(opened.addresses, protocol, *ends) == single
    opened.close()


def test_no_id_without_addresses_of_one_kind() -> None:
    assert community_id(6, ("00:01:02:03:04:05", 1), ("1.2.3.4", 2)) is None
    assert community_id(6, ("::1", 1), ("1.2.3.4", 2)) is None


def test_the_id_is_a_field_of_filters_and_of_jsonl(pcaptui, capture: Path) -> None:
    done = pcaptui(capture, "-Y", 'communityid == "1:LQU9qZlK+B5F3KDmev6m5PMibrg="', "--print", "streams", "--format",
                   "jsonl")  # fmt: skip
    assert b'"community_id": "1:LQU9qZlK+B5F3KDmev6m5PMibrg="' in done.stdout and done.stdout.count(b"\n") == 1


def test_filters_streams_and_numbers_choose_rows(capture: Path) -> None:
    assert [row["stream"] for row in rows(capture, "streams", "-Y", "tcp.port == 1001")] == ["tcp:2"]
    assert [row["stream"] for row in rows(capture, "streams", "--stream", "udp:0")] == ["udp:0"]
    assert [row["number"] for row in rows(capture, "packets", "--packet", "2-4,15", "-Y", "tcp")] == [2, 3, 4]
    assert rows(capture, "packets", "-Y", "sip") == []


def test_standard_output_gets_the_same_bytes(pcaptui, capture: Path) -> None:
    done = pcaptui(capture, "--print", "streams", "--format", "parquet")
    assert done.returncode == 0 and done.stdout[:4] == done.stdout[-4:] == b"PAR1"
    assert pq.read_table(pa.BufferReader(done.stdout)).num_rows == 4


def test_wrong_uses_are_told(capture: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = capture.read_bytes()
    for options, told in (
        (["--print", "findings", "--format", "parquet"], "--print streams or --print packets"),
        (["--format", "parquet", "-o", "x"], "--print streams or --print packets"),
        (["--print", "streams", "--format", "jsonl", "-o", "x"], "-o/--output names the file"),
        (["--print", "streams", "--format", "parquet", "-o", str(capture)], "is the capture itself"),
    ):
        assert run([str(capture), *options]) == 2
        assert told in capsys.readouterr().err
    assert capture.read_bytes() == before


def test_a_terminal_gets_no_bytes(capture: Path) -> None:
    ptyprocess = pytest.importorskip("ptyprocess")
    child = ptyprocess.PtyProcess.spawn(
        [sys.executable, "-m", "pcaptui", str(capture), "--print", "streams", "--format", "parquet"]
    )
    told = b""
    try:
        while True:
            told += child.read()
    except EOFError:
        pass
    child.wait()
    assert b"-o FILE" in told and b"PAR1" not in told and child.exitstatus == 2


def test_without_pyarrow_the_extra_is_named(capture: Path) -> None:
    code = (
        "import sys; sys.modules['pyarrow'] = None; from pcaptui.cli import run;"
        f"sys.exit(run([{str(capture)!r}, '--print', 'streams', '--format', 'parquet', '-o', 'x']))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=capture.parent, timeout=60)
    assert done.returncode == 2 and done.stderr.count("\n") == 1 and "pip install 'pcaptui[parquet]'" in done.stderr
    assert not (capture.parent / "x").exists()


def test_duckdb_reads_a_folder_of_captures(tmp_path: Path) -> None:
    """The query of the README."""
    duckdb = pytest.importorskip("duckdb")
    for name, ports in (("monday", (4000, 4001)), ("tuesday", (4001,))):
        wrpcap(str(tmp_path / f"{name}.pcap"), [packet for port in ports for packet in talk(port)])
        target = tmp_path / f"{name}.parquet"
        assert (
            run([str(tmp_path / f"{name}.pcap"), "--print", "streams", "--format", "parquet", "-o", str(target)]) == 0
        )
    found = duckdb.sql(f"""
        SELECT "id.resp_h" AS server, service, count(*) AS connections, count(DISTINCT capture) AS captures,
               sum(orig_bytes + resp_bytes) AS bytes, quantile_cont(server_time, 0.95) AS slow
        FROM '{tmp_path}/*.parquet'
        WHERE proto = 'tcp' GROUP BY ALL ORDER BY bytes DESC LIMIT 10
    """).fetchall()  # fmt: skip
    assert [row[:5] for row in found] == [(SERVER, "http", 3, 2, 66)]
    both = f"SELECT community_id FROM '{tmp_path}/*.parquet' GROUP BY community_id HAVING count(DISTINCT capture) > 1"
    assert len(duckdb.sql(both).fetchall()) == 1
