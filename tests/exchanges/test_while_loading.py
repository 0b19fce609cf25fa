"""Exchanges of a capture that grows in one thread while another one reads it."""

from __future__ import annotations

from pathlib import Path

import pytest

from pcaptui.capture import Capture
from pcaptui.exchanges import Exchanges

UPLOAD = Path(__file__).resolve().parents[2] / "sample_pcaps" / "upload-narrow-link.pcapng"


def test_packets_that_come_while_a_stream_is_dissected_are_not_taken_for_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    capture = Capture.open([str(UPLOAD)])
    exchanges = Exchanges(capture)
    streams = exchanges._rows.streams
    plain = streams.messages

    def while_it_grows(stream: int, stop: int) -> object:
        found = plain(stream, stop)
        capture.load_all()
        return found

    monkeypatch.setattr(streams, "messages", while_it_grows)
    assert len(capture) < 656
    assert [exchange.response for exchange in exchanges.of_stream("tcp", 0)] == [None]
    assert [exchange.response for exchange in exchanges.of_stream("tcp", 0)] == [650]
