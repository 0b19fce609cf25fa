"""The view of one stream: one key to it, one key back, the same packet selected."""

from __future__ import annotations

from pathlib import Path

import pytest

from pcaptui.app import PcapApp
from pcaptui.capture import Capture
from pcaptui.dissect.times import TimeFormat
from support.screens import settle

VISIT = Path(__file__).parents[2] / "sample_pcaps/web-visit.pcapng"
SIZE = (120, 40)
OF_STREAM = [251, 252, 253, 254, 257, 258, 259, 260, 261, 262]


@pytest.fixture
def visit():
    return PcapApp(Capture.open([str(VISIT)]))


async def select(app, pilot, number: int) -> None:
    await settle(pilot, lambda: not app.screen._reader.running and len(app.screen.model) == 262)
    app.screen.packet_list.centre(number - 1)
    await pilot.pause()


def selected(app) -> int:
    return app.screen.model.index(app.screen.packet_list.cursor) + 1


def numbers(app, text_of) -> list[int]:
    return [int(line[3:].split()[0]) for line in text_of(app.screen.packet_list)[1:] if line.strip(" ▐")]


@pytest.mark.parametrize("back", ["s", "escape"])
async def test_one_key_to_the_stream_and_one_back(visit, text_of, back):
    async with visit.run_test(size=SIZE) as pilot:
        await select(visit, pilot, 258)
        await pilot.press("s")
        assert numbers(visit, text_of) == OF_STREAM
        assert selected(visit) == 258
        header = text_of(visit.screen.header_line)[0]
        assert "tcp:4  10 of 262" in header
        await pilot.press(back)
        assert len(visit.screen.model) == 262
        assert selected(visit) == 258
        assert "258 of 262" in text_of(visit.screen.header_line)[0]
        assert visit.screen.packet_list.cursor in visit.screen.packet_list.on_screen


async def test_the_packet_selected_in_the_stream_is_selected_in_the_list(visit):
    async with visit.run_test(size=SIZE) as pilot:
        await select(visit, pilot, 254)
        await pilot.press("s", "home", "s")
        assert selected(visit) == 251
        assert visit.screen.packet_list.cursor in visit.screen.packet_list.on_screen


async def test_a_packet_without_stream_has_no_view(visit, text_of):
    async with visit.run_test(size=SIZE) as pilot:
        await select(visit, pilot, 1)
        await pilot.press("s")
        assert len(visit.screen.model) == 262
        assert "belongs to no TCP or UDP conversation" in text_of(visit.screen.status_line)[0]


async def test_times_since_the_previous_packet_are_those_of_the_view(visit):
    async with visit.run_test(size=SIZE) as pilot:
        await select(visit, pilot, 257)
        model = visit.screen.model
        model.time_format = TimeFormat.SINCE_SHOWN
        assert float(model.time(256)) == pytest.approx(0.003012, abs=2e-6)
        await pilot.press("s")
        assert float(model.time(4)) == pytest.approx(0.003908, abs=2e-6)


async def test_go_to_a_packet_of_the_view(visit):
    async with visit.run_test(size=SIZE) as pilot:
        await select(visit, pilot, 254)
        await pilot.press("s", "ctrl+g", "2", "6", "0", "enter")
        await pilot.pause()
        assert selected(visit) == 260


async def test_go_to_a_packet_outside_the_view_says_so(visit, text_of):
    async with visit.run_test(size=SIZE) as pilot:
        await select(visit, pilot, 254)
        await pilot.press("s", "ctrl+g", "2", "5", "5", "enter")
        await pilot.pause()
        assert selected(visit) == 254
        assert "Packet 255 is not in tcp:4" in text_of(visit.screen.status_line)[0]


async def test_next_in_the_conversation_and_end_work_in_the_view(visit):
    async with visit.run_test(size=SIZE) as pilot:
        await select(visit, pilot, 254)
        await pilot.press("s", "right_square_bracket")
        assert selected(visit) == 257
        await pilot.press("end")
        assert selected(visit) == 262


async def test_a_stream_can_be_shown_by_name(visit, text_of):
    async with visit.run_test(size=SIZE) as pilot:
        await select(visit, pilot, 1)
        assert visit.screen.show_stream("tcp", 4, 253)
        assert selected(visit) == 254
        assert not visit.screen.show_stream("tcp", 400)
        assert visit.screen.show_stream("tcp", 3)
        assert numbers(visit, text_of) == [250, 255, 256]
        await pilot.press("s")
        assert len(visit.screen.model) == 262


async def test_the_view_grows_while_the_capture_is_loading(make_app, fakes):
    capture = fakes.FakeCapture(900, block=300)
    capture.gate.clear()
    app = make_app(capture=capture)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("down", "s")
        model = app.screen.model
        assert len(model) == 100
        assert selected(app) == 2
        capture.gate.set()
        await settle(pilot, lambda: len(model) == 300)
        assert selected(app) == 2
        assert model.view.tolist() == list(range(1, 900, 3))


async def test_escape_leaves_the_stream_before_it_stops_loading(make_app, fakes):
    capture = fakes.FakeCapture(900, block=300)
    capture.gate.clear()
    app = make_app(capture=capture)
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, lambda: app.screen._reader.running)
        await pilot.press("s", "escape")
        assert not capture.stopped
        assert len(app.screen.model) == 300
        await pilot.press("escape")
        assert capture.stopped


async def test_keys_of_conversations_stand_in_the_help(visit):
    async with visit.run_test(size=SIZE):
        commands = {command.title for command in visit.get_system_commands(visit.screen)}
        assert {"Only this stream", "Next of conversation", "Previous of conversation", "Related packet"} <= commands
