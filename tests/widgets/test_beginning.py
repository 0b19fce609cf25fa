"""The screen opens with a part of the capture, as the command line asks for it."""

from __future__ import annotations

from pathlib import Path

import pytest

from pcaptui.app import PcapApp
from pcaptui.capture import Capture
from pcaptui.filters import compile
from pcaptui.screens.beginning import Beginning, Start
from support.screens import settle

VISIT = Path(__file__).resolve().parents[2] / "sample_pcaps" / "web-visit.pcapng"


def visit(fakes, start: Start) -> PcapApp:
    return PcapApp(Capture.open([str(VISIT)]), tree_source=fakes.FakeTrees, start=start)


async def test_with_a_filter_only_what_passes_is_listed(fakes):
    app = visit(fakes, Start(filter=compile("tcp.stream == 4 and http")))
    async with app.run_test(size=(100, 30)) as pilot:
        await settle(pilot, lambda: len(app.model) == 2 and len(app.capture) == 262)
        assert [app.model.index(place) for place in range(2)] == [253, 257]
        assert app.screen.filters.text == "tcp.stream == 4 and http"
        await pilot.press("escape")
        await settle(pilot, lambda: len(app.model) == 262)


async def test_with_a_stream_only_its_packets_are_listed(fakes):
    app = visit(fakes, Start(stream=("tcp", 4)))
    async with app.run_test(size=(100, 30)) as pilot:
        await settle(pilot, lambda: len(app.model) == 10)
        assert app.screen.streams.name == "tcp:4"
        await pilot.press("escape")
        await settle(pilot, lambda: len(app.model) == 262)


async def test_with_a_packet_all_are_listed_and_it_is_selected(fakes):
    app = visit(fakes, Start(packet=254))
    async with app.run_test(size=(100, 30)) as pilot:
        await settle(pilot, lambda: app.screen.packet_list.cursor == 253)
        assert len(app.model) == 262


async def test_a_packet_that_is_not_there_is_told_of(fakes, text_of):
    app = visit(fakes, Start(packet=263))
    async with app.run_test(size=(100, 30)) as pilot:
        await settle(pilot, lambda: "no packet 263" in text_of(app.screen.status_line)[0])
        assert app.screen.packet_list.cursor == 0


async def test_a_stream_that_is_not_there_is_told_of(fakes, text_of):
    app = visit(fakes, Start(stream=("udp", 999)))
    async with app.run_test(size=(100, 30)) as pilot:
        await settle(pilot, lambda: "no stream udp:999" in text_of(app.screen.status_line)[0])
        assert len(app.model) == 262


@pytest.mark.parametrize(("there", "done", "waits"), [(False, False, True), (False, True, False), (True, False, False)])
def test_a_stream_is_waited_for_until_all_is_loaded(there: bool, done: bool, waits: bool) -> None:
    asked: list[tuple[str, int]] = []
    said: list[str] = []

    def show(kind: str, number: int) -> bool:
        asked.append((kind, number))
        return there

    beginning = Beginning(Start(stream=("tcp", 7)), lambda wanted: None, show, said.append, lambda: False)
    beginning.grown(done)
    beginning.grown(False)
    assert asked == [("tcp", 7)] * (2 if waits else 1)
    assert bool(said) == (done and not there)


def test_what_the_person_asked_for_meanwhile_stays() -> None:
    asked: list[int] = []
    start = Start(stream=("tcp", 7))
    beginning = Beginning(start, lambda wanted: None, lambda kind, n: bool(asked.append(n)), print, lambda: True)
    beginning.grown(True)
    assert asked == []
