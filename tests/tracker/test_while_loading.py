"""Streams numbered while the capture loads, and records found ahead of it, change nothing of what is found."""

from pathlib import Path

import pytest

from pcaptui.capture import Capture
from pcaptui.errors import CaptureError
from pcaptui.loader import load, pcapng
from pcaptui.loader.table import COLUMNS
from pcaptui.tracker import tracker

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "sample_pcaps" / "web-visit.pcapng"
SHARED = ROOT.parent / "shared" / "captures"
FRAGMENTS = "zeek/gtp__gtp2_different_udp_port.pcap"  # 42 datagrams put together, in tunnels


def columns(paths: list[Path]) -> dict[str, object]:
    capture = Capture([str(path) for path in paths])
    capture.load_all()
    table = capture.table
    found: dict[str, object] = {name: table[name].tolist() for name in COLUMNS if name not in ("source", "destination")}
    for name in ("source", "destination"):
        found[name] = [capture.addresses.text(one) if one >= 0 else "" for one in table[name].tolist()]
    found["outer"] = table.outer["stream"].tolist()
    found["streams"] = capture.tracker.tcp_streams_seen, capture.tracker.udp_streams
    capture.close()
    return found


@pytest.mark.parametrize("names", [[], ["fragments"], ["fragments", "sample"], ["sample", "sample"]], ids="+".join)
def test_in_small_blocks_as_in_one_go(names: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    paths = [SHARED / FRAGMENTS if name == "fragments" else SAMPLE for name in names or ["sample"]]
    if not all(path.exists() for path in paths):
        pytest.skip("the shared captures are not here")
    whole = columns(paths)
    assert whole["time"]
    monkeypatch.setattr(load, "FIRST_BLOCK", 3)
    monkeypatch.setattr(load, "BLOCK", 7)
    monkeypatch.setattr(tracker, "_PASS", 20)
    calls: list[int] = []
    number = tracker.Tracker.number
    monkeypatch.setattr(tracker.Tracker, "number", lambda self, stop: (calls.append(stop), number(self, stop))[1])
    parts = columns(paths)
    assert len(calls) > 1
    for name, values in whole.items():
        assert parts[name] == values, name


def test_what_goes_wrong_in_the_other_thread_is_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(load, "FIRST_BLOCK", 3)
    capture = Capture([str(SAMPLE)])
    assert capture.load_more()

    def fail(*_: object) -> None:
        raise CaptureError("gone")

    monkeypatch.setattr(pcapng.PcapngReader, "walk", fail)
    with pytest.raises(CaptureError, match="gone"):
        capture.load_all()


def test_cancelling_ends_a_load_and_its_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(load, "FIRST_BLOCK", 3)
    monkeypatch.setattr(load, "BLOCK", 1)
    capture = Capture([str(SAMPLE)])
    assert capture.load_more()
    assert capture.load_more()
    capture.cancel()
    count = len(capture.table)
    capture.load_all()
    assert len(capture.table) == count == len(capture)
    assert not capture.complete
