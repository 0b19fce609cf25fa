"""Keys that come faster than prompts open: each does what it would have done had one waited."""

from __future__ import annotations

from textual import events
from textual.keys import _character_to_key
from textual.widgets import Input

from pcaptui.screens.goto import GoToScreen


async def settle(pilot, done) -> None:
    for _ in range(300):
        if done():
            return
        await pilot.pause(0.02)
    raise AssertionError("never came about")


def burst(app, *keys: str) -> None:
    """All keys at once, as one read from a slow line brings them; single characters are typed text."""
    for key in keys:
        text = key if len(key) == 1 else None
        app.post_message(events.Key(_character_to_key(key) if text else key, text))


async def test_a_number_typed_at_once_with_its_prompt_goes_to_the_packet(make_app):
    app = make_app()
    async with app.run_test(size=(100, 30)) as pilot:
        await settle(pilot, lambda: app.screen.field_tree.lines)
        main = app.screen
        burst(app, ":", "7", "7", "enter")
        await settle(pilot, lambda: main.packet_list.cursor == 76)
        assert app.screen is main
        assert main.focused_pane == "list"


async def test_what_is_typed_behind_enter_is_for_the_screen_that_follows(make_app):
    app = make_app()
    async with app.run_test(size=(100, 30)) as pilot:
        await settle(pilot, lambda: app.screen.field_tree.lines)
        main = app.screen
        burst(app, ":", "7", "7", "enter", "j", "j")
        await settle(pilot, lambda: main.packet_list.cursor == 78)


async def test_keys_of_an_edited_line_work_in_their_order(make_app):
    app = make_app()
    async with app.run_test(size=(100, 30)) as pilot:
        await settle(pilot, lambda: app.screen.field_tree.lines)
        await pilot.press("colon")
        await settle(pilot, lambda: isinstance(app.screen, GoToScreen) and app.screen.query_one(Input).has_focus)
        burst(app, "1", "2", "backspace", "3", "home", "4")
        await settle(pilot, lambda: app.screen.query_one(Input).value == "413")


async def test_a_letter_typed_at_once_is_given_and_found(make_app):
    app = make_app()
    async with app.run_test(size=(100, 30)) as pilot:
        await settle(pilot, lambda: app.screen.field_tree.lines)
        main = app.screen
        burst(app, "m", "a", "j", "j")
        await settle(pilot, lambda: main.streams.places.marks == {"a": 0} and main.packet_list.cursor == 2)
        burst(app, "'", "a")
        await settle(pilot, lambda: main.packet_list.cursor == 0)
        assert app.screen is main


async def test_keys_across_two_prompts_reach_both(make_app):
    app = make_app()
    async with app.run_test(size=(100, 30)) as pilot:
        await settle(pilot, lambda: app.screen.field_tree.lines)
        main = app.screen
        burst(app, ":", "5", "enter", "j", ":", "4", "2", "enter", "j", "k", "k")
        await settle(pilot, lambda: main.packet_list.cursor == 40)
        assert app.screen is main


async def test_a_prompt_that_is_left_at_once_leaves_later_keys_to_the_next(make_app):
    app = make_app()
    async with app.run_test(size=(100, 30)) as pilot:
        await settle(pilot, lambda: app.screen.field_tree.lines)
        main = app.screen
        burst(app, "/", "t", "escape", ":", "7", "enter", "j")
        await settle(pilot, lambda: main.packet_list.cursor == 7)
        assert app.screen is main
