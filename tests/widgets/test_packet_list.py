"""The packet list: cursor, paging, what it asks for and how it writes it."""

from __future__ import annotations

import pytest

from pcaptui.widgets.packet_list import PacketList

SIZE = (120, 40)


def the_list(app) -> PacketList:
    return app.screen.packet_list


async def test_cursor_keys_move_one_packet_at_a_time(make_app):
    app = make_app(50)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("down", "j", "down", "up", "k", "down")
        assert the_list(app).cursor == 2


async def test_the_cursor_stops_at_both_ends(make_app):
    app = make_app(3)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("up")
        assert the_list(app).cursor == 0
        await pilot.press("down", "down", "down", "down")
        assert the_list(app).cursor == 2


@pytest.mark.parametrize(("there", "back"), [("end", "home"), ("G", "g")])
async def test_first_and_last_packet(make_app, there, back):
    app = make_app(1000)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press(there)
        packets = the_list(app)
        assert packets.cursor == 999
        assert packets.on_screen.stop == 1000
        await pilot.press(back)
        assert (packets.cursor, packets.top) == (0, 0)


@pytest.mark.parametrize(("down", "up"), [("pagedown", "pageup"), ("space", "ctrl+b")])
async def test_a_page_leaves_one_row_of_overlap(make_app, down, up):
    app = make_app(1000)
    async with app.run_test(size=SIZE) as pilot:
        packets = the_list(app)
        step = packets.page - 1
        await pilot.press(down, down)
        assert (packets.cursor, packets.top) == (2 * step, 2 * step)
        await pilot.press(up)
        assert (packets.cursor, packets.top) == (step, step)


async def test_half_a_page(make_app):
    app = make_app(1000)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("ctrl+d")
        assert the_list(app).cursor == the_list(app).page // 2
        await pilot.press("ctrl+u")
        assert the_list(app).cursor == 0


@pytest.mark.parametrize("count", [100, 10_000_000])
async def test_rows_are_made_for_the_screen_not_for_the_capture(make_app, fakes, count):
    capture = fakes.FakeCapture(count)
    rows = fakes.FakeRows(capture)
    app = make_app(capture=capture, rows=rows)
    async with app.run_test(size=SIZE) as pilot:
        packets = the_list(app)
        await pilot.pause(0.1)
        rows.asked.clear()
        await pilot.press("end")
        assert packets.cursor == count - 1
        assert 0 < len(set(rows.asked)) <= packets.page + 1
        rows.asked.clear()
        await pilot.press("up", "up", "up")
        assert len(rows.asked) == 0


async def test_a_cursor_step_repaints_two_rows(make_app, monkeypatch):
    app = make_app(100)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("down")
        await pilot.pause(0.1)
        regions = []
        packets = the_list(app)
        refresh = packets.refresh
        monkeypatch.setattr(packets, "refresh", lambda *args, **kw: (regions.extend(args), refresh(*args, **kw))[1])
        await pilot.press("down")
        assert sum(region.height for region in regions) == 2


async def test_the_selected_row_has_a_marker(make_app, text_of):
    app = make_app(20)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("down", "down")
        marked = [line for line in text_of(the_list(app)) if "▸" in line]
        assert len(marked) == 1
        assert marked[0].split()[:2] == ["▸", "3"]


async def test_bad_tcp_has_a_sign_besides_its_colour(make_app, text_of):
    app = make_app(6)
    async with app.run_test(size=SIZE):
        lines = text_of(the_list(app))
        assert lines[6].startswith(" !")
        assert lines[1].startswith("  ")


async def test_cut_values_end_in_an_ellipsis(make_app, fakes, text_of):
    capture = fakes.FakeCapture(3)
    rows = fakes.FakeRows(capture, infos={1: "x" * 500})
    app = make_app(capture=capture, rows=rows)
    async with app.run_test(size=(80, 24)):
        line = text_of(the_list(app))[2]
        assert line.rstrip().endswith("x…")
        assert len(line) == 80


