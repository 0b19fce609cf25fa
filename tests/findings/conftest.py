"""What tests of findings share: a capture made of scapy packets, and what the rules say about it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
import scapy.layers.l2  # noqa: F401  (it sets conf.neighbor)
from scapy.config import conf
from scapy.utils import wrpcap

from pcaptui.capture import Capture
from pcaptui.findings import Finding, find

Judge = Callable[..., list[Finding]]


@pytest.fixture(autouse=True)
def no_look_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep scapy from asking the network for MAC addresses that a packet leaves open."""
    monkeypatch.setattr(conf.neighbor, "resolve", lambda *ends: "02:00:00:00:00:99")


@pytest.fixture
def judge(tmp_path: Path) -> Judge:
    """judge(packets, "dns-"): what the rules whose names begin so find in packets, each given as (seconds, packet)."""

    def judge(packets: Sequence[tuple[float, Any]], *names: str) -> list[Finding]:
        for seconds, packet in packets:
            packet.time = 1_000_000_000 + seconds
        path = tmp_path / "made.pcap"
        wrpcap(str(path), [packet for _, packet in packets])
        return look(path, *names)

    return judge


@pytest.fixture
def judge_ppa(shared_captures: Path) -> Judge:
    """judge_ppa("nowebaccess1", "dns-"): the same of a real capture."""
    return lambda name, *names: look(shared_captures / "ppa" / f"{name}.pcapng", *names)


def look(path: Path, *names: str) -> list[Finding]:
    capture = Capture.open([str(path)])
    capture.load_all()
    report = find(capture)
    assert not report.failed and not report.stopped
    return [one for one in report.findings if not names or one.rule.startswith(names)]
