"""--decode-as: a port's payload is dissected as the protocol that was asked for."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scapy.layers.inet import IP, TCP, UDP
from scapy.layers.l2 import Ether
from scapy.utils import wrpcap

from pcaptui.capture import Capture
from pcaptui.decode_as import Rule, parse_rule, parse_rules
from pcaptui.dissect.rows import Rows
from pcaptui.errors import UsageError
from pcaptui.filters import compile

Run = Callable[..., "subprocess.CompletedProcess[bytes]"]


def _talk(path: Path, port: int, said: list[tuple[bool, bytes]]) -> str:
    """A connection from port 5000 to `port` without its handshake: (from the client, payload)."""
    at = {True: 101, False: 901}
    packets = []
    for forward, payload in said:
        ip = IP(src="10.0.0.1", dst="10.0.0.2") if forward else IP(src="10.0.0.2", dst="10.0.0.1")
        ports = {"sport": 5000, "dport": port} if forward else {"sport": port, "dport": 5000}
        packets.append(Ether() / ip / TCP(**ports, flags="PA", seq=at[forward], ack=at[not forward]) / payload)
        at[forward] += len(payload)
    wrpcap(str(path), packets)
    return str(path)


def _rows(path: str, *rules: str) -> list[tuple[str, str]]:
    capture = Capture([path], parse_rules(rules))
    capture.load_all()
    rows = Rows(capture)
    return [(row.protocol, row.info) for row in map(rows.row, range(len(capture)))]


FTP = [(False, b"220 ready\r\n"), (True, b"USER admin\r\n"), (False, b"331 Password\r\n")]


@pytest.mark.parametrize("port", [443, 47000])
def test_a_stream_is_dissected_as_asked(tmp_path: Path, port: int) -> None:
    path = _talk(tmp_path / "a.pcap", port, FTP)
    assert _rows(path, f"tcp.port=={port},ftp") == [
        ("FTP", "Response: 220 ready"), ("FTP", "Request: USER admin"), ("FTP", "Response: 331 Password"),
    ]  # fmt: skip
    assert "FTP" not in {protocol for protocol, _ in _rows(path)}


def test_data_leaves_the_bytes_alone_whatever_they_look_like(tmp_path: Path) -> None:
    path = _talk(tmp_path / "a.pcap", 80, [(True, b"GET / HTTP/1.1\r\n\r\n")])
    assert [protocol for protocol, _ in _rows(path)] == ["HTTP"]
    assert [protocol for protocol, _ in _rows(path, "tcp.port==80,data")] == ["TCP"]
    assert [protocol for protocol, _ in _rows(path, "tcp.port==5000,data")] == ["TCP"]


def test_what_the_protocol_asked_for_refuses_is_dissected_as_ever(tmp_path: Path) -> None:
    path = _talk(tmp_path / "a.pcap", 80, [(True, b"GET / HTTP/1.1\r\n\r\n")])
    assert [protocol for protocol, _ in _rows(path, "tcp.port==80,tls")] == ["HTTP"]


def test_datagrams_are_dissected_as_asked(tmp_path: Path) -> None:
    path = tmp_path / "u.pcap"
    query = bytes.fromhex("123401000001000000000000") + b"\4nate\3com\0\0\1\0\1"
    packets = [
        Ether() / IP(src="10.0.0.1", dst="10.0.0.2") / UDP(sport=4000, dport=5300) / query,
        Ether() / IP(src="10.0.0.1", dst="10.0.0.2") / UDP(sport=4000, dport=53) / query,
    ]
    wrpcap(str(path), packets)
    asked = _rows(str(path), "udp.port==5290-5310,dns", "udp.port==53,data")
    assert [protocol for protocol, _ in asked] == ["DNS", "UDP"]


def test_filters_and_fields_follow(tmp_path: Path) -> None:
    path = _talk(tmp_path / "a.pcap", 443, FTP)
    capture = Capture([path], parse_rules(["tcp.port==443,ftp"]))
    capture.load_all()

    def passing(text: str) -> list[int]:
        return (np.flatnonzero(compile(text).run(capture)) + 1).tolist()

    assert passing("ftp") == [1, 2, 3]
    assert passing('ftp.request.command == "USER"') == [2]
    assert passing("ftp.response.code == 331") == [3]
    assert passing("tls") == []


def test_fields_with_a_short_way_are_found_on_ports_asked_for(tmp_path: Path) -> None:
    path = _talk(tmp_path / "a.pcap", 4711, [(True, b"GET /x HTTP/1.1\r\nHost: nate.com\r\n\r\n")])
    for rules, passed in ((["tcp.port==4711,http"], 1), (["tcp.port==4711,data"], 0)):
        capture = Capture([path], parse_rules(rules))
        capture.load_all()
        assert compile('http.host == "nate.com"').run(capture).sum() == passed


def test_later_rules_count(tmp_path: Path) -> None:
    path = _talk(tmp_path / "a.pcap", 443, FTP[:1])
    assert _rows(path, "tcp.port==443,data", "tcp.port==443,ftp")[0][0] == "FTP"
    assert _rows(path, "tcp.port==443,ftp", "tcp.port==443,data")[0][0] == "TCP"


def test_ftp_on_another_port_announces_its_data(tmp_path: Path) -> None:
    said = [(True, b"PASV\r\n"), (False, b"227 Entering Passive Mode (10,0,0,2,156,64)\r\n")]
    control = _talk(tmp_path / "a.pcap", 2121, said)
    data = Ether() / IP(src="10.0.0.2", dst="10.0.0.1") / TCP(sport=40000, dport=5001, flags="PA", seq=1) / b"a\r\n"
    wrpcap(control, data, append=True)
    assert _rows(control, "tcp.port==2121,ftp")[-1][0] == "FTP-DATA"


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("tcp.port==8080,http", Rule("tcp.port", 8080, 8080, "http")),
        ("udp.port==5000-5010,sip", Rule("udp.port", 5000, 5010, "sip")),
        ("tcp.port==8000:3,ssl", Rule("tcp.port", 8000, 8002, "tls")),
        ("tcp.port==0x50,DATA", Rule("tcp.port", 80, 80, "data")),
    ],
)
def test_rules_are_read(text: str, rule: Rule) -> None:
    assert parse_rule(text) == rule


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("tcp.port==80", "not like tcp.port==8080,http"),
        ("tcp.port=80,http", "not like"),
        ("tcp.prot==80,http", "did you mean tcp.port"),
        ("ethertype==0x800,ip", "known are tcp.port and udp.port"),
        ("tcp.port==80,htp", "did you mean http"),
        ("tcp.port==80,nonsense", "known are data, dns"),
        ("udp.port==80,telnet", "no protocol that udp.port"),
        ("tcp.port==x,http", "no port number"),
        ("tcp.port==90-80,http", "ranges go upwards"),
        ("tcp.port==65536,http", "0 to 65535"),
        ("tcp.port==80:0,http", "holds no port"),
    ],
)
def test_wrong_rules_say_what_is_wrong(text: str, told: str) -> None:
    with pytest.raises(UsageError, match="--decode-as") as caught:
        parse_rule(text)
    assert told in str(caught.value)


@given(st.text(alphabet="tcpud.or=,-:0189xhftp ", max_size=30))
def test_any_text_is_a_rule_or_wrong_usage(text: str) -> None:
    try:
        rule = parse_rule(text)
    except UsageError:
        return
    assert 0 <= rule.first <= rule.last <= 65535


def test_the_command_takes_several_rules(pcaptui: Run, tmp_path: Path) -> None:
    path = _talk(tmp_path / "a.pcap", 443, FTP)
    rules = ("--decode-as", "tcp.port==1,http", "-d", "tcp.port==443,ftp")
    done = pcaptui(path, "--print", "packets", "--format", "jsonl", *rules)
    assert [json.loads(line)["protocol"] for line in done.stdout.splitlines()] == ["FTP"] * 3
    tree = pcaptui(path, "--print", "tree", "--packet", "2", *rules).stdout.decode()
    assert "Request command: USER" in tree
    streams = pcaptui(path, "--print", "streams", "--format", "jsonl", *rules).stdout
    assert json.loads(streams)["protocol"] == "FTP"


def test_a_wrong_rule_ends_with_2(pcaptui: Run, sample: Path) -> None:
    done = pcaptui(sample, "--print", "packets", "-d", "tcp.port==80,htp")
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.count(b"\n") == 1


def test_ftp_where_tls_is_expected(shared_captures: Path) -> None:
    """Case 26 of the course; told by `tshark -d tcp.port==443,ftp`: 29 packets are FTP, 1 is FTP-DATA."""
    path = str(shared_captures / "ppa" / "wrongdissector.pcapng")
    rows = _rows(path, "tcp.port==443,ftp")
    assert [protocol for protocol, _ in rows].count("FTP") == 29
    assert rows[7] == ("FTP", "Request: USER admin")
