"""Letters, marks, time references, the way back, and the list in another order."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pcaptui.app import PcapApp
from pcaptui.capture import Capture
from pcaptui.screens import place_actions
from pcaptui.screens.main import MainScreen
from pcaptui.screens.places import Places
from support.screens import settle

VISIT = Path(__file__).resolve().parents[2] / "sample_pcaps" / "web-visit.pcapng"


@pytest.fixture(autouse=True)
def own_history(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))


@pytest.fixture
def visit(fakes):
    capture = Capture.open([str(VISIT)])
    capture.load_all()
    return PcapApp(capture, tree_source=fakes.FakeTrees)


async def begun(pilot) -> MainScreen:
    main = pilot.app.screen
    await settle(pilot, lambda: not main._reader.running and len(main.model) and main.hex_pane.data)
    return main


def told(main: MainScreen) -> str:
    return main.status_line.render_line(0).text.strip()


def shown(main: MainScreen) -> list[int]:
    return [main.model.index(position) for position in range(len(main.model))]


# The way that was gone.


@given(st.lists(st.integers(0, 5), min_size=1, max_size=30))
def test_going_back_all_the_way_and_forward_again_ends_where_one_was(way):
    places = Places()
    here = way[0]
    for target in way[1:]:
        if target != here:
            places.left(here)
            here = target
    last, seen = here, [here]
    while (before := places.back(here)) is not None:
        here = before
        seen.append(here)
    assert here == way[0]
    while (after := places.forward(here)) is not None:
        assert here == seen.pop()
        here = after
    assert here == last


def test_a_jump_from_an_earlier_place_forgets_the_later_ones():
    places = Places()
    places.left(1)
    assert places.back(2) == 1
    places.left(1)
    assert places.forward(7) is None
    assert places.back(7) == 1


async def test_comma_and_full_stop_go_the_way_of_the_jumps(visit):
    async with visit.run_test(size=(120, 40)) as pilot:
        main = await begun(pilot)
        for target in (100, 200):
            main.streams.go(target)
        await pilot.press("comma")
        assert main.streams.here == 100
        await pilot.press("comma")
        assert main.streams.here == 0
        await pilot.press("comma")
        assert told(main) == "No earlier place"
        await pilot.press("full_stop", "full_stop")
        assert main.streams.here == 200
        await pilot.press("full_stop")
        assert told(main) == "No later place"


# Letters.


async def test_a_letter_leads_back_to_its_packet(visit):
    async with visit.run_test(size=(120, 40)) as pilot:
        main = await begun(pilot)
        main.streams.go(41)
        await pilot.press("m", "q", "end", "apostrophe", "q")
        assert main.streams.here == 41
        await pilot.press("apostrophe", "z")
        assert told(main) == "No packet has the letter z"


async def test_without_letters_nobody_is_asked_for_one(visit):
    async with visit.run_test(size=(120, 40)) as pilot:
        main = await begun(pilot)
        await pilot.press("apostrophe")
        assert visit.screen is main
        assert "m gives it one" in told(main)


async def test_another_key_than_a_letter_gives_none(visit):
    async with visit.run_test(size=(120, 40)) as pilot:
        main = await begun(pilot)
        await pilot.press("m", "escape")
        assert visit.screen is main
        assert main.streams.places.marks == {}


# Marks.


async def test_marked_packets_are_gone_to_in_turn_and_round_the_end(visit, monkeypatch):
    async with visit.run_test(size=(120, 40)) as pilot:
        main = await begun(pilot)
        for near in (place_actions.NEAR, 2):  # close by, and found among all marks
            monkeypatch.setattr(place_actions, "NEAR", near)
            main.model.marked.clear()
            for index in (10, 50, 90):
                main.streams.put(index)
                await pilot.press("M")
            await pilot.press("home", "right_curly_bracket")
            assert main.streams.here == 10
            await pilot.press("right_curly_bracket", "right_curly_bracket", "right_curly_bracket")
            assert main.streams.here == 10
            assert "round the end" in told(main)
            await pilot.press("left_curly_bracket")
            assert main.streams.here == 90


async def test_only_marks_that_are_shown_are_gone_to(visit):
    async with visit.run_test(size=(120, 40)) as pilot:
        main = await begun(pilot)
        main.model.marked |= {3, 251, 255}
        main.streams.show("tcp", 4)  # 251 to 254, 257 to 262
        await pilot.press("right_curly_bracket")
        assert main.streams.here == 251
        await pilot.press("right_curly_bracket")
        assert main.streams.here == 251


async def test_all_shown_packets_are_marked_and_unmarked(visit, monkeypatch):
    async with visit.run_test(size=(120, 40)) as pilot:
        main = await begun(pilot)
        main.streams.show("tcp", 4)
        await pilot.press("ctrl+a")
        assert main.model.marked == set(shown(main))
        main.model.marked.add(0)
        monkeypatch.setattr(place_actions, "PIECE", 3)  # many packets: in a thread
        await pilot.press("ctrl+a")
        await settle(pilot, lambda: main.model.marked == {0})
        await settle(pilot, lambda: told(main) == "1 packet marked")


async def test_too_many_packets_are_not_marked_in_part(visit, monkeypatch):
    monkeypatch.setattr(place_actions, "MOST", 100)
    async with visit.run_test(size=(120, 40)) as pilot:
        main = await begun(pilot)
        await pilot.press("ctrl+a")
        assert not main.model.marked
        assert "100 packets can be marked" in told(main)


# Time references.


async def test_time_begins_anew_at_a_reference(visit):
    async with visit.run_test(size=(120, 40)) as pilot:
        main = await begun(pilot)
        before = main.model.time(6)
        main.streams.put(4)
        await pilot.press("T")
        assert main.model.time(4) == "*REF*"
        assert float(main.model.time(5)) < float(before)
        await pilot.press("T")
        assert main.model.time(6) == before


# Another order.


async def test_the_list_is_sorted_by_a_column_and_turned_round(visit, text_of):
    async with visit.run_test(size=(120, 40)) as pilot:
        main = await begun(pilot)
        main.streams.put(100)
        lengths = [int(main.model.capture.table["length"][index]) for index in range(262)]
        await pilot.press("o", "l")
        await settle(pilot, lambda: main.model.sorted is not None)
        assert [lengths[index] for index in shown(main)] == sorted(lengths)
        assert main.streams.here == 100
        assert "Len▲" in text_of(main.packet_list)[0]
        await pilot.press("o", "l")
        await settle(pilot, lambda: main.model.sorted_by == ("length", True))
        assert [lengths[index] for index in shown(main)] == sorted(lengths, reverse=True)
        assert "Len▼" in text_of(main.packet_list)[0]
        await pilot.press("o", "n")
        await settle(pilot, lambda: main.model.sorted is None)
        assert shown(main) == list(range(262))
        assert "▲" not in text_of(main.packet_list)[0]


async def test_the_order_stays_when_other_packets_are_shown(visit):
    async with visit.run_test(size=(120, 40)) as pilot:
        main = await begun(pilot)
        await pilot.press("o", "l")
        await settle(pilot, lambda: main.model.sorted is not None)
        main.streams.show("tcp", 4)
        await settle(pilot, lambda: main.model.sorted is not None)
        lengths = [main.model.length(position) for position in range(len(main.model))]
        assert len(lengths) == 10 and lengths == sorted(lengths)
        main.streams.leave()
        await settle(pilot, lambda: main.model.sorted is not None and len(main.model) == 262)


async def test_too_many_packets_for_a_column_leave_the_list_alone(visit, monkeypatch):
    monkeypatch.setattr("pcaptui.sorting.ROWS", 10)
    async with visit.run_test(size=(120, 40)) as pilot:
        main = await begun(pilot)
        await pilot.press("o", "i")
        await settle(pilot, lambda: "at most" in told(main))
        assert shown(main) == list(range(262))


async def test_find_goes_in_the_order_of_the_list(visit):
    async with visit.run_test(size=(120, 40)) as pilot:
        main = await begun(pilot)
        await pilot.press("o", "l", "home")
        await settle(pilot, lambda: main.model.sorted is not None)
        await pilot.press("home", "ctrl+f", *"http/1", "enter")
        await settle(pilot, lambda: main.packet_list.cursor > 0)
        found = [main.packet_list.cursor]
        for _ in range(3):
            await pilot.press("n")
            await settle(pilot, lambda: main.packet_list.cursor != found[-1])
            found.append(main.packet_list.cursor)
        assert found == sorted(found)


# Loading.


async def test_the_end_of_a_growing_list_is_followed_until_the_cursor_moves(make_app, fakes):
    capture = fakes.FakeCapture(2000, block=100)
    capture.gate.clear()
    app = make_app(capture=capture)
    async with app.run_test(size=(120, 40)) as pilot:
        await settle(pilot, lambda: app.screen._reader.running)
        await pilot.press("end")
        assert app.screen.packet_list.cursor == 99
        capture.gate.set()
        await settle(pilot, lambda: app.screen.packet_list.cursor == 1999)
        await pilot.press("home")
        app.screen.packet_list.grown()
        assert app.screen.packet_list.cursor == 0


def test_marks_are_found_where_the_list_shows_them(fakes):
    from pcaptui.widgets.model import ListModel

    capture = fakes.FakeCapture(20)
    model = ListModel(capture, fakes.FakeRows(capture))
    marks = np.array([7, 3, 12, 400], np.int64)
    assert model.positions(marks).tolist() == [3, 7, 12]
    model.show(np.array([2, 3, 12], np.int64))
    assert model.positions(marks).tolist() == [1, 2]
    model.sort(np.array([12, 2, 3], np.int64), ("length", True))
    assert model.positions(marks).tolist() == [0, 2]