async def test_info_scrolls_sideways_and_says_so(make_app, fakes, text_of):
    capture = fakes.FakeCapture(3)
    rows = fakes.FakeRows(capture, infos={0: "".join(f"<{n}>" for n in range(200))})
    app = make_app(capture=capture, rows=rows)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("right")
        line = text_of(the_list(app))[1]
        assert "<0>" not in line and "…" in line
        await pilot.press("left")
        assert "<0>" in text_of(the_list(app))[1]


@pytest.mark.parametrize(
    ("info", "shown"),
    [
        ("[bold red]GET[/] /[@click=app.quit]x[/]", "[bold red]GET[/] /[@click=app.quit]x[/]"),
        ("\x1b]0;owned\x07", "\\x1b]0;owned\\x07"),
        ("a\u202egpj.exe", "a\\u202egpj.exe"),
        ("zero\u200bwidth\x9b31m", "zero\\u200bwidth\\x9b31m"),
        ("\ud800", "\\ud800"),
    ],
)
async def test_text_of_a_packet_is_text(make_app, fakes, text_of, info, shown):
    capture = fakes.FakeCapture(2)
    app = make_app(capture=capture, rows=fakes.FakeRows(capture, infos={0: info, 1: info}))
    async with app.run_test(size=SIZE):
        lines = text_of(the_list(app))
        assert shown in lines[1] and shown in lines[2]


async def test_wide_characters_keep_the_columns_straight(make_app, fakes, text_of):
    capture = fakes.FakeCapture(2)
    app = make_app(capture=capture, rows=fakes.FakeRows(capture, infos={0: "漢字" * 80}))
    async with app.run_test(size=SIZE):
        strip = the_list(app).render_line(1)
        assert strip.cell_length == SIZE[0]
        assert strip.text.rstrip().endswith("…")


async def test_the_wheel_moves_the_window_not_the_cursor(make_app):
    app = make_app(1000)
    async with app.run_test(size=SIZE) as pilot:
        packets = the_list(app)
        await pilot._post_mouse_events([__import__("textual").events.MouseScrollDown], packets, offset=(5, 5))
        assert packets.top == 3
        assert packets.cursor == 0


async def test_a_click_selects_a_row_and_a_double_click_goes_to_its_fields(make_app):
    app = make_app(100)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.click("#list", offset=(20, 5))
        assert the_list(app).cursor == 4
        await pilot.double_click("#list", offset=(20, 6))
        assert the_list(app).cursor == 5
        assert app.screen.focused_pane == "tree"


async def test_slow_rows_do_not_hold_up_the_screen(make_app, fakes, text_of):
    import time

    class SlowRows(fakes.FakeRows):
        def row(self, index):
            time.sleep(0.02)
            return super().row(index)

    capture = fakes.FakeCapture(1000)
    rows = SlowRows(capture)
    app = make_app(capture=capture, rows=rows)
    async with app.run_test(size=SIZE) as pilot:
        packets = the_list(app)
        packets.move_to(500)
        assert "▸" in "".join(text_of(packets))
        made = sum(packets.model.known(row) for row in packets.on_screen)
        assert 0 < made < packets.page
        for _ in range(100):
            await pilot.pause(0.02)
            if all(packets.model.known(row) for row in packets.on_screen):
                break
        assert not any(line.rstrip().endswith(" …") for line in text_of(packets)[1:])


async def test_loading_goes_on_while_the_cursor_moves(make_app, fakes):
    capture = fakes.FakeCapture(100_000, block=1000)
    capture.gate.clear()
    app = make_app(capture=capture)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("end")
        assert the_list(app).cursor == 999
        capture.gate.set()
        await pilot.press("up", "up")
        for _ in range(200):
            await pilot.pause(0.02)
            if capture.complete and not app.screen._reader.running:
                break
        await pilot.pause()
        assert the_list(app).cursor == 997
        assert the_list(app).row_count == 100_000
        await pilot.press("end")
        assert the_list(app).cursor == 99_999


async def test_an_empty_capture_says_so(make_app, fakes, text_of):
    app = make_app(capture=fakes.FakeCapture(0))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("down", "end", "pagedown", "i", "t", "ctrl+g", "enter", "tab", "down", "escape")
        await pilot.pause(0.1)
        app.screen._show_details()
        assert "no packets" in text_of(app.screen.status_line)[0]
