"""Filters and what tshark 4.0 makes of them, recorded: the same packets pass here, and the same filters are wrong."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from pcaptui.capture import Capture
from pcaptui.filters import FilterError, compile

HERE = Path(__file__).parent
SAMPLE = HERE.parent.parent / "sample_pcaps" / "web-visit.pcapng"


def _recorded() -> list[tuple[str, str]]:
    lines = (HERE / "recorded.txt").read_text("utf-8").splitlines()
    pairs = [line.rsplit("\t", 1) for line in lines if not line.startswith("#")]
    return [(text, said) for text, said in pairs]


def _numbers(said: str) -> list[int]:
    found: list[int] = []
    for part in said.split(",") if said != "none" else []:
        low, _, high = part.partition("-")
        found.extend(range(int(low), int(high or low) + 1))
    return found


@pytest.fixture(scope="module")
def sample() -> Capture:
    capture = Capture([str(SAMPLE)])
    capture.load_all()
    return capture


def test_the_same_packets_pass(sample: Capture) -> None:
    pairs = [pair for pair in _recorded() if pair[1] != "error"]
    assert len(pairs) > 500
    wrong = {}
    for text, said in pairs:
        passed = (np.flatnonzero(compile(text).run(sample)) + 1).tolist()
        if passed != _numbers(said):
            wrong[text] = passed
    assert not wrong


def test_the_same_filters_are_wrong() -> None:
    texts = [text for text, said in _recorded() if said == "error"]
    assert len(texts) > 150
    for text in texts:
        with pytest.raises(FilterError):
            compile(text)
