"""However and whenever a capture's findings are asked for, they are the same; and asking leaves nothing behind."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest

from pcaptui import found
from pcaptui.capture import Capture
from pcaptui.findings import run
from pcaptui.findings.case import Case
from pcaptui.findings.finding import Finding
from pcaptui.loader import load

SAMPLES = Path(__file__).resolve().parents[2] / "sample_pcaps"
NAMES = ("web-visit.pcapng", "arp-poison.pcapng", "dns-two-answers.pcapng", "fast-retransmission.pcapng")


def at_once(path: Path) -> list[Finding]:
    """As `--print findings` does."""
    capture = Capture([str(path)])
    capture.load_all()
    return run.find(capture).findings


def while_it_loads(path: Path) -> list[Finding]:
    """As the screen does: in a thread, first of a part, then of all."""
    capture = Capture.open([str(path)])
    reports: list[run.Report] = []

    def look() -> None:
        reports.append(found.report_of(capture))

    for _ in range(2):
        thread = threading.Thread(target=look)
        thread.start()
        while capture.load_more():
            pass
        thread.join()
    assert not reports[-1].failed and not reports[-1].stopped
    return reports[-1].findings


@pytest.mark.parametrize("name", NAMES)
def test_findings_of_the_screen_are_those_that_are_printed(name: str) -> None:
    expected = at_once(SAMPLES / name)
    assert expected
    assert while_it_loads(SAMPLES / name) == expected
    assert at_once(SAMPLES / name) == expected


def test_a_report_of_a_part_does_not_stay_when_more_has_come(monkeypatch: pytest.MonkeyPatch) -> None:
    path = SAMPLES / NAMES[0]
    for name in [one for one in vars(load) if one.endswith("BLOCK")]:
        monkeypatch.setattr(load, name, 64)
    capture = Capture.open([str(path)])
    part = found.report_of(capture)
    size = len(capture)
    while capture.load_more():
        pass
    whole = found.report_of(capture)
    assert whole.findings == at_once(path)
    assert (whole is part) == (len(capture) == size)


def test_what_rules_found_out_goes_with_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    cases: list[Case] = []

    class Kept(Case):
        def __init__(self, *given: object) -> None:
            super().__init__(*given)  # type: ignore[arg-type]
            cases.append(self)

    monkeypatch.setattr(run, "Case", Kept)
    assert at_once(SAMPLES / NAMES[0])
    assert [vars(case) for case in cases] == [{}]


def test_packets_of_conversations_are_those_of_each() -> None:
    capture = Capture([str(SAMPLES / NAMES[0])])
    capture.load_all()
    conversations = capture.conversations()
    lives, numbers = conversations.lives("tcp")
    chosen = np.arange(len(lives)) % 2 == 0
    packets, places = conversations.packets_of("tcp", chosen)
    each = [conversations.packets("tcp", number) for number in numbers[chosen].tolist()]
    assert packets.tolist() == np.concatenate(each).tolist()
    assert places.tolist() == np.repeat(np.flatnonzero(chosen), [len(one) for one in each]).tolist()
    assert len(conversations.packets_of("tcp", np.zeros(len(lives), bool))[0]) == 0
