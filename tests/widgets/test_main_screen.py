"""The main screen: how panes, prompts and lines work together."""

from __future__ import annotations

import pytest

from pcaptui.dissect.times import TimeFormat
from pcaptui.errors import Damage
from support.screens import settle


async def test_details_of_the_first_packet_come_by_themselves(make_app, text_of):
    app = make_app()
    async with app.run_test(size=(120, 40)) as pilot:
        await settle(pilot, lambda: app.screen.field_tree.lines)
        assert "Frame 1" in text_of(app.screen.field_tree)[1]
        assert app.screen.hex_pane.data == app.capture.frame(0)


async def test_details_follow_the_cursor(make_app):
    app = make_app()
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press(*["down"] * 7)
        await settle(pilot, lambda: app.screen.hex_pane.data == app.capture.frame(7))
        await settle(pilot, lambda: "Frame 8" in app.screen.field_tree.lines[0].node.label)


async def test_a_held_key_does_not_dissect_every_packet(make_app, fakes):
    trees = fakes.FakeTrees()
    app = make_app(trees=trees)
    async with app.run_test(size=(120, 40)) as pilot:
        await settle(pilot, lambda: trees.asked)
        for _ in range(40):
            app.screen.packet_list.action_step(1)
        await settle(pilot, lambda: trees.asked[-1] == 40)
        assert len(trees.asked) < 10


async def test_a_late_tree_of_another_packet_is_dropped(make_app, fakes):
    trees = fakes.FakeTrees({1: 0.3})
    app = make_app(trees=trees)
    async with app.run_test(size=(120, 40)) as pilot:
        await settle(pilot, lambda: app.screen.field_tree.lines)
        await pilot.press("down")
        await settle(pilot, lambda: trees.asked[-1] == 1)
        await pilot.press("down")
        await settle(pilot, lambda: trees.asked[-1] == 2 and app.screen.field_tree.lines)
        await pilot.pause(0.1)
        assert "Frame 3" in app.screen.field_tree.lines[0].node.label


async def test_a_slow_tree_is_announced(make_app, fakes, text_of):
    app = make_app(trees=fakes.FakeTrees({0: 5.0}))
    async with app.run_test(size=(120, 40)) as pilot:
        await settle(pilot, lambda: "dissecting" in text_of(app.screen.field_tree)[1])


async def test_a_dying_dissector_leaves_the_screen_standing(make_app, fakes, text_of):
    class Dying(fakes.FakeTrees):
        async def dissection(self, index, hurry=False):
            raise RuntimeError("[red]gone[/]")

    app = make_app(trees=Dying())
    async with app.run_test(size=(120, 40)) as pilot:
        await settle(pilot, lambda: "no tree: [red]gone[/]" in text_of(app.screen.field_tree)[1])
        await pilot.press("down")
        assert app.screen.packet_list.cursor == 1


async def test_tab_goes_round_the_panes(make_app):
    app = make_app()
    async with app.run_test(size=(120, 40)) as pilot:
        seen = []
        for key in ("tab", "tab", "tab", "shift+tab"):
            await pilot.press(key)
            seen.append(app.screen.focused_pane)
        assert seen == ["tree", "hex", "list", "hex"]


async def test_enter_goes_to_the_fields_and_escape_back(make_app):
    app = make_app()
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("enter")
        assert app.screen.focused_pane == "tree"
        await pilot.press("escape")
        assert app.screen.focused_pane == "list"


@pytest.mark.parametrize(("typed", "cursor"), [("42", 41), ("+5", 15), ("-3", 7), ("$", 499)])
async def test_go_to_packet(make_app, typed, cursor):
    app = make_app(500)
    async with app.run_test(size=(120, 40)) as pilot:
        app.screen.packet_list.move_to(10)
        await pilot.press("ctrl+g", *typed, "enter")
        await pilot.pause()
        assert app.screen.packet_list.cursor == cursor
        assert cursor in app.screen.packet_list.on_screen


@pytest.mark.parametrize("typed", ["0", "501", "x", "1e3", "٣", "9999999999999"])
async def test_go_to_a_packet_that_is_not_there_keeps_asking(make_app, typed):
    app = make_app(500)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("colon", *typed, "enter")
        assert type(app.screen).__name__ == "GoToScreen"
        await pilot.press("escape")
        assert app.screen.packet_list.cursor == 0


async def test_time_formats_go_round(make_app, text_of, east_of_greenwich):
    app = make_app()
    async with app.run_test(size=(160, 40)) as pilot:
        seen = []
        for _ in TimeFormat:
            seen.append(text_of(app.screen.packet_list)[2].split()[1])
            await pilot.press("t")
        assert seen == ["0.001500", "0.001500", "0.000000", "12:39:03.001500", "10:09:03.001500Z", "2019-11-07"]
        assert app.screen.model.time_format is TimeFormat.SINCE_START


async def test_a_maximised_pane_has_the_screen_and_gives_it_back(make_app):
    app = make_app()
    async with app.run_test(size=(120, 40)) as pilot:
        before = app.screen.packet_list.size
        await pilot.press("z")
        await pilot.pause()
        assert app.screen.packet_list.size.height == 37
        assert not app.screen.hex_pane.display
        await pilot.press("tab")
        await pilot.pause()
        assert app.screen.field_tree.display and not app.screen.packet_list.display
        await pilot.press("z", "shift+tab")
        await pilot.pause()
        assert app.screen.packet_list.size == before


async def test_sizes_are_adjusted_and_remembered(make_app):
    app = make_app()
    async with app.run_test(size=(120, 40)) as pilot:
        before = app.screen.packet_list.size.height
        await pilot.press("plus", "plus")
        await pilot.pause()
        assert app.screen.packet_list.size.height == before + 2
        await pilot.press("tab", "plus", "z", "z")
        await pilot.pause()
        assert app.screen.packet_list.size.height == before + 1
        width = app.screen.field_tree.size.width
        await pilot.press("greater_than_sign")
        await pilot.pause()
        assert app.screen.field_tree.size.width == width + 2


