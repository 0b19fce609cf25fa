"""The I/O graph: lines by filter, units, steps, a stretch that becomes the filter."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pcaptui.app import PcapApp
from pcaptui.capture import Capture
from pcaptui.filters import compile
from pcaptui.screens.io_graph import IOGraphScreen
from pcaptui.widgets.io_strip import strip_text
from support.screens import settle, write_to

SAMPLES = Path(__file__).parent.parent.parent / "sample_pcaps"


def app_of(name: str) -> PcapApp:
    capture = Capture.open([str(SAMPLES / f"{name}.pcapng")])
    capture.load_all()
    return PcapApp(capture)


async def graph(pilot: Any) -> IOGraphScreen:
    await pilot.pause(0.1)
    await pilot.press("I")
    await settle(pilot, lambda: isinstance(pilot.app.screen, IOGraphScreen) and counted(pilot.app.screen))
    screen: IOGraphScreen = pilot.app.screen
    return screen


def counted(screen: IOGraphScreen) -> bool:
    return screen.view.plot is not None and not screen._busy


async def test_every_packet_of_the_capture_is_in_the_line() -> None:
    async with app_of("upload-narrow-link").run_test(size=(100, 30)) as pilot:
        screen = await graph(pilot)
        (line,) = screen.view.plot.series
        assert line.y.sum() == 656 and line.name == "all packets"


async def test_a_filter_adds_a_line_and_x_removes_it() -> None:
    async with app_of("upload-narrow-link").run_test(size=(100, 30)) as pilot:
        screen = await graph(pilot)
        await pilot.press("slash", *"tcp.len == 0", "enter")
        await settle(
            pilot, lambda: pilot.app.screen is screen and counted(screen) and len(screen.view.plot.series) == 2
        )
        assert [each.name for each in screen.view.plot.series] == ["all packets", "tcp.len == 0"]
        assert 0 < screen.view.plot.series[1].y.sum() < 656
        await pilot.press("down", "x")
        await settle(pilot, lambda: counted(screen) and len(screen.view.plot.series) == 1)
        assert screen.view.plot.series[0].name == "all packets"


async def test_units_go_round() -> None:
    async with app_of("upload-narrow-link").run_test(size=(100, 30)) as pilot:
        screen = await graph(pilot)
        sums = {}
        for _ in range(4):
            sums[screen.unit] = float(screen.view.plot.series[0].y.sum())
            await pilot.press("u")
        assert screen.unit == "packets"
        seconds = screen._found.steps.seconds
        assert sums["bits/s"] == pytest.approx(sums["bytes"] * 8 / seconds)
        assert sums["errors"] == screen._found.whole.bad.sum() > 50


async def test_zooming_in_makes_steps_shorter_and_out_again_longer() -> None:
    async with app_of("upload-narrow-link").run_test(size=(100, 30)) as pilot:
        screen = await graph(pilot)
        first = screen._found.steps.size
        await pilot.press("plus", "plus", "plus")
        await settle(pilot, lambda: counted(screen) and screen._found.steps.size < first)
        assert screen.view.plot.series[0].y.sum() == 656
        await pilot.press("0")
        await settle(pilot, lambda: counted(screen) and screen._found.steps.size == first)


async def test_steps_are_chosen_by_keys_and_fit_again_with_s() -> None:
    async with app_of("upload-narrow-link").run_test(size=(100, 30)) as pilot:
        screen = await graph(pilot)
        first = screen._found.steps.size
        await pilot.press("right_square_bracket")
        await settle(pilot, lambda: counted(screen) and screen._found.steps.size > first)
        await pilot.press("s")
        await settle(pilot, lambda: counted(screen) and screen._found.steps.size == first)


async def test_a_stretch_becomes_the_filter_and_escape_comes_back_with_the_lines() -> None:
    async with app_of("upload-narrow-link").run_test(size=(100, 30)) as pilot:
        main = pilot.app.screen
        screen = await graph(pilot)
        screen._add(compile("tcp.len > 0"))
        await settle(pilot, lambda: counted(screen) and len(screen.view.plot.series) == 2)
        await pilot.press("right", "right", "space", "right", "right", "right", "space")
        low, high = sorted(screen.view.stretch)
        seconds, count = screen._found.steps.seconds, int(screen.view.plot.series[0].y[2:6].sum())
        await pilot.press("enter")
        await settle(pilot, lambda: pilot.app.screen is main and len(main.model) == count)
        assert main.filters.text.startswith(f"frame.time_relative >= {low:.9f}") and high + seconds < 2
        await pilot.press("escape")
        await settle(pilot, lambda: isinstance(pilot.app.screen, IOGraphScreen))
        again = pilot.app.screen
        await settle(pilot, lambda: counted(again) and len(again.view.plot.series) == 2)
        assert len(main.model) == 656


async def test_enter_without_a_stretch_goes_to_the_first_packet_of_the_step() -> None:
    async with app_of("upload-narrow-link").run_test(size=(100, 30)) as pilot:
        main = pilot.app.screen
        screen = await graph(pilot)
        await pilot.press("end")
        wanted = screen.view.packet
        await pilot.press("enter")
        await settle(pilot, lambda: pilot.app.screen is main)
        assert main.model.index(main.packet_list.cursor) == wanted > 600


@pytest.mark.parametrize("suffix", ["svg", "csv", "md"])
async def test_graph_and_numbers_are_written(tmp_path: Path, suffix: str) -> None:
    async with app_of("upload-narrow-link").run_test(size=(100, 30)) as pilot:
        screen = await graph(pilot)
        await write_to(pilot, tmp_path / f"io.{suffix}")
        await settle(pilot, lambda: (tmp_path / f"io.{suffix}").exists() and bool(screen.status_line._left))
        text = (tmp_path / f"io.{suffix}").read_text()
        assert {"svg": "<svg", "csv": "start,end,packets", "md": "| From |"}[suffix] in text


async def test_a_file_of_no_known_kind_is_refused_and_said(tmp_path: Path) -> None:
    async with app_of("upload-narrow-link").run_test(size=(100, 30)) as pilot:
        screen = await graph(pilot)
        await write_to(pilot, tmp_path / "io.docx")
        await settle(pilot, lambda: "Not written" in str(screen.status_line._left))
        assert not list(tmp_path.iterdir())


def test_the_strip_has_a_block_where_errors_are() -> None:
    bad = np.array([0, 1, 0, 8])
    assert strip_text(bad, 1.0, 0.0, 4.0, 10, 14) == "  ! errors ▁ █"
    assert strip_text(np.zeros(4), 1.0, 0.0, 4.0, 10, 14) == ""
    assert strip_text(bad, 1.0, 0.0, 3.0, 0, 3) == " ▁█"


@pytest.mark.parametrize("size", [(160, 48), (80, 24)])
def test_picture_of_the_graph(snap_compare: Any, size: tuple[int, int]) -> None:
    async def run(pilot: Any) -> None:
        await graph(pilot)
        await pilot.press("right", "right", "right", "space", "right", "right", "right")
        await pilot.pause(0.1)

    assert snap_compare(app_of("upload-narrow-link"), terminal_size=size, run_before=run)
