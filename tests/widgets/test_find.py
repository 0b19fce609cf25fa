"""Find on the main screen."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.widgets import Input

from pcaptui.app import PcapApp
from pcaptui.capture import Capture
from pcaptui.screens.find_bar import FindBar
from pcaptui.screens.main import MainScreen
from support.screens import settle

VISIT = Path(__file__).resolve().parents[2] / "sample_pcaps" / "web-visit.pcapng"


@pytest.fixture
def visit(fakes):
    capture = Capture.open([str(VISIT)])
    capture.load_all()
    return PcapApp(capture, tree_source=fakes.FakeTrees)


async def find(pilot, text: str, *keys: str) -> MainScreen:
    main = pilot.app.screen
    await settle(pilot, lambda: len(main.model) == 262)
    await pilot.press("ctrl+f")
    await settle(pilot, lambda: isinstance(pilot.app.screen, FindBar))
    pilot.app.screen.query_one(Input).value = text
    await pilot.press(*keys, "enter")
    return main


async def test_the_packet_found_is_selected_and_n_goes_on(visit):
    async with visit.run_test(size=(120, 36)) as pilot:
        main = await find(pilot, "nate.com")
        await settle(pilot, lambda: main.streams.here == 247)
        await pilot.press("n")
        await settle(pilot, lambda: main.streams.here == 248)
        await pilot.press("n")
        await settle(pilot, lambda: main.streams.here == 247)
        assert "went round the end" in main.status_line.render_line(0).text
        await pilot.press("N")
        await settle(pilot, lambda: main.streams.here == 248)


async def test_tab_chooses_what_is_searched_for_and_shift_tab_where(visit):
    async with visit.run_test(size=(120, 36)) as pilot:
        main = await find(pilot, "tcp.flags.reset == 0 && tcp.stream == 4", "tab", "tab", "tab")
        await settle(pilot, lambda: main.streams.here == 250)
        await find(pilot, "Agent: Mozilla", "tab", "shift+tab", "shift+tab")
        await settle(pilot, lambda: main.streams.here == 253)


async def test_what_is_not_there_is_said(visit):
    async with visit.run_test(size=(120, 36)) as pilot:
        main = await find(pilot, "[b]nowhere")
        await settle(pilot, lambda: "Not found: text [b]nowhere" in main.status_line.render_line(0).text)
        assert main.streams.here == 0


async def test_a_wrong_pattern_is_said(visit):
    async with visit.run_test(size=(120, 36)) as pilot:
        main = await find(pilot, "(", "tab")
        await settle(pilot, lambda: "not a regular expression" in main.status_line.render_line(0).text)
