"""Ignored packets on the main screen."""

from __future__ import annotations

from pathlib import Path

import pytest

from pcaptui.app import PcapApp
from pcaptui.capture import Capture
from pcaptui.filters import compile
from pcaptui.screens.copy_menu import CopyMenu
from pcaptui.screens.main import MainScreen
from support.screens import settle

VISIT = Path(__file__).resolve().parents[2] / "sample_pcaps" / "web-visit.pcapng"


@pytest.fixture
def visit(fakes, monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    capture = Capture.open([str(VISIT)])
    capture.load_all()
    return PcapApp(capture, tree_source=fakes.FakeTrees)


async def begun(pilot) -> MainScreen:
    main = pilot.app.screen
    await settle(pilot, lambda: not main._reader.running and len(main.model) and main.hex_pane.data)
    return main


def told(main: MainScreen) -> str:
    return main.status_line.render_line(0).text.strip()


async def test_an_ignored_packet_stays_as_a_quiet_row_until_it_is_taken_back(visit, text_of):
    async with visit.run_test(size=(120, 40)) as pilot:
        main = await begun(pilot)
        line = text_of(main.packet_list)[3]
        main.streams.put(2)
        await pilot.press("d")
        assert "Packet 3 is ignored" in told(main)
        await pilot.press("up")
        assert text_of(main.packet_list)[3].split()[0] == "3"
        assert text_of(main.packet_list)[3].split()[-1] == "<Ignored>"
        assert len(main.model) == 262
        await pilot.press("down", "d", "up")
        assert text_of(main.packet_list)[3] == line


async def test_all_ignored_packets_are_taken_back_at_once(visit):
    async with visit.run_test(size=(120, 40)) as pilot:
        main = await begun(pilot)
        await pilot.press("D")
        assert "d ignores one" in told(main)
        await pilot.press("d", "down", "d")
        assert main.model.choices.ignored == {0, 1}
        await pilot.press("D")
        assert not main.model.choices.ignored
        assert told(main) == "2 packets no longer ignored"


async def test_the_filter_in_force_leaves_out_what_is_ignored(visit):
    async with visit.run_test(size=(120, 40)) as pilot:
        main = await begun(pilot)
        main.apply_filter(compile("tcp.stream == 4"))
        await settle(pilot, lambda: len(main.model) == 10)
        main.streams.put(253)
        await pilot.press("d")
        await settle(pilot, lambda: len(main.model) == 9)
        assert not main.model.shows(253)
        await pilot.press("D")
        await settle(pilot, lambda: len(main.model) == 10)


async def test_a_filter_for_marked_packets_follows_the_marks(visit):
    async with visit.run_test(size=(120, 40)) as pilot:
        main = await begun(pilot)
        main.streams.put(5)
        await pilot.press("M")
        main.apply_filter(compile("frame.marked == 1"))
        await settle(pilot, lambda: len(main.model) == 1)
        assert main.streams.here == 5
        await pilot.press("M")
        await settle(pilot, lambda: not len(main.model))


async def test_what_is_shown_is_written_without_what_is_ignored(visit):
    async with visit.run_test(size=(120, 40)) as pilot:
        await begun(pilot)
        await pilot.press("d", "w")
        await settle(pilot, lambda: isinstance(visit.screen, CopyMenu))
        offers = {offer.key: offer.preview for offer in visit.screen._offers}
        assert offers["s"] == "261 packets"
        assert offers["a"] == "262 packets"
