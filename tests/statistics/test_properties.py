"""Capture properties: what capinfos tells, and what it does not."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from scapy.all import IP, UDP, Ether
from scapy.utils import wrpcap

from pcaptui.capture import Capture
from pcaptui.statistics import View
from pcaptui.statistics.properties import moment, tables

ViewOf = Callable[..., View]
Read = Callable[[Any], list[dict[str, Any]]]


def told(view: View) -> dict[str, str]:
    table = tables(view)[0]
    return {table.value(row, 0): table.value(row, 1) for row in range(len(table))}


def packet(size: int = 0) -> Any:
    return Ether() / IP(src="10.0.0.1", dst="10.0.0.2") / UDP() / (b"x" * size)


def test_file_and_packets(view_of: ViewOf, tmp_path: Path) -> None:
    found = told(view_of([packet(), packet(100), packet()]))
    data = (tmp_path / "made.pcap").read_bytes()
    assert found["SHA256"] == hashlib.sha256(data).hexdigest()
    assert found["SHA1"] == hashlib.sha1(data).hexdigest()
    assert found["File size"] == f"{len(data)} bytes"
    assert (found["Packets"], found["Bytes"], found["Captured bytes"]) == ("3", "226", "226")
    assert found["Average packet size"] == "75.33 bytes"
    assert found["Format"] == "pcap, microseconds" and found["Encapsulation"] == "Ethernet"


def test_times_and_rates(view_of: ViewOf) -> None:
    found = told(view_of([packet(), packet(), packet()]))
    assert found["First packet (UTC)"] == "2001-09-09 01:46:40.000000"
    assert found["Last packet (UTC)"] == "2001-09-09 01:46:40.020000"
    assert found["Duration"] == "0.020000 seconds"
    assert found["Packets a second"] == "150.00" and found["Strict time order"] == "yes"


def test_packets_out_of_order_are_told(tmp_path: Path, view_of: ViewOf) -> None:
    first, second = packet(), packet()
    first.time, second.time = 20, 10
    wrpcap(str(tmp_path / "turned.pcap"), [first, second])
    found = told(view_of(tmp_path / "turned.pcap"))
    assert found["Strict time order"] == "no" and found["First packet (UTC)"] == "1970-01-01 00:00:10.000000"


def test_compressed_file_is_hashed_as_it_lies_there(tmp_path: Path, view_of: ViewOf) -> None:
    wrpcap(str(tmp_path / "a.pcap"), [packet()])
    path = tmp_path / "a.pcap.gz"
    path.write_bytes(gzip.compress((tmp_path / "a.pcap").read_bytes()))
    found = told(view_of(path))
    assert found["Compression"] == "gzip" and found["SHA256"] == hashlib.sha256(path.read_bytes()).hexdigest()


def test_damage_is_told(tmp_path: Path, view_of: ViewOf) -> None:
    wrpcap(str(tmp_path / "a.pcap"), [packet(), packet()])
    data = (tmp_path / "a.pcap").read_bytes()
    (tmp_path / "cut.pcap").write_bytes(data[:-5])
    found = told(view_of(tmp_path / "cut.pcap"))
    assert found["Packets"] == "1" and "cut short" in found["Damage"]


def test_sample_tells_who_wrote_it(sample: Path, view_of: ViewOf, rows: Read) -> None:
    view = view_of(sample)
    found = told(view)
    assert found["Format"] == "pcapng" and found["Capture application"] and found["Comment"]
    (interface,) = rows(tables(view)[1])
    assert interface["name"] == "Ethernet" and interface["packets"] == 262 and interface["resolution"] == "microseconds"


def test_several_files_stand_in_a_table(tmp_path: Path, rows: Read) -> None:
    paths = [str(tmp_path / name) for name in ("a.pcap", "b.pcap")]
    for count, path in enumerate(paths, 1):
        wrpcap(path, [packet()] * count)
    capture = Capture.open(paths)
    capture.load_all()
    made = tables(View(capture))
    assert made.names == ["properties", "files", "interfaces"]
    assert [(row["file"], row["packets"]) for row in rows(made[1])] == [(paths[0], 1), (paths[1], 2)]
    assert "SHA256" not in told(View(capture))


@pytest.mark.parametrize("time", [0, -1, 2**62, -(2**62), 10**18])
def test_any_time_has_a_text(time: int) -> None:
    assert moment(time)