async def test_panes_are_never_squeezed_away(make_app):
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(*["minus"] * 10)
        await pilot.pause()
        assert app.screen.packet_list.size.height == 3
        await pilot.press(*["plus"] * 18)
        await pilot.pause()
        assert app.screen.field_tree.size.height == 3


@pytest.mark.parametrize(
    "size", [(160, 48), (120, 40), (100, 30), (80, 24), (60, 40), (40, 12), (20, 6), (10, 3), (4, 2)]
)
async def test_every_size_shows_the_selected_packet_and_takes_keys(make_app, text_of, size):
    app = make_app()
    async with app.run_test(size=size) as pilot:
        await settle(pilot, lambda: app.screen.hex_pane.data)
        await pilot.press("down", "tab", "down", "right", "tab", "down", "z", "z", "tab", "end", "plus", "minus")
        await pilot.pause()
        packets = app.screen.packet_list
        assert packets.cursor in packets.on_screen
        for pane in app.screen.panes.values():
            assert all(pane.render_line(y).cell_length == pane.size.width for y in range(pane.size.height))


async def test_a_small_screen_shows_the_list_and_the_pane_in_use(make_app):
    app = make_app()
    async with app.run_test(size=(40, 12)) as pilot:
        assert app.screen.field_tree.display and not app.screen.hex_pane.display
        await pilot.press("shift+tab")
        await pilot.pause()
        assert app.screen.hex_pane.display and not app.screen.field_tree.display
        await pilot.press("tab")
        await pilot.pause()
        assert app.screen.hex_pane.display and app.screen.packet_list.display


async def test_a_terminal_that_changes_size_changes_the_layout(make_app):
    app = make_app()
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.resize_terminal(80, 24)
        await pilot.pause()
        assert app.screen.hex_pane.across == 8
        await pilot.resize_terminal(160, 48)
        await pilot.pause()
        assert app.screen.hex_pane.across == 16


async def test_help_names_every_key_of_screen_and_panes(make_app):
    app = make_app()
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("question_mark")
        sections = dict(app.screen._sections)
        assert {"Everywhere", "Packet list", "Protocol tree", "Hex pane"} <= set(sections)
        named = {keys for entries in sections.values() for keys, _ in entries}
        assert {"Ctrl+G, :", "PgDn, Space", "Shift+←, H", "Enter", "Space", "Tab"} <= named
        assert all(text for entries in sections.values() for _, text in entries)
        await pilot.press("escape")
        assert app.screen.packet_list.cursor == 0


async def test_the_whole_row_can_be_read(make_app, fakes):
    capture = fakes.FakeCapture(3)
    app = make_app(capture=capture, rows=fakes.FakeRows(capture, infos={0: "[b]" + "long " * 60}))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("i")
        await pilot.pause()
        strips = app.screen._compositor.render_strips(app.size)
        shown = "".join(strip.text for strip in strips)
        assert shown.count("long") >= 60
        assert "[b]" in shown


async def test_the_command_palette_offers_each_action_once(make_app):
    app = make_app()
    async with app.run_test(size=(80, 24)):
        titles = [command.title for command in app.get_system_commands(app.screen)]
        assert {"Go to packet", "Time format", "Quit"} <= set(titles)
        assert len(titles) == len(set(titles))


@pytest.mark.parametrize("key", ["q", "ctrl+c", "ctrl+q"])
async def test_quit(make_app, key):
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(key)
    assert app.return_code == 0


async def test_escape_stops_loading_and_keeps_what_was_read(make_app, fakes, text_of):
    capture = fakes.FakeCapture(10_000, block=100)
    capture.gate.clear()
    app = make_app(capture=capture)
    async with app.run_test(size=(120, 40)) as pilot:
        await settle(pilot, lambda: app.screen._reader.running)
        await pilot.press("escape")
        await settle(pilot, lambda: not app.screen._reader.running)
        await settle(pilot, lambda: "loading stopped" in text_of(app.screen.header_line)[0])
        assert app.screen.packet_list.row_count == 100


async def test_damage_is_named_in_the_header(make_app, fakes, text_of):
    capture = fakes.FakeCapture(10, damage=[Damage("x.pcap", 1234, "cut short in a packet record")])
    app = make_app(capture=capture)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause(0.1)
        assert "! cut short in a packet record at byte 1234" in text_of(app.screen.header_line)[0]


async def test_a_reader_that_fails_keeps_the_screen(make_app, fakes):
    class Failing(fakes.FakeCapture):
        def load_more(self):
            raise ValueError("[bold]bad[/] block")

    app = make_app(capture=Failing(100, block=10))
    async with app.run_test(size=(120, 40)) as pilot:
        await settle(pilot, lambda: app._notifications)
        await pilot.press("down")
        assert app.screen.packet_list.cursor == 1


async def test_without_colour_nothing_is_coloured_and_the_selection_is_reversed(make_app, monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    app = make_app()
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("down")
        styles = [segment.style for strip in app.screen._compositor.render_strips(app.size) for segment in strip]
        assert all(style is None or style.color is None or style.color.is_default for style in styles)
        assert any(style is not None and style.reverse for style in styles)


async def test_sixteen_colours_by_default(make_app):
    app = make_app()
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("down")
        for strip in app.screen._compositor.render_strips(app.size):
            for segment in strip:
                for colour in (segment.style.color, segment.style.bgcolor) if segment.style else ():
                    assert colour is None or colour.is_default or colour.triplet is None
