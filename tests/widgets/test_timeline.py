"""The line with the whole capture over time."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from pcaptui.app import PcapApp
from pcaptui.capture import Capture
from pcaptui.widgets.timeline import BLOCKS, cells_of
from support.screens import settle

SAMPLES = Path(__file__).parent.parent.parent / "sample_pcaps"


def test_blocks_are_as_high_as_packets_are_many() -> None:
    times = np.array([0, 1, 2, 3, 10, 39], np.int64)
    cells = cells_of(times, None, 4)
    assert cells is not None and cells.blocks == f"{BLOCKS[8]}{BLOCKS[4]} {BLOCKS[4]}"
    assert [cells.cell(time) for time in (0, 9, 10, 39, 100)] == [0, 0, 1, 3, 3]


def test_cells_with_an_error_are_named_and_those_with_notes_are_not() -> None:
    times = np.array([0, 10, 20, 39], np.int64)
    cells = cells_of(times, np.array([0, 3, 1], np.uint8), 4)
    assert cells is not None and cells.wrong == {1}


def test_without_packets_there_is_nothing() -> None:
    assert cells_of(np.zeros(0, np.int64), None, 80) is None


@given(arrays(np.int64, st.integers(1, 50), elements=st.integers(-(2**62), 2**62 - 1)), st.integers(1, 200))
def test_any_times_fill_the_width(times: np.ndarray, width: int) -> None:
    cells = cells_of(times, None, width)
    assert cells is not None and len(cells.blocks) == width and BLOCKS[8] in cells.blocks
    assert all(cells.blocks[cells.cell(time)] != " " for time in times.tolist())


async def test_a_key_shows_it_above_the_list_and_hides_it_again() -> None:
    capture = Capture.open([str(SAMPLES / "web-refused.pcapng")])
    capture.load_all()
    async with PcapApp(capture).run_test(size=(80, 24)) as pilot:
        main = pilot.app.screen
        top = main.packet_list.region.y
        main.model.found = np.array([0] * 4 + [3], np.uint8)
        await pilot.press("V")
        await settle(pilot, lambda: main._timeline is not None and main._timeline.cells is not None)
        assert main._timeline.cells.wrong == {main._timeline.cells.cell(int(capture.table["time"][4]))}
        assert main.packet_list.region.y == top + 1 and main.footer_line.region.bottom == 24
        await pilot.press("V")
        await settle(pilot, lambda: main.packet_list.region.y == top)


async def test_a_click_goes_to_the_time_of_the_cell() -> None:
    capture = Capture.open([str(SAMPLES / "upload-narrow-link.pcapng")])
    capture.load_all()
    async with PcapApp(capture).run_test(size=(80, 24)) as pilot:
        main = pilot.app.screen
        await pilot.press("V")
        await settle(pilot, lambda: main._timeline is not None and main._timeline.cells is not None)
        await pilot.click("#timeline", offset=(40, 0))
        await settle(pilot, lambda: main.packet_list.cursor > 0)
        times = capture.table["time"]
        here = main.model.index(main.packet_list.cursor)
        begin = int(times[0]) + 40 * main._timeline.cells.span // 80
        assert times[here] >= begin > times[here - 1]
